//! `scim-query load` and `list --db`: resources in a database.

use std::process::ExitCode;

use scim_query::sql::{Columns, Select};
use scim_query::{CheckedQuery, Paging, Schema};
use serde_json::Value;

use crate::args;
use crate::choose;
use crate::database::Database;
use crate::failure::Failure;
use crate::input::Source;

/// Creates the tables and fills them, all or nothing.
pub(crate) fn load(args: &args::Load) -> Result<ExitCode, Failure> {
    let schema = args.schema.get("access-requests")?;
    let mut database = open(&args.db, true)?;
    let columns = choose::columns(args.columns.as_deref(), &schema, database.dialect(), args.table.as_deref())?;
    let mut made = Vec::new();
    let count = match fill(&mut database, &columns, args, &mut made) {
        Ok(count) => count,
        Err(failure) => {
            // Where a definition ends a transaction, the tables are there already.
            let _ = database.define("ROLLBACK");
            made.iter().rev().for_each(|table| drop(database.define(&format!("DROP TABLE IF EXISTS {table}"))));
            return Err(failure);
        }
    };
    println!("{count} resources loaded into `{}`", columns.alias());
    Ok(ExitCode::SUCCESS)
}

/// How many resources there were; `made` has the tables that were created.
fn fill(
    database: &mut Database,
    columns: &Columns,
    args: &args::Load,
    made: &mut Vec<String>,
) -> Result<usize, Failure> {
    run(database, "BEGIN")?;
    for statement in columns.ddl() {
        run(database, &statement)?;
        let table = statement.strip_prefix("CREATE TABLE ").and_then(|rest| rest.split_once(" (\n"));
        made.extend(table.map(|(table, _)| table.to_owned()));
    }
    if matches!(database, Database::MySql { .. }) {
        run(database, "BEGIN")?;
    }
    let mut count = 0;
    let file = args.file.as_deref().filter(|file| *file != "-");
    let source = Source::new(file, &args.input);
    source.each(&mut |record| {
        let inserts = match columns.inserts(&record.value, record.text) {
            Ok(inserts) => inserts,
            Err(error) => return source.broken(record.place, &error.to_string()),
        };
        for insert in &inserts {
            let failed = |error| Failure::Other(format!("{}: the database: {error}", record.place));
            database.execute(&insert.sql, &insert.params).map_err(failed)?;
        }
        count += 1;
        Ok(())
    })?;
    run(database, "COMMIT")?;
    Ok(count)
}

fn open(url: &str, create: bool) -> Result<Database, Failure> {
    Database::open(url, create).map_err(|error| Failure::Other(format!("--db: {error}")))
}

fn run(database: &mut Database, sql: &str) -> Result<(), Failure> {
    database.define(sql).map_err(|error| Failure::Other(format!("the database: {error}")))
}

/// A page of stored resources.
pub(crate) struct Found {
    /// As they were loaded, each with its text.
    pub(crate) resources: Vec<(String, Value)>,
    pub(crate) next: Option<String>,
    pub(crate) total: usize,
    pub(crate) start_index: Option<usize>,
}

pub(crate) fn list(
    url: &str,
    table: Option<&str>,
    columns: Option<&str>,
    schema: &Schema,
    query: &CheckedQuery,
) -> Result<Found, Failure> {
    let mut database = open(url, false)?;
    let columns: Columns = choose::columns(columns, schema, database.dialect(), table)?;
    let Some(document) = columns.document() else {
        return Err(Failure::Other("the columns name no `document`, so there is nothing to print".into()));
    };
    let page = Select::new(&columns, document).page(query)?;
    let other = |error: String| Failure::Other(format!("the database: {error}"));
    let number = |rows: Vec<crate::database::Row>| -> i64 {
        rows.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    let rows = database.rows(&page.statement.sql, &page.statement.params).map_err(other)?;
    let anchor = match &page.anchor {
        Some(anchor) => Some(number(database.rows(&anchor.sql, &anchor.params).map_err(other)?)),
        None => None,
    };
    // Only SCIM's answer tells it.
    let is_told = !matches!(query.paging(), Paging::Limit { .. });
    let total = match page.count().filter(|_| is_told) {
        Some(count) => number(database.rows(&count.sql, &count.params).map_err(other)?),
        None => 0,
    };
    let found = page.finish(rows, anchor, |row| row[1..].to_vec())?;
    let resources = found.rows.into_iter().map(|row| {
        let text = row.into_iter().next().flatten().unwrap_or_default();
        let value = serde_json::from_str(&text).map_err(|error| other(format!("a document is not JSON: {error}")))?;
        Ok((text, value))
    });
    Ok(Found {
        resources: resources.collect::<Result<_, Failure>>()?,
        next: found.next,
        total: usize::try_from(total).unwrap_or(0),
        start_index: found.start_index,
    })
}
