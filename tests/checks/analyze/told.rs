//! Schemas of which the reference has been told the same, and what the two say of a filter.

use std::sync::LazyLock;

use scim_query::{
    AttrPath, AttrTest, CheckedFilter, CompValue, CompareOp, Expr, ExprKind, Filter, FilterBuilder, Limits, Options,
    Schema, Step,
};
use serde_json::Value;

use super::{renamed, schemas};
use crate::reference::filter::{self, Comparison, Filter as Tree, Literal, Name, Op};
use crate::reference::schema::Schema as Reference;

/// A schema, as each side reads it; and another one with other names.
pub struct Told {
    pub schema: Schema,
    reference: Reference,
    /// None for the open schema, where names tell nothing of types.
    pub renamed: Option<Schema>,
}

const USER: [&str; 2] =
    [include_str!("../../schemas/test-user.json"), include_str!("../../schemas/enterprise-user.json")];
const WIDGETS: [&str; 3] = [
    include_str!("../../schemas/widget.json"),
    include_str!("../../schemas/widget-a.json"),
    include_str!("../../schemas/widget-b.json"),
];
const ACCESS_REQUESTS: [&str; 1] = [include_str!("../../schemas/access-requests.json")];

static ALL: LazyLock<[Told; 4]> = LazyLock::new(|| {
    let documents = |texts: &[&str]| -> Vec<Value> { texts.iter().map(|text| schemas::document(text)).collect() };
    let declared = |schema: Schema, texts: &[&str]| Told {
        renamed: Some(renamed::schema(&schema)),
        schema,
        reference: Reference::read(&documents(texts)),
    };
    let read = |texts: &[&str]| declared(Schema::from_json(&documents(texts)).expect("documents"), texts);
    let open = Told { schema: Schema::open(), reference: Reference::open(), renamed: None };
    [read(&USER), open, read(&WIDGETS), declared(Schema::access_requests(), &ACCESS_REQUESTS)]
});

impl Told {
    pub fn all() -> &'static [Told] {
        &*ALL
    }

    /// The filter, where the schema accepts it, and the answer of the reference.
    pub fn check(&self, filter: &Filter<'_>) -> Option<(CheckedFilter, impl Fn(&Value) -> bool)> {
        let checked = schemas::checked(filter, &self.schema).filter(|_| is_of_one_fold(&filter.to_string()))?;
        let tree = tree(filter.expr());
        let refused = filter::check(&self.reference, None, &tree);
        assert!(refused.is_ok(), "{filter}: {refused:?}");
        Some((checked, move |resource: &Value| filter::holds(&self.reference, None, &tree, resource)))
    }
}

/// F1: without letters that are younger than the crate's table, which the reference takes from the standard library.
pub fn is_of_one_fold(text: &str) -> bool {
    scim_query::fold(text) == crate::reference::scalar::fold(text)
}

/// What was parsed, as the reference has it.
fn tree(expr: Expr<'_>) -> Tree {
    match expr.kind() {
        ExprKind::And(terms) => Tree::And(terms.map(tree).collect()),
        ExprKind::Or(terms) => Tree::Or(terms.map(tree).collect()),
        ExprKind::Not(inner) => Tree::Not(Box::new(tree(inner))),
        ExprKind::ValuePath(path, inner) => Tree::ValuePath(name(path), Box::new(tree(inner))),
        ExprKind::Attr(exp) => {
            let (op, literal) = match exp.test() {
                AttrTest::Present => (Op::Pr, Literal::Null),
                AttrTest::Compare(op, value) => (operator(*op), literal(value)),
            };
            Tree::Compare(Comparison { name: name(exp.path()), op, literal })
        }
    }
}

fn name(path: &AttrPath<'_>) -> Name {
    Name { uri: path.uri().map(str::to_owned), dotted: path.dotted().to_owned() }
}

fn operator(op: CompareOp) -> Op {
    match op {
        CompareOp::Eq => Op::Eq,
        CompareOp::Ne => Op::Ne,
        CompareOp::Co => Op::Co,
        CompareOp::Sw => Op::Sw,
        CompareOp::Ew => Op::Ew,
        CompareOp::Gt => Op::Gt,
        CompareOp::Ge => Op::Ge,
        CompareOp::Lt => Op::Lt,
        CompareOp::Le => Op::Le,
    }
}

fn literal(value: &CompValue<'_>) -> Literal {
    match value {
        CompValue::Null => Literal::Null,
        CompValue::Bool(value) => Literal::Bool(*value),
        CompValue::Number(text) => Literal::Number(text.to_string()),
        CompValue::String(text) => Literal::Text(text.to_string()),
    }
}

/// What is made of filters may be larger than a text.
fn any_size() -> Options {
    let limits = Limits { text: 1 << 20, comparisons: 1 << 20, ..Limits::DEFAULT };
    Options::default().with_limits(limits)
}

/// A filter about an attribute, where the schema has the operator for it.
pub fn built(filter: FilterBuilder, schema: &Schema) -> Option<CheckedFilter> {
    filter.build().expect("a name of the schema").check_with(schema, &any_size()).ok()
}

/// As text it is read as the same filter, unless it is of everything or nothing.
pub fn is_read_again(filter: &CheckedFilter, schema: &Schema) {
    let Some(text) = filter.to_filter() else {
        return assert!(filter.is_everything() || filter.is_nothing(), "{filter}");
    };
    let again = text.check_with(schema, &any_size());
    assert_eq!(again.as_ref(), Ok(filter), "{filter}");
}

/// An explanation has a line for each node, and the right verdict; without values where they are to be hidden.
pub fn explains<'v>(filter: &CheckedFilter, answers: impl Iterator<Item = (&'v Value, bool)>) {
    // A negation stands on the line of what it negates.
    let lines = filter.fold(&mut |step, terms: Vec<usize>| {
        terms.into_iter().sum::<usize>() + usize::from(!matches!(step, Step::Not))
    });
    for (resource, answer) in answers {
        let explained = filter.explain_match(resource, false);
        assert_eq!(explained.verdict(), Some(answer), "{filter}, {resource}: {explained}");
        assert_eq!(explained.lines().count(), lines, "{filter}: {explained}");
    }
    let redacted = filter.explain(true);
    assert!(redacted.verdict().is_none() && redacted.lines().count() == lines, "{filter}: {redacted}");
    assert!(!redacted.to_string().contains('"'), "{filter}: {redacted}");
}
