//! Walks over made users, by index and by cursor, with ties and missing values, against a plain sort.

use std::cmp::Ordering;

use scim_query::{Paging, Profile, Schema};
use serde_json::{Value, json};

use super::{check, ids, opaque, page, parse, walk};
use crate::support::cases::text;

/// A value to sort by; what is missing or of another type is greater than all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Bool(bool),
    Text(String),
    None,
}

fn users() -> Vec<Value> {
    let titles = [json!("Manager"), json!("manager"), json!("Engineer"), Value::Null, json!(7), json!(""), json!([])];
    let emails = [
        json!([{"value": "m@example.com"}]),
        json!([{"value": "z@example.com"}, {"value": "A@example.com", "primary": true}]),
        json!([{"type": "work"}, {"value": "b@example.com"}]),
        json!([{"value": "c@example.com"}, {"type": "home", "primary": true}]),
        Value::Null,
        json!({"value": "k@example.com"}),
    ];
    let created = ["2024-01-15T10:30:45.123Z", "2024-01-15T12:30:45.123+02:00", "2024-01-15T10:30:45.1231Z", "soon"];
    let external_ids = ["b", "B", "a", "A"];
    let family_names = ["Ng", "ng", "Ito"];
    let active = [json!(true), json!(false), Value::Null, json!("true")];
    let user = |at: usize| {
        let mut user = json!({
            "id": format!("u{:03}", (at * 37) % 101),
            "userName": format!("{}{}", if at.is_multiple_of(2) { "User" } else { "uSER" }, (at * 53) % 101),
            "externalId": external_ids[(at / 3) % 4],
            "title": titles[at % titles.len()],
            "name": {"familyName": family_names[(at / 2) % 3]},
            "emails": emails[(at / 5) % emails.len()],
            "active": active[(at / 7) % active.len()],
            "meta": {"created": created[(at / 4) % created.len()]},
        });
        if at.is_multiple_of(11) {
            user.as_object_mut().expect("an object").remove("name");
        }
        user
    };
    (0..101).map(user).collect()
}

fn folded(value: &Value) -> Key {
    value.as_str().map_or(Key::None, |text| Key::Text(text.to_ascii_lowercase()))
}

/// The value of one attribute, straight from the JSON above.
fn key(user: &Value, name: &str) -> Key {
    match name {
        "userName" | "title" => folded(&user[name]),
        "externalId" | "id" => Key::Text(text(user, name).to_owned()),
        "name.familyName" => folded(&user["name"]["familyName"]),
        "active" => user["active"].as_bool().map_or(Key::None, Key::Bool),
        "emails" => {
            let one = [user["emails"].clone()];
            let elements = user["emails"].as_array().map_or(&one[..], |elements| elements);
            let primary = elements.iter().find(|element| element["primary"] == true);
            primary.or(elements.first()).map_or(Key::None, |element| folded(&element["value"]))
        }
        "meta.created" => match text(&user["meta"], "created") {
            "soon" => Key::None,
            "2024-01-15T10:30:45.1231Z" => Key::Text("later".to_owned()),
            _ => Key::Text("earlier".to_owned()),
        },
        other => panic!("no value of {other}"),
    }
}

/// The tie-breaker goes with the last key.
fn compare(left: &Value, right: &Value, keys: &[(&str, bool)]) -> Ordering {
    let last = keys.last().is_some_and(|(_, descending)| *descending);
    let keys = keys.iter().copied().chain([("id", last)]);
    let mut orders = keys.map(|(name, descending)| {
        let order = key(left, name).cmp(&key(right, name));
        if descending { order.reverse() } else { order }
    });
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn sorted<'r>(users: &'r [Value], keys: &[(&str, bool)]) -> Vec<&'r Value> {
    let mut sorted: Vec<&Value> = users.iter().collect();
    sorted.sort_by(|left, right| compare(left, right, keys));
    sorted
}

const SORTED_BY: [&str; 8] =
    ["userName", "title", "externalId", "id", "name.familyName", "active", "emails", "meta.created"];

#[test]
fn by_cursor_and_by_index_the_pages_joined_are_the_sorted_list() {
    let users = users();
    let schema = Schema::user();
    for (name, descending) in SORTED_BY.iter().flat_map(|name| [(*name, false), (*name, true)]) {
        let expected = ids(sorted(&users, &[(name, descending)]));
        let order = if descending { "descending" } else { "ascending" };
        for count in (1..=10).chain([33, 50, 100, 101, 102, 200]) {
            let asked = format!("sortBy={name}&sortOrder={order}&count={count}");
            let by_cursor = walk(&users, &parse(&format!("{asked}&cursor="), &Profile::scim()), &schema);
            assert_eq!(ids(by_cursor), expected, "{asked} by cursor");

            let mut joined = Vec::new();
            while joined.len() < users.len() {
                let start = joined.len() + 1;
                let query = parse(&format!("{asked}&startIndex={start}"), &Profile::scim());
                let page = page(&users, &query, &schema).expect("a page");
                assert_eq!((page.total, page.start_index, page.next), (users.len(), Some(start), None));
                assert_eq!(page.resources.len(), count.min(users.len() - joined.len()));
                joined.extend(ids(page.resources));
            }
            assert_eq!(joined, expected, "{asked} by index");
        }
    }
}

