//! All records by `lastUpdated desc`, then `id desc`, which is the tie-breaker: sorted, and as a list request whose page has
//! room for all.

use std::cmp::Reverse;

use criterion::{BenchmarkId, Criterion};
use peers::by_hand::moment;
use peers::record::{ORDERED, ORDERED_REQUESTS, ORDERED_VALUES, Request};
use peers::run::{LIMIT, OURS, time};
use scim_query::{CheckedOrdering, CheckedQuery, Fields, ListQuery, OrderBy, Profile, Schema, list};
use serde_json::Value;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("order");
    group.sample_size(10);
    let (order, query) = (order(), everything());
    let sorted = || {
        let mut records: Vec<&Value> = ORDERED_VALUES.iter().collect();
        order.sort(&mut records);
        records
    };
    let listed = || list(ORDERED_VALUES.iter(), &query).expect("ids").resources;
    group.bench_function(BenchmarkId::new(OURS, "Value"), |bencher| {
        assert!(sorted().into_iter().map(id).eq(by_hand().into_iter().map(id)));
        bencher.iter(sorted);
    });
    time(&mut group, LIMIT, "Value", by_hand);
    group.bench_function(BenchmarkId::new(OURS, "Value, list"), |bencher| {
        assert!(listed().into_iter().map(id).eq(by_hand().into_iter().map(id)));
        bencher.iter(listed);
    });
    time(&mut group, LIMIT, "Value, list", by_hand);
    let sorted = || {
        let mut records: Vec<_> = ORDERED_REQUESTS.iter().map(Fields::of).collect();
        order.sort(&mut records);
        records
    };
    group.bench_function(BenchmarkId::new(OURS, "struct"), |bencher| {
        let ids = |requests: Vec<&Request>| requests.into_iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        let ours = sorted().into_iter().filter_map(|fields| fields.get_ref()).collect();
        assert!(ids(ours) == ids(by_hand_structs()));
        bencher.iter(sorted);
    });
    time(&mut group, LIMIT, "struct", by_hand_structs);
    group.finish();
}

fn order() -> CheckedOrdering {
    let order = OrderBy::parse("lastUpdated desc").expect("an order");
    order.check(&Schema::access_requests()).expect("an order of access requests")
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
fn by_hand() -> Vec<&'static Value> {
    let values: &'static [Value] = &ORDERED_VALUES;
    let key =
        |value: &'static Value| (Reverse(moment(value["lastUpdated"].as_str().unwrap_or(""))), Reverse(id(value)));
    let mut keys: Vec<_> = values.iter().enumerate().map(|(at, value)| (key(value), at)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, at)| &values[at]).collect()
}

fn by_hand_structs() -> Vec<&'static Request> {
    let requests: &'static [Request] = &ORDERED_REQUESTS;
    let key = |request: &'static Request| (Reverse(moment(&request.last_updated)), Reverse(&*request.id));
    let mut keys: Vec<_> = requests.iter().enumerate().map(|(at, request)| (key(request), at)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, at)| &requests[at]).collect()
}
