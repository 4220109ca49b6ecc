//! What each fuzz target checks, of any bytes: that nothing panics, and the laws that its module names.
//!
//! An input is text, so that finds can be read and seeds be made of the tests' cases: mostly a filter on the first line and
//! what it runs on behind it. An input that begins with a zero byte is a recipe, from which such a text is grown
//! ([`grow`]); random bytes would seldom become a filter that a schema accepts.

mod analyze;
mod check;
mod cursor;
mod filter;
mod grow;
mod order;
mod patch_path;
mod people;
mod query;
mod schemas;
mod seeds;
mod set;
mod sources;
#[cfg(feature = "databases")]
mod sql;
pub mod stream;
mod tree;

use std::borrow::Cow;

use scim_query::{Error, http, is_readable};
use serde_json::Value;

use grow::Grower;

/// One fuzz target.
#[derive(Clone, Copy)]
pub struct Target {
    /// That of its file in `fuzz_targets/` and of its directory in `regressions/`.
    pub name: &'static str,
    check: fn(&[u8]),
    seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "filter", check: filter::check, seeds: seeds::filters },
    Target { name: "tree", check: tree::check, seeds: tree::steps_of_filters },
    Target { name: "check", check: check::check, seeds: seeds::filters_with_documents },
    Target { name: "sources", check: sources::check, seeds: seeds::filters_with_resources },
    #[cfg(feature = "databases")]
    Target { name: "sql", check: sql::check, seeds: seeds::filters_with_resources },
    Target { name: "query", check: query::check, seeds: seeds::queries },
    Target { name: "cursor", check: cursor::check, seeds: cursor::queries_with_tokens },
    Target { name: "order", check: order::check, seeds: seeds::orders_with_resources },
    Target { name: "patch_path", check: patch_path::check, seeds: seeds::paths },
    Target { name: "stream", check: stream::check, seeds: seeds::filters_with_bodies },
    Target { name: "set", check: set::check, seeds: seeds::filters_together },
    Target { name: "analyze", check: analyze::check, seeds: seeds::filters_together },
];

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("no target {name}"))
}

/// Checks an input.
pub fn run(name: &str, data: &[u8]) {
    (target(name).check)(data);
}

/// The inputs that a target begins with: from the tests' cases, and some recipes.
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    (target(name).seeds)()
}

/// The input itself, or the text that a recipe grows into, which is shown where FUZZ_SHOW is set.
fn grown<'d>(data: &'d [u8], grow: impl FnOnce(&mut Grower<'d>) -> Option<Vec<u8>>) -> Cow<'d, [u8]> {
    match data {
        [0, recipe @ ..] => {
            let text = grow(&mut Grower::new(recipe)).unwrap_or_default();
            if std::env::var_os("FUZZ_SHOW").is_some() {
                eprintln!("{}", String::from_utf8_lossy(&text));
            }
            Cow::Owned(text)
        }
        text => Cow::Borrowed(text),
    }
}

/// The first line, which has to be UTF-8, and what is behind it.
fn first_line(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&data[..end]).ok()?, &data[end + 1..]))
}

/// The value, where serde_json reads one and its numbers are in range (S11), which `arbitrary_precision` leaves open.
fn value(text: &[u8]) -> Option<Value> {
    serde_json::from_slice(text).ok().filter(is_readable)
}

/// The lines that are JSON.
fn values(lines: &[u8]) -> Vec<Value> {
    lines.split(|byte| *byte == b'\n').filter_map(value).collect()
}

/// What an error says of its place and itself holds for every error.
fn look_at(error: &Error) {
    for error in [error].into_iter().chain(error.others()) {
        let text = error.text();
        if let Some(span) = error.span() {
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(start <= end && text.is_char_boundary(start) && text.is_char_boundary(end), "{span} in {text:?}");
        }
        // L2: one line, and of a request only what may be a name: nothing else in it could be beyond ASCII.
        let told = error.to_string();
        assert!(!told.contains('\n') && told.is_ascii(), "{told}");
        let _ = format!("{error:#}{error:?}");
        let _ = (http::scim_error(error), http::okta_error(error, "id"));
    }
}
