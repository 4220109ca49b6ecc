//! Which parameters a list request has.

use crate::page::{CursorKind, Cursors};

/// The names of a list request's parameters, and the sizes of its pages (O8).
///
/// ```
/// use scim_query::{ListQuery, Profile, Schema};
///
/// let profile = Profile::scim().with_sizes(50, 100);
/// let size = |query| Ok::<_, scim_query::Error>(ListQuery::parse(query, &profile)?.check(&Schema::user())?.paging().size());
/// assert_eq!((size("")?, size("count=1000")?, size("count=-1")?), (50, 100, 0));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    pub(crate) style: Style,
    /// The size of a page when the request names none.
    pub(crate) default_size: usize,
    /// The largest page. More is an error in the Okta profile and read as this in SCIM's.
    pub(crate) max_size: usize,
    /// The cursors that the list hands out.
    pub(crate) cursors: CursorKind,
}

/// Whose parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Okta,
    Scim,
}

impl Profile {
    /// `filter orderBy limit after`: pages of 1 to 200, 20 by default; the cursor is the last resource's id.
    pub fn okta() -> Profile {
        Profile { style: Style::Okta, default_size: 20, max_size: 200, cursors: CursorKind::RecordId }
    }

    /// `filter sortBy sortOrder startIndex count cursor attributes excludedAttributes`: pages of at most 200, 100 by
    /// default; by index unless the request has a `cursor`, which is opaque (RFC 7644 section 3.4.2, RFC 9865).
    pub fn scim() -> Profile {
        Profile { style: Style::Scim, default_size: 100, max_size: 200, cursors: CursorKind::Opaque(Cursors::new()) }
    }

    /// With these sizes of pages: at most `max`, which is at least 1, and by default `default` of them, or `max` if that is
    /// less.
    pub fn with_sizes(mut self, default: usize, max: usize) -> Profile {
        self.max_size = max.max(1);
        self.default_size = default.clamp(1, self.max_size);
        self
    }

    /// With these cursors.
    pub fn with_cursors(mut self, cursors: CursorKind) -> Profile {
        self.cursors = cursors;
        self
    }

    /// The size of a page when the request names none.
    pub fn default_size(&self) -> usize {
        self.default_size
    }

    /// The largest page.
    pub fn max_size(&self) -> usize {
        self.max_size
    }

    /// Whether its parameters are Okta's.
    pub fn is_okta(&self) -> bool {
        self.style == Style::Okta
    }
}
