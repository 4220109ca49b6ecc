//! An attribute with those that it is a part of: a short list that takes no memory of its own, because every comparison has one.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::AttrId;
use super::builder::MAX_DEPTH;

/// The attributes of a line, outermost first. It is compared and hashed as the list that it is.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    ids: [AttrId; MAX_DEPTH],
    len: u8,
}

impl Line {
    /// The line of attributes that are told from the innermost on; those beyond the deepest that a schema has are left out.
    pub(super) fn from_inside(ids: impl Iterator<Item = AttrId>) -> Line {
        let mut line = Line { ids: [AttrId(0); MAX_DEPTH], len: 0 };
        for (place, id) in line.ids.iter_mut().zip(ids) {
            *place = id;
            line.len += 1;
        }
        line.ids[..usize::from(line.len)].reverse();
        line
    }
}

impl From<&[AttrId]> for Line {
    fn from(ids: &[AttrId]) -> Line {
        Line::from_inside(ids.iter().rev().copied())
    }
}

impl From<Vec<AttrId>> for Line {
    fn from(ids: Vec<AttrId>) -> Line {
        Line::from(&ids[..])
    }
}

impl From<[AttrId; 1]> for Line {
    fn from(ids: [AttrId; 1]) -> Line {
        Line::from(&ids[..])
    }
}

impl Deref for Line {
    type Target = [AttrId];

    fn deref(&self) -> &[AttrId] {
        self.ids.get(..usize::from(self.len)).unwrap_or(&[])
    }
}

impl<'l> IntoIterator for &'l Line {
    type Item = &'l AttrId;
    type IntoIter = std::slice::Iter<'l, AttrId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Line) -> bool {
        **self == **other
    }
}

impl Eq for Line {}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Line) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Line {
    fn cmp(&self, other: &Line) -> Ordering {
        (**self).cmp(other)
    }
}

impl Hash for Line {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
