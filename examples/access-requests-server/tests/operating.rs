//! The rate limit, the log, the OpenAPI document, and how the server stops.

use std::time::{SystemTime, UNIX_EPOCH};

use scim_query::{Profile, Schema};
use serde_json::{Value, json};

use crate::support::{ENTRY, PATH, READ_TOKEN, Server, TOKEN, databases, json as body_of, wanted};

#[tokio::test]
async fn more_requests_than_the_limit_allows_are_refused() {
    let server = Server::start(databases()[0], &["--rate-limit", "3"]).await;
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    // Not over the end of a minute.
    if now() % 60 > 50 {
        tokio::time::sleep(std::time::Duration::from_secs(60 - now() % 60)).await;
    }
    for (status, remaining) in [(200, "2"), (200, "1"), (200, "0"), (429, "0"), (429, "0")] {
        let response = server.get(PATH).await;
        assert_eq!(response.status(), status);
        let header = |name: &str| response.headers()[name].to_str().expect("ASCII").to_owned();
        assert_eq!((&*header("x-rate-limit-limit"), &*header("x-rate-limit-remaining")), ("3", remaining));
        let reset: u64 = header("x-rate-limit-reset").parse().expect("a number");
        assert!(reset.is_multiple_of(60) && (now()..=now() + 60).contains(&reset));
        if status == 429 {
            assert_eq!(body_of(response).await["errorCode"], "E0000047");
        }
    }
    // Each token has its own.
    let other = server.client.get(format!("{}{PATH}", server.url)).bearer_auth(READ_TOKEN);
    assert_eq!(other.send().await.expect("an answer").status(), 200);
    server.remove().await;
}

#[tokio::test]
async fn the_log_has_no_value_of_a_filter_and_no_token() {
    for database in databases() {
        let mut server = Server::start(database, &[]).await;
        let mut requests = Vec::new();
        for filter in
            [r#"requestedFor eq "SECRET""#, r#"status eq "SECRET""#, r#"status xx "SECRET""#, "status eq SECRET"]
        {
            let response = server.get(&format!("{PATH}?filter={filter}&after=SECRET&orderBy=SECRET")).await;
            requests.push(response.headers()["x-okta-request-id"].to_str().expect("ASCII").to_owned());
            server.page(r#"filter=requestedFor eq "SECRET""#).await;
            server.page(r#"filter=status eq "SECRET""#).await;
        }
        assert!(server.stop());
        let log = server.log();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        for id in &requests {
            let line = lines.iter().find(|line| line["fields"]["id"] == **id).expect("a line for each request");
            assert_eq!(line["fields"]["status"], 400);
            assert_eq!(line["fields"]["path"], PATH);
        }
        assert!(lines.iter().any(|line| line["fields"]["code"] == "value_not_canonical"), "{log}");
        assert!(!log.contains(TOKEN) && !log.contains("SECRET"), "{log}");
        server.remove().await;
    }
}

#[tokio::test]
async fn what_runs_is_answered_before_the_server_stops() {
    for database in databases() {
        let mut server = Server::start(database, &[]).await;
        let sent: Vec<_> = (0..20)
            .map(|at| {
                let request = server.client.post(format!("{}{PATH}", server.url)).bearer_auth(TOKEN);
                let request = request.body(wanted(&format!("00uLast{at}"), ENTRY).to_string());
                tokio::spawn(async { request.send().await.map(|response| response.status().as_u16()) })
            })
            .collect();
        // Let them be sent.
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        let stopped = tokio::task::spawn_blocking(move || (server.stop(), server)).await.expect("stopped");
        assert!(stopped.0, "{}", stopped.1.log());
        for status in sent {
            // A connection that was not yet taken is refused; one that was is answered.
            if let Ok(status) = status.await.expect("no failure") {
                assert_eq!(status, 202);
            }
        }
        stopped.1.remove().await;
    }
}

#[tokio::test]
async fn the_document_says_what_the_crate_does() {
    let server = Server::start(databases()[0], &[]).await;
    let response = server.client.get(format!("{}/openapi.json", server.url)).send().await.expect("an answer");
    let document = body_of(response).await;
    assert_eq!(document["openapi"], "3.1.0");
    let parameters = document["paths"][PATH]["get"]["parameters"].as_array().expect("parameters");
    let named = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name).expect("a parameter");
    let profile = Profile::okta();
    assert_eq!(named("limit")["schema"]["maximum"], profile.max_size());
    assert_eq!(named("limit")["schema"]["default"], profile.default_size());
    let filter = named("filter")["x-scim-filter"].as_object().expect("attributes");
    let schema = Schema::access_requests();
    assert_eq!(filter.len(), schema.attributes().filter(|(_, attribute)| attribute.is_filterable()).count());
    assert_eq!(filter["status"]["enum"].as_array().expect("values").len(), 7);
    assert_eq!(named("orderBy")["x-order-by"]["attributes"], json!(["lastUpdated", "created", "id"]));
    assert_eq!(document["paths"].as_object().expect("paths").len(), 3);
    let text = document.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().expect("a name");
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
    server.remove().await;
}

#[tokio::test]
async fn a_second_start_keeps_what_is_there() {
    for database in databases() {
        let mut server = Server::start(database, &[]).await;
        assert_eq!(server.post(PATH, &wanted("00uKept", ENTRY)).await.status(), 202);
        server.kill_and_restart();
        let mut count = 0;
        let mut query = Some("limit=200".to_owned());
        while let Some(text) = query {
            let page = server.page(&text).await;
            count += crate::support::ids(&page).len();
            query = crate::support::next(&page);
        }
        assert_eq!(count, 201);
        server.remove().await;
    }
}

#[test]
fn what_it_cannot_be_started_with_is_told() {
    let folder = std::env::temp_dir().join(format!("access-requests-server-unused-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, value) in [
        ("--base-url", "https://example.com\r\nx: y"),
        ("--base-url", "ftp://example.com"),
        ("--base-url", "https://example.com/?a"),
        ("--base-url", "/x"),
        ("--listen", "x"),
    ] {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_access-requests-server"));
        let database = folder.join("unused.db");
        let database = format!("sqlite:{}", database.display());
        process.args(["--database", &database, name, value]).env("ACCESS_REQUESTS_TOKEN", "a-token");
        let ended = process.output().expect("a process");
        let told = [ended.stderr, ended.stdout].concat();
        assert!(!ended.status.success() && String::from_utf8_lossy(&told).contains(name), "{value}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
