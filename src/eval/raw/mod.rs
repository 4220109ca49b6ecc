//! JSON bytes as a source: no tree is built. A record is read once, the values of the paths that the filter needs are
//! collected on the way, and strings are compared where they lie.

mod assigned;
mod collect;
mod error;
mod lines;
mod names;
mod needle;
mod node;
mod number;
mod paths;
mod read;
mod record;
mod scan;
mod serialize;
mod validate;

use std::cell::Cell;
use std::sync::Arc;

use collect::Slots;
pub use error::JsonError;
use error::Problem;
pub use lines::Lines;
use needle::Needle;
use node::RawNode;
use paths::Paths;
pub(crate) use read::is_written;
use record::Record;

use super::{Place, Program};
use crate::check::CheckedFilter;

/// A checked filter, ready to run over records that are JSON bytes, such as lines of NDJSON.
///
/// A record matches when `serde_json` would read it as a value that matches: of duplicate keys the last counts (S2), escapes
/// are read, numbers are exact. But only what the filter needs is read. Of the rest, strings, brackets, commas and colons of
/// the record's own members are followed to find where values end; their insides may be anything, such as `{"a":[1 2}`
/// without the bracket that is missing. So a record that is not JSON is an error where that is in a part that is needed, or
/// where the record does not end, and otherwise not seen; [`validating`](RawPredicate::validating) reads all of it.
///
/// No memory is taken for a record, but for a needed string that holds an escape, for more than 64 paths, and for presence
/// tests of whole objects under the open schema.
///
/// ```
/// use scim_query::{Filter, Schema};
///
/// let filter = Filter::parse(r#"status eq "PENDING" and resourceId pr"#)?.check(&Schema::access_requests())?;
/// let predicate = filter.compile_raw();
/// let line = br#"{"status": "P\u0045NDING", "requested": {"resourceId": "0oa1"}}"#;
/// assert!(predicate.matches(line)?);
/// assert!(!predicate.matches(br#"{"status": "PENDING", "status": null}"#)?);
/// assert_eq!(predicate.matches(br#"{"status": "PENDING"#).unwrap_err().offset(), 11);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RawPredicate {
    program: Arc<Program>,
    paths: Arc<Paths>,
    needle: Option<Arc<Needle>>,
    unique_keys: bool,
    validates: bool,
}

impl CheckedFilter {
    /// Prepares the filter for running over JSON bytes.
    pub fn compile_raw(&self) -> RawPredicate {
        let mut paths = Paths::new();
        // Every name has a path: binding to paths does not fail.
        let program = Program::bound(self.expr(), self.schema(), &mut paths)
            .unwrap_or_else(|_| Program::new(self.expr(), self.schema()));
        RawPredicate {
            program: Arc::new(program),
            paths: Arc::new(paths),
            needle: Needle::of(self.expr()).map(Arc::new),
            unique_keys: false,
            validates: false,
        }
    }
}

impl RawPredicate {
    /// Takes the caller's word that no object has a key twice. Then a record need not be read to its end: it is read until
    /// the answer is known. Where a key does come twice, the answer may be any, also
    /// one that neither of the two would have given.
    pub fn assume_unique_keys(mut self) -> RawPredicate {
        self.unique_keys = true;
        self
    }

    /// Reads all of every record: whatever `serde_json` would not read as a value is an error. Slower by far. Nesting deeper than 128
    /// levels is such an error. Offsets are then those that serde_json gives, near the place.
    pub fn validating(mut self) -> RawPredicate {
        self.validates = true;
        self
    }

    /// Whether the record matches.
    ///
    /// # Errors
    /// What is not JSON in a part that has been read, with its offset.
    pub fn matches(&self, record: &[u8]) -> Result<bool, JsonError> {
        if self.validates {
            validate::validate(record)?;
        }
        self.run_any(record)
    }

    fn run_any(&self, record: &[u8]) -> Result<bool, JsonError> {
        match self.paths.count() {
            0..=8 => self.run(record, &[const { Cell::new(None) }; 8]),
            9..=64 => self.run(record, &[const { Cell::new(None) }; 64]),
            more => self.run(record, &vec![Cell::new(None); more]),
        }
    }

    fn run<'a>(&self, text: &'a [u8], slots: &Slots<'a>) -> Result<bool, JsonError> {
        let mut record = Record::new(text, &self.paths, slots, self.unique_keys);
        let value = record.read()?;
        let matches = self.program.holds(Place::resource(RawNode { record: &record, value }));
        record.fault().map_or(Ok(matches), Err)
    }
}
