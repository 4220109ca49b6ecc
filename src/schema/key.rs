//! The name of a member, prepared for a source.

/// The name of a member of a resource, as a filter that is ready to run keeps it: with the position of the member, where the
/// source has positions. [`Node::get_at`](crate::Node::get_at) gets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    name: Box<str>,
    position: Option<u32>,
}

impl Key {
    pub(crate) fn new(name: &str) -> Key {
        Key { name: name.into(), position: None }
    }

    pub(crate) fn at(name: &str, position: u32) -> Key {
        Key { name: name.into(), position: Some(position) }
    }

    /// The name.
    #[inline]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the source that the filter was compiled for has the member; `None` for a source of names alone.
    #[inline]
    pub fn position(&self) -> Option<usize> {
        self.position.map(|position| position as usize)
    }
}
