//! What is put in the place of a value that passes.

use std::fmt;
use std::sync::Arc;

type Make = dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync;

/// From a value as it is written to what stands in its place; nothing refuses the body.
#[derive(Clone)]
pub(super) struct Edit(Arc<Make>);

impl Edit {
    pub(super) fn new(make: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Edit {
        Edit(Arc::new(make))
    }

    pub(super) fn of(&self, written: &[u8]) -> Option<Vec<u8>> {
        (self.0)(written)
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit")
    }
}
