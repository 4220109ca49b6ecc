//! Filters: what is refused, and what is true. One function, one rule.

use std::cmp::Ordering;

use serde_json::Value;

use super::scalar::{Number, fold, instant};
use super::schema::{Attribute, Kind, Path, Refused, Schema};
use super::values::{compared_values, elements, present, values};

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Comparison),
    /// The name before the bracket, and what is in the brackets.
    ValuePath(Name, Box<Filter>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub name: Name,
    pub op: Op,
    /// What `pr` has here is ignored.
    pub literal: Literal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    pub uri: Option<String>,
    pub dotted: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
    Pr,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    /// Its text (G7).
    Number(String),
    Text(String),
}

/// The whole meaning: refused, or true or false (S1).
pub fn eval(schema: &Schema, filter: &Filter, resource: &Value) -> Result<bool, Refused> {
    check(schema, None, filter)?;
    Ok(holds(schema, None, filter, resource))
}

/// Whether a filter is refused, and by which rule. `inside` is the attribute before the bracket, between brackets.
pub fn check(schema: &Schema, inside: Option<&Attribute>, filter: &Filter) -> Result<(), Refused> {
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().try_for_each(|term| check(schema, inside, term)),
        Filter::Not(term) => check(schema, inside, term),
        Filter::Compare(comparison) => {
            let path = schema.resolve(inside, comparison.name.uri.as_deref(), &comparison.name.dotted)?;
            allowed(path, comparison.op, &comparison.literal)
        }
        Filter::ValuePath(name, inner) => {
            if inside.is_some() {
                return Err(Refused("G9: nested"));
            }
            let attribute = schema.resolve(None, name.uri.as_deref(), &name.dotted)?.last();
            let has_elements = attribute.multi_valued || attribute.kind == Kind::Complex;
            if !has_elements {
                return Err(Refused("S7: a simple singular attribute has no elements"));
            }
            check(schema, Some(attribute), inner)
        }
    }
}

/// Which operators and literals an attribute has.
fn allowed(path: Path<'_>, op: Op, literal: &Literal) -> Result<(), Refused> {
    use Op::{Co, Eq, Ew, Ne, Pr, Sw};
    if !path.last().filterable {
        return Err(Refused("S15: not filterable"));
    }
    match (op, literal) {
        (Pr, _) | (Eq | Ne, Literal::Null) => return Ok(()),
        (_, Literal::Null) => return Err(Refused("S6: another operator with null")),
        _ => {}
    }
    let part_of_text = matches!(op, Co | Sw | Ew);
    let equality = matches!(op, Eq | Ne);
    let fine = match (path.implied()?.last().kind, literal) {
        (Kind::String | Kind::Reference, Literal::Text(_)) => true,
        // S12.
        (Kind::Binary, Literal::Text(_)) | (Kind::Boolean, Literal::Bool(_)) => equality,
        // S10: "a malformed literal is refused".
        (Kind::DateTime, Literal::Text(text)) => !part_of_text && instant(text).is_some(),
        // S11.
        (Kind::Integer | Kind::Decimal, Literal::Number(_)) => !part_of_text,
        // S18: the literal's kind types the comparison, so its operators are those of that type.
        (Kind::Any, Literal::Text(_)) => true,
        (Kind::Any, Literal::Number(_)) => !part_of_text,
        (Kind::Any, Literal::Bool(_)) => equality,
        // S14.
        _ => false,
    };
    if fine { Ok(()) } else { Err(Refused("S10, S11, S12, S14: operator or kind of literal")) }
}

