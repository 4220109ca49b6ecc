//! The records: access requests as JSON values and as structs, the same in the same order.

use std::sync::LazyLock;

use scim_query::{Node, Scalar};
use serde::Deserialize;
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

/// The first records of seed 1.
fn read<T: for<'text> Deserialize<'text>>(count: usize) -> Vec<T> {
    let mut text = Vec::new();
    crate::generate::write_requests(&mut text, count as u64, 1).expect("memory takes all writes");
    serde_json::Deserializer::from_slice(&text).into_iter().map(|record| record.expect("a record")).collect()
}

/// What the filters and the orderings look at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub id: String,
    pub status: String,
    pub last_updated: String,
    #[serde(default)]
    pub requested: Requested,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requested {
    pub resource_id: Option<String>,
    pub resource_type: Option<String>,
}

/// A place in a [`Request`]. Absent members are absent.
#[derive(Clone, Copy)]
pub enum At<'a> {
    Request(&'a Request),
    Requested(&'a Requested),
    Text(&'a str),
}

impl<'a> Node<'a> for At<'a> {
    fn get(self, key: &str) -> Option<Self> {
        match (self, key) {
            (At::Request(request), "id") => Some(At::Text(&request.id)),
            (At::Request(request), "status") => Some(At::Text(&request.status)),
            (At::Request(request), "lastUpdated") => Some(At::Text(&request.last_updated)),
            (At::Request(request), "requested") => Some(At::Requested(&request.requested)),
            (At::Requested(requested), "resourceId") => requested.resource_id.as_deref().map(At::Text),
            (At::Requested(requested), "resourceType") => requested.resource_type.as_deref().map(At::Text),
            _ => None,
        }
    }

    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        test(self)
    }

    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        let members: &[&str] = match self {
            At::Request(_) => &["id", "status", "lastUpdated", "requested"],
            At::Requested(_) => &["resourceId", "resourceType"],
            At::Text(_) => &[],
        };
        members.iter().any(|member| self.get(member).is_some_and(&mut *test))
    }

    fn scalar(self) -> Scalar<'a> {
        match self {
            At::Text(text) => Scalar::String(text.into()),
            At::Request(_) | At::Requested(_) => Scalar::Object,
        }
    }
}
