//! A filter over structs: how many match.

use criterion::BenchmarkGroup;
use criterion::Criterion;
use criterion::measurement::WallTime;
use peers::filters::{CASES, Case};
use peers::record::{FEW, MANY, REQUESTS, Request, VALUES};
use peers::run::{LIMIT, OURS, records, row};
use peers::{by_hand, wirefilter};

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match/struct");
    // There are no structs of users.
    for case in CASES.iter().filter(|case| case.name != "F4") {
        over(&mut group, case, MANY, case.name);
        over(&mut group, case, FEW, &format!("{} in cache", case.name));
    }
    group.finish();
}

fn over(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case, count: usize, label: &str) {
    records(group, count);
    let requests: &[Request] = &REQUESTS[..count];
    let by_hand = by_hand::on_struct(case.name).expect("structs of requests");
    let expected = requests.iter().filter(|one| by_hand(one)).count();

    let predicate = case.checked().compile_for::<Request>().expect("its attributes");
    row(group, OURS, label, &expected, || requests.iter().filter(|one| predicate.matches(one)).count());
    row(group, LIMIT, label, &expected, || requests.iter().filter(|one| by_hand(one)).count());

    if let Some(text) = wirefilter::text(case.name) {
        let scheme = wirefilter::scheme();
        let filter = scheme.parse(&text).expect(case.name).compile();
        let contexts: Vec<_> = VALUES[..count]
            .iter()
            .map(|value| {
                let mut context = ::wirefilter::ExecutionContext::new(&scheme);
                wirefilter::fill(case.name, &mut context, value);
                context
            })
            .collect();
        row(group, "wirefilter-engine", label, &expected, || {
            contexts.iter().filter(|context| filter.execute(context).unwrap_or(false)).count()
        });
    }
}
