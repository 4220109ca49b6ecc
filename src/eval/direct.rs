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
    // Narrow, because this is read for each resource: it takes fewer instructions.
    position: u32,
    /// `NOWHERE` if the string itself lies at the position.
    below: u32,
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

const NOWHERE: u32 = u32::MAX;

impl Direct {
    /// What is no such test.
    pub(super) const NONE: Direct = Direct { position: 0, below: NOWHERE, test: Test::None, missing: false };

    pub(super) fn new(keys: &Keys, comparison: &Comparison, missing: bool) -> Direct {
        let Some((position, below)) = keys.positions() else { return Direct::NONE };
        let test = match (comparison, comparison.exact_text()) {
            (_, Some(text)) => Test::Is(ExactText::new(text)),
            (Comparison::Instant(accept, literal), _) => Test::Instant(*accept, *literal),
            _ => Test::None,
        };
        let narrow = |position: usize| u32::try_from(position).unwrap_or(NOWHERE);
        let (position, below) = (narrow(position), below.map_or(NOWHERE, narrow));
        Direct { position, below, test, missing }
    }

    /// `None` says nothing.
    #[inline(always)]
    pub(super) fn of<'a, N: Node<'a>>(&self, node: N) -> Option<bool> {
        match &self.test {
            Test::Is(exact) => Some(self.text(node)?.map_or(self.missing, |text| exact.is(text))),
            Test::Instant(accept, literal) => self.instant(*accept, literal, node),
            Test::None => None,
        }
    }

    #[inline(always)]
    fn text<'a, N: Node<'a>>(&self, node: N) -> Option<Option<&'a [u8]>> {
        let below = (self.below != NOWHERE).then_some(self.below as usize);
        node.text_at(self.position as usize, below)
    }

    /// Not inlined: it would burden the loop around what most tests are.
    #[inline(never)]
    fn instant<'a, N: Node<'a>>(&self, accept: Accept, literal: &Instant, node: N) -> Option<bool> {
        match self.text(node)? {
            Some(text) => Some(accept.accepts(Instant::parse_usual(text)?.cmp(literal))),
            None => Some(self.missing),
        }
    }
}
