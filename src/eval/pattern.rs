//! A folded text to be found in the folds of others: no text makes it slower than its length.

use memchr::{memchr, memchr2};

use super::exact::is_folded_short;
use crate::fold::fold_char;

/// The only ones beyond ASCII whose fold is ASCII: the capital I with a dot and the Kelvin sign.
const FOLDED_TO_ASCII: [char; 2] = ['\u{130}', '\u{212a}'];

#[derive(Clone, Debug)]
pub(super) struct Pattern {
    folded: Box<str>,
    chars: Box<[char]>,
    /// For each number of characters that agree, how many still do when the next does not: by Knuth, Morris and Pratt.
    shorter: Box<[u32]>,
    /// The byte of an ASCII pattern that is looked for first.
    rarest: usize,
    /// Whether only ASCII bytes are folds of its own: then those of other characters need not be told apart.
    only_of_ascii: bool,
}

impl Pattern {
    pub(super) fn new(folded: &str) -> Pattern {
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
        let rarest = folded.bytes().enumerate().min_by_key(|(_, byte)| frequency(*byte)).map_or(0, |(at, _)| at);
        let only_of_ascii = folded.is_ascii() && !FOLDED_TO_ASCII.iter().any(|c| folded.contains(fold_char(*c)));
        Pattern { folded: folded.into(), chars, shorter: shorter.into(), rarest, only_of_ascii }
    }

    pub(super) fn is_in(&self, stored: &str) -> bool {
        if self.only_of_ascii || stored.is_ascii() {
            // The fold of an ASCII text is ASCII, and a folded text has no capital of ASCII.
            return self.folded.is_ascii() && self.is_in_ascii(stored);
        }
        self.is_in_any(stored)
    }

    fn is_in_ascii(&self, stored: &str) -> bool {
        let (bytes, pattern) = (stored.as_bytes(), self.folded.as_bytes());
        let Some(lower) = pattern.get(self.rarest).copied() else { return true };
        let upper = lower.to_ascii_uppercase();
        // So many bytes are compared at most before the other way is taken, which looks at each once.
        let mut left = 64 + 2 * bytes.len();
        let mut from = self.rarest;
        while let Some(rest) = bytes.get(from..) {
            let found = if lower == upper { memchr(lower, rest) } else { memchr2(lower, upper, rest) };
            let Some(found) = found else { return false };
            let start = from + found - self.rarest;
            let Some(window) = bytes.get(start..start + pattern.len()) else { return false };
            if is_folded_short(window, pattern).unwrap_or_else(|| window.eq_ignore_ascii_case(pattern)) {
                return true;
            }
            match left.checked_sub(pattern.len()) {
                Some(rest) => left = rest,
                None => return self.is_in_any(stored),
            }
            from += found + 1;
        }
        false
    }

    fn is_in_any(&self, stored: &str) -> bool {
        if self.chars.is_empty() {
            return true;
        }
        let mut agreeing = 0;
        for c in stored.chars().map(fold_char) {
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

/// How frequent a byte is in texts, next to others.
fn frequency(byte: u8) -> u8 {
    match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 4,
        b'a'..=b'z' => 3,
        b'0'..=b'9' | b'.' | b'-' | b'_' | b'/' => 2,
        _ => 1,
    }
}
