//! The second page of the bundled access requests from SQLite, by diesel.

use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use scim_query::sql::{Columns, Dialect, Select, SortKeys};
use scim_query::{ListQuery, Profile, Schema};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(embed)]
    keys: SortKeys,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    scim_count: i64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let columns = Columns::standard(&Schema::access_requests(), Dialect::Sqlite, "requests")?;
    let mut connection = SqliteConnection::establish(":memory:")?;
    fill(&mut connection, &columns)?;

    let query = r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5&after=reqHkKS5wh0MVL9wvGT4"#;
    let query = ListQuery::parse(query, &Profile::okta())?.check(columns.schema())?;
    let page = Select::new(&columns, "id").page(&query)?;
    let rows: Vec<Row> = page.statement.to_diesel().load(&mut connection)?;
    // The cursor's own row is looked up.
    let anchor = page.anchor.as_ref().map(|anchor| anchor.to_diesel().get_result::<Count>(&mut connection));
    let anchor = anchor.transpose()?.map(|anchor| anchor.scim_count);
    let page = page.finish(rows, anchor, |row| row.keys.0.clone())?;

    for row in &page.rows {
        println!("{}", row.id);
    }
    Ok(())
}

fn fill(connection: &mut SqliteConnection, columns: &Columns) -> Result<(), Box<dyn Error>> {
    for statement in columns.ddl() {
        connection.batch_execute(&statement)?;
    }
    for line in include_str!("../../../data/access-requests.ndjson").lines() {
        let request: serde_json::Value = serde_json::from_str(line)?;
        for insert in columns.inserts(&request, line)? {
            insert.to_diesel().execute(connection)?;
        }
    }
    Ok(())
}
