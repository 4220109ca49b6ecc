//! `scim-query sql`: a list request as SQL.

use std::io::{self, Write};
use std::process::ExitCode;

use scim_query::sql::{Columns, Param, Select, SqlFragment};
use serde_json::{Map, Value, json};

use crate::args;
use crate::choose;
use crate::failure::{Failure, warn};
use crate::list;

pub(crate) fn run(args: &args::Sql) -> Result<ExitCode, Failure> {
    let schema = args.schema.get("access-requests")?;
    let columns =
        choose::columns(args.columns.as_deref(), &schema, args.dialect, args.table.as_deref().or(Some("resources")))?;
    let mut out = io::stdout().lock();
    if args.ddl {
        for statement in columns.ddl() {
            writeln!(out, "{statement};")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let options = args.lenient.options();
    options.verify(&schema)?;
    let profile = list::profile(args.request.profile, &schema);
    let query = list::request(&args.request, &profile, true)?.check_with(&schema, &options)?;
    query.warnings().iter().for_each(|(part, warning)| warn(part.as_str(), warning));
    let page = Select::new(&columns, selected(&columns)).page(&query)?;
    if args.inline {
        writeln!(out, "-- For reading only: run the text with its parameters bound.\n{};", page.statement.inlined())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut body = object(&page.statement);
    body.insert("where".into(), object(&query.filter().where_sql(&columns)?).into());
    body.insert("orderBy".into(), query.ordering().order_by_sql(&columns)?.sql.into());
    if let Some(count) = page.count() {
        body.insert("count".into(), object(&count).into());
    }
    if let Some(anchor) = &page.anchor {
        body.insert("anchor".into(), object(anchor).into());
    }
    writeln!(out, "{:#}", Value::Object(body))?;
    Ok(ExitCode::SUCCESS)
}

/// The whole resource, if there is a column of it.
fn selected(columns: &Columns) -> String {
    columns.document().unwrap_or_else(|| format!("{}.*", columns.dialect().quote(columns.alias())))
}

fn object(fragment: &SqlFragment) -> Map<String, Value> {
    let params: Vec<Value> = fragment.params.iter().map(value).collect();
    Map::from_iter([("sql".into(), json!(fragment.sql)), ("params".into(), json!(params))])
}

fn value(param: &Param) -> Value {
    match param {
        Param::Bool(value) => json!(value),
        Param::I64(number) => json!(number),
        Param::F64(number) => json!(number),
        Param::TextArray(texts) => json!(texts),
        Param::I64Array(numbers) => json!(numbers),
        other => json!(other.to_text()),
    }
}
