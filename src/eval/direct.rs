//! A comparison of a string that a source of positions has at hand, without the detour of a [`Scalar`](super::Scalar).

use super::Node;
use super::accept::Accept;
use super::compare::Comparison;
use super::exact::ExactText;
use super::program::Keys;
use crate::instant::Instant;

/// A test of the string at a position, or at one below it.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    position: usize,
    below: Option<usize>,
    test: Test,
    /// What it says where there is no value (S4).
    missing: bool,
}

#[derive(Clone, Debug)]
enum Test {
    None,
    Is(ExactText),
    Instant(Accept, Instant),
}

impl Direct {
    /// What is no such test.
    pub(super) const NONE: Direct = Direct { position: 0, below: None, test: Test::None, missing: false };

    pub(super) fn new(keys: &Keys, comparison: &Comparison, missing: bool) -> Direct {
        let Some((position, below)) = keys.positions() else { return Direct::NONE };
        let test = match (comparison, comparison.exact_text()) {
            (_, Some(text)) => Test::Is(ExactText::new(text)),
            (Comparison::Instant(accept, literal), _) => Test::Instant(*accept, *literal),
            _ => Test::None,
        };
        Direct { position, below, test, missing }
    }

    /// `None` says nothing.
    #[inline(always)]
    pub(super) fn of<'a, N: Node<'a>>(&self, node: N) -> Option<bool> {
        if matches!(self.test, Test::None) {
            return None;
        }
        match (node.text_at(self.position, self.below)?, &self.test) {
            (Some(text), Test::Is(exact)) => Some(exact.is(text)),
            (Some(text), _) => self.of_text(text),
            (None, _) => Some(self.missing),
        }
    }

    /// Not inlined: it would burden the loop around what most tests are.
    #[inline(never)]
    fn of_text(&self, text: &[u8]) -> Option<bool> {
        match &self.test {
            Test::Is(exact) => Some(exact.is(text)),
            Test::Instant(accept, literal) => Some(accept.accepts(Instant::parse_usual(text)?.cmp(literal))),
            Test::None => None,
        }
    }
}
