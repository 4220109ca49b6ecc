//! Authenticated cursors: keys that rotate, and an age limit.

use std::time::Duration;

use scim_query::{CursorKind, Cursors, Profile, Schema};
use serde_json::{Value, json};

use super::cursors::{cursor, every_damaged_cursor_is_refused};
use super::{page, parse};

fn scim(cursors: Cursors) -> Profile {
    Profile::scim().with_cursors(CursorKind::Opaque(cursors))
}

fn rows() -> Vec<Value> {
    (0..5).map(|at| json!({"id": format!("{at}")})).collect()
}

/// The code of the refusal of a cursor that `maker` made, by `reader`.
fn refusal(maker: Cursors, reader: Cursors) -> Option<&'static str> {
    let made = cursor(&rows(), "count=2&cursor=", &scim(maker), &Schema::user());
    let query = parse(&format!("count=2&cursor={made}"), &scim(reader));
    page(&rows(), &query, &Schema::user()).err().map(|error| error.code())
}

fn with_keys(keys: &[&str]) -> Cursors {
    // Names of keys, made long enough to be some.
    let key = |name: &str| format!("{name}: sixteen bytes at least");
    keys.iter().fold(Cursors::new(), |cursors, name| cursors.with_key(key(name)).expect("it is long enough"))
}

#[test]
fn keys_rotate() {
    assert_eq!(refusal(with_keys(&["new", "old"]), with_keys(&["new"])), None, "the first one is used");
    assert_eq!(refusal(with_keys(&["old"]), with_keys(&["new", "old"])), None, "all are accepted");
    assert_eq!(refusal(with_keys(&["old"]), with_keys(&["newest", "new", "old"])), None);
    assert_eq!(refusal(with_keys(&["old"]), with_keys(&["new"])), Some("cursor_invalid"), "it was dropped");
    assert_eq!(refusal(with_keys(&["new", "old"]), with_keys(&["old"])), Some("cursor_invalid"));
}

#[test]
fn a_cursor_without_a_key_or_with_a_foreign_one_is_refused() {
    assert_eq!(refusal(Cursors::new(), with_keys(&["key"])), Some("cursor_invalid"));
    assert_eq!(refusal(with_keys(&["key"]), Cursors::new()), Some("cursor_invalid"));
    assert_eq!(refusal(with_keys(&["foreign"]), with_keys(&["key"])), Some("cursor_invalid"));
    assert!(Cursors::new().with_key("").is_err() && Cursors::new().with_key("fifteen bytes..").is_err());
    assert_eq!(refusal(with_keys(&["key"]), with_keys(&["key"]).with_scope("other")), Some("cursor_invalid"));
    let long = "k".repeat(1000);
    assert_eq!(refusal(with_keys(&[&long]), with_keys(&[&long])), None);
    assert_eq!(refusal(with_keys(&[&long]), with_keys(&[&long[1..]])), Some("cursor_invalid"));
}

#[test]
fn every_bit_and_every_byte_of_an_authenticated_cursor_counts() {
    every_damaged_cursor_is_refused(&scim(with_keys(&["new", "old"])));
}

#[test]
fn an_old_cursor_expires() {
    let limited = |seconds: u64| with_keys(&["key"]).with_max_age(Duration::from_secs(seconds));
    assert_eq!(refusal(limited(3600), limited(3600)), None);
    let made = cursor(&rows(), "count=2&cursor=", &scim(limited(0)), &Schema::user());
    // Times are whole seconds, and older than none is at least one.
    std::thread::sleep(Duration::from_millis(2100));
    let go_on = |cursors: Cursors| {
        let query = parse(&format!("count=2&cursor={made}"), &scim(cursors));
        page(&rows(), &query, &Schema::user()).map(|page| page.resources.len())
    };
    let error = go_on(limited(0)).expect_err("two seconds old");
    assert_eq!(error.code(), "cursor_expired");
    assert_eq!(error.scim_type().map(|scim_type| scim_type.to_string()).as_deref(), Some("expiredCursor"));
    assert!(go_on(limited(3600)).is_ok(), "within an hour");
    assert!(go_on(with_keys(&["key"])).is_ok(), "no limit");
    // Of another query it is refused as that, not as old; a changed one as well.
    let query = parse(&format!("count=2&cursor={made}&filter=id+pr"), &scim(limited(0)));
    assert_eq!(page(&rows(), &query, &Schema::user()).expect_err("another query").code(), "cursor_invalid");
}
