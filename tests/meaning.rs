//! Small cases with their right answers, gathered from other implementations' tests: tests/cases/meaning.jsonl.

use scim_query::{Error, Filter, Schema};
use serde_json::Value;

const CASES: &str = include_str!("cases/meaning.jsonl");
const RESOURCE: &str = include_str!("cases/meaning-resource.json");
const SCHEMAS: [&str; 2] = [include_str!("schemas/test-user.json"), include_str!("schemas/enterprise-user.json")];

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a test file is JSON")
}

fn answer(schema: &Schema, filter: &str, resource: &Value) -> Result<bool, Error> {
    Ok(Filter::parse(filter)?.check(schema)?.matches(resource))
}

#[test]
fn every_case_has_its_answer() {
    let schema = Schema::from_json(&SCHEMAS.map(read)).expect("the schemas");
    let resource = read(RESOURCE);
    let mut wrong = Vec::new();
    for case in CASES.lines().map(read) {
        let filter = case["filter"].as_str().expect("a filter");
        let (found, expected) = match answer(&schema, filter, &resource) {
            Ok(found) => (Value::from(found), &case["expect"]["match"]),
            Err(error) => {
                let scim_type = error.scim_type().map(|scim_type| scim_type.to_string());
                (Value::from(scim_type), &case["expect"]["error"])
            }
        };
        if found != *expected {
            wrong.push(format!("{}: {filter}\n    found {found}, expected {}", case["id"], case["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
