//! The requests in SQLite or PostgreSQL.

use std::collections::HashMap;
use std::time::Duration;

use scim_query::sql::{BindAll, Column, ColumnType, Columns, Dialect, Select, SqlPage};
use scim_query::{BindError, CheckedQuery, Schema};
use serde_json::Value;
use sqlx::any::{AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};

use crate::Problem;
use crate::failure::Failure;

/// The bundled requests, which a new database begins with.
pub(crate) const BUNDLED: &str = include_str!("../../data/access-requests.ndjson");

/// The attributes that are compared for equality, with their columns.
const COMPARED: [(&str, &str); 7] = [
    ("status", "status"),
    ("grantStatus", "grant_status"),
    ("requestedFor", "requested_for"),
    ("resourceId", "resource_id"),
    ("resourceType", "resource_type"),
    ("accessScopeId", "access_scope_id"),
    ("accessScopeType", "access_scope_type"),
];

/// The tables that the schema does not know.
const OWN_TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS started (at text NOT NULL)",
    // One open request for each user and entry: the key is what makes another one a conflict.
    "CREATE TABLE IF NOT EXISTS open_requests (requested_for text NOT NULL, entry_id text NOT NULL, \
     request_id text NOT NULL, PRIMARY KEY (requested_for, entry_id))",
    "CREATE TABLE IF NOT EXISTS messages (id text PRIMARY KEY, request_id text NOT NULL, author text NOT NULL, \
     created text NOT NULL, message text NOT NULL)",
];

/// A WAL that is synced at each commit: what is acknowledged is on the disk. A writer is waited for.
const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

pub(crate) struct Store {
    columns: Columns,
    select: Select,
    read: AnyPool,
    /// SQLite has one writer at a time: waiting for it is cheaper here than by its lock.
    write: AnyPool,
    entries: HashMap<String, Value>,
}

