//! From a checked tree to a predicate.

use std::hint::black_box;

use criterion::Criterion;
use peers::filters::CASES;
use peers::run::{OURS, time};
use peers::wirefilter;
use scim_query::Filter;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    let scheme = wirefilter::scheme();
    for case in CASES.iter() {
        let name = case.name;
        let checked = case.checked();
        time(&mut group, OURS, name, || black_box(&checked).compile());
        let from_text = format!("{name} from text");
        time(&mut group, OURS, &from_text, || {
            Filter::parse(black_box(case.text)).expect(name).check(&case.schema).expect(name).compile()
        });
        if let Some(text) = wirefilter::text(name) {
            let compile = || scheme.parse(black_box(&text)).expect(name).compile();
            time(&mut group, "wirefilter-engine", &from_text, compile);
        }
    }
    group.finish();
}
