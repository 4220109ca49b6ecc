//! A text of a filter, prepared to be compared with stored ones (S9): linear in the stored text, without memory for each.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use smol_str::SmolStr;

use super::accept::Accept;
use super::exact::is_folded_short;
use super::pattern::Pattern;
use crate::fold::fold_char;
use crate::op::CompareOp;

#[derive(Clone, Debug)]
pub(super) struct TextLiteral {
    text: SmolStr,
    /// The text is folded, and stored ones are while they are compared.
    folded: bool,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Is,
    IsNot,
    Order(Accept),
    Contains(Box<Finder<'static>>),
    ContainsFolded(Pattern),
    StartsWith,
    EndsWith,
}

impl TextLiteral {
    pub(super) fn new(op: CompareOp, text: &SmolStr, folded: bool) -> TextLiteral {
        let how = match op {
            CompareOp::Eq => How::Is,
            CompareOp::Ne => How::IsNot,
            CompareOp::Co if folded => How::ContainsFolded(Pattern::new(text)),
            CompareOp::Co => How::Contains(Box::new(Finder::new(text.as_bytes()).into_owned())),
            CompareOp::Sw => How::StartsWith,
            CompareOp::Ew => How::EndsWith,
            CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => How::Order(Accept::of(op)),
        };
        TextLiteral { text: text.clone(), folded, how }
    }

    #[inline(always)]
    pub(super) fn accepts(&self, stored: &str) -> bool {
        match &self.how {
            How::Is if !self.folded => stored == &*self.text,
            How::Is => is_folded(stored, &self.text),
            How::StartsWith if self.folded => starts_with_folded(stored, &self.text),
            _ => self.accepts_otherwise(stored),
        }
    }

    #[inline(never)]
    fn accepts_otherwise(&self, stored: &str) -> bool {
        match &self.how {
            How::Is => self.is(stored),
            How::IsNot => !self.is(stored),
            How::StartsWith if !self.folded => stored.starts_with(&*self.text),
            How::EndsWith if !self.folded => stored.ends_with(&*self.text),
            // UTF-8 sorts as its code points do.
            How::Order(accept) if !self.folded => accept.accepts(stored.cmp(&self.text)),
            How::Contains(finder) => finder.find(stored.as_bytes()).is_some(),
            How::StartsWith => starts_with_folded(stored, &self.text),
            How::EndsWith => ends_with_folded(stored, &self.text),
            How::Order(accept) => accept.accepts(order_folded(stored, &self.text)),
            How::ContainsFolded(pattern) => pattern.is_in(stored),
        }
    }

    #[inline]
    fn is(&self, stored: &str) -> bool {
        if self.folded { is_folded(stored, &self.text) } else { stored == &*self.text }
    }

    pub(super) fn exact_text(&self) -> Option<&str> {
        (matches!(self.how, How::Is) && !self.folded).then_some(&self.text)
    }

    pub(super) fn is_search(&self) -> bool {
        matches!(self.how, How::Contains(_) | How::ContainsFolded(_))
    }
}

/// Whether the fold of `stored` is `folded`. The fold of an ASCII text is ASCII, and a folded one has no capitals of ASCII.
pub(super) fn is_folded(stored: &str, folded: &str) -> bool {
    if stored.len() != folded.len() {
        // A fold may change the length.
        return !stored.is_ascii() && is_folded_any(stored, folded);
    }
    if let Some(verdict) = is_folded_short(stored.as_bytes(), folded.as_bytes()) {
        return verdict;
    }
    for (byte, wanted) in stored.bytes().zip(folded.bytes()) {
        if !byte.is_ascii() {
            return is_folded_any(stored, folded);
        }
        if byte.to_ascii_lowercase() != wanted {
            return false;
        }
    }
    true
}

#[inline(never)]
fn is_folded_any(stored: &str, folded: &str) -> bool {
    stored.chars().map(fold_char).eq(folded.chars())
}

fn starts_with_folded(stored: &str, folded: &str) -> bool {
    let start = stored.as_bytes().get(..folded.len());
    if let Some(verdict) = start.and_then(|start| is_folded_short(start, folded.as_bytes())) {
        return verdict;
    }
    let mut bytes = stored.bytes();
    for wanted in folded.bytes() {
        match bytes.next() {
            Some(byte) if !byte.is_ascii() => return starts_with_folded_any(stored, folded),
            Some(byte) if byte.to_ascii_lowercase() == wanted => {}
            _ => return false,
        }
    }
    true
}

#[inline(never)]
fn starts_with_folded_any(stored: &str, folded: &str) -> bool {
    let mut stored = stored.chars().map(fold_char);
    folded.chars().all(|wanted| stored.next() == Some(wanted))
}

fn ends_with_folded(stored: &str, folded: &str) -> bool {
    let mut stored = stored.chars().rev().map(fold_char);
    folded.chars().rev().all(|wanted| stored.next() == Some(wanted))
}

fn order_folded(stored: &str, folded: &str) -> Ordering {
    stored.chars().map(fold_char).cmp(folded.chars())
}
