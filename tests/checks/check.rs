//! Any filter against any schema documents: a mistake in either is an error, and what is accepted keeps its meaning when it is
//! printed, negated, rewritten and joined.
//!
//! The filter is on the first line, the documents are an array on the second, resources are on the others.

use scim_query::{CheckedFilter, Filter, Limits, Options, Quirks, Schema};
use serde_json::Value;

use super::{first_line, grown, look_at, schemas, values};

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let documents = grower.documents();
        let schema = Schema::from_json(&documents).ok()?;
        let filter = grower.filter(&schema)?;
        let mut text = format!("{filter}\n{}", Value::from(documents));
        for _ in 0..3 {
            text += &format!("\n{}", grower.resource(&schema));
        }
        Some(text.into_bytes())
    });
    let Some((filter, rest)) = first_line(&input) else { return };
    let (documents, resources) = rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
    let Ok(documents) = serde_json::from_slice::<Vec<Value>>(documents) else { return };
    let Ok(schema) = Schema::from_json(&documents) else { return };
    // Names are found by what they are called; what may not be read leaves its short name to others (S16).
    for (id, attribute) in schema.attributes().filter(|(_, attribute)| attribute.is_readable()) {
        let name = attribute.full_name();
        let (uri, dotted) = name.rsplit_once(':').map_or((None, name), |(uri, dotted)| (Some(uri), dotted));
        assert_eq!(schema.find(uri, dotted), Some(id), "{name}");
    }
    let mut resources = values(resources);
    resources.extend(documents);
    let lenient = Options::default().with_quirks(Quirks::ALL);
    let mut strictly = None;
    for options in [Options::default().with_strict_values(), Options::default(), lenient] {
        let Ok(filter) = Filter::parse_with(filter, &options) else { continue };
        match filter.check_with(&schema, &options) {
            Ok(checked) => {
                laws(&checked, &schema, &resources);
                // What is accepted strictly means the same whatever else is allowed.
                assert_eq!(*strictly.get_or_insert_with(|| checked.clone()), checked);
            }
            Err(error) => {
                look_at(&error);
                assert!(strictly.is_none(), "accepted with less: {error}");
            }
        }
    }
}

fn laws(filter: &CheckedFilter, schema: &Schema, resources: &[Value]) {
    let longer = Options::default().with_limits(Limits { text: 1 << 20, ..Limits::DEFAULT });
    let parsed = |filter: &CheckedFilter| {
        let printed = filter.to_string();
        let again = Filter::parse_with(&printed, &longer).and_then(|again| again.check(schema));
        again.unwrap_or_else(|error| panic!("{printed}: {error}"))
    };
    assert_eq!(parsed(filter), *filter);
    let normal = filter.normalize();
    assert_eq!(normal.normalize(), normal, "a normal form is its own");
    let simple = filter.simplify();
    assert_eq!(simple.simplify(), simple, "what is simple stays as it is");
    assert!(!(filter.is_nothing() && filter.is_everything()), "{filter}");
    let negated = filter.negate().ok();
    if let Some(negated) = &negated {
        assert_eq!(negated.negate().expect("no deeper than before"), *filter, "S1");
    }
    for resource in resources {
        let matches = filter.matches(resource);
        assert_eq!(filter.explain_match(resource, false).verdict(), Some(matches), "{filter}, {resource}");
        if let Some(negated) = &negated {
            assert_ne!(negated.matches(resource), matches, "{filter}, {resource}: S1");
        }
        let both = filter.and_with(filter).expect("one schema");
        assert_eq!(both.matches(resource), matches, "{filter}, {resource}");
        // Rewriting takes the schema at its word.
        if schemas::is_as_declared(schema, resource) {
            assert_eq!(normal.matches(resource), matches, "{filter}, normally {normal}, {resource}");
            assert_eq!(simple.matches(resource), matches, "{filter}, simply {simple}, {resource}");
            assert!(!(matches && filter.is_nothing()) && (matches || !filter.is_everything()), "{filter}, {resource}");
        }
    }
}
