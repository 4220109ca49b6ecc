//! The records: the bundled access requests, and users, as lines, as JSON values and as structs.

use scim_query::resource;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Outcome;

pub const LINES: &str = include_str!("../../../examples/data/access-requests.ndjson");

/// What the filters and the orderings look at.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    id: String,
    created: String,
    status: String,
    last_updated: String,
    #[serde(default)]
    requested: Requested,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requested {
    resource_id: Option<String>,
    resource_type: Option<String>,
}

resource! { impl Resource for Request {
    "id" => id, "created" => created, "status" => status, "lastUpdated" => last_updated, "requested" => requested,
} }
resource! { impl Resource for Requested { "resourceId" => resource_id, "resourceType" => resource_type } }

/// Of F4.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    user_name: String,
    emails: Vec<Email>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    value: String,
    r#type: String,
    primary: bool,
}

resource! { impl Resource for User { "userName" => user_name, "emails" => emails } }
resource! { impl Resource for Email { "value" => value, "type" => r#type, "primary" => primary } }

/// As many as there are access requests.
pub fn users() -> String {
    let kinds = ["work", "home", "Work"];
    let hosts = ["example.com", "example.org", "EXAMPLE.com", "mail.example.net", "example.co"];
    let user = |at: usize| {
        let name = format!("{}user{at}", ["a", "Anna.", "b", "charles"][at % 4]);
        let email = |number: usize| {
            let (kind, host) = (kinds[(at + number) % 3], hosts[(at / 4 + number) % 5]);
            json!({"value": format!("{name}@{host}"), "type": kind, "primary": number == 0})
        };
        let emails: Vec<Value> = (0..at % 3).map(email).collect();
        json!({"id": format!("{at:016x}"), "userName": name, "active": at % 2 == 0, "emails": emails})
    };
    (0..200).map(|at| format!("{}\n", user(at))).collect()
}

pub fn values() -> Outcome<Vec<Value>> {
    read(LINES)
}

pub fn structs() -> Outcome<Vec<Request>> {
    read(LINES)
}

pub fn ids() -> Outcome<Vec<String>> {
    Ok(structs()?.into_iter().map(|request| request.id).collect())
}

pub fn read<T: for<'text> Deserialize<'text>>(lines: &str) -> Outcome<Vec<T>> {
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// A list response of all of them.
pub fn body() -> String {
    format!(r#"{{"totalResults":200,"Resources":[{}]}}"#, LINES.lines().collect::<Vec<_>>().join(","))
}
