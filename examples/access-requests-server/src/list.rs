//! Listing requests, and retrieving one.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use scim_query::ListQuery;
use scim_query::http::{link_header, okta_envelope};
use serde_json::Value;

use crate::failure::{Failure, json_response};
use crate::{App, REQUESTS};

/// What only the full representation has.
const IN_FULL: [&str; 5] =
    ["accessDuration", "revocationScheduled", "requesterFieldValues", "requestApproval", "riskAssessment"];

pub(crate) async fn list(State(app): State<Arc<App>>, RawQuery(text): RawQuery) -> Result<Response, Failure> {
    let query = ListQuery::parse(text.as_deref().unwrap_or_default(), &app.profile)?;
    let checked = query.check(app.store.schema())?;
    for (part, warning) in checked.warnings() {
        tracing::info!(parameter = part.as_str(), code = warning.code(), "warning");
    }
    let page = app.store.page(&checked).await?;

    let href = |query: String| match query.is_empty() {
        true => format!("{}{REQUESTS}", app.base),
        false => format!("{}{REQUESTS}?{query}", app.base),
    };
    let self_href = href(query.to_query_string());
    let next_href = page.next.as_deref().map(|cursor| href(query.next_query_string(cursor)));
    let data = page.rows.iter().map(|(document, _)| abbreviated(document)).collect::<Result<_, _>>()?;
    let mut response = json_response(StatusCode::OK, &okta_envelope(data, &self_href, next_href.as_deref()));
    for (href, relation) in [(Some(self_href), "self"), (next_href, "next")] {
        let value = href.and_then(|href| HeaderValue::try_from(link_header(&href, relation)).ok());
        if let Some(value) = value {
            response.headers_mut().append(header::LINK, value);
        }
    }
    Ok(response)
}

fn abbreviated(document: &str) -> Result<Value, Failure> {
    let mut request: Value = serde_json::from_str(document).map_err(Failure::internal)?;
    if let Some(members) = request.as_object_mut() {
        members.retain(|name, _| !IN_FULL.contains(&&**name));
    }
    Ok(request)
}

pub(crate) async fn retrieve(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| Failure::not_found())?;
    let document = app.store.get(&id).await?.ok_or_else(Failure::not_found)?;
    let request = serde_json::from_str(&document).map_err(Failure::internal)?;
    Ok(json_response(StatusCode::OK, &request))
}
