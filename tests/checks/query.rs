//! Any query string, and any body as a SearchRequest: an error with its place, or a request that is written as a link and read
//! again as itself, and lists what it says.

use std::sync::LazyLock;

use scim_query::{CursorKind, Cursors, ListError, ListQuery, Options, Part, Profile, Quirks, list};
use serde_json::{Value, json};

use super::{look_at, schemas};

const PARTS: [Part; 10] = [
    Part::Filter,
    Part::OrderBy,
    Part::SortBy,
    Part::SortOrder,
    Part::Limit,
    Part::After,
    Part::StartIndex,
    Part::Count,
    Part::Cursor,
    Part::Attributes,
];

static RESOURCES: LazyLock<[Value; 3]> = LazyLock::new(|| {
    [
        json!({"id": "1", "userName": "bob", "status": "PENDING", "emails": [{"type": "work", "value": "b@x"}]}),
        json!({"id": "2", "userName": "Ann", "password": "never returned", "name": {"familyName": "A"}}),
        json!({"id": "3", "title": "é", "created": "2022-05-24T14:15:22Z"}),
    ]
});

pub fn check(data: &[u8]) {
    let profiles = [Profile::okta(), Profile::scim(), Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()))];
    for profile in &profiles {
        if let Ok(text) = std::str::from_utf8(data) {
            match ListQuery::parse(text, profile) {
                Ok(query) => one(&query),
                Err(error) => look_at(&error),
            }
        }
        match ListQuery::from_search_request(data, profile) {
            Ok(query) => one(&query),
            Err(error) => look_at(&error),
        }
    }
}

fn one(query: &ListQuery) {
    let link = query.to_query_string();
    assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'), "{link}");
    let again = ListQuery::parse(&link, query.profile()).unwrap_or_else(|error| panic!("{link}: {error}"));
    for part in PARTS {
        assert_eq!(again.get(part), query.get(part), "{link}");
    }
    assert_eq!(again.to_query_string(), link);
    let next = ListQuery::parse(&query.next_query_string("a b&c"), query.profile()).expect("a link");
    let cursor = if query.profile().is_okta() { Part::After } else { Part::Cursor };
    assert_eq!(next.get(cursor), Some("a b&c"));
    // Looking for the nearest name takes longest, so not in all of them.
    for schema in &schemas::all()[..3] {
        for options in [Options::default(), Options::default().with_quirks(Quirks::ALL)] {
            let checked = match query.check_with(schema, &options) {
                Ok(checked) => checked,
                Err(error) => {
                    look_at(&error);
                    continue;
                }
            };
            assert!(checked.paging().size() <= query.profile().max_size());
            match list(&*RESOURCES, &checked) {
                Ok(page) => {
                    assert!(page.resources.len() <= checked.paging().size());
                    assert_eq!(page.total, RESOURCES.iter().filter(|each| checked.filter().matches(*each)).count());
                    for resource in page.projected(&checked) {
                        assert!(resource.get("password").is_none() || schema.find(None, "password").is_none(), "S16");
                    }
                }
                Err(ListError::Query(error)) => look_at(&error),
                Err(ListError::Data(_)) => {}
            }
        }
    }
}
