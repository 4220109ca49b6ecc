//! The five filters, in SCIM's language.

use std::sync::LazyLock;

use scim_query::{AttributeDef, CheckedFilter, Filter, Schema, Type};

use crate::record;

/// A filter, by the name that it has in every table.
pub struct Case {
    pub name: &'static str,
    /// As a client writes it.
    pub text: &'static str,
    /// By the keys of a record: the same, but for names that are aliases.
    pub by_keys: &'static str,
    pub schema: Schema,
}

impl Case {
    pub fn parsed(&self) -> Filter<'static> {
        Filter::parse(self.text).unwrap_or_else(|error| panic!("{}: {error:#}", self.name))
    }

    pub fn checked(&self) -> CheckedFilter {
        self.parsed().check(&self.schema).unwrap_or_else(|error| panic!("{}: {error:#}", self.name))
    }
}

/// The value that F2 looks for: one of the API's own examples, and frequent in the records.
pub const RESOURCE_ID: &str = "0oafxqCAJWWGELFTYASJ";

/// The instant that F3 compares with, in seconds since 1970.
pub const SINCE: i64 = 1_653_401_722;

/// F1 to F3 and F5 are about access requests, F4 is about users.
pub static CASES: LazyLock<[Case; 5]> = LazyLock::new(|| {
    let f5: &str = ids().iter().map(|id| format!(r#"id eq "{id}""#)).collect::<Vec<_>>().join(" or ").leak();
    let requests = Schema::access_requests();
    [
        case("F1", r#"status eq "APPROVED""#, None, &requests),
        case(
            "F2",
            r#"status eq "APPROVED" and resourceId eq "0oafxqCAJWWGELFTYASJ""#,
            Some(r#"status eq "APPROVED" and requested.resourceId eq "0oafxqCAJWWGELFTYASJ""#),
            &requests,
        ),
        case(
            "F3",
            r#"lastUpdated gt "2022-05-24T14:15:22Z" and (status eq "PENDING" or status eq "SUBMITTED") and not (resourceType eq "APPLICATION")"#,
            Some(
                r#"lastUpdated gt "2022-05-24T14:15:22Z" and (status eq "PENDING" or status eq "SUBMITTED") and not (requested.resourceType eq "APPLICATION")"#,
            ),
            &requests,
        ),
        case("F4", r#"emails[type eq "work" and value co "@example.com"] and userName sw "a""#, None, &Schema::user()),
        case("F5", f5, None, &filterable_ids()),
    ]
});

fn case(name: &'static str, text: &'static str, by_keys: Option<&'static str>, schema: &Schema) -> Case {
    Case { name, text, by_keys: by_keys.unwrap_or(text), schema: schema.clone() }
}

/// The hundred ids of F5: ten that records have, each among nine that none has.
pub fn ids() -> &'static [String] {
    static IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let known = |at: usize| record::REQUESTS[at * 997].id.clone();
        (0..100).map(|at| if at % 10 == 9 { known(at / 10) } else { format!("req{at:017}") }).collect()
    });
    &IDS
}

/// Access requests do not let a client filter by `id`.
fn filterable_ids() -> Schema {
    let id = AttributeDef::new("id", Type::String).case_exact();
    Schema::builder("urn:example:requests").attribute(id).build().expect("a schema of one attribute")
}
