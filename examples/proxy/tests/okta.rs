//! In front of the Access Requests API: what is listed, and what no filter lists.

use scim_query::{Filter, ListQuery, Profile, Schema, list};
use serde_json::{Value, json};

use crate::support::{REQUESTS, RESOURCE, Random, Running, abilities, encoded, requests};

fn bundled() -> Vec<Value> {
    let lines = include_str!("../../data/access-requests.ndjson").lines();
    lines.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The ids that the list in memory has, of the resources that the clause leaves.
fn expected(filter: &str, clause: &str, order: &str) -> Vec<String> {
    let schema = Schema::access_requests();
    let clause = Filter::parse(clause).and_then(|clause| clause.check(&schema)).expect("a clause");
    let left: Vec<Value> = bundled().into_iter().filter(|request| clause.matches(request)).collect();
    let query = format!("filter={}&orderBy={}&limit=200", encoded(filter), encoded(order));
    let query = ListQuery::parse(&query, &Profile::okta()).and_then(|query| query.check(&schema)).expect("a query");
    let page = list(&left, &query).expect("a page");
    page.resources.iter().map(|request| request["id"].as_str().expect("an id").to_owned()).collect()
}

fn comparison(random: &mut Random, requests: &[Value]) -> String {
    let names = ["state", "applicant", "grantStatus", "resourceId", "resourceType", "accessScopeId", "lastUpdated"];
    let name = random.of(&names);
    let pointer = match name {
        "state" => "/status".to_owned(),
        "applicant" => "/requestedFor/externalId".to_owned(),
        "grantStatus" | "lastUpdated" => format!("/{name}"),
        _ => format!("/requested/{name}"),
    };
    let value = requests[random.below(requests.len())].pointer(&pointer).cloned().unwrap_or(Value::Null);
    let Value::String(text) = &value else {
        return format!("{name} {}", random.of(&["pr", "eq null", "ne null"]));
    };
    if name == "lastUpdated" {
        return format!("{name} {} {value}", random.of(&["eq", "ne", "gt", "ge", "lt", "le"]));
    }
    let part = Value::from(&text[..text.len() / 2]);
    match random.below(4) {
        0 | 1 => format!("{name} {} {value}", random.of(&["eq", "ne"])),
        2 => format!("{name} {} {part}", random.of(&["sw", "co", "gt", "le"])),
        _ => format!("{name} pr"),
    }
}

#[tokio::test]
async fn any_filter_lists_what_it_and_the_clause_match_in_memory() {
    let server = Running::access_requests();
    let (requests_, clause) = (bundled(), format!("resourceId eq \"{RESOURCE}\""));
    let mut found = 0;
    for can in abilities() {
        let proxy = Running::proxy(json!([requests(&server.url, can)]));
        let mut random = Random(7);
        for round in 0..150 {
            let filter = random.filter(3, &mut |random| comparison(random, &requests_));
            let order = random.of(&["created desc", "lastUpdated", "lastUpdated desc"]);
            let there = filter.replace("state ", "status ").replace("applicant ", "requestedFor ");
            let (caller, clause) =
                if round % 3 == 0 { ("all", "resourceId pr or status pr") } else { ("owner", &*clause) };
            let path = format!("{REQUESTS}?filter={}&orderBy={}&limit=9", encoded(&filter), encoded(order));
            let (ids, _) = proxy.walk(caller, &path).await;
            assert_eq!(ids, expected(&there, clause, order), "{filter}");
            found += ids.len();
        }
    }
    assert!(found > 1000, "{found}");
}

#[tokio::test]
async fn no_filter_lists_what_the_clause_does_not() {
    let server = Running::access_requests();
    for can in abilities() {
        let proxy = Running::proxy(json!([requests(&server.url, can)]));
        let mut answered = 0;
        for filter in [
            r#"state pr or resourceId pr"#,
            r#"not (resourceId eq "0oafxqCAJWWGELFTYASJ")"#,
            r#"resourceId ne "0oafxqCAJWWGELFTYASJ""#,
            r#"not (state eq "X") or not (state eq "Y")"#,
            r#"state eq "X") or (resourceId pr"#,
            r#"state eq "X" or resourceId pr) and (state pr"#,
            r#"((((state pr))) or (resourceId pr))"#,
            r#"state eq "\" or resourceId pr or state eq \"""#,
            r#"state eq "x\" or \"y" or state pr"#,
            r#"state eq "&filter=resourceId pr""#,
            "state pr\u{0} or resourceId pr",
            "state pr\nor resourceId pr",
            r#"state pr or requestedFor pr"#,
            r#"state pr %6fr resourceId pr"#,
            r#"true or state pr"#,
            r#"resourceId pr and not (not (resourceId pr or state pr))"#,
            r#"resourceId eq "0oauI4IjrO9y5INQ8PQf" or resourceId eq "0oafxqCAJWWGELFTYASJ""#,
            r#"lastUpdated gt "0000-01-01T00:00:00Z" or lastUpdated eq null"#,
            "",
        ] {
            let once = encoded(filter);
            for query in [
                format!("filter={once}&limit=200"),
                format!("limit=200&filter={}", encoded(&once)),
                format!("filter={once}&filter={once}"),
                format!("Filter={once}"),
                format!("filter%00={once}"),
                format!("filter={once}%26filter%3Dstate%20pr&limit=200"),
                format!("filter=state+pr%23&filter={once}"),
            ] {
                let answer = proxy.get("owner", &format!("{REQUESTS}?{query}")).await;
                if answer.status == 400 {
                    continue;
                }
                let page = answer.page();
                for request in page["data"].as_array().expect("an array") {
                    assert_eq!(request["requested"]["resourceId"], RESOURCE, "{query}");
                }
                answered += 1;
            }
        }
        assert!(answered > 10, "{answered}");
    }
}

#[tokio::test]
async fn a_walk_goes_through_the_proxys_own_links() {
    let server = Running::access_requests();
    for (can, filter) in
        abilities().into_iter().zip([r#"state sw "P" or applicant pr"#, "applicant pr", "applicant pr"])
    {
        let proxy = Running::proxy(json!([requests(&server.url, can)]));
        let filter = encoded(filter);
        let first = format!("{REQUESTS}?filter={filter}&orderBy=created&limit=3");
        let (ids, pages) = proxy.walk("owner", &first).await;
        assert_eq!(ids, expected("requestedFor pr", &format!("resourceId eq \"{RESOURCE}\""), "created"));
        assert!(pages.len() > 3 && pages.iter().all(|page| page["data"].as_array().expect("an array").len() <= 3));
        for page in &pages {
            let links = page["_links"].to_string();
            for name in [&*server.url, "requestedFor", "status", "resourceId", RESOURCE] {
                assert!(!links.contains(name), "{links} has {name}");
            }
            assert!(
                page["_links"]["self"]["href"]
                    .as_str()
                    .expect("a link")
                    .starts_with(&format!("{}{REQUESTS}?", proxy.url))
            );
        }
        let answer = proxy.get("owner", &first).await;
        let header: Vec<&str> = answer.headers.get_all("link").iter().map(|one| one.to_str().expect("text")).collect();
        let of = |relation: &str| {
            format!("<{}>; rel=\"{relation}\"", pages[0]["_links"][relation]["href"].as_str().expect("a link"))
        };
        assert_eq!(header, [of("self"), of("next")]);

        // A cursor is good for whom it was made.
        let next = pages[0]["_links"]["next"]["href"].as_str().expect("a link");
        for (caller, link) in [
            ("other", next.to_owned()),
            ("owner", next.replace("after=req", "after=reQ")),
            ("owner", format!("{REQUESTS}?after={}", ids[0])),
        ] {
            let answer = proxy.get(caller, &link).await;
            assert_eq!((answer.status, &answer.json()["errorCauses"][0]["location"]), (400, &json!("/after")));
        }
    }
}

#[tokio::test]
async fn what_is_refused_has_oktas_body_with_the_place() {
    let server = Running::access_requests();
    let mut list = requests(&server.url, json!({}));
    list["callers"]["owner"]["capabilities"] =
        json!({"attributes": ["state", "created"], "operators": ["eq"], "connectives": ["and"]});
    list["callers"].as_object_mut().expect("an object").remove("all");
    let proxy = Running::proxy(json!([list]));
    for (query, code, told) in [
        (
            "filter=state+eq+PENDING",
            "E0000053",
            "  state eq PENDING\n           ^^^^^^^ expected a string in double quotes",
        ),
        ("filter=stat+eq+%22x%22", "E0000053", "did you mean `state`?"),
        ("filter=status+eq+%22x%22", "E0000053", "unknown attribute `status`"),
        ("filter=applicant+eq+%22x%22", "E0000053", "`applicant` cannot be filtered on"),
        ("filter=state+sw+%22x%22", "E0000053", "the operator `sw` is not supported here"),
        ("filter=state+eq+%22x%22+or+state+eq+%22y%22", "E0000053", "`or`"),
        ("orderBy=lastUpdated", "E0000029", "lastUpdated"),
        ("limit=201", "E0000029", "200"),
        ("after=", "E0000029", "after"),
        ("after=req1", "E0000029", "not of a link that was given to you"),
        ("q=x", "E0000029", "q: a list has no such parameter"),
        ("startIndex=1", "E0000029", "startIndex: a list has no such parameter"),
        ("filter=%ff", "E0000053", "UTF-8"),
    ] {
        let answer = proxy.get("owner", &format!("{REQUESTS}?{query}")).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["errorCode"]), (400, &json!(code)), "{query}");
        let sentence = body["errorCauses"][0]["errorSummary"].as_str().expect("a sentence");
        assert!(sentence.contains(told), "{query}: {sentence}");
        assert_eq!(body["errorId"], answer.headers["x-request-id"].to_str().expect("text"));
    }
    let client = reqwest::Client::new();
    let url = format!("{}{REQUESTS}", proxy.url);
    for (request, status, code) in [
        (client.get(&url), 401, "E0000004"),
        (client.get(&url).bearer_auth("of-the-proxy"), 401, "E0000004"),
        (client.get(&url).bearer_auth("all"), 403, "E0000006"),
        (client.post(&url).bearer_auth("owner"), 405, "E0000022"),
        (client.head(&url).bearer_auth("owner"), 405, ""),
        (client.get(format!("{url}/req42kjDgk1EubTwo0g4")).bearer_auth("owner"), 404, "E0000007"),
        (client.get(format!("{}/openapi.json", proxy.url)).bearer_auth("owner"), 404, "E0000007"),
    ] {
        let answer = crate::support::Answer::of(request.send().await.expect("an answer")).await;
        assert_eq!(answer.status, status);
        assert!(code.is_empty() || answer.json()["errorCode"] == code);
    }
    assert!(proxy.log().contains("attribute_unknown in filter") && !proxy.log().contains("PENDING"), "{}", proxy.log());
}
