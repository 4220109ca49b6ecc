//! In front of an upstream that does what no server should, or what few do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::upstream::{Step, Upstream};
use crate::support::{Answer, REQUESTS, RESOURCE, Running, abilities, requests, settings};

const PAGE: &str = r#" {"data" : [ {"id":"1","status":"DENIED"}, {"id":"2","status":"P\u0045NDING","n":1.50,"x":"]}\""} ,{"id":"3"}],"other":[{"status":"DENIED"}]} "#;
/// What the upstream is not asked, and is tested here.
const RESIDUAL: &str = "filter=state+sw+%22P%22";

fn proxy(upstream: &Upstream) -> Running {
    let [few, ..] = abilities();
    Running::proxy(json!([requests(&upstream.url, few)]))
}

async fn get(upstream: &Upstream, query: &str) -> Answer {
    proxy(upstream).get("owner", &format!("{REQUESTS}?{query}")).await
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn elements_go_wherever_chunks_are_cut_and_the_rest_stays_byte_for_byte() {
    let wanted =
        r#" {"data" : [ {"id":"2","status":"P\u0045NDING","n":1.50,"x":"]}\""}],"other":[{"status":"DENIED"}]} "#;
    let bytes = PAGE.as_bytes();
    for cut in (0..bytes.len()).step_by(7) {
        let upstream = Upstream::page(&[&bytes[..cut], &bytes[cut..]]).await;
        let answer = get(&upstream, RESIDUAL).await;
        assert_eq!((answer.status, answer.text.as_deref()), (200, Some(wanted)), "cut at {cut}");
    }
    let each: Vec<&[u8]> = bytes.chunks(1).collect();
    let upstream = Upstream::page(&each).await;
    assert_eq!(get(&upstream, RESIDUAL).await.text.as_deref(), Some(wanted));
    // What has a length has another one then.
    let upstream = Upstream::text(&ok("", PAGE)).await;
    let answer = get(&upstream, RESIDUAL).await;
    assert_eq!((answer.text.as_deref(), answer.headers.get("content-length")), (Some(wanted), None));
    assert_eq!(answer.headers["transfer-encoding"], "chunked");
    let head = &upstream.heads()[0];
    let clause = format!("resourceId%20eq%20%22{RESOURCE}%22");
    assert!(head.starts_with(&format!("GET {REQUESTS}?filter={clause} HTTP/1.1\r\n")), "{head}");
    assert!(
        head.contains("accept-encoding: identity\r\n") && head.contains("authorization: Bearer of-the-proxy\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn what_is_no_complete_json_is_cut() {
    for body in [
        r#"{"data":[{"id":"1","status":"P""#,
        r#"{"data":[{"id":"1","status":"P"}"#,
        r#"{"data":[{"id":"1","status":"P"},{"id":01}]}"#,
        r#"{"data":[{"id":"1","status":"P"}]} x"#,
        r#"{"items":[{"id":"1"}]}"#,
        r#"{"data":{"id":"1"}}"#,
        r#"{"data":[],"_links":{"next":{"href":"/x?page=2"}}}"#,
        r#"{"data":[],"_links":{"next":"x"}}"#,
        r#"{"data":[],"nextCursor":5}"#,
        "x",
    ] {
        for query in [RESIDUAL, ""] {
            // All at once: what was to pass before the error may not have been sent yet, nor a status.
            let whole = ok("", body);
            let answer = get(&Upstream::text(&whole).await, query).await;
            assert!(matches!((answer.status, &answer.text), (502, _) | (0 | 200, None)), "{body}: {answer:?}");
            let (begin, end) = whole.split_at(whole.len() - body.len() + 1);
            let steps = [Step::Send(begin.into()), Step::Wait(Duration::from_millis(50)), Step::Send(end.into())];
            let answer = get(&Upstream::start(steps.into()).await, query).await;
            let cut = if body == "x" { 502 } else { 200 };
            assert_eq!((answer.status, answer.text.is_none()), (cut, cut == 200), "{body} passed as complete");
        }
    }
    // Fewer bytes than were announced, and an element that is too large.
    let short = ok("", PAGE).replace("content-length: ", "content-length: 9");
    for (answer, limit, status) in [(short, 1 << 20, 200), (ok("", PAGE), 20, 502)] {
        let upstream = Upstream::text(&answer).await;
        let mut list = requests(&upstream.url, json!({}));
        list["maxElement"] = json!(limit);
        let proxy = Running::proxy(json!([list]));
        let answer = proxy.get("owner", REQUESTS).await;
        assert!(answer.status == status || answer.status == 0, "{answer:?}");
        assert!(answer.text.is_none() || status == 502, "{answer:?}");
        assert!(proxy.log().contains("a response ends here: "), "{}", proxy.log());
    }
}

#[tokio::test]
async fn what_cannot_be_filtered_is_a_502() {
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n";
    let head = format!("HTTP/1.1 200 OK\r\nx-large: {}\r\n\r\n", "x".repeat(100_000));
    for answer in [
        ok("content-encoding: gzip\r\n", "\u{1f}"),
        ok("", PAGE).replace("application/json", "text/html"),
        ok("", PAGE).replace("content-type: application/json\r\n", ""),
        ok("link: <http://up/x?page=2>; rel=\"prev Next\"\r\n", PAGE),
        moved.into(),
        "HTTP/1.1 204 No Content\r\n\r\n".into(),
        "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n".into(),
        "HTTP/1.1 200".into(),
        "SSH-2.0\r\n".into(),
        String::new(),
        head,
    ] {
        let upstream = Upstream::text(&answer).await;
        let answered = get(&upstream, "").await;
        let body = answered.json();
        assert_eq!((answered.status, &body["errorSummary"]), (502, &json!("Bad Gateway")), "{answer:.80}");
        assert_eq!(answered.headers.get("location"), None);
    }
    let proxy = Running::proxy(json!([requests("http://127.0.0.1:1", json!({}))]));
    assert_eq!(proxy.get("owner", REQUESTS).await.status, 502);
}

#[tokio::test]
async fn an_error_of_the_upstream_passes_with_its_body() {
    for (status, body, more) in [
        ("400 Bad Request", r#"{"errorCode":"E0000029"}"#, ""),
        ("429 Too Many Requests", "slow down", "retry-after: 7\r\nx-rate-limit-remaining: 0\r\n"),
        ("503 Service Unavailable", "", "connection: close\r\nset-cookie: a=b\r\nserver: there\r\n"),
    ] {
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-type: text/x\r\n{more}content-length: {}\r\n\r\n{body}", body.len());
        let upstream = Upstream::text(&answer).await;
        let answer = get(&upstream, "").await;
        assert_eq!((answer.status.to_string().as_str(), answer.text.as_deref()), (&status[..3], Some(body)));
        assert_eq!(answer.headers["content-type"], "text/x");
        assert_eq!(answer.headers["content-length"], body.len().to_string());
        assert_eq!(answer.headers.contains_key("retry-after"), status.starts_with("429"));
        for name in ["set-cookie", "server", "connection"] {
            assert_eq!(answer.headers.get(name), None);
        }
    }
}

#[tokio::test]
async fn an_upstream_that_waits_is_not_waited_for() {
    let upstream = Upstream::start(vec![Step::Wait(Duration::from_secs(3))]).await;
    assert_eq!(get(&upstream, "").await.status, 504);
    let (head, rest) = (ok("", PAGE).into_bytes(), PAGE.len() - 20);
    let (begin, _) = head.split_at(head.len() - rest);
    let upstream = Upstream::start(vec![Step::Send(begin.to_vec()), Step::Wait(Duration::from_secs(3))]).await;
    let answer = get(&upstream, "").await;
    assert_eq!((answer.status, answer.text), (200, None));
    // One that is slow, but goes on, is.
    let slow = head.chunks(80).flat_map(|piece| [Step::Send(piece.to_vec()), Step::Wait(Duration::from_millis(300))]);
    let upstream = Upstream::start(slow.collect()).await;
    assert_eq!(get(&upstream, "").await.text.as_deref(), Some(PAGE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_takes_the_memory_of_one_element() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"data\":[{\"id\":\"0\"}";
    let element = |status: &str| format!(",{{\"status\":\"{status}\",\"x\":\"{}\"}}", "x".repeat(1000));
    let both = [element("PENDING"), element("DENIED")].concat();
    let count = 100_000;
    let steps = vec![Step::Send(head.into()), Step::Repeat(both.into_bytes(), count), Step::Send(b"]}".to_vec())];
    let upstream = Upstream::start(steps).await;
    let proxy = proxy(&upstream);
    let before = proxy.peak();
    let request = reqwest::Client::new().get(format!("{}{REQUESTS}?{RESIDUAL}", proxy.url)).bearer_auth("owner");
    let (mut response, mut read) = (request.send().await.expect("an answer"), 0);
    // Longer than the upstream would be waited for: meanwhile it is not read from, and is not told to be late.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    while let Some(chunk) = response.chunk().await.expect("a chunk") {
        read += chunk.len();
    }
    assert_eq!(read, "{\"data\":[]}".len() + count * element("PENDING").len() - 1);
    if let (Some(before), Some(after)) = (before, proxy.peak()) {
        assert!(after - before < 8 * 1024, "{read} bytes took {} KiB", after - before);
    }
}

#[tokio::test]
async fn links_and_request_ids_are_passed_as_the_proxys_own() {
    let links =
        r#"<http://up/x?limit=2>; rel="self", <http://up/x?a=<b>&after=req,1&limit=2&filter=secret>; rel="next""#
            .replace("a=<b>&", "");
    let body = r#"{"data":[],"_links":{"prev":{"href":"http://up/"},"next":{"href":"http://up/x?after=req,1"}}}"#;
    let upstream = Upstream::text(&ok(
        &format!("link: {links}\r\nx-okta-request-id: up1\r\nx-powered-by: up\r\netag: \"1\"\r\n"),
        body,
    ))
    .await;
    let proxy = proxy(&upstream);
    let client = reqwest::Client::new();
    let request = client.get(format!("{}{REQUESTS}?limit=2&orderBy=created%20desc", proxy.url)).bearer_auth("owner");
    let request =
        request.header("x-request-id", "mine").header("if-none-match", "\"1\"").header("x-forwarded-host", "evil");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.headers["x-request-id"], "mine");
    assert_eq!(answer.headers["x-okta-request-id"], "up1");
    assert_eq!((answer.headers.get("etag"), answer.headers.get("x-powered-by")), (None, None));
    let page = answer.json();
    let next = page["_links"]["next"]["href"].as_str().expect("a link");
    assert!(next.starts_with(&format!("{}{REQUESTS}?orderBy=created%20desc&after=req%2C1.", proxy.url)), "{next}");
    assert_eq!(
        page["_links"].as_object().map(|links| links.keys().collect::<Vec<_>>()),
        Some(vec![&"next".to_owned(), &"self".to_owned()])
    );
    let header: Vec<&str> = answer.headers.get_all("link").iter().filter_map(|one| one.to_str().ok()).collect();
    assert_eq!(header[1], format!("<{next}>; rel=\"next\""));
    let head = &upstream.heads()[0];
    assert!(
        head.contains("x-request-id: mine\r\n") && !head.contains("if-none-match") && !head.contains("evil"),
        "{head}"
    );
    // And back: with the upstream's cursor.
    let _ = proxy.get("owner", next).await;
    assert!(upstream.heads()[1].contains("&after=req%2C1&limit=2 HTTP"), "{:?}", upstream.heads());
}

/// Canonical, joined with the clause, in the upstream's names, encoded, and no more than it can do.
#[tokio::test]
async fn the_upstream_is_asked_what_it_can_do() {
    let clause = format!("resourceId%20eq%20%22{RESOURCE}%22");
    let [few, all, short] = abilities();
    let long = "filter=state eq \"A\" and grantStatus eq \"B\" and not (applicant pr)";
    for (can, query, asked) in [
        (&all, "", "?filter={clause}"),
        (
            &all,
            "filter=(state EQ \"A\" or not(applicant pr))",
            "?filter=(not%20(requestedFor%20pr)%20or%20status%20eq%20%22A%22)%20and%20{clause}",
        ),
        (
            &all,
            "filter=lastUpdated gt \"2022-05-24T16:15:22%2B02:00\"",
            "?filter=lastUpdated%20gt%20%222022-05-24T14%3A15%3A22Z%22%20and%20{clause}",
        ),
        (&all, "filter=resourceId pr and (state pr or state eq \"A\")", "?filter=status%20pr%20and%20{clause}"),
        (&few, "filter=state eq \"A\" and applicant sw \"0\"", "?filter=status%20eq%20%22A%22%20and%20{clause}"),
        (&few, "filter=state eq \"A\" or applicant eq \"0\"", "?filter={clause}"),
        (&short, "filter=state eq \"A\"", "?filter=status%20eq%20%22A%22%20and%20{clause}"),
        (&short, long, "?filter={clause}"),
        (
            &all,
            "limit=3&orderBy=lastUpdated DESC, created",
            "?filter={clause}&orderBy=lastUpdated%20desc%2C%20created%20asc&limit=3",
        ),
    ] {
        let upstream = Upstream::page(&[br#"{"data":[]}"#]).await;
        let proxy = Running::proxy(json!([requests(&upstream.url, can.clone())]));
        assert_eq!(proxy.get("owner", &format!("{REQUESTS}?{query}")).await.page()["data"], json!([]), "{query}");
        let head = &upstream.heads()[0];
        let sent = head.split(' ').nth(1).and_then(|target| target.strip_prefix(REQUESTS));
        assert_eq!(sent, Some(&*asked.replace("{clause}", &clause)), "{query}");
    }
}

#[tokio::test]
async fn a_cursor_outlives_a_restart_where_the_key_does() {
    let upstream = Upstream::text(&ok("", r#"{"data":[],"_links":{"next":{"href":"/x?after=req1"}}}"#)).await;
    let mut of_a_key = settings(json!([requests(&upstream.url, json!({}))]));
    of_a_key["cursorKeyFrom"] = json!("CURSOR_KEY");
    let page = Running::proxy_of(&of_a_key).get("owner", REQUESTS).await.page();
    let next = page["_links"]["next"]["href"].as_str().and_then(|href| href.split_once(REQUESTS)).expect("a link").1;
    for (proxy, status) in [(Running::proxy_of(&of_a_key), 200), (proxy(&upstream), 400)] {
        assert_eq!(proxy.get("owner", &format!("{REQUESTS}{next}")).await.status, status);
    }
}

#[tokio::test]
async fn nothing_is_asked_of_the_upstream_where_nothing_can_match() {
    let upstream = Upstream::text("").await;
    let answer = get(&upstream, "filter=resourceId+eq+%22another%22+and+state+sw+%22P%22").await;
    assert_eq!(answer.page()["data"], Value::Array(vec![]));
    assert!(upstream.heads().is_empty());
}
