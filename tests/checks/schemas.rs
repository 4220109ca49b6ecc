//! The schemas that filters are checked against.

use std::sync::LazyLock;

use scim_query::{AttrId, AttrPath, CheckedFilter, Expr, ExprKind, Filter, Schema};
use serde_json::Value;

use super::people;

/// The documents of the tests, each with every type in some place.
const TEST_USER: &str = include_str!("../schemas/test-user.json");
const ENTERPRISE_USER: &str = include_str!("../schemas/enterprise-user.json");
const WIDGETS: [&str; 3] = [
    include_str!("../schemas/widget.json"),
    include_str!("../schemas/widget-a.json"),
    include_str!("../schemas/widget-b.json"),
];

/// A schema's document.
pub fn document(text: &str) -> Value {
    serde_json::from_str(text).expect("a document of the tests")
}

/// The document of the tests that a filter about users needs.
pub fn test_user() -> Value {
    document(TEST_USER)
}

static ALL: LazyLock<[Schema; 5]> = LazyLock::new(|| {
    let user = [TEST_USER, ENTERPRISE_USER].map(document);
    [
        Schema::open(),
        Schema::from_json(&user).expect("users"),
        Schema::access_requests(),
        people::schema(),
        Schema::from_json(&WIDGETS.map(document)).expect("widgets"),
    ]
});

/// All of them; the first one is open.
pub fn all() -> &'static [Schema] {
    &*ALL
}

/// Those that declare something.
pub fn declared() -> &'static [Schema] {
    &ALL[1..]
}

/// The filter as each schema that accepts it has it.
pub fn accepting(filter: &Filter<'_>) -> impl Iterator<Item = CheckedFilter> {
    all().iter().filter_map(|schema| checked(filter, schema))
}

/// The filter, if the schema accepts it. One without its first name is not asked: it would look for the nearest one, which takes
/// longer than all that is done with a filter.
pub fn checked(filter: &Filter<'_>, schema: &Schema) -> Option<CheckedFilter> {
    let knows = |path: &AttrPath<'_>| schema.find(path.uri(), path.dotted()).is_some();
    let asked = schema.is_open() || first_name(filter.expr()).is_some_and(knows);
    if asked { filter.check(schema).ok() } else { None }
}

fn first_name(mut expr: Expr<'_>) -> Option<&AttrPath<'_>> {
    loop {
        expr = match expr.kind() {
            ExprKind::And(mut terms) | ExprKind::Or(mut terms) => terms.next()?,
            ExprKind::Not(inner) => inner,
            ExprKind::ValuePath(path, _) => return Some(path),
            ExprKind::Attr(exp) => return Some(exp.path()),
        };
    }
}

/// Whether there is at most one value wherever one is declared.
pub fn is_as_declared(schema: &Schema, resource: &Value) -> bool {
    !schema.roots().any(|(id, _)| has_several(schema, id, resource))
}

fn has_several(schema: &Schema, id: AttrId, container: &Value) -> bool {
    let attribute = schema.attribute(id);
    let Some(value) = attribute.keys().try_fold(container, |value, key| value.get(key)) else { return false };
    let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    (!attribute.is_multi_valued() && elements.len() > 1)
        || elements
            .iter()
            .any(|element| attribute.sub_attributes().iter().any(|part| has_several(schema, *part, element)))
}
