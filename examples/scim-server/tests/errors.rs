//! Every wrong request has an error body of RFC 7644 section 3.12, and none ends the server.

use reqwest::Method;
use serde_json::json;

use crate::support::{GROUP, Server, USER};

#[tokio::test]
async fn wrong_lists_are_refused() {
    let server = Server::start("");
    for (query, code) in [
        ("filter=userName", "invalidFilter"),
        ("filter=userName eq bob", "invalidFilter"),
        ("filter=nosuch eq 1", "invalidFilter"),
        ("filter=password sw \"a\"", "invalidFilter"),
        ("filter=active gt true", "invalidFilter"),
        ("filter=meta.created gt \"yesterday\"", "invalidFilter"),
        ("filter=emails[type eq \"work\"].value eq \"x\"", "invalidFilter"),
        ("filter=", "invalidFilter"),
        ("filter=userName eq \"%FF\"", "invalidFilter"),
        ("sortBy=nosuch", "invalidValue"),
        ("sortBy=password", "invalidValue"),
        ("sortBy=title&sortOrder=up", "invalidValue"),
        ("count=many", "invalidValue"),
        ("startIndex=1.5", "invalidValue"),
        ("cursor=&count=many", "invalidCount"),
        ("cursor=forged", "invalidCursor"),
        ("cursor=&startIndex=1", "invalidCursor"),
        ("attributes=nosuch", "invalidValue"),
        ("attributes=title&excludedAttributes=name", "invalidValue"),
        (&format!("filter={}userName pr{}", "(".repeat(100), ")".repeat(100)), "invalidFilter"),
        (&format!("filter=userName eq \"{}\"", "x".repeat(9000)), "invalidFilter"),
    ] {
        let answer = server.get(&format!("/Users?{query}")).await;
        assert_eq!(answer.error(), (400, code), "{query}: {}", answer.body);
    }
    assert_eq!(server.get("/Groups?filter=userName pr").await.error(), (400, "invalidFilter"));
    // A cursor belongs to its query.
    for name in ["a", "b"] {
        server.user(name, json!({})).await;
    }
    let page = server.list("/Users", "count=1&cursor=").await;
    let cursor = page["nextCursor"].as_str().expect("a cursor");
    let other = server.get(&format!("/Users?count=1&filter=title pr&cursor={cursor}")).await;
    assert_eq!(other.error(), (400, "invalidCursor"));
    for body in ["", "[]", "{\"filter\": 1}", "{\"schemas\": [\"urn:x:y\"]}"] {
        let answer = server.send(Method::POST, "/Users/.search", body, None).await;
        assert_eq!(answer.error(), (400, "invalidSyntax"), "{body}");
    }
}

#[tokio::test]
async fn wrong_bodies_are_refused() {
    let mut server = Server::start("");
    let id = server.user("a", json!({})).await;
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for (body, code) in [
        ("", "invalidSyntax"),
        ("{", "invalidSyntax"),
        ("[]", "invalidSyntax"),
        (&deep, "invalidSyntax"),
        ("{}", "invalidSyntax"),
        (&json!({"schemas": [GROUP], "userName": "x"}).to_string(), "invalidSyntax"),
        (&json!({"schemas": "x", "userName": "x"}).to_string(), "invalidSyntax"),
        (&json!({"schemas": [USER]}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": ""}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": null}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": 7}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": "x", "active": "true"}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": "x", "name": "x"}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": ["x", "y"]}).to_string(), "invalidValue"),
        (&json!({"schemas": [USER], "userName": "x", "emails": [[]]}).to_string(), "invalidValue"),
        (
            &json!({"schemas": [USER], "userName": "x", "emails": [{"primary": true}, {"primary": true}]}).to_string(),
            "invalidValue",
        ),
    ] {
        for (method, path) in [(Method::POST, "/Users".to_owned()), (Method::PUT, format!("/Users/{id}"))] {
            let answer = server.send(method, &path, body, None).await;
            assert_eq!(answer.error(), (400, code), "{body:.100}: {}", answer.body);
        }
    }
    let patch = async |body: &str| server.send(Method::PATCH, &format!("/Users/{id}"), body, None).await;
    for body in ["", "{}", r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#] {
        assert_eq!(patch(body).await.error(), (400, "invalidSyntax"), "{body}");
    }
    assert_eq!(server.patch(&format!("/Users/{id}"), json!([])).await.error(), (400, "invalidSyntax"));
    let large = json!({"schemas": [USER], "userName": "x".repeat(2 * 1024 * 1024)});
    assert_eq!(server.post("/Users", &large).await.error(), (413, ""));
    // What was not read of it ends the connection, perhaps as it is used again.
    server.client = reqwest::Client::new();
    assert_eq!(server.list("/Users", "").await["totalResults"], 1);
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let server = Server::start("");
    for path in ["/Users/none", "/Groups/none", "/Nothing", "/Nothing/1", "/Users/1/2", "/users", "/Users/%FF", "/"] {
        assert_eq!(server.get(path).await.error(), (404, ""), "{path}");
    }
    assert_eq!(server.delete("/Users/none").await.error(), (404, ""));
    assert_eq!(server.put("/Users/none", &json!({"schemas": [USER], "userName": "x"})).await.error(), (404, ""));
    assert_eq!(server.delete("/Users").await.error(), (405, ""));
    assert_eq!(server.delete("/Users").await.headers["allow"], "GET,HEAD,POST");
    for path in ["/Foos", "/Foos/1", "/Foos/.search"] {
        for method in [Method::GET, Method::DELETE, Method::POST, Method::OPTIONS] {
            let answer = server.send(method.clone(), path, "", None).await;
            assert_eq!(answer.error(), (404, ""), "{method} {path}");
        }
    }
    assert_eq!(server.get("/Me").await.error(), (501, ""));
    assert_eq!(server.post("/Bulk", &json!({})).await.error(), (501, ""));
}

#[tokio::test]
async fn without_the_token_nothing_is_told() {
    let server = Server::start("");
    for token in [None, Some("a-tokem"), Some("a-token-and-more"), Some("")] {
        for path in ["/Users", "/Schemas", "/none"] {
            let mut request = server.client.get(format!("{}{path}", server.url));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await.expect("an answer");
            assert_eq!(
                (response.status().as_u16(), &response.headers()["www-authenticate"]),
                (401, &"Bearer".parse().expect("a value"))
            );
        }
    }
}

#[test]
fn what_it_cannot_be_started_with_is_told() {
    let folder = std::env::temp_dir().join(format!("scim-server-unused-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, value) in [
        ("--base-url", "https://example.com\r\nx: y"),
        ("--base-url", "ftp://example.com"),
        ("--base-url", "https://example.com/?a"),
        ("--base-url", "/x"),
        ("--listen", "x"),
    ] {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_scim-server"));
        let database = folder.join("unused.db");
        let database = format!("{}", database.display());
        process.args(["--database", &database, name, value]).env("SCIM_TOKEN", "a-token");
        let ended = process.output().expect("a process");
        let told = [ended.stderr, ended.stdout].concat();
        assert!(!ended.status.success() && String::from_utf8_lossy(&told).contains(name), "{value}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
