//! From a query string to a request that fits the schema: its parameters, filter, ordering and page. The limit only decodes
//! the parameters, and is compared with taking the query string apart. Further on, from the query string to what runs: to a
//! predicate, and to a statement.

use std::hint::black_box;

use criterion::Criterion;
use peers::filters::CASES;
use peers::run::{LIMIT, OURS, time};
use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{ListQuery, Profile};

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list_query");
    let profile = Profile::scim();
    for case in CASES.iter() {
        let name = case.name;
        let filter: String = form_urlencoded::byte_serialize(case.text.as_bytes()).collect();
        let text = format!("filter={filter}&sortBy=id&sortOrder=descending&startIndex=1&count=20");
        let parse = || ListQuery::parse(black_box(&text), &profile).expect(name);
        time(&mut group, OURS, name, || parse().check(&case.schema).expect(name));
        let checked = || parse().check(&case.schema).expect(name);
        time(&mut group, OURS, &format!("{name} to a predicate"), || checked().filter().compile());
        let columns = Columns::standard(&case.schema, Dialect::Postgres, "records").expect(name);
        let select = Select::new(&columns, "document");
        time(&mut group, OURS, &format!("{name} to SQL"), || select.page(&checked()).expect(name));
        // It parses the filter, and knows no schema.
        time(&mut group, "scim_v2", name, || {
            serde_urlencoded::from_str::<scim_v2::models::others::ListQuery>(black_box(&text)).expect(name)
        });
        let decoded = || form_urlencoded::parse(black_box(text.as_bytes())).into_owned().collect::<Vec<_>>();
        let parameters = format!("{name} parameters");
        time(&mut group, OURS, &parameters, parse);
        time(&mut group, LIMIT, &parameters, decoded);
    }
    group.finish();
}
