//! The deepest nesting that can be asked for, on a small stack.

use std::collections::HashSet;

use scim_query::{CheckedFilter, Filter, Limits, Options, Quirks, Schema};
use serde_json::json;

use super::{on_a_small_stack, raised};

/// `count` brackets, `open` and `close` around `inner`.
fn nested(open: &str, inner: &str, close: &str, count: usize) -> String {
    [&open.repeat(count), inner, &close.repeat(count)].concat()
}

/// All forms of brackets at one depth.
fn texts(depth: usize) -> Vec<String> {
    // A level that stays one in the tree: `not` around an `or` around an `and`.
    let level = "not (title pr and (active eq true or ";
    let inside = "not (type pr and (display pr or ";
    let mut texts = vec![
        nested("(", "title pr", ")", depth),
        nested("not(", "title pr", ")", depth),
        nested("not (", "title pr", ")", depth),
        nested(level, "title pr", "))", depth / 2),
        // One bracket, three levels of the tree.
        nested("not (title pr or active eq true and ", "title pr", ")", depth),
        nested("title pr and (active eq true or ", "title pr", ")", depth),
        nested("(title pr or active eq true and ", "title pr", ")", depth),
        format!("emails[{}]", nested("(", "type pr", ")", depth - 1)),
        format!("emails[{}]", nested("not (", "type pr", ")", depth - 1)),
        format!("emails[{}]", nested("type pr and (display pr or ", "type pr", ")", depth - 1)),
    ];
    // As many levels outside of the value path as inside.
    let half = depth / 2 - 1;
    let inner = format!("emails[{}]", nested(inside, "type pr", "))", half / 2));
    texts.push(nested(level, &inner, "))", half / 2));
    texts
}

fn options(quirks: Quirks) -> Options {
    Options::default().with_limits(raised()).with_quirks(quirks)
}

/// Everything that can be done with a checked filter.
fn use_all(filter: &CheckedFilter, schema: &Schema) -> usize {
    let resource = json!({"title": "x", "emails": [{"type": "work"}, {"display": "y"}]});
    let predicate = filter.compile();
    assert_eq!(predicate.matches(&resource), filter.matches(&resource));
    let text = filter.to_string();
    let again = Filter::parse_with(&text, &options(Quirks::NONE)).expect("canonical text");
    assert_eq!(again.check_with(schema, &options(Quirks::NONE)).expect("canonical text"), *filter);
    assert_eq!(HashSet::from([filter.clone(), filter.clone()]).len(), 1);
    assert!(!filter.attributes().is_empty());
    // Refused where it would be deeper than any text may be.
    if let Ok(negated) = filter.negate() {
        assert_ne!(negated.matches(&resource), filter.matches(&resource));
    }
    if let Ok(joined) = filter.and_with(filter).and_then(|joined| joined.or_with(filter)) {
        assert_eq!(joined.matches(&resource), filter.matches(&resource));
    }
    text.len() + format!("{filter:?}").len()
}

/// Everything that can be asked about a checked filter.
fn analyze_all(filter: &CheckedFilter, schema: &Schema) {
    let resource = json!({"title": "x", "emails": [{"type": "work"}, {"display": "y"}]});
    let (normal, simple) = (filter.normalize(), filter.simplify());
    assert_eq!(normal.matches(&resource), filter.matches(&resource));
    assert_eq!(simple.matches(&resource), filter.matches(&resource));
    assert_eq!(filter.implies(filter), Ok(scim_query::Implication::Yes));
    assert!(filter.split(|_| true).residual.is_everything());
    assert_eq!(filter.explain_match(&resource, true).verdict(), Some(filter.matches(&resource)));
    assert!(filter.map_attributes(schema, |name| Some(name.to_owned())).is_ok() || schema.is_open());
}

#[test]
fn the_deepest_nesting_parses_checks_runs_prints_and_drops() {
    for (schema, quirks) in
        [(Schema::user(), Quirks::NONE), (Schema::open(), Quirks::NONE), (Schema::user(), Quirks::ALL)]
    {
        for text in texts(Limits::MAX_NESTING) {
            on_a_small_stack(|| {
                let filter = Filter::parse_with(&text, &options(quirks)).unwrap_or_else(|error| panic!("{error:#}"));
                assert_eq!(Filter::parse_with(&filter.to_string(), &options(quirks)).as_ref(), Ok(&filter));
                let checked = filter.check_with(&schema, &options(quirks)).unwrap_or_else(|error| panic!("{error:#}"));
                assert!(use_all(&checked, &schema) > 0);
            });
            // Analysis is for a server's own threads: Rust's default is 2 MiB.
            let filter = Filter::parse_with(&text, &options(quirks)).expect("as above");
            analyze_all(&filter.check_with(&schema, &options(quirks)).expect("as above"), &schema);
        }
    }
}

#[test]
fn one_bracket_more_is_refused() {
    let limit = Limits::MAX_NESTING;
    for (depth, options) in [(limit, options(Quirks::ALL)), (64, Options::default())] {
        for (text, deeper) in texts(depth).into_iter().zip(texts(depth + 4)) {
            assert!(Filter::parse_with(&text, &options).is_ok(), "{text}");
            let error = Filter::parse_with(&deeper, &options).expect_err("deeper");
            assert_eq!(error.code(), "too_deep", "{deeper}");
        }
        let one_more = nested("(", "title pr", ")", depth + 1);
        let error = Filter::parse_with(&one_more, &options).expect_err("deeper");
        assert_eq!((error.code(), error.span().map(|span| span.start as usize)), ("too_deep", Some(depth)));
    }
}

/// Joining checked filters may go deeper than a text, up to a bound of its own.
#[test]
fn filters_joined_as_deep_as_they_may_be_still_run() {
    on_a_small_stack(|| {
        let schema = Schema::user();
        let check = |text: &str| Filter::parse(text).expect("a filter").check(&schema).expect("a filter");
        let (left, right) = (check("title pr"), check("active eq true"));
        let mut filter = check("emails[not (type pr and (value pr or display pr))]");
        let mut steps = 0;
        let refused = loop {
            let deeper = match steps % 3 {
                0 => filter.and_with(&left),
                1 => filter.or_with(&right),
                _ => filter.negate(),
            };
            match deeper {
                Ok(deeper) => filter = deeper,
                Err(refused) => break refused,
            }
            steps += 1;
            assert!(steps < 10_000, "there is a bound");
        };
        assert!(refused.to_string().contains("nested deeper than 64"), "{refused}");
        let resource = json!({"title": "x", "emails": [{"type": "work"}]});
        assert_eq!(filter.compile().matches(&resource), filter.matches(&resource));
        assert!(filter.clone() == filter && filter.to_string().len() > 1000);
        assert_eq!(HashSet::from([filter.clone(), filter]).len(), 1);
    });
}
