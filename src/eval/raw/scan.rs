//! Finding the ends of strings, arrays and objects in JSON, 64 bytes at a time.

use super::{JsonError, Problem};
use crate::lanes::Lanes;

const BLOCK: usize = 64;
/// `[` and `{`, and `]` and `}`, differ in this bit.
pub(super) const ONE_BIT: u8 = 0x20;

/// Goes forward through a text. A block is looked at once; a bit stands for each of its bytes.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    /// Where the block begins.
    block: usize,
    /// The quotes that no backslash escapes.
    quotes: u64,
    /// The bytes of strings, each from its first quote to before its last.
    strings: u64,
    /// The colons and brackets that lie in no string.
    pub(super) structure: u64,
    /// Whether the block's first byte is escaped by the last one before.
    escapes_next: bool,
    /// Whether any backslash has been seen.
    pub(super) has_escapes: bool,
    /// The first thing that is wrong. Methods that find something say `None` then.
    pub(super) failure: Option<JsonError>,
}

impl<'a> Scanner<'a> {
    /// `start` lies in no string.
    pub(super) fn new(text: &'a [u8], start: usize) -> Scanner<'a> {
        let mut scanner = Scanner {
            text,
            block: start,
            quotes: 0,
            strings: 0,
            structure: 0,
            escapes_next: false,
            has_escapes: false,
            failure: None,
        };
        scanner.look(0);
        scanner
    }

    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    #[inline(always)]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// The first byte from here on that is no white space, and where it is.
    #[inline(always)]
    pub(super) fn token(&self, at: usize) -> Option<(u8, usize)> {
        match self.byte(at) {
            Some(byte) if byte > b' ' => Some((byte, at)),
            _ => self.token_further(at),
        }
    }

    fn token_further(&self, mut at: usize) -> Option<(u8, usize)> {
        loop {
            match self.byte(at)? {
                b' ' | b'\n' | b'\r' | b'\t' => at += 1,
                byte => return Some((byte, at)),
            }
        }
    }

    /// Notes what is wrong; nothing more is read.
    #[cold]
    pub(super) fn fail<T>(&mut self, problem: Problem, at: usize) -> Option<T> {
        self.failure.get_or_insert(JsonError::new(problem, at));
        None
    }

    /// What is wrong; that the text ends, if nothing else is.
    #[cold]
    pub(super) fn failure_at_end(&self) -> JsonError {
        self.failure.unwrap_or_else(|| JsonError::new(Problem::End, self.text.len()))
    }

    /// Where the string ends that begins at a quote: at its last quote.
    #[inline(always)]
    pub(super) fn string_end(&mut self, start: usize) -> Option<usize> {
        let offset = start.wrapping_sub(self.block);
        if offset < BLOCK {
            let quotes = self.quotes & behind(offset);
            if quotes != 0 {
                return Some(self.block + quotes.trailing_zeros() as usize);
            }
        }
        self.string_end_further(start)
    }

    #[inline(never)]
    fn string_end_further(&mut self, start: usize) -> Option<usize> {
        if !self.reach(start) {
            return self.fail(Problem::StringOpen, start);
        }
        let mut quotes = self.quotes & behind(start - self.block);
        while quotes == 0 {
            if !self.next_block() {
                return self.fail(Problem::StringOpen, start);
            }
            quotes = self.quotes;
        }
        Some(self.block + quotes.trailing_zeros() as usize)
    }

    /// Where the array or object ends that begins at a bracket: at its last bracket. Only brackets are counted.
    #[inline(never)]
    pub(super) fn container_end(&mut self, start: usize) -> Option<usize> {
        if !self.reach(start) {
            return self.fail(Problem::BracketOpen, start);
        }
        let mut depth: usize = 1;
        let mut left = self.structure & behind(start - self.block);
        loop {
            while left != 0 {
                let at = self.position(left);
                left &= left - 1;
                match self.byte(at).unwrap_or_default() | ONE_BIT {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Some(at);
                }
            }
            if !self.next_block() {
                return self.fail(Problem::BracketOpen, start);
            }
            left = self.structure;
        }
    }

    /// Goes on to the block of a byte; `false` if the text ends before it.
    pub(super) fn reach(&mut self, at: usize) -> bool {
        while at >= self.block + BLOCK {
            if !self.next_block() {
                return false;
            }
        }
        true
    }

    #[inline(always)]
    pub(super) fn next_block(&mut self) -> bool {
        if self.block + BLOCK >= self.text.len() {
            return false;
        }
        self.block += BLOCK;
        // All ones if the block before ended in a string.
        self.look(((self.strings as i64) >> 63) as u64);
        true
    }

    /// Where the first of some bytes of the block is.
    #[inline(always)]
    pub(super) fn position(&self, bits: u64) -> usize {
        self.block + bits.trailing_zeros() as usize
    }

    /// The colons and brackets from a byte of the block on.
    pub(super) fn structure_from(&self, at: usize) -> u64 {
        self.structure & (u64::MAX << (at - self.block))
    }

    /// The quote before a byte, with only white space between.
    #[cold]
    pub(super) fn quote_before(&self, mut at: usize) -> Option<usize> {
        while matches!(self.byte(at)?, b' ' | b'\n' | b'\r' | b'\t') {
            at = at.checked_sub(1)?;
        }
        (self.byte(at) == Some(b'"')).then_some(at)
    }

    #[inline(always)]
    fn look(&mut self, in_string: u64) {
        match self.text.get(self.block..).and_then(|rest| rest.first_chunk()) {
            Some(block) => self.look_at(block, in_string),
            None => self.look_at_last(in_string),
        }
    }

    /// Spaces stand behind the end of the text.
    #[inline(never)]
    fn look_at_last(&mut self, in_string: u64) {
        let rest = self.text.get(self.block..).unwrap_or_default();
        let mut block = [b' '; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        self.look_at(&block, in_string);
    }

    #[inline(always)]
    fn look_at(&mut self, block: &[u8; BLOCK], in_string: u64) {
        let (mut quotes, mut backslashes, mut structure) = (0, 0, 0);
        for (index, part) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = Lanes::new(*part);
            let brackets = bytes.with(ONE_BIT);
            let is_structure = brackets.is(b'{').or(brackets.is(b'}')).or(bytes.is(b':'));
            quotes |= bytes.is(b'"').bits() << (16 * index);
            backslashes |= bytes.is(b'\\').bits() << (16 * index);
            structure |= is_structure.bits() << (16 * index);
        }
        if backslashes != 0 || self.escapes_next {
            quotes &= !self.escaped(backslashes);
        }
        // A quote turns all bits behind it.
        let mut strings = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            strings ^= strings << shift;
        }
        self.quotes = quotes;
        self.strings = strings ^ in_string;
        self.structure = structure & !self.strings;
    }

    /// The bytes that a backslash escapes.
    #[cold]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        self.has_escapes = true;
        let mut escaped = u64::from(self.escapes_next);
        let mut left = backslashes & !escaped;
        self.escapes_next = false;
        while left != 0 {
            let at = left.trailing_zeros();
            match 2u64.checked_shl(at).filter(|next| *next != 0) {
                Some(next) => {
                    escaped |= next;
                    left &= !next;
                }
                None => self.escapes_next = true,
            }
            left &= left - 1;
        }
        escaped
    }
}

/// The bits behind one.
#[inline(always)]
fn behind(at: usize) -> u64 {
    (u64::MAX << at) << 1
}
