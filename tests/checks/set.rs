//! A set of filters finds those that match each by itself. Filters are on lines of their own, behind an empty line are resources.

use scim_query::{CheckedFilter, Filter, FilterSet};
use serde_json::Value;

use super::{grown, schemas, values};

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = grower.pick(schemas::all());
        let mut text = String::new();
        for _ in 0..grower.below(12) {
            text += &format!("{}\n", grower.filter(schema)?);
        }
        for _ in 0..4 {
            text += &format!("\n{}", grower.resource(schema));
        }
        Some(text.into_bytes())
    });
    let Some(end) = input.windows(2).position(|pair| pair == b"\n\n") else { return };
    let filters: Vec<Filter<'_>> = input[..end]
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Filter::parse(std::str::from_utf8(line).ok()?).ok())
        .collect();
    let resources = values(&input[end + 2..]);
    let accepted: Vec<CheckedFilter> = filters.iter().flat_map(schemas::accepting).collect();
    for schema in schemas::all() {
        let of_schema = |filter: &&CheckedFilter| filter.schema() == schema;
        let filters: Vec<CheckedFilter> = accepted.iter().filter(of_schema).cloned().collect();
        let set = FilterSet::new(filters.iter().cloned()).expect("one schema");
        assert_eq!(set.len(), filters.len());
        for resource in resources.iter().chain([&Value::Null]) {
            let expected: Vec<usize> = (0..filters.len()).filter(|at| filters[*at].matches(resource)).collect();
            assert_eq!(set.matches(resource), expected, "{filters:?}, {resource}");
            assert_eq!(set.is_match(resource), !expected.is_empty(), "{filters:?}, {resource}");
        }
    }
}
