//! A smaller example of a failure, by leaving out one thing after the other while it still fails.

use serde_json::Value;

use super::filter::Filter;

/// The smallest that can be reached from a filter and a resource on which `fails` is true.
pub fn shrink(mut filter: Filter, mut resource: Value, fails: impl Fn(&Filter, &Value) -> bool) -> (Filter, Value) {
    loop {
        if let Some(smaller) = smaller_filters(&filter).into_iter().find(|smaller| fails(smaller, &resource)) {
            filter = smaller;
        } else if let Some(smaller) = smaller_values(&resource).into_iter().find(|smaller| fails(&filter, smaller)) {
            resource = smaller;
        } else {
            return (filter, resource);
        }
    }
}

/// The smallest that can be reached from a value on which `fails` is true.
pub fn shrink_value(value: Value, fails: impl Fn(&Value) -> bool) -> Value {
    match smaller_values(&value).into_iter().find(|smaller| fails(smaller)) {
        Some(smaller) => shrink_value(smaller, fails),
        None => value,
    }
}

pub fn smaller_filters(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::And(terms) => smaller_terms(terms, Filter::And),
        Filter::Or(terms) => smaller_terms(terms, Filter::Or),
        Filter::Not(term) => {
            let inner = smaller_filters(term).into_iter().map(|smaller| Filter::Not(Box::new(smaller)));
            std::iter::once((**term).clone()).chain(inner).collect()
        }
        Filter::ValuePath(name, inner) => {
            let inner = smaller_filters(inner).into_iter();
            inner.map(|smaller| Filter::ValuePath(name.clone(), Box::new(smaller))).collect()
        }
        Filter::Compare(_) => Vec::new(),
    }
}

fn smaller_terms(terms: &[Filter], join: fn(Vec<Filter>) -> Filter) -> Vec<Filter> {
    let mut smaller = terms.to_vec();
    for (at, term) in terms.iter().enumerate() {
        if terms.len() > 2 {
            let mut fewer = terms.to_vec();
            fewer.remove(at);
            smaller.push(join(fewer));
        }
        for inner in smaller_filters(term) {
            let mut changed = terms.to_vec();
            changed[at] = inner;
            smaller.push(join(changed));
        }
    }
    smaller
}

/// The value with one node left out, at any depth.
fn smaller_values(value: &Value) -> Vec<Value> {
    let mut smaller = Vec::new();
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let mut fewer = object.clone();
                fewer.remove(key);
                smaller.push(Value::Object(fewer));
                for inner in smaller_values(inner) {
                    let mut changed = object.clone();
                    changed.insert(key.clone(), inner);
                    smaller.push(Value::Object(changed));
                }
            }
        }
        Value::Array(list) => {
            for (at, inner) in list.iter().enumerate() {
                let mut fewer = list.clone();
                fewer.remove(at);
                smaller.push(Value::Array(fewer));
                for inner in smaller_values(inner) {
                    let mut changed = list.clone();
                    changed[at] = inner;
                    smaller.push(Value::Array(changed));
                }
            }
        }
        _ => {}
    }
    smaller
}
