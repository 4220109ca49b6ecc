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
pub(super) type Slots<'a> = [Cell<Option<Slot<'a>>>];

/// A value, and where the object begins that it is a member of: if its key comes twice, what the first one held is none of
/// the second's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'a> {
    object: usize,
    value: Raw<'a>,
}

impl<'a> Slot<'a> {
    /// The value, if it is a member of this object.
    #[inline]
    pub(super) fn of(slot: Option<Slot<'a>>, object: usize) -> Option<Raw<'a>> {
        slot.filter(|slot| slot.object == object).map(|slot| slot.value)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Collector<'a> {
    pub(super) scanner: Scanner<'a>,
    /// The colons and brackets of the scanner's block that are still to come.
    left: u64,
    /// How many brackets are open.
    depth: usize,
    /// The objects whose members are wanted, each in the one before.
    objects: [Object; DEEPEST],
    open: usize,
}

#[derive(Clone, Copy, Debug)]
struct Object {
    /// How many brackets are open in it.
    depth: usize,
    path: u32,
    start: usize,
}

/// Objects that lie deeper are read when they are asked for.
const DEEPEST: usize = 4;

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
    #[inline(always)]
    pub(super) fn new(text: &'a [u8]) -> Collector<'a> {
        let root = Object { depth: 1, path: 0, start: 0 };
        Collector { scanner: Scanner::new(text, 0), left: 0, depth: 0, objects: [root; DEEPEST], open: 1 }
    }

    /// Begins at the record's first bracket.
    pub(super) fn begin(&mut self, start: usize) {
        self.objects[0].start = start;
        self.go_on_at(start);
    }

    fn go_on_at(&mut self, at: usize) {
        self.left = if self.scanner.reach(at) { self.scanner.structure_from(at) } else { 0 };
    }

    /// Goes on to the next value that is wanted.
    #[inline]
    pub(super) fn step(&mut self, paths: &Paths, slots: &Slots<'a>) -> Step {
        let Some(mut object) = self.innermost() else { return Step::End(self.scanner.text().len()) };
        let (mut left, mut depth) = (self.left, self.depth);
        loop {
            while left != 0 {
                let at = self.scanner.position(left);
                left &= left - 1;
                match self.scanner.byte(at).unwrap_or_default() | ONE_BIT {
                    b'{' => depth += 1,
                    b'}' => {
                        if depth == object.depth {
                            if self.scanner.byte(at) == Some(b']') {
                                return self.fail(Problem::NoComma, at);
                            }
                            self.open -= 1;
                            match self.innermost() {
                                Some(outer) => object = outer,
                                None => return Step::End(at + 1),
                            }
                        }
                        depth -= 1;
                    }
                    _ if depth == object.depth => {
                        let Some(name_end) = self.name_end(at) else { return self.fail(Problem::NoKey, at) };
                        let wanted = paths.named(object.path, self.scanner.text(), name_end, self.scanner.has_escapes);
                        if let Some(wanted) = wanted {
                            (self.left, self.depth) = (left, depth);
                            return self.value(at + 1, wanted, object.start, paths, slots);
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
    fn innermost(&self) -> Option<Object> {
        self.objects.get(self.open.checked_sub(1)?).copied()
    }

    /// The quote that ends the name before a colon.
    #[inline(always)]
    fn name_end(&self, colon: usize) -> Option<usize> {
        let before = colon.checked_sub(1)?;
        if self.scanner.byte(before) == Some(b'"') { Some(before) } else { self.scanner.quote_before(before) }
    }

    #[inline(never)]
    fn value(&mut self, at: usize, path: u32, object: usize, paths: &Paths, slots: &Slots<'a>) -> Step {
        let Some((byte, at)) = self.scanner.token(at) else { return self.fail(Problem::NoValue, at) };
        let value = match byte {
            b'[' => Raw::Array(at),
            b'{' => {
                let below = paths.below(path);
                let is_collected = !below.is_empty() && self.open < DEEPEST;
                if is_collected {
                    self.objects[self.open] = Object { depth: self.depth + 1, path, start: at };
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
            slot.set(Some(Slot { object, value }));
        }
        Step::Found
    }

    #[cold]
    fn fail(&mut self, problem: Problem, at: usize) -> Step {
        self.scanner.fail::<()>(problem, at);
        Step::Failed
    }
}
