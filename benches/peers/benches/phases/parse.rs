//! From a text to a tree, and the tree dropped.

use std::hint::black_box;

use criterion::Criterion;
use peers::filters::CASES;
use peers::run::{OURS, time};
use peers::wirefilter;
use scim_proto::filter::ScimFilter;
use scim_query::Filter;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let scheme = wirefilter::scheme();
    for case in CASES.iter() {
        let (name, text) = (case.name, case.text);
        time(&mut group, OURS, name, || Filter::parse(black_box(text)).expect(name));
        assert_eq!(scim_filter::parser::filter(text).map(|(rest, _)| rest).expect(name), "");
        time(&mut group, "scim-filter", name, || scim_filter::parser::filter(black_box(text)).expect(name));
        time(&mut group, "scim_proto", name, || black_box(text).parse::<ScimFilter>().expect(name));
        time(&mut group, "scim_v2", name, || black_box(text).parse::<scim_v2::filter::Filter>().expect(name));
        if let Some(text) = wirefilter::text(name) {
            // Its parser also finds the fields and checks their types, as `check` does here.
            time(&mut group, "wirefilter-engine", name, || scheme.parse(black_box(&text)).expect(name));
        }
    }
    group.finish();
}
