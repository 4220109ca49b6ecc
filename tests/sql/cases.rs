//! The cases of semantics.jsonl, meaning.jsonl and reports.jsonl, asked of each database.

use std::collections::BTreeMap;

use scim_query::sql::{Columns, Dialect};
use scim_query::{CheckedFilter, Filter, OrderBy, Schema};
use serde_json::{Value, json};

use super::engine::{self, Engine};
use crate::reports;
use crate::support::cases::{lines, read, test_user, text};

/// One resource and whether the filter matches it.
struct Case {
    id: String,
    schema: Schema,
    filter: CheckedFilter,
    resource: Value,
    expected: bool,
}

/// Cases that no database here can hold, and why, which is what storing them says.
const SKIPPED: [(&str, &str); 3] = [
    // 18446744073709551615 in a column of i64.
    ("s-S11-25", "beyond what its column holds"),
    ("s-S2-10", "several values where one is declared"),
    ("s-S2-11", "several values where one is declared"),
];

/// Those that some database cannot hold.
const SKIPPED_ON: [(Dialect, &str, &str); 2] =
    [(Dialect::Postgres, "s-S9-24", "no U+0000"), (Dialect::MariaDb, "s-S9-24", "no U+0000")];

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for case in lines(include_str!("../cases/semantics.jsonl")) {
        let (Some(expected), Some(resource)) = (case["expect"]["match"].as_bool(), case.get("resource")) else {
            continue;
        };
        let schema = match text(&case, "schema") {
            "test-user" => test_user(),
            "access-requests" => Schema::access_requests(),
            // S18: in memory only.
            _ => continue,
        };
        let filter = crate::semantics::check(&schema, &case).unwrap_or_else(|error| panic!("{case}: {error}"));
        cases.push(Case { id: text(&case, "id").into(), schema, filter, resource: resource.clone(), expected });
    }
    let resource = read(include_str!("../cases/meaning-resource.json"));
    for case in lines(include_str!("../cases/meaning.jsonl")) {
        let Some(expected) = case["expect"]["match"].as_bool() else { continue };
        let schema = test_user();
        let filter = Filter::parse(text(&case, "filter")).and_then(|filter| filter.check(&schema)).expect("a filter");
        cases.push(Case { id: case["id"].to_string(), schema, filter, resource: resource.clone(), expected });
    }
    for (id, schema, filter, resource, expected) in reports::matches() {
        cases.push(Case { id, schema, filter, resource, expected });
    }
    cases
}

#[test]
fn every_case_has_its_answer_in_every_database() {
    let cases = cases();
    assert!(cases.len() > 450, "{} cases", cases.len());
    for (name, connect) in engine::all() {
        let mut wrong = Vec::new();
        let mut groups: Vec<(&Schema, Vec<&Case>)> = Vec::new();
        for case in &cases {
            match groups.iter_mut().find(|(schema, _)| **schema == case.schema) {
                Some((_, group)) => group.push(case),
                None => groups.push((&case.schema, vec![case])),
            }
        }
        let mut engine = connect();
        for (number, (schema, group)) in groups.into_iter().enumerate() {
            wrong.extend(ask(&mut engine, number, schema, &group).into_iter().map(|wrong| format!("{name}: {wrong}")));
        }
        assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// All resources of a schema lie in one table, each under an id of its own.
fn ask(engine: &mut Engine, number: usize, schema: &Schema, cases: &[&Case]) -> Vec<String> {
    let dialect = engine.dialect();
    let columns = Columns::standard(schema, dialect, &format!("cases_{number}")).expect("the standard mapping");
    columns.ddl().iter().for_each(|statement| engine.define(statement));
    let by_id = OrderBy::parse("id").and_then(|order| order.check(schema)).expect("an ordering");
    let column = by_id.order_by_sql(&columns).expect("the id's column").sql;
    let column = column.split(',').next().expect("a column").to_owned();
    let table = column[..column.find('.').expect("a column of a table")].to_owned();
    let id = schema.find(None, "id").expect("an id");
    let mut wrong = Vec::new();
    let mut skipped: BTreeMap<&str, String> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        let mut resource = case.resource.clone();
        if !case.filter.uses(id) {
            resource["id"] = json!(format!("case-{at}"));
        }
        let own = resource["id"].as_str().unwrap_or_else(|| panic!("{}: no id", case.id)).to_owned();
        let inserts = match columns.inserts(&resource, "") {
            Ok(inserts) => inserts,
            Err(error) => {
                skipped.insert(&case.id, error.to_string());
                continue;
            }
        };
        engine.define("BEGIN");
        inserts.iter().for_each(|insert| engine.execute(&insert.sql, &insert.params));
        let fragment = case.filter.where_sql(&columns).unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {fragment}");
        let found = engine.rows(&sql, &fragment.params)[0][0] == Some("1".into());
        if found != case.expected {
            wrong.push(format!("{}: {found} of {own}: {}\n  {}", case.id, case.filter, fragment.inlined()));
        }
        engine.define("ROLLBACK");
    }
    let listed = |case: &str, why: &str| {
        SKIPPED.iter().any(|(id, reason)| *id == case && why.contains(reason))
            || SKIPPED_ON.iter().any(|(on, id, reason)| *on == dialect && *id == case && why.contains(reason))
    };
    wrong.extend(
        skipped.iter().filter(|(case, why)| !listed(case, why)).map(|(case, why)| format!("not stored: {case}: {why}")),
    );
    wrong
}
