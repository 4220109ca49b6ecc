//! PATCH as RFC 7644 section 3.5.2 has it, without any quirk.

use serde_json::{Value, json};

use crate::support::{ENTERPRISE, Server, USER};

async fn server_with_a_user() -> (Server, String) {
    let server = Server::start("");
    let id = server
        .user(
            "ada",
            json!({
                "title": "Boss", "name": {"givenName": "Ada", "familyName": "King"},
                "emails": [
                    {"value": "w@example.com", "type": "work", "primary": true},
                    {"value": "h@example.com", "type": "home"},
                ],
            }),
        )
        .await;
    (server, format!("/Users/{id}"))
}

/// Does one operation after the other, and compares one attribute after each.
async fn walk(server: &Server, path: &str, steps: Value) {
    for step in steps.as_array().expect("steps") {
        let answer = server.patch(path, json!([step[0]])).await;
        assert_eq!(answer.status, 200, "{step}: {}", answer.body);
        let pointer = step[1].as_str().expect("a pointer");
        assert_eq!(answer.body.pointer(pointer).unwrap_or(&Value::Null), &step[2], "{}", step[0]);
        assert_eq!(server.get(path).await.body, answer.body);
    }
}

#[tokio::test]
async fn values_are_added() {
    let (server, path) = server_with_a_user().await;
    let department = format!("{ENTERPRISE}:department");
    let work = "w@example.com";
    walk(
        &server,
        &path,
        json!([
            [{"op": "add", "path": "nickName", "value": "A"}, "/nickName", "A"],
            [{"op": "add", "path": "NICKNAME", "value": "B"}, "/nickName", "B"],
            [{"op": "add", "path": "name.middleName", "value": "L"}, "/name/middleName", "L"],
            [{"op": "add", "path": "name", "value": {"formatted": "A L K"}}, "/name",
                {"givenName": "Ada", "familyName": "King", "middleName": "L", "formatted": "A L K"}],
            [{"op": "add", "path": department, "value": "Tours"}, format!("/{ENTERPRISE}/department"), "Tours"],
            [{"op": "add", "path": ENTERPRISE, "value": {"division": "x"}}, format!("/{ENTERPRISE}"),
                {"department": "Tours", "division": "x"}],
            [{"op": "add", "value": {"locale": "en", "roles": [{"value": "r"}], ENTERPRISE: {"costCenter": "9"}}},
                "/roles", [{"value": "r"}]],
            // There already: no second one. One value is a list of one.
            [{"op": "add", "path": "emails", "value": {"value": work}}, "/emails/2", null],
            [{"op": "add", "path": "emails", "value": [{"value": "n@example.com", "primary": true}]}, "/emails",
                [{"value": work, "type": "work", "primary": false}, {"value": "h@example.com", "type": "home"},
                 {"value": "n@example.com", "primary": true}]],
            [{"op": "add", "path": "emails[type eq \"home\"].display", "value": "Home"}, "/emails/1/display", "Home"],
            [{"op": "add", "path": "emails[type eq \"other\" and primary eq false].value", "value": "o@example.com"},
                "/emails/3", {"type": "other", "primary": false, "value": "o@example.com"}],
            [{"op": "add", "path": "phoneNumbers.value", "value": "555"}, "/phoneNumbers", [{"value": "555"}]],
        ]),
    )
    .await;
    let user = server.get(&path).await.body;
    assert_eq!(user["schemas"], json!([USER, ENTERPRISE]));
    assert_eq!(server.list("/Users", "filter=emails[type eq \"other\"] and roles eq \"R\"").await["totalResults"], 1);
}

