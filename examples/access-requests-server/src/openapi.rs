//! The OpenAPI document. What a filter may say, and how large a page is, it asks the crate for.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scim_query::{Attribute, Limits};
use serde_json::{Map, Value, json};

use crate::create::LONGEST_MESSAGE;
use crate::failure::json_response;
use crate::{App, REQUESTS};

pub(crate) async fn document(State(app): State<Arc<App>>) -> Response {
    json_response(StatusCode::OK, &describe(&app))
}

fn describe(app: &App) -> Value {
    let attributes = || app.store.schema().attributes().map(|(_, attribute)| attribute);
    let filter: Map<String, Value> =
        attributes().filter(|attribute| attribute.is_filterable()).map(described).collect();
    let sortable: Vec<&str> =
        attributes().filter(|attribute| attribute.is_sortable()).map(Attribute::full_name).collect();
    let text = json!({"type": "string"});
    let parameter = |name: &str, place: &str, schema: Value| json!({"name": name, "in": place, "required": place == "path", "schema": schema});
    let id = parameter("id", "path", text.clone());
    let longest = Limits::default().text;
    let mut filter_parameter = parameter("filter", "query", json!({"type": "string", "maxLength": longest}));
    filter_parameter["x-scim-filter"] = filter.into();
    let mut order_parameter = parameter("orderBy", "query", text.clone());
    order_parameter["x-order-by"] = json!({"attributes": sortable});
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": app.profile.max_size(), "default": app.profile.default_size(),
    });
    let limit = parameter("limit", "query", limit);
    let after = parameter("after", "query", text);
    let body = |name: &str| json!({"required": true, "content": content(name)});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Access Requests", "version": "2"},
        "servers": [{"url": app.base}],
        "security": [{"bearer": []}],
        "paths": {
            REQUESTS: {
                "get": {
                    "operationId": "listAllRequestsV2",
                    "parameters": [filter_parameter, order_parameter, limit, after],
                    "responses": responses(&[("200", "RequestList"), ("400", ""), ("401", ""), ("429", "")]),
                },
                "post": {
                    "operationId": "createRequestV2",
                    "requestBody": body("NewRequest"),
                    "responses": responses(&[
                        ("202", "Request"), ("400", ""), ("401", ""), ("403", ""), ("409", ""), ("429", ""),
                    ]),
                },
            },
            format!("{REQUESTS}/{{id}}"): {
                "parameters": [id],
                "get": {
                    "operationId": "getRequestV2",
                    "responses": responses(&[("200", "Request"), ("401", ""), ("404", ""), ("429", "")]),
                },
            },
            format!("{REQUESTS}/{{id}}/messages"): {
                "parameters": [id],
                "post": {
                    "operationId": "createRequestMessageV2",
                    "requestBody": body("NewMessage"),
                    "responses": responses(&[
                        ("204", "-"), ("400", ""), ("401", ""), ("403", ""), ("404", ""), ("429", ""),
                    ]),
                },
            },
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(),
        },
    })
}

/// An attribute's entry in `x-scim-filter`.
fn described(attribute: &Attribute) -> (String, Value) {
    let operators: Vec<&str> = attribute.operators().iter().map(|operator| operator.as_str()).collect();
    let mut described = json!({"type": attribute.ty().as_str(), "operators": operators});
    if !attribute.canonical_values().is_empty() {
        let values: Vec<&str> = attribute.canonical_values().iter().map(|value| &**value).collect();
        described["enum"] = values.into();
    }
    (attribute.full_name().to_owned(), described)
}

fn content(schema: &str) -> Value {
    json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}})
}

/// By status; `""` is an error, `"-"` no body. Any request may end in a 500.
fn responses(answers: &[(&str, &str)]) -> Value {
    let answers = answers.iter().chain([&("500", "")]).map(|(status, schema)| {
        let answer = match *schema {
            "-" => json!({"description": "No content"}),
            "" => json!({"description": "An error", "content": content("Error")}),
            schema => json!({"description": schema, "content": content(schema)}),
        };
        ((*status).to_owned(), answer)
    });
    Value::Object(answers.collect())
}

fn schemas() -> Value {
    let text = json!({"type": "string"});
    let instant = json!({"type": "string", "format": "date-time"});
    let principal = json!({
        "type": "object",
        "required": ["type", "externalId"],
        "properties": {"type": text, "externalId": text},
    });
    let fields = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": text, "label": text, "type": text, "value": text, "values": {"type": "array", "items": text},
            },
        },
    });
    json!({
        "Request": {
            "type": "object",
            "required": ["id", "created", "createdBy", "lastUpdated", "lastUpdatedBy"],
            "properties": {
                "id": text, "created": instant, "createdBy": text, "lastUpdated": instant, "lastUpdatedBy": text,
                "status": text, "requestedBy": principal, "requestedFor": principal,
                "requested": {"type": "object"}, "requesterFieldValues": fields, "_links": {"type": "object"},
            },
        },
        "RequestList": {
            "type": "object",
            "required": ["data", "_links"],
            "properties": {
                "data": {"type": "array", "items": {"$ref": "#/components/schemas/Request"}},
                "_links": {"type": "object"},
            },
        },
        "NewRequest": {
            "type": "object",
            "required": ["requested", "requestedFor"],
            "properties": {
                "requested": {
                    "type": "object",
                    "required": ["type", "entryId"],
                    "properties": {"type": {"const": "CATALOG_ENTRY"}, "entryId": text},
                },
                "requestedFor": principal, "requestedBy": principal, "requesterFieldValues": fields,
            },
        },
        "NewMessage": {
            "type": "object",
            "required": ["message"],
            "properties": {"message": {"type": "string", "minLength": 1, "maxLength": LONGEST_MESSAGE}},
        },
        "Error": {
            "type": "object",
            "required": ["errorCode", "errorId", "errorSummary"],
            "properties": {
                "errorCode": text, "errorSummary": text, "errorLink": text, "errorId": text,
                "errorCauses": {"type": "array", "items": {"type": "object"}},
            },
        },
    })
}
