//! The second page of the bundled access requests from SQLite, by rusqlite.

use std::error::Error;

use rusqlite::{Connection, params_from_iter};
use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{ListQuery, Profile, Schema};

type Row = (String, Vec<Option<String>>);

fn main() -> Result<(), Box<dyn Error>> {
    let columns = Columns::standard(&Schema::access_requests(), Dialect::Sqlite, "requests")?;
    let connection = Connection::open_in_memory()?;
    fill(&connection, &columns)?;

    let query = r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5&after=reqHkKS5wh0MVL9wvGT4"#;
    let query = ListQuery::parse(query, &Profile::okta())?.check(columns.schema())?;
    let page = Select::new(&columns, "id").page(&query)?;
    let mut statement = connection.prepare(&page.statement.sql)?;
    let rows = statement.query_map(params_from_iter(&page.statement.params), |row| {
        let keys = page.key_names().map(|name| row.get(&*name));
        Ok((row.get("id")?, keys.collect::<Result<_, _>>()?))
    })?;
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    // The cursor's own row is looked up.
    let anchor = page
        .anchor
        .as_ref()
        .map(|anchor| connection.query_row(&anchor.sql, params_from_iter(&anchor.params), |row| row.get(0)));
    let page = page.finish(rows, anchor.transpose()?, |(_, keys)| keys.clone())?;

    for (id, _) in &page.rows {
        println!("{id}");
    }
    Ok(())
}

fn fill(connection: &Connection, columns: &Columns) -> Result<(), Box<dyn Error>> {
    for statement in columns.ddl() {
        connection.execute(&statement, [])?;
    }
    for line in include_str!("../../../data/access-requests.ndjson").lines() {
        let request: serde_json::Value = serde_json::from_str(line)?;
        for insert in columns.inserts(&request, line)? {
            connection.execute(&insert.sql, params_from_iter(&insert.params))?;
        }
    }
    Ok(())
}
