//! The second page of the bundled access requests from the PostgreSQL server that SCIM_QUERY_POSTGRES names, by tokio-postgres.

use std::error::Error;

use scim_query::sql::{Columns, Dialect, Param, Select};
use scim_query::{ListQuery, Profile, Schema};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Transaction};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let columns = Columns::standard(&Schema::access_requests(), Dialect::Postgres, "requests")?;
    let (mut client, connection) = tokio_postgres::connect(&std::env::var("SCIM_QUERY_POSTGRES")?, NoTls).await?;
    tokio::spawn(connection);
    // Never committed: nothing stays on the server.
    let transaction = client.transaction().await?;
    fill(&transaction, &columns).await?;

    let query = r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5&after=reqHkKS5wh0MVL9wvGT4"#;
    let query = ListQuery::parse(query, &Profile::okta())?.check(columns.schema())?;
    let page = Select::new(&columns, "id").page(&query)?;
    let rows = transaction.query(&page.statement.sql, &refs(&page.statement.params)).await?;
    // The cursor's own row is looked up.
    let mut anchor = None;
    if let Some(count) = &page.anchor {
        anchor = Some(transaction.query_one(&count.sql, &refs(&count.params)).await?.get(0));
    }
    let page = page.finish(rows, anchor, |row| page.key_names().map(|name| row.get(&*name)).collect())?;

    for row in &page.rows {
        println!("{}", row.get::<_, &str>("id"));
    }
    Ok(())
}

fn refs(params: &[Param]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

async fn fill(transaction: &Transaction<'_>, columns: &Columns) -> Result<(), Box<dyn Error>> {
    let own = "CREATE SCHEMA scim_query_example; SET LOCAL search_path = scim_query_example";
    transaction.batch_execute(own).await?;
    for statement in columns.ddl() {
        transaction.batch_execute(&statement).await?;
    }
    for line in include_str!("../../../data/access-requests.ndjson").lines() {
        let request: serde_json::Value = serde_json::from_str(line)?;
        for insert in columns.inserts(&request, line)? {
            transaction.execute(&insert.sql, &refs(&insert.params)).await?;
        }
    }
    Ok(())
}
