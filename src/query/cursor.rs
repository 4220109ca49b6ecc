//! A list request's cursor, made and refused, whatever the resources are kept in (O7).

use super::CheckedQuery;
use crate::error::{Error, ErrorKind, Part};
use crate::order::SortValue;
use crate::page::{Binding, CursorKind, Cursors, Position};

impl CheckedQuery {
    pub(crate) fn refuse_cursor(&self, kind: ErrorKind) -> Error {
        let part = if self.profile().is_okta() { Part::After } else { Part::Cursor };
        Error::new(kind, part, None, "")
    }

    /// A cursor that has to name one resource, and names so many (O5, O7); `None` where it is one.
    pub(crate) fn refuse_count(&self, count: usize) -> Option<Error> {
        let opaque = |reason| ErrorKind::CursorInvalid { reason };
        let kind = match (count, &self.profile().cursors) {
            (1, _) => return None,
            (0, CursorKind::RecordId) => ErrorKind::RecordUnknown,
            (0, CursorKind::Opaque(_)) => opaque("its resource is gone"),
            (_, CursorKind::RecordId) => ErrorKind::RecordRepeated,
            (_, CursorKind::Opaque(_)) => opaque("several resources have its tie-breaker"),
        };
        Some(self.refuse_cursor(kind))
    }

    /// The record id behind a resource. The error is what is wrong with the resource.
    pub(crate) fn record_cursor(&self, id: Option<String>) -> Result<String, &'static str> {
        let id = id.filter(|id| !id.is_empty()).ok_or("has no id for a cursor")?;
        if id.len() > self.limits().cursor { Err("has an id that is too long for a cursor") } else { Ok(id) }
    }

    /// The opaque cursor of a position; `scope` is one that is said otherwise than by [`Cursors::with_scope`].
    pub(crate) fn opaque_cursor(
        &self,
        cursors: &Cursors,
        position: &Position,
        scope: &str,
    ) -> Result<String, &'static str> {
        if position.tie_breakers.is_empty() || position.tie_breakers.contains(&SortValue::Unassigned) {
            return Err("has no value for the tie-breaker, so that no cursor can name it");
        }
        let binding = Binding::of(self.filter(), self.ordering(), cursors, scope);
        let cursor = cursors.encode(position, &binding, self.limits());
        cursor.ok_or("has a tie-breaker that is too long for a cursor")
    }
}
