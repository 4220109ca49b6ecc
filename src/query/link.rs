//! A list request as the query string of a link.

use super::ListQuery;
use crate::error::Part;

/// The order in which links name the parameters: as Okta's do, the cursor before the size of the page.
const ORDER: [Part; 12] = [
    Part::Filter,
    Part::OrderBy,
    Part::SortBy,
    Part::SortOrder,
    Part::Attributes,
    Part::ExcludedAttributes,
    Part::StartIndex,
    Part::After,
    Part::Cursor,
    Part::Limit,
    Part::Count,
    Part::Query,
];

impl ListQuery {
    /// The query string of this request: known parameters only, re-encoded.
    ///
    /// ```
    /// use scim_query::{ListQuery, Profile};
    ///
    /// let query = ListQuery::parse("limit=5&filter=not(status+eq+%22DENIED%22)", &Profile::okta())?;
    /// assert_eq!(query.to_query_string(), "filter=not(status%20eq%20%22DENIED%22)&limit=5");
    /// assert_eq!(
    ///     query.next_query_string("reqp1pmpjhVdGEcVK1d5"),
    ///     "filter=not(status%20eq%20%22DENIED%22)&after=reqp1pmpjhVdGEcVK1d5&limit=5"
    /// );
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn to_query_string(&self) -> String {
        self.link(None)
    }

    /// The query string of the next page.
    pub fn next_query_string(&self, cursor: &str) -> String {
        self.link(Some(cursor))
    }

    fn link(&self, cursor: Option<&str>) -> String {
        let cursor_part = if self.profile.is_okta() { Part::After } else { Part::Cursor };
        let value = |part: Part| match cursor {
            Some(cursor) if part == cursor_part => Some(cursor),
            _ => self.get(part),
        };
        let pairs = ORDER.iter().filter_map(|part| Some(format!("{}={}", part.as_str(), encode(value(*part)?))));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Percent-encoded, but for parentheses, which links of the API leave as they are.
fn encode(text: &str) -> String {
    crate::ast::percent_encode(text).replace("%28", "(").replace("%29", ")")
}
