//! The first so many resources of an order, without sorting all.

use std::cmp::Ordering;

use crate::order::{CheckedOrdering, SortValue};

pub(super) struct Entry<'a, N> {
    pub(super) keys: Vec<SortValue<'a>>,
    pub(super) position: usize,
    pub(super) resource: N,
}

/// Keeps the first `size` entries. Entries are gathered until there are twice as many, then the greater half is thrown
/// away in linear time; so each entry costs a constant time on average, whatever the order of the input is.
pub(super) struct Top<'o, 'a, N> {
    ordering: &'o CheckedOrdering,
    size: usize,
    kept: Vec<Entry<'a, N>>,
    /// Whether the entry at `size - 1` is the greatest of the first `size`: what is not less can be passed over.
    full: bool,
}

/// Below this, throwing away is not worth it.
const SLACK: usize = 64;

impl<'o, 'a, N> Top<'o, 'a, N> {
    pub(super) fn new(ordering: &'o CheckedOrdering, size: usize) -> Top<'o, 'a, N> {
        Top { ordering, size, kept: Vec::new(), full: false }
    }

    pub(super) fn add(&mut self, keys: Vec<SortValue<'a>>, position: usize, resource: N) {
        let Some(last) = self.size.checked_sub(1) else { return };
        let entry = Entry { keys, position, resource };
        if self.full && compare(self.ordering, &entry, &self.kept[last]).is_ge() {
            return;
        }
        self.kept.push(entry);
        if self.kept.len() >= self.size.saturating_mul(2).saturating_add(SLACK) {
            let ordering = self.ordering;
            self.kept.select_nth_unstable_by(last, |left, right| compare(ordering, left, right));
            self.kept.truncate(self.size);
            self.full = true;
        }
    }

    /// The entries in order.
    pub(super) fn finish(mut self) -> Vec<Entry<'a, N>> {
        let ordering = self.ordering;
        self.kept.sort_unstable_by(|left, right| compare(ordering, left, right));
        self.kept.truncate(self.size);
        self.kept
    }
}

/// Resources that share all keys keep the order of the input (O5).
fn compare<N>(ordering: &CheckedOrdering, left: &Entry<'_, N>, right: &Entry<'_, N>) -> Ordering {
    ordering.compare_values(&left.keys, &right.keys).then(left.position.cmp(&right.position))
}
