//! sea-query.

use sea_query::{Expr, ExprTrait, Value};

use crate::sql::{Param, SqlFragment};

/// A condition among those of a statement that sea-query builds, for the database of the fragment's dialect. sea-query numbers
/// the placeholders anew, so the fragment's text is made anew, too, as by [`SqlFragment::starting_at`]: changes to `sql` are
/// lost. Instants and lists are cast from text, so that any driver sends them. A whole program is in `examples/sql/sea-query`.
///
/// sea-query reads the text to find the placeholders. It takes a backslash for an escape in quoted names and square brackets
/// for quotes, and binds nothing that seems quoted to it: a name with a backslash before a quote or at its end, and the
/// program's own `ARRAY[?]`, are not for it.
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
/// let filter = r#"open eq true and created gt "2022-05-24T14:15:22Z" and id ne "$1?""#;
/// let filter = Filter::parse(filter)?.check(&schema)?;
/// let select = |dialect| {
///     let columns = Columns::builder(&schema, dialect, "tickets")
///         .column("id", Column::new("id").not_null())
///         .column("open", Column::new("open?"))
///         .column("created", Column::new("created"))
///         .build()?;
///     let mut select = Query::select();
///     let condition: Expr = filter.where_sql(&columns)?.into();
///     select.column("id").from("tickets").and_where(Expr::col("tenant").eq(7)).and_where(condition);
///     Ok::<_, Box<dyn std::error::Error>>(select)
/// };
///
/// let (sql, values) = select(Dialect::Postgres)?.build(PostgresQueryBuilder);
/// assert_eq!(
///     sql,
///     r#"SELECT "id" FROM "tickets" WHERE "tenant" = $1 AND (("tickets"."open?" = $2::boolean AND "tickets"."created" > CAST($3 AS text)::timestamptz AND "tickets"."id" <> $4::text))"#
/// );
/// assert_eq!(values.0, [7.into(), true.into(), "2022-05-24 14:15:22.000000+00".into(), "$1?".into()]);
///
/// let (sql, values) = select(Dialect::MariaDb)?.build(MysqlQueryBuilder);
/// assert_eq!(
///     sql,
///     "SELECT `id` FROM `tickets` WHERE `tenant` = ? AND ((`tickets`.`open?` = ? AND `tickets`.`created` > CAST(? AS DATETIME(6)) AND `tickets`.`id` <> ?))"
/// );
/// assert_eq!(values.0, [7.into(), true.into(), "2022-05-24 14:15:22.000000".into(), "$1?".into()]);
///
/// let (sql, values) = select(Dialect::Sqlite)?.build(SqliteQueryBuilder);
/// assert_eq!(
///     sql,
///     r#"SELECT "id" FROM "tickets" WHERE "tenant" = ? AND (("tickets"."open?" = ? AND "tickets"."created" > ? AND "tickets"."id" <> ?))"#
/// );
/// assert_eq!(values.0, [7.into(), true.into(), 1_653_401_722_000_000_i64.into(), "$1?".into()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl From<SqlFragment> for Expr {
    fn from(fragment: SqlFragment) -> Expr {
        // sea-query looks the numbers up in the list of values.
        let fragment = fragment.starting_at(1);
        let values: Vec<Expr> = fragment.params.iter().map(value).collect();
        Expr::cust_with_exprs(fragment.sql, values)
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
