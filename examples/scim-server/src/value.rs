//! JSON values of attributes, and where they lie.

use serde_json::{Map, Value};

/// The elements of an array; none of anything else.
pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An array; without elements it is no value (RFC 7643 section 2.5).
pub(crate) fn some(elements: Vec<Value>) -> Option<Value> {
    Some(elements).filter(|elements| !elements.is_empty()).map(Value::Array)
}

/// What lies behind these keys.
pub(crate) fn get<'r>(resource: &'r Map<String, Value>, keys: &[&str]) -> Option<&'r Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(resource.get(*first)?, |value, key| value.get(key))
}

/// Puts a value behind these keys, or takes away what is there, with the objects that it leaves empty.
pub(crate) fn put(resource: &mut Map<String, Value>, keys: &[&str], value: Option<Value>) {
    match (keys, value) {
        ([], _) => {}
        ([key], Some(value)) => drop(resource.insert((*key).to_owned(), value)),
        ([key], None) => drop(resource.remove(*key)),
        ([key, rest @ ..], value) => {
            let below = resource.entry(*key).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
                if below.is_empty() {
                    resource.remove(*key);
                }
            }
        }
    }
}

/// Whether an element is there already: all that is given of it is.
pub(crate) fn is_part_of(given: &Value, element: &Value) -> bool {
    match (given, element) {
        (Value::Object(given), Value::Object(members)) => {
            given.iter().all(|(name, value)| members.get(name) == Some(value))
        }
        (given, element) => given == element,
    }
}

pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

/// One that was changed and is primary takes that from the others (RFC 7644 section 3.5.2).
pub(crate) fn keep_one_primary(elements: &mut [Value], changed: &[bool]) {
    let is_changed = |at: usize| changed.get(at) == Some(&true);
    let Some(kept) = (0..elements.len()).rev().find(|at| is_changed(*at) && is_primary(&elements[*at])) else { return };
    let others = elements.iter_mut().enumerate().filter(|(at, _)| *at != kept && !is_changed(*at));
    others.map(|(_, element)| element).filter(|element| is_primary(element)).for_each(|element| {
        element["primary"] = false.into();
    });
}
