//! Answers that are errors. Those of a list request are the crate's; the others have the same envelope.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use scim_query::ListError;
use scim_query::http::{okta_error, okta_status_error};
use serde_json::{Value, json};

/// An error response.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    body: Value,
    /// For the log: nothing of the request is in it.
    detail: String,
}

/// What the log says of a failure; handed on with the response.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) error_id: String,
    pub(crate) detail: String,
}

impl Failure {
    fn new(status: StatusCode, summary: &str, causes: Vec<Value>, detail: impl Into<String>) -> Failure {
        let mut body = okta_status_error(status.as_u16(), summary, &error_id());
        body["errorCauses"] = causes.into();
        Failure { status, body, detail: detail.into() }
    }

    pub(crate) fn not_authenticated() -> Failure {
        Failure::new(StatusCode::UNAUTHORIZED, "Authentication failed.", vec![], "no known token")
    }

    pub(crate) fn not_permitted() -> Failure {
        let summary = "You do not have permission to perform the requested action";
        Failure::new(StatusCode::FORBIDDEN, summary, vec![], "the token may only read")
    }

    pub(crate) fn not_found() -> Failure {
        Failure::new(StatusCode::NOT_FOUND, "Resource not found exception", vec![], "not found")
    }

    pub(crate) fn method_not_allowed() -> Failure {
        let summary = "The endpoint does not support the provided HTTP method";
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, summary, vec![], "wrong method")
    }

    pub(crate) fn too_many_requests() -> Failure {
        let summary = "The API call exceeded the rate limit due to too many requests.";
        Failure::new(StatusCode::TOO_MANY_REQUESTS, summary, vec![], "rate limit")
    }

    pub(crate) fn not_json() -> Failure {
        let summary = "The request body was not well-formed.";
        let mut failure = Failure::new(StatusCode::BAD_REQUEST, summary, vec![], "not a JSON object, or too large");
        for name in ["errorCode", "errorLink"] {
            failure.body[name] = "E0000003".into();
        }
        failure
    }

    /// A body that says what it may not.
    pub(crate) fn invalid(of: &str, causes: Vec<Value>) -> Failure {
        let summary = format!("Api validation failed: {of}");
        Failure::new(StatusCode::BAD_REQUEST, &summary, causes, "invalid body")
    }

    pub(crate) fn conflict() -> Failure {
        let text = "An open request for the same entry exists for this user.";
        let causes = vec![cause("/requested/entryId", "OPERATION_STATUS_CONFLICT", text)];
        Failure::new(StatusCode::CONFLICT, "Api validation failed: request", causes, "an open request exists")
    }

    /// What went wrong is told to the log alone.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Failure {
        let summary = "Internal Server Error";
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, summary, vec![], error.to_string())
    }
}

/// One of the causes of an invalid body.
pub(crate) fn cause(location: &str, reason: &str, summary: &str) -> Value {
    json!({
        "errorSummary": summary,
        "reason": reason,
        "location": location,
        "locationType": "body",
        "domain": "governance",
    })
}

impl From<scim_query::Error> for Failure {
    fn from(error: scim_query::Error) -> Failure {
        let body = okta_error(&error, &error_id());
        // The sentence never repeats a literal of the request, but names. The code has nothing of it.
        let detail = format!("{} in {}", error.code(), error.part().as_str());
        Failure { status: StatusCode::BAD_REQUEST, body, detail }
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Failure {
        match error {
            ListError::Query(error) => error.into(),
            ListError::Data(error) => Failure::internal(error),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        Failure::internal(error)
    }
}

impl From<getrandom::Error> for Failure {
    fn from(error: getrandom::Error) -> Failure {
        Failure::internal(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error_id = self.body["errorId"].as_str().unwrap_or_default().to_owned();
        let told = Told { error_id, detail: self.detail };
        let mut response = json_response(self.status, &self.body);
        response.extensions_mut().insert(told);
        response
    }
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// An error without a name of its own is better than none.
fn error_id() -> String {
    random_id("oae", 25).unwrap_or_else(|_| "oae".into())
}

/// `prefix` and random letters and digits, `length` characters in all.
pub(crate) fn random_id(prefix: &str, length: usize) -> Result<String, getrandom::Error> {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut id = prefix.to_owned();
    while id.len() < length {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // 248 is 4 * 62: above it, some digits would be likelier than others.
        let digits = bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(DIGITS[usize::from(byte % 62)]));
        id.extend(digits.take(length - id.len()));
    }
    Ok(id)
}
