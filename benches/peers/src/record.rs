//! The records: access requests as JSON values and as structs, the same in the same order.

use std::sync::LazyLock;

use scim_query::resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many records a filter runs over: their values do not fit into the caches.
pub const MANY: usize = 10_000;

/// So many fit.
pub const FEW: usize = 100;

/// How many are ordered.
pub const ORDERED: usize = 100_000;

pub static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| read(MANY));
pub static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| read(MANY));
pub static ORDERED_VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| read(ORDERED));
pub static ORDERED_REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| read(ORDERED));

/// The first records of seed 1, a line each.
pub fn text(count: usize) -> Vec<u8> {
    let mut text = Vec::new();
    crate::generate::write_requests(&mut text, count as u64, 1).expect("memory takes all writes");
    text
}

fn read<T: for<'text> Deserialize<'text>>(count: usize) -> Vec<T> {
    let text = text(count);
    serde_json::Deserializer::from_slice(&text).into_iter().map(|record| record.expect("a record")).collect()
}

/// What the filters and the orderings look at.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub id: String,
    pub status: String,
    pub last_updated: String,
    #[serde(default)]
    pub requested: Requested,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requested {
    pub resource_id: Option<String>,
    pub resource_type: Option<String>,
}

resource! { impl Resource for Request {
    "id" => id, "status" => status, "lastUpdated" => last_updated, "requested" => requested,
} }
resource! { impl Resource for Requested { "resourceId" => resource_id, "resourceType" => resource_type } }
