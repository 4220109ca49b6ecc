//! Any tree that a program builds: its text parses to the same tree, and no step of its life uses up the stack.

use arbitrary::Unstructured;
use scim_query::{AttrTest, CompValue, CompareOp, Expr, ExprKind, Filter, FilterBuilder, Schema, attr};

use super::seeds::filters;

const NAMES: [&str; 8] =
    ["userName", "emails", "type", "value", "urn:example:x:a-b_c", "name.familyName", "$ref", "not"];

/// The input is a list of steps of a machine that builds a tree of any shape, so that the input's size bounds the tree's.
const ATTR: u8 = 0;
const AND: u8 = 1;
const OR: u8 = 2;
const NOT: u8 = 3;
const VALUE_PATH: u8 = 4;
const STEPS: u8 = 5;
/// The operator behind the last of those with a value.
const PRESENT: usize = CompareOp::ALL.len();

pub fn check(data: &[u8]) {
    let Some(filter) = built(data) else { return };
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
}

fn built(data: &[u8]) -> Option<Filter<'static>> {
    let mut steps = Unstructured::new(data);
    let mut stack: Vec<FilterBuilder> = Vec::new();
    while !steps.is_empty() {
        let next = match steps.arbitrary::<u8>().ok()? % STEPS {
            ATTR => leaf(&mut steps)?,
            NOT => stack.pop()?.not(),
            VALUE_PATH => {
                let name = name(&mut steps)?;
                attr(name).any(stack.pop()?)
            }
            join => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                if join == AND { left.and(right) } else { left.or(right) }
            }
        };
        stack.push(next);
    }
    // A value path in a value path, or a name that is none, is refused.
    stack.pop()?.build().ok()
}

fn leaf(steps: &mut Unstructured<'_>) -> Option<FilterBuilder> {
    let attribute = attr(name(steps)?);
    let op = usize::from(steps.arbitrary::<u8>().ok()?) % (PRESENT + 1);
    if op == PRESENT {
        return Some(attribute.present());
    }
    let value = match steps.arbitrary::<u8>().ok()? % 5 {
        0 => CompValue::Null,
        1 => CompValue::Bool(false),
        2 => CompValue::Bool(true),
        3 => CompValue::String(text(steps)?.to_owned().into()),
        _ => {
            let number = text(steps)?;
            // What a program gives as a number is one: only its text is kept.
            let number: serde_json::Number = serde_json::from_str(number).ok()?;
            CompValue::Number(number.to_string().into())
        }
    };
    Some(attribute.compare(CompareOp::ALL[op], value))
}

/// One of a few names, or any text.
fn name<'s>(steps: &mut Unstructured<'s>) -> Option<&'s str> {
    match usize::from(steps.arbitrary::<u8>().ok()?) {
        few if few < NAMES.len() => Some(NAMES[few]),
        length => text_of(steps, length - NAMES.len()),
    }
}

fn text<'s>(steps: &mut Unstructured<'s>) -> Option<&'s str> {
    let length = steps.arbitrary::<u8>().ok()?;
    text_of(steps, length.into())
}

fn text_of<'s>(steps: &mut Unstructured<'s>, length: usize) -> Option<&'s str> {
    std::str::from_utf8(steps.bytes(length).ok()?).ok()
}

/// The steps that build the filters of the cases.
pub fn steps_of_filters() -> Vec<Vec<u8>> {
    let steps = |text: Vec<u8>| {
        let filter = Filter::parse(std::str::from_utf8(&text).ok()?).ok()?;
        let mut steps = Vec::new();
        write(filter.expr(), &mut steps)?;
        Some(steps)
    };
    filters().into_iter().filter_map(steps).collect()
}

fn write(expr: Expr<'_>, steps: &mut Vec<u8>) -> Option<()> {
    match expr.kind() {
        ExprKind::And(terms) => write_terms(terms, AND, steps)?,
        ExprKind::Or(terms) => write_terms(terms, OR, steps)?,
        ExprKind::Not(inner) => {
            write(inner, steps)?;
            steps.push(NOT);
        }
        ExprKind::ValuePath(path, inner) => {
            write(inner, steps)?;
            steps.push(VALUE_PATH);
            write_text(&path.to_string(), NAMES.len(), steps)?;
        }
        ExprKind::Attr(exp) => {
            steps.push(ATTR);
            write_text(&exp.path().to_string(), NAMES.len(), steps)?;
            match exp.test() {
                AttrTest::Present => steps.push(u8::try_from(PRESENT).ok()?),
                AttrTest::Compare(op, value) => {
                    steps.push(u8::try_from(CompareOp::ALL.iter().position(|each| each == op)?).ok()?);
                    write_value(value, steps)?;
                }
            }
        }
    }
    Some(())
}

fn write_terms<'a>(terms: impl IntoIterator<Item = Expr<'a>>, join: u8, steps: &mut Vec<u8>) -> Option<()> {
    for (at, term) in terms.into_iter().enumerate() {
        write(term, steps)?;
        steps.extend((at > 0).then_some(join));
    }
    Some(())
}

fn write_value(value: &CompValue<'_>, steps: &mut Vec<u8>) -> Option<()> {
    match value {
        CompValue::Null => steps.push(0),
        CompValue::Bool(value) => steps.push(1 + u8::from(*value)),
        CompValue::String(text) => {
            steps.push(3);
            write_text(text, 0, steps)?;
        }
        CompValue::Number(text) => {
            steps.push(4);
            write_text(text, 0, steps)?;
        }
    }
    Some(())
}

fn write_text(text: &str, first: usize, steps: &mut Vec<u8>) -> Option<()> {
    steps.push(u8::try_from(text.len() + first).ok()?);
    steps.extend(text.as_bytes());
    Some(())
}
