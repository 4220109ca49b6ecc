//! A resource's values as literals, as a filter would write them.

use crate::check::Literal;
use crate::decimal::Decimal;
use crate::eval::Typed;
use crate::order::SortValue;

pub(super) fn literal_of(value: Typed<'_>, folded: bool) -> Option<Literal> {
    Some(match value {
        Typed::Text(text) => Literal::Text { text: text.into(), folded },
        Typed::Instant(instant) => Literal::Instant(instant),
        Typed::Number(number) => Literal::Number(Decimal::from(number)),
        Typed::Bool(value) => Literal::Bool(value),
        Typed::Complex { .. } => return None,
    })
}

/// The literal of a sort key's value.
pub(super) fn literal_of_key(value: SortValue<'_>, folded: bool) -> Option<Literal> {
    literal_of(
        match value {
            SortValue::Bool(value) => Typed::Bool(value),
            SortValue::Number(number) => Typed::Number(number),
            SortValue::Instant(instant) => Typed::Instant(instant),
            SortValue::Text(text) => Typed::Text(text),
            SortValue::Unassigned => return None,
        },
        folded,
    )
}
