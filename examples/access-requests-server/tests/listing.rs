//! Pages: every example of the published API, the envelope, the links.

use scim_query::http::link_header;
use serde_json::Value;

use crate::support::{PATH, Server, TOKEN, bundled, databases, ids, json, next};

/// The examples of the published API, as written and percent-encoded.
const EXAMPLES: &str = include_str!("../../../tests/cases/seed.jsonl");

/// What a decoded example asks for, written out: which requests, by which instant, behind which.
fn expected(text: &str) -> Vec<String> {
    let is =
        |request: &Value, pointer: &str, value: &str| request.pointer(pointer).and_then(Value::as_str) == Some(value);
    let instant = |request: &Value, key: &str| {
        chrono::DateTime::parse_from_rfc3339(request[key].as_str().expect("an instant")).expect("a dateTime")
    };
    let app = "0oafxqCAJWWGELFTYASJ";
    let matches = |request: &Value| match text.trim() {
        r#"status eq "APPROVED""# => is(request, "/status", "APPROVED"),
        r#"lastUpdated gt "2022-05-24T14:15:22Z""# => {
            instant(request, "lastUpdated")
                > chrono::DateTime::parse_from_rfc3339("2022-05-24T14:15:22Z").expect("a dateTime")
        }
        r#"resourceId eq "0oafxqCAJWWGELFTYASJ""# => is(request, "/requested/resourceId", app),
        r#"resourceType eq "APPLICATION""# => is(request, "/requested/resourceType", "APPLICATION"),
        r#"accessScopeId eq "0oafxqCAJWWGELFTYASJ""# => is(request, "/requested/accessScopeId", app),
        r#"accessScopeType eq "APPLICATION""# => is(request, "/requested/accessScopeType", "APPLICATION"),
        r#"requestedFor eq "00ub0oNGTSWTBKOLGLNR""# => is(request, "/requestedFor/externalId", "00ub0oNGTSWTBKOLGLNR"),
        r#"status eq "RESOLVED" AND resourceId eq "0oafxqCAJWWGELFTYASJ""# => false,
        "created desc" | "lastUpdated desc" | "reqp1pmpjhVdGEcVK1d5" => true,
        other => panic!("no selection for {other}"),
    };
    let mut found: Vec<Value> = bundled().into_iter().filter(|request| matches(request)).collect();
    let key = if text.starts_with("lastUpdated desc") { "lastUpdated" } else { "created" };
    let id = |request: &Value| request["id"].as_str().expect("an id").to_owned();
    found.sort_by_key(|request| std::cmp::Reverse((instant(request, key), id(request))));
    let found: Vec<String> = found.iter().map(id).collect();
    let behind = found.iter().position(|id| id == text).map_or(0, |at| at + 1);
    found[behind..].to_vec()
}

#[tokio::test]
async fn every_published_example_gives_its_requests() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        for line in EXAMPLES.lines() {
            let case: Value = serde_json::from_str(line).expect("JSON");
            let (query, text) = match case["form"].as_str() {
                Some("clear") => {
                    let text = case["text"].as_str().expect("a text");
                    (format!("{}={text}", case["parameter"].as_str().expect("a name")), text)
                }
                _ => (case["query"].as_str().expect("a query").to_owned(), case["decoded"].as_str().expect("a text")),
            };
            let page = server.page(&format!("{query}&limit=200")).await;
            assert_eq!(ids(&page), expected(text), "{query}");
            assert_eq!(next(&page), None);
        }
        server.remove().await;
    }
}

#[tokio::test]
async fn links_are_encoded_anew_and_equal_in_body_and_header() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let filter = "limit=2&filter=not%28status+eq+%22DENIED%22%29&unknown=1";
        let response = server.get(&format!("{PATH}?{filter}")).await;
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers()["x-okta-request-id"].len(), 24);
        let links: Vec<String> =
            response.headers().get_all("link").iter().map(|link| link.to_str().expect("ASCII").to_owned()).collect();
        let page = json(response).await;
        let base = format!("{}{PATH}?filter=not(status%20eq%20%22DENIED%22)", server.url);
        let last = ids(&page).pop().expect("two");
        let (own, next) = (format!("{base}&limit=2"), format!("{base}&after={last}&limit=2"));
        assert_eq!(page["_links"]["self"]["href"], own);
        assert_eq!(page["_links"]["next"]["href"], next);
        assert_eq!(links, [link_header(&own, "self"), link_header(&next, "next")]);
        let page = server.get(PATH).await;
        assert_eq!(json(page).await["_links"]["self"]["href"], format!("{}{PATH}", server.url));
        server.remove().await;
    }
}

#[tokio::test]
async fn pages_joined_are_the_list() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        for (query, text) in [
            ("", "created desc"),
            ("orderBy=lastUpdated%20desc&", "lastUpdated desc"),
            ("filter=status+eq+%22APPROVED%22&", r#"status eq "APPROVED""#),
        ] {
            for limit in [1, 7, 20, 199, 200] {
                let (mut found, mut query) = (Vec::new(), Some(format!("{query}limit={limit}")));
                while let Some(text) = query {
                    let page = server.page(&text).await;
                    found.extend(ids(&page));
                    query = next(&page);
                }
                assert_eq!(found, expected(text), "{text} by {limit}");
            }
        }
        assert_eq!(ids(&server.page("").await).len(), 20);
        server.remove().await;
    }
}

#[tokio::test]
async fn one_request_is_the_one_that_is_bundled() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        for request in bundled().iter().take(20) {
            let response = server.get(&format!("{PATH}/{}", request["id"].as_str().expect("an id"))).await;
            assert_eq!(response.status(), 200);
            assert_eq!(json(response).await, *request);
        }
        server.remove().await;
    }
}

/// The HTTP library takes a `"` in a query for no URI at all; the crate would read it.
#[tokio::test]
async fn a_quote_that_is_not_encoded_is_refused_before_it_is_read() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let server = Server::start(crate::support::Database::Sqlite, &[]).await;
    let address = server.url.trim_start_matches("http://");
    for (filter, status) in [(r#"status+eq+"APPROVED""#, "400"), ("status+eq+%22APPROVED%22", "200")] {
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("connected");
        let request = format!(
            "GET {PATH}?filter={filter} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        assert_eq!(answer.split(' ').nth(1), Some(status), "{filter}");
    }
    server.remove().await;
}
