//! What cases say of the SQL that a filter or an ordering becomes.

use scim_query::sql::{Column, Columns, Dialect, Param, Select};
use scim_query::{CheckedFilter, CheckedOrdering, CheckedQuery, Schema};
use serde_json::{Map, Value, json};

use super::case::Case;

fn standard(schema: &Schema, dialect: Dialect) -> Result<Columns, String> {
    Columns::standard(schema, dialect, "resources").map_err(|error| error.to_string())
}

/// The one attribute that the filter asks about, mapped so, and the id.
fn mapped(checked: &CheckedFilter, schema: &Schema, column: Column) -> Result<Columns, String> {
    let names = checked.attributes();
    let [name] = &names[..] else { return Err(format!("not one attribute: {names:?}")) };
    let builder = Columns::builder(schema, Dialect::Postgres, "resources").column("id", Column::new("id").not_null());
    builder.column(name, column).build().map_err(|error| error.to_string())
}

fn where_sql(checked: &CheckedFilter, columns: &Columns) -> Result<scim_query::sql::SqlFragment, String> {
    checked.where_sql(columns).map_err(|error| error.to_string())
}

pub fn expects_of_a_filter(case: &mut Case, checked: &CheckedFilter, schema: &Schema) -> Result<(), String> {
    // What is kept in JSON has another type than in a column, and is taken out by it.
    if case.expected_text("storage").is_some_and(|storage| storage == "json") {
        let columns = mapped(checked, schema, Column::json("doc", ["active"]))?;
        let sql = where_sql(checked, &columns)?.sql;
        if !sql.contains("jsonb_typeof") || !sql.contains("= $1::boolean") {
            return Err(format!("not compared as a boolean: {sql}"));
        }
    }
    let Some(Value::Object(mut expected)) = case.expect.remove("sql") else { return Ok(()) };
    for dialect in Dialect::ALL {
        of_a_dialect(&expected, checked, &standard(schema, dialect)?)?;
    }
    // Where there is a LIKE, it says its escape character, which is none that databases differ in.
    let escapes = (expected.remove("escape_char_not"), expected.remove("has_escape_clause"));
    if let (Some(Value::String(never)), Some(Value::Bool(true))) = escapes {
        let text = standard(schema, Dialect::Postgres).and_then(|columns| where_sql(checked, &columns))?.sql;
        let column = Column::new("c").folded("c_fold").trigram();
        let contains = checked.to_string().replace(" sw \"a_\"", " co \"a_b\"");
        let contains = scim_query::Filter::parse(&contains).and_then(|filter| filter.check(schema));
        let contains = contains.map_err(|error| error.to_string())?;
        let like = where_sql(&contains, &mapped(&contains, schema, column)?)?;
        let pattern = like.params == [Param::from("%a!_b%")];
        if text.contains("LIKE")
            || !like.sql.contains("LIKE $1::text ESCAPE '!'")
            || like.sql.contains(&never)
            || !pattern
        {
            return Err(format!("escaped otherwise: {text}, {}", like.inlined()));
        }
    }
    if let Some(Value::String(identifier)) = expected.remove("identifier_verbatim") {
        let columns = mapped(checked, schema, Column::new(&identifier).folded("x"))?;
        let all = format!("{}{}", where_sql(checked, &columns)?, columns.ddl().join(""));
        if !all.contains(&format!("\"{identifier}\"")) {
            return Err(format!("{identifier} is not in {all}"));
        }
    }
    expected.retain(|key, _| !["no_function_on_column", "bind", "may_use_in"].contains(&key.as_str()));
    nothing_left(&expected)
}

fn of_a_dialect(expected: &Map<String, Value>, checked: &CheckedFilter, columns: &Columns) -> Result<(), String> {
    let fragment = where_sql(checked, columns)?;
    if expected.contains_key("no_function_on_column") && fragment.sql.matches('(').count() != 1 {
        return Err(format!("a function: {fragment}"));
    }
    if let Some(bind) = expected.get("bind") {
        let params: Vec<Value> = fragment.params.iter().map(value).collect();
        if json!(params) != *bind {
            return Err(format!("bound: {params:?}"));
        }
    }
    let lists = [" IN (", " = ANY("].iter().any(|word| fragment.sql.contains(word));
    if expected.contains_key("may_use_in") && !lists {
        return Err(format!("no list: {fragment}"));
    }
    Ok(())
}

fn value(param: &Param) -> Value {
    match param {
        Param::Bool(value) => json!(value),
        Param::I64(number) => json!(number),
        other => json!(other.to_text()),
    }
}

fn nothing_left(expected: &Map<String, Value>) -> Result<(), String> {
    if expected.is_empty() { Ok(()) } else { Err(format!("nobody reads {expected:?}")) }
}

pub fn expects_of_a_query(case: &mut Case, query: &CheckedQuery, schema: &Schema) -> Result<(), String> {
    let Some(Value::Object(mut expected)) = case.expect.remove("sql") else { return Ok(()) };
    if expected.remove("order_by_has_id") == Some(Value::Bool(true)) {
        for dialect in Dialect::ALL {
            let page =
                Select::new(&standard(schema, dialect)?, "document").page(query).map_err(|error| error.to_string())?;
            let order = page.statement.sql.rsplit_once(" ORDER BY ").map_or("", |(_, order)| order);
            if !order.contains(&format!("{}.{}", dialect.quote("resources"), dialect.quote("id"))) {
                return Err(format!("{dialect}: ordered by {order}"));
            }
        }
    }
    nothing_left(&expected)
}

/// Unassigned last, said where it is not the engine's own order.
pub fn expects_of_an_ordering(case: &mut Case, order: &CheckedOrdering, schema: &Schema) -> Result<(), String> {
    let Some(dialects) = case.expect.remove("dialects") else { return Ok(()) };
    for dialect in dialects.as_array().into_iter().flatten() {
        let dialect: Dialect = dialect.as_str().unwrap_or_default().parse().map_err(|error| format!("{error}"))?;
        let sql = order.order_by_sql(&standard(schema, dialect)?).map_err(|error| error.to_string())?.sql;
        let placed = match dialect {
            Dialect::Postgres => !sql.contains("NULL"),
            Dialect::Sqlite => sql.contains("NULLS LAST"),
            _ => sql.contains("IS NULL), "),
        };
        if !placed {
            return Err(format!("{dialect}: {sql}"));
        }
    }
    Ok(())
}
