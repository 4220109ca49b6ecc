//! What an opaque cursor belongs to (O7): its filter in any spelling, its ordering and its scope; not the page's size.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scim_query::{CursorKind, Cursors, Error, ListError, Options, Profile, Schema, list};
use serde_json::{Value, json};

use super::{check, ids, is_unreserved, opaque, page, parse, walk};
use crate::support::cases::{access_requests, encode};

fn okta(cursors: Cursors) -> Profile {
    Profile::okta().with_cursors(CursorKind::Opaque(cursors))
}

/// The cursor behind the first page of a query.
pub fn cursor(rows: &[Value], query: &str, profile: &Profile, schema: &Schema) -> String {
    let next = page(rows, &parse(query, profile), schema).expect("a page").next;
    next.unwrap_or_else(|| panic!("{query} has one page only"))
}

fn go_on(rows: &[Value], query: &str, profile: &Profile, schema: &Schema, cursor: &str) -> Result<usize, Error> {
    let parameter = if profile.is_okta() { "after" } else { "cursor" };
    let query = parse(&format!("{query}&{parameter}={}", encode(cursor)), profile);
    page(rows, &query, schema).map(|page| page.resources.len())
}

const FILTER: &str = "filter=status+eq+%22PENDING%22+or+status+eq+%22DENIED%22";

#[test]
fn a_cursor_of_another_list_is_refused() {
    let requests = access_requests();
    let schema = Schema::access_requests();
    let profile = okta(Cursors::new().with_scope("tenant-a"));
    let asked = format!("{FILTER}&orderBy=created+desc&limit=3");
    let cursor = cursor(&requests, &asked, &profile, &schema);
    assert!(go_on(&requests, &asked, &profile, &schema, &cursor).is_ok());

    let other_queries = [
        "orderBy=created+desc&limit=3".to_owned(),
        "filter=status+eq+%22PENDING%22&orderBy=created+desc&limit=3".to_owned(),
        "filter=status+eq+%22DENIED%22+or+status+eq+%22APPROVED%22&orderBy=created+desc&limit=3".to_owned(),
        "filter=status+eq+%22PENDING%22+and+status+eq+%22DENIED%22&orderBy=created+desc&limit=3".to_owned(),
        format!("{FILTER}&orderBy=created+asc&limit=3"),
        format!("{FILTER}&orderBy=lastUpdated+desc&limit=3"),
        format!("{FILTER}&orderBy=created+desc,lastUpdated+desc&limit=3"),
        format!("{FILTER}&orderBy=created+desc,id+asc&limit=3"),
    ];
    let refused = |query: &str, profile: &Profile| {
        let error = go_on(&requests, query, profile, &schema, &cursor).expect_err(query);
        assert_eq!(error.code(), "cursor_invalid", "{query}");
        assert_eq!(error.scim_type().map(|scim_type| scim_type.to_string()).as_deref(), Some("invalidCursor"));
        assert!(!format!("{error} {error:#} {error:?}").contains(&cursor), "a cursor is not quoted");
    };
    other_queries.iter().for_each(|query| refused(query, &profile));
    for scope in ["", "tenant-b", "tenant-", "tenant-a2"] {
        refused(&asked, &okta(Cursors::new().with_scope(scope)));
    }
    refused(&asked, &okta(Cursors::new()));
}

