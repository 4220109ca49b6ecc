//! In front of the SCIM service.

use scim_query::{Filter, ListQuery, Profile, Schema, list};
use serde_json::{Value, json};

use crate::support::upstream::Upstream;
use crate::support::{Answer, Random, Running, abilities, encoded};

const USERS: &str = "/scim/v2/Users";

/// A service with users of two tenants, which `userType` tells apart; and the users.
async fn service() -> (Running, Vec<Value>) {
    let server = Running::scim();
    let client = reqwest::Client::new();
    let mut random = Random(3);
    for number in 0..30 {
        let types = ["work", "home", "other"];
        let emails =
            (0..random.below(3)).map(|at| json!({"value": format!("u{number}@{at}.example"), "type": types[at]}));
        let mut user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("user{number:02}"),
            "userType": random.of(&["red", "blue"]), "active": random.below(2) == 0, "emails": emails.collect::<Vec<_>>(),
            "name": {"familyName": random.of(&["Jensen", "Smith", "Li"])}, "nickName": format!("n{number}"),
        });
        if random.below(2) == 0 {
            user["title"] = random.of(&["Guide", "guide", "Boss", ""]).into();
        }
        let request = client.post(format!("{}/Users", server.url)).bearer_auth("of-the-proxy").body(user.to_string());
        let sent = request.header("content-type", "application/scim+json").send().await.expect("an answer");
        assert_eq!(sent.status(), 201);
    }
    let all = client.get(format!("{}/Users?count=200&sortBy=userName", server.url)).bearer_auth("of-the-proxy");
    let all = Answer::of(all.send().await.expect("an answer")).await.page();
    (server, all["Resources"].as_array().expect("users").clone())
}

fn users(upstream: &str, can: Value) -> Value {
    json!({
        "path": USERS, "profile": "scim", "schema": "user", "upstream": upstream, "tokenFrom": "UPSTREAM_TOKEN",
        "upstreamCan": can, "names": {"login": "userName", "mail": "emails"},
        "callers": {
            "owner": {"clause": "userType eq \"red\"", "hidden": ["nickName", "meta"]},
            "other": {"clause": "userType eq \"blue\""}, "all": {"clause": null},
        },
    })
}

fn matching<'u>(users: &'u [Value], filters: &[&str]) -> Vec<&'u str> {
    let of = |text: &&str| Filter::parse(text).and_then(|filter| filter.check(&Schema::user())).expect("a filter");
    let filters: Vec<_> = filters.iter().map(of).collect();
    let left = users.iter().filter(|user| filters.iter().all(|filter| filter.matches(*user)));
    left.map(|user| user["id"].as_str().expect("an id")).collect()
}

fn comparison(random: &mut Random) -> String {
    let number = random.below(30);
    match random.below(9) {
        0 => format!("login {} \"user{number:02}\"", random.of(&["eq", "ne", "gt", "le"])),
        1 => format!("title {} \"{}\"", random.of(&["eq", "ne", "co"]), random.of(&["guide", "b", ""])),
        2 => format!("active {} true", random.of(&["eq", "ne"])),
        3 => format!("mail[type eq \"{}\" and value co \"{number}\"]", random.of(&["work", "home"])),
        4 => format!("mail.type {} \"work\"", random.of(&["eq", "ne"])),
        5 => format!("mail co \"u{}\"", number % 10),
        6 => format!("name.familyName {} \"li\"", random.of(&["eq", "ne", "sw"])),
        7 => format!("{} {}", random.of(&["mail", "title", "name", "externalId"]), random.of(&["pr", "eq null"])),
        _ => format!("userType eq \"{}\"", random.of(&["red", "blue"])),
    }
}

