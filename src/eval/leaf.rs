//! One value against one literal. Every source ends here, and so does ordering.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Number, Scalar};
use crate::check::Literal;
use crate::decimal::Decimal;
use crate::fold::fold;
use crate::instant::Instant;
use crate::op::CompareOp;
use crate::schema::Type;

/// A stored value of the type that the schema declares.
#[derive(Clone, Debug)]
pub(crate) enum Typed<'a> {
    Text(Cow<'a, str>),
    Instant(Instant),
    Number(Number),
    Bool(bool),
    /// An assigned complex value; whether it has a node that is not empty (S5).
    Complex {
        present: bool,
    },
}

/// The value of a declared type, or `None`: a value of another type is unassigned (S2).
pub(crate) fn typed(scalar: Scalar<'_>, ty: Type) -> Option<Typed<'_>> {
    match (ty, scalar) {
        (Type::String | Type::Reference | Type::Binary, Scalar::String(text)) => Some(Typed::Text(text)),
        (Type::DateTime, Scalar::String(text)) => Instant::parse(&text).ok().map(Typed::Instant),
        (Type::Boolean, Scalar::Bool(value)) => Some(Typed::Bool(value)),
        (Type::Decimal, Scalar::Number(number)) => Some(Typed::Number(number)),
        // S11: a fraction, or a value outside i64 and u64, is wrong-typed.
        (Type::Integer, Scalar::Number(number @ (Number::I64(_) | Number::U64(_)))) => Some(Typed::Number(number)),
        (Type::Integer, Scalar::Number(number @ Number::F64(_))) => {
            Decimal::from(number).is_integer().then_some(Typed::Number(number))
        }
        _ => None,
    }
}

/// The value that a literal of this type can be compared with under the open schema, where the literal's kind types the
/// comparison (S18).
pub(super) fn typed_like<'a>(scalar: Scalar<'a>, literal: &Literal) -> Option<Typed<'a>> {
    match (literal, scalar) {
        (Literal::Text { .. }, Scalar::String(text)) => Some(Typed::Text(text)),
        (Literal::Instant(_), Scalar::String(text)) => Instant::parse(&text).ok().map(Typed::Instant),
        (Literal::Number(_), Scalar::Number(number)) => Some(Typed::Number(number)),
        (Literal::Bool(_), Scalar::Bool(value)) => Some(Typed::Bool(value)),
        _ => None,
    }
}

/// S5: not empty.
pub(super) fn is_present(value: &Typed<'_>) -> bool {
    match value {
        Typed::Text(text) => !text.is_empty(),
        Typed::Instant(_) | Typed::Number(_) | Typed::Bool(_) => true,
        Typed::Complex { present } => *present,
    }
}

/// S9 to S12: one comparison. A value of another type than the literal's does not come here; it would be false.
pub(super) fn compare(op: CompareOp, value: &Typed<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Typed::Text(value), Literal::Text { text, folded }) => {
            let value = if *folded { fold(value) } else { Cow::Borrowed(&**value) };
            match op {
                CompareOp::Co => memchr::memmem::find(value.as_bytes(), text.as_bytes()).is_some(),
                CompareOp::Sw => value.starts_with(&**text),
                CompareOp::Ew => value.ends_with(&**text),
                // UTF-8 sorts as its code points do.
                _ => ordered(op, (*value).cmp(&**text)),
            }
        }
        (Typed::Instant(value), Literal::Instant(literal)) => ordered(op, value.cmp(literal)),
        (Typed::Number(value), Literal::Number(literal)) => ordered(op, Decimal::from(*value).cmp(literal)),
        (Typed::Bool(value), Literal::Bool(literal)) => ordered(op, value.cmp(literal)),
        _ => false,
    }
}

/// What an operator says of an order. `co`, `sw` and `ew` are not about order.
fn ordered(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}
