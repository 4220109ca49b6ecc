//! The first so many resources of an order, without sorting all.

use super::key::Bound;
use super::rows::{Entry, Rows};
use super::{CheckedOrdering, SortValue};
use crate::eval::Node;

/// Keeps the first `size` resources. They are gathered until there are twice as many, then the greater half is thrown
/// away in linear time; so each costs a constant time on average, whatever the order of the input is.
pub(crate) struct Top<'o, 'a, N> {
    size: usize,
    entries: Vec<Entry>,
    rows: Rows<'o, 'a>,
    /// With their positions in the input, in its order.
    resources: Vec<(usize, N)>,
    /// The value of the first key of the entry at `size - 1`, when that is the greatest of the first `size`: what is not less
    /// than the entry can be passed over.
    bound: Option<Bound<'o, 'a>>,
}

/// Below this, throwing away is not worth it.
const SLACK: usize = 64;

impl<'o, 'a, N: Node<'a>> Top<'o, 'a, N> {
    pub(crate) fn new(ordering: &'o CheckedOrdering, size: usize) -> Top<'o, 'a, N> {
        Top { size, entries: Vec::new(), rows: Rows::new(ordering, 0), resources: Vec::new(), bound: None }
    }

    /// Whether a resource is none of the first, by its first key alone.
    #[inline(always)]
    pub(crate) fn is_beyond(&self, resource: N) -> bool {
        self.bound.as_ref().is_some_and(|bound| bound.is_before(resource))
    }

    /// Adds a resource and takes its values, which are those of all keys. Positions grow from one to the next.
    #[inline]
    pub(crate) fn add(&mut self, values: &mut Vec<SortValue<'a>>, position: usize, resource: N) {
        let Some(last) = self.size.checked_sub(1) else { return };
        let entry = self.rows.add(self.resources.len(), values);
        if self.bound.is_some() && self.rows.compare(&entry, &self.entries[last]).is_ge() {
            self.rows.truncate(self.resources.len());
            return;
        }
        self.resources.push((position, resource));
        self.entries.push(entry);
        if self.entries.len() >= self.size.saturating_mul(2).saturating_add(SLACK) {
            self.throw_away(last);
        }
    }

    #[inline(never)]
    fn throw_away(&mut self, last: usize) {
        let rows = &self.rows;
        let (_, greatest, _) = self.entries.select_nth_unstable_by(last, |left, right| rows.compare(left, right));
        self.bound = rows.values(greatest.row).first().and_then(|value| rows.ordering().bound(value.clone()));
        self.entries.truncate(self.size);
        // A row's number stands for its position in comparisons, so rows stay in order.
        let mut kept: Vec<&mut Entry> = self.entries.iter_mut().collect();
        kept.sort_unstable_by_key(|entry| entry.row);
        for (row, entry) in kept.into_iter().enumerate() {
            self.resources.swap(row, entry.row);
            self.rows.swap(row, entry.row);
            entry.row = row;
        }
        self.resources.truncate(self.size);
        self.rows.truncate(self.size);
    }

    /// The first resources in order.
    pub(crate) fn finish(mut self) -> Sorted<'o, 'a, N> {
        let rows = &self.rows;
        self.entries.sort_unstable_by(|left, right| rows.compare(left, right));
        self.entries.truncate(self.size);
        Sorted { entries: self.entries, rows: self.rows, resources: self.resources }
    }
}

/// Resources in order.
pub(crate) struct Sorted<'o, 'a, N> {
    entries: Vec<Entry>,
    rows: Rows<'o, 'a>,
    resources: Vec<(usize, N)>,
}

impl<'a, N: Node<'a>> Sorted<'_, 'a, N> {
    /// From the first resource on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_, 'a, N>> {
        self.entries.iter().map(|entry| self.row(entry))
    }

    pub(crate) fn get(&self, index: usize) -> Option<Row<'_, 'a, N>> {
        self.entries.get(index).map(|entry| self.row(entry))
    }

    fn row(&self, entry: &Entry) -> Row<'_, 'a, N> {
        let (position, resource) = self.resources[entry.row];
        Row { values: self.rows.values(entry.row), position, resource }
    }
}

/// One of them: its values, its position in the input, and itself.
pub(crate) struct Row<'s, 'a, N> {
    pub(crate) values: &'s [SortValue<'a>],
    pub(crate) position: usize,
    pub(crate) resource: N,
}
