//! The tests of the filters, written by hand for the one filter and the one source: as far down as it goes.

use std::collections::HashSet;

use serde_json::Value;
use sonic_rs::{JsonContainerTrait, JsonValueTrait};

use crate::filters::{RESOURCE_ID, SINCE, ids};
use crate::record::Request;

/// A point in time as two numbers, whose order is that of time.
pub type Moment = (i64, u32);

/// Reads RFC 3339 in the forms that the records have; no check of what they do not have.
pub fn moment(text: &str) -> Moment {
    let bytes = text.as_bytes();
    let two = |at: usize| i64::from(bytes[at] - b'0') * 10 + i64::from(bytes[at + 1] - b'0');
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    // Days of a calendar whose years begin in March, so that a leap day is a year's last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
    let mut seconds = days * 86_400 + two(11) * 3600 + two(14) * 60 + two(17);
    let (mut at, mut nanos, mut weight) = (19, 0, 100_000_000);
    if bytes[at] == b'.' {
        at += 1;
        while bytes[at].is_ascii_digit() {
            nanos += u32::from(bytes[at] - b'0') * weight;
            weight /= 10;
            at += 1;
        }
    }
    match bytes[at] {
        b'+' => seconds -= two(at + 1) * 3600 + two(at + 4) * 60,
        b'-' => seconds += two(at + 1) * 3600 + two(at + 4) * 60,
        _ => {}
    }
    (seconds, nanos)
}

/// A test of one filter.
pub type Test<T> = Box<dyn Fn(&T) -> bool>;

fn is(value: &Value, key: &str, text: &str) -> bool {
    value.get(key).and_then(Value::as_str) == Some(text)
}

fn requested<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get("requested")?.get(key)?.as_str()
}

fn is_ascii_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn contains_ascii(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// The filter of this name over `serde_json::Value`. The letters of the users are ASCII, so is the folding.
pub fn on_value(name: &str) -> Test<Value> {
    match name {
        "F1" => Box::new(|v| is(v, "status", "APPROVED")),
        "F2" => {
            Box::new(|v| is(v, "status", "APPROVED") && requested(v, "resourceId").is_some_and(|id| id == RESOURCE_ID))
        }
        "F3" => Box::new(|v| {
            let status = v.get("status").and_then(Value::as_str);
            matches!(status, Some("PENDING" | "SUBMITTED"))
                && requested(v, "resourceType") != Some("APPLICATION")
                && v.get("lastUpdated").and_then(Value::as_str).is_some_and(|text| moment(text) > (SINCE, 0))
        }),
        "F4" => Box::new(|v| {
            let text = |v: &Value, key: &str, test: &dyn Fn(&str) -> bool| v[key].as_str().is_some_and(test);
            let is_one = |email: &Value| {
                text(email, "type", &|kind| kind.eq_ignore_ascii_case("work"))
                    && text(email, "value", &|address| contains_ascii(address, "@example.com"))
            };
            text(v, "userName", &|name| is_ascii_prefix(name, "a"))
                && v.get("emails").and_then(Value::as_array).is_some_and(|emails| emails.iter().any(is_one))
        }),
        _ => {
            let ids: HashSet<&str> = ids().iter().map(String::as_str).collect();
            Box::new(move |v| v.get("id").and_then(Value::as_str).is_some_and(|id| ids.contains(id)))
        }
    }
}

/// The same over sonic-rs's value.
pub fn on_sonic(name: &str) -> Option<Test<sonic_rs::Value>> {
    fn part<'a>(v: &'a sonic_rs::Value, key: &str) -> Option<&'a str> {
        v.as_object()?.get(&key)?.as_str()
    }
    fn requested<'a>(v: &'a sonic_rs::Value, key: &str) -> Option<&'a str> {
        part(v.as_object()?.get(&"requested")?, key)
    }
    Some(match name {
        "F1" => Box::new(|v| part(v, "status") == Some("APPROVED")),
        "F2" => Box::new(|v| part(v, "status") == Some("APPROVED") && requested(v, "resourceId") == Some(RESOURCE_ID)),
        "F3" => Box::new(|v| {
            matches!(part(v, "status"), Some("PENDING" | "SUBMITTED"))
                && requested(v, "resourceType") != Some("APPLICATION")
                && part(v, "lastUpdated").is_some_and(|text| moment(text) > (SINCE, 0))
        }),
        _ => return None,
    })
}

/// The same over structs; there are none of users.
pub fn on_struct(name: &str) -> Option<Test<Request>> {
    Some(match name {
        "F1" => Box::new(|r| r.status == "APPROVED"),
        "F2" => Box::new(|r| r.status == "APPROVED" && r.requested.resource_id.as_deref() == Some(RESOURCE_ID)),
        "F3" => Box::new(|r| {
            matches!(&*r.status, "PENDING" | "SUBMITTED")
                && r.requested.resource_type.as_deref() != Some("APPLICATION")
                && moment(&r.last_updated) > (SINCE, 0)
        }),
        "F4" => return None,
        _ => {
            let ids: HashSet<&str> = ids().iter().map(String::as_str).collect();
            Box::new(move |r| ids.contains(&*r.id))
        }
    })
}
