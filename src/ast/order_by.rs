//! Orderings as they were written.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::AttrPath;
use crate::error::Part;
use crate::warning::Warning;

/// The direction of one sort key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least value first, unassigned last (O2).
    #[default]
    Ascending,
    /// The exact reverse.
    Descending,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        })
    }
}

/// One key of an ordering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey<'q> {
    pub(crate) path: AttrPath<'q>,
    pub(crate) direction: Direction,
}

impl<'q> SortKey<'q> {
    /// The attribute.
    pub fn path(&self) -> &AttrPath<'q> {
        &self.path
    }

    /// Its direction.
    pub fn direction(&self) -> Direction {
        self.direction
    }
}

/// One key, as most orderings have, takes no memory of its own. (A `SmallVec` would not let go of the text as a `Vec` does.)
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SortKeys<'q> {
    One([SortKey<'q>; 1]),
    Several(Vec<SortKey<'q>>),
}

impl<'q> SortKeys<'q> {
    pub(crate) fn with(self, key: SortKey<'q>) -> SortKeys<'q> {
        SortKeys::Several(match self {
            SortKeys::One([first]) => vec![first, key],
            SortKeys::Several(mut keys) => {
                keys.push(key);
                keys
            }
        })
    }
}

impl<'q> Deref for SortKeys<'q> {
    type Target = [SortKey<'q>];

    fn deref(&self) -> &[SortKey<'q>] {
        match self {
            SortKeys::One(key) => key,
            SortKeys::Several(keys) => keys,
        }
    }
}

impl DerefMut for SortKeys<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            SortKeys::One(key) => key,
            SortKeys::Several(keys) => keys,
        }
    }
}

/// An ordering as it was written: `created desc`, `lastUpdated asc, id asc` (O1).
///
/// ```
/// use scim_query::OrderBy;
///
/// let order = OrderBy::parse("lastUpdated DESCENDING,id")?;
/// assert_eq!(order.to_string(), "lastUpdated desc, id asc");
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct OrderBy<'q> {
    pub(crate) text: Cow<'q, str>,
    pub(crate) keys: SortKeys<'q>,
    pub(crate) part: Part,
    pub(crate) warnings: Vec<Warning>,
}

impl<'q> OrderBy<'q> {
    /// The keys, the first one the strongest.
    pub fn keys(&self) -> &[SortKey<'q>] {
        &self.keys
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lenient readings that were used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// With this direction for every key: SCIM's `sortOrder` for its `sortBy`.
    pub fn with_direction(mut self, direction: Direction) -> OrderBy<'q> {
        for key in self.keys.iter_mut() {
            key.direction = direction;
        }
        self
    }
}

impl PartialEq for OrderBy<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl Eq for OrderBy<'_> {}

impl fmt::Display for OrderBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.keys.iter().enumerate() {
            write!(f, "{}{} {}", if at == 0 { "" } else { ", " }, key.path, key.direction)?;
        }
        Ok(())
    }
}

impl fmt::Debug for OrderBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderBy({self})")
    }
}