#[tokio::test]
async fn values_are_replaced() {
    let (server, path) = server_with_a_user().await;
    walk(
        &server,
        &path,
        json!([
            [{"op": "replace", "path": "title", "value": "x"}, "/title", "x"],
            [{"op": "replace", "path": "name", "value": {"familyName": "Byron"}}, "/name",
                {"givenName": "Ada", "familyName": "Byron"}],
            [{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@example.com"}, "/emails/0",
                {"value": "n@example.com", "type": "work", "primary": true}],
            [{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}, "/emails/0/primary", false],
            [{"op": "replace", "path": "emails[type eq \"home\"]", "value": {"value": "z@example.com"}}, "/emails/1",
                {"value": "z@example.com"}],
            [{"op": "replace", "path": "emails.type", "value": "other"}, "/emails/1/type", "other"],
            [{"op": "replace", "path": "emails", "value": [{"value": "only@example.com"}]}, "/emails",
                [{"value": "only@example.com"}]],
            [{"op": "replace", "path": "emails", "value": []}, "/emails", null],
            [{"op": "replace", "path": "name", "value": {"familyName": null, "givenName": "A"}}, "/name",
                {"givenName": "A"}],
            [{"op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": {"value": "m", "displayName": "M"}},
                format!("/{ENTERPRISE}"), {"manager": {"value": "m"}}],
            [{"op": "replace", "path": "nickName", "value": "was not there"}, "/nickName", "was not there"],
            [{"op": "replace", "value": {"title": null, "locale": "de"}}, "/title", null],
            [{"op": "add", "value": {ENTERPRISE: null}}, format!("/{ENTERPRISE}"), {"manager": {"value": "m"}}],
            [{"op": "replace", "value": {ENTERPRISE: null}}, format!("/{ENTERPRISE}"), null],
            [{"op": "replace", "path": ENTERPRISE, "value": null}, format!("/{ENTERPRISE}"), null],
        ]),
    )
    .await;
    assert_eq!(server.get(&path).await.body["locale"], "de");
}

#[tokio::test]
async fn values_are_removed() {
    let (server, path) = server_with_a_user().await;
    walk(
        &server,
        &path,
        json!([
            [{"op": "remove", "path": "emails[type eq \"work\"].primary"}, "/emails/0",
                {"value": "w@example.com", "type": "work"}],
            [{"op": "remove", "path": "emails[type eq \"work\"]"}, "/emails",
                [{"value": "h@example.com", "type": "home"}]],
            [{"op": "remove", "path": "emails.type"}, "/emails", [{"value": "h@example.com"}]],
            [{"op": "remove", "path": "emails"}, "/emails", null],
            [{"op": "remove", "path": "name.givenName"}, "/name", {"familyName": "King"}],
            [{"op": "remove", "path": "name.familyName"}, "/name", null],
            [{"op": "remove", "path": "password"}, "/password", null],
            [{"op": "remove", "path": ENTERPRISE}, format!("/{ENTERPRISE}"), null],
        ]),
    )
    .await;
}

#[tokio::test]
async fn operations_are_done_together_or_not_at_all() {
    let (server, path) = server_with_a_user().await;
    let before = server.get(&path).await.body;
    for (operation, code) in [
        (json!({"op": "remove"}), "noTarget"),
        (json!({"op": "replace", "path": "emails[type eq \"other\"].value", "value": "x"}), "noTarget"),
        (json!({"op": "remove", "path": "emails[value eq \"x\"]"}), "noTarget"),
        (json!({"op": "add", "path": "emails[type sw \"x\"].value", "value": "x"}), "noTarget"),
        (json!({"op": "add", "path": "emails[type eq]", "value": "x"}), "invalidFilter"),
        (json!({"op": "add", "path": "emails[nosuch eq 1]", "value": "x"}), "invalidFilter"),
        (json!({"op": "add", "path": "nosuch", "value": "x"}), "invalidPath"),
        (json!({"op": "add", "path": "name.", "value": "x"}), "invalidPath"),
        (json!({"op": "add", "path": "", "value": "x"}), "invalidPath"),
        (json!({"op": "add", "path": 7, "value": "x"}), "invalidPath"),
        (json!({"op": "add", "path": "title[value eq \"x\"]", "value": "x"}), "invalidPath"),
        (json!({"op": "add", "value": {"nosuch": 1}}), "invalidPath"),
        (json!({"op": "add", "value": {"name.givenName": "x"}}), "invalidPath"),
        (json!({"op": "add", "value": "x"}), "invalidValue"),
        (json!({"op": "add", "path": "title"}), "invalidValue"),
        (json!({"op": "add", "path": "title", "value": 1}), "invalidValue"),
        (json!({"op": "add", "path": "active", "value": "True"}), "invalidValue"),
        (json!({"op": "add", "path": "emails", "value": "x"}), "invalidValue"),
        (json!({"op": "replace", "path": "userName", "value": ""}), "invalidValue"),
        (json!({"op": "replace", "path": "emails", "value": [{"primary": true}, {"primary": true}]}), "invalidValue"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "replace", "path": "userName", "value": null}), "mutability"),
        (json!({"op": "replace", "path": "id", "value": "x"}), "mutability"),
        (json!({"op": "replace", "path": "meta.created", "value": "x"}), "mutability"),
        (json!({"op": "add", "path": "groups", "value": [{"value": "x"}]}), "mutability"),
        (json!({"op": "add", "path": "schemas", "value": ["urn:x:y"]}), "mutability"),
        (json!({"op": "add", "path": format!("{ENTERPRISE}:manager.displayName"), "value": "x"}), "mutability"),
        (json!({"op": "Add", "path": "title", "value": "x"}), "invalidSyntax"),
        (json!({"op": "move", "path": "title", "value": "x"}), "invalidSyntax"),
        (json!({"op": "remove", "path": "emails", "value": [{"value": "x"}]}), "invalidSyntax"),
        (json!({"op": "remove", "path": ENTERPRISE, "value": {"department": "x"}}), "invalidSyntax"),
        (json!("x"), "invalidSyntax"),
    ] {
        let first = json!({"op": "replace", "path": "title", "value": "never kept"});
        let answer = server.patch(&path, json!([first, operation])).await;
        assert_eq!(answer.error(), (400, code), "{operation}: {}", answer.body);
    }
    assert_eq!(server.get(&path).await.body, before);
    // Nothing changes, and nothing is modified; `id` may be named with the value that it has.
    let same =
        json!([{"op": "add", "path": "title", "value": "Boss"}, {"op": "replace", "value": {"id": before["id"]}}]);
    assert_eq!(server.patch(&path, same).await.body, before);
}

