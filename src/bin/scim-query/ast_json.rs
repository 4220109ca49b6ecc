//! Trees as JSON, in the words of the grammar.

use scim_query::{AttrPath, AttrTest, CompValue, Expr, ExprKind, OrderBy, Path};
use serde_json::{Map, Value, json};

/// The depth of the recursion is that of the text, which the limits bound.
pub(crate) fn filter(expr: Expr<'_>) -> Value {
    match expr.kind() {
        ExprKind::And(terms) => json!({"type": "and", "terms": terms.map(filter).collect::<Vec<_>>()}),
        ExprKind::Or(terms) => json!({"type": "or", "terms": terms.map(filter).collect::<Vec<_>>()}),
        ExprKind::Not(inner) => json!({"type": "not", "filter": filter(inner)}),
        ExprKind::ValuePath(path, inner) => {
            json!({"type": "valuePath", "attrPath": attr_path(path), "valFilter": filter(inner)})
        }
        ExprKind::Attr(exp) => {
            let mut object =
                json!({"type": "attrExp", "attrPath": attr_path(exp.path()), "op": exp.test().op().as_str()});
            if let AttrTest::Compare(_, value) = exp.test() {
                object["compValue"] = comp_value(value);
            }
            object
        }
    }
}

pub(crate) fn path(path: &Path<'_>) -> Value {
    let mut object = Map::new();
    object.insert("type".into(), "path".into());
    object.insert("attrPath".into(), attr_path(path.attr_path()));
    if let Some(uri) = path.as_schema_uri() {
        object.insert("mayBeSchema".into(), uri.into());
    }
    if let Some(inner) = path.filter() {
        object.insert("valFilter".into(), filter(inner));
    }
    if let Some(sub) = path.sub_attr() {
        object.insert("subAttr".into(), sub.into());
    }
    if let Some(equalities) = path.equalities() {
        let members = equalities.into_iter().map(|(name, value)| (name.to_owned(), comp_value(value)));
        object.insert("equalities".into(), Value::Object(members.collect()));
    }
    Value::Object(object)
}

pub(crate) fn order_by(order: &OrderBy<'_>) -> Value {
    let key = |key: &scim_query::SortKey<'_>| json!({"attrPath": attr_path(key.path()), "direction": key.direction().to_string()});
    json!({"type": "orderBy", "keys": order.keys().iter().map(key).collect::<Vec<_>>()})
}

fn attr_path(path: &AttrPath<'_>) -> Value {
    let mut object = Map::new();
    if let Some(uri) = path.uri() {
        object.insert("uri".into(), uri.into());
    }
    object.insert("name".into(), path.name().into());
    if let Some(sub) = path.sub_attr() {
        object.insert("subAttr".into(), sub.into());
    }
    Value::Object(object)
}

/// A number keeps its text: JSON readers would round it.
fn comp_value(value: &CompValue<'_>) -> Value {
    match value {
        CompValue::Null => json!({"type": "null"}),
        CompValue::Bool(value) => json!({"type": "boolean", "value": value}),
        CompValue::Number(text) => json!({"type": "number", "text": text}),
        CompValue::String(text) => json!({"type": "string", "value": text}),
    }
}
