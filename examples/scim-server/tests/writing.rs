//! Resources are created, replaced, deleted, as RFC 7644 sections 3.3 to 3.6 have it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, GROUP, Server, USER};

#[tokio::test]
async fn a_user_is_created_as_declared() {
    let server = Server::start("");
    let answer = server
        .post(
            "/Users",
            &json!({
                "schemas": [USER, ENTERPRISE], "USERNAME": "bjensen", "id": "mine", "password": "t1meMa$heen",
                "meta": {"resourceType": "Dog"}, "groups": [{"value": "none"}], "roles": [], "title": null,
                "name": {"givenname": "Barbara", "unknown": 1}, "unknown": {"a": 1},
                "emails": [{"value": "b@example.com", "type": "work", "primary": true}],
                ENTERPRISE: {"department": "Tours", "manager": {"value": "m1", "displayName": "not to be written"}},
            }),
        )
        .await;
    assert_eq!(answer.status, 201);
    let user = &answer.body;
    let id = user["id"].as_str().expect("an id");
    let location = format!("https://scim.example/scim/v2/Users/{id}");
    assert_eq!(answer.headers["location"], location);
    assert_eq!(answer.headers["etag"], "W/\"1\"");
    assert_ne!(id, "mine");
    let created = user["meta"]["created"].as_str().expect("an instant");
    assert_eq!(
        *user,
        json!({
            "schemas": [USER, ENTERPRISE], "id": id, "userName": "bjensen", "name": {"givenName": "Barbara"},
            "emails": [{"value": "b@example.com", "type": "work", "primary": true}],
            ENTERPRISE: {"department": "Tours", "manager": {"value": "m1"}},
            "meta": {
                "resourceType": "User", "created": created, "lastModified": created, "location": location,
                "version": "W/\"1\"",
            },
        })
    );
    assert_eq!(server.get(&format!("/Users/{id}")).await.body, *user);
}

#[tokio::test]
async fn a_user_name_is_one_users_whatever_its_case() {
    let server = Server::start("");
    server.user("Bjensen", json!({})).await;
    let other = server.user("other", json!({})).await;
    let same = json!({"schemas": [USER], "userName": "BJENSEN"});
    assert_eq!(server.post("/Users", &same).await.error(), (409, "uniqueness"));
    assert_eq!(server.put(&format!("/Users/{other}"), &same).await.error(), (409, "uniqueness"));
    let operation = json!([{"op": "replace", "path": "userName", "value": "bJENSEN"}]);
    assert_eq!(server.patch(&format!("/Users/{other}"), operation).await.error(), (409, "uniqueness"));
    // What was refused has left nothing.
    assert_eq!(server.get(&format!("/Users/{other}")).await.body["userName"], "other");
}

#[tokio::test]
async fn a_put_replaces_all_that_can_be_written() {
    let server = Server::start("");
    let id = server.user("a", json!({"title": "x", "emails": [{"value": "a@example.com"}]})).await;
    let path = format!("/Users/{id}");
    let before = server.get(&path).await.body;
    let new = json!({"schemas": [USER], "userName": "a", "nickName": "n", "id": "another", "meta": {"version": "9"}});
    let answer = server.put(&path, &new).await;
    assert_eq!((answer.status, &answer.body["nickName"]), (200, &json!("n")));
    assert_eq!(
        (&answer.body["id"], &answer.body["title"], &answer.body["emails"]),
        (&json!(id), &Value::Null, &Value::Null)
    );
    assert_eq!(answer.body["meta"]["created"], before["meta"]["created"]);
    assert_eq!(answer.body["meta"]["version"], "W/\"2\"");
    // The rows of its e-mails are gone, too, and a PUT of the same is no modification.
    assert_eq!(server.list("/Users", "filter=emails pr").await["totalResults"], 0);
    assert_eq!(server.put(&path, &new).await.body["meta"]["version"], "W/\"2\"");
}

#[tokio::test]
async fn versions_guard_changes() {
    let server = Server::start("");
    let path = format!("/Users/{}", server.user("a", json!({})).await);
    let send = async |method: Method, header: (&str, &str)| {
        let body =
            if method == Method::PUT { json!({"schemas": [USER], "userName": "b"}).to_string() } else { String::new() };
        server.send(method, &path, &body, Some(header)).await.status
    };
    assert_eq!(send(Method::GET, ("if-none-match", "W/\"1\"")).await, 304);
    assert_eq!(send(Method::PUT, ("if-match", "W/\"7\", \"8\"")).await, 412);
    assert_eq!(send(Method::PUT, ("if-match", "W/\"1\"")).await, 200);
    assert_eq!(send(Method::GET, ("if-none-match", "W/\"1\"")).await, 200);
    assert_eq!(send(Method::DELETE, ("if-match", "W/\"1\"")).await, 412);
    assert_eq!(send(Method::DELETE, ("if-match", "*")).await, 204);
    assert_eq!(send(Method::DELETE, ("if-match", "*")).await, 404);
}

