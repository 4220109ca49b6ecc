//! Pages: how much of a list, and from where on (O6 to O9).

mod cursor;
mod token;

pub use cursor::Cursors;
pub(crate) use cursor::{Binding, Position};

use crate::order::SortValue;

/// Which kind of cursor a list hands out (O7).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CursorKind {
    /// The id of the last resource of a page, as Okta's `after`. Its place is looked up in the whole list, so a resource
    /// that was deleted ends the walk with an error, and one that was updated moves it.
    RecordId,
    /// The last sort keys themselves, bound to the query (RFC 9865 asks for opaque ones).
    Opaque(Cursors),
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// Okta: `limit` resources after the one that `after` names.
    Limit {
        /// At most so many resources.
        limit: usize,
        /// The cursor, if it is not the first page.
        after: Option<String>,
    },
    /// SCIM by index (RFC 7644 section 3.4.2.4): `count` resources from the `startIndex`th on, which is 1-based.
    Index {
        /// The first resource's number, 1 or more, as the request has it: an answer repeats it (RFC 7644 section 3.4.2.4) however
        /// far behind the end it is, at most `i64::MAX`.
        start_index: usize,
        /// At most so many resources; with 0, totals only.
        count: usize,
    },
    /// SCIM by cursor (RFC 9865).
    Cursor {
        /// At most so many resources.
        count: usize,
        /// The cursor, if it is not the first page.
        cursor: Option<String>,
    },
}

impl Paging {
    /// The most resources that the page may have.
    pub fn size(&self) -> usize {
        match self {
            Paging::Limit { limit: size, .. }
            | Paging::Index { count: size, .. }
            | Paging::Cursor { count: size, .. } => *size,
        }
    }

    /// The cursor to go on from.
    pub fn cursor(&self) -> Option<&str> {
        match self {
            Paging::Limit { after: cursor, .. } | Paging::Cursor { cursor, .. } => cursor.as_deref(),
            Paging::Index { .. } => None,
        }
    }
}

/// The values of all sort keys of one resource, owned.
pub(crate) type Keys = Vec<SortValue<'static>>;
