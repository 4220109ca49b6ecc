//! A million users and their e-mails, made in the database by two statements.

use chrono::DateTime;
use scim_query::sql::{Column, Columns, Dialect, Elements};
use scim_query::{AttributeDef, BindError, Schema, Type};

use crate::Result;
use crate::engine::Engine;

/// The first user was created then, in seconds since 1970: 2020-01-01T00:00:00Z.
const FIRST_CREATED: u64 = 1_577_836_800;
/// Between the first users of two minutes; each minute has two users, so that pages need the tie-breaker.
const SECONDS_APART: u64 = 60;
/// With more users than this, the numbers below repeat.
pub const MOST_ROWS: u64 = ID_STEP - 1;

/// Ids, names and titles are multiples of these primes modulo the rows: each number once, in an order that is not that of
/// `created`. An index of one column then says nothing of where the rows of another lie.
const ID_STEP: u64 = 7_368_787;
const NAME_STEP: u64 = 9_174_937;
const TITLE_STEP: u64 = 8_617_501;

/// About so many users share a title.
const USERS_OF_A_TITLE: u64 = 20;

pub fn schema() -> std::result::Result<Schema, BindError> {
    let emails = [
        AttributeDef::new("value", Type::String),
        AttributeDef::new("type", Type::String).canonical_values(["work", "home", "other"]),
    ];
    Schema::builder("urn:example:2.0:User")
        .attribute(AttributeDef::new("id", Type::String).case_exact())
        .attribute(AttributeDef::new("userName", Type::String))
        .attribute(AttributeDef::new("title", Type::String).case_exact())
        .attribute(AttributeDef::new("created", Type::DateTime))
        .attribute(AttributeDef::new("logins", Type::Integer))
        .attribute(AttributeDef::new("active", Type::Boolean))
        .attribute(AttributeDef::new("emails", Type::Complex).multi_valued().sub_attributes(emails))
        .build()
}

pub fn columns(schema: &Schema, dialect: Dialect) -> std::result::Result<Columns, BindError> {
    // Only MariaDB needs to know how long texts may be, to index and order by all of them.
    let text = |name: &str| match dialect {
        Dialect::MariaDb => Column::new(name).max_length(100),
        _ => Column::new(name),
    };
    let folded = |column: Column, twin: &str| match dialect {
        Dialect::Sqlite => column.folded(twin),
        _ => column.folded_by_database(twin),
    };
    Columns::builder(schema, dialect, "users")
        .column("id", text("id").not_null())
        .column("userName", folded(text("user_name"), "user_name_fold").not_null().indexed())
        .column("title", text("title").indexed())
        .column("created", Column::new("created").not_null().indexed())
        .column("logins", Column::new("logins").not_null().indexed())
        .column("active", Column::new("active").not_null())
        .elements("emails", Elements::table("user_emails").key("user_id", "id").position("position").never_empty())
        .column("emails.value", folded(text("value"), "value_fold").indexed())
        .column("emails.type", text("type").folded("type"))
        .build()
}

/// Creates the tables, fills them, then makes the indexes: that is quicker than keeping them up to date.
pub fn load(engine: &mut dyn Engine, columns: &Columns, rows: u64) -> Result<()> {
    let ddl = columns.ddl();
    let (indexes, tables): (Vec<_>, Vec<_>) = ddl.iter().partition(|sql| sql.starts_with("CREATE INDEX"));
    for sql in tables {
        engine.define(sql)?;
    }
    engine.define(&users(columns.dialect(), rows))?;
    engine.define(&emails(columns.dialect(), rows))?;
    for sql in indexes {
        engine.define(sql)?;
    }
    engine.gather_statistics()
}

/// The name that the user of a number has; its folded form.
pub fn user_name(number: u64) -> String {
    format!("user{number:08}@example.com")
}

pub fn title(number: u64) -> String {
    format!("Engineer {number:08}")
}

pub fn email(number: u64, kind: &str) -> String {
    format!("user{number:08}@{kind}.example.com")
}

/// The number of a title that somebody has.
pub fn some_title(rows: u64) -> u64 {
    2 * TITLE_STEP % titles(rows)
}

/// The number of a user, in names and addresses, who has an address for work.
pub fn some_name(rows: u64) -> u64 {
    2 * NAME_STEP % rows
}

/// When the user was created who is the `number`th.
pub fn created(number: u64) -> Result<String> {
    let seconds = i64::try_from(FIRST_CREATED + number / 2 * SECONDS_APART)?;
    Ok(DateTime::from_timestamp(seconds, 0).ok_or("no such instant")?.to_rfc3339())
}

