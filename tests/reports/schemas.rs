//! The schema of each case: User with `age`, `score`, `tags` and the enterprise extension, and whatever else it names.
//! No case needs the open schema.

use scim_query::{AttributeDef, Schema, Type};
use serde_json::{Value, json};

use crate::support::cases::{ENTERPRISE_USER, TEST_USER, read};

pub fn of(id: &str, needed: Option<&str>) -> Result<Schema, String> {
    let simple = |name: &str, ty: &str| json!({"name": name, "type": ty});
    let more = match (id, needed) {
        (_, Some(needed)) => match needed.split_once(':') {
            Some((name, ty)) => vec![simple(name, ty)],
            None => return Err(format!("no attribute and type: {needed}")),
        },
        ("B015.1", _) => {
            vec![json!({"name": "x_1-y", "type": "complex", "subAttributes": [simple("resource_type", "string")]})]
        }
        ("B016.1" | "B016.2" | "B046.4" | "B061.3", _) => return Ok(Schema::group()),
        ("B017.1", _) => vec![simple("type", "string")],
        ("B027.1", _) => vec![simple("a", "string"), simple("b", "integer")],
        ("B060.1" | "B060.2", _) => vec![simple("status", "string")],
        ("B095.1" | "B095.2", _) => return small([("price", Type::Integer), ("name", Type::String)], &["id"]),
        _ => Vec::new(),
    };
    user_with(more)
}

/// The composite tie-breaker's attributes are strings.
pub fn with_tie_breakers(names: [&str; 2]) -> Result<Schema, String> {
    let [first, second] = names;
    small([("cost", Type::Integer), (first, Type::String), (second, Type::String)], &names)
}

fn small<const COUNT: usize>(attributes: [(&str, Type); COUNT], tie_breakers: &[&str]) -> Result<Schema, String> {
    let defs = attributes.map(|(name, ty)| AttributeDef::new(name, ty));
    Schema::builder("urn:example:2.0:Row")
        .attribute(AttributeDef::new("id", Type::String).case_exact())
        .attributes(defs)
        .tie_breakers(tie_breakers.iter().copied())
        .build()
        .map_err(|error| error.to_string())
}

/// An attribute of the same name is replaced.
fn user_with(more: Vec<Value>) -> Result<Schema, String> {
    let mut user = read(TEST_USER);
    let attributes = user["attributes"].as_array_mut().expect("attributes");
    attributes.retain(|old| more.iter().all(|new| new["name"] != old["name"]));
    attributes.extend(more);
    Schema::from_json(&[user, read(ENTERPRISE_USER)]).map_err(|error| error.to_string())
}
