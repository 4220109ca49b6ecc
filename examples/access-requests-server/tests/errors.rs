//! Every error, with its status, its code and its causes.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{ENTRY, PATH, READ_TOKEN, Server, TOKEN, databases, json as body_of, wanted};

/// An error's body is whole; its code and, of each cause, the reason and the place.
async fn told(response: Response) -> (u16, String, Vec<String>) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    let body = body_of(response).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    assert_eq!(body["errorLink"], body["errorCode"]);
    assert!(!text(&body["errorSummary"]).is_empty());
    let id = text(&body["errorId"]);
    assert!(id.len() == 25 && id.starts_with("oae"), "{id}");
    let causes = body["errorCauses"].as_array().expect("causes").iter();
    let causes = causes.map(|cause| format!("{} {}", text(&cause["reason"]), text(&cause["location"])));
    (status, text(&body["errorCode"]), causes.collect())
}

async fn check(response: Response, status: u16, code: &str, causes: &[&str], of: &str) {
    assert_eq!(
        told(response).await,
        (status, code.to_owned(), causes.iter().map(|c| (*c).to_owned()).collect()),
        "{of}"
    );
}

#[tokio::test]
async fn a_list_request_that_is_wrong_is_told_where() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let long = format!("filter={}", "x".repeat(9000));
        for (query, code, cause) in [
            ("filter=status+eq+APPROVED", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=status+eqq+%22APPROVED%22", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=nosuch+eq+%22x%22", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=Status+eq+%22APPROVED%22", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=created+gt+%222022-05-24T14:15:22Z%22", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=requestedFor.externalId+eq+%22x%22", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=%ff", "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("filter=status+pr&filter=status+pr", "E0000053", "STRING_FORMAT_INVALID /filter"),
            (&*long, "E0000053", "STRING_FORMAT_INVALID /filter"),
            ("orderBy=status", "E0000029", "STRING_FORMAT_INVALID /orderBy"),
            ("orderBy=created+down", "E0000029", "STRING_FORMAT_INVALID /orderBy"),
            ("limit=0", "E0000029", "INVALID_DATA_TYPE /limit"),
            ("limit=201", "E0000029", "INVALID_DATA_TYPE /limit"),
            ("limit=-1", "E0000029", "INVALID_DATA_TYPE /limit"),
            ("limit=ten", "E0000029", "INVALID_DATA_TYPE /limit"),
            ("after=", "E0000029", "EMPTY_PARAMETER /after"),
            ("after=reqAAAAAAAAAAAAAAAAA", "E0000029", "IDENTIFIER_NOT_FOUND /after"),
            ("after=%00", "E0000029", "IDENTIFIER_NOT_FOUND /after"),
        ] {
            check(server.get(&format!("{PATH}?{query}")).await, 400, code, &[cause], query).await;
        }
        server.remove().await;
    }
}

#[tokio::test]
async fn who_may_not_ask_is_refused() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let send = |method: Method, path: String, authorization: Option<String>| {
            let mut request = server.client.request(method, format!("{}{path}", server.url)).body("{}");
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            async { request.send().await.expect("an answer") }
        };
        for (method, path) in [
            (Method::GET, PATH.to_owned()),
            (Method::POST, PATH.to_owned()),
            (Method::GET, format!("{PATH}/req42kjDgk1EubTwo0g4")),
            (Method::POST, format!("{PATH}/req42kjDgk1EubTwo0g4/messages")),
        ] {
            for wrong in [None, Some("Bearer nobody".into()), Some(format!("SSWS {TOKEN}")), Some("Bearer ".into())] {
                let response = send(method.clone(), path.clone(), wrong).await;
                check(response, 401, "E0000004", &[], &path).await;
            }
            let response = send(method.clone(), path.clone(), Some(format!("Bearer {READ_TOKEN}"))).await;
            match method {
                Method::GET => assert_eq!(response.status(), 200),
                _ => check(response, 403, "E0000006", &[], &path).await,
            }
        }
        server.remove().await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        for path in
            ["/", "/governance/api/v2", &format!("{PATH}/nosuch"), &format!("{PATH}/%00"), &format!("{PATH}/%ff")]
        {
            check(server.get(path).await, 404, "E0000007", &[], path).await;
        }
        let message = json!({"message": "Hello"});
        let response = server.post(&format!("{PATH}/nosuch/messages"), &message).await;
        check(response, 404, "E0000007", &[], "message").await;
        let request = server.client.delete(format!("{}{PATH}", server.url)).bearer_auth(TOKEN);
        check(request.send().await.expect("an answer"), 405, "E0000022", &[], "DELETE").await;
        server.remove().await;
    }
}

