//! The first so many resources of an order, without sorting all.

use std::cmp::Ordering;

use super::rank::rank;
use super::{CheckedOrdering, SortValue};
use crate::eval::Node;

/// Keeps the first `size` resources. They are gathered until there are twice as many, then the greater half is thrown
/// away in linear time; so each costs a constant time on average, whatever the order of the input is.
pub(crate) struct Top<'o, 'a, N> {
    size: usize,
    /// Small, because they are what is moved about; `rows` says what they are of.
    entries: Vec<Entry>,
    rows: Rows<'o, 'a, N>,
    /// The rank of the entry at `size - 1`, when that is the greatest of the first `size`: what is not less than the entry can
    /// be passed over.
    bound: Option<u128>,
}

#[derive(Clone, Copy)]
struct Entry {
    rank: u128,
    row: usize,
}

/// What entries are of, in the order of the input. The values of all rows are one list: no resource asks for memory by
/// itself.
struct Rows<'o, 'a, N> {
    ordering: &'o CheckedOrdering,
    values: Vec<SortValue<'a>>,
    resources: Vec<(usize, N)>,
}

/// Below this, throwing away is not worth it.
const SLACK: usize = 64;

impl<'o, 'a, N: Node<'a>> Top<'o, 'a, N> {
    pub(crate) fn new(ordering: &'o CheckedOrdering, size: usize) -> Top<'o, 'a, N> {
        let rows = Rows { ordering, values: Vec::new(), resources: Vec::new() };
        Top { size, entries: Vec::new(), rows, bound: None }
    }

    /// Whether a resource is none of the first, by its first key alone.
    #[inline(always)]
    pub(crate) fn is_beyond(&self, resource: N) -> bool {
        self.bound.is_some_and(|bound| self.rows.ordering.least_rank(resource) > bound)
    }

    /// Adds a resource and takes its values, which are those of all keys. Positions grow from one to the next.
    #[inline]
    pub(crate) fn add(&mut self, values: &mut Vec<SortValue<'a>>, position: usize, resource: N) {
        let Some(last) = self.size.checked_sub(1) else { return };
        let entry = Entry { rank: rank(self.rows.ordering.keys(), values), row: self.rows.resources.len() };
        self.rows.resources.push((position, resource));
        self.rows.values.append(values);
        if self.bound.is_some() && self.rows.compare(&entry, &self.entries[last]).is_ge() {
            self.rows.remove_last();
            return;
        }
        self.entries.push(entry);
        if self.entries.len() >= self.size.saturating_mul(2).saturating_add(SLACK) {
            self.throw_away(last);
        }
    }

    #[inline(never)]
    fn throw_away(&mut self, last: usize) {
        let rows = &self.rows;
        let (_, greatest, _) = self.entries.select_nth_unstable_by(last, |left, right| rows.compare(left, right));
        self.bound = Some(greatest.rank);
        self.entries.truncate(self.size);
        self.rows.keep(&mut self.entries);
    }

    /// The first resources in order.
    pub(crate) fn finish(mut self) -> Sorted<'o, 'a, N> {
        let rows = &self.rows;
        self.entries.sort_unstable_by(|left, right| rows.compare(left, right));
        self.entries.truncate(self.size);
        Sorted { entries: self.entries, rows: self.rows }
    }
}

impl<'a, N: Node<'a>> Rows<'_, 'a, N> {
    fn values(&self, row: usize) -> &[SortValue<'a>] {
        let count = self.ordering.keys().len();
        self.values.get(row * count..(row + 1) * count).unwrap_or_default()
    }

    #[inline]
    fn compare(&self, left: &Entry, right: &Entry) -> Ordering {
        left.rank.cmp(&right.rank).then_with(|| self.compare_values(left, right))
    }

    /// Resources that share all keys keep the order of the input (O5).
    #[inline(never)]
    fn compare_values(&self, left: &Entry, right: &Entry) -> Ordering {
        let order = self.ordering.compare_values(self.values(left.row), self.values(right.row));
        order.then(left.row.cmp(&right.row))
    }

    fn row(&self, entry: &Entry) -> Row<'_, 'a, N> {
        let (position, resource) = self.resources[entry.row];
        Row { values: self.values(entry.row), position, resource }
    }

    fn remove_last(&mut self) {
        self.resources.pop();
        self.values.truncate(self.resources.len() * self.ordering.keys().len());
    }

    /// Throws away all rows but those of the entries.
    fn keep(&mut self, entries: &mut [Entry]) {
        let count = self.ordering.keys().len();
        // A row's number stands for its position in comparisons, so rows stay in order.
        let mut kept: Vec<&mut Entry> = entries.iter_mut().collect();
        kept.sort_unstable_by_key(|entry| entry.row);
        for (row, entry) in kept.into_iter().enumerate() {
            self.resources.swap(row, entry.row);
            (0..count).for_each(|key| self.values.swap(row * count + key, entry.row * count + key));
            entry.row = row;
        }
        self.resources.truncate(entries.len());
        self.values.truncate(entries.len() * count);
    }
}

/// Resources in order.
pub(crate) struct Sorted<'o, 'a, N> {
    entries: Vec<Entry>,
    rows: Rows<'o, 'a, N>,
}

impl<'a, N: Node<'a>> Sorted<'_, 'a, N> {
    /// From the first resource on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_, 'a, N>> {
        let rows = &self.rows;
        self.entries.iter().map(|entry| rows.row(entry))
    }

    pub(crate) fn get(&self, index: usize) -> Option<Row<'_, 'a, N>> {
        self.entries.get(index).map(|entry| self.rows.row(entry))
    }
}

/// One of them: its values, its position in the input, and itself.
pub(crate) struct Row<'s, 'a, N> {
    pub(crate) values: &'s [SortValue<'a>],
    pub(crate) position: usize,
    pub(crate) resource: N,
}