#[test]
fn a_cursor_goes_on_in_another_spelling_and_with_another_size() {
    let requests = access_requests();
    let schema = Schema::access_requests();
    let profile = okta(Cursors::new());
    let cursor = cursor(&requests, &format!("{FILTER}&orderBy=created+desc&limit=3"), &profile, &schema);
    let spellings = [
        format!("{FILTER}&orderBy=created+desc&limit=200"),
        format!("{FILTER}&limit=1"),
        "filter=(status+EQ+%22PENDING%22)+OR+(status+eq+%22\\u0044ENIED%22+)&orderBy=created+descending,id+desc".into(),
        "orderBy=created%20DESC&filter=(status%20eq%20%22PENDING%22%20or%20status%20eq%20%22DENIED%22)".into(),
    ];
    let whole = page(&requests, &parse(&format!("{FILTER}&limit=200"), &profile), &schema).expect("a page");
    for query in &spellings {
        let parsed = parse(&format!("{query}&after={cursor}"), &profile);
        let rest = page(&requests, &parsed, &schema).unwrap_or_else(|error| panic!("{query}\n{error:#}"));
        let expected = ids(whole.resources[3..].iter().copied().take(parsed.check(&schema).unwrap().paging().size()));
        assert_eq!(ids(rest.resources), expected, "{query}");
    }
    // SCIM's names in any case, and an alias of a quirk, are spellings too.
    let users: Vec<Value> = (0..5).map(|at| json!({"id": format!("{at}"), "emails": [{"value": "a@b"}]})).collect();
    let cursor = self::cursor(&users, "filter=emails+co+%22A%22&count=2&cursor=", &Profile::scim(), &Schema::user());
    for filter in ["EMAILS.VALUE+co+%22a%22", "urn:ietf:params:scim:schemas:core:2.0:User:emails+CO+%22a%22"] {
        let found = go_on(&users, &format!("filter={filter}"), &Profile::scim(), &Schema::user(), &cursor);
        assert_eq!(found.ok(), Some(3), "{filter}");
    }
    let options = Options::default().with_alias("mail", "emails");
    let lenient = parse(&format!("filter=mail+co+%22a%22&cursor={cursor}"), &Profile::scim());
    let lenient = lenient.check_with(&Schema::user(), &options).expect("an alias");
    assert_eq!(list(&users, &lenient).expect("a page").resources.len(), 3);
}

/// Every text that differs from a cursor in one bit, or ends before it, or goes on behind it.
fn damaged(cursor: &str) -> Vec<Vec<u8>> {
    let bytes = cursor.as_bytes();
    let flips = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let flip = |at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at / 8] ^= 1 << (at % 8);
            bytes
        };
        (0..bytes.len() * 8).map(flip).collect()
    };
    let inner = URL_SAFE_NO_PAD.decode(bytes).expect("base64 without padding");
    let recoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes).into_bytes();
    let mut damaged = flips(bytes);
    damaged.extend(flips(&inner).iter().map(|bytes| recoded(bytes)));
    // The empty cursor asks for the first page.
    damaged.extend((1..bytes.len()).map(|end| bytes[..end].to_vec()));
    damaged.extend((1..bytes.len()).map(|start| bytes[start..].to_vec()));
    damaged.extend((1..inner.len()).map(|end| recoded(&inner[..end])));
    damaged.extend(["A", "=", "==", "%", " ", "\n"].map(|more| [bytes, more.as_bytes()].concat()));
    damaged.push(recoded(&[&inner[..], &[0]].concat()));
    damaged.push([bytes, bytes].concat());
    damaged
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

pub fn every_damaged_cursor_is_refused(profile: &Profile) {
    let users: Vec<Value> =
        (0..9).map(|at| json!({"id": format!("{at}"), "title": "é", "active": at % 2 == 0})).collect();
    for asked in ["sortBy=title&count=2", "sortBy=active&sortOrder=descending&count=2", "count=2"] {
        let cursor = cursor(&users, &format!("{asked}&cursor="), profile, &Schema::user());
        assert!(is_unreserved(&cursor));
        assert!(go_on(&users, asked, profile, &Schema::user(), &cursor).is_ok());
        for bytes in damaged(&cursor) {
            let query = format!("{asked}&cursor={}", percent(&bytes));
            let found = scim_query::ListQuery::parse(&query, profile)
                .and_then(|query| page(&users, &query, &Schema::user()).map(|page| page.resources.len()));
            let error = found.expect_err("a cursor that was changed");
            let scim_type = error.scim_type().map(|scim_type| scim_type.to_string());
            assert_eq!(scim_type.as_deref(), Some("invalidCursor"), "{query}");
        }
    }
}

#[test]
fn every_bit_and_every_byte_of_a_cursor_counts() {
    every_damaged_cursor_is_refused(&Profile::scim());
}

