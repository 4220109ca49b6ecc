//! The playground: over HTTP, and in a browser where SCIM_QUERY_CHROMEDRIVER names a driver.

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::{Database, Server};

const TAB: &str = "\u{e004}";

async fn answer(server: &Server, given: &[(&str, &str)]) -> Value {
    let given: Vec<String> = given.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let url = format!("{}/play/answer?{}", server.url, given.join("&"));
    let response = server.client.get(url).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON")
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn anybody_sees_the_page_and_it_loads_nothing_from_elsewhere() {
    let server = Server::start(Database::Sqlite, &[]).await;
    for (path, content_type) in [
        ("/play", "text/html; charset=utf-8"),
        ("/play/play.css", "text/css; charset=utf-8"),
        ("/play/play.js", "text/javascript; charset=utf-8"),
    ] {
        let response = server.client.get(format!("{}{path}", server.url)).send().await.expect("a page");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], content_type);
        let policy = response.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        let text = response.text().await.expect("text");
        assert!(!text.contains("://"), "{path} names another server");
    }
}

#[tokio::test]
async fn an_accepted_filter_is_shown_from_all_sides() {
    let server = Server::start(Database::Sqlite, &[]).await;
    let filter = r#"status eq "APPROVED" AND NOT(requestedFor eq "x'<b>")"#;
    let shown = answer(&server, &[("schema", "access-requests"), ("filter", filter), ("orderBy", "created")]).await;
    assert_eq!(shown["filter"], r#"status eq "APPROVED" and not (requestedFor eq "x'<b>")"#);
    assert_eq!(shown["orderBy"], "created asc, id asc");
    assert_eq!(shown["tree"]["label"], "and");
    assert_eq!(shown["tree"]["terms"][1]["terms"][0]["label"], r#"requestedFor eq "x'<b>""#);
    assert_eq!(shown["sql"].as_array().map(Vec::len), Some(3));
    for sql in shown["sql"].as_array().expect("a list") {
        assert!(!sql["text"].as_str().expect("text").contains("x'"), "{sql}");
        assert!(sql["params"].as_array().expect("a list").contains(&json!("x'<b>")), "{sql}");
    }
    let requests = shown["found"]["requests"].as_array().expect("requests");
    assert!(!requests.is_empty() && requests.len() <= 20);
    assert!(requests.iter().all(|request| request["status"] == "APPROVED"));
    assert!(requests.is_sorted_by_key(|request| {
        chrono::DateTime::parse_from_rfc3339(request["created"].as_str().expect("a dateTime")).expect("a dateTime")
    }));
}

#[tokio::test]
async fn errors_warnings_quirks_and_schemas() {
    let server = Server::start(Database::Sqlite, &[]).await;
    let documented = ("schema", "access-requests");
    let refused = answer(&server, &[documented, ("filter", "status eq APPROVED")]).await;
    assert_eq!(
        refused["refused"]["drawn"],
        "  status eq APPROVED\n            ^^^^^^^^ expected a string in double quotes, found a bare word: write \"APPROVED\""
    );
    let of_order = answer(&server, &[documented, ("orderBy", "nosuch")]).await;
    assert_eq!(of_order["refused"]["parameter"], "orderBy");
    let warned = answer(&server, &[documented, ("filter", r#"status eq "é""#)]).await;
    assert_eq!([&warned["warnings"][0]["before"], &warned["warnings"][0]["marked"]], ["status eq ", "\"é\""]);
    let lenient = answer(&server, &[documented, ("filter", r#"filter=status eq "DENIED""#), ("quirks", "Q7")]).await;
    assert_eq!(lenient["warnings"][0]["code"], "Q7");
    let open = answer(&server, &[("schema", "open"), ("filter", r#"requested.resourceType eq "application""#)]).await;
    assert!(open["found"]["total"].as_u64() > Some(0), "{open}");
    assert!(open["sql"][0]["problem"].is_string());
    let user = answer(&server, &[("schema", "user"), ("filter", r#"emails[type eq "work"]"#)]).await;
    assert!(user["found"]["none"].is_string());
    for wrong in ["schema=nosuch", "schema=user&quirks=Q99", ""] {
        let response =
            server.client.get(format!("{}/play/answer?{wrong}", server.url)).send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{wrong}");
    }
}

#[tokio::test]
async fn a_filter_is_written_read_and_linked_to() {
    let Some(browser) = Browser::start(1200, 900, false).await else { return };
    let server = Server::start(Database::Sqlite, &[]).await;
    browser.open(&format!("{}/play", server.url)).await;
    browser.wait_for("document.getElementById('summary').textContent.startsWith('Accepted: 200 of 200')").await;

    // By keyboard alone: the filter is the first stop.
    browser.press(TAB).await;
    browser.press(r#"status eq APPROVED"#).await;
    browser.wait_for("document.querySelector('#errors pre')?.textContent.includes('^^^^^^^^ expected a string')").await;
    assert_eq!(browser.run("return document.getElementById('filter').ariaInvalid").await, "true");
    assert_eq!(browser.run("return document.getElementById('answer').hidden").await, true);
    browser.picture("refused").await;

    browser.run("const filter = document.getElementById('filter'); filter.focus(); filter.select()").await;
    browser.press(r#"status eq "APPROVED" and requestedFor ne "<b>""#).await;
    browser.press(&format!("{TAB}created")).await;
    browser.wait_for("document.getElementById('canonical').textContent.endsWith('orderBy created asc, id asc')").await;
    assert_eq!(browser.run("return document.querySelectorAll('#sql h3').length").await, 3);
    assert!(
        browser
            .run("return document.getElementById('tree').innerText")
            .await
            .as_str()
            .expect("text")
            .contains("\"<b>\"")
    );
    let rows = browser.run("return document.querySelectorAll('#found tr').length").await;
    assert_eq!(rows, 20);
    browser.picture("accepted").await;

    // The address is the state.
    let link = browser.run("return location.href").await.as_str().expect("a link").to_owned();
    assert!(link.contains("#filter=status+eq+%22APPROVED%22"), "{link}");
    browser.open("about:blank").await;
    browser.open(&link).await;
    browser.wait_for("document.querySelectorAll('#found tr').length === 20").await;
    assert_eq!(browser.run("return document.getElementById('orderBy').value").await, "created");

    // Quirks by their set, and another schema.
    browser.run("document.getElementById('filter').value = 'filter=status eq \"DENIED\"'; document.querySelector('[data-set=okta]').click()").await;
    browser.wait_for("document.querySelector('#warnings mark')").await;
    assert_eq!(browser.run("return document.getElementById('leniency-now').textContent").await, "Q6, Q7");
    browser.run("const schema = document.getElementById('schema'); schema.value = 'user'; schema.dispatchEvent(new Event('input', {bubbles: true}))").await;
    browser.wait_for("document.querySelector('#errors pre')?.textContent.includes('unknown attribute')").await;
}

#[tokio::test]
async fn it_fits_a_telephone_and_the_dark_and_has_a_name_for_everything() {
    for (width, dark) in [(360, true), (360, false), (1200, true)] {
        let Some(browser) = Browser::start(width, 800, dark).await else { return };
        let server = Server::start(Database::Sqlite, &[]).await;
        let filter = encoded(
            r#"status eq "APPROVD" and not (requestedFor eq "averyveryveryverylongvaluewithoutanyplacetobreakit")"#,
        );
        browser.open(&format!("{}/play#filter={filter}", server.url)).await;
        browser.wait_for("document.querySelector('#warnings mark')").await;
        let needed = browser.run("return document.documentElement.scrollWidth").await;
        assert!(needed.as_u64() <= Some(width.into()), "{needed} of {width}");
        let nameless = "return [...document.querySelectorAll('input, textarea, select, button')].filter((one) => \
                        !one.labels?.length && !one.textContent.trim() && !one.ariaLabel).map((one) => one.outerHTML)";
        assert_eq!(browser.run(nameless).await, json!([]));
        // Text against its ground, WCAG 2 AA.
        let contrast = "const light = (rgb) => rgb.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)\
                        .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)\
                        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);\
                        const ground = (one) => { for (; one; one = one.parentElement) { const color = getComputedStyle(one).backgroundColor;\
                        if (!color.endsWith(', 0)')) return color; } };\
                        return [...document.querySelectorAll('body *')].filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))\
                        .filter((one) => one.checkVisibility()).map((one) => { const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];\
                        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.outerHTML.slice(0, 80)]; }).filter(([ratio]) => ratio < 4.5)";
        assert_eq!(browser.run(contrast).await, json!([]));
        let ground = browser.run("return getComputedStyle(document.body).backgroundColor").await;
        assert_eq!(ground == json!("rgb(255, 255, 255)"), !dark, "{ground}");
        browser.picture(&format!("{width}-{}", if dark { "dark" } else { "light" })).await;
    }
}
