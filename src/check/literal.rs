//! From the kind of a written value to the type of its attribute (S9 to S14), and the quirks of values.

use crate::ast::CompValue;
use crate::decimal::Decimal;
use crate::error::ErrorKind;
use crate::fold::fold;
use crate::instant::{Instant, NO_OFFSET};
use crate::op::CompareOp;
use crate::options::Options;
use crate::quirks::Quirk;
use crate::schema::{Attribute, Type};

use super::expr::Literal;

/// A literal of an attribute's type, and the quirk that it took.
pub(super) type Typed = Result<(Literal, Option<Quirk>), ErrorKind>;

/// The literal that `value` is for an attribute. `null` is not one.
pub(super) fn typed(value: &CompValue<'_>, attribute: &Attribute, options: &Options) -> Typed {
    let has = |quirk| options.quirks.has(quirk);
    match (attribute.ty(), value) {
        (Type::String | Type::Reference | Type::Binary, CompValue::String(text)) => {
            Ok((text_for(text, attribute), None))
        }
        (Type::String | Type::Reference, CompValue::Number(text)) if has(Quirk::Q4) => {
            Ok((text_for(text, attribute), Some(Quirk::Q4)))
        }
        (Type::String | Type::Reference, CompValue::Bool(value)) if has(Quirk::Q4) => {
            Ok((text_for(&value.to_string(), attribute), Some(Quirk::Q4)))
        }
        (Type::Integer | Type::Decimal, CompValue::Number(text)) => Ok((Literal::Number(Decimal::parse(text)), None)),
        (Type::Boolean, CompValue::Bool(value)) => Ok((Literal::Bool(*value), None)),
        (Type::Boolean, CompValue::String(text)) if has(Quirk::Q5) && boolean_word(text).is_some() => {
            Ok((Literal::Bool(boolean_word(text).unwrap_or(false)), Some(Quirk::Q5)))
        }
        (Type::DateTime, CompValue::String(text)) => instant(text, has(Quirk::Q6)),
        (ty, value) => Err(ErrorKind::KindMismatch { expected: needed(ty), found: value.kind() }),
    }
}

/// The literal that a value is by its kind alone, under the open schema (S18).
pub(super) fn untyped(value: &CompValue<'_>, op: CompareOp) -> Option<Literal> {
    let contains = matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew);
    Some(match value {
        CompValue::Null => return None,
        CompValue::Bool(value) => Literal::Bool(*value),
        CompValue::Number(text) => Literal::Number(Decimal::parse(text)),
        CompValue::String(text) => match Instant::parse(text) {
            Ok(instant) if !contains => Literal::Instant(instant),
            _ => Literal::Text { text: fold(text).into(), folded: true },
        },
    })
}

fn text_for(text: &str, attribute: &Attribute) -> Literal {
    let prepared = attribute.prepare().map(|prepare| prepare(text));
    let text = prepared.as_deref().unwrap_or(text);
    let folded = !attribute.is_case_exact();
    Literal::Text { text: if folded { fold(text).into() } else { text.into() }, folded }
}

/// `"True"`, `"false"` and the like (Q5).
fn boolean_word(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("true") => Some(true),
        () if text.eq_ignore_ascii_case("false") => Some(false),
        () => None,
    }
}

fn instant(text: &str, lenient: bool) -> Typed {
    match Instant::parse(text) {
        Ok(instant) => Ok((Literal::Instant(instant), None)),
        Err(NO_OFFSET) if lenient => {
            let (instant, _) = Instant::parse_lenient(text).map_err(|reason| ErrorKind::DateTimeInvalid { reason })?;
            Ok((Literal::Instant(instant), Some(Quirk::Q6)))
        }
        Err(reason) => Err(ErrorKind::DateTimeInvalid { reason }),
    }
}

fn needed(ty: Type) -> &'static str {
    match ty {
        Type::String | Type::Reference => "a string in double quotes",
        Type::Binary => "base64 in double quotes",
        Type::Boolean => "`true` or `false` without quotes",
        Type::Integer | Type::Decimal => "a number without quotes",
        Type::DateTime => "a dateTime in double quotes, as in \"2022-05-24T14:15:22Z\"",
        Type::Complex => "`null`",
    }
}

/// Whether the literal is one of the attribute's canonical values, or it has none (S14).
pub(super) fn is_canonical(value: &CompValue<'_>, attribute: &Attribute) -> bool {
    let CompValue::String(text) = value else { return true };
    let values = attribute.canonical_values();
    let same = |value: &str| {
        if attribute.is_case_exact() { value == &**text } else { fold(value) == fold(text) }
    };
    values.is_empty() || values.iter().any(|value| same(value))
}
