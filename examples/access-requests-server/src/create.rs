//! Creating a request, and a message to one.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::admit::Caller;
use crate::failure::{Failure, cause, json_response, random_id};
use crate::{App, REQUESTS};

const FIELD_TYPES: [&str; 6] = ["TEXT", "SELECT", "MULTISELECT", "ISO_DATE", "DURATION", "OKTA_USER_ID"];
const MOST_FIELDS: usize = 100;
const LONGEST_ID: usize = 64;
pub(crate) const LONGEST_MESSAGE: usize = 5000;

pub(crate) async fn request(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let wanted = Wanted::read(&body_of(&caller, body)?, &app)?;
    let (id, now) = (random_id("req", 20)?, now());
    let mut request = json!({
        "id": id,
        "created": now,
        "createdBy": caller.user,
        "lastUpdated": now,
        "lastUpdatedBy": caller.user,
        "status": "SUBMITTED",
        "requestedBy": {"type": "OKTA_USER", "externalId": wanted.requested_by},
        "requestedFor": {"type": "OKTA_USER", "externalId": wanted.requested_for},
        "requested": wanted.requested,
        "_links": {
            "self": {"href": format!("{}{REQUESTS}/{id}", app.base)},
            "catalogEntry": {
                "href": format!("{}/governance/api/v2/catalogs/default/entries/{}", app.base, wanted.entry_id),
            },
        },
    });
    if !wanted.fields.is_empty() {
        request["requesterFieldValues"] = wanted.fields.into();
    }
    if !app.store.create(&request, &wanted.requested_for, &wanted.entry_id).await? {
        return Err(Failure::conflict());
    }
    Ok(json_response(StatusCode::ACCEPTED, &request))
}

pub(crate) async fn message(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let body = body_of(&caller, body)?;
    let Path(id) = id.map_err(|_| Failure::not_found())?;
    let text = body.get("message").and_then(Value::as_str).filter(|text| {
        // PostgreSQL keeps no U+0000.
        (1..=LONGEST_MESSAGE).contains(&text.chars().count()) && !text.contains('\0')
    });
    let Some(text) = text else {
        let text = format!("A message has 1 to {LONGEST_MESSAGE} characters.");
        let cause = cause("/message", "STRING_FORMAT_INVALID", &text);
        return Err(Failure::invalid("message", vec![cause]));
    };
    if app.store.get(&id).await?.is_none() {
        return Err(Failure::not_found());
    }
    app.store.add_message(&random_id("msg", 20)?, &id, &caller.user, &now(), text).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The body's members, of a caller who may write.
fn body_of(caller: &Caller, body: Result<Bytes, BytesRejection>) -> Result<Map<String, Value>, Failure> {
    if !caller.may_write {
        return Err(Failure::not_permitted());
    }
    let body = body.map_err(|_| Failure::not_json())?;
    serde_json::from_slice(&body).map_err(|_| Failure::not_json())
}

/// What a body asks for.
struct Wanted {
    requested_for: String,
    requested_by: String,
    entry_id: String,
    /// The entry's own members.
    requested: Value,
    fields: Vec<Value>,
}

impl Wanted {
    fn read(body: &Map<String, Value>, app: &App) -> Result<Wanted, Failure> {
        let mut causes = Vec::new();
        let entry_id = read_reference(body, "requested", "CATALOG_ENTRY", "entryId", &mut causes);
        let requested_for = read_reference(body, "requestedFor", "OKTA_USER", "externalId", &mut causes);
        let requested_by = match body.get("requestedBy") {
            None | Some(Value::Null) => requested_for.clone(),
            Some(_) => read_reference(body, "requestedBy", "OKTA_USER", "externalId", &mut causes),
        };
        let fields = read_fields(body.get("requesterFieldValues"), &mut causes);
        let (Some(entry_id), Some(requested_for), Some(requested_by), true) =
            (entry_id, requested_for, requested_by, causes.is_empty())
        else {
            return Err(Failure::invalid("request", causes));
        };
        if requested_by != requested_for && !app.settings.request_on_behalf_of {
            let text = "To request on behalf of another user, requestOnBehalfOfSettings has to be enabled.";
            causes.push(cause("/requestedBy", "REQUEST_TYPE_SETTINGS", text));
        }
        let requested = app.store.entry(&entry_id).cloned();
        if requested.is_none() {
            causes.push(cause("/requested/entryId", "IDENTIFIER_NOT_FOUND", "There is no such catalog entry."));
        }
        match requested {
            Some(requested) if causes.is_empty() => {
                Ok(Wanted { requested_for, requested_by, entry_id, requested, fields })
            }
            _ => Err(Failure::invalid("request", causes)),
        }
    }
}

/// The id in a member such as `{"type": "OKTA_USER", "externalId": ".."}`.
fn read_reference(
    body: &Map<String, Value>,
    name: &str,
    ty: &str,
    id: &str,
    causes: &mut Vec<Value>,
) -> Option<String> {
    let Some(member) = body.get(name).filter(|member| member.is_object()) else {
        causes.push(cause(&format!("/{name}"), "REQUIRED_PROPERTY_MISSING", &format!("`{name}` has to be an object.")));
        return None;
    };
    if member.get("type").and_then(Value::as_str) != Some(ty) {
        let location = format!("/{name}/type");
        causes.push(cause(&location, "INVALID_ENUM_VALUE", &format!("`type` has to be {ty}.")));
    }
    let found = member.get(id).and_then(Value::as_str).filter(|id| is_id(id));
    if found.is_none() {
        let (location, text) = (format!("/{name}/{id}"), format!("`{id}` has to be an id."));
        causes.push(cause(&location, "STRING_FORMAT_INVALID", &text));
    }
    found.map(str::to_owned)
}

fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The requester's inputs: those of their members that the API knows.
fn read_fields(fields: Option<&Value>, causes: &mut Vec<Value>) -> Vec<Value> {
    let fields = match fields {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(fields)) if fields.len() <= MOST_FIELDS => fields,
        Some(Value::Array(_)) => {
            let text = format!("There may be {MOST_FIELDS} inputs.");
            causes.push(cause("/requesterFieldValues", "INVALID_ARRAY_LENGTH_OVER_MAX", &text));
            return Vec::new();
        }
        Some(_) => {
            causes.push(cause(
                "/requesterFieldValues",
                "INVALID_DATA_TYPE",
                "`requesterFieldValues` has to be an array.",
            ));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        match read_field(field) {
            Some(field) => read.push(field),
            None => {
                let text = "An input has an `id`, and may have a `label`, a known `type`, a `value` and `values`.";
                causes.push(cause(&format!("/requesterFieldValues/{at}"), "STRING_FORMAT_INVALID", text));
            }
        }
    }
    read
}

fn read_field(field: &Value) -> Option<Value> {
    // PostgreSQL keeps no U+0000.
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.contains('\0'));
    let mut kept = Map::new();
    for (name, value) in field.as_object()? {
        let fits = match &**name {
            "id" | "label" | "value" => is_text(value),
            "type" => value.as_str().is_some_and(|ty| FIELD_TYPES.contains(&ty)),
            "values" => value.as_array().is_some_and(|values| values.iter().all(is_text)),
            _ => continue,
        };
        if !fits {
            return None;
        }
        kept.insert(name.clone(), value.clone());
    }
    kept.contains_key("id").then(|| kept.into())
}
