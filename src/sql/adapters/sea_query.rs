//! sea-query.

use sea_query::{Expr, ExprTrait, Value};

use crate::sql::{Param, SqlFragment};

/// A condition among those of a statement that sea-query builds, for the database of the fragment's dialect. sea-query numbers
/// the placeholders anew, so the fragment's text is made anew, too, as by [`SqlFragment::starting_at`]: changes to `sql` are
/// lost. Instants and lists are cast from text, so that any driver sends them. A whole program is in `examples/sql/sea-query`.
///
/// ```
/// use scim_query::sql::{Column, Columns, Dialect};
/// use scim_query::{AttributeDef, Filter, Schema, Type};
/// use sea_query::{Expr, ExprTrait, MysqlQueryBuilder, PostgresQueryBuilder, Query, SqliteQueryBuilder};
///
/// let schema = Schema::builder("urn:example:2.0:Ticket")
///     .attribute(AttributeDef::new("id", Type::String).case_exact())
///     .attribute(AttributeDef::new("open", Type::Boolean))
///     .attribute(AttributeDef::new("created", Type::DateTime))
///     .build()?;
/// let filter = Filter::parse(r#"open eq true and created gt "2022-05-24T14:15:22Z""#)?.check(&schema)?;
/// let select = |dialect| {
///     let columns = Columns::builder(&schema, dialect, "t")
///         .column("id", Column::new("id").not_null().max_length(20))
///         .column("open", Column::new("open?"))
///         .column("created", Column::new("created"))
///         .build()?;
///     let condition = Expr::from(filter.where_sql(&columns)?);
///     let mut select = Query::select();
///     select.column("id").from("t").and_where(Expr::col("tenant").eq(7)).and_where(condition);
///     Ok::<_, Box<dyn std::error::Error>>(select)
/// };
///
/// let (sql, values) = select(Dialect::Postgres)?.build(PostgresQueryBuilder);
/// let expected = r#"SELECT "id" FROM "t" WHERE "tenant" = $1 AND (("t"."open?" =  $2 ::boolean AND "t"."created" >  CAST($3 AS text) ::timestamptz))"#;
/// assert_eq!(sql, expected);
/// assert_eq!(values.0, [7.into(), true.into(), "2022-05-24 14:15:22.000000+00".into()]);
///
/// let (sql, values) = select(Dialect::MariaDb)?.build(MysqlQueryBuilder);
/// let expected = "SELECT `id` FROM `t` WHERE `tenant` = ? AND ((`t`.`open?` =  ?  AND `t`.`created` > CAST( ?  AS DATETIME(6))))";
/// assert_eq!(sql, expected);
/// assert_eq!(values.0, [7.into(), true.into(), "2022-05-24 14:15:22.000000".into()]);
///
/// let (sql, values) = select(Dialect::Sqlite)?.build(SqliteQueryBuilder);
/// let expected = r#"SELECT "id" FROM "t" WHERE "tenant" = ? AND (("t"."open?" =  ?  AND "t"."created" >  ? ))"#;
/// assert_eq!(sql, expected);
/// assert_eq!(values.0, [7.into(), true.into(), 1_653_401_722_000_000_i64.into()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl From<SqlFragment> for Expr {
    fn from(fragment: SqlFragment) -> Expr {
        // sea-query reads a text to find its placeholders, and not as databases do: it gets one that has nothing else.
        let mut parts = Vec::new();
        let last = fragment.fill(|sql, param| {
            parts.push(Expr::cust(std::mem::take(sql)));
            parts.push(value(param));
        });
        parts.push(Expr::cust(last));
        let mut template = String::new();
        for number in 1..=parts.len() {
            template.push_str(if number > 1 { " " } else { "" });
            fragment.dialect().placeholder(&mut template, number);
        }
        Expr::cust_with_exprs(template, parts)
    }
}

fn value(param: &Param) -> Expr {
    match param {
        Param::Null => Expr::val(Value::String(None)),
        Param::Bool(value) => Expr::val(*value),
        Param::I64(number) => Expr::val(*number),
        Param::F64(number) => Expr::val(*number),
        Param::Text(text) => Expr::val(text.as_str()),
        // sea-query has values of its own for these only with features that its drivers then need, too. tokio-postgres asks the
        // server for a parameter's type, and has to be told text.
        Param::Timestamp(_) | Param::TextArray(_) | Param::I64Array(_) => Expr::val(param.to_text()).cast_as("text"),
    }
}
