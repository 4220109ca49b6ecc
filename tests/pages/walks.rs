//! Walks over the 200 bundled access requests, and over rows made for the rules that these do not show.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset};
use scim_query::{AttributeDef, CursorKind, DataError, ListError, Profile, Schema, Type, list};
use serde_json::{Value, json};

use super::{check, ids, opaque, page, parse, walk};
use crate::support::cases::{access_requests, encode, text};

fn instant(row: &Value, key: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text(row, key)).expect("a dateTime")
}

/// Every request has the three sortable attributes.
fn naive(left: &Value, right: &Value, key: &str) -> Ordering {
    let by_id = || text(left, "id").cmp(text(right, "id"));
    match key {
        "id" => by_id(),
        key => instant(left, key).cmp(&instant(right, key)).then_with(by_id),
    }
}

fn sorted<'r>(rows: &'r [Value], key: &str, direction: &str) -> Vec<&'r Value> {
    let mut sorted: Vec<&Value> = rows.iter().collect();
    sorted.sort_by(|left, right| naive(left, right, key));
    if direction == "desc" {
        sorted.reverse();
    }
    sorted
}

#[test]
fn the_pages_of_access_requests_joined_are_the_sorted_list() {
    let requests = access_requests();
    let schema = Schema::access_requests();
    for cursors in [CursorKind::RecordId, opaque()] {
        let profile = Profile::okta().with_cursors(cursors);
        for (key, direction) in ["created", "lastUpdated", "id"].iter().flat_map(|key| [(key, "asc"), (key, "desc")]) {
            let sorted = sorted(&requests, key, direction);
            for limit in 1..=200 {
                let query = parse(&format!("orderBy={key}+{direction}&limit={limit}"), &profile);
                assert!(walk(&requests, &query, &schema) == sorted, "{key} {direction} by {limit}");
            }
        }
    }
}

#[test]
fn without_an_order_the_newest_request_comes_first() {
    let requests = access_requests();
    let sorted = sorted(&requests, "created", "desc");
    let schema = Schema::access_requests();
    assert!(walk(&requests, &parse("", &Profile::okta()), &schema) == sorted);
    assert_eq!(page(&requests, &parse("", &Profile::okta()), &schema).expect("a page").resources.len(), 20);
    let documented = Schema::access_requests_documented();
    assert!(walk(&requests, &parse("limit=7", &Profile::okta()), &documented) == sorted);
}

#[test]
fn the_pages_of_a_filter_joined_are_what_it_selects() {
    let requests = access_requests();
    let pending = |request: &&Value| request["status"] == "PENDING";
    let expected: Vec<&Value> = sorted(&requests, "lastUpdated", "asc").into_iter().filter(pending).collect();
    for (limit, cursors) in (1..=70).flat_map(|limit| [(limit, CursorKind::RecordId), (limit, opaque())]) {
        let query = format!("filter=status+eq+%22PENDING%22&orderBy=lastUpdated&limit={limit}");
        let query = parse(&query, &Profile::okta().with_cursors(cursors));
        assert!(walk(&requests, &query, &Schema::access_requests()) == expected, "by {limit}");
    }
}

fn runs() -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, cost) in [5, 1, 5, 9, 1, 5].into_iter().enumerate() {
        for path in ["b", "a", "c"] {
            let batch = format!("s{}", (at * 5) % 6);
            let id = format!("{batch}@{path}");
            let cost = if at == 4 { Value::Null } else { cost.into() };
            rows.push(json!({"id": id, "cost": cost, "batch": batch, "path": path}));
        }
    }
    rows
}

fn run_schema() -> Schema {
    Schema::builder("urn:example:2.0:Run")
        .attribute(AttributeDef::new("id", Type::String).case_exact())
        .attribute(AttributeDef::new("cost", Type::Integer))
        .attribute(AttributeDef::new("batch", Type::String).case_exact())
        .attribute(AttributeDef::new("path", Type::String).case_exact())
        .tie_breakers(["batch", "path"])
        .build()
        .expect("a schema")
}

#[test]
fn a_composite_tie_breaker_makes_the_order_total() {
    let rows = runs();
    // A null cost sorts last ascending.
    let key = |row: &Value| (row["cost"].is_null(), row["cost"].as_i64(), text(row, "id").to_owned());
    let mut ascending: Vec<&Value> = rows.iter().collect();
    ascending.sort_by_key(|row| key(row));
    let descending: Vec<&Value> = ascending.iter().rev().copied().collect();
    let profile = Profile::okta().with_cursors(opaque());
    for limit in 1..=rows.len() + 1 {
        for (direction, expected) in [("asc", &ascending), ("desc", &descending)] {
            let query = parse(&format!("orderBy=cost+{direction}&limit={limit}"), &profile);
            assert_eq!(
                ids(walk(&rows, &query, &run_schema())),
                ids(expected.iter().copied()),
                "{direction} by {limit}"
            );
        }
    }
    let ordering = check(&parse("orderBy=path+desc", &profile), &run_schema()).ordering().to_string();
    assert_eq!(ordering, "path desc, batch desc", "a tie-breaker that is a key already is not appended again");
}

