//! SCIM's list response and error bodies (RFC 7644 sections 3.4.2 and 3.12).

use serde_json::{Value, json};

use crate::error::{Error, Part};

/// The error body (HTTP 400). `status` is a string, as the RFC has it. `detail` names the parameter where `scimType` does not:
/// `` `count`: expected an integer at 0..3 ``.
///
/// ```
/// use scim_query::Filter;
///
/// let error = Filter::parse("userName eq bob").unwrap_err();
/// assert_eq!(scim_query::http::scim_error(&error), serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
///     "status": "400",
///     "scimType": "invalidFilter",
///     "detail": "expected a string in double quotes at 12..15, found a bare word"
/// }));
/// ```
pub fn scim_error(error: &Error) -> Value {
    let detail = match error.part() {
        Part::Filter | Part::Path | Part::Query | Part::Body => error.to_string(),
        part => format!("`{}`: {error}", part.as_str()),
    };
    let mut body = scim_status_error(400, &detail);
    if let Some(scim_type) = error.scim_type() {
        body["scimType"] = scim_type.to_string().into();
    }
    body
}

/// The error body of a failure that is no [`Error`]: one that the host finds, such as 401, 403, 404, 413 or 500. `detail` is for
/// the client: what a database said belongs into the log. `scimType`, which RFC 7644 has for statuses 400, 403 and 409, is the
/// host's to add.
///
/// ```
/// use scim_query::http::scim_status_error;
///
/// assert_eq!(scim_status_error(404, "no such user"), serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
///     "status": "404",
///     "detail": "no such user"
/// }));
/// let mut taken = scim_status_error(409, "`userName` is taken");
/// taken["scimType"] = "uniqueness".into();
/// ```
pub fn scim_status_error(status: u16, detail: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": detail,
    })
}

/// The body of a page. `start_index` for a page by index, `next` for one by cursor (RFC 9865).
///
/// ```
/// let body = scim_query::http::scim_list_response(vec![], 0, Some(1), None);
/// assert_eq!(body["totalResults"], 0);
/// assert!(body.get("nextCursor").is_none());
/// ```
pub fn scim_list_response(
    resources: Vec<Value>,
    total: usize,
    start_index: Option<usize>,
    next: Option<&str>,
) -> Value {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    if let Some(start_index) = start_index {
        body["startIndex"] = start_index.into();
    }
    if let Some(next) = next {
        body["nextCursor"] = next.into();
    }
    body
}