#[tokio::test]
async fn any_filter_lists_what_it_and_the_clause_match_in_memory() {
    let (server, all) = service().await;
    let mut found = 0;
    for can in abilities() {
        let proxy = Running::proxy(json!([users(&format!("{}/Users", server.url), can)]));
        let mut random = Random(11);
        for _ in 0..120 {
            let filter = random.filter(3, &mut comparison);
            let there = filter.replace("login", "userName").replace("mail", "emails");
            let path = format!("{USERS}?filter={}&sortBy=login&count=7&cursor=", encoded(&filter));
            let (ids, pages) = proxy.walk("owner", &path).await;
            assert_eq!(ids, matching(&all, &[&there, r#"userType eq "red""#]), "{filter}");
            found += ids.len();
            for page in pages {
                let total = &page["totalResults"];
                assert!(total.is_null() || *total == ids.len(), "{filter}: {total} is not true");
                let text = page.to_string();
                assert!(!text.contains("nickName") && !text.contains("\"meta\""), "{text}");
            }
        }
    }
    assert!(found > 500, "{found}");
}

#[tokio::test]
async fn pages_with_numbers_are_those_that_can_be_counted() {
    let (server, all) = service().await;
    let [few, ..] = abilities();
    let proxy = Running::proxy(json!([users(&format!("{}/Users", server.url), few)]));
    let red = matching(&all, &[r#"userType eq "red""#]);
    let mut found = Vec::new();
    while found.len() < red.len() {
        let path = format!("{USERS}?sortBy=LOGIN&sortOrder=ascending&count=4&startIndex={}", found.len() + 1);
        let page = proxy.get("owner", &path).await.page();
        assert_eq!(page["totalResults"], red.len());
        let resources = page["Resources"].as_array().expect("users");
        assert_eq!(page["itemsPerPage"], resources.len());
        found.extend(resources.iter().map(|user| user["id"].as_str().expect("an id").to_owned()));
    }
    assert_eq!(found, red);
    let total = proxy.get("owner", &format!("{USERS}?count=0&filter=active+eq+true")).await.page();
    assert_eq!(total["totalResults"], matching(&all, &[r#"userType eq "red" and active eq true"#]).len());
    // The same in the tenant of another.
    let page = proxy.get("other", &format!("{USERS}?filter=userType+eq+%22red%22")).await.page();
    assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(0), &json!(1)));

    for query in
        ["filter=title+co+%22g%22", "filter=title+co+%22g%22&startIndex=2", "filter=title+co+%22g%22&count=0&cursor="]
    {
        let answer = proxy.get("owner", &format!("{USERS}?{query}")).await;
        assert_eq!((answer.status, &answer.json()["scimType"]), (400, &json!("invalidFilter")), "{query}");
        assert_eq!(answer.headers["content-type"], "application/scim+json");
    }
    let page = proxy.get("owner", &format!("{USERS}?filter=title+co+%22g%22&cursor=")).await.page();
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn what_is_tested_need_not_be_returned() {
    let (server, all) = service().await;
    for can in abilities() {
        let proxy = Running::proxy(json!([users(&format!("{}/Users", server.url), can)]));
        let filter = encoded(r#"title co "u" and mail[type sw "w"]"#);
        for chosen in ["attributes=userName", "excludedAttributes=emails,title"] {
            let path = format!("{USERS}?filter={filter}&cursor=&sortBy=login&{chosen}");
            let page = proxy.get("owner", &path).await.page();
            let query = format!(
                "filter=userType+eq+%22red%22+and+{}&sortBy=userName&{chosen}",
                filter.replace("mail", "emails")
            );
            let query = ListQuery::parse(&query, &Profile::scim())
                .and_then(|query| query.check(&Schema::user()))
                .expect("a query");
            let mut wanted = list(&all, &query).expect("a page").projected(&query);
            assert!(!wanted.is_empty());
            for user in &mut wanted {
                user.as_object_mut().expect("an object").retain(|name, _| name != "nickName" && name != "meta");
            }
            assert_eq!(page["Resources"], Value::from(wanted), "{chosen}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_has_scims_body() {
    let (server, _) = service().await;
    let proxy = Running::proxy(json!([users(&format!("{}/Users", server.url), json!({}))]));
    for (query, scim_type) in [
        ("filter=userName+pr", "invalidFilter"),
        ("filter=nickName+pr", "invalidFilter"),
        ("filter=password+pr", "invalidFilter"),
        ("sortBy=nickName", "invalidValue"),
        ("attributes=nickName", "invalidValue"),
        ("attributes=password", "invalidValue"),
        ("cursor=x", "invalidCursor"),
        ("cursor=x.00112233445566778899aabbccddeeff", "invalidCursor"),
        ("cursor=&startIndex=1", "invalidCursor"),
        ("limit=1", "invalidSyntax"),
    ] {
        let answer = proxy.get("owner", &format!("{USERS}?{query}")).await;
        assert_eq!((answer.status, &answer.json()["scimType"]), (400, &json!(scim_type)), "{query}");
    }
    let first = proxy.get("owner", &format!("{USERS}?cursor=&count=1")).await.page();
    let next = format!("{USERS}?count=1&cursor={}", first["nextCursor"].as_str().expect("a cursor"));
    assert_eq!(proxy.get("owner", &next).await.status, 200);
    assert_eq!(proxy.get("other", &next).await.status, 400);
    let search = reqwest::Client::new().post(format!("{}{USERS}/.search", proxy.url)).bearer_auth("owner").body("{}");
    assert_eq!(search.send().await.expect("an answer").status(), 404);
}

/// What is returned only where it is named has to be named to be tested.
#[tokio::test]
async fn a_test_of_what_is_returned_on_request_needs_the_attribute() {
    let upstream =
        Upstream::page(&[br#"{"Resources":[{"id":"1","note":"ab"},{"id":"2","note":"b"}],"totalResults":2}"#]).await;
    let document =
        json!({"id": "urn:example:Thing", "attributes": [{"name": "note", "type": "string", "returned": "request"}]});
    let mut list = users(&format!("{}/Things", upstream.url), json!({"operators": ["eq"]}));
    list["schema"] = json!([document]);
    list["names"] = json!({});
    list["callers"] = json!({"all": {"clause": null}});
    let proxy = Running::proxy(json!([list]));
    let path = format!("{USERS}?filter=note+co+%22a%22&cursor=");
    assert_eq!(proxy.get("all", &path).await.json()["scimType"], "invalidFilter");
    let page = proxy.get("all", &format!("{path}&attributes=id")).await.page();
    assert_eq!(page["Resources"], json!([{"id": "1"}]));
    assert!(
        upstream.heads()[0].starts_with("GET /Things?attributes=id%2Cnote&cursor= HTTP/1.1"),
        "{:?}",
        upstream.heads()
    );
}
