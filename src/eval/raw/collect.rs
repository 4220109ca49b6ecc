//! The pass over a record that collects what a filter needs.
//!
//! It goes from one colon or bracket outside strings to the next. A colon at the depth of an object whose members are wanted
//! has a name before it and a value behind it; all other colons, and everything between, is passed over.

use std::cell::Cell;

use super::Problem;
use super::paths::Paths;
use super::read::{self, Raw};
use super::scan::{ONE_BIT, Scanner};

/// What the filter needs of a record, by path; of duplicate keys the last counts (S2).
pub(super) type Slots<'a> = [Cell<Option<Raw<'a>>>];

#[derive(Clone, Debug)]
pub(super) struct Collector<'a> {
    pub(super) scanner: Scanner<'a>,
    /// The colons and brackets of the scanner's block that are still to come.
    left: u64,
    /// How many brackets are open.
    depth: usize,
    /// The objects whose members are wanted, each in the one before: how many brackets are open in it, and its path.
    objects: [(usize, u32); DEEPEST],
    open: usize,
}

/// Objects that lie deeper are read when they are asked for.
const DEEPEST: usize = 8;

/// Where the collector has come to.
pub(super) enum Step {
    /// Behind a value that is wanted.
    Found,
    /// Behind the record.
    End(usize),
    /// The scanner has what is wrong.
    Failed,
}

impl<'a> Collector<'a> {
    /// Begins at the record's first bracket.
    pub(super) fn new(scanner: Scanner<'a>, start: usize) -> Collector<'a> {
        let mut collector = Collector { scanner, left: 0, depth: 0, objects: [(1, 0); DEEPEST], open: 1 };
        collector.go_on_at(start);
        collector
    }

    fn go_on_at(&mut self, at: usize) {
        self.left = if self.scanner.reach(at) { self.scanner.structure_from(at) } else { 0 };
    }

    /// Goes on to the next value that is wanted.
    #[inline]
    pub(super) fn step(&mut self, paths: &Paths, slots: &Slots<'a>) -> Step {
        let Some((mut wanted_depth, mut path)) = self.innermost() else { return Step::End(self.scanner.text().len()) };
        let (mut left, mut depth) = (self.left, self.depth);
        loop {
            while left != 0 {
                let at = self.scanner.position(left);
                left &= left - 1;
                match self.scanner.byte(at).unwrap_or_default() | ONE_BIT {
                    b'{' => depth += 1,
                    b'}' => {
                        if depth == wanted_depth {
                            self.open -= 1;
                            match self.innermost() {
                                Some(outer) => (wanted_depth, path) = outer,
                                None => return Step::End(at + 1),
                            }
                        }
                        depth -= 1;
                    }
                    _ if depth == wanted_depth => {
                        let Some(name_end) = self.name_end(at) else { return self.fail(Problem::NoKey, at) };
                        let wanted = paths.named(path, self.scanner.text(), name_end, self.scanner.has_escapes);
                        if let Some(wanted) = wanted {
                            (self.left, self.depth) = (left, depth);
                            return self.value(at + 1, wanted, paths, slots);
                        }
                    }
                    _ => {}
                }
            }
            if !self.scanner.next_block() {
                return self.fail(Problem::BracketOpen, self.scanner.text().len());
            }
            left = self.scanner.structure;
        }
    }

    #[inline(always)]
    fn innermost(&self) -> Option<(usize, u32)> {
        self.objects.get(self.open.checked_sub(1)?).copied()
    }

    /// The quote that ends the name before a colon.
    #[inline(always)]
    fn name_end(&self, colon: usize) -> Option<usize> {
        let before = colon.checked_sub(1)?;
        if self.scanner.byte(before) == Some(b'"') { Some(before) } else { self.scanner.quote_before(before) }
    }

    #[inline(never)]
    fn value(&mut self, at: usize, path: u32, paths: &Paths, slots: &Slots<'a>) -> Step {
        let Some((byte, at)) = self.scanner.token(at) else { return self.fail(Problem::NoValue, at) };
        let value = match byte {
            b'[' => Raw::Array(at),
            b'{' => {
                let below = paths.below(path);
                // A duplicate key has parts of its own.
                forget(below, paths, slots);
                let is_collected = !below.is_empty() && self.open < DEEPEST;
                if is_collected {
                    self.objects[self.open] = (self.depth + 1, path);
                    self.open += 1;
                }
                Raw::Object(at, is_collected.then_some(path))
            }
            _ => {
                let Some((value, end)) = read::simple(&mut self.scanner, byte, at) else { return Step::Failed };
                match self.scanner.token(end) {
                    Some((b',' | b'}', _)) => {}
                    Some((_, at)) => return self.fail(Problem::NoComma, at),
                    None => return self.fail(Problem::End, self.scanner.text().len()),
                }
                self.go_on_at(end);
                value
            }
        };
        if let Some(slot) = slots.get(path as usize) {
            slot.set(Some(value));
        }
        Step::Found
    }

    #[cold]
    fn fail(&mut self, problem: Problem, at: usize) -> Step {
        self.scanner.fail::<()>(problem, at);
        Step::Failed
    }
}

fn forget(below: &[u32], paths: &Paths, slots: &Slots<'_>) {
    for path in below {
        if let Some(slot) = slots.get(*path as usize) {
            slot.set(None);
        }
        forget(paths.below(*path), paths, slots);
    }
}
