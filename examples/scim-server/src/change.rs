//! Users and groups: replaced, patched, deleted. Each is one transaction, from reading to writing.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use crate::body::{Reader, object};
use crate::failure::Failure;
use crate::kind::{Kind, get, list};
use crate::resources::{Body, Named, answer, bytes, now};
use crate::{App, patch, store};

type Resource = Map<String, Value>;

pub(crate) async fn replace(
    State(app): State<Arc<App>>,
    path: Named<(String, String)>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = object(&bytes(body)?)?;
    change(&app, path, query, Method::PUT, &headers, |reader, before| {
        let mut resource = reader.resource(&body)?;
        // What is read-only stays as it is.
        for name in ["id", "meta", "groups"] {
            resource.extend(before.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        Ok(resource)
    })
    .await
}

pub(crate) async fn modify(
    State(app): State<Arc<App>>,
    path: Named<(String, String)>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = object(&bytes(body)?)?;
    change(&app, path, query, Method::PATCH, &headers, |reader, before| {
        let mut resource = before.clone();
        patch::apply(reader, &mut resource, &body)?;
        Ok(resource)
    })
    .await
}

async fn change(
    app: &App,
    path: Named<(String, String)>,
    query: RawQuery,
    method: Method,
    headers: &HeaderMap,
    changed: impl FnOnce(Reader<'_>, &Resource) -> Result<Resource, Failure>,
) -> Result<Response, Failure> {
    let (kind, (_, id)) = app.kind(path, |(name, _)| name)?;
    let projection = app.projection(kind, query)?;
    let mut transaction = app.store.begin().await?;
    let before = store::get(&mut transaction, kind, &id).await?;
    check_version(headers, &before)?;
    let mut after = changed(app.reader(kind), &before)?;
    complete(&mut transaction, kind, &mut after, &before).await?;
    // What changes nothing is no modification (RFC 7644 section 3.5.2.1).
    if after != before {
        keep(&mut transaction, kind, &mut after).await?;
        transaction.commit().await?;
    }
    // As Entra asks for groups: no body with all members.
    if method == Method::PATCH && kind.has_members() && app.settings.lenient.entra {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(answer(StatusCode::OK, after, &projection))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    path: Named<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (kind, (_, id)) = app.kind(path, |(name, _)| name)?;
    let mut transaction = app.store.begin().await?;
    check_version(&headers, &store::get(&mut transaction, kind, &id).await?)?;
    store::delete(&mut transaction, kind, &id).await?;
    // It is no member any more.
    for kind in app.kinds.iter().filter(|kind| kind.has_members()) {
        for group in store::groups_with(&mut transaction, &id).await? {
            let mut group = store::get(&mut transaction, kind, &group).await?;
            let members = group.get_mut("members").and_then(Value::as_array_mut);
            members.into_iter().for_each(|members| members.retain(|member| member["value"] != id));
            group.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
            keep(&mut transaction, kind, &mut group).await?;
        }
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Keeps a changed resource as its next version.
async fn keep(connection: &mut SqliteConnection, kind: &Kind, resource: &mut Resource) -> Result<(), Failure> {
    let number = version(resource).trim_start_matches("W/").trim_matches('"').parse::<u64>().unwrap_or(0);
    if let Some(Value::Object(meta)) = resource.get_mut("meta") {
        meta.insert("lastModified".into(), now().into());
        meta.insert("version".into(), format!("W/\"{}\"", number.saturating_add(1)).into());
    }
    let mut stored = resource.clone();
    stored.remove("groups");
    store::put(connection, kind, &stored.into()).await
}

/// Adds what follows from the rest: `schemas`, and of each member what it is and where. What may never be read is not kept:
/// a password is for a service that signs users in.
pub(crate) async fn complete(
    connection: &mut SqliteConnection,
    kind: &Kind,
    resource: &mut Resource,
    before: &Resource,
) -> Result<(), Failure> {
    let hidden = kind.schema.roots().filter(|(_, attribute)| !attribute.is_readable());
    hidden.for_each(|(_, attribute)| drop(resource.remove(attribute.name())));
    let schemas = json!(kind.schemas_of(resource));
    resource.insert("schemas".into(), schemas);
    let Some(Value::Array(members)) = resource.get_mut("members") else { return Ok(()) };
    let id = |member: &Value| member["value"].as_str().map(str::to_owned);
    let known = list(before.get("members").unwrap_or(&Value::Null));
    let known: HashMap<_, _> = known.iter().filter_map(|member| Some((id(member)?, member))).collect();
    let mut seen = std::collections::HashSet::new();
    members.retain(|member| id(member).is_none_or(|id| seen.insert(id)));
    for member in members {
        let id = id(member).ok_or_else(|| Failure::invalid_value("attribute `members.value`: it is required"))?;
        let (what, place) = match known.get(&id) {
            Some(known) => (known["type"].clone(), known["$ref"].clone()),
            None => match store::find(connection, &id).await? {
                Some((what, place)) => (what.into(), place.into()),
                None => return Err(Failure::invalid_value("attribute `members.value`: there is no such resource")),
            },
        };
        member["type"] = what;
        member["$ref"] = place;
    }
    Ok(())
}

/// RFC 7644 section 3.14: a change of another version than the client has seen is refused.
fn check_version(headers: &HeaderMap, resource: &Resource) -> Result<(), Failure> {
    match headers.get(IF_MATCH) {
        Some(tags) if !names(tags, resource) => Err(Failure::changed()),
        _ => Ok(()),
    }
}

/// Whether entity tags name a resource's version. All are weak.
pub(crate) fn names(tags: &HeaderValue, resource: &Resource) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let version = opaque(version(resource));
    tags.to_str().is_ok_and(|tags| tags.trim() == "*" || tags.split(',').any(|tag| opaque(tag) == version))
}

pub(crate) fn version(resource: &Resource) -> &str {
    get(resource, &["meta", "version"]).and_then(Value::as_str).unwrap_or_default()
}
