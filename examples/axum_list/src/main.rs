//! A list endpoint of axum: an extractor that parses and checks the query string, and a handler that gets what passed.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, State};
use axum::http::{Request, StatusCode, request::Parts};
use axum::routing::get;
use axum::{Json, Router};
use scim_query::http::{okta_envelope, okta_error};
use scim_query::{CheckedQuery, Error, ListError, ListQuery, Profile, Schema, list};
use serde_json::Value;
use tower::ServiceExt;

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::access_requests);
static PROFILE: LazyLock<Profile> = LazyLock::new(Profile::okta);

/// The list request in the query string.
struct List(ListQuery, CheckedQuery);

type Refusal = (StatusCode, Json<Value>);

impl<S: Sync> FromRequestParts<S> for List {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<List, Refusal> {
        let query = ListQuery::parse(parts.uri.query().unwrap_or(""), &PROFILE).map_err(refuse)?;
        let checked = query.check(&SCHEMA).map_err(refuse)?;
        Ok(List(query, checked))
    }
}

fn refuse(error: Error) -> Refusal {
    (StatusCode::BAD_REQUEST, Json(okta_error(&error, "oae1")))
}

async fn requests(List(query, checked): List, State(all): State<Arc<[Value]>>) -> Result<Json<Value>, Refusal> {
    let page = list(all.iter(), &checked).map_err(|error| match error {
        ListError::Query(error) => refuse(error),
        ListError::Data(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(Value::Null)),
    })?;
    let href = |query: String| format!("/requests?{query}");
    let next = page.next.as_deref().map(|cursor| href(query.next_query_string(cursor)));
    Ok(Json(okta_envelope(page.projected(&checked), &href(query.to_query_string()), next.as_deref())))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let all = include_str!("../../data/access-requests.ndjson").lines().map(serde_json::from_str);
    let app = Router::new().route("/requests", get(requests)).with_state(all.collect::<Result<Arc<[Value]>, _>>()?);
    for query in ["filter=status%20eq%20%22PENDING%22&limit=1", "filter=stauts%20eq%20%22PENDING%22"] {
        let answer = app.clone().oneshot(Request::get(format!("/requests?{query}")).body(Body::empty())?).await?;
        println!("{}", answer.status());
        println!("{:#}", serde_json::from_slice::<Value>(&to_bytes(answer.into_body(), 1 << 20).await?)?);
    }
    Ok(())
}
