//! A comparison, prepared: which values are of the literal's type, and what it says of each.

use super::accept::Accept;
use super::number::{NumberLiteral, is_integer};
use super::set::TextSet;
use super::text::TextLiteral;
use super::{Number, Scalar};
use crate::check::Literal;
use crate::instant::{Instant, KnownInstant};
use crate::op::CompareOp;

#[derive(Clone, Debug)]
pub(super) enum Comparison {
    Text(TextLiteral),
    /// One of these texts.
    Texts(TextSet),
    Instant(Accept, KnownInstant),
    /// One of these instants, which are sorted.
    Instants(Box<[Instant]>),
    /// `integer`: the attribute is one, so a number that is none is wrong-typed (S11).
    Number {
        accept: Accept,
        literal: NumberLiteral,
        integer: bool,
    },
    Bool {
        of_false: bool,
        of_true: bool,
    },
}

impl Comparison {
    pub(super) fn new(op: CompareOp, literal: &Literal, integer: bool) -> Comparison {
        let accept = Accept::of(op);
        match literal {
            Literal::Text { text, folded } => Comparison::Text(TextLiteral::new(op, text, *folded)),
            Literal::Instant(instant) => Comparison::Instant(accept, KnownInstant::new(*instant)),
            Literal::Number(number) => Comparison::Number { accept, literal: NumberLiteral::new(number), integer },
            Literal::Bool(literal) => Comparison::Bool {
                of_false: accept.accepts(false.cmp(literal)),
                of_true: accept.accepts(true.cmp(literal)),
            },
        }
    }

    /// Equality with one of several literals of one kind; `None` where that is no faster than one after the other.
    pub(super) fn one_of<'e, L: Iterator<Item = &'e Literal>>(literals: impl Fn() -> L) -> Option<Comparison> {
        match literals().next()? {
            // The attribute decides whether they are folded: all are or none is.
            Literal::Text { folded, .. } => {
                let text = |literal: &'e Literal| match literal {
                    Literal::Text { text, folded: other } if other == folded => Some(text.clone()),
                    _ => None,
                };
                let mut texts = Vec::with_capacity(literals().count());
                for literal in literals() {
                    texts.push(text(literal)?);
                }
                Some(Comparison::Texts(TextSet::new(texts.into(), *folded)))
            }
            Literal::Instant(_) => {
                let instant = |literal: &Literal| match literal {
                    Literal::Instant(instant) => Some(*instant),
                    _ => None,
                };
                let mut instants: Vec<Instant> = literals().map(instant).collect::<Option<_>>()?;
                instants.sort_unstable();
                Some(Comparison::Instants(instants.into()))
            }
            Literal::Number(_) | Literal::Bool(_) => None,
        }
    }

    /// What it says of a value; `None` if that is of another type, and so no value (S2).
    #[inline(always)]
    pub(super) fn of(&self, scalar: &Scalar<'_>) -> Option<bool> {
        match (self, scalar) {
            (_, Scalar::String(text)) => self.of_text(text),
            (Comparison::Instant(accept, literal), Scalar::DateTime(instant)) => {
                Some(accept.accepts(Instant::from(*instant).cmp(&literal.instant())))
            }
            (Comparison::Instants(instants), Scalar::DateTime(instant)) => {
                Some(instants.binary_search(&Instant::from(*instant)).is_ok())
            }
            (
                Comparison::Number { integer: true, .. },
                Scalar::Number(number @ (Number::F64(_) | Number::Decimal { .. })),
            ) if !is_integer(*number) => None,
            (Comparison::Number { accept, literal, .. }, Scalar::Number(number)) => {
                Some(accept.accepts(literal.order_of(*number)))
            }
            (Comparison::Bool { of_false, of_true }, Scalar::Bool(value)) => {
                Some(if *value { *of_true } else { *of_false })
            }
            _ => None,
        }
    }

    /// As [`of`](Comparison::of) of a string.
    #[inline(always)]
    pub(super) fn of_text(&self, text: &str) -> Option<bool> {
        match self {
            Comparison::Text(literal) => Some(literal.accepts(text)),
            Comparison::Texts(set) => Some(set.contains(text)),
            Comparison::Instant(accept, literal) => Some(accept.accepts(literal.order_of(text)?)),
            Comparison::Instants(instants) => Some(instants.binary_search(&Instant::parse(text).ok()?).is_ok()),
            Comparison::Number { .. } | Comparison::Bool { .. } => None,
        }
    }

    /// The same, not inlined: for where most comparisons are others.
    #[inline(never)]
    pub(super) fn of_text_apart(&self, text: &str) -> Option<bool> {
        self.of_text(text)
    }

    /// Whether it may say something of a string.
    pub(super) fn is_of_texts(&self) -> bool {
        !matches!(self, Comparison::Number { .. } | Comparison::Bool { .. })
    }

    /// The text that a string has to be exactly.
    pub(super) fn exact_text(&self) -> Option<&str> {
        match self {
            Comparison::Text(literal) => literal.exact_text(),
            _ => None,
        }
    }

    /// How long one takes, next to others.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Comparison::Bool { .. } => 1,
            Comparison::Text(literal) if literal.is_search() => 8,
            Comparison::Text(_) => 2,
            Comparison::Number { .. } => 3,
            Comparison::Texts(_) => 4,
            Comparison::Instant(..) | Comparison::Instants(_) => 7,
        }
    }
}
