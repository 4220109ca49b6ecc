//! Okta's envelope, links and error bodies.

use serde_json::{Value, json};

use crate::ast::percent_encode;
use crate::error::{Error, ErrorKind, Part};

/// The body of a page: `{"data": [..], "_links": {"self": {"href": ..}, "next": {"href": ..}}}`; `next` only where another
/// page exists.
///
/// ```
/// let body = scim_query::http::okta_envelope(vec![], "/requests?limit=5", None);
/// assert_eq!(body.to_string(), r#"{"_links":{"self":{"href":"/requests?limit=5"}},"data":[]}"#);
/// ```
pub fn okta_envelope(data: Vec<Value>, self_href: &str, next_href: Option<&str>) -> Value {
    let mut links = json!({"self": {"href": self_href}});
    if let Some(href) = next_href {
        links["next"] = json!({"href": href});
    }
    json!({"data": data, "_links": links})
}

/// The value of a `Link` header (RFC 8288), one header line for each relation.
///
/// ```
/// let header = scim_query::http::link_header("https://example.com/requests?limit=5", "self");
/// assert_eq!(header, r#"<https://example.com/requests?limit=5>; rel="self""#);
/// ```
pub fn link_header(href: &str, relation: &str) -> String {
    // What would end the reference or the header is encoded.
    let safe = |text: &str| {
        let encode = |c: char| c.is_control() || !c.is_ascii() || "<>\"\\ ".contains(c);
        text.chars()
            .map(|c| if encode(c) { percent_encode(c.encode_utf8(&mut [0; 4])) } else { c.into() })
            .collect::<String>()
    };
    format!("<{}>; rel=\"{}\"", safe(href), safe(relation))
}

/// The error body of a list endpoint (HTTP 400): `E0000053` for a bad filter, `E0000029` for everything else that the
/// request says of order and page, with a cause for each error. `error_id` is the server's name for this occurrence.
///
/// ```
/// use scim_query::{ListQuery, Profile, Schema};
///
/// let query = ListQuery::parse("limit=0", &Profile::okta())?;
/// let body = scim_query::http::okta_error(&query.check(&Schema::access_requests()).unwrap_err(), "oae1");
/// assert_eq!(body["errorCode"], "E0000029");
/// assert_eq!(body["errorCauses"][0]["location"], "/limit");
/// # Ok::<(), scim_query::Error>(())
/// ```
pub fn okta_error(error: &Error, error_id: &str) -> Value {
    let (code, summary) = match error.part() {
        Part::Filter => ("E0000053", "Invalid SCIM filter"),
        Part::Body => ("E0000003", "The request body was not well-formed."),
        Part::Path => ("E0000001", "Api validation failed: path"),
        _ => ("E0000029", "Invalid paging request"),
    };
    let causes: Vec<Value> = std::iter::once(error).chain(error.others()).map(cause).collect();
    envelope(code, summary, error_id, causes)
}

/// The error body of a failure that is no [`Error`]: one that the host finds, such as 401, 403, 404, 413 or 500. `detail` is for
/// the client: what a database said belongs into the log, beside the `error_id`. Okta's code follows from the status: `E0000004`
/// of 401, `E0000006` of 403, `E0000007` of 404, `E0000022` of 405, `E0000047` of 429, `E0000060` of 501, `E0000009` of 500 and
/// others from there on, `E0000001` of the rest.
///
/// ```
/// use scim_query::http::okta_status_error;
///
/// let body = okta_status_error(404, "Resource not found exception", "oae1");
/// assert_eq!((&body["errorCode"], &body["errorSummary"]), (&"E0000007".into(), &"Resource not found exception".into()));
/// ```
pub fn okta_status_error(status: u16, detail: &str, error_id: &str) -> Value {
    let code = match status {
        401 => "E0000004",
        403 => "E0000006",
        404 => "E0000007",
        405 => "E0000022",
        429 => "E0000047",
        501 => "E0000060",
        500.. => "E0000009",
        _ => "E0000001",
    };
    envelope(code, detail, error_id, Vec::new())
}

fn envelope(code: &str, summary: &str, error_id: &str, causes: Vec<Value>) -> Value {
    json!({
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": error_id,
        "errorCauses": causes,
    })
}

fn cause(error: &Error) -> Value {
    let summary = match error.others().len() {
        0 => error.to_string(),
        // The others have causes of their own.
        _ => error.alone().to_string(),
    };
    json!({
        "errorSummary": summary,
        "reason": reason(error),
        "location": format!("/{}", error.part().as_str()),
        "locationType": if error.part() == Part::Body { "body" } else { "query" },
        "domain": "governance",
    })
}

fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ValueNotCanonical { .. } => "INVALID_ENUM_VALUE",
        ErrorKind::AfterEmpty => "EMPTY_PARAMETER",
        ErrorKind::RecordUnknown | ErrorKind::RecordRepeated => "IDENTIFIER_NOT_FOUND",
        ErrorKind::IntegerInvalid | ErrorKind::OutOfRange { .. } => "INVALID_DATA_TYPE",
        ErrorKind::CursorInvalid { .. } | ErrorKind::CursorExpired => "INVALID_AFTER_PARAMETER",
        _ => "STRING_FORMAT_INVALID",
    }
}
