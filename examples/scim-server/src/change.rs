//! Users and groups: replaced, patched, deleted. Each is one transaction, from reading to writing.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use scim_query::Projection;
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;
use tokio::task::block_in_place;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::resources::{answer, now};
use crate::value::{list, put, some};
use crate::versions::{self, version};
use crate::{patch, store};

type Resource = Map<String, Value>;

pub(crate) async fn replace(ask: Ask) -> Result<Response, Failure> {
    let body = ask.object()?;
    let (after, projection) = change(&ask, |before| {
        let mut resource = ask.reader().resource(&body)?;
        // What is read-only stays as it is.
        for name in ["id", "meta", "groups"] {
            resource.extend(before.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        Ok(resource)
    })
    .await?;
    Ok(answer(StatusCode::OK, after, &projection))
}

pub(crate) async fn modify(ask: Ask) -> Result<Response, Failure> {
    let body = ask.object()?;
    let (after, projection) = change(&ask, |before| {
        let mut resource = before.clone();
        patch::apply(ask.reader(), &mut resource, &body)?;
        Ok(resource)
    })
    .await?;
    // As Entra asks for groups: no body with all members.
    match ask.app.settings.lenient.entra && ask.kind().has_members() {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Ok(answer(StatusCode::OK, after, &projection)),
    }
}

async fn change(
    ask: &Ask,
    changed: impl FnOnce(&Resource) -> Result<Resource, Failure>,
) -> Result<(Resource, Projection), Failure> {
    let projection = ask.projection()?;
    let mut transaction = ask.app.store.begin().await?;
    let before = store::get(&mut transaction, ask.kind(), &ask.id).await?;
    versions::check(&ask.headers, &before)?;
    // Others are answered meanwhile.
    let mut after = block_in_place(|| changed(&before))?;
    complete(&mut transaction, ask.kind(), &mut after, &before).await?;
    // What changes nothing is no modification (RFC 7644 section 3.5.2.1).
    if after != before {
        keep(&mut transaction, ask.kind(), &mut after).await?;
        transaction.commit().await?;
    }
    Ok((after, projection))
}

pub(crate) async fn delete(ask: Ask) -> Result<Response, Failure> {
    let mut transaction = ask.app.store.begin().await?;
    versions::check(&ask.headers, &store::get(&mut transaction, ask.kind(), &ask.id).await?)?;
    store::delete(&mut transaction, ask.kind(), &ask.id).await?;
    // It is no member any more.
    for kind in ask.app.kinds.iter().filter(|kind| kind.has_members()) {
        for group in store::groups_with(&mut transaction, &ask.id).await? {
            let mut group = store::get(&mut transaction, kind, &group).await?;
            let mut members = list(group.get("members")).to_vec();
            members.retain(|member| member["value"] != ask.id);
            put(&mut group, &["members"], some(members));
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
    store::put(connection, kind, resource).await
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
    let known = list(before.get("members"));
    let known: HashMap<_, _> = known.iter().filter_map(|member| Some((id(member)?, member))).collect();
    let mut seen = HashSet::new();
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
