//! Access requests from SQLite by a statement of sea-query, with the filter among its own conditions.

use std::error::Error;

use rusqlite::{Connection, params_from_iter};
use scim_query::sql::{Columns, Dialect, Param};
use scim_query::{ListQuery, Profile, Schema};
use sea_query::{Expr, ExprTrait, Order, Query, SqliteQueryBuilder};
use sea_query_rusqlite::RusqliteBinder;

fn main() -> Result<(), Box<dyn Error>> {
    let columns = Columns::standard(&Schema::access_requests(), Dialect::Sqlite, "requests")?;
    let connection = Connection::open_in_memory()?;
    fill(&connection, &columns)?;

    let query = r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5"#;
    let query = ListQuery::parse(query, &Profile::okta())?.check(columns.schema())?;
    let mut select = Query::select();
    select.column("id").from("requests").limit(query.paging().size() as u64).offset(5);
    select.and_where(Expr::col("created_by").ne("nobody")).and_where(query.filter().where_sql(&columns)?.into());
    select.order_by("created", Order::Desc).order_by("id", Order::Desc);
    let (sql, values) = select.build_rusqlite(SqliteQueryBuilder);

    let mut statement = connection.prepare(&sql)?;
    for id in statement.query_map(&*values.as_params(), |row| row.get::<_, String>("id"))? {
        println!("{}", id?);
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
            // SQLite makes numbers of texts where a column is of numbers.
            connection.execute(&insert.sql, params_from_iter(insert.params.iter().map(Param::to_text)))?;
        }
    }
    Ok(())
}
