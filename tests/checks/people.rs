//! A struct as a resource, with its schema.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset};
use scim_query::{AttributeDef, Schema, Type, resource};
use serde::{Deserialize, Serialize};

/// Every kind of member; all may be missing in the JSON that it is read from.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Person<'a> {
    id: u64,
    #[serde(borrow)]
    user_name: Cow<'a, str>,
    title: Option<String>,
    active: bool,
    age: Option<i32>,
    weight: f64,
    changed: Option<DateTime<FixedOffset>>,
    name: Option<Name>,
    emails: Vec<Email>,
    tags: Option<Vec<String>>,
    scores: [u8; 2],
}

resource! { impl<'a> Resource for Person<'a> {
    "id" => id, "userName" => user_name, "title" => title, "active" => active, "age" => age, "weight" => weight,
    "changed" => changed, "name" => name, "emails" => emails, "tags" => tags, "scores" => scores,
} }

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Name {
    family: Option<String>,
    given: String,
}

resource! { impl Resource for Name { "family" => family, "given" => given } }

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Email {
    value: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    primary: Option<bool>,
}

resource! { impl Resource for Email { "value" => value, "type" => kind, "primary" => primary } }

pub fn schema() -> Schema {
    let of = AttributeDef::new;
    let email = [of("value", Type::String), of("type", Type::String).case_exact(), of("primary", Type::Boolean)];
    let schema = Schema::builder("urn:example:2.0:Person").attributes([
        of("id", Type::Integer),
        of("userName", Type::String),
        of("title", Type::String).case_exact(),
        of("active", Type::Boolean),
        of("age", Type::Integer),
        of("weight", Type::Decimal),
        of("changed", Type::DateTime),
        of("name", Type::Complex).sub_attributes([of("family", Type::String), of("given", Type::String)]),
        of("given", Type::String).at(["name", "given"]),
        of("emails", Type::Complex).multi_valued().sub_attributes(email),
        of("tags", Type::String).multi_valued(),
        of("scores", Type::Integer).multi_valued(),
    ]);
    schema.build().expect("a schema")
}
