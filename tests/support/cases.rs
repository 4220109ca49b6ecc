//! Cases as data, one JSON object a line, and what they are run on.

use scim_query::{Error, Schema};
use serde_json::Value;

pub const TEST_USER: &str = include_str!("../schemas/test-user.json");
pub const ENTERPRISE_USER: &str = include_str!("../schemas/enterprise-user.json");

pub fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("a test file is not JSON: {error}: {text}"))
}

pub fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(read)
}

/// User of RFC 7643 with `age`, `score` and `tags`, and the enterprise extension.
pub fn test_user() -> Schema {
    Schema::from_json(&[TEST_USER, ENTERPRISE_USER].map(read)).expect("the test schema")
}

/// The 200 access requests of the examples.
pub fn access_requests() -> Vec<Value> {
    lines(include_str!("../../examples/data/access-requests.ndjson")).collect()
}

pub fn scim_type(error: &Error) -> String {
    error.scim_type().map_or_else(|| "none".to_owned(), |scim_type| scim_type.to_string())
}

/// Percent-encoded as a query parameter's value: all but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is a string: {value}"))
}
