//! From a checked filter to SQL and its parameters. The limit is a copy of them when they are finished.

use std::hint::black_box;

use criterion::Criterion;
use peers::filters::CASES;
use peers::run::{LIMIT, OURS, time};
use scim_query::sql::{Columns, Dialect};

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sql");
    for case in CASES.iter() {
        let columns = Columns::standard(&case.schema, Dialect::Postgres, "records").expect(case.name);
        let checked = case.checked();
        let finished = checked.where_sql(&columns).expect(case.name);
        time(&mut group, OURS, case.name, || black_box(&checked).where_sql(&columns).expect(case.name));
        time(&mut group, LIMIT, case.name, || black_box(&finished).clone());
    }
    group.finish();
}
