//! A comparison of a string that a source of positions has at hand, without the detour of a [`Scalar`](super::Scalar).

use std::cmp::Ordering;

use super::Node;
use super::compare::Comparison;
use super::exact::ExactText;
use super::program::Keys;
use crate::instant::KnownInstant;

#[derive(Clone, Debug)]
pub(super) enum Direct {
    /// The string at the position has to be this one.
    Is(Position, ExactText),
    /// Something else is asked of it.
    At(Position),
    /// It is not about a string at a position.
    No,
}

/// A position, or one below another: as [`Node::text_at`] takes it.
type Position = (usize, Option<usize>);

impl Direct {
    pub(super) fn new(keys: &Keys, comparison: &Comparison) -> Direct {
        match (keys.positions(), comparison.exact_text()) {
            (Some(position), Some(text)) => Direct::Is(position, ExactText::new(text)),
            (Some(position), None) if comparison.is_of_texts() => Direct::At(position),
            _ => Direct::No,
        }
    }

    /// Whether the string is the one that it has to be, which none is where nothing lies. `None` says nothing.
    #[inline(always)]
    pub(super) fn is<'a, N: Node<'a>>(&self, node: N) -> Option<bool> {
        let Direct::Is((position, below), exact) = self else { return None };
        Some(node.bytes_at(*position, *below)?.is_some_and(|text| exact.is(text)))
    }

    /// The order of the instant that the string is, if it is written as nearly all are, and this one; `None` says nothing.
    #[inline(always)]
    pub(super) fn order_of<'a, N: Node<'a>>(&self, node: N, known: &KnownInstant) -> Option<Ordering> {
        let Direct::At((position, below)) = self else { return None };
        known.order_of_usual(node.bytes_at(*position, *below)??)
    }

    /// The string that something else is asked of, if there is one; `None` says nothing.
    #[inline(always)]
    pub(super) fn text<'a, N: Node<'a>>(&self, node: N) -> Option<Option<&'a str>> {
        let Direct::At((position, below)) = self else { return None };
        node.text_at(*position, *below)
    }
}
