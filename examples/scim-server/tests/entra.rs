//! What Microsoft Entra's provisioning service is documented to send, with the preset `entra`. Values are made up; each
//! request's form is that of
//!
//! - \[use\] <https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups>,
//! - \[issues\] <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>.

use serde_json::{Value, json};

use crate::support::{ENTERPRISE, GROUP, Server, USER, each};

/// \[use\] "Create User".
fn user(name: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE], "externalId": format!("external-{name}"), "userName": name, "active": true,
        "emails": [{"primary": true, "type": "work", "value": format!("{name}@example.com")}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Given Family", "familyName": "Family", "givenName": "Given"}, "roles": [],
    })
}

#[tokio::test]
async fn the_life_of_a_user() {
    let server = Server::start("entra");
    // "Test Connection", and "Get User by query - Zero results": an empty list.
    let list = server.list("/Users", r#"filter=userName eq "non-existent user""#).await;
    assert_eq!((&list["totalResults"], &list["Resources"]), (&json!(0), &json!([])));

    let answer = server.post("/Users", &user("ada")).await;
    assert_eq!((answer.status, &answer.body["userName"]), (201, &json!("ada")));
    let path = format!("/Users/{}", answer.body["id"].as_str().expect("an id"));
    assert_eq!(server.get(&path).await.body, answer.body);

    // "Get User by query", and the forms of "/Users" and of "Example 1": a value path with more behind it, a bare word.
    for filter in [
        r#"userName eq "ada""#,
        r#"emails[type eq "work"].value eq "ada@example.com""#,
        r#"externalId eq external-ada"#,
    ] {
        assert_eq!(each(&server.list("/Users", &format!("filter={filter}")).await, "userName"), ["ada"], "{filter}");
    }

    // "Update User [Multi-valued properties]" and "[Single-valued properties]".
    let answer = server
        .patch(
            &path,
            json!([
                {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com"},
                {"op": "Replace", "path": "name.familyName", "value": "New"},
            ]),
        )
        .await;
    assert_eq!((answer.status, &answer.body["emails"][0]["value"]), (200, &json!("new@example.com")));
    assert_eq!(answer.body["name"], json!({"formatted": "Given Family", "familyName": "New", "givenName": "Given"}));
    let answer = server.patch(&path, json!([{"op": "Replace", "path": "userName", "value": "ada2"}])).await;
    assert_eq!(answer.body["userName"], "ada2");
    // Whatever is replaced may not be there yet, an element too.
    let value = json!({"value": "555"});
    let operation = json!([{"op": "Replace", "path": "phoneNumbers[type eq \"work\"]", "value": value}]);
    let answer = server.patch(&path, operation).await;
    assert_eq!(answer.body["phoneNumbers"], json!([{"type": "work", "value": "555"}]));

    // "Disable User", as a boolean, and [issues] as text.
    for (value, active) in [(json!(false), false), (json!("True"), true), (json!("False"), false)] {
        let answer = server.patch(&path, json!([{"op": "Replace", "path": "active", "value": value}])).await;
        assert_eq!((answer.status, &answer.body["active"]), (200, &json!(active)));
    }
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.error(), (404, ""));
}

#[tokio::test]
async fn updates_without_and_with_the_feature_flag() {
    let server = Server::start("entra");
    let path = format!("/Users/{}", server.user("ada", json!({})).await);
    let number = format!("{ENTERPRISE}:employeeNumber");
    // [issues] "Requests to add a single-value string attribute", "to replace multiple attributes", without the flag:
    // there is no e-mail to be replaced yet.
    let answer = server
        .patch(
            &path,
            json!([
                {"op": "Add", "path": "nickName", "value": "Babs"},
                {"op": "Replace", "path": "displayName", "value": "Pvlo"},
                {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "a@example.com"},
                {"op": "Replace", "path": "name.givenName", "value": "Gtfd"},
                {"op": "Replace", "path": "externalId", "value": "Eqpj"},
                {"op": "Replace", "path": number, "value": "Eqpj"},
            ]),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["emails"], json!([{"type": "work", "value": "a@example.com"}]));
    assert_eq!(answer.body[ENTERPRISE]["employeeNumber"], "Eqpj");
    // With the flag: names with dots and URIs in an operation without a path.
    let answer = server
        .patch(
            &path,
            json!([
                {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@example.com"},
                {"op": "replace", "value": {
                    "displayName": "Bjfe", "name.givenName": "Kkom", "name.familyName": "Unua", number: "Aklq",
                }},
            ]),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["name"], json!({"givenName": "Kkom", "familyName": "Unua"}));
    assert_eq!(answer.body[ENTERPRISE]["employeeNumber"], "Aklq");

    // [use] "Example 5": a manager as a list of one, and "Example 4": asked for by its bare name.
    let manager = server.user("boss", json!({})).await;
    let value = json!([{"$ref": "https://scim.example/scim/v2/Users/x", "value": manager}]);
    let answer = server.patch(&path, json!([{"op": "Add", "path": "manager", "value": value}])).await;
    assert_eq!(answer.body[ENTERPRISE]["manager"]["value"], json!(manager), "{}", answer.body);
    let id = answer.body["id"].as_str().expect("an id");
    let list = server.list("/Users", &format!(r#"filter=id eq "{id}" and manager eq "{manager}"&attributes=id"#)).await;
    assert_eq!(each(&list, "id"), [id]);
}

#[tokio::test]
async fn the_life_of_a_group() {
    let server = Server::start("entra");
    let (ann, bob) = (server.user("ann", json!({})).await, server.user("bob", json!({})).await);
    // "Create Group": a schema that nobody has is passed over.
    let other = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let group = json!({
        "schemas": [GROUP, other], "externalId": "8aa1", "displayName": "Crew", "meta": {"resourceType": "Group"},
    });
    let answer = server.post("/Groups", &group).await;
    assert_eq!((answer.status, &answer.body["schemas"]), (201, &json!([GROUP])));
    let path = format!("/Groups/{}", answer.body["id"].as_str().expect("an id"));
    let members = async || {
        let group = server.get(&path).await.body;
        let members = group["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|member| member["value"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };

    // "Update Group [Add Members]", and "[Non-member attributes]".
    let value = json!([{"$ref": null, "value": ann}, {"$ref": null, "value": bob}]);
    let answer = server.patch(&path, json!([{"op": "Add", "path": "members", "value": value}])).await;
    assert_eq!((answer.status, answer.body), (204, Value::Null));
    assert_eq!(members().await, [ann.clone(), bob.clone()]);
    let renamed = json!([{"op": "Replace", "path": "displayName", "value": "Team"}]);
    assert_eq!(server.patch(&path, renamed).await.status, 204);

    // "Get Group" and "Get Group by displayName", without the members.
    assert_eq!(server.get(&format!("{path}?excludedAttributes=members")).await.body.get("members"), None);
    let list = server.list("/Groups", r#"excludedAttributes=members&filter=displayName eq "team""#).await;
    assert_eq!((each(&list, "displayName"), list["Resources"][0].get("members")), (vec!["Team".to_owned()], None));

    // "Update Group [Remove Members]": the listed ones, not all; [issues] with the flag, a filter.
    let value = json!([{"$ref": null, "value": ann}]);
    assert_eq!(server.patch(&path, json!([{"op": "Remove", "path": "members", "value": value}])).await.status, 204);
    assert_eq!(members().await, std::slice::from_ref(&bob));
    let operation = json!([{"op": "remove", "path": format!("members[value eq \"{bob}\"]")}]);
    assert_eq!(server.patch(&path, operation).await.status, 204);
    assert!(members().await.is_empty());
    assert_eq!(server.delete(&path).await.status, 204);
}

/// What names no element removes none, least of all every one; and what does, names it by its `value` alone.
#[tokio::test]
async fn a_removal_removes_what_it_lists_and_no_more() {
    for quirks in ["entra", "all"] {
        let server = Server::start(quirks);
        let emails = json!([{"value": "a@example.com", "type": "work"}, {"value": "b@example.com"}]);
        let (ann, bob) = (server.user("ann", json!({"emails": emails})).await, server.user("bob", json!({})).await);
        let group = format!("/Groups/{}", server.group("g", &[&ann, &bob]).await);
        let user = format!("/Users/{ann}");
        for (path, name) in [(&group, "members"), (&user, "emails")] {
            let before = server.get(path).await.body;
            let remove =
                async |value: &Value| server.patch(path, json!([{"op": "Remove", "path": name, "value": value}])).await;
            for value in [
                json!([{}]),
                json!({}),
                json!([null]),
                json!([{"foo": 1}]),
                json!([{"value": null}]),
                json!([{"type": "User"}]),
                json!([{"value": bob}, {}]),
            ] {
                assert_eq!(remove(&value).await.error(), (400, "invalidValue"), "{name}: {value}");
            }
            for value in [json!([]), json!([{"value": "nobody"}])] {
                assert!(remove(&value).await.status < 300, "{name}: {value}");
            }
            assert_eq!(server.get(path).await.body, before);
            let first = &before[name][0]["value"];
            let value = json!([{"value": first, "display": "another", "type": "other", "$ref": "https://x.example/"}]);
            assert!(remove(&value).await.status < 300);
            assert_eq!(server.get(path).await.body[name], json!([before[name][1]]));
        }
    }
}

#[tokio::test]
async fn without_the_preset_these_forms_are_refused() {
    let server = Server::start("okta");
    let path = format!("/Users/{}", server.user("ada", json!({})).await);
    assert_eq!(
        server.get(r#"/Users?filter=emails[type eq "work"].value eq "x""#).await.error(),
        (400, "invalidFilter")
    );
    assert_eq!(server.get("/Users?filter=externalId eq jyoung").await.error(), (400, "invalidFilter"));
    for (operation, code) in [
        (json!({"op": "Replace", "path": "title", "value": "x"}), "invalidSyntax"),
        (json!({"op": "replace", "path": "active", "value": "False"}), "invalidValue"),
        (json!({"op": "replace", "value": {"name.givenName": "x"}}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"}), "noTarget"),
        (json!({"op": "add", "path": "manager", "value": "x"}), "invalidValue"),
        (json!({"op": "add", "path": "manager", "value": [{"value": "x"}]}), "invalidValue"),
    ] {
        assert_eq!(server.patch(&path, json!([operation])).await.error(), (400, code), "{operation}");
    }
}
