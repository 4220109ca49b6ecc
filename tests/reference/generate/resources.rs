//! Resources: by their schema, with everything in it that a store should not hold but does; or any JSON.

use serde_json::{Map, Value};

use super::pool::Pool;
use crate::reference::random::Random;
use crate::reference::schema::{Attribute, Kind, Schema};

/// The names of the open schema's resources.
pub const NAMES: &[&str] = &["a", "b", "c", "A", "value", "primary", "type", "emails", "created", "b-2_x", "$ref"];

/// A key of the open schema's resources that a filter names by a URI.
pub const URI: &str = "urn:x:1.0";

/// One resource. Its `id` is unique in its world.
pub fn resource(random: &mut Random, pool: &Pool, schema: &Schema, number: usize) -> Value {
    let mut object = if schema.open {
        let mut object = Map::new();
        for _ in 0..random.between(2, 7) {
            object.insert(key(random), anything(random, pool, 3));
        }
        object
    } else {
        by_schema(random, pool, schema)
    };
    // What an alias leads through may be no object.
    if schema.case_exact_names && random.percent(5) {
        object.insert("requested".to_owned(), scalar(random, pool));
    }
    object.insert("id".to_owned(), Value::from(format!("id-{:03}", (number * 37) % 101)));
    Value::Object(object)
}

fn by_schema(random: &mut Random, pool: &Pool, schema: &Schema) -> Map<String, Value> {
    let mut object = attributes(random, pool, &schema.core, 60);
    for (uri, extension) in &schema.extensions {
        if random.percent(75) {
            object.insert(uri.clone(), Value::Object(attributes(random, pool, extension, 60)));
        } else if random.percent(20) {
            let junk = scalar(random, pool);
            object.insert(uri.clone(), junk);
        }
        // An extension's attribute has no place in the resource itself.
        if random.percent(10) {
            let attribute = random.pick(extension);
            let stray = stored(random, pool, attribute);
            object.entry(attribute.name.clone()).or_insert(stray);
        }
    }
    object
}

fn attributes(random: &mut Random, pool: &Pool, declared: &[Attribute], chance: usize) -> Map<String, Value> {
    let mut object = Map::new();
    for attribute in declared {
        if random.percent(chance) {
            let value = stored(random, pool, attribute);
            insert(&mut object, &attribute.at, value);
        }
    }
    // S2: nothing that is not declared counts, another case of a declared name neither.
    if random.percent(10) {
        object.insert("undeclared".to_owned(), anything(random, pool, 1));
    }
    if random.percent(5) {
        let attribute = random.pick(declared);
        let value = stored(random, pool, attribute);
        object.insert(attribute.name.to_ascii_uppercase(), value);
    }
    object
}

fn insert(object: &mut Map<String, Value>, keys: &[String], value: Value) {
    if let [container, rest @ ..] = keys
        && !rest.is_empty()
    {
        if let Value::Object(inner) = object.entry(container).or_insert(Value::Object(Map::new())) {
            insert(inner, rest, value);
        }
    } else {
        object.insert(keys[0].clone(), value);
    }
}

/// What is stored for an attribute: mostly what is declared.
fn stored(random: &mut Random, pool: &Pool, attribute: &Attribute) -> Value {
    match random.below(100) {
        0..4 => return Value::Null,
        4..7 => return Value::Array(Vec::new()),
        7..11 => return anything(random, pool, 2),
        _ => {}
    }
    // One where many are declared, many where one is.
    let many = attribute.multi_valued != random.percent(6);
    if !many {
        return one(random, pool, attribute);
    }
    let most = if attribute.multi_valued { 5 } else { 2 };
    let mut list = Vec::new();
    for _ in 0..random.between(1, most) {
        list.push(match random.below(100) {
            0..3 => anything(random, pool, 1),
            3..5 => Value::Array(vec![one(random, pool, attribute)]),
            _ => one(random, pool, attribute),
        });
    }
    Value::Array(list)
}

/// One value of the declared type.
fn one(random: &mut Random, pool: &Pool, attribute: &Attribute) -> Value {
    match attribute.kind {
        Kind::String | Kind::Binary | Kind::Reference => Value::from(pool.string(random)),
        Kind::Boolean => Value::from(random.percent(50)),
        Kind::Integer | Kind::Decimal => number(random, pool),
        Kind::DateTime => Value::from(pool.instant(random)),
        Kind::Complex => Value::Object(attributes(random, pool, &attribute.sub_attributes, 60)),
        Kind::Any => anything(random, pool, 2),
    }
}

fn number(random: &mut Random, pool: &Pool) -> Value {
    serde_json::from_str(&pool.number(random)).expect("a number within a double's range")
}

fn scalar(random: &mut Random, pool: &Pool) -> Value {
    match random.below(10) {
        0 => Value::Null,
        1 | 2 => Value::from(random.percent(50)),
        3 | 4 => number(random, pool),
        5 | 6 => Value::from(pool.instant(random)),
        7 => Value::from(""),
        _ => Value::from(pool.string(random)),
    }
}

fn key(random: &mut Random) -> String {
    if random.percent(6) { URI.to_owned() } else { random.pick_str(NAMES).to_owned() }
}

/// Any JSON.
fn anything(random: &mut Random, pool: &Pool, depth: usize) -> Value {
    match random.below(10) {
        0..5 if depth > 0 => {
            let members = random.below(4);
            let mut object = Map::new();
            for _ in 0..members {
                object.insert(key(random), anything(random, pool, depth - 1));
            }
            Value::Object(object)
        }
        5..7 if depth > 0 => {
            let elements = random.below(4);
            Value::Array((0..elements).map(|_| anything(random, pool, depth - 1)).collect())
        }
        _ => scalar(random, pool),
    }
}