#[tokio::test]
async fn members_come_and_go() {
    let server = Server::start("");
    let (ann, bob) = (server.user("ann", json!({})).await, server.user("bob", json!({})).await);
    let path = format!("/Groups/{}", server.group("g", &[&ann]).await);
    let members = async |operation: Value| {
        let answer = server.patch(&path, json!([operation])).await;
        let members = answer.body["members"].as_array().cloned().unwrap_or_default();
        (answer.status, members.iter().map(|member| member["value"].clone()).collect::<Vec<_>>())
    };
    let add = json!({"op": "add", "path": "members", "value": [{"value": bob, "display": "Bob"}, {"value": ann}]});
    assert_eq!(members(add).await, (200, vec![json!(ann), json!(bob)]));
    let remove = json!({"op": "remove", "path": format!("members[value eq \"{ann}\"]")});
    assert_eq!(members(remove.clone()).await, (200, vec![json!(bob)]));
    assert_eq!(members(remove).await.0, 400);
    for other in [
        json!({"op": "replace", "path": format!("members[value eq \"{bob}\"].value"), "value": ann}),
        json!({"op": "replace", "path": "members.value", "value": ann}),
        json!({"op": "add", "path": format!("members[value eq \"{bob}\"]"), "value": {"value": ann}}),
        json!({"op": "remove", "path": "members.value"}),
    ] {
        assert_eq!(server.patch(&path, json!([other])).await.error(), (400, "mutability"), "{other}");
    }
    let nobody = json!({"op": "add", "path": "members", "value": [{"value": "nobody"}]});
    assert_eq!(server.patch(&path, json!([nobody])).await.error(), (400, "invalidValue"));
    assert_eq!(members(json!({"op": "remove", "path": "members"})).await, (200, vec![]));
}
