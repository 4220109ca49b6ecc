//! Versions of resources, and requests that depend on them (RFC 7644 section 3.14, RFC 9110 section 13).

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::value::get;

type Resource = Map<String, Value>;

/// As an entity tag. All are weak.
pub(crate) fn version(resource: &Resource) -> &str {
    get(resource, &["meta", "version"]).and_then(Value::as_str).unwrap_or_default()
}

/// Refuses a change of another version than the client has seen, or of one that it says it has not.
pub(crate) fn check(headers: &HeaderMap, resource: &Resource) -> Result<(), Failure> {
    match named(headers, IF_MATCH, resource) == Some(false) || is_known(headers, resource) {
        true => Err(Failure::changed()),
        false => Ok(()),
    }
}

/// Whether the client says that it has this version.
pub(crate) fn is_known(headers: &HeaderMap, resource: &Resource) -> bool {
    named(headers, IF_NONE_MATCH, resource) == Some(true)
}

/// Whether a header names a resource's version, where there is one. Several lines are one list (RFC 9110 section 5.3).
fn named(headers: &HeaderMap, name: HeaderName, resource: &Resource) -> Option<bool> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    let text = Some(lines.join(",")).filter(|_| !lines.is_empty())?;
    let version = tags(version(resource)).unwrap_or_default();
    Some(text.trim() == "*" || tags(&text).is_some_and(|tags| tags.iter().any(|tag| version.contains(tag))))
}

/// What stands in the quotes of each tag, as in `W/"1", "2"`; nothing of what is no list of them.
fn tags(mut text: &str) -> Option<Vec<&str>> {
    let mut tags = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        if text.is_empty() {
            return Some(tags);
        }
        let (tag, rest) = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.split_once('"')?;
        tags.push(tag);
        text = rest.trim_ascii_start();
        if !text.is_empty() && !text.starts_with(',') {
            return None;
        }
    }
}
