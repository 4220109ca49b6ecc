//! What Okta's SCIM client is documented to send, with the preset `okta`. Values are made up; each request's form is that of
//! "Okta and SCIM Version 2.0", <https://developer.okta.com/docs/reference/scim/scim-20/>, by its headings.

use serde_json::{Value, json};

use crate::support::{GROUP, Server, USER, each};

#[tokio::test]
async fn the_life_of_a_user() {
    let server = Server::start("okta");
    // "Determine if the User already exists".
    let query = "filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100";
    let list = server.list("/Users", query).await;
    assert_eq!(
        list,
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
        })
    );
    // "Create the User": a password that no answer has, and groups that are read-only.
    let mut user = json!({
        "schemas": [USER], "userName": "test.user@okta.local", "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": true,
    });
    let answer = server.post("/Users", &user).await;
    assert_eq!((answer.status, answer.body.get("password")), (201, None));
    let id = answer.body["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.post("/Users", &user).await.error(), (409, "uniqueness"));
    assert_eq!(each(&server.list("/Users", query).await, "id"), [&*id]);

    // "Update a specific User (PUT)": what was retrieved, changed.
    let path = format!("/Users/{id}");
    let mut changed = server.get(&path).await.body;
    changed["name"]["middleName"] = "Excited".into();
    let answer = server.put(&path, &changed).await;
    assert_eq!((answer.status, &answer.body["name"]["middleName"]), (200, &json!("Excited")));

    // "Update a specific User (PATCH)": an operation without a path.
    let answer = server.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await;
    assert_eq!((answer.status, &answer.body["active"]), (200, &json!(false)));
    user["active"] = true.into();
    assert_eq!(server.put(&path, &user).await.body["active"], true);
    // Syncing a password, and a dateTime without an offset.
    let answer = server.patch(&path, json!([{"op": "replace", "value": {"password": "n3w"}}])).await;
    assert_eq!((answer.status, answer.body.get("password")), (200, None));
    let list = server.list("/Users", r#"filter=meta.lastModified gt "2011-05-13T04:42:34""#).await;
    assert_eq!(list["totalResults"], 1);
}

/// "Retrieve Users": page by page, the same order each time.
#[tokio::test]
async fn an_import() {
    let server = Server::start("okta");
    let mut created = Vec::new();
    for number in 0..205 {
        created.push(server.user(&format!("user{number}"), json!({})).await);
    }
    let mut found = Vec::new();
    let mut start = 1;
    loop {
        let page = server.list("/Users", &format!("startIndex={start}&count=100")).await;
        assert!(page["totalResults"].is_u64() && page["startIndex"].is_u64() && page["itemsPerPage"].is_u64());
        found.extend(each(&page, "id"));
        start += 100;
        if start > page["totalResults"].as_u64().expect("a number") {
            break;
        }
    }
    created.sort();
    assert_eq!(found, created);
}

#[tokio::test]
async fn the_life_of_a_group() {
    let server = Server::start("okta");
    let (ann, bob) = (server.user("ann", json!({})).await, server.user("bob", json!({})).await);
    // "Create Groups".
    let answer =
        server.post("/Groups", &json!({"schemas": [GROUP], "displayName": "Test SCIMv2", "members": []})).await;
    assert_eq!(answer.status, 201);
    let id = answer.body["id"].as_str().expect("an id").to_owned();
    let path = format!("/Groups/{id}");
    assert_eq!(each(&server.list("/Groups", "startIndex=1&count=100").await, "id"), [&*id]);

    // "Update a specific Group name": with the id that it has.
    let renamed = json!([{"op": "replace", "value": {"id": id, "displayName": "Test SCIMv20"}}]);
    let answer = server.patch(&path, renamed).await;
    assert_eq!((answer.status, &answer.body["displayName"]), (200, &json!("Test SCIMv20")));

    // "Update specific Group membership": a full push, then one for another.
    let members = |body: &Value| {
        let members = body["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|member| member["value"].clone()).collect::<Vec<_>>()
    };
    let push = json!([{"op": "replace", "path": "members", "value": [{"value": ann, "display": "ann"}]}]);
    assert_eq!(members(&server.patch(&path, push).await.body), [json!(ann)]);
    let change = json!([
        {"op": "remove", "path": format!("members[value eq \"{ann}\"]")},
        {"op": "add", "path": "members", "value": [{"value": bob, "display": "bob"}]},
    ]);
    let answer = server.patch(&path, change).await;
    assert_eq!((answer.status, members(&answer.body)), (200, vec![json!(bob)]));
    assert_eq!(answer.body["members"][0]["display"], "bob");
    // "Delete a specific Group".
    assert_eq!(server.delete(&path).await.status, 204);
}
