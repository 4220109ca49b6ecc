//! The tests of the filters by hand over a record's bytes, with what others read of it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::by_hand::{self, moment};
use crate::filters::{RESOURCE_ID, SINCE};

/// A test of a record's bytes.
pub type Test = Box<dyn FnMut(&[u8]) -> bool>;

/// F1 to F3 by each that reads a record to its end.
pub fn engines(name: &'static str) -> Vec<(&'static str, Test)> {
    let mut engines: Vec<(&'static str, Test)> = Vec::new();
    if let (Some(on_text), Some(on_raw), Some(on_sonic)) = (on_text(name), on_raw(name), by_hand::on_sonic(name)) {
        engines
            .push(("serde, by hand", Box::new(move |record| on_text(&serde_json::from_slice(record).expect("JSON")))));
        engines.push((
            "serde RawValue, by hand",
            Box::new(move |record| on_raw(&serde_json::from_slice(record).expect("JSON"))),
        ));
        engines.push((
            "sonic-rs Value, by hand",
            Box::new(move |record| on_sonic(&sonic_rs::from_slice(record).expect("JSON"))),
        ));
        engines.push(("jiter, by hand", Box::new(move |record| jiter_matches(name, record))));
        let (on_value, mut copy) = (by_hand::on_value(name), Vec::new());
        engines.push((
            "simd-json serde Value, by hand",
            Box::new(move |record| {
                copy.clear();
                copy.extend_from_slice(record);
                on_value(&simd_json::serde::from_slice::<Value>(&mut copy).expect("JSON"))
            }),
        ));
    }
    engines
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Borrowed<'a> {
    status: &'a str,
    last_updated: &'a str,
    #[serde(borrow, default)]
    requested: Requested<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Requested<'a> {
    resource_id: Option<&'a str>,
    resource_type: Option<&'a str>,
}

fn on_text(name: &str) -> Option<fn(&Borrowed<'_>) -> bool> {
    Some(match name {
        "F1" => |one| one.status == "APPROVED",
        "F2" => |one| one.status == "APPROVED" && one.requested.resource_id == Some(RESOURCE_ID),
        "F3" => |one| {
            matches!(one.status, "PENDING" | "SUBMITTED")
                && one.requested.resource_type != Some("APPLICATION")
                && moment(one.last_updated) > (SINCE, 0)
        },
        _ => return None,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lazy<'a> {
    status: &'a str,
    last_updated: &'a str,
    #[serde(borrow)]
    requested: Option<&'a RawValue>,
}

fn on_raw(name: &str) -> Option<fn(&Lazy<'_>) -> bool> {
    fn requested<'a>(one: &Lazy<'a>) -> Requested<'a> {
        one.requested.map_or_else(Requested::default, |raw| serde_json::from_str(raw.get()).expect("JSON"))
    }
    Some(match name {
        "F1" => |one| one.status == "APPROVED",
        "F2" => |one| one.status == "APPROVED" && requested(one).resource_id == Some(RESOURCE_ID),
        "F3" => |one| {
            matches!(one.status, "PENDING" | "SUBMITTED")
                && requested(one).resource_type != Some("APPLICATION")
                && moment(one.last_updated) > (SINCE, 0)
        },
        _ => return None,
    })
}

/// With sonic-rs, each member is looked for when it is needed: of duplicate keys the first counts.
pub fn lazily(name: &str) -> Option<fn(&[u8]) -> bool> {
    fn is(line: &[u8], path: &[&str], wanted: &str) -> bool {
        sonic_rs::get(line, path).is_ok_and(|found| found.as_raw_str().trim_matches('"') == wanted)
    }
    Some(match name {
        "F1" => |line| is(line, &["status"], "APPROVED"),
        "F2" => |line| is(line, &["status"], "APPROVED") && is(line, &["requested", "resourceId"], RESOURCE_ID),
        "F3" => |line| {
            (is(line, &["status"], "PENDING") || is(line, &["status"], "SUBMITTED"))
                && !is(line, &["requested", "resourceType"], "APPLICATION")
                && sonic_rs::get(line, ["lastUpdated"])
                    .is_ok_and(|found| moment(found.as_raw_str().trim_matches('"')) > (SINCE, 0))
        },
        _ => return None,
    })
}

fn jiter_matches(name: &str, line: &[u8]) -> bool {
    let (mut status, mut id, mut kind, mut updated) = (String::new(), None, None, String::new());
    let mut jiter = jiter::Jiter::new(line);
    let mut key = jiter.known_object().expect("an object").map(str::to_owned);
    while let Some(name) = key {
        match name.as_str() {
            "status" => status = jiter.next_str().expect("a string").to_owned(),
            "lastUpdated" => updated = jiter.next_str().expect("a string").to_owned(),
            "requested" => {
                let mut inner = jiter.next_object().expect("an object").map(str::to_owned);
                while let Some(name) = inner {
                    match name.as_str() {
                        "resourceId" => id = Some(jiter.next_str().expect("a string").to_owned()),
                        "resourceType" => kind = Some(jiter.next_str().expect("a string").to_owned()),
                        _ => jiter.next_skip().expect("JSON"),
                    }
                    inner = jiter.next_key().expect("a key").map(str::to_owned);
                }
            }
            _ => jiter.next_skip().expect("JSON"),
        }
        key = jiter.next_key().expect("a key").map(str::to_owned);
    }
    match name {
        "F1" => status == "APPROVED",
        "F2" => status == "APPROVED" && id.as_deref() == Some(RESOURCE_ID),
        _ => {
            matches!(&*status, "PENDING" | "SUBMITTED")
                && kind.as_deref() != Some("APPLICATION")
                && moment(&updated) > (SINCE, 0)
        }
    }
}
