//! Orderings, O1 to O5.

use std::cmp::Ordering;

use serde_json::Value;

use super::filter::Name;
use super::scalar::{Number, fold, instant};
use super::schema::{Attribute, Kind, Path, Refused, Schema, Step};
use super::values::{elements, member, start};

/// One key of an ordering.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub name: Name,
    pub descending: bool,
}

/// The keys, resolved, with the tie-breaker (O5).
pub struct Ordered<'s>(Vec<(Path<'s>, bool)>);

/// O4, and S18 for the order of the kinds.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Boolean(bool),
    Number(Number),
    Instant(i128),
    Text(String),
}

/// O1: refused, or the keys.
pub fn check<'s>(schema: &'s Schema, keys: &[SortKey]) -> Result<Ordered<'s>, Refused> {
    let mut resolved: Vec<(Path<'s>, bool)> = Vec::new();
    for key in keys {
        // S8: a bare complex attribute, in an ordering too.
        let path = schema.resolve(None, key.name.uri.as_deref(), &key.name.dotted)?.implied()?;
        // O4 gives no order of binary values.
        if !path.last().sortable || path.last().kind == Kind::Binary {
            return Err(Refused("O1: unsortable"));
        }
        if resolved.iter().any(|(other, _)| same(other, &path)) {
            return Err(Refused("O1: the same attribute twice"));
        }
        resolved.push((path, key.descending));
    }
    // O5: "`id` by default is appended when absent, in the direction of the last key".
    let id = schema.resolve(None, None, "id")?;
    if !resolved.iter().any(|(path, _)| same(path, &id)) {
        let descending = resolved.last().is_some_and(|(_, descending)| *descending);
        resolved.push((id, descending));
    }
    Ok(Ordered(resolved))
}

fn same(a: &Path<'_>, b: &Path<'_>) -> bool {
    let keys = |path: &Path<'_>| path.steps.iter().map(|step| step.key.clone()).collect::<Vec<_>>();
    a.containers == b.containers && keys(a) == keys(b)
}

impl Ordered<'_> {
    /// The resources in order. Those that are equal keep their order (O5).
    pub fn sort(&self, resources: &[Value]) -> Vec<Value> {
        let mut keyed: Vec<(Vec<Option<Key>>, &Value)> = Vec::new();
        for resource in resources {
            keyed.push((self.0.iter().map(|(path, _)| key(path, resource)).collect(), resource));
        }
        keyed.sort_by(|(a, _), (b, _)| {
            let mut order = Ordering::Equal;
            for (at, (_, descending)) in self.0.iter().enumerate() {
                order = order.then(match descending {
                    false => unassigned_last(&a[at], &b[at]),
                    true => unassigned_last(&a[at], &b[at]).reverse(),
                });
            }
            order
        });
        keyed.into_iter().map(|(_, resource)| resource.clone()).collect()
    }
}

/// O2.
fn unassigned_last(a: &Option<Key>, b: &Option<Key>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => a.is_none().cmp(&b.is_none()),
    }
}

/// The key of one resource, `None` when it is unassigned.
fn key(path: &Path<'_>, resource: &Value) -> Option<Key> {
    let mut at = start(path, resource)?;
    for step in &path.steps {
        at = first(step.attribute, member(false, step, at))?;
    }
    let attribute = path.last();
    // S18: "an object element stands for its `value`", once.
    if attribute.kind == Kind::Any && at.is_object() {
        let value = Step { key: "value".to_owned(), attribute };
        at = first(attribute, member(false, &value, at)).filter(|value| !value.is_object())?;
    }
    Some(match at {
        Value::Bool(value) => Key::Boolean(*value),
        Value::Number(number) => Key::Number(Number::stored(number)),
        Value::String(text) => match (attribute.kind, instant(text)) {
            (Kind::DateTime | Kind::Any, Some(instant)) => Key::Instant(instant),
            _ if attribute.case_exact => Key::Text(text.clone()),
            _ => Key::Text(fold(text)),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => panic!("{at} is no key"),
    })
}

/// O3: the first primary element, else the first. An array where one is declared yields its elements (S2), so it is
/// treated as if many were.
fn first<'v>(attribute: &Attribute, found: Vec<&'v Value>) -> Option<&'v Value> {
    found.iter().copied().find(|element| primary(attribute, element)).or(found.first().copied())
}

fn primary(attribute: &Attribute, element: &Value) -> bool {
    let declared = attribute.sub("primary").filter(|sub| sub.kind == Kind::Boolean);
    let inner = if attribute.kind == Kind::Any { Some(attribute) } else { declared };
    match (inner, element.as_object().and_then(|object| object.get("primary"))) {
        (Some(inner), Some(stored)) => elements(inner, stored).into_iter().any(|value| *value == true),
        _ => false,
    }
}
