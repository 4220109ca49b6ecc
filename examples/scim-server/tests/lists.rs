//! Filters, orders, pages, cursors, projections: section 3.4.2 of RFC 7644, and RFC 9865.

use serde_json::{Value, json};

use crate::support::{ENTERPRISE, Server, each};

/// Seven users and a group.
async fn filled() -> Server {
    let server = Server::start("");
    for (name, more) in [
        ("ada", json!({"title": "Boss", "active": true, "emails": [{"value": "ada@example.com", "type": "work"}]})),
        ("Bea", json!({"title": "boss", "active": false, "emails": [{"value": "bea@example.org", "type": "work"}]})),
        (
            "cyd",
            json!({"emails": [{"value": "c@example.com", "type": "home"}, {"value": "c@example.org", "type": "work"}]}),
        ),
        ("Dee", json!({"title": "aide", ENTERPRISE: {"department": "Tours"}})),
        ("eve", json!({"title": "Zoo", "password": "secret"})),
        ("Fay", json!({"name": {"familyName": "O'Malley"}})),
        ("Gül", json!({"title": "BOSS"})),
    ] {
        server.user(name, more).await;
    }
    server.group("Tours", &[]).await;
    server
}

#[tokio::test]
async fn filters_run_in_the_database() {
    let server = filled().await;
    for (filter, names) in [
        (r#"userName eq "BEA""#, vec!["Bea"]),
        (r#"title eq "boss""#, vec!["ada", "Bea", "Gül"]),
        (r#"title ne "boss""#, vec!["cyd", "Dee", "eve", "Fay"]),
        (r#"userName eq "GÜL""#, vec!["Gül"]),
        (r#"emails[type eq "work" and value ew "example.org"]"#, vec!["Bea", "cyd"]),
        (r#"emails.type eq "work" and emails.value ew "example.com""#, vec!["ada", "cyd"]),
        (r#"not (title pr) and userName sw "F""#, vec!["Fay"]),
        (r#"name.familyName co "'m""#, vec!["Fay"]),
        (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours""#, vec!["Dee"]),
        (&format!(r#"schemas eq "{ENTERPRISE}""#), vec!["Dee"]),
        (r#"meta.created gt "2020-01-01T00:00:00%2B02:00" and active eq true"#, vec!["ada"]),
        (r#"userName eq "nobody""#, vec![]),
    ] {
        let list = server.list("/Users", &format!("sortBy=userName&filter={filter}")).await;
        assert_eq!(each(&list, "userName"), names, "{filter}");
        assert_eq!(list["totalResults"], names.len());
        // In memory it means the same.
        let both = format!(r#"({filter}) and meta.resourceType eq "User""#).replace("%2B", "+");
        let answer = server.post("/.search", &json!({"filter": both, "sortBy": "userName"})).await;
        assert_eq!(each(&answer.body, "id"), each(&list, "id"), "{filter}");
    }
    let groups = server.list("/Groups", r#"filter=displayName eq "tours""#).await;
    assert_eq!(each(&groups, "displayName"), ["Tours"]);
}

#[tokio::test]
async fn pages_by_index_and_by_cursor_are_the_list() {
    let server = filled().await;
    let ordered = ["Dee", "ada", "Bea", "Gül", "eve", "cyd", "Fay"];
    let list = server.list("/Users", "sortBy=title").await;
    assert_eq!(each(&list, "userName")[..1], ordered[..1]);
    assert_eq!(each(&list, "userName")[4], "eve");
    let whole = each(&list, "id");
    let backwards = each(&server.list("/Users", "sortBy=title&sortOrder=descending").await, "id");
    assert_eq!(backwards, whole.iter().rev().cloned().collect::<Vec<_>>(), "unassigned first");

    for count in 1..=8 {
        let (mut by_index, mut start) = (Vec::new(), 1);
        while start <= 7 {
            let page = server.list("/Users", &format!("sortBy=title&count={count}&startIndex={start}")).await;
            assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(start)));
            by_index.extend(each(&page, "id"));
            start += count;
        }
        assert_eq!(by_index, whole);

        let (mut by_cursor, mut cursor) = (Vec::new(), Some(String::new()));
        while let Some(text) = cursor {
            let page = server.list("/Users", &format!("sortBy=title&count={count}&cursor={text}")).await;
            by_cursor.extend(each(&page, "id"));
            cursor = page["nextCursor"].as_str().map(str::to_owned);
        }
        assert_eq!(by_cursor, whole);
    }
    let sizes =
        [("count=0", 0), ("count=-1", 0), ("startIndex=8", 0), ("startIndex=-5&count=2", 2), ("count=100000", 7)];
    for (query, size) in sizes {
        let page = server.list("/Users", query).await;
        assert_eq!((each(&page, "id").len(), &page["totalResults"]), (size, &json!(7)), "{query}");
    }
}

#[tokio::test]
async fn a_search_is_a_list() {
    let server = filled().await;
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "title eq \"boss\"", "sortBy": "userName", "sortOrder": "descending", "startIndex": 1, "count": 2,
        "attributes": ["userName"],
    });
    let answer = server.post("/Users/.search", &request).await;
    assert_eq!((answer.status, each(&answer.body, "userName")), (200, vec!["Gül".to_owned(), "Bea".to_owned()]));
    let names: Vec<&String> = answer.body["Resources"][0].as_object().expect("a user").keys().collect();
    assert_eq!(names, ["id", "schemas", "userName"]);

    // Over all kinds, in memory: the same meaning, and what a kind does not have is unassigned.
    let all = async |filter: &str| {
        let answer = server.post("/.search", &json!({"filter": filter, "sortBy": "meta.resourceType"})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (each(&answer.body, "displayName"), each(&answer.body, "userName"))
    };
    assert_eq!(all(r#"displayName eq "tours" or userName sw "a""#).await.1, ["", "ada"]);
    assert_eq!(all(r#"not (userName pr)"#).await.0, ["Tours"]);
    assert_eq!(all(r#"title eq "boss""#).await.1.len(), 3);
    let page = server.post("/.search", &json!({"count": 3, "cursor": ""})).await.body;
    let next = server.post("/.search", &json!({"count": 50, "cursor": page["nextCursor"]})).await.body;
    assert_eq!((each(&page, "id").len(), each(&next, "id").len(), &next["totalResults"]), (3, 5, &json!(8)));
}

#[tokio::test]
async fn what_is_returned_can_be_chosen() {
    let server = filled().await;
    let names = |user: &Value| user.as_object().expect("a user").keys().cloned().collect::<Vec<_>>();
    let list = server.list("/Users", "filter=userName eq \"ada\"&attributes=emails.type,TITLE").await;
    let user = &list["Resources"][0];
    assert_eq!(names(user), ["emails", "id", "schemas", "title"]);
    assert_eq!(user["emails"], json!([{"type": "work"}]));
    let path = format!("/Users/{}", user["id"].as_str().expect("an id"));
    let one = server.get(&format!("{path}?excludedAttributes=emails,meta,active,id")).await.body;
    assert_eq!(names(&one), ["id", "schemas", "title", "userName"]);
    // A filter has no meaning here and is ignored.
    let one = server.get(&format!("{path}?attributes=userName&filter=nonsense")).await.body;
    assert_eq!(names(&one), ["id", "schemas", "userName"]);
    let other = json!({"schemas": one["schemas"], "userName": "new", "title": "x"});
    assert_eq!(names(&server.post("/Users?attributes=title", &other).await.body), ["id", "schemas", "title"]);
}
