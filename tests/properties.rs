//! Laws over trees that programs build, of any shape and with any text in them.

use proptest::prelude::*;
use scim_query::{CompareOp, Filter, FilterBuilder, ListQuery, Options, Part, Profile, Quirks, Schema, attr};

/// Names of every form that the grammar has.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z][a-zA-Z0-9_-]{0,8}",
        "[a-z]{1,4}\\.[a-z]{1,4}(\\.\\$ref)?",
        "urn:[a-z0-9:.]{1,12}[a-z]:[a-z]{1,6}(\\.[a-z]{1,4})?",
        Just("$ref".to_owned()),
        prop_oneof!["not", "and", "or", "pr", "true", "null"],
    ]
}

fn comparison() -> impl Strategy<Value = FilterBuilder> {
    let op = proptest::sample::select(CompareOp::ALL.to_vec());
    prop_oneof![
        4 => (name(), op.clone(), any::<String>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        2 => (name(), op.clone(), any::<i128>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        1 => (name(), op, any::<Option<bool>>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        2 => name().prop_map(|name| attr(name).present()),
    ]
}

/// Trees without value paths, or with them where they may stand.
fn tree() -> impl Strategy<Value = FilterBuilder> {
    let joined = |leaf: BoxedStrategy<FilterBuilder>| {
        leaf.prop_recursive(6, 40, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.and(right)),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.or(right)),
                inner.prop_map(FilterBuilder::not),
            ]
        })
        .boxed()
    };
    let inside = joined(comparison().boxed());
    let value_path = (name(), inside).prop_map(|(name, inside)| attr(name).any(inside));
    joined(prop_oneof![3 => comparison(), 1 => value_path].boxed())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// G11, and the law of the quirks: printing a tree and parsing it gives the tree, under any quirks.
    #[test]
    fn a_printed_tree_parses_to_itself(tree in tree()) {
        let filter = tree.build().expect("only well-formed trees");
        let text = filter.to_string();
        let parsed = Filter::parse(&text).expect("canonical text");
        prop_assert_eq!(&parsed, &filter);
        prop_assert_eq!(parsed.to_string(), text.clone());
        let lenient = Filter::parse_with(&text, &Options::default().with_quirks(Quirks::ALL)).expect("strict text");
        prop_assert_eq!(&lenient, &filter);
        prop_assert!(lenient.warnings().is_empty());
        prop_assert!(!filter.redacted().to_string().contains('"'));
    }

    /// A filter that goes through a query string comes out as it was.
    #[test]
    fn an_encoded_filter_is_decoded_to_itself(tree in tree()) {
        let filter = tree.build().expect("only well-formed trees");
        let query = format!("limit=1&filter={}&x=y", filter.to_query_value());
        let query = ListQuery::parse(&query, &Profile::okta()).expect("a query string");
        let text = filter.to_string();
        prop_assert_eq!(query.get(Part::Filter), Some(text.as_str()));
        let again = ListQuery::parse(&query.to_query_string(), &Profile::okta()).expect("a query string");
        prop_assert_eq!(again.get(Part::Filter), Some(text.as_str()));
    }

    /// L2, and no panic: any text is a filter or an error that can be shown, with its place on character boundaries.
    #[test]
    fn any_text_is_a_filter_or_an_error(text in any::<String>()) {
        if let Err(error) = Filter::parse(&text).and_then(|filter| filter.check(&Schema::user()).map(drop)) {
            let span = error.span().map(|span| text.get(span.start as usize..span.end as usize));
            prop_assert!(span.is_none_or(|part| part.is_some()), "{:?}", error.span());
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}
