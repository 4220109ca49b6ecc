//! A playground: a filter and an ordering are looked at, and run over the bundled requests. It reads no database and needs no token.

use std::str::FromStr;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use scim_query::sql::{Columns, Dialect, Param, Select};
use scim_query::{
    CheckedFilter, CheckedQuery, Error, ListQuery, Options, Part, Profile, Quirk, Quirks, Schema, Span, Step, list,
};
use serde_json::{Value, json};

use crate::failure::{Failure, json_response};
use crate::store::BUNDLED;

/// As many requests are shown.
const SHOWN: usize = 20;

static REQUESTS: LazyLock<Vec<Value>> =
    LazyLock::new(|| BUNDLED.lines().filter_map(|line| serde_json::from_str(line).ok()).collect());

/// The schemas to choose from, and whether the bundled requests are resources of theirs.
static SCHEMAS: LazyLock<[(&str, Schema, bool); 5]> = LazyLock::new(|| {
    [
        ("access-requests", Schema::access_requests(), true),
        ("access-requests-documented", Schema::access_requests_documented(), true),
        ("open", Schema::open(), true),
        ("user", Schema::user(), false),
        ("group", Schema::group(), false),
    ]
});

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/play", get(async || file("text/html; charset=utf-8", include_str!("page.html"))))
        .route("/play/play.css", get(async || file("text/css; charset=utf-8", include_str!("play.css"))))
        .route("/play/play.js", get(async || file("text/javascript; charset=utf-8", include_str!("play.js"))))
        .route("/play/choices", get(async || json_response(StatusCode::OK, &choices())))
        .route("/play/answer", get(answer))
}

/// Nothing of other servers is loaded, and nothing that is written in a page is run.
fn file(content_type: &str, text: &'static str) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

fn choices() -> Value {
    let quirks = Quirk::ALL.map(|quirk| {
        let sets: Vec<&str> = [("entra", Quirks::ENTRA), ("okta", Quirks::OKTA)]
            .into_iter()
            .filter_map(|(name, set)| set.has(quirk).then_some(name))
            .collect();
        json!({"id": quirk.to_string(), "says": quirk.describe(), "sets": sets})
    });
    let schemas: Vec<&str> = SCHEMAS.iter().map(|(name, ..)| *name).collect();
    json!({"schemas": schemas, "quirks": quirks})
}

async fn answer(Query(asked): Query<Vec<(String, String)>>) -> Result<Response, Failure> {
    let get = |name: &str| asked.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
    let (_, schema, are_requests) =
        SCHEMAS.iter().find(|(name, ..)| *name == get("schema")).ok_or_else(Failure::not_found)?;
    let quirks = match get("quirks") {
        "" => Quirks::default(),
        text => Quirks::from_str(text).map_err(|_| Failure::not_found())?,
    };
    let options = Options::default().with_quirks(quirks);
    let profile = Profile::okta().with_sizes(SHOWN, SHOWN);
    let checked = || -> Result<CheckedQuery, Error> {
        let mut query = ListQuery::new(&profile);
        for part in [Part::Filter, Part::OrderBy] {
            if !get(part.as_str()).is_empty() {
                query.give(part, get(part.as_str()))?;
            }
        }
        query.check_with(schema, &options)
    };
    let body = match checked() {
        Ok(query) => accepted(&query, schema, *are_requests, &get),
        Err(error) => refused(&error),
    };
    Ok(json_response(StatusCode::OK, &body))
}

/// With carets under the text, as people see it.
fn refused(error: &Error) -> Value {
    json!({"refused": {
        "parameter": error.part().as_str(), "errors": error.others().len() + 1, "drawn": format!("{error:#}"),
    }})
}

fn accepted<'t>(query: &CheckedQuery, schema: &Schema, are_requests: bool, text: &impl Fn(&str) -> &'t str) -> Value {
    let filter = query.filter();
    let warnings = query.warnings().iter().map(|(part, warning)| {
        let [before, marked, after] = pieces(text(part.as_str()), warning.span());
        json!({
            "parameter": part.as_str(), "code": warning.code(), "message": warning.to_string(),
            "before": before, "marked": marked, "after": after,
        })
    });
    let words = filter.explain(false);
    let found = match are_requests.then(|| list(REQUESTS.iter(), query)) {
        None => json!({"none": "The bundled resources are access requests, and none of this schema."}),
        Some(Err(error)) => json!({"none": error.to_string()}),
        Some(Ok(page)) => json!({"total": page.total, "of": REQUESTS.len(), "requests": page.resources}),
    };
    let dialects = [Dialect::Postgres, Dialect::MariaDb, Dialect::Sqlite];
    json!({
        "filter": filter.to_string(),
        "orderBy": query.ordering().to_string(),
        "tree": tree(filter),
        "words": words.lines().map(|(depth, words, _)| json!([depth, words])).collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
        "sql": dialects.map(|dialect| sql(query, schema, dialect)).to_vec(),
        "found": found,
    })
}

fn tree(filter: &CheckedFilter) -> Value {
    filter.fold(&mut |step, terms: Vec<Value>| {
        let label = match step {
            Step::Everything => "everything".into(),
            Step::Nothing => "nothing".into(),
            Step::And => "and".into(),
            Step::Or => "or".into(),
            Step::Not => "not".into(),
            Step::ValuePath(name) => format!("{name}[ ]"),
            Step::Test(name, op, Some(value)) => format!("{name} {} {value}", op.as_str()),
            Step::Test(name, op, None) => format!("{name} {}", op.as_str()),
            _ => "?".into(),
        };
        json!({"label": label, "terms": terms})
    })
}

fn sql(query: &CheckedQuery, schema: &Schema, dialect: Dialect) -> Value {
    let name = match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::Sqlite => "SQLite",
        _ => "MySQL and MariaDB",
    };
    let statement = Columns::standard(schema, dialect, "resources")
        .map_err(|error| error.to_string())
        .and_then(|columns| Select::new(&columns, "document").page(query).map_err(|error| error.to_string()));
    match statement {
        Ok(page) => {
            let params = page.statement.params.iter().map(Param::to_text).collect::<Vec<_>>();
            json!({"dialect": name, "text": page.statement.sql, "params": params})
        }
        Err(problem) => json!({"dialect": name, "problem": problem}),
    }
}

/// A text before, in and behind a place.
fn pieces(text: &str, place: Span) -> [&str; 3] {
    let (start, end) = (place.start as usize, place.end as usize);
    [text.get(..start).unwrap_or(""), place.of(text), text.get(end..).unwrap_or("")]
}
