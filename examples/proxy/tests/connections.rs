//! Connections to callers and to the upstream, and what is told before anything is asked there.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::upstream::Upstream;
use crate::support::{REQUESTS, Running, requests};

/// Without chunks, a body that breaks off looks complete.
#[test]
fn http_1_0_is_not_spoken() {
    let proxy = Running::proxy(json!([requests("http://127.0.0.1:1", json!({}))]));
    let mut stream = TcpStream::connect(proxy.url.strip_prefix("http://").expect("a URL")).expect("connected");
    write!(stream, "GET {REQUESTS} HTTP/1.0\r\nauthorization: Bearer owner\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains(" 505 HTTP Version Not Supported\r\n") && answer.contains("errorSummary"), "{answer}");
}

/// An upstream that closes each connection as soon as a second request comes over it.
#[tokio::test]
async fn a_kept_connection_may_end_as_it_is_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let answer =
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{\"data\":[]}";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read(&mut head).await;
            });
        }
    });
    let proxy = Running::proxy(json!([requests(&url, json!({}))]));
    for _ in 0..6 {
        assert_eq!(proxy.get("owner", REQUESTS).await.status, 200, "{}", proxy.log());
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_told_of_paths() {
    let proxy = Running::proxy(json!([requests("http://127.0.0.1:1", json!({}))]));
    for path in [REQUESTS, "/none", "/"] {
        assert_eq!(proxy.get("nobody", path).await.status, 401, "{path}");
    }
    assert_eq!(proxy.get("owner", "/none").await.status, 404);
}

/// What is tested is asked for beside what was named: together that may be more than an upstream reads.
#[tokio::test]
async fn names_that_become_too_long_are_the_callers_mistake() {
    let upstream = Upstream::page(&[br#"{"Resources":[]}"#]).await;
    let path = "/scim/v2/Users";
    let list = json!({
        "path": path, "profile": "scim", "schema": "user", "upstream": upstream.url, "upstreamCan": {"operators": ["eq"]},
        "callers": {"owner": {"clause": null}},
    });
    let proxy = Running::proxy(json!([list]));
    let names = vec!["userName"; 910].join(",");
    let query = format!("{path}?cursor=&filter=displayName+co+%22a%22&attributes={names}");
    let answer = proxy.get("owner", &query).await;
    assert_eq!((answer.status, &answer.json()["scimType"]), (400, &json!("invalidValue")), "{answer:?}");
    assert!(upstream.heads().is_empty());
}