/// RFC 9110 sections 13.1 and 5.3: a change of what a client says it has not is refused, and several lines are one list.
#[tokio::test]
async fn versions_are_read_from_all_lines_and_guard_every_method() {
    let server = Server::start("");
    let path = format!("/Users/{}", server.user("a", json!({})).await);
    let put = json!({"schemas": [USER], "userName": "a"}).to_string();
    let operations = json!([{"op": "add", "path": "userName", "value": "a"}]);
    let patch =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}).to_string();
    let send = async |method: &Method, name: &str, lines: &[&str]| {
        let body = if *method == Method::PUT { &put } else { &patch };
        let mut request = server.client.request(method.clone(), format!("{}{path}", server.url)).body(body.clone());
        for line in lines {
            request = request.header(name, *line);
        }
        request.bearer_auth(crate::support::TOKEN).send().await.expect("an answer").status().as_u16()
    };
    let (put, patch, delete) = (Method::PUT, Method::PATCH, Method::DELETE);
    for tags in [&["*"][..], &["W/\"1\""], &["\"7\"", "\"1\""], &["\"a,b\", W/\"1\""]] {
        for method in [&put, &patch, &delete] {
            assert_eq!(send(method, "if-none-match", tags).await, 412, "{method} {tags:?}");
        }
        assert_eq!(send(&Method::GET, "if-none-match", tags).await, 304, "{tags:?}");
        assert_eq!(send(&put, "if-match", tags).await, 200, "{tags:?}");
    }
    for tags in [&["W/W/\"1\""][..], &["1"], &["\"1"], &["\"7,1\""], &["\"7\"", "\"8\""], &["*, \"7\""]] {
        assert_eq!(send(&put, "if-match", tags).await, 412, "{tags:?}");
        assert_eq!(send(&put, "if-none-match", tags).await, 200, "{tags:?}");
    }
    assert_eq!(send(&delete, "if-none-match", &["\"7\""]).await, 204);
}

#[tokio::test]
async fn groups_of_users_follow_from_members() {
    let mut server = Server::start("");
    let (ann, bob) = (server.user("ann", json!({})).await, server.user("bob", json!({})).await);
    let inner = server.group("Inner", &[&ann]).await;
    let outer = server.group("Outer", &[&ann, &bob, &inner, &bob]).await;

    let group = server.get(&format!("/Groups/{outer}")).await.body;
    assert_eq!(
        group["members"],
        json!([
            {"value": ann, "type": "User", "$ref": format!("https://scim.example/scim/v2/Users/{ann}")},
            {"value": bob, "type": "User", "$ref": format!("https://scim.example/scim/v2/Users/{bob}")},
            {"value": inner, "type": "Group", "$ref": format!("https://scim.example/scim/v2/Groups/{inner}")},
        ])
    );
    let user = server.get(&format!("/Users/{bob}")).await.body;
    let place = format!("https://scim.example/scim/v2/Groups/{outer}");
    assert_eq!(user["groups"], json!([{"value": outer, "$ref": place, "display": "Outer", "type": "direct"}]));
    let found = server.list("/Users", "filter=groups.display eq \"inner\"&attributes=groups.value").await;
    assert_eq!(found["Resources"][0]["id"], json!(ann));
    assert_eq!(server.list("/Users", &format!("filter=groups[value eq \"{outer}\"]")).await["totalResults"], 2);

    // A PUT of what a GET gave keeps the group; a member that is deleted is one no more.
    assert_eq!(server.put(&format!("/Users/{bob}"), &user).await.body, user);
    assert_eq!(server.delete(&format!("/Users/{ann}")).await.status, 204);
    assert_eq!(server.get(&format!("/Users/{ann}")).await.error(), (404, ""));
    assert_eq!(server.get(&format!("/Groups/{inner}")).await.body.get("members"), None);
    server.kill_and_restart();
    let group = server.get(&format!("/Groups/{outer}")).await.body;
    assert_eq!(group["members"].as_array().map(Vec::len), Some(2));
    assert_eq!(group["meta"]["version"], "W/\"2\"");

    let missing = json!({"schemas": [GROUP], "displayName": "x", "members": [{"value": ann}]});
    assert_eq!(server.post("/Groups", &missing).await.error(), (400, "invalidValue"));
    assert_eq!(server.delete(&format!("/Groups/{outer}")).await.status, 204);
    assert_eq!(server.get(&format!("/Users/{bob}")).await.body.get("groups"), None);
}

/// What is read, checked and written is one transaction.
#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_are_all_kept_or_refused() {
    let server = std::sync::Arc::new(Server::start(""));
    let path = format!("/Groups/{}", server.group("g", &[]).await);
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let (server, path) = (server.clone(), path.clone());
            tokio::spawn(async move {
                let id = server.user(&format!("user{number}"), json!({})).await;
                let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
                let same = json!({"schemas": [USER], "userName": "the one"});
                (server.patch(&path, add).await.status, server.post("/Users", &same).await.status)
            })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        let (patched, posted) = task.await.expect("no failure");
        assert_eq!(patched, 200);
        assert!(matches!(posted, 201 | 409), "{posted}");
        created += u32::from(posted == 201);
    }
    assert_eq!(created, 1);
    let group = server.get(&path).await.body;
    assert_eq!(group["members"].as_array().map(Vec::len), Some(20));
    assert_eq!(group["meta"]["version"], "W/\"21\"");
}
