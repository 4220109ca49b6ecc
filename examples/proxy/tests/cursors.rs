//! The next page: its link is understood, or the answer is an error. A list that only seems to end is worse.

use serde_json::json;

use crate::link_header::next;
use crate::support::upstream::Upstream;
use crate::support::{Answer, REQUESTS, Running, requests};

#[test]
fn links_are_read_as_the_rfc_has_them() {
    for (header, wanted) in [
        ("", Some(None)),
        (r#"<a>; rel="self""#, Some(None)),
        (r#"<a>; rel="self", <b>; rel="next""#, Some(Some("b"))),
        (r#"<a,b>;rel=NEXT"#, Some(Some("a,b"))),
        (r#" , <a> ; rel = "prev next" ;; , <b>;rel=next"#, Some(Some("a"))),
        (r#"<a>; title="a<b"; rel="next""#, Some(Some("a"))),
        (r#"<a>; title="x; rel=next""#, Some(None)),
        (r#"<a>; title="\"; rel=next""#, Some(None)),
        (r#"<a>; rel=prev; rel=next"#, Some(None)),
        (r#"<a>; relation=next"#, Some(None)),
        (r#"<a>; rel="nextpage""#, Some(None)),
        (r#"<a>; hreflang; rel=next"#, Some(Some("a"))),
        (r#"<a>;rel=next,"#, Some(Some("a"))),
        ("garbage", None),
        ("<a", None),
        (r#"<a>; rel="next"#, None),
        (r#"<a> rel=next"#, None),
        (r#"<a>; =next"#, None),
        (r#"<a>; rel="self" <b>; rel="next""#, None),
        (r#"<a>; rel="self", b; rel="next""#, None),
    ] {
        assert_eq!(next(header), wanted, "{header}");
    }
}

async fn with_link(link: &str) -> Answer {
    let body = r#"{"data":[]}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let upstream = Upstream::text(&format!("{head}link: {link}\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
    Running::proxy(json!([requests(&upstream.url, json!({}))])).get("owner", REQUESTS).await
}

#[tokio::test]
async fn a_link_that_is_not_understood_is_a_502() {
    let answer = with_link(r#"<http://e/?after=a>; title="a<b"; rel="next""#).await;
    let links: Vec<&str> = answer.headers.get_all("link").iter().filter_map(|link| link.to_str().ok()).collect();
    assert!(answer.status == 200 && links.len() == 2 && links[1].contains("?after=a."), "{answer:?}");
    let long = format!("<http://e/?after={}>; rel=next", "a".repeat(1025));
    for link in ["garbage", "<http://e/?after=a>; rel=\"next", "<http://e/?after=>; rel=next", &long] {
        assert_eq!(with_link(link).await.status, 502, "{link:.80}");
    }
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_a_502() {
    let path = "/scim/v2/Users";
    let page = async |member: &str| {
        let body = format!(r#"{{{member},"Resources":[]}}"#);
        let upstream = Upstream::page(&[body.as_bytes()]).await;
        let list = json!({
            "path": path, "profile": "scim", "schema": "user", "upstream": upstream.url,
            "callers": {"owner": {"clause": null}},
        });
        let proxy = Running::proxy(json!([list]));
        let answer = proxy.get("owner", &format!("{path}?cursor=")).await;
        let cursor = (answer.status == 200).then(|| answer.json()["nextCursor"].as_str().map(str::to_owned));
        match cursor.flatten() {
            // What is handed out is good for the next page.
            Some(cursor) => proxy.get("owner", &format!("{path}?cursor={cursor}")).await.status,
            None => answer.status,
        }
    };
    let (longest, longer) = ("a".repeat(1024), "a".repeat(1025));
    assert_eq!(page(r#""nextCursor":"""#).await, 502);
    assert_eq!(page(&format!(r#""nextCursor":"{longer}""#)).await, 502);
    assert_eq!(page(&format!(r#""nextCursor":"{longest}""#)).await, 200);
    assert_eq!(page(r#""previousCursor":"""#).await, 200);
    assert_eq!(page(r#""nextCursor":null"#).await, 200);
}
