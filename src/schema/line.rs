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

const EMPTY: Line = Line { ids: [AttrId(0); MAX_DEPTH], len: 0 };

impl Line {
    /// The line of an attribute that is a part of the last one of another, or of none.
    pub(super) fn below(above: Option<Line>, id: AttrId) -> Line {
        let mut line = above.unwrap_or(EMPTY);
        // No schema is deeper.
        if let Some(place) = line.ids.get_mut(usize::from(line.len)) {
            *place = id;
            line.len += 1;
        }
        line
    }
}

impl From<&[AttrId]> for Line {
    fn from(ids: &[AttrId]) -> Line {
        ids.iter().fold(EMPTY, |line, id| Line::below(Some(line), *id))
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
