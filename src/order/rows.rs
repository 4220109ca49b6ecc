//! What resources are ordered by, read once, and the order of all.

use std::cmp::Ordering;

use super::rank::rank;
use super::{CheckedOrdering, SortValue};
use crate::eval::Node;

/// The values of all rows, as one list: no resource asks for memory by itself.
pub(super) struct Rows<'o, 'a> {
    ordering: &'o CheckedOrdering,
    values: Vec<SortValue<'a>>,
}

/// What is moved about, and therefore small: the number of a row, and what tells it from most others.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    rank: u128,
    pub(super) row: usize,
}

impl<'o, 'a> Rows<'o, 'a> {
    pub(super) fn new(ordering: &'o CheckedOrdering, count: usize) -> Rows<'o, 'a> {
        Rows { ordering, values: Vec::with_capacity(count * ordering.keys().len()) }
    }

    pub(super) fn ordering(&self) -> &'o CheckedOrdering {
        self.ordering
    }

    /// Takes the values of all keys of the next row, which has this number.
    #[inline]
    pub(super) fn add(&mut self, row: usize, values: &mut Vec<SortValue<'a>>) -> Entry {
        let rank = rank(self.ordering.keys(), values);
        self.values.append(values);
        Entry { rank, row }
    }

    pub(super) fn values(&self, row: usize) -> &[SortValue<'a>] {
        let count = self.ordering.keys().len();
        self.values.get(row * count..(row + 1) * count).unwrap_or_default()
    }

    #[inline]
    pub(super) fn compare(&self, left: &Entry, right: &Entry) -> Ordering {
        left.rank.cmp(&right.rank).then_with(|| self.compare_values(left, right))
    }

    /// Resources that share all keys keep the order of the input (O5).
    #[inline(never)]
    fn compare_values(&self, left: &Entry, right: &Entry) -> Ordering {
        let order = self.ordering.compare_values(self.values(left.row), self.values(right.row));
        order.then(left.row.cmp(&right.row))
    }

    pub(super) fn swap(&mut self, left: usize, right: usize) {
        let count = self.ordering.keys().len();
        (0..count).for_each(|key| self.values.swap(left * count + key, right * count + key));
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows.saturating_mul(self.ordering.keys().len()));
    }
}

/// Puts resources into the order.
pub(super) fn sort<'a, N: Node<'a>>(ordering: &CheckedOrdering, resources: &mut [N]) {
    let mut rows = Rows::new(ordering, resources.len());
    let mut values = Vec::new();
    let entries = resources.iter().enumerate().map(|(row, resource)| {
        ordering.read(*resource, &mut values);
        rows.add(row, &mut values)
    });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_unstable_by(|left, right| rows.compare(left, right));
    // Round by round of those that take each other's places; what has its place is marked by its own number.
    for start in 0..entries.len() {
        let (first, mut at) = (resources[start], start);
        loop {
            let from = std::mem::replace(&mut entries[at].row, at);
            if from == start {
                break resources[at] = first;
            }
            resources[at] = resources[from];
            at = from;
        }
    }
}
