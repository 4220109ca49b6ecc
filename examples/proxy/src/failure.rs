//! Answers that are errors, in the form of the list's profile.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use scim_query::http::{okta_error, okta_status_error, scim_error, scim_status_error};
use serde_json::{Value, json};

pub(crate) enum Failure {
    /// What the crate says of the request.
    Query(scim_query::Error),
    /// A parameter's value, or the parameter, that is refused here: its name, `scimType`, and why.
    Parameter(&'static str, &'static str, String),
    Status(StatusCode, &'static str),
    /// The upstream, or what lies between: the reason is for the log alone.
    Upstream(StatusCode, String),
}

impl From<scim_query::Error> for Failure {
    fn from(error: scim_query::Error) -> Failure {
        Failure::Query(error)
    }
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Failure::Query(_) | Failure::Parameter(..) => StatusCode::BAD_REQUEST,
            Failure::Status(status, _) | Failure::Upstream(status, _) => *status,
        }
    }

    /// For the log: nothing of the request is in it.
    pub(crate) fn reason(&self) -> String {
        match self {
            Failure::Query(error) => format!("{} in {}", error.code(), error.part().as_str()),
            Failure::Parameter(name, ..) => format!("{name} is refused"),
            Failure::Status(_, reason) => (*reason).to_owned(),
            Failure::Upstream(_, reason) => reason.clone(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            // The caller's own text, with the place marked.
            Failure::Query(error) => format!("{error:#}"),
            Failure::Parameter(.., why) => why.clone(),
            Failure::Status(_, why) => (*why).to_owned(),
            Failure::Upstream(status, _) => status.canonical_reason().unwrap_or_default().to_owned(),
        }
    }

    fn okta(&self, id: &str) -> Value {
        if let Failure::Query(error) = self {
            let mut body = okta_error(error, id);
            body["errorCauses"][0]["errorSummary"] = self.sentence().into();
            return body;
        }
        let mut body = okta_status_error(self.status().as_u16(), &self.sentence(), id);
        if let Failure::Parameter(name, _, why) = self {
            for member in ["errorCode", "errorLink"] {
                body[member] = if *name == "filter" { "E0000053" } else { "E0000029" }.into();
            }
            let location = format!("/{name}");
            body["errorCauses"] =
                json!([{"errorSummary": why, "location": location, "locationType": "query", "domain": "governance"}]);
        }
        body
    }

    fn scim(&self) -> Value {
        if let Failure::Query(error) = self {
            let mut body = scim_error(error);
            body["detail"] = self.sentence().into();
            return body;
        }
        let mut body = scim_status_error(self.status().as_u16(), &self.sentence());
        if let Failure::Parameter(_, scim_type, _) = self {
            body["scimType"] = (*scim_type).into();
        }
        body
    }

    /// `id` is what the log calls this occurrence.
    pub(crate) fn response(&self, is_okta: bool, id: &str) -> Response {
        let (body, of_type) =
            if is_okta { (self.okta(id), "application/json") } else { (self.scim(), "application/scim+json") };
        let mut response = (self.status(), [(header::CONTENT_TYPE, of_type)], body.to_string()).into_response();
        let more = match self.status() {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer")),
            StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, "GET")),
            _ => None,
        };
        if let Some((name, value)) = more {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