/// Whether a filter that is not refused is true. `here` is the resource, or the element between brackets.
pub fn holds(schema: &Schema, inside: Option<&Attribute>, filter: &Filter, here: &Value) -> bool {
    match filter {
        Filter::And(terms) => terms.iter().all(|term| holds(schema, inside, term, here)),
        Filter::Or(terms) => terms.iter().any(|term| holds(schema, inside, term, here)),
        Filter::Not(term) => !holds(schema, inside, term, here),
        Filter::Compare(comparison) => {
            let name = &comparison.name;
            let path = schema.resolve(inside, name.uri.as_deref(), &name.dotted).expect("checked");
            compare(&path, comparison.op, &comparison.literal, here)
        }
        // S7: one assigned element satisfies all of it by itself.
        Filter::ValuePath(name, inner) => {
            let path = schema.resolve(None, name.uri.as_deref(), &name.dotted).expect("checked");
            values(&path, here).into_iter().any(|element| holds(schema, Some(path.last()), inner, element))
        }
    }
}

fn compare(path: &Path<'_>, op: Op, literal: &Literal, here: &Value) -> bool {
    match (op, literal) {
        // S5.
        (Op::Pr, _) => values(path, here).into_iter().any(|value| present(path.last(), value)),
        // S6.
        (Op::Eq, Literal::Null) => values(path, here).is_empty(),
        (Op::Ne, Literal::Null) => !values(path, here).is_empty(),
        _ => {
            let path = path.clone().implied().expect("checked");
            let mut found = compared_values(&path, here);
            if path.last().kind == Kind::Any {
                found = of_literals_kind(path.last(), found, op, literal);
            }
            let mut satisfied = found.iter().map(|value| satisfies(path.last(), value, op, literal));
            match op {
                // S4.
                Op::Ne => found.is_empty() || satisfied.any(|yes| yes),
                // S3.
                _ => satisfied.any(|yes| yes),
            }
        }
    }
}

/// S18: "an object element stands for its `value`", once; "a value of another kind is no value".
fn of_literals_kind<'v>(any: &Attribute, found: Vec<&'v Value>, op: Op, literal: &Literal) -> Vec<&'v Value> {
    let mut compared = Vec::new();
    for value in found {
        match value {
            Value::Object(object) => {
                compared.extend(object.get("value").map_or(Vec::new(), |stored| elements(any, stored)));
            }
            _ => compared.push(value),
        }
    }
    compared.retain(|value| match literal {
        Literal::Null => false,
        Literal::Bool(_) => value.is_boolean(),
        Literal::Number(_) => value.is_number(),
        Literal::Text(text) if by_instant(op, text) => value.as_str().is_some_and(|value| instant(value).is_some()),
        Literal::Text(_) => value.is_string(),
    });
    compared
}

/// S18: "`eq ne gt ge lt le` with a dateTime-shaped literal compare instants".
fn by_instant(op: Op, text: &str) -> bool {
    !matches!(op, Op::Co | Op::Sw | Op::Ew) && instant(text).is_some()
}

/// One value of the right type and one literal.
fn satisfies(attribute: &Attribute, value: &Value, op: Op, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Bool(value), Literal::Bool(literal)) => by_order(op, value.cmp(literal)),
        // S11.
        (Value::Number(value), Literal::Number(literal)) => {
            by_order(op, Number::stored(value).cmp(&Number::literal(literal)))
        }
        (Value::String(value), Literal::Text(literal)) => {
            let instants = attribute.kind == Kind::DateTime || attribute.kind == Kind::Any && by_instant(op, literal);
            if instants {
                return by_order(op, instant(value).cmp(&instant(literal)));
            }
            // S9: folded unless caseExact, "for every operator"; by code point, as `str` compares.
            let (value, literal) = match attribute.case_exact {
                true => (value.clone(), literal.clone()),
                false => (fold(value), fold(literal)),
            };
            match op {
                Op::Co => value.contains(&literal),
                Op::Sw => value.starts_with(&literal),
                Op::Ew => value.ends_with(&literal),
                _ => by_order(op, value.cmp(&literal)),
            }
        }
        _ => panic!("{value} is not of the literal's kind"),
    }
}

fn by_order(op: Op, order: Ordering) -> bool {
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Co | Op::Sw | Op::Ew | Op::Pr => panic!("{op:?} does not compare by order"),
    }
}
