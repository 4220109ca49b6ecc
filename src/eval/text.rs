//! A text of a filter, prepared to be compared with stored ones (S9): linear in the stored text, without memory for each.

use std::cmp::Ordering;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::accept::Accept;
use crate::fold::fold_char;
use crate::op::CompareOp;

#[derive(Clone, Debug)]
pub(super) struct TextLiteral {
    text: Arc<str>,
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
    pub(super) fn new(op: CompareOp, text: &Arc<str>, folded: bool) -> TextLiteral {
        let how = match op {
            CompareOp::Eq => How::Is,
            CompareOp::Ne => How::IsNot,
            CompareOp::Co if folded => How::ContainsFolded(Pattern::new(text)),
            CompareOp::Co => How::Contains(Box::new(Finder::new(text.as_bytes()).into_owned())),
            CompareOp::Sw => How::StartsWith,
            CompareOp::Ew => How::EndsWith,
            CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => How::Order(Accept::of(op)),
        };
        TextLiteral { text: Arc::clone(text), folded, how }
    }

    #[inline(always)]
    pub(super) fn accepts(&self, stored: &str) -> bool {
        match &self.how {
            How::Is if !self.folded => stored == &*self.text,
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

/// Whether the fold of `stored` is `folded`.
pub(super) fn is_folded(stored: &str, folded: &str) -> bool {
    // A folded text has no capital of ASCII, and the fold of an ASCII text is ASCII.
    if stored.is_ascii() {
        return stored.eq_ignore_ascii_case(folded);
    }
    stored.chars().map(fold_char).eq(folded.chars())
}

fn starts_with_folded(stored: &str, folded: &str) -> bool {
    if let Some(start) = stored.get(..folded.len()).filter(|start| start.is_ascii()) {
        return start.eq_ignore_ascii_case(folded);
    }
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

/// A folded text to be found in the folds of others, by Knuth, Morris and Pratt: no text makes it slower than its length.
#[derive(Clone, Debug)]
struct Pattern {
    chars: Box<[char]>,
    /// For each number of characters that agree, how many still do when the next does not.
    shorter: Box<[u32]>,
}

impl Pattern {
    fn new(folded: &str) -> Pattern {
        let chars: Box<[char]> = folded.chars().collect();
        let mut shorter = vec![0; chars.len()];
        let mut agreeing = 0;
        for at in 1..chars.len() {
            while agreeing > 0 && chars[at] != chars[agreeing] {
                agreeing = shorter[agreeing - 1] as usize;
            }
            agreeing += usize::from(chars[at] == chars[agreeing]);
            // A text of 4 GiB and more has been refused long before.
            shorter[at] = u32::try_from(agreeing).unwrap_or(0);
        }
        Pattern { chars, shorter: shorter.into() }
    }

    fn is_in(&self, stored: &str) -> bool {
        let Some(first) = self.chars.first().copied() else { return true };
        let mut rest = stored;
        // In an ASCII text, only the first character in either case can begin it; elsewhere others fold to it too.
        if first.is_ascii() && stored.is_ascii() {
            let (lower, upper) = (first as u8, first.to_ascii_uppercase() as u8);
            match memchr::memchr2(lower, upper, stored.as_bytes()) {
                Some(at) => rest = &stored[at..],
                None => return false,
            }
        }
        let mut agreeing = 0;
        for c in rest.chars().map(fold_char) {
            while agreeing > 0 && c != self.chars[agreeing] {
                agreeing = self.shorter[agreeing - 1] as usize;
            }
            agreeing += usize::from(c == self.chars[agreeing]);
            if agreeing == self.chars.len() {
                return true;
            }
        }
        false
    }
}