#[test]
fn one_kind_of_cursor_is_no_other() {
    let requests = access_requests();
    let schema = Schema::access_requests();
    let opaque = okta(Cursors::new());
    let made = cursor(&requests, "limit=3", &opaque, &schema);
    let id = cursor(&requests, "limit=3", &Profile::okta(), &schema);
    assert_eq!(
        go_on(&requests, "limit=3", &Profile::okta(), &schema, &made).expect_err("no id").code(),
        "record_unknown"
    );
    assert_eq!(go_on(&requests, "limit=3", &opaque, &schema, &id).expect_err("an id").code(), "cursor_invalid");
}

#[test]
fn long_keys_are_left_out_and_looked_up() {
    let long = "x".repeat(2048);
    let rows: Vec<Value> = (0..12)
        .map(|at| {
            let title = match at % 4 {
                0 => json!(format!("{long}{}", at % 3)),
                1 => json!("short"),
                2 => json!(format!("A{long}")),
                _ => Value::Null,
            };
            json!({"id": format!("{:02}", (at * 5) % 12), "title": title})
        })
        .collect();
    let schema = Schema::user();
    for (direction, count) in ["ascending", "descending"].iter().flat_map(|way| (1..=12).map(move |count| (way, count)))
    {
        let key = |row: &Value| {
            let title = row["title"].as_str().map(str::to_ascii_lowercase);
            (title.is_none(), title, row["id"].as_str().map(str::to_owned))
        };
        let mut expected: Vec<&Value> = rows.iter().collect();
        expected.sort_by_key(|row| key(row));
        if *direction == "descending" {
            expected.reverse();
        }
        let query = parse(&format!("sortBy=title&sortOrder={direction}&count={count}&cursor="), &Profile::scim());
        assert_eq!(ids(walk(&rows, &query, &schema)), ids(expected), "{direction} by {count}");
    }
    // Such a cursor needs its resource, wherever it has gone meanwhile.
    let asked = "sortBy=title&sortOrder=descending&count=5";
    let first = page(&rows, &parse(&format!("{asked}&cursor="), &Profile::scim()), &schema).expect("a page");
    let cursor = first.next.expect("a next page");
    assert!(cursor.len() <= 1024, "L1");
    let last = first.resources.last().expect("a resource")["id"].clone();
    assert!(first.resources.last().is_some_and(|row| row["title"].as_str().is_some_and(|title| title.len() > 2000)));
    let rest: Vec<Value> = rows.iter().filter(|row| row["id"] != last).cloned().collect();
    let error = go_on(&rest, asked, &Profile::scim(), &schema, &cursor).expect_err("it is gone");
    assert_eq!(error.code(), "cursor_invalid");
}

#[test]
fn a_tie_breaker_that_no_cursor_holds_is_an_error_of_the_data() {
    let rows: Vec<Value> = (0..3).map(|at| json!({"id": format!("{at}{}", "x".repeat(2048))})).collect();
    for profile in [Profile::scim(), Profile::scim().with_cursors(CursorKind::RecordId)] {
        let checked = check(&parse("count=1&cursor=", &profile), &Schema::user());
        match list(&rows, &checked) {
            Err(ListError::Data(error)) => assert_eq!(error.position(), 0),
            Err(ListError::Query(error)) => panic!("{error}"),
            Ok(page) => panic!("it gave a cursor of {} bytes", page.next.unwrap_or_default().len()),
        }
    }
    let all = parse("count=3&cursor=", &Profile::scim());
    assert_eq!(page(&rows, &all, &Schema::user()).expect("a page").next, None, "no cursor is needed");
}

#[test]
fn under_the_open_schema_a_cursor_finds_its_place_in_the_input() {
    let rows: Vec<Value> = (0..7).map(|at| json!({"id": (at * 3) % 7})).collect();
    let profile = Profile::scim().with_cursors(opaque());
    for count in 1..=8 {
        let query = parse(&format!("count={count}&cursor="), &profile);
        let found: Vec<&Value> = walk(&rows, &query, &Schema::open());
        assert_eq!(found, rows.iter().collect::<Vec<_>>(), "in the order of the input, by {count}");
    }
}
