//! `Error`: the client's query is wrong, and where, and what to write instead.

mod bind;
mod found;
mod kind;
mod snippet;
mod way_out;

use std::fmt;
use std::sync::Arc;

pub use bind::BindError;
pub use found::{Found, Name};
pub use kind::ErrorKind;
pub(crate) use snippet::is_visible;

use crate::span::Span;

/// Which part of a list request (or which PATCH path) an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The `filter` parameter, or the filter inside the brackets of a PATCH path.
    Filter,
    /// A PATCH path.
    Path,
    /// The `orderBy` parameter.
    OrderBy,
    /// The `sortBy` parameter.
    SortBy,
    /// The `sortOrder` parameter.
    SortOrder,
    /// The `limit` parameter.
    Limit,
    /// The `after` parameter.
    After,
    /// The `startIndex` parameter.
    StartIndex,
    /// The `count` parameter.
    Count,
    /// The `cursor` parameter.
    Cursor,
    /// The `attributes` parameter.
    Attributes,
    /// The `excludedAttributes` parameter.
    ExcludedAttributes,
    /// The query string as a whole.
    Query,
    /// The body of a SearchRequest.
    Body,
}

impl Part {
    /// How many there are.
    pub(crate) const COUNT: usize = Part::Body as usize + 1;

    /// The parameter's name in a request; `path`, `query` and `body` for what is no parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Filter => "filter",
            Part::Path => "path",
            Part::OrderBy => "orderBy",
            Part::SortBy => "sortBy",
            Part::SortOrder => "sortOrder",
            Part::Limit => "limit",
            Part::After => "after",
            Part::StartIndex => "startIndex",
            Part::Count => "count",
            Part::Cursor => "cursor",
            Part::Attributes => "attributes",
            Part::ExcludedAttributes => "excludedAttributes",
            Part::Query => "query",
            Part::Body => "body",
        }
    }
}

/// The detail codes of SCIM error bodies that a list request can cause (RFC 7644 table 9, RFC 9865 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // The names are the RFCs'.
pub enum ScimType {
    InvalidFilter,
    InvalidPath,
    InvalidValue,
    InvalidSyntax,
    InvalidCursor,
    ExpiredCursor,
    InvalidCount,
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScimType::InvalidFilter => "invalidFilter",
            ScimType::InvalidPath => "invalidPath",
            ScimType::InvalidValue => "invalidValue",
            ScimType::InvalidSyntax => "invalidSyntax",
            ScimType::InvalidCursor => "invalidCursor",
            ScimType::ExpiredCursor => "expiredCursor",
            ScimType::InvalidCount => "invalidCount",
        })
    }
}

