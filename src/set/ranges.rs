//! Ranges that hold a value, found without looking at the others.

use std::borrow::Borrow;
use std::cmp::Ordering;

/// The end of a range, and whether it is in the range itself; `None` without one.
pub(super) type End<K> = Option<(K, bool)>;

/// A range with the number of its filter.
#[derive(Debug)]
pub(super) struct Range<K> {
    pub(super) low: End<K>,
    pub(super) high: End<K>,
    pub(super) number: usize,
}

/// Sorted by where they begin; a tree over them knows which of a part ends last, so that a part is left out when that one has
/// ended already.
#[derive(Debug)]
pub(super) struct Ranges<K> {
    sorted: Vec<Range<K>>,
    /// For each part the range that ends last, a part before its two halves.
    last: Vec<usize>,
}

impl<K: Ord> Ranges<K> {
    pub(super) fn new(mut ranges: Vec<Range<K>>) -> Ranges<K> {
        ranges.sort_by(|left, right| begin_order(&left.low, &right.low));
        let mut last = Vec::with_capacity(ranges.len() * 2);
        if !ranges.is_empty() {
            fill(&ranges, 0, ranges.len(), &mut last);
        }
        Ranges { sorted: ranges, last }
    }

    /// Calls `see` with the number of each range that holds the value, until it says true.
    pub(super) fn holding<Q: Ord + ?Sized>(&self, value: &Q, see: &mut dyn FnMut(usize) -> bool) -> bool
    where
        K: Borrow<Q>,
    {
        let begun = self.sorted.partition_point(|range| has_begun(&range.low, value));
        begun > 0 && self.part(0, 0, self.sorted.len(), begun, value, see)
    }

    /// The ranges from `from` to `to`, of which those before `begun` have begun. As deep as the logarithm of their number.
    fn part<Q: Ord + ?Sized>(
        &self,
        node: usize,
        from: usize,
        to: usize,
        begun: usize,
        value: &Q,
        see: &mut dyn FnMut(usize) -> bool,
    ) -> bool
    where
        K: Borrow<Q>,
    {
        let holds = |range: &Range<K>| !has_ended(&range.high, value);
        if from >= begun || !self.last.get(node).and_then(|at| self.sorted.get(*at)).is_some_and(holds) {
            return false;
        }
        if to - from == 1 {
            return see(self.sorted[from].number);
        }
        let middle = from + (to - from) / 2;
        self.part(node + 1, from, middle, begun, value, see)
            || self.part(node + 2 * (middle - from), middle, to, begun, value, see)
    }
}

/// Fills in the part from `from` to `to` and its halves; gives the range of it that ends last. A part of n ranges has 2n - 1
/// entries.
fn fill<K: Ord>(ranges: &[Range<K>], from: usize, to: usize, last: &mut Vec<usize>) -> usize {
    let own = last.len();
    last.push(from);
    if to - from > 1 {
        let middle = from + (to - from) / 2;
        let (left, right) = (fill(ranges, from, middle, last), fill(ranges, middle, to, last));
        let later = end_order(&ranges[left].high, &ranges[right].high).is_lt();
        last[own] = if later { right } else { left };
    }
    last[own]
}

/// The first to begin is the one without a beginning; at one value, the one that the value is in.
fn begin_order<K: Ord>(left: &End<K>, right: &End<K>) -> Ordering {
    match (left, right) {
        (Some((left, left_in)), Some((right, right_in))) => left.cmp(right).then(right_in.cmp(left_in)),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// The last to end is the one without an end; at one value, the one that the value is in.
fn end_order<K: Ord>(left: &End<K>, right: &End<K>) -> Ordering {
    match (left, right) {
        (Some((left, left_in)), Some((right, right_in))) => left.cmp(right).then(left_in.cmp(right_in)),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

fn has_begun<K: Borrow<Q>, Q: Ord + ?Sized>(low: &End<K>, value: &Q) -> bool {
    low.as_ref().is_none_or(|(low, included)| match low.borrow().cmp(value) {
        Ordering::Less => true,
        Ordering::Equal => *included,
        Ordering::Greater => false,
    })
}

fn has_ended<K: Borrow<Q>, Q: Ord + ?Sized>(high: &End<K>, value: &Q) -> bool {
    high.as_ref().is_some_and(|(high, included)| match high.borrow().cmp(value) {
        Ordering::Less => true,
        Ordering::Equal => !included,
        Ordering::Greater => false,
    })
}
