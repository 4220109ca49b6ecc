//! A filter over what serde writes of structs, without `Resource`: how many match.

use criterion::Criterion;
use peers::filters::CASES;
use peers::record::{FEW, MANY, REQUESTS, Request};
use peers::run::{OURS, records, row};

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match/serialize");
    // There are no structs of users.
    for case in CASES.iter().filter(|case| case.name != "F4") {
        for (count, label) in [(MANY, case.name.to_owned()), (FEW, format!("{} in cache", case.name))] {
            records(&mut group, count);
            let requests: &[Request] = &REQUESTS[..count];
            let (predicate, raw) = (case.checked().compile(), case.checked().compile_raw());
            let by_value = |one: &Request| predicate.matches(&serde_json::to_value(one).expect("JSON"));
            let expected = requests.iter().filter(|one| by_value(one)).count();
            let matches = |one: &Request| raw.matches_serialized(one).expect("JSON");
            row(&mut group, OURS, &label, &expected, || requests.iter().filter(|one| matches(one)).count());
            row(&mut group, "serde_json to_value", &label, &expected, || {
                requests.iter().filter(|one| by_value(one)).count()
            });
        }
    }
    group.finish();
}
