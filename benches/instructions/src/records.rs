//! The records: the bundled access requests as lines, as JSON values and as structs.

use scim_query::resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

pub fn values() -> Outcome<Vec<Value>> {
    read()
}

pub fn structs() -> Outcome<Vec<Request>> {
    read()
}

pub fn ids() -> Outcome<Vec<String>> {
    Ok(structs()?.into_iter().map(|request| request.id).collect())
}

fn read<T: for<'text> Deserialize<'text>>() -> Outcome<Vec<T>> {
    LINES.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// A list response of all of them.
pub fn body() -> String {
    format!(r#"{{"totalResults":200,"Resources":[{}]}}"#, LINES.lines().collect::<Vec<_>>().join(","))
}
