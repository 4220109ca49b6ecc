//! Users and groups: created, retrieved, listed, searched.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, Utc};
use scim_query::http::scim_list_response;
use scim_query::{ListQuery, Part, Projection, list};
use serde_json::{Map, Value, json};

use crate::App;
use crate::body::{Reader, object};
use crate::failure::{Failure, json_response};
use crate::kind::{Kind, named};
use crate::{change, store};

pub(crate) type Named<T> = Result<Path<T>, PathRejection>;
pub(crate) type Body = Result<Bytes, BytesRejection>;

impl App {
    /// The kind of resources, and what else the path has.
    pub(crate) fn kind<T>(&self, named_by: Named<T>, name: impl Fn(&T) -> &str) -> Result<(&Kind, T), Failure> {
        let Path(parts) = named_by.map_err(|_| Failure::not_found())?;
        Ok((named(&self.kinds, name(&parts))?, parts))
    }

    pub(crate) fn reader<'r>(&'r self, kind: &'r Kind) -> Reader<'r> {
        Reader { kind, lenient: &self.settings.lenient }
    }

    /// What is returned of a single resource (RFC 7644 section 3.9): of a query only that counts.
    pub(crate) fn projection(&self, kind: &Kind, RawQuery(query): RawQuery) -> Result<Projection, Failure> {
        let given = ListQuery::parse(query.as_deref().unwrap_or_default(), &self.profile)?;
        let mut query = ListQuery::new(&self.profile);
        for part in [Part::Attributes, Part::ExcludedAttributes] {
            if let Some(value) = given.get(part) {
                query.give(part, value)?;
            }
        }
        Ok(query.check_with(&kind.schema, &self.settings.lenient.options)?.projection().clone())
    }

    async fn list(&self, kind: &Kind, query: &ListQuery) -> Result<Response, Failure> {
        let query = query.check_with(&kind.schema, &self.settings.lenient.options)?;
        let (page, total) = self.store.page(kind, &query).await?;
        let resources = page.rows.iter().map(|(resource, _)| query.projection().apply(resource)).collect();
        let body = scim_list_response(resources, total, page.start_index, page.next.as_deref());
        Ok(json_response(StatusCode::OK, &body))
    }
}

pub(crate) async fn list_kind(
    State(app): State<Arc<App>>,
    path: Named<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (kind, _) = app.kind(path, |name| name)?;
    app.list(kind, &ListQuery::parse(query.as_deref().unwrap_or_default(), &app.profile)?).await
}

pub(crate) async fn search_kind(
    State(app): State<Arc<App>>,
    path: Named<String>,
    body: Body,
) -> Result<Response, Failure> {
    let (kind, _) = app.kind(path, |name| name)?;
    app.list(kind, &ListQuery::from_search_request(&bytes(body)?, &app.profile)?).await
}

/// A search over all kinds (RFC 7644 section 3.4.2.1), in memory: an attribute that a kind does not have is unassigned.
pub(crate) async fn search_all(State(app): State<Arc<App>>, body: Body) -> Result<Response, Failure> {
    let query = ListQuery::from_search_request(&bytes(body)?, &app.profile)?;
    let query = query.check_with(&app.all, &app.settings.lenient.options)?;
    let resources = app.store.all(&app.kinds).await?;
    let page = list(&resources, &query)?;
    let body = scim_list_response(page.projected(&query), page.total, page.start_index, page.next.as_deref());
    Ok(json_response(StatusCode::OK, &body))
}

pub(crate) async fn retrieve(
    State(app): State<Arc<App>>,
    path: Named<(String, String)>,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (kind, (_, id)) = app.kind(path, |(name, _)| name)?;
    let projection = app.projection(kind, query)?;
    let resource = app.store.get(kind, &id).await?;
    if headers.get(IF_NONE_MATCH).is_some_and(|tags| change::names(tags, &resource)) {
        return Ok((StatusCode::NOT_MODIFIED, tag(&resource)).into_response());
    }
    Ok(answer(StatusCode::OK, resource, &projection))
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    path: Named<String>,
    query: RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let (kind, _) = app.kind(path, |name| name)?;
    let projection = app.projection(kind, query)?;
    let mut resource = app.reader(kind).resource(&object(&bytes(body)?)?)?;
    let (id, now) = (random_id()?, now());
    let location = format!("{}/{}/{id}", app.base, kind.endpoint);
    let meta = json!({
        "resourceType": kind.name, "created": now, "lastModified": now, "location": location, "version": "W/\"1\"",
    });
    resource.extend([("id".to_owned(), id.into()), ("meta".to_owned(), meta)]);
    let mut transaction = app.store.begin().await?;
    change::complete(&mut transaction, kind, &mut resource, &Map::new()).await?;
    store::put(&mut transaction, kind, &resource.clone().into()).await?;
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
    let version = HeaderValue::try_from(change::version(resource));
    version.into_iter().map(|version| (ETAG, version)).collect()
}

/// A body, unless it is too large or broken off.
pub(crate) fn bytes(body: Body) -> Result<Bytes, Failure> {
    body.map_err(|rejection| Failure::new(rejection.status(), None, "the body is too large or not complete"))
}

pub(crate) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn random_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::internal)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