/// O5: where no cursor has to stand between two of them.
#[test]
fn resources_that_share_all_keys_keep_the_order_of_the_input() {
    let rows: Vec<Value> = (0..300).map(|at| json!({"id": format!("{at}"), "batch": "s", "path": "p"})).collect();
    for direction in ["ascending", "descending"] {
        let by_index = format!("sortBy=cost&sortOrder={direction}&count=150&startIndex=51");
        let page = page(&rows, &parse(&by_index, &Profile::scim()), &run_schema()).expect("a page");
        assert_eq!(ids(page.resources), ids(&rows[50..200]), "{direction}");
        let by_cursor = format!("sortBy=cost&sortOrder={direction}&count=150&cursor=");
        match list(&rows, &check(&parse(&by_cursor, &Profile::scim()), &run_schema())) {
            Err(ListError::Data(error)) => assert_eq!(error.position(), 150, "{direction}"),
            other => panic!("a cursor would lose rows: {:?}", other.map(|page| page.next)),
        }
    }
}

#[test]
fn a_record_id_that_names_two_is_refused() {
    let rows = [json!({"id": "1", "batch": "s", "path": "p"}), json!({"id": "2", "batch": "t", "path": "p"})];
    let error = page(&rows, &parse("after=p", &Profile::okta()), &run_schema()).expect_err("two have it");
    assert_eq!(error.code(), "record_repeated");
    let users = [json!({"id": "1", "userName": "a"}), json!({"id": "1", "userName": "b"})];
    let error = page(&users, &parse("after=1", &Profile::okta()), &Schema::user()).expect_err("two have it");
    assert_eq!(error.code(), "record_repeated");
}

/// O5: a cursor that would name two is not given out, however far apart the two are; whoever is behind it, is told at once.
#[test]
fn a_record_id_of_two_is_not_given_out() {
    for id in ["1", "", "12345678", "one that is longer than eight bytes", "12345678-9"] {
        let user = |id: &str, name: &str| json!({"id": id, "userName": name});
        let users = [user("2", "d"), user(id, "a"), user("3", "b"), user(id, "c"), user("4", "e")];
        let page = |query: &str| list(&users, &check(&parse(query, &Profile::okta()), &Schema::user()));
        match page("orderBy=userName&limit=1") {
            Err(ListError::Data(error)) if id.is_empty() => assert_eq!(error.position(), 1, "{error}"),
            Err(ListError::Data(error)) => {
                let told = "the resource at position 1 shares its id with another one, so that no cursor can name it";
                assert_eq!(error.to_string(), told, "{id:?}");
            }
            other => panic!("{id:?}: {:?}", other.map(|page| page.next)),
        }
        // Between two others there is a place.
        assert_eq!(page("orderBy=userName&limit=2").expect(id).next.as_deref(), Some("3"));
        assert_eq!(page("orderBy=userName&limit=5").expect(id).next, None);
    }
}

#[test]
fn a_record_id_that_none_has_is_refused() {
    let requests = access_requests();
    for unknown in ["nobody", "REQP1PMPJHVDGECVK1D5", "reqp1pmpjhVdGEcVK1d", "%20reqp1pmpjhVdGEcVK1d5"] {
        let query = parse(&format!("after={unknown}"), &Profile::okta());
        let error = page(&requests, &query, &Schema::access_requests()).expect_err("no such id");
        assert_eq!(error.code(), "record_unknown", "{unknown}");
        assert_eq!(error.scim_type().map(|scim_type| scim_type.to_string()).as_deref(), Some("invalidCursor"));
        let body = scim_query::http::okta_error(&error, "id");
        assert_eq!(body["errorCode"], "E0000029");
        assert_eq!(body["errorCauses"][0]["location"], "/after");
    }
    let empty = parse("after=", &Profile::okta()).check(&Schema::access_requests());
    assert_eq!(empty.expect_err("no id").code(), "after_empty");
}

