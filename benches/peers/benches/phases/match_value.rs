//! A filter over `serde_json::Value`: how many match.

use criterion::BenchmarkGroup;
use criterion::Criterion;
use criterion::measurement::WallTime;
use peers::filters::{CASES, Case};
use peers::record::{FEW, MANY, REQUESTS, VALUES};
use peers::run::{LIMIT, OURS, records, row};
use peers::users::USERS;
use peers::{by_hand, wirefilter};
use serde_json::Value;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match/value");
    for case in CASES.iter() {
        over(&mut group, case, MANY, case.name);
        over(&mut group, case, FEW, &format!("{} in cache", case.name));
    }
    group.finish();
}

/// What is expected is what the code by hand finds; over structs too, which shares none of the source.
fn over(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case, count: usize, label: &str) {
    records(group, count);
    let name = case.name;
    let values: &[Value] = if name == "F4" { &USERS[..count] } else { &VALUES[..count] };
    let by_hand = by_hand::on_value(name);
    let expected = values.iter().filter(|value| by_hand(value)).count();
    assert!(count < MANY || (1..count).contains(&expected), "{name} tells records apart");

    let predicate = case.checked().compile();
    row(group, OURS, label, &expected, || values.iter().filter(|value| predicate.matches(*value)).count());
    row(group, LIMIT, label, &expected, || values.iter().filter(|value| by_hand(value)).count());
    if let Some(by_hand) = by_hand::on_struct(name) {
        let requests = &REQUESTS[..count];
        row(group, "also a struct by hand", label, &expected, || requests.iter().filter(|one| by_hand(one)).count());
    }
    if let Some(by_hand) = by_hand::on_sonic(name) {
        let values: Vec<sonic_rs::Value> =
            values.iter().map(|value| sonic_rs::to_value(value).expect("the same JSON")).collect();
        row(group, "also sonic-rs by hand", label, &expected, || values.iter().filter(|value| by_hand(value)).count());
    }

    // F4 is not asked of scim-filter: its two tests may be true of two e-mails, and letters must be of the same case.
    if name != "F4" {
        let (_, filter) = scim_filter::parser::filter(case.by_keys).expect(name);
        let matches = |value: &Value| filter.r#match(value).unwrap_or(false);
        row(group, "scim-filter", label, &expected, || values.iter().filter(|value| matches(value)).count());
    }
    if let Some(text) = wirefilter::text(name) {
        let scheme = wirefilter::scheme();
        let filter = scheme.parse(&text).expect(name).compile();
        row(group, "wirefilter-engine", label, &expected, || {
            let mut context = ::wirefilter::ExecutionContext::new(&scheme);
            let mut matches = |value| {
                wirefilter::fill(name, &mut context, value);
                filter.execute(&context).unwrap_or(false)
            };
            values.iter().filter(|value| matches(*value)).count()
        });
    }
}