/// How many titles there are.
pub fn titles(rows: u64) -> u64 {
    (rows / USERS_OF_A_TITLE).max(1)
}

/// A number of eight digits, as text.
fn digits(dialect: Dialect, number: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("printf('%08d', {number})"),
        Dialect::Postgres => format!("lpad(({number})::text, 8, '0')"),
        _ => format!("lpad({number}, 8, '0')"),
    }
}

/// The numbers from 1 on, as `n` of the table `numbers`: what stands before the SELECT, and the table.
fn numbers(dialect: Dialect, rows: u64) -> (String, String) {
    match dialect {
        Dialect::Sqlite => (
            format!("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) "),
            "numbers".to_owned(),
        ),
        Dialect::Postgres => (String::new(), format!("generate_series(1::bigint, {rows}) AS numbers(n)")),
        _ => (String::new(), format!("(SELECT seq AS n FROM seq_1_to_{rows}) AS numbers")),
    }
}

/// An insertion of all rows. The data is ASCII, so that on SQLite `lower` makes folded twins; the others make them themselves.
fn insertion(dialect: Dialect, table: &str, cells: &[(&str, String)], select: &str, key: &str) -> String {
    let twins = cells.iter().filter(|(name, _)| dialect == Dialect::Sqlite && ["user_name", "value"].contains(name));
    let twins: Vec<_> = twins.map(|(name, cell)| (format!("{name}_fold"), format!("lower({cell})"))).collect();
    let own = cells.iter().map(|(name, cell)| ((*name).to_owned(), cell.clone()));
    let (names, cells): (Vec<String>, Vec<String>) = own.chain(twins).unzip();
    // MariaDB's tables are in the order of their keys: in any other, they are slow to fill.
    let order = if dialect == Dialect::MariaDb { format!(" ORDER BY {key}") } else { String::new() };
    format!("INSERT INTO {table} ({}) {}", names.join(", "), select.replace("$cells", &cells.join(", ")) + &order)
}

fn users(dialect: Dialect, rows: u64) -> String {
    let titles = titles(rows);
    let seconds = format!("(n - n % 2) / 2 * {SECONDS_APART}");
    let created = match dialect {
        Dialect::Sqlite => format!("({FIRST_CREATED} + {seconds}) * 1000000"),
        Dialect::Postgres => format!("to_timestamp({FIRST_CREATED} + {seconds})"),
        _ => format!("TIMESTAMP'2020-01-01 00:00:00' + INTERVAL ({seconds}) SECOND"),
    };
    let cells = [
        ("id", digits(dialect, &format!("n * {ID_STEP} % {rows}"))),
        ("user_name", format!("'User' || {} || '@Example.COM'", digits(dialect, &format!("n * {NAME_STEP} % {rows}")))),
        // Every fifth user has none.
        (
            "title",
            format!(
                "CASE WHEN n % 5 <> 3 THEN 'Engineer ' || {} END",
                digits(dialect, &format!("n * {TITLE_STEP} % {titles}"))
            ),
        ),
        ("created", created),
        ("logins", format!("n * {ID_STEP} % {rows} * 3")),
        ("active", "n % 10 <> 0".to_owned()),
    ];
    let (with, from) = numbers(dialect, rows);
    insertion(dialect, "users", &cells, &format!("{with}SELECT $cells FROM {from}"), "1")
}

/// None to three of each user, 1.6 on average.
fn emails(dialect: Dialect, rows: u64) -> String {
    let kind = "CASE position WHEN 0 THEN 'work' WHEN 1 THEN 'home' ELSE 'other' END";
    let name = digits(dialect, &format!("n * {NAME_STEP} % {rows}"));
    let cells = [
        ("user_id", digits(dialect, &format!("n * {ID_STEP} % {rows}"))),
        ("position", "position".to_owned()),
        ("value", format!("'User' || {name} || '@' || {kind} || '.Example.com'")),
        ("type", kind.to_owned()),
    ];
    let (with, from) = numbers(dialect, rows);
    let select = format!(
        "{with}SELECT $cells FROM {from} CROSS JOIN (SELECT 0 AS position UNION ALL SELECT 1 UNION ALL SELECT 2) AS positions \
         WHERE position < CASE n % 5 WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 4 THEN 3 ELSE 2 END"
    );
    insertion(dialect, "user_emails", &cells, &select, "1, 2")
}
