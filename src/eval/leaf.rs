//! What lies at a place as a value of the declared type.

use std::borrow::Cow;

use super::number::is_integer;
use super::{Number, Scalar};
use crate::instant::Instant;
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
        (Type::DateTime, Scalar::DateTime(instant)) => Some(Typed::Instant(instant.into())),
        (Type::Boolean, Scalar::Bool(value)) => Some(Typed::Bool(value)),
        (Type::Decimal, Scalar::Number(number)) => Some(Typed::Number(number)),
        // S11: a fraction, or a value outside i64 and u64, is wrong-typed.
        (Type::Integer, Scalar::Number(number)) => is_integer(number).then_some(Typed::Number(number)),
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
