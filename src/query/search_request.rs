//! The body of `POST /.search` (RFC 7644 section 3.4.3).

use serde::Deserialize;
use serde_json::Value;

use super::profile::Style;
use super::{ListQuery, Profile};
use crate::error::{Error, ErrorKind, Part};

/// The URI that a SearchRequest names as its schema.
const URI: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// `null` counts as absent, as everywhere in SCIM (RFC 7643 section 2.5).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    schemas: Option<Vec<String>>,
    filter: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    start_index: Option<Value>,
    count: Option<Value>,
    cursor: Option<String>,
    attributes: Option<Vec<String>>,
    excluded_attributes: Option<Vec<String>>,
    #[serde(flatten)]
    unknown: serde_json::Map<String, Value>,
}

impl ListQuery {
    /// Reads a SearchRequest: the members of SCIM's list parameters, `attributes` and `excludedAttributes` as arrays.
    /// Unknown members are kept aside.
    ///
    /// # Errors
    /// A body that is not JSON or no SearchRequest, or names another schema in `schemas`: `invalidSyntax`.
    ///
    /// ```
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let body = br#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    ///                 "filter": "userName sw \"j\"", "attributes": ["displayName", "userName"], "count": 10}"#;
    /// let query = ListQuery::from_search_request(body, &Profile::scim())?.check(&Schema::user())?;
    /// assert_eq!(query.paging().size(), 10);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn from_search_request(body: &[u8], profile: &Profile) -> Result<ListQuery, Error> {
        let wrong = |reason: String| Error::new(ErrorKind::BodyInvalid { reason: reason.into() }, Part::Body, None, "");
        let body: Body = serde_json::from_slice(body).map_err(|error| wrong(without_values(&error)))?;
        if let Some(schemas) = &body.schemas
            && !schemas.iter().any(|uri| uri.eq_ignore_ascii_case(URI))
        {
            return Err(wrong(format!("`schemas` lacks {URI}")));
        }
        // A SearchRequest is SCIM's, whatever the parameters of query strings are.
        let mut list = ListQuery::new(&Profile { style: Style::Scim, ..profile.clone() });
        // An empty array is unassigned (RFC 7643 section 2.5).
        let joined = |names: Option<Vec<String>>| names.filter(|names| !names.is_empty()).map(|names| names.join(","));
        if [&body.attributes, &body.excluded_attributes].into_iter().flatten().flatten().any(|name| name.contains(','))
        {
            return Err(wrong("a name of an attribute holds a comma".into()));
        }
        let integer = |value: Option<Value>| value.map(|value| integer_text(&value));
        let given = [
            (Part::Filter, body.filter),
            (Part::SortBy, body.sort_by),
            (Part::SortOrder, body.sort_order),
            (Part::StartIndex, integer(body.start_index)),
            (Part::Count, integer(body.count)),
            (Part::Cursor, body.cursor),
            (Part::Attributes, joined(body.attributes)),
            (Part::ExcludedAttributes, joined(body.excluded_attributes)),
        ];
        for (part, value) in given {
            if let Some(value) = value {
                list.give(part, value)?;
            }
        }
        list.unknown = body.unknown.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        Ok(list)
    }
}

/// An integer's digits, also where JSON writes it as `10.0` or as `1e30`. What is no integer is told as in a query string:
/// `invalidValue` (O8).
fn integer_text(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if !value.is_i64() && !value.is_u64() && number.fract() == 0.0 => format!("{number:.0}"),
        _ => value.to_string(),
    }
}

/// serde_json's message may quote a value of the body (L2); its place and class do not.
fn without_values(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Eof => "not complete JSON",
        serde_json::error::Category::Data => "a member of another type or given twice",
        serde_json::error::Category::Io => "not readable",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}
