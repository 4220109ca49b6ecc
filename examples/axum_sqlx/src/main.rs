//! A list endpoint of axum over a table of one's own, by sqlx: a schema that is not SCIM's, several tenants, rows into JSON.

mod schema;

use std::error::Error;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, RawQuery, State};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use scim_query::sql::{BindAll, Dialect, Select, SqlFragment};
use scim_query::{CursorKind, Cursors, ListError, ListQuery, Profile, Schema, fold};
use serde_json::{Value, json};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row};
use tower::ServiceExt;

struct Invoices {
    schema: Schema,
    profile: Profile,
    select: Select,
    pool: SqlitePool,
}

/// Whom the request is from; in a service, what its token says.
#[derive(Clone, Copy)]
struct Tenant(i64);

/// The client's error, each mistake with its place; or ours, which stays in the log.
type Refusal = (StatusCode, Json<Value>);

fn refuse(error: &scim_query::Error) -> Refusal {
    let mistake = |error: scim_query::Error| {
        let place = error.span().map(|span| [span.start, span.end]);
        json!({"parameter": error.part().as_str(), "code": error.code(), "message": error.message(), "place": place})
    };
    (StatusCode::BAD_REQUEST, Json(json!({"errors": error.each().map(mistake).collect::<Vec<_>>()})))
}

fn fail(error: impl Error) -> Refusal {
    eprintln!("{error}");
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"errors": []})))
}

async fn list(
    State(invoices): State<Arc<Invoices>>,
    Extension(Tenant(tenant)): Extension<Tenant>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let request = ListQuery::parse(&query.unwrap_or_default(), &invoices.profile).map_err(|error| refuse(&error))?;
    let query = request.check(&invoices.schema).map_err(|error| refuse(&error))?;
    let scope = SqlFragment::new(Dialect::Sqlite, "tenant = ?", vec![tenant.into()]).map_err(fail)?;
    let page = invoices.select.clone().scope(scope).page(&query).map_err(|error| refuse(&error))?;

    let rows = sqlx::query(AssertSqlSafe(&*page.statement.sql)).bind_all(&page.statement.params);
    let rows = rows.fetch_all(&invoices.pool).await.map_err(fail)?;
    let anchor = match &page.anchor {
        Some(count) => {
            let count = sqlx::query_scalar(AssertSqlSafe(&*count.sql)).bind_all(&count.params);
            Some(count.fetch_one(&invoices.pool).await.map_err(fail)?)
        }
        None => None,
    };
    let page = page.finish(rows, anchor, |row| page.key_names().map(|name| row.get(&*name)).collect());
    let page = page.map_err(|error| match error {
        ListError::Query(error) => refuse(&error),
        ListError::Data(error) => fail(error),
    })?;
    let next = page.next.map(|cursor| format!("/invoices?{}", request.next_query_string(&cursor)));
    Ok(Json(json!({"invoices": page.rows.iter().map(invoice).collect::<Vec<_>>(), "next": next})))
}

fn invoice(row: &SqliteRow) -> Value {
    let text = |name: &str| row.get::<String, _>(name);
    let amount: i64 = row.get("amount_cents");
    let customer = json!({"name": text("customer")});
    json!({"id": text("id"), "status": text("status"), "amountCents": amount, "customer": customer, "issuedAt": text("issued_at")})
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A database in memory is one connection's.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    sqlx::raw_sql(schema::TABLES).execute(&pool).await?;
    for (id, tenant, status, cents, customer, issued, tag) in INVOICES {
        let row = sqlx::query("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, 0)");
        let row = row.bind(id).bind(tenant).bind(status).bind(cents).bind(customer).bind(fold(customer).into_owned());
        row.bind(issued).execute(&pool).await?;
        sqlx::query("INSERT INTO invoice_tags VALUES (?, ?)").bind(id).bind(tag).execute(&pool).await?;
    }

    let schema = schema::schema()?;
    let profile = Profile::okta().with_sizes(20, 50).with_cursors(CursorKind::Opaque(Cursors::new()));
    let list_of = "invoices.id, invoices.status, amount_cents, customer, issued_at";
    let kept = SqlFragment::new(Dialect::Sqlite, "NOT deleted", Vec::new())?;
    let select = Select::new(&schema::columns(&schema)?, list_of).scope(kept);
    let app =
        Router::new().route("/invoices", get(list)).with_state(Arc::new(Invoices { schema, profile, select, pool }));

    let mut next =
        Some("/invoices?filter=customer.name%20co%20%22berg%22%20and%20tags%20eq%20%22eu%22&limit=1".to_owned());
    while let Some(link) = next {
        next = ask(&app, &link).await?["next"].as_str().map(str::to_owned);
    }
    ask(&app, "/invoices?filter=stauts%20eq%20%22OPEN%22%20or%20amountCents%20gt%20%22100%22").await?;
    Ok(())
}

const INVOICES: [(&str, i64, &str, i64, &str, &str, &str); 4] = [
    ("i1", 1, "OPEN", 9_995, "Bergmann", "2026-11-02T09:00:00Z", "eu"),
    ("i2", 1, "PAID", 12_000, "Iceberg Ltd", "2026-11-03T09:00:00Z", "eu"),
    ("i3", 1, "OPEN", 5, "Heidelberg AG", "2026-11-04T09:00:00Z", "us"),
    ("i4", 2, "OPEN", 700, "Bergmann", "2026-11-05T09:00:00Z", "eu"),
];

async fn ask(app: &Router, link: &str) -> Result<Value, Box<dyn Error>> {
    let request = Request::get(link).extension(Tenant(1)).body(Body::empty())?;
    let answer = app.clone().oneshot(request).await?;
    println!("{}", answer.status());
    let body = serde_json::from_slice(&to_bytes(answer.into_body(), 1 << 20).await?)?;
    println!("{body:#}");
    Ok(body)
}