/// The last resource's id, as the resource has it.
#[test]
fn a_record_id_is_the_id_as_it_is_written() {
    let folded = Schema::builder("urn:example:2.0:Row").attribute(AttributeDef::new("id", Type::String));
    let folded = folded.build().expect("a schema");
    let ids = ["Req1", "reqZ", "REQ3", "2024-01-15T12:30:45+02:00", "007", "\u{130}x", "a&b=c d", "é😀"];
    let rows = ids.map(|id| json!({"id": id}));
    for (name, schema) in [("folded", folded), ("open", Schema::open()), ("user", Schema::user())] {
        for (place, row) in rows.iter().enumerate() {
            let query = format!("orderBy=id&limit=8&after={}", encode(ids[place]));
            let found = page(&rows, &parse(&query, &Profile::okta()), &schema);
            let found = found.unwrap_or_else(|error| panic!("{name}: {}: {error}", ids[place]));
            assert!(!found.resources.contains(&row), "{name}: {}", ids[place]);
        }
        let mut query = parse("orderBy=id&limit=1", &Profile::okta());
        let mut next = Vec::new();
        while let Some(cursor) = page(&rows, &query, &schema).expect("a page").next {
            query = parse(&query.next_query_string(&cursor), &Profile::okta());
            next.push(cursor);
        }
        assert_eq!(next.len(), ids.len() - 1, "{name}");
        assert!(next.iter().all(|cursor| ids.contains(&cursor.as_str())), "{name}: {next:?}");
    }
}

/// `after=` is refused and `cursor=` asks for the first page.
#[test]
fn an_empty_id_is_no_cursor() {
    let rows = [json!({"id": "b"}), json!({"id": ""}), json!({"id": "a"})];
    for (profile, asked) in [
        (Profile::okta(), "orderBy=id&limit=1"),
        (Profile::scim().with_cursors(CursorKind::RecordId), "sortBy=id&count=1&cursor="),
    ] {
        match list(&rows, &check(&parse(asked, &profile), &Schema::user())) {
            Err(ListError::Data(error)) => assert_eq!(error.position(), 1),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_record_id_is_looked_up_though_it_does_not_match() {
    let requests = access_requests();
    let sorted = sorted(&requests, "created", "desc");
    for (place, row) in sorted.iter().enumerate() {
        let query = format!("filter=status+eq+%22APPROVED%22&after={}&limit=200", text(row, "id"));
        let found = page(&requests, &parse(&query, &Profile::okta()), &Schema::access_requests()).expect("a page");
        let behind = sorted[place + 1..].iter().copied().filter(|request| request["status"] == "APPROVED");
        assert_eq!(ids(found.resources), ids(behind));
    }
}

#[test]
fn a_resource_without_a_tie_breaker_is_told_by_its_position() {
    let problem = |rows: &[Value], query: &str, schema: &Schema| -> Option<DataError> {
        match list(rows, &check(&parse(query, &Profile::okta()), schema)) {
            Ok(_) => None,
            Err(ListError::Data(error)) => Some(error),
            Err(ListError::Query(error)) => panic!("{error}"),
        }
    };
    let good = json!({"id": "1"});
    for bad in [json!({"userName": "a"}), json!({"id": null}), json!({"id": []}), json!({"id": 5}), json!("text")] {
        for place in [0, 1, 150] {
            let mut rows = vec![good.clone(); place];
            rows.push(bad.clone());
            rows.push(good.clone());
            for query in ["", "orderBy=userName", "orderBy=title+desc,id&limit=1"] {
                let error = problem(&rows, query, &Schema::user()).expect("an error");
                assert_eq!(error.position(), place, "{query}: {bad}");
                assert!(error.to_string().contains(&format!("position {place} ")), "{error}");
            }
        }
    }
    assert!(problem(&[good, json!({"id": ""})], "", &Schema::user()).is_none(), "an empty string is assigned");
    let half = json!({"batch": "s"});
    assert_eq!(problem(&[half], "orderBy=cost", &run_schema()).expect("an error").position(), 0);
}

/// O5: without an order an opaque cursor is looked up, so that its resource has to be the only one of that name.
#[test]
fn an_open_walk_ends_where_a_cursor_would_name_two() {
    let rows = [json!({"id": "x", "n": 1}), json!({"id": "X", "n": 2}), json!({"id": "y"}), json!({"id": "z"})];
    let profile = Profile::scim().with_cursors(CursorKind::Opaque(scim_query::Cursors::new()));
    let request = |query: &str| scim_query::ListQuery::parse(query, &profile).unwrap().check(&Schema::open()).unwrap();
    let Err(ListError::Data(error)) = list(&rows, &request("count=1&cursor=")) else { panic!("a cursor of two") };
    assert_eq!(error.position(), 0);
    assert!(error.to_string().contains("shares its tie-breaker with another one"), "{error}");
    let page = list(&rows, &request("count=3&cursor=")).unwrap();
    let last = list(&rows, &request(&format!("count=3&cursor={}", page.next.unwrap()))).unwrap();
    assert_eq!((last.resources, last.next), (vec![&rows[3]], None));
}
