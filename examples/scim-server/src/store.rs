//! Users and groups in SQLite. Which rows, in which order, is the crate's; they are run by sqlx.

use std::time::Duration;

use scim_query::CheckedQuery;
use scim_query::sql::{BindAll, SqlPage};
use serde_json::{Map, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::Problem;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::value::{list, put as put_value, some};

/// The groups of a user are those that have it as a member: a view, where the mapping has a table, so that filters on
/// `groups` are always true of what is.
const GROUPS: &str = r#"CREATE VIEW users_groups AS
  SELECT m.value AS resource_id, g.id AS position, g.id AS value, g.meta_location AS "_ref", g.display_name AS display,
    g.display_name_fold AS display_fold, 'direct' AS type, 'direct' AS type_fold
  FROM groups_members AS m JOIN groups AS g ON g.id = m.resource_id"#;

/// RFC 7643 section 4.1.1: unique, whatever its case. The folded column is what `eq` compares.
const UNIQUE: &str = "CREATE UNIQUE INDEX users_unique_user_name ON users (user_name_fold)";

/// What a search over all kinds reads at most.
const MOST_SEARCHED: usize = 10_000;

/// How long a request may wait for the database.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Store {
    read: SqlitePool,
    /// SQLite has one writer at a time: waiting for it is cheaper here than by its lock.
    write: SqlitePool,
}

pub(crate) type Keys = Vec<Option<String>>;

impl Store {
    /// Opens the file, and makes the tables at its first start.
    pub(crate) async fn open(file: &str, kinds: &[Kind]) -> Result<Store, Problem> {
        // A WAL that is synced at each commit: what is answered is on the disk.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let pool = |connections| {
            let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
            pool.connect_with(options.clone())
        };
        let (write, read) = (pool(1).await?, pool(8).await?);
        let mut transaction = write.begin().await?;
        let made: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&mut *transaction).await?;
        if made == 0 {
            let tables = kinds.iter().flat_map(|kind| kind.columns.ddl());
            let tables = tables.filter(|statement| !statement.contains(r#""users_groups""#));
            for statement in tables.chain([GROUPS.to_owned(), UNIQUE.to_owned()]) {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(Store { read, write })
    }

    /// The page of a list request, and how many resources match in all.
    pub(crate) async fn page(
        &self,
        kind: &Kind,
        query: &CheckedQuery,
    ) -> Result<(SqlPage<(Value, Keys)>, usize), Failure> {
        let page = kind.select.page(query)?;
        // One snapshot for all three.
        let mut transaction = self.read.begin().await?;
        let statement = sqlx::query(AssertSqlSafe(&*page.statement.sql)).bind_all(&page.statement.params);
        let rows = statement.fetch_all(&mut *transaction).await?;
        let mut counts = [None, None];
        for (counted, count) in counts.iter_mut().zip([page.anchor.clone(), page.count()]) {
            if let Some(count) = count {
                let count = sqlx::query_scalar(AssertSqlSafe(count.sql)).bind_all(&count.params);
                *counted = Some(count.fetch_one(&mut *transaction).await?);
            }
        }
        let [anchor, total] = counts;
        let row = |row: SqliteRow| {
            let keys = (2..2 + page.key_columns()).map(|at| row.try_get(at)).collect::<Result<Keys, _>>()?;
            Ok((Value::Object(resource(&row)?), keys))
        };
        let rows = rows.into_iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
        let page = page.finish(rows, anchor, |(_, keys)| keys.clone())?;
        Ok((page, usize::try_from(total.unwrap_or(0)).unwrap_or(0)))
    }

    /// Every resource, for a search over all kinds, or `tooMany`.
    pub(crate) async fn all(&self, kinds: &[Kind]) -> Result<Vec<Value>, Failure> {
        let mut transaction = self.read.begin().await?;
        let mut found = Vec::new();
        for kind in kinds {
            let sql = format!("{} LIMIT {}", select(kind), MOST_SEARCHED + 1);
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *transaction).await?;
            for row in &rows {
                found.push(Value::Object(resource(row)?));
            }
        }
        match found.len() <= MOST_SEARCHED {
            true => Ok(found),
            false => {
                Err(Failure::bad("tooMany", "there are too many resources for a search over all: search one kind"))
            }
        }
    }

    pub(crate) async fn get(&self, kind: &Kind, id: &str) -> Result<Map<String, Value>, Failure> {
        let mut connection = self.read.acquire().await?;
        get(&mut connection, kind, id).await
    }

    /// Begins a change. There is one at a time.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.write.begin_with("BEGIN IMMEDIATE").await
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

fn select(kind: &Kind) -> String {
    format!("SELECT document, {} FROM {}", kind.derived, kind.table)
}

pub(crate) async fn get(
    connection: &mut SqliteConnection,
    kind: &Kind,
    id: &str,
) -> Result<Map<String, Value>, Failure> {
    let sql = format!("{} WHERE id = ?", select(kind));
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    resource(&row.ok_or_else(Failure::not_found)?)
}

/// Keeps a resource, in the place of the one that has its id.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    kind: &Kind,
    resource: &Map<String, Value>,
) -> Result<(), Failure> {
    let mut stored = Value::Object(resource.clone());
    stored.as_object_mut().and_then(|members| members.remove("groups"));
    delete(connection, kind, stored["id"].as_str().unwrap_or_default()).await?;
    for insert in kind.columns.inserts(&stored, &stored.to_string())? {
        sqlx::query(AssertSqlSafe(insert.sql)).bind_all(&insert.params).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The rows of its elements go with it, by their foreign keys.
pub(crate) async fn delete(connection: &mut SqliteConnection, kind: &Kind, id: &str) -> Result<(), sqlx::Error> {
    let sql = format!("DELETE FROM {} WHERE id = ?", kind.table);
    sqlx::query(AssertSqlSafe(sql)).bind(id).execute(connection).await.map(drop)
}

/// What a member is and where, if it is there.
pub(crate) async fn find(connection: &mut SqliteConnection, id: &str) -> Result<Option<(String, String)>, sqlx::Error> {
    let sql = "SELECT meta_resource_type, meta_location FROM users WHERE id = ? \
               UNION ALL SELECT meta_resource_type, meta_location FROM groups WHERE id = ?";
    sqlx::query_as(sql).bind(id).bind(id).fetch_optional(connection).await
}

/// The groups that have a member.
pub(crate) async fn groups_with(connection: &mut SqliteConnection, member: &str) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT DISTINCT resource_id FROM groups_members WHERE value = ?";
    sqlx::query_scalar(sql).bind(member).fetch_all(connection).await
}

/// A row's document, with the groups of a user.
fn resource(row: &SqliteRow) -> Result<Map<String, Value>, Failure> {
    let document: String = row.try_get(0)?;
    let mut resource: Map<String, Value> = serde_json::from_str(&document).map_err(Failure::internal)?;
    if let Some(groups) = row.try_get::<Option<String>, _>(1)? {
        let groups: Value = serde_json::from_str(&groups).map_err(Failure::internal)?;
        put_value(&mut resource, &["groups"], some(list(Some(&groups)).to_vec()));
    }
    Ok(resource)
}
