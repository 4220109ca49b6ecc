//! What a path yields (S2, S7, S13), and what is not empty (S5).

use serde_json::Value;

use super::scalar::{Number, instant};
use super::schema::{Attribute, Kind, Path, Step};

/// S2: the values of the path, seen from the resource, or from one element when the path stands between brackets.
pub fn values<'v>(path: &Path<'_>, here: &'v Value) -> Vec<&'v Value> {
    let Some(start) = start(path, here) else {
        return Vec::new();
    };
    let mut found = vec![start];
    for (at, step) in path.steps.iter().enumerate() {
        found = found.into_iter().flat_map(|value| member(path.inside && at == 0, step, value)).collect();
    }
    found
}

/// S13: the same for a comparison, where an absent `primary` is false: once for each assigned element.
pub fn compared_values<'v>(path: &Path<'_>, here: &'v Value) -> Vec<&'v Value> {
    let (last, before) = path.steps.split_last().expect("a path has a name");
    if !last.attribute.assumed_false {
        return values(path, here);
    }
    // Between brackets there is nothing before: the element is `here`.
    let elements = match before {
        [] => vec![here],
        _ => values(&Path { steps: before.to_vec(), ..path.clone() }, here),
    };
    let mut found = Vec::new();
    for element in elements {
        let stored = member(false, last, element);
        found.extend(if stored.is_empty() { vec![&Value::Bool(false)] } else { stored });
    }
    found
}

/// The object that the path's first name is looked up in: the resource, or the extension's object in it.
pub fn start<'v>(path: &Path<'_>, here: &'v Value) -> Option<&'v Value> {
    let mut at = here;
    for key in &path.containers {
        at = at.get(key).filter(|container| container.is_object())?;
    }
    Some(at)
}

/// The values of one name in `of`. The key is exactly the declared name (S2), or the name as written (S18).
pub fn member<'v>(first_in_brackets: bool, step: &Step<'_>, of: &'v Value) -> Vec<&'v Value> {
    match of.as_object() {
        Some(object) => object.get(&step.key).map_or(Vec::new(), |stored| elements(step.attribute, stored)),
        // S7: an element that is no object answers to `value`.
        None if first_in_brackets && step.key == "value" => vec![of],
        None => Vec::new(),
    }
}

/// S2: the assigned values in what is stored. An array yields its elements and anything else itself, whatever is
/// declared.
pub fn elements<'v>(attribute: &Attribute, stored: &'v Value) -> Vec<&'v Value> {
    match stored {
        Value::Array(list) => list.iter().filter(|value| assigned(attribute, value)).collect(),
        _ if assigned(attribute, stored) => vec![stored],
        _ => Vec::new(),
    }
}

/// S2: one value that is not an array, of the type that is declared.
fn assigned(attribute: &Attribute, value: &Value) -> bool {
    match attribute.kind {
        Kind::String | Kind::Binary | Kind::Reference => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Decimal => value.is_number(),
        // S11.
        Kind::Integer => value.as_number().is_some_and(|number| Number::stored(number).is_integer()),
        // S10.
        Kind::DateTime => value.as_str().is_some_and(|text| instant(text).is_some()),
        Kind::Complex | Kind::Any if value.is_object() => nodes(attribute, value).next().is_some(),
        Kind::Complex => false,
        Kind::Any => !value.is_null() && !value.is_array(),
    }
}

/// S5: not empty.
pub fn present(attribute: &Attribute, value: &Value) -> bool {
    match value {
        Value::Object(_) => nodes(attribute, value).any(|(inner, node)| present(inner, node)),
        Value::String(text) => !text.is_empty(),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) => false,
    }
}

/// The assigned nodes directly inside a complex value: of its "declared, readable sub-attributes" (S2); of all members
/// where nothing is declared (S18).
fn nodes<'a>(attribute: &'a Attribute, value: &'a Value) -> impl Iterator<Item = (&'a Attribute, &'a Value)> {
    let mut found = Vec::new();
    for (key, stored) in value.as_object().into_iter().flatten() {
        let declared = attribute.sub_attributes.iter().find(|sub| sub.name == *key && !sub.hidden);
        let inner = if attribute.kind == Kind::Any { Some(attribute) } else { declared };
        if let Some(inner) = inner {
            found.extend(elements(inner, stored).into_iter().map(|node| (inner, node)));
        }
    }
    found.into_iter()
}
