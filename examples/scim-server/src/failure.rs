//! Answers that are errors (RFC 7644 section 3.12). Those of filters, orders, pages and paths are the crate's.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use scim_query::ListError;
use scim_query::http::{scim_error, scim_status_error};
use scim_query::sql::StoreError;
use serde_json::Value;

/// An error response.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    body: Value,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, scim_type: Option<&str>, detail: impl Into<String>) -> Failure {
        let mut body = scim_status_error(status.as_u16(), &detail.into());
        if let Some(scim_type) = scim_type {
            body["scimType"] = scim_type.into();
        }
        Failure { status, body }
    }

    /// 400, with the detail code of RFC 7644, table 9.
    pub(crate) fn bad(scim_type: &str, detail: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, Some(scim_type), detail)
    }

    pub(crate) fn invalid_value(detail: impl Into<String>) -> Failure {
        Failure::bad("invalidValue", detail)
    }

    pub(crate) fn invalid_syntax(detail: impl Into<String>) -> Failure {
        Failure::bad("invalidSyntax", detail)
    }

    pub(crate) fn mutability(attribute: &str, problem: &str) -> Failure {
        Failure::bad("mutability", format!("attribute `{attribute}`: {problem}"))
    }

    pub(crate) fn not_found() -> Failure {
        Failure::new(StatusCode::NOT_FOUND, None, "there is no such resource")
    }

    pub(crate) fn no_such_method() -> Failure {
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, None, "this path has no such method")
    }

    pub(crate) fn not_implemented(what: &str) -> Failure {
        Failure::new(StatusCode::NOT_IMPLEMENTED, None, format!("{what} is not supported"))
    }

    pub(crate) fn changed() -> Failure {
        Failure::new(StatusCode::PRECONDITION_FAILED, None, "the resource has another version")
    }

    /// What went wrong is told to the log alone.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Failure {
        eprintln!("scim-server: {error}");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, None, "internal error")
    }
}

impl From<scim_query::Error> for Failure {
    fn from(error: scim_query::Error) -> Failure {
        Failure { status: StatusCode::BAD_REQUEST, body: scim_error(&error) }
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

/// A value that the database would not keep as it is.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::invalid_value(error.to_string())
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        // The only unique index besides those of ids.
        if error.as_database_error().is_some_and(|error| error.is_unique_violation()) {
            let detail = "attribute `userName`: another user has it";
            return Failure::new(StatusCode::CONFLICT, Some("uniqueness"), detail);
        }
        // SQLite's own lock is waited for by code 5, in the low byte.
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        if matches!(error, sqlx::Error::PoolTimedOut) || code.is_some_and(|code| code & 0xff == 5) {
            return Failure::new(StatusCode::SERVICE_UNAVAILABLE, None, "others are being served: try again");
        }
        Failure::internal(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &self.body);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/scim+json")], body.to_string()).into_response()
}
