//! From a tree to one that fits the schema: names found, values typed.

use std::hint::black_box;

use criterion::Criterion;
use peers::filters::CASES;
use peers::run::{OURS, time};
use peers::wirefilter;
use scim_query::Filter;

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    let scheme = wirefilter::scheme();
    for case in CASES.iter() {
        let name = case.name;
        let parsed = case.parsed();
        time(&mut group, OURS, name, || black_box(&parsed).check(&case.schema).expect(name));
        // No other one checks a tree; the one that checks while it parses is compared with both steps together.
        let from_text = format!("{name} from text");
        time(&mut group, OURS, &from_text, || {
            Filter::parse(black_box(case.text)).expect(name).check(&case.schema).expect(name)
        });
        if let Some(text) = wirefilter::text(name) {
            time(&mut group, "wirefilter-engine", &from_text, || scheme.parse(black_box(&text)).expect(name));
        }
    }
    group.finish();
}
