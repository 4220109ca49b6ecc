//! What is hidden stays so where an upstream's lists or resources have a form that they should not have.

use serde_json::{Value, json};

use crate::support::upstream::{Step, Upstream};
use crate::support::{Answer, REQUESTS, Running, requests};

const USERS: &str = "/scim/v2/Users";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a caller reads from whom `nickName`, `name` and `department` are hidden.
async fn users(body: &str) -> Answer {
    let upstream = Upstream::page(&[body.as_bytes()]).await;
    let hidden = json!(["nickName", "name", format!("{ENTERPRISE}:department")]);
    let list = json!({
        "path": USERS, "profile": "scim", "schema": "user", "upstream": upstream.url,
        "callers": {"owner": {"clause": null, "hidden": hidden}},
    });
    Running::proxy(json!([list])).get("owner", USERS).await
}

async fn read(body: Value) -> Answer {
    let answer = users(&body.to_string()).await;
    assert!(!answer.text.as_deref().unwrap_or_default().contains("SECRET"), "{body}: {answer:?}");
    answer
}

#[tokio::test]
async fn a_hidden_attribute_goes_by_all_its_names() {
    for (name, value) in [
        ("nickName".to_owned(), json!("SECRET")),
        ("NICKNAME".to_owned(), json!("SECRET")),
        (format!("{CORE}:nickName"), json!("SECRET")),
        (format!("{}:NickName", CORE.to_uppercase()), json!("SECRET")),
        ("name.familyName".to_owned(), json!("SECRET")),
        (format!("{CORE}:name.familyName"), json!("SECRET")),
        (CORE.to_owned(), json!({"nickName": "SECRET", "name": {"formatted": "SECRET"}})),
        (format!("{ENTERPRISE}:department"), json!("SECRET")),
        (ENTERPRISE.to_uppercase(), json!({"Department": "SECRET"})),
    ] {
        let page = read(json!({"Resources": [{"id": "1", "title": "Boss", name: value}]})).await.page();
        let user = &page["Resources"][0];
        assert_eq!((&user["id"], &user["title"]), (&json!("1"), &json!("Boss")), "{user}");
    }
    // Its neighbours stay, and a schema that has none left is not named.
    for (extension, left) in [(json!({"department": "SECRET"}), None), (json!({"division": "D"}), Some("D"))] {
        let page = read(json!({"Resources": [{"schemas": [CORE, ENTERPRISE], ENTERPRISE: extension}]})).await.page();
        let user = &page["Resources"][0];
        let schemas = if left.is_some() { json!([CORE, ENTERPRISE]) } else { json!([CORE]) };
        assert_eq!((&user["schemas"], user[ENTERPRISE]["division"].as_str()), (&schemas, left));
    }
}

#[tokio::test]
async fn what_may_hold_something_hidden_is_refused() {
    let user = json!({"nickName": "SECRET"});
    for body in [
        json!({"Resources": [[user]]}),
        json!({"Resources": ["SECRET"]}),
        json!([[user]]),
        json!({"Resources": [{ENTERPRISE: [{"department": "SECRET"}]}]}),
        json!({"Resources": [{ENTERPRISE: "SECRET"}]}),
        json!({"Resources": [{CORE: [user]}]}),
        json!({"Resources": [], "resources": [user]}),
        json!({"Resources": [], "items": [user]}),
        json!({"Resources": [], "data": [user]}),
        json!({"Resources": [], "totalResults": [user]}),
        json!({"Resources": [], "schemas": ["SECRET"]}),
        json!({"items": [user]}),
        user.clone(),
    ] {
        let answer = read(body.clone()).await;
        assert!(answer.status == 502 || answer.text.is_none(), "{body}: {answer:?}");
    }
    // Before the rest is there, too; and in a name that is written otherwise.
    for body in [r#"{"items":[{"nickName":"SECRET"}"#, r#"{"\u0069d":"SECRET","Resources":["#] {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
        let upstream = Upstream::start(vec![Step::Send([head, body].concat().into())]).await;
        let mut list = requests(&upstream.url, json!({}));
        list["callers"]["owner"]["hidden"] = json!(["grantStatus"]);
        assert_eq!(Running::proxy(json!([list])).get("owner", REQUESTS).await.status, 502);
    }
    let page = users(r#"{"schemas":["urn:x:y"],"total\u0052esults":1,"startIndex":1,"Resources":[{"id":"1"}]}"#).await;
    assert_eq!(page.page()["totalResults"], 1);
}

#[tokio::test]
async fn a_part_is_hidden_where_it_lies() {
    let page = |requested: Value| json!({"data": [{"id": "1", "requestedFor": requested}]}).to_string();
    for (requested, left) in [
        (json!({"externalId": "SECRET", "type": "OKTA_USER"}), Some(json!({"type": "OKTA_USER"}))),
        (json!([{"externalId": "SECRET"}]), None),
        (json!("SECRET"), None),
    ] {
        let upstream = Upstream::page(&[page(requested).as_bytes()]).await;
        let mut list = requests(&upstream.url, json!({}));
        list["callers"]["owner"]["hidden"] = json!(["requestedFor"]);
        let answer = Running::proxy(json!([list])).get("owner", REQUESTS).await;
        assert!(!answer.text.as_deref().unwrap_or_default().contains("SECRET"), "{answer:?}");
        match left {
            Some(left) => assert_eq!(answer.page()["data"][0]["requestedFor"], left),
            None => assert!(answer.status == 502 || answer.text.is_none(), "{answer:?}"),
        }
    }
}

/// A client that reads names in any case would take it for the list's own: an upstream's cursor, a count that is not true.
#[tokio::test]
async fn a_member_of_a_list_in_another_case_is_refused() {
    for member in [r#""nextcursor":"raw""#, r#""TotalResults":7"#, r#""resources":[{"id":"2"}]"#] {
        let body = format!(r#"{{{member},"Resources":[{{"id":"1"}}]}}"#);
        let upstream = Upstream::page(&[body.as_bytes()]).await;
        let list = json!({
            "path": USERS, "profile": "scim", "schema": "user", "upstream": upstream.url,
            "callers": {"owner": {"clause": null}},
        });
        assert_eq!(Running::proxy(json!([list])).get("owner", USERS).await.status, 502, "{member}");
    }
}