#[test]
fn the_ordering_itself_compares_as_the_list_does() {
    let users = users();
    for (name, descending) in SORTED_BY.iter().flat_map(|name| [(*name, false), (*name, true)]) {
        let order = format!("{name} {}", if descending { "desc" } else { "asc" });
        let ordering = scim_query::OrderBy::parse(&order).expect("an order").check(&Schema::user()).expect("an order");
        let mut found: Vec<&Value> = users.iter().collect();
        found.sort_by(|left, right| ordering.compare(*left, *right));
        assert_eq!(ids(found), ids(sorted(&users, &[(name, descending)])), "{order}");
    }
}

#[test]
fn several_keys_each_have_their_direction() {
    let users = users();
    let orders: [&[(&str, bool)]; 5] = [
        &[("title", true), ("userName", false)],
        &[("active", false), ("title", true), ("emails", false)],
        &[("name.familyName", false), ("active", true), ("meta.created", true), ("externalId", false)],
        &[("emails", true), ("id", false)],
        &[("id", true), ("title", false)],
    ];
    for keys in orders {
        let word = |descending: &bool| if *descending { "DESC" } else { "ascending" };
        let order: Vec<String> = keys.iter().map(|(name, descending)| format!("{name}+{}", word(descending))).collect();
        let expected = ids(sorted(&users, keys));
        for (limit, cursors) in [1, 2, 3, 7, 20, 200]
            .iter()
            .flat_map(|limit| [(limit, opaque()), (limit, scim_query::CursorKind::RecordId)])
        {
            let query = format!("orderBy={}&limit={limit}", order.join(","));
            let query = parse(&query, &Profile::okta().with_cursors(cursors));
            assert_eq!(ids(walk(&users, &query, &Schema::user())), expected, "{order:?} by {limit}");
        }
    }
}

#[test]
fn a_page_beyond_the_end_is_empty_and_totals_are_true() {
    let users = users();
    let schema = Schema::user();
    let total = users.len();
    for (query, start) in [
        ("startIndex=102&count=5", 102),
        ("startIndex=99999999999999999999&count=5", usize::MAX),
        ("startIndex=9223372036854775807&count=200", usize::MAX),
        ("count=0", 1),
        ("count=-3&startIndex=-7", 1),
    ] {
        let page = page(&users, &parse(query, &Profile::scim()), &schema).expect("a page");
        assert_eq!((page.resources.len(), page.total, page.next), (0, total, None), "{query}");
        let start = start.min(i64::MAX as usize);
        assert_eq!(page.start_index, Some(start), "{query}");
    }
    for query in ["count=0&cursor=", "count=-1&cursor="] {
        let page = page(&users, &parse(query, &Profile::scim()), &schema).expect("a page");
        assert_eq!((page.resources.len(), page.total, page.start_index, page.next), (0, total, None, None), "{query}");
    }
    let limited = page(&users, &parse("filter=title+eq+%22manager%22&count=1", &Profile::scim()), &schema);
    let expected = users.iter().filter(|user| key(user, "title") == Key::Text("manager".into())).count();
    assert_eq!(limited.expect("a page").total, expected);
}

#[test]
fn sizes_outside_the_profile_are_read_or_refused_as_it_says() {
    let size = |query: &str, profile: &Profile| check(&parse(query, profile), &Schema::user()).paging().size();
    let scim = Profile::scim();
    for (query, expected) in [("", 100), ("count=201", 200), ("count=200", 200), ("count=-1", 0), ("count=0", 0)] {
        assert_eq!(size(query, &scim), expected, "{query}");
    }
    assert_eq!(size("count=99999999999999999999999", &scim), 200);
    assert!(matches!(check(&parse("", &scim), &Schema::user()).paging(), Paging::Index { start_index: 1, count: 100 }));
    let code = |query: &str, profile: &Profile| {
        let error = parse(query, profile).check(&Schema::user()).expect_err("refused");
        (error.code(), error.scim_type().map(|scim_type| scim_type.to_string()).unwrap_or_default())
    };
    for text in ["1.0", "1e1", "x", "", "+1", "%201", "0x1", "--1", "-", "1_0"] {
        assert_eq!(code(&format!("count={text}"), &scim), ("integer_invalid", "invalidValue".into()), "{text}");
        assert_eq!(code(&format!("startIndex={text}"), &scim), ("integer_invalid", "invalidValue".into()), "{text}");
        assert_eq!(code(&format!("count={text}&cursor="), &scim), ("count_invalid", "invalidCount".into()), "{text}");
        assert_eq!(code(&format!("limit={text}"), &Profile::okta()).0, "integer_invalid", "{text}");
    }
    for text in ["0", "-1", "201", "99999999999999999999999", "-99999999999999999999999"] {
        assert_eq!(code(&format!("limit={text}"), &Profile::okta()).0, "out_of_range", "{text}");
    }
    assert_eq!(code("startIndex=1&cursor=", &scim), ("cursor_with_index", "invalidCursor".into()));
}
