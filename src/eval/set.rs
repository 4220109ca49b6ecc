//! Many texts of a filter, one of which a stored one has to be: one look-up, however many there are.

use std::hash::{BuildHasher, Hasher, RandomState};

use smol_str::SmolStr;

use super::text::is_folded;
use crate::fold::fold_char;

/// Below this, comparing with each is faster.
pub(super) const FEW: usize = 5;

#[derive(Clone, Debug)]
pub(super) struct TextSet {
    texts: Box<[SmolStr]>,
    /// The texts are folded, and stored ones are while they are looked up.
    folded: bool,
    /// A place for each hash, with linear probing; empty for few texts.
    table: Box<[Option<u32>]>,
    /// Random for each set: the texts may be a stranger's.
    state: RandomState,
    /// The lengths that there are, in bytes; the last bit is for 63 and more.
    lengths: u64,
}

impl TextSet {
    pub(super) fn new(texts: Box<[SmolStr]>, folded: bool) -> TextSet {
        let lengths = texts.iter().fold(0, |lengths, text| lengths | length_bit(text));
        let mut set = TextSet { texts, folded, table: Box::default(), state: RandomState::new(), lengths };
        if set.texts.len() >= FEW {
            // At most half full.
            let mut table = vec![None; (set.texts.len() * 2).next_power_of_two()];
            for (index, text) in set.texts.iter().enumerate() {
                let mut at = set.hash(text) & (table.len() - 1);
                // A text that comes twice has one place: else a stranger's filter could fill a row of them.
                while table[at].is_some_and(|other: u32| set.texts[other as usize] != *text) {
                    at = (at + 1) & (table.len() - 1);
                }
                table[at] = u32::try_from(index).ok();
            }
            set.table = table.into();
        }
        set
    }

    #[inline]
    pub(super) fn contains(&self, stored: &str) -> bool {
        // A fold may change the length.
        if !self.folded && self.lengths & length_bit(stored) == 0 {
            return false;
        }
        if self.table.is_empty() {
            return self.texts.iter().any(|text| self.is(stored, text));
        }
        let mask = self.table.len() - 1;
        let mut at = self.hash(stored) & mask;
        while let Some(index) = self.table[at] {
            if self.is(stored, &self.texts[index as usize]) {
                return true;
            }
            at = (at + 1) & mask;
        }
        false
    }

    fn is(&self, stored: &str, text: &str) -> bool {
        if self.folded { is_folded(stored, text) } else { stored == text }
    }

    #[allow(clippy::cast_possible_truncation)] // Only the low bits choose a place.
    fn hash(&self, text: &str) -> usize {
        let mut hasher = self.state.build_hasher();
        if self.folded {
            text.chars().for_each(|c| hasher.write_u32(u32::from(fold_char(c))));
        } else {
            hasher.write(text.as_bytes());
        }
        hasher.finish() as usize
    }
}

fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}
