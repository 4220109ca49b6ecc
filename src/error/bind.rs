//! `BindError`: our own schema or mapping is wrong, found at start-up.

use std::fmt;

/// A schema document, an alias table or another thing that the program itself supplies is wrong. Raised when it is
/// loaded, never by a request.
///
/// ```
/// use scim_query::Schema;
///
/// let document = serde_json::json!({"id": "urn:example:2.0:Thing", "attributes": [{"name": "a", "type": "text"}]});
/// let error = Schema::from_json(&[document]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "urn:example:2.0:Thing: attribute `a`: type \"text\" is not one of string boolean decimal integer dateTime \
///      binary reference complex"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BindError(Box<str>);

impl BindError {
    pub(crate) fn new(message: impl Into<Box<str>>) -> BindError {
        BindError(message.into())
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BindError({self})")
    }
}

impl std::error::Error for BindError {}
