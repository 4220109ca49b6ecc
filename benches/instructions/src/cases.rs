//! The filters.

use scim_query::{AttributeDef, CheckedFilter, Error, Filter, Schema, Type};

use crate::Outcome;
use crate::records::ids;

pub const F1: &str = r#"status eq "APPROVED""#;
const F2: &str = r#"status eq "APPROVED" and resourceId eq "0oafxqCAJWWGELFTYASJ""#;
pub const F3: &str = r#"lastUpdated gt "2022-05-24T14:15:22Z" and (status eq "PENDING" or status eq "SUBMITTED") and not (resourceType eq "APPLICATION")"#;

const F4: &str = r#"emails[type eq "work" and value co "@example.com"] and userName sw "a""#;

/// F4 is about users, F5 about ids.
pub const NAMES: [&str; 5] = ["F1", "F2", "F3", "F4", "F5"];

/// A filter and its schema.
#[derive(Clone)]
pub struct Case {
    pub text: String,
    pub schema: Schema,
}

impl Case {
    pub fn of(name: &str) -> Outcome<Case> {
        let requests = |text: &str| Case { text: text.to_owned(), schema: Schema::access_requests() };
        Ok(match name {
            "F1" => requests(F1),
            "F2" => requests(F2),
            "F3" => requests(F3),
            "F4" => Case { text: F4.to_owned(), schema: Schema::user() },
            "F5" => Case { text: hundred()?, schema: filterable_ids()? },
            _ => return Err(format!("no filter {name}").into()),
        })
    }

    pub fn checked(&self) -> Result<CheckedFilter, Error> {
        Filter::parse(&self.text)?.check(&self.schema)
    }
}

/// A hundred ids, each tenth one that a record has.
fn hundred() -> Outcome<String> {
    let known = ids()?;
    let id = |at: usize| if at % 10 == 9 { known[at].clone() } else { format!("req{at:017}") };
    Ok((0..100).map(|at| format!(r#"id eq "{}""#, id(at))).collect::<Vec<_>>().join(" or "))
}

/// Access requests do not let a client filter by `id`.
fn filterable_ids() -> Outcome<Schema> {
    let id = AttributeDef::new("id", Type::String).case_exact();
    Ok(Schema::builder("urn:example:requests").attribute(id).build()?)
}
