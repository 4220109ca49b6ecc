//! Trees made by programs, deeper than any text may be.

use scim_query::{ExprKind, Filter, FilterBuilder, Options, Schema, attr};

use super::{on_a_small_stack, raised};

const DEEP: usize = 1_000_000;

fn leaf(at: usize) -> FilterBuilder {
    attr("title").eq(if at.is_multiple_of(2) { "x" } else { "y" })
}

/// A tree of a million steps, each of which goes one deeper.
type Grow = fn(FilterBuilder, usize) -> FilterBuilder;

const SHAPES: [(&str, Grow); 8] = [
    ("not of not", |tree, _| tree.not()),
    ("and, or, growing left", |tree, at| if at % 2 == 0 { tree.and(leaf(at)) } else { tree.or(leaf(at)) }),
    ("and, or, growing right", |tree, at| if at % 2 == 0 { leaf(at).and(tree) } else { leaf(at).or(tree) }),
    ("and, not, growing left", |tree, at| tree.and(leaf(at)).not()),
    ("or, not, growing right", |tree, at| leaf(at).or(tree).not()),
    ("and, or, not, on both sides", |tree, at| match at % 3 {
        0 => tree.and(leaf(at)),
        1 => leaf(at).or(tree),
        _ => tree.not(),
    }),
    ("and, or, in the middle", |tree, at| match at % 2 {
        0 => leaf(at).and(tree).and(leaf(at + 1)),
        _ => leaf(at).or(tree).or(leaf(at + 1)),
    }),
    ("not around each side", |tree, at| tree.not().and(leaf(at).not()).or(leaf(at))),
];

fn grow(shape: Grow) -> FilterBuilder {
    (0..DEEP).fold(leaf(0), shape)
}

/// How many levels of a tree are walked down: each costs a walk over the whole of it.
const ENOUGH: usize = 8;

/// How deep it is, one level for each step down the greatest term; no more than enough.
fn depth(filter: &Filter<'_>) -> usize {
    let mut expr = filter.expr();
    let mut depth = 0;
    loop {
        expr = match expr.kind() {
            ExprKind::Not(inner) | ExprKind::ValuePath(_, inner) => inner,
            ExprKind::And(terms) | ExprKind::Or(terms) => {
                let inner = terms.into_iter().max_by_key(|term| term.comparisons());
                inner.expect("two or more terms")
            }
            ExprKind::Attr(_) => return depth,
        };
        depth += 1;
        if depth == ENOUGH {
            return depth;
        }
    }
}

fn take_apart(name: &str, shape: Grow) {
    let builder = grow(shape);
    let again = builder.clone();
    let filter = builder.build().expect("a well-formed tree");
    assert_eq!(depth(&filter), ENOUGH, "{name}");
    assert!(filter.clone().into_owned() == filter, "{name}: a clone is equal");
    let other = again.and(attr("active").eq(true)).build().expect("a tree");
    assert!(other != filter, "{name}: another tree is not equal");
    drop(other);

    let text = filter.to_string();
    assert!(text.len() > DEEP, "{name}");
    assert_eq!(filter.text(), text, "{name}");
    let redacted = filter.redacted().to_string();
    assert!(redacted.contains("title eq ?") && !redacted.contains('"'), "{name}");
    assert_eq!(filter.to_query_value().matches("title%20eq").count(), filter.expr().comparisons(), "{name}");
    assert!(filter.expr().nesting() > 100_000, "{name}");

    for options in [Options::default(), Options::default().with_limits(raised())] {
        let error = filter.check_with(&Schema::user(), &options).expect_err(name);
        assert_eq!(error.code(), "too_deep", "{name}");
        assert!(format!("{error} {error:#}").len() < 1000, "{name}: the text is not part of it");
        let error = filter.check_with(&Schema::open(), &options).expect_err(name);
        assert_eq!(error.code(), "too_deep", "{name}");
        let parsed = Filter::parse_with(&text, &options).expect_err(name);
        assert!(["too_deep", "text_too_long"].contains(&parsed.code()), "{name}: {parsed}");
    }
}

/// On two threads: it is much work.
#[test]
fn trees_a_million_deep_are_made_compared_printed_and_refused() {
    let (some, others) = SHAPES.split_at(SHAPES.len() / 2);
    let take_apart = |shapes: &[(&str, Grow)]| {
        shapes.iter().for_each(|(name, shape)| on_a_small_stack(|| take_apart(name, *shape)));
    };
    std::thread::scope(|scope| {
        scope.spawn(|| take_apart(some));
        take_apart(others);
    });
}

#[test]
fn a_tree_that_is_dropped_unbuilt_uses_no_stack() {
    for (_, shape) in SHAPES {
        on_a_small_stack(|| drop(grow(shape)));
    }
}

#[test]
fn a_wide_tree_is_refused_by_its_number_of_comparisons() {
    on_a_small_stack(|| {
        let wide = (1..DEEP).fold(leaf(0), |tree, at| tree.or(leaf(at))).build().expect("a tree");
        assert_eq!(wide.expr().comparisons(), DEEP);
        assert_eq!(wide.check(&Schema::user()).expect_err("too wide").code(), "too_many_comparisons");
        let wide = wide.check_with(&Schema::user(), &Options::default().with_limits(raised())).expect("all raised");
        assert!(wide.matches(&serde_json::json!({"title": "Y"})));
        assert!(!wide.matches(&serde_json::json!({"title": "z"})));
    });
}

#[test]
fn a_value_path_in_a_value_path_is_refused_at_any_depth() {
    on_a_small_stack(|| {
        let inner = attr("emails").any(grow(SHAPES[5].1));
        let error = attr("emails").any(inner).build().expect_err("nested");
        assert_eq!(error.code(), "value_path_nested");
        let deep = attr("emails").any(grow(SHAPES[1].1)).build().expect("a tree");
        assert_eq!(deep.check(&Schema::user()).expect_err("deep").code(), "too_deep");
        assert!(deep.clone() == deep);
    });
}
