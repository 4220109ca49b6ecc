//! The limits as SECURITY.md and the semantics state them.

use scim_query::sql::Dialect;
use scim_query::{BodyFilter, Filter, Limits, Profile, Schema};

const SECURITY: &str = include_str!("../../SECURITY.md");
const SEMANTICS: &str = include_str!("../../docs/semantics.md");

#[test]
fn the_documents_state_the_limits_that_hold() {
    let Limits { text, nesting, comparisons, sort_keys, cursor } = Limits::default();
    let row = |name: &str, value: usize| format!("| `{name}` | {value} |");
    for stated in [
        row("Limits::text", text),
        row("Limits::nesting", nesting),
        row("Limits::MAX_NESTING", Limits::MAX_NESTING),
        row("Limits::comparisons", comparisons),
        row("Limits::sort_keys", sort_keys),
        row("Limits::cursor", cursor),
        row("Profile::okta, largest page", Profile::okta().max_size()),
        row("Profile::scim, largest page", Profile::scim().max_size()),
        row("BodyFilter::max_element", longest_element()),
        row("SqlLimits::params, SQLite", Dialect::Sqlite.limits().params),
        row("SqlLimits::depth, SQLite", Dialect::Sqlite.limits().depth),
        row("SqlLimits::params, PostgreSQL", Dialect::Postgres.limits().params),
        row("SqlLimits::depth, PostgreSQL", Dialect::Postgres.limits().depth),
        row("SqlLimits::params, MySQL and MariaDB", Dialect::MariaDb.limits().params),
        row("SqlLimits::depth, MySQL and MariaDB", Dialect::MariaDb.limits().depth),
    ] {
        assert!(SECURITY.contains(&stated), "SECURITY.md does not state {stated}");
    }
    assert_eq!(Dialect::MariaDb.limits(), Dialect::MySql.limits());
    let kib = |bytes: usize| bytes / 1024;
    let stated = format!(
        "{} KiB of text, nesting {nesting}, {comparisons} comparisons, {sort_keys} sort keys, {} KiB of cursor",
        kib(text),
        kib(cursor)
    );
    assert!(SEMANTICS.contains(&stated), "docs/semantics.md, L1, does not state: {stated}");
}

/// By what it takes and what it refuses.
fn longest_element() -> usize {
    let filter = Filter::parse("title pr").and_then(|filter| filter.check(&Schema::user())).expect("a filter");
    let takes = |size: usize| {
        let element = format!("{{\"title\":\"{}\"}}", "x".repeat(size - 12));
        assert_eq!(element.len(), size);
        BodyFilter::new(filter.compile_raw()).push(format!("[{element}]").as_bytes(), &mut Vec::new()).is_ok()
    };
    let longest = 1 << 20;
    assert!(takes(longest) && !takes(longest + 1));
    longest
}
