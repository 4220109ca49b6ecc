//! What creating a request, or a message to one, leaves behind.

use serde_json::json;
use sqlx::Row;

use crate::support::{ENTRY, PATH, Server, databases, ids, json as body_of, wanted};

#[tokio::test]
async fn a_new_request_is_the_first_of_the_list() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let field = json!({
            "id": "05c87fe9-11f6-4d40-a033-b155b39dcdbe",
            "label": "What is the business justification for the request?",
            "type": "TEXT",
            "value": "I need access to complete a task.",
        });
        let mut body = wanted("00uWb4cWFBhmDJUZUeB8", ENTRY);
        body["requesterFieldValues"] = json!([field]);
        let response = server.post(PATH, &body).await;
        assert_eq!(response.status(), 202);
        let created = body_of(response).await;
        let id = created["id"].as_str().expect("an id");
        assert!(id.len() == 20 && id.starts_with("req"));
        assert_eq!(created["status"], "SUBMITTED");
        assert_eq!(created["requestedBy"], created["requestedFor"]);
        assert_eq!(created["requested"]["entryId"], ENTRY);
        assert_eq!(created["requested"].as_object().expect("an object").len(), 5);
        assert_eq!(created["_links"]["self"]["href"], format!("{}{PATH}/{id}", server.url));

        let whole = body_of(server.get(&format!("{PATH}/{id}")).await).await;
        assert_eq!(whole, created);
        assert_eq!(whole["requesterFieldValues"], json!([field]));
        let page = server.page("limit=1").await;
        assert_eq!(ids(&page), [id]);
        assert_eq!(page["data"][0].get("requesterFieldValues"), None, "only the full representation has them");
        let page = server.page(r#"filter=requestedFor eq "00uWb4cWFBhmDJUZUeB8" and status eq "SUBMITTED""#).await;
        assert!(ids(&page).contains(&id.to_owned()));
        server.remove().await;
    }
}

#[tokio::test]
async fn the_published_example_is_accepted() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let body = r#"{
            "requested": {"type": "CATALOG_ENTRY", "entryId": "cen3qpimoKc7wCPyx8g6"},
            "requestedFor": {"type": "OKTA_USER", "externalId": "00ub0oNGTSWTBKOLGLNR"}
        }"#;
        let response = server.post(PATH, &serde_json::from_str(body).expect("JSON")).await;
        assert_eq!(response.status(), 202);
        let created = body_of(response).await;
        let user = json!({"type": "OKTA_USER", "externalId": "00ub0oNGTSWTBKOLGLNR"});
        for (member, value) in [
            ("status", json!("SUBMITTED")),
            ("createdBy", json!("00ub0oNGTSWTBKOLGLNR")),
            ("lastUpdatedBy", json!("00ub0oNGTSWTBKOLGLNR")),
            ("requestedBy", user.clone()),
            ("requestedFor", user),
        ] {
            assert_eq!(created[member], value, "{member}");
        }
        assert_eq!(created["created"], created["lastUpdated"]);
        assert_eq!(created.get("requesterFieldValues"), None);
        server.remove().await;
    }
}

#[tokio::test]
async fn who_asks_for_another_needs_the_setting() {
    for database in databases() {
        let server = Server::start(database, &["--request-on-behalf-of"]).await;
        let mut body = wanted("00uNew", ENTRY);
        body["requestedBy"] = json!({"type": "OKTA_USER", "externalId": "00uManager"});
        let created = body_of(server.post(PATH, &body).await).await;
        assert_eq!(created["requestedBy"]["externalId"], "00uManager");
        assert_eq!(created["requestedFor"]["externalId"], "00uNew");
        server.remove().await;
    }
}

#[tokio::test]
async fn of_many_requests_for_the_same_one_is_accepted() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let body = wanted("00uTheSame", ENTRY);
        let url = format!("{}{PATH}", server.url);
        let sent = (0..50).map(|_| {
            let request = server.client.post(&url).bearer_auth(crate::support::TOKEN).body(body.to_string());
            tokio::spawn(async { request.send().await.expect("an answer").status().as_u16() })
        });
        let mut statuses = Vec::new();
        for status in sent.collect::<Vec<_>>() {
            statuses.push(status.await.expect("a status"));
        }
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (202, &[409; 49][..]));
        server.remove().await;
    }
}

#[tokio::test]
async fn a_message_is_kept_with_its_author() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let id = "req42kjDgk1EubTwo0g4";
        let text = "Contact admin@atko.com for any additional assistance needed with this request.";
        let response = server.post(&format!("{PATH}/{id}/messages"), &json!({"message": text})).await;
        assert_eq!((response.status().as_u16(), response.text().await.expect("a body")), (204, String::new()));
        let mut connection = server.connect().await;
        let row = sqlx::query("SELECT request_id, author, message FROM messages").fetch_one(&mut connection).await;
        let row = row.expect("a message");
        let kept: Vec<String> = (0..3).map(|at| row.get(at)).collect();
        assert_eq!(kept, [id, "00ub0oNGTSWTBKOLGLNR", text]);
        drop(connection);
        server.remove().await;
    }
}
