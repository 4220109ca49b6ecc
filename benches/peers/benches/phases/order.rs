//! All records by `lastUpdated desc`, then `id desc`, which is the tie-breaker: a list request without a filter whose page
//! has room for all.

use std::cmp::Reverse;

use criterion::Criterion;
use peers::by_hand::moment;
use peers::record::{At, ORDERED, ORDERED_REQUESTS, ORDERED_VALUES, Request};
use peers::run::{LIMIT, OURS, time};
use scim_query::{CheckedQuery, ListQuery, Profile, Schema, list};
use serde_json::Value;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("order");
    group.sample_size(10);
    group.bench_function(criterion::BenchmarkId::new(OURS, "Value"), |bencher| {
        let query = everything();
        let ordered = || list(ORDERED_VALUES.iter(), &query).expect("ids").resources;
        assert!(ordered().into_iter().map(id).eq(by_hand(&ORDERED_VALUES).into_iter().map(id)));
        bencher.iter(ordered);
    });
    time(&mut group, LIMIT, "Value", || by_hand(&ORDERED_VALUES));
    group.bench_function(criterion::BenchmarkId::new(OURS, "struct"), |bencher| {
        let query = everything();
        let ordered = || list(ORDERED_REQUESTS.iter().map(At::Request), &query).expect("ids").resources;
        let ids = by_hand_structs(&ORDERED_REQUESTS).into_iter().map(|request| &*request.id);
        let ours: Vec<_> = ordered()
            .into_iter()
            .filter_map(|at| if let At::Request(one) = at { Some(&*one.id) } else { None })
            .collect();
        assert!(ours.into_iter().eq(ids));
        bencher.iter(ordered);
    });
    time(&mut group, LIMIT, "struct", || by_hand_structs(&ORDERED_REQUESTS));
    group.finish();
}

fn everything() -> CheckedQuery {
    let profile = Profile::okta().with_sizes(ORDERED, ORDERED);
    let query = ListQuery::parse("orderBy=lastUpdated desc", &profile).expect("a query");
    query.check(&Schema::access_requests()).expect("a query of access requests")
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap_or("")
}

/// Keys taken out once, sorted by themselves.
fn by_hand(values: &[Value]) -> Vec<&Value> {
    let key = |(at, value): (usize, &'_ Value)| (Reverse(moment(value["lastUpdated"].as_str().unwrap_or(""))), at);
    let mut keys: Vec<_> =
        values.iter().enumerate().map(|(at, value)| (key((at, value)).0, Reverse(id(value)), at)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, _, at)| &values[at]).collect()
}

fn by_hand_structs(requests: &[Request]) -> Vec<&Request> {
    let requests_and_keys = requests.iter().enumerate();
    let mut keys: Vec<_> = requests_and_keys
        .map(|(at, request)| (Reverse(moment(&request.last_updated)), Reverse(&*request.id), at))
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, _, at)| &requests[at]).collect()
}
