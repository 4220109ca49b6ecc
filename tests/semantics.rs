//! The rules of docs/semantics.md, case by case: tests/cases/semantics.jsonl.

use std::collections::{BTreeMap, HashSet};

use scim_query::{CheckedFilter, Error, Filter, Options, Quirks, Schema};
use serde_json::Value;

use crate::support::cases::{lines, scim_type, test_user, text};

const CASES: &str = include_str!("cases/semantics.jsonl");
const KEYS: [&str; 9] = ["id", "rule", "schema", "filter", "resource", "expect", "quirks", "aliases", "note"];

fn options(case: &Value) -> Options {
    let listed = case.get("quirks").and_then(Value::as_array);
    let quirks: Vec<&str> = listed.into_iter().flatten().map(|id| id.as_str().expect("a quirk's id")).collect();
    let quirks = if quirks.is_empty() { Quirks::NONE } else { quirks.join(",").parse().expect("quirks") };
    let mut options = Options::default();
    for (alias, name) in case.get("aliases").and_then(Value::as_object).into_iter().flatten() {
        options = options.with_alias(alias, name.as_str().expect("an attribute"));
    }
    options.with_quirks(quirks)
}

pub(crate) fn check(schema: &Schema, case: &Value) -> Result<CheckedFilter, Error> {
    let options = options(case);
    Filter::parse_with(text(case, "filter"), &options)?.check_with(schema, &options)
}

/// What is wrong with the crate's answer, or with the case.
fn judge(schema: &Schema, case: &Value) -> Result<(), String> {
    if let Some(key) = case.as_object().expect("a case").keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("nobody reads `{key}`"));
    }
    let found = check(schema, case);
    match (case["expect"]["match"].as_bool(), case["expect"]["error"].as_str(), case.get("resource")) {
        (Some(expected), None, Some(resource)) => match found {
            Ok(filter) if filter.matches(resource) == expected => Ok(()),
            Ok(filter) => Err(format!("expected {expected}, checked as {filter}, over {resource}")),
            Err(error) => Err(format!("expected {expected}, found {error}")),
        },
        (None, Some(expected), None) => match found {
            Err(error) if scim_type(&error) == expected => Ok(()),
            Err(error) => Err(format!("expected {expected}, found {}: {error}", scim_type(&error))),
            Ok(filter) => Err(format!("expected {expected}, accepted as {filter}")),
        },
        _ => Err("a case expects a match of its resource, or an error without one".to_owned()),
    }
}

#[test]
fn every_case_has_its_answer() {
    let schemas: BTreeMap<&str, Schema> = BTreeMap::from([
        ("test-user", test_user()),
        ("access-requests", Schema::access_requests()),
        ("open", Schema::open()),
    ]);
    let mut ids = HashSet::new();
    let mut wrong = Vec::new();
    for case in lines(CASES) {
        let id = text(&case, "id").to_owned();
        if let Err(reason) = judge(&schemas[text(&case, "schema")], &case) {
            wrong.push(format!("{id}: {}\n    {reason}", case["filter"]));
        }
        assert!(ids.insert(id), "the id stands twice: {case}");
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