impl Store {
    /// Opens `sqlite:FILE` or `postgres://..`, and fills it at its first start.
    pub(crate) async fn open(url: &str) -> Result<Store, Problem> {
        install_default_drivers();
        let dialect = if url.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres };
        let columns = columns(dialect)?;
        let select = Select::new(&columns, "document");
        let (read, write) = match dialect {
            Dialect::Sqlite => {
                let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
                let pool = |connections| {
                    let options = AnyPoolOptions::new().max_connections(connections);
                    options.acquire_timeout(Duration::from_secs(60)).after_connect(|connection, _| {
                        Box::pin(async move { sqlx::raw_sql(SQLITE).execute(connection).await.map(drop) })
                    })
                };
                (pool(8).connect(&url).await?, pool(1).connect(&url).await?)
            }
            _ => {
                let options = AnyPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(60));
                let pool = options.connect(url).await?;
                (pool.clone(), pool)
            }
        };
        let store = Store { columns, select, read, write, entries: entries()? };
        store.fill().await?;
        Ok(store)
    }

    pub(crate) fn schema(&self) -> &Schema {
        self.columns.schema()
    }

    /// What the catalog has under an id.
    pub(crate) fn entry(&self, id: &str) -> Option<&Value> {
        self.entries.get(id)
    }

    pub(crate) async fn page(&self, query: &CheckedQuery) -> Result<SqlPage<(String, Keys)>, Failure> {
        let page = self.select.page(query)?;
        let statement = sqlx::query(AssertSqlSafe(&*page.statement.sql)).bind_all(&page.statement.params);
        let rows = statement.fetch_all(&self.read).await?;
        // Behind the rows, not before them: of a cursor whose request went in between, there are no rows, and that
        // must not pass for the end of the list.
        let mut anchor = None;
        if let Some(count) = &page.anchor {
            let count = sqlx::query_scalar(AssertSqlSafe(&*count.sql)).bind_all(&count.params);
            anchor = Some(count.fetch_one(&self.read).await?);
        }
        let row = |row: AnyRow| Ok((row.try_get(0)?, keys(&row, page.key_columns())?));
        let rows = rows.into_iter().map(row).collect::<Result<_, sqlx::Error>>()?;
        Ok(page.finish(rows, anchor, |(_, keys): &(String, Keys)| keys.clone())?)
    }

    /// The document of a request.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<String>, sqlx::Error> {
        // No id has it, and PostgreSQL refuses it.
        if id.contains('\0') {
            return Ok(None);
        }
        let query = sqlx::query_scalar("SELECT document FROM requests WHERE id = $1").bind(id.to_owned());
        query.fetch_optional(&self.read).await
    }

    /// Keeps a new request; `false` if there is an open one by the same user for the same entry.
    pub(crate) async fn create(&self, request: &Value, requested_for: &str, entry_id: &str) -> Result<bool, Failure> {
        let mut transaction = self.write.begin().await?;
        let id = request["id"].as_str().unwrap_or_default();
        if !open(&mut transaction, requested_for, entry_id, id).await? {
            return Ok(false);
        }
        insert(&mut transaction, &self.columns, request, &request.to_string()).await.map_err(Failure::internal)?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(crate) async fn add_message(
        &self,
        id: &str,
        request_id: &str,
        author: &str,
        created: &str,
        message: &str,
    ) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO messages (id, request_id, author, created, message) VALUES ($1, $2, $3, $4, $5)";
        let values = [id, request_id, author, created, message];
        let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind((*value).to_owned()));
        query.execute(&self.write).await.map(drop)
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// Makes the tables and fills them, all or nothing, unless that was done before.
    async fn fill(&self) -> Result<(), Problem> {
        let mut transaction = self.write.begin().await?;
        for statement in OWN_TABLES {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        let started: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM started").fetch_one(&mut *transaction).await?;
        if started == 0 {
            for statement in self.columns.ddl().into_iter().chain(indexes()) {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
            for line in BUNDLED.lines() {
                let request: Value = serde_json::from_str(line)?;
                let text = |pointer: &str| request.pointer(pointer).and_then(Value::as_str);
                let who = (text("/requestedFor/externalId"), text("/requested/entryId"), text("/id"));
                if let (Some("SUBMITTED" | "PENDING"), (Some(user), Some(entry), Some(id))) = (text("/status"), who) {
                    open(&mut transaction, user, entry, id).await?;
                }
                insert(&mut transaction, &self.columns, &request, line).await?;
            }
            let now = chrono::Utc::now().to_rfc3339();
            sqlx::query("INSERT INTO started (at) VALUES ($1)").bind(now).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        if self.columns.dialect() == Dialect::Sqlite {
            // It chooses among indexes by what it was last told to count; PostgreSQL counts by itself.
            sqlx::raw_sql("PRAGMA analysis_limit = 1000; ANALYZE requests").execute(&self.write).await?;
        }
        Ok(())
    }
}

/// A column for whatever can be filtered on or ordered by; the document has the rest.
fn columns(dialect: Dialect) -> Result<Columns, BindError> {
    // As text, which holds instants to the nanosecond on both databases.
    let instant = |name| Column::new(name).of_type(ColumnType::TimestampText { digits: 9 }).not_null().indexed();
    let builder = Columns::builder(&Schema::access_requests(), dialect, "requests")
        .document("document")
        .column("id", Column::new("id").not_null())
        .column("created", instant("created"))
        .column("lastUpdated", instant("last_updated"));
    COMPARED.iter().fold(builder, |builder, (name, column)| builder.column(*name, Column::new(*column))).build()
}

/// A page of those that have a value, in either order, is read from an index as it stands: by an index of the value alone,
/// all of `status eq "APPROVED"` would be sorted for each page.
fn indexes() -> impl Iterator<Item = String> {
    let orders = ["created", "last_updated"];
    COMPARED.iter().flat_map(move |(_, column)| {
        orders.map(|order| format!("CREATE INDEX requests_by_{column}_{order} ON requests ({column}, {order}, id)"))
    })
}

/// A row's sort keys, as the crate reads them.
pub(crate) type Keys = Vec<Option<String>>;

fn keys(row: &AnyRow, count: usize) -> Result<Keys, sqlx::Error> {
    (1..=count).map(|at| row.try_get(at)).collect()
}

/// Notes an open request; `false` if there is another one.
async fn open(connection: &mut AnyConnection, user: &str, entry: &str, id: &str) -> Result<bool, sqlx::Error> {
    let sql =
        "INSERT INTO open_requests (requested_for, entry_id, request_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql).bind(user.to_owned()).bind(entry.to_owned()).bind(id.to_owned());
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

async fn insert(connection: &mut AnyConnection, columns: &Columns, request: &Value, text: &str) -> Result<(), Problem> {
    for insert in columns.inserts(request, text)? {
        sqlx::query(AssertSqlSafe(insert.sql)).bind_all(&insert.params).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The catalog: for each entry, what the first of the bundled requests that says all of it was for.
fn entries() -> Result<HashMap<String, Value>, serde_json::Error> {
    let mut entries = HashMap::new();
    for line in BUNDLED.lines() {
        let request: Value = serde_json::from_str(line)?;
        let requested = &request["requested"];
        if let (Some(id), Some(5)) = (requested["entryId"].as_str(), requested.as_object().map(|members| members.len()))
        {
            entries.entry(id.to_owned()).or_insert_with(|| requested.clone());
        }
    }
    Ok(entries)
}
