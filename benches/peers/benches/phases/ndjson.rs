//! Lines of NDJSON in, the lines that match out: by this crate in several ways, and by code written by hand over what others
//! read of a line.

use std::hint::black_box;
use std::sync::LazyLock;

use criterion::Criterion;
use memchr::memchr_iter;
use peers::by_hand::{self, moment};
use peers::filters::{CASES, RESOURCE_ID, SINCE};
use peers::record::MANY;
use peers::run::{LIMIT, OURS, records, row};
use scim_query::{Filter, Schema};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The records, and one more with an id that no other has.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut text = peers::record::text(MANY);
    let last = r#"{"id":"req","status":"NEW","lastUpdated":"2020-01-01T00:00:00Z","requested":{"resourceId":"#;
    text.extend(format!("{last}\"{RARE}\"}}}}\n").into_bytes());
    text
});

const RARE: &str = "0oaOnlyInTheLastLine";

/// How many lines, and how many bytes in all.
type Found = (usize, usize);

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ndjson");
    records(&mut group, MANY);
    let rare = format!(r#"resourceId eq "{RARE}""#);
    let cases = CASES[..3].iter().map(|case| (case.name, case.text)).chain([("one id", rare.as_str())]);
    for (name, text) in cases {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&Schema::access_requests())).expect(name);
        let (predicate, raw) = (filter.compile(), filter.compile_raw());
        let (unique, validating) = (raw.clone().assume_unique_keys(), raw.clone().validating());
        let expected = each(|line| predicate.matches(&read(line)));
        assert!(expected.0 > 0, "{name} matches something");

        row(&mut group, OURS, name, &expected, || found(raw.lines(black_box(&TEXT)).map(|line| line.expect("JSON"))));
        row(&mut group, "also scim-query, unique keys", name, &expected, || {
            found(unique.lines(black_box(&TEXT)).map(|line| line.expect("JSON")))
        });
        row(&mut group, "also scim-query, every line", name, &expected, || {
            each(|line| raw.matches(line).expect("JSON"))
        });
        row(&mut group, "also scim-query, every line, unique keys", name, &expected, || {
            each(|line| unique.matches(line).expect("JSON"))
        });
        row(&mut group, "also scim-query, validating", name, &expected, || {
            each(|line| validating.matches(line).expect("JSON"))
        });
        row(&mut group, "serde_json Value", name, &expected, || each(|line| predicate.matches(&read(line))));
        // No line is read: they are only found.
        row(&mut group, LIMIT, name, &found(lines()).0, || found(lines()).0);
        if let Some(test) = on_text(name) {
            row(&mut group, "serde, by hand", name, &expected, || {
                each(|line| test(&serde_json::from_slice(line).expect("JSON")))
            });
        }
        if let Some(test) = on_raw(name) {
            row(&mut group, "serde RawValue, by hand", name, &expected, || {
                each(|line| test(&serde_json::from_slice(line).expect("JSON")))
            });
        }
        if let Some(test) = lazily(name) {
            row(&mut group, "sonic-rs get, by hand", name, &expected, || each(test));
        }
        if name != "one id" {
            let test = by_hand::on_sonic(name).expect("F1 to F3");
            row(&mut group, "sonic-rs Value, by hand", name, &expected, || {
                each(|line| test(&sonic_rs::from_slice(line).expect("JSON")))
            });
            let test = by_hand::on_value(name);
            row(&mut group, "jiter, by hand", name, &expected, || each(|line| jiter_matches(name, line)));
            row(&mut group, "simd-json serde Value, by hand", name, &expected, || {
                let mut copy = Vec::new();
                each(|line| {
                    copy.clear();
                    copy.extend_from_slice(line);
                    test(&simd_json::serde::from_slice::<Value>(&mut copy).expect("JSON"))
                })
            });
        }
    }
    group.finish();
}

fn lines() -> impl Iterator<Item = &'static [u8]> {
    let text: &'static [u8] = black_box(&TEXT);
    let mut start = 0;
    memchr_iter(b'\n', text).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

fn found<'t>(lines: impl Iterator<Item = &'t [u8]>) -> Found {
    lines.fold((0, 0), |(count, bytes), line| (count + 1, bytes + line.len()))
}

fn each(mut matches: impl FnMut(&'static [u8]) -> bool) -> Found {
    found(lines().filter(|line| matches(line)))
}

fn read(line: &[u8]) -> Value {
    serde_json::from_slice(line).expect("JSON")
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

/// Each member is looked for when it is needed: of duplicate keys the first counts.
fn lazily(name: &str) -> Option<fn(&[u8]) -> bool> {
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
