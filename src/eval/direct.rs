//! A comparison of a string that a source of positions has at hand, without the detour of a [`Scalar`](super::Scalar).

use super::Node;
use super::accept::Accept;
use super::compare::Comparison;
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
        let test = match (comparison, comparison.exact_text()) {
            (_, Some(text)) => Test::Is(ExactText::new(text)),
            (Comparison::Instant(accept, literal), _) => Test::Instant(*accept, *literal),
            _ => Test::None,
        };
        let Some((position, below)) = keys.positions() else { return Direct::NONE };
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

/// A text to be compared with others, most of which differ.
#[derive(Clone, Debug)]
struct ExactText {
    text: Box<[u8]>,
    ends: [u64; 2],
}

impl ExactText {
    fn new(text: &str) -> ExactText {
        let text = text.as_bytes();
        ExactText { text: text.into(), ends: ends(text) }
    }

    #[inline(always)]
    fn is(&self, stored: &[u8]) -> bool {
        stored.len() == self.text.len() && ends(stored) == self.ends && (stored.len() <= 16 || *stored == *self.text)
    }
}

/// The first and the last bytes; all that there are if they are no more than 16.
#[inline(always)]
fn ends(text: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)];
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [u32::from_ne_bytes(*first).into(), u32::from_ne_bytes(*last).into()];
    }
    [text.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte)), 0]
}
