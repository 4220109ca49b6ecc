//! What the names of a filter are relative to, and what they mean.

use crate::schema::{AttrId, Line};

/// What names are relative to.
#[derive(Clone, Copy, Default)]
pub(super) enum Scope {
    #[default]
    Resource,
    /// The brackets of an attribute.
    Inside(AttrId),
    /// Brackets under the open schema.
    InsideOpen,
    /// The brackets of an attribute that was refused: nothing is known of what stands there.
    Unknown,
}

/// What a name means, from which its target is made when it is known to be needed.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Attribute(AttrId),
    /// `value` in the brackets of a simple attribute, this one.
    Element(AttrId),
}

/// What brackets lie behind.
#[derive(Clone, Copy, Default)]
pub(super) enum Brackets {
    #[default]
    Refused,
    /// A name of the open schema.
    Open,
    Of(Named),
}

impl Brackets {
    /// What names in them are relative to.
    pub(super) fn scope(self) -> Scope {
        match self {
            Brackets::Refused => Scope::Unknown,
            Brackets::Open => Scope::InsideOpen,
            Brackets::Of(named) => Scope::Inside(named.attribute()),
        }
    }
}

impl Named {
    /// The attribute whose values are meant.
    pub(super) fn attribute(self) -> AttrId {
        match self {
            Named::Attribute(id) | Named::Element(id) => id,
        }
    }
}

impl Scope {
    /// The part of a line of attributes that lies below it.
    pub(super) fn below(self, line: Line) -> Line {
        match self {
            Scope::Inside(parent) => {
                let above = line.iter().position(|id| *id == parent).map_or(line.len(), |at| at + 1);
                Line::from(&line[above..])
            }
            Scope::Resource | Scope::InsideOpen | Scope::Unknown => line,
        }
    }
}
