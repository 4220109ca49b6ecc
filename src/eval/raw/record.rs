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
    /// What goes on reading when a value is asked for, if the record has not been read to its end.
    collector: Option<RefCell<Collector<'a>>>,
    /// The first thing that is wrong where the record has been read.
    fault: Cell<Option<JsonError>>,
    unique_keys: bool,
}

impl<'r, 'a> Record<'r, 'a> {
    /// `slots`: one for each path, empty. With `unique_keys`, members are read when they are asked for, else all now.
    pub(super) fn read(
        text: &'a [u8],
        paths: &'r Paths,
        slots: &'r Slots<'a>,
        unique_keys: bool,
    ) -> Result<(Record<'r, 'a>, Raw<'a>), JsonError> {
        let mut scanner = Scanner::new(text, 0);
        let (byte, start) = scanner.token(0).ok_or(JsonError::new(Problem::End, text.len()))?;
        let record = |collector| Record { paths, slots, text, collector, fault: Cell::new(None), unique_keys };
        if byte != b'{' {
            let failed = |scanner: &Scanner<'_>| Err(scanner.failure_at_end());
            let Some((value, end)) = read::value(&mut scanner, byte, start) else { return failed(&scanner) };
            return nothing_behind(&scanner, end).map(|()| (record(None), value));
        }
        let object = Raw::Object(start, Some(0));
        let mut collector = Collector::new(scanner, start);
        if unique_keys {
            return Ok((record(Some(RefCell::new(collector))), object));
        }
        loop {
            match collector.step(paths, slots) {
                Step::Found => {}
                Step::End(end) => return nothing_behind(&collector.scanner, end).map(|()| (record(None), object)),
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
        match (Slot::of(slot.get(), object), &self.collector) {
            (None, Some(collector)) => self.read_to(slot, object, collector),
            (found, _) => found,
        }
    }

    fn read_to(
        &self,
        slot: &Cell<Option<Slot<'a>>>,
        object: usize,
        collector: &RefCell<Collector<'a>>,
    ) -> Option<Raw<'a>> {
        let mut collector = collector.try_borrow_mut().ok()?;
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
