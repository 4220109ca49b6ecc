//! The second page of the bundled access requests from SQLite, by sqlx.

use std::error::Error;

use scim_query::sql::{BindAll, Columns, Dialect, Select};
use scim_query::{ListQuery, Profile, Schema};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let columns = Columns::standard(&Schema::access_requests(), Dialect::Sqlite, "requests")?;
    let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
    fill(&mut connection, &columns).await?;

    let query = r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5&after=reqHkKS5wh0MVL9wvGT4"#;
    let query = ListQuery::parse(query, &Profile::okta())?.check(columns.schema())?;
    let page = Select::new(&columns, "id").page(&query)?;
    let statement = sqlx::query(AssertSqlSafe(&*page.statement.sql)).bind_all(&page.statement.params);
    let rows = statement.fetch_all(&mut connection).await?;
    // The cursor's own row is looked up.
    let mut anchor = None;
    if let Some(count) = &page.anchor {
        let count = sqlx::query_scalar(AssertSqlSafe(&*count.sql)).bind_all(&count.params);
        anchor = Some(count.fetch_one(&mut connection).await?);
    }
    let page = page.finish(rows, anchor, |row| page.key_names().map(|name| row.get(&*name)).collect())?;

    for row in &page.rows {
        println!("{}", row.get::<&str, _>("id"));
    }
    Ok(())
}

async fn fill(connection: &mut SqliteConnection, columns: &Columns) -> Result<(), Box<dyn Error>> {
    for statement in columns.ddl() {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    for line in include_str!("../../../data/access-requests.ndjson").lines() {
        let request: serde_json::Value = serde_json::from_str(line)?;
        for insert in columns.inserts(&request, line)? {
            sqlx::query(AssertSqlSafe(insert.sql)).bind_all(&insert.params).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
