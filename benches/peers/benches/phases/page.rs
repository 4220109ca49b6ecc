//! The first twenty of all records by `lastUpdated desc`, `id desc`. The limit is one pass that reads the first key of each
//! record and finds the latest.

use criterion::{BenchmarkId, Criterion};
use peers::by_hand::{Moment, moment};
use peers::record::{ORDERED_REQUESTS, ORDERED_VALUES};
use peers::run::{LIMIT, OURS, time};
use scim_query::{CheckedQuery, CursorKind, Cursors, Fields, ListQuery, Profile, Schema, list};
use serde_json::Value;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("page");
    group.sample_size(10);
    for (cursor, query) in [("opaque cursor", query(true)), ("record id", query(false))] {
        let case = format!("Value, {cursor}");
        group.bench_function(BenchmarkId::new(OURS, &case), |bencher| {
            let page = || list(ORDERED_VALUES.iter(), &query).expect("ids");
            assert_eq!(page().resources[0]["lastUpdated"].as_str().map(moment), latest_value(&ORDERED_VALUES));
            assert!(page().next.is_some());
            bencher.iter(page);
        });
        time(&mut group, LIMIT, &case, || latest_value(&ORDERED_VALUES));
        let case = format!("struct, {cursor}");
        group.bench_function(BenchmarkId::new(OURS, &case), |bencher| {
            let page = || list(ORDERED_REQUESTS.iter().map(Fields::of), &query).expect("ids");
            let of_values = list(ORDERED_VALUES.iter(), &query).expect("ids").resources;
            let ids = of_values.iter().map(|value| value["id"].as_str());
            assert!(page().resources.iter().map(|fields| fields.get_ref().map(|one| &*one.id)).eq(ids));
            bencher.iter(page);
        });
        time(&mut group, LIMIT, &case, || ORDERED_REQUESTS.iter().map(|one| moment(&one.last_updated)).max());
    }
    group.finish();
}

fn query(opaque: bool) -> CheckedQuery {
    let profile = Profile::okta();
    let profile = if opaque { profile.with_cursors(CursorKind::Opaque(Cursors::new())) } else { profile };
    let query = ListQuery::parse("orderBy=lastUpdated desc&limit=20", &profile).expect("a query");
    query.check(&Schema::access_requests()).expect("a query of access requests")
}

fn latest_value(values: &[Value]) -> Option<Moment> {
    values.iter().filter_map(|value| value["lastUpdated"].as_str()).map(moment).max()
}
