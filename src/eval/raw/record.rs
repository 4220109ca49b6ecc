//! One record of JSON bytes while a filter looks at it.

use std::cell::{Cell, RefCell};

use super::collect::{Collector, Slot, Slots, Step};
use super::paths::Paths;
use super::read::{self, Raw};
use super::scan::Scanner;
use super::{JsonError, Problem};

#[derive(Debug)]
pub(super) struct Record<'r, 'a> {
    paths: &'r Paths,
    slots: &'r Slots<'a>,
    text: &'a [u8],
    /// What goes on reading when a value is asked for, if keys are unique.
    collector: RefCell<Collector<'a>>,
    /// The first thing that is wrong where the record has been read.
    fault: Cell<Option<JsonError>>,
    unique_keys: bool,
}

impl<'r, 'a> Record<'r, 'a> {
    /// `slots`: one for each path, empty.
    #[inline(always)]
    pub(super) fn new(text: &'a [u8], paths: &'r Paths, slots: &'r Slots<'a>, unique_keys: bool) -> Record<'r, 'a> {
        let collector = RefCell::new(Collector::new(text));
        Record { paths, slots, text, collector, fault: Cell::new(None), unique_keys }
    }

    /// Reads the record; with unique keys only as far as it is asked for its members, later.
    pub(super) fn read(&mut self) -> Result<Raw<'a>, JsonError> {
        let collector = self.collector.get_mut();
        let (byte, start) = collector.scanner.token(0).ok_or(JsonError::new(Problem::End, self.text.len()))?;
        if byte != b'{' {
            let Some((value, end)) = read::value(&mut collector.scanner, byte, start) else {
                return Err(collector.scanner.failure_at_end());
            };
            return nothing_behind(&collector.scanner, end).map(|()| value);
        }
        collector.begin(start);
        let object = Raw::Object(start, Some(0));
        if self.unique_keys {
            return Ok(object);
        }
        loop {
            match collector.step(self.paths, self.slots) {
                Step::Found => {}
                Step::End(end) => return nothing_behind(&collector.scanner, end).map(|()| object),
                Step::Failed => return Err(collector.scanner.failure_at_end()),
            }
        }
    }

    pub(super) fn paths(&self) -> &'r Paths {
        self.paths
    }

    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    pub(super) fn has_unique_keys(&self) -> bool {
        self.unique_keys
    }

    /// The value of a path in the object that begins at a bracket, read on to it if need be.
    #[inline]
    pub(super) fn slot(&self, path: u32, object: usize) -> Option<Raw<'a>> {
        let slot = self.slots.get(path as usize)?;
        match Slot::of(slot.get(), object) {
            None if self.unique_keys => self.read_to(slot, object),
            found => found,
        }
    }

    fn read_to(&self, slot: &Cell<Option<Slot<'a>>>, object: usize) -> Option<Raw<'a>> {
        let mut collector = self.collector.try_borrow_mut().ok()?;
        loop {
            if let Some(found) = Slot::of(slot.get(), object) {
                return Some(found);
            }
            if collector.scanner.failure.is_some() {
                return None;
            }
            match collector.step(self.paths, self.slots) {
                Step::Found => {}
                Step::End(_) => return None,
                Step::Failed => self.fail(collector.scanner.failure_at_end()),
            }
        }
    }

    #[cold]
    pub(super) fn fail(&self, error: JsonError) {
        if self.fault.get().is_none() {
            self.fault.set(Some(error));
        }
    }

    pub(super) fn fault(&self) -> Option<JsonError> {
        self.fault.get()
    }
}

fn nothing_behind(scanner: &Scanner<'_>, end: usize) -> Result<(), JsonError> {
    scanner.token(end).map_or(Ok(()), |(_, at)| Err(JsonError::new(Problem::After, at)))
}