#[tokio::test]
async fn a_new_request_that_is_wrong_is_told_where() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        for body in ["", "[]", "{", "null", "\u{1}", &format!("\"{}\"", "x".repeat(100_000))] {
            let request = server.client.post(format!("{}{PATH}", server.url)).bearer_auth(TOKEN).body(body.to_owned());
            check(request.send().await.expect("an answer"), 400, "E0000003", &[], "not an object").await;
        }
        let good = wanted("00unew", ENTRY);
        let with = |pointer: &str, value: Value| {
            let mut body = good.clone();
            match body.pointer_mut(pointer) {
                Some(place) => *place = value,
                None => body[pointer.trim_start_matches('/')] = value,
            }
            body
        };
        let user = |id: &str| json!({"type": "OKTA_USER", "externalId": id});
        for (body, causes) in [
            (json!({}), &["REQUIRED_PROPERTY_MISSING /requested", "REQUIRED_PROPERTY_MISSING /requestedFor"][..]),
            (with("/requested", json!("x")), &["REQUIRED_PROPERTY_MISSING /requested"]),
            (with("/requested/type", json!("GROUP")), &["INVALID_ENUM_VALUE /requested/type"]),
            (with("/requested/entryId", json!(7)), &["STRING_FORMAT_INVALID /requested/entryId"]),
            (with("/requested/entryId", json!("cenNoSuchEntry")), &["IDENTIFIER_NOT_FOUND /requested/entryId"]),
            (with("/requestedFor/type", json!("UNKNOWN")), &["INVALID_ENUM_VALUE /requestedFor/type"]),
            (with("/requestedFor/externalId", json!("\u{0}")), &["STRING_FORMAT_INVALID /requestedFor/externalId"]),
            (with("/requestedBy", user("00uother")), &["REQUEST_TYPE_SETTINGS /requestedBy"]),
            (with("/requesterFieldValues", json!({})), &["INVALID_DATA_TYPE /requesterFieldValues"]),
            (
                with("/requesterFieldValues", json!([{"id": "a"}, {"label": "b"}, {"id": "c", "type": "COLOUR"}])),
                &["STRING_FORMAT_INVALID /requesterFieldValues/1", "STRING_FORMAT_INVALID /requesterFieldValues/2"],
            ),
            (
                with("/requesterFieldValues", vec![json!({"id": "a"}); 101].into()),
                &["INVALID_ARRAY_LENGTH_OVER_MAX /requesterFieldValues"],
            ),
        ] {
            check(server.post(PATH, &body).await, 400, "E0000001", causes, &body.to_string()).await;
        }
        assert_eq!(server.post(PATH, &good).await.status(), 202);
        check(server.post(PATH, &good).await, 409, "E0000001", &["OPERATION_STATUS_CONFLICT /requested/entryId"], "")
            .await;
        for message in [json!(""), json!(1), json!("x".repeat(5001)), json!("\u{0}")] {
            let response = server.post(&format!("{PATH}/nosuch/messages"), &json!({"message": message})).await;
            check(response, 400, "E0000001", &["STRING_FORMAT_INVALID /message"], "message").await;
        }
        server.remove().await;
    }
}
