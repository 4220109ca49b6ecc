//! Users and groups: created, retrieved, listed, searched.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, Utc};
use scim_query::http::scim_list_response;
use scim_query::{ListQuery, Projection, list};
use serde_json::{Map, Value, json};
use tokio::task::block_in_place;

use crate::ask::{Ask, whole};
use crate::failure::{Failure, json_response};
use crate::{App, change, store, versions};

pub(crate) async fn list_kind(ask: Ask) -> Result<Response, Failure> {
    page(&ask, &ListQuery::parse(&ask.query, &ask.app.profile)?).await
}

pub(crate) async fn search_kind(ask: Ask) -> Result<Response, Failure> {
    page(&ask, &ListQuery::from_search_request(&ask.body, &ask.app.profile)?).await
}

async fn page(ask: &Ask, query: &ListQuery) -> Result<Response, Failure> {
    let query = query.check_with(&ask.kind().schema, &ask.app.settings.lenient.options)?;
    let (page, total) = ask.app.store.page(ask.kind(), &query).await?;
    let resources = page.rows.iter().map(|(resource, _)| query.projection().apply(resource)).collect();
    let body = scim_list_response(resources, total, page.start_index, page.next.as_deref());
    Ok(json_response(StatusCode::OK, &body))
}

/// A search over all kinds (RFC 7644 section 3.4.2.1), in memory: an attribute that a kind does not have is unassigned.
pub(crate) async fn search_all(
    State(app): State<Arc<App>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let query = ListQuery::from_search_request(&whole(body)?, &app.profile)?;
    let query = query.check_with(&app.all, &app.settings.lenient.options)?;
    let resources = app.store.all(&app.kinds).await?;
    // A filter may take seconds over so many: others are answered meanwhile.
    block_in_place(|| {
        let page = list(&resources, &query)?;
        let body = scim_list_response(page.projected(&query), page.total, page.start_index, page.next.as_deref());
        Ok(json_response(StatusCode::OK, &body))
    })
}

pub(crate) async fn retrieve(ask: Ask) -> Result<Response, Failure> {
    let projection = ask.projection()?;
    let resource = ask.app.store.get(ask.kind(), &ask.id).await?;
    if versions::is_known(&ask.headers, &resource) {
        return Ok((StatusCode::NOT_MODIFIED, tag(&resource)).into_response());
    }
    Ok(answer(StatusCode::OK, resource, &projection))
}

pub(crate) async fn create(ask: Ask) -> Result<Response, Failure> {
    let (kind, projection) = (ask.kind(), ask.projection()?);
    let mut resource = ask.reader().resource(&ask.object()?)?;
    let (id, now) = (random_id()?, now());
    let location = format!("{}/{}/{id}", ask.app.base, kind.endpoint);
    let meta = json!({
        "resourceType": kind.name, "created": now, "lastModified": now, "location": location, "version": "W/\"1\"",
    });
    resource.extend([("id".to_owned(), id.into()), ("meta".to_owned(), meta)]);
    let mut transaction = ask.app.store.begin().await?;
    change::complete(&mut transaction, kind, &mut resource, &Map::new()).await?;
    store::put(&mut transaction, kind, &resource).await?;
    transaction.commit().await?;
    let mut response = answer(StatusCode::CREATED, resource, &projection);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// A resource as it is returned, with its version.
pub(crate) fn answer(status: StatusCode, resource: Map<String, Value>, projection: &Projection) -> Response {
    let tag = tag(&resource);
    (tag, json_response(status, &projection.apply(&Value::Object(resource)))).into_response()
}

fn tag(resource: &Map<String, Value>) -> HeaderMap {
    let version = HeaderValue::try_from(versions::version(resource));
    version.into_iter().map(|version| (ETAG, version)).collect()
}

pub(crate) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn random_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
