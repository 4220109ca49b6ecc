//! What the service says of itself (RFC 7644 section 4, RFC 9865 section 2.3).

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use scim_query::http::scim_list_response;
use scim_query::{ListQuery, Part};
use serde_json::{Value, json};

use crate::failure::{Failure, json_response};
use crate::{App, Problem};

/// The documents, with their locations.
pub(crate) struct Discovery {
    config: Value,
    schemas: Vec<Value>,
    resource_types: Vec<Value>,
}

impl Discovery {
    pub(crate) fn new(base: &str, profile: &scim_query::Profile, documents: [Value; 3]) -> Result<Discovery, Problem> {
        let meta = |kind: &str, path: String| json!({"resourceType": kind, "location": format!("{base}{path}")});
        let supported = |supported: bool| json!({"supported": supported});
        let config = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": supported(true),
            "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": true, "maxResults": profile.max_size()},
            "changePassword": supported(false),
            "sort": supported(true),
            "etag": supported(true),
            "pagination": {
                "cursor": true, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": profile.default_size(), "maxPageSize": profile.max_size(),
            },
            "authenticationSchemes": [{
                "type": "oauthbearertoken", "name": "Bearer token", "description": "A token that the operator chose",
                "primary": true,
            }],
            "meta": meta("ServiceProviderConfig", "/ServiceProviderConfig".into()),
        });
        let uri = |document: &Value| document["id"].as_str().unwrap_or_default().to_owned();
        let [user, group, enterprise] = &documents;
        let extension = json!([{"schema": uri(enterprise), "required": false}]);
        let resource_types = [("User", "Users", user, extension), ("Group", "Groups", group, json!([]))];
        let resource_types = resource_types.map(|(name, endpoint, document, extensions)| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
                "id": name, "name": name, "endpoint": format!("/{endpoint}"), "schema": uri(document),
                "schemaExtensions": extensions,
                "meta": meta("ResourceType", format!("/ResourceTypes/{name}")),
            })
        });
        let schemas = documents.map(|mut document| {
            document["meta"] = meta("Schema", format!("/Schemas/{}", uri(&document)));
            document
        });
        Ok(Discovery { config, schemas: schemas.into(), resource_types: resource_types.into() })
    }
}

type One = Result<Path<String>, PathRejection>;

pub(crate) async fn config(State(app): State<Arc<App>>, query: RawQuery) -> Result<Response, Failure> {
    refuse_filter(&app, query)?;
    Ok(json_response(StatusCode::OK, &app.discovery.config))
}

pub(crate) async fn schemas(State(app): State<Arc<App>>, query: RawQuery) -> Result<Response, Failure> {
    all(&app, query, &app.discovery.schemas)
}

pub(crate) async fn schema(State(app): State<Arc<App>>, id: One, query: RawQuery) -> Result<Response, Failure> {
    one(&app, query, &app.discovery.schemas, id)
}

pub(crate) async fn resource_types(State(app): State<Arc<App>>, query: RawQuery) -> Result<Response, Failure> {
    all(&app, query, &app.discovery.resource_types)
}

pub(crate) async fn resource_type(State(app): State<Arc<App>>, id: One, query: RawQuery) -> Result<Response, Failure> {
    one(&app, query, &app.discovery.resource_types, id)
}

fn all(app: &App, query: RawQuery, documents: &[Value]) -> Result<Response, Failure> {
    refuse_filter(app, query)?;
    Ok(json_response(StatusCode::OK, &scim_list_response(documents.to_vec(), documents.len(), Some(1), None)))
}

fn one(app: &App, query: RawQuery, documents: &[Value], id: One) -> Result<Response, Failure> {
    refuse_filter(app, query)?;
    let Path(id) = id.map_err(|_| Failure::not_found())?;
    // URIs are compared in any case, as everywhere.
    let is = |document: &&Value| document["id"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(&id));
    documents.iter().find(is).map(|found| json_response(StatusCode::OK, found)).ok_or_else(Failure::not_found)
}

/// Section 4: parameters are ignored here, but a filter is refused, because its answer would be taken for filtered.
fn refuse_filter(app: &App, RawQuery(query): RawQuery) -> Result<(), Failure> {
    let has_filter = match ListQuery::parse(query.as_deref().unwrap_or_default(), &app.profile) {
        Ok(query) => query.get(Part::Filter).is_some(),
        Err(error) => error.part() == Part::Filter,
    };
    match has_filter {
        false => Ok(()),
        true => Err(Failure::new(StatusCode::FORBIDDEN, None, "only users and groups are filtered")),
    }
}