/// The client's query is wrong: an HTTP 400. One word wide.
///
/// `{}` is one line for logs and JSON bodies and never quotes a literal of the request (L2); `{:#}` draws the text with
/// the place marked, for people; `Debug` is the latter, so that `unwrap()` is readable.
///
/// ```
/// use scim_query::{Filter, ScimType};
///
/// let error = Filter::parse("status eq APPROVED").unwrap_err();
/// assert_eq!(error.to_string(), "expected a string in double quotes at 10..18, found a bare word");
/// assert_eq!(error.code(), "value_unquoted");
/// assert_eq!(error.scim_type(), Some(ScimType::InvalidFilter));
/// assert_eq!(
///     format!("{error:#}"),
///     r#"  status eq APPROVED
///             ^^^^^^^^ expected a string in double quotes, found a bare word: write "APPROVED""#
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    part: Part,
    span: Option<Span>,
    text: Arc<str>,
    more: Vec<Error>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, part: Part, span: impl Into<Option<Span>>, text: &str) -> Error {
        let (span, text) = snippet::keep(span.into(), text);
        Error(Box::new(Inner { kind, part, span, text: text.into(), more: Vec::new() }))
    }

    /// Several errors of one text as one: the first, with the others beside it. `None` when there are none. They share the
    /// text, so that many errors of a long one take no more room than it does.
    pub(crate) fn all_of(errors: impl IntoIterator<Item = (ErrorKind, Span)>, part: Part, text: &str) -> Option<Error> {
        let mut errors = errors.into_iter();
        let (kind, span) = errors.next()?;
        let mut first = Error::new(kind, part, span, text);
        let shared = Arc::clone(&first.0.text);
        first.0.more = errors
            .map(|(kind, span)| {
                let (span, _) = snippet::keep(Some(span), text);
                Error(Box::new(Inner { kind, part, span, text: Arc::clone(&shared), more: Vec::new() }))
            })
            .collect();
        Some(first)
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// A stable name of what is wrong, for programs and metrics: [`ErrorKind::code`].
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// Which part of the request is wrong.
    pub fn part(&self) -> Part {
        self.0.part
    }

    /// Where in [`Error::text`] it is wrong, in bytes; `None` when the whole of it is.
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// The decoded text that was refused. Of a text longer than 64 KiB only its beginning is kept.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The other errors that were found in the same text: a filter is checked to its end, so that all unknown names are
    /// told at once (255 others at most).
    pub fn others(&self) -> &[Error] {
        &self.0.more
    }

    /// This error and the [others](Error::others), each alone.
    pub fn each(&self) -> impl Iterator<Item = Error> + '_ {
        std::iter::once(self.alone()).chain(self.others().iter().cloned())
    }

    /// The one sentence under the caret: what is wrong with this place and what to write instead, without the place and
    /// without the others. For the client's eyes, as is `{:#}`: it may quote a literal of the request.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = Filter::parse("titel pr and userName eq bob").unwrap_err();
    /// assert_eq!(filter.message(), r#"expected a string in double quotes, found a bare word: write "bob""#);
    /// let filter = Filter::parse(r#"titel pr and nickNam eq "b""#)?.check(&Schema::user()).unwrap_err();
    /// let messages: Vec<String> = filter.each().map(|error| error.message()).collect();
    /// assert_eq!(messages[0], "unknown attribute `titel`: did you mean `title`?");
    /// assert_eq!(messages[1], "unknown attribute `nickNam`: did you mean `nickName`?");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    #[must_use]
    pub fn message(&self) -> String {
        self.0.kind.sentence(None, self.0.span.map(|span| span.of(&self.0.text)))
    }

    /// This error without the others.
    pub(crate) fn alone(&self) -> Error {
        Error(Box::new(Inner { more: Vec::new(), ..(*self.0).clone() }))
    }

    /// The detail code for a SCIM error body (RFC 7644 section 3.12); `None` for errors that RFC gives no code.
    ///
    /// Of `attributes` and `excludedAttributes`: `invalidPath` where a name is not written as attributes are (section 3.10), as in
    /// `emails[type eq "work"]`, `invalidValue` where there is no such attribute. RFC 7644 names no code for either.
    pub fn scim_type(&self) -> Option<ScimType> {
        match (&self.0.kind, self.0.part) {
            (ErrorKind::CursorExpired, _) => Some(ScimType::ExpiredCursor),
            (ErrorKind::CountInvalid, _) => Some(ScimType::InvalidCount),
            (ErrorKind::CursorWithIndex, _) => Some(ScimType::InvalidCursor),
            (_, Part::Filter) => Some(ScimType::InvalidFilter),
            (_, Part::Path) => Some(ScimType::InvalidPath),
            (_, Part::Cursor | Part::After) => Some(ScimType::InvalidCursor),
            (ErrorKind::AttributeUnknown { .. }, Part::Attributes | Part::ExcludedAttributes) => {
                Some(ScimType::InvalidValue)
            }
            (ErrorKind::AttributesWithExcluded, _) => Some(ScimType::InvalidValue),
            (_, Part::Attributes | Part::ExcludedAttributes) => Some(ScimType::InvalidPath),
            (_, Part::OrderBy | Part::SortBy | Part::SortOrder | Part::Limit | Part::StartIndex | Part::Count) => {
                Some(ScimType::InvalidValue)
            }
            (_, Part::Body | Part::Query) => Some(ScimType::InvalidSyntax),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, span, text, more, .. } = &*self.0;
        if f.alternate() {
            snippet::draw(f, text, *span, &self.message())?;
            return more.iter().try_for_each(|error| write!(f, "\n{error:#}"));
        }
        f.write_str(&kind.sentence(*span, None))?;
        match more.len() {
            0 => Ok(()),
            1 => f.write_str(" (and 1 more error)"),
            n => write!(f, " (and {n} more errors)"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl std::error::Error for Error {}
