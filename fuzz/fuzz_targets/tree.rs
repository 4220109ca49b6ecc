//! Any tree that a program builds: its text parses to the same tree, and no step of its life uses up the stack.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use scim_query::{Filter, FilterBuilder, Schema, attr};

/// Steps of a machine that builds a tree of any shape, so that the input's size bounds the tree's.
#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Attr(u8, u8, Value<'a>),
    And,
    Or,
    Not,
    ValuePath(u8),
}

#[derive(Arbitrary, Debug)]
enum Value<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Text(&'a str),
}

const NAMES: [&str; 8] =
    ["userName", "emails", "type", "value", "urn:example:x:a-b_c", "name.familyName", "$ref", "not"];

fuzz_target!(|steps: Vec<Step>| {
    let mut stack: Vec<FilterBuilder> = Vec::new();
    for step in steps {
        match step {
            Step::Attr(name, op, value) => stack.push(leaf(NAMES[usize::from(name) % NAMES.len()], op, value)),
            Step::And | Step::Or => {
                let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { return };
                stack.push(if matches!(step, Step::And) { left.and(right) } else { left.or(right) });
            }
            Step::Not => match stack.pop() {
                Some(inner) => stack.push(inner.not()),
                None => return,
            },
            Step::ValuePath(name) => match stack.pop() {
                Some(inner) => stack.push(attr(NAMES[usize::from(name) % NAMES.len()]).any(inner)),
                None => return,
            },
        }
    }
    // A value path in a value path is refused.
    let Some(Ok(filter)) = stack.pop().map(FilterBuilder::build) else { return };
    assert_eq!(filter.clone(), filter);
    let printed = filter.to_string();
    match Filter::parse(&printed) {
        Ok(parsed) => {
            assert_eq!(parsed, filter);
            assert_eq!(parsed.to_string(), printed);
        }
        // Beyond the limits of a text, and then `check` refuses it too.
        Err(_) => assert!(printed.len() > 8192 || filter.check(&Schema::open()).is_err(), "{printed}"),
    }
});

fn leaf(name: &str, op: u8, value: Value<'_>) -> FilterBuilder {
    let ops = scim_query::CompareOp::ALL;
    let attribute = attr(name);
    match (usize::from(op) % (ops.len() + 1), value) {
        (9, _) => attribute.present(),
        (op, Value::Null) => attribute.compare(ops[op], None::<bool>),
        (op, Value::Bool(value)) => attribute.compare(ops[op], value),
        (op, Value::Integer(value)) => attribute.compare(ops[op], value),
        (op, Value::Text(text)) => attribute.compare(ops[op], text),
    }
}
