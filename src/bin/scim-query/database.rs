//! A connection to a database, whichever it is. Everything comes back as text. The tests use it, too.

use std::collections::HashMap;

use mysql::prelude::Queryable;
use postgres::types::ToSql;
use rusqlite::OpenFlags;
use scim_query::sql::{Dialect, Param, register_fold};

pub(crate) type Row = Vec<Option<String>>;

pub(crate) enum Database {
    Sqlite(rusqlite::Connection),
    Postgres { client: Box<postgres::Client>, prepared: HashMap<String, postgres::Statement> },
    MySql { connection: Box<mysql::Conn>, dialect: Dialect },
}
use Database::{MySql, Postgres, Sqlite};

impl Database {
    /// `sqlite:FILE`, `postgres://..` or `mysql://..`. With `create`, a file that is not there is made.
    pub(crate) fn open(url: &str, create: bool) -> Result<Database, String> {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        match scheme {
            "sqlite" => {
                let file = url.trim_start_matches("sqlite:").trim_start_matches("//");
                if file.is_empty() {
                    return Err("write the file, as in sqlite:requests.db".into());
                }
                let create = if create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
                let connection = rusqlite::Connection::open_with_flags(file, flags);
                let connection = connection.map_err(|error| format!("{file}: {error}"))?;
                register_fold(&connection).map_err(|error| error.to_string())?;
                Ok(Sqlite(connection))
            }
            "postgres" | "postgresql" => {
                let client = postgres::Client::connect(url, postgres::NoTls).map_err(|error| told(&error))?;
                Ok(Postgres { client: Box::new(client), prepared: HashMap::new() })
            }
            "mysql" | "mariadb" => {
                let url = format!("mysql:{}", url.split_once(':').map_or("", |(_, rest)| rest));
                let options = mysql::Opts::from_url(&url).map_err(|error| error.to_string())?;
                let mut connection = mysql::Conn::new(options).map_err(|error| told_by_mysql(&error))?;
                let version: Option<String> =
                    connection.query_first("SELECT VERSION()").map_err(|error| told_by_mysql(&error))?;
                let is_maria = version.is_some_and(|version| version.contains("MariaDB"));
                let dialect = if is_maria { Dialect::MariaDb } else { Dialect::MySql };
                // Comparisons are of code points, in whatever way the server was set up.
                connection.query_drop("SET NAMES utf8mb4").map_err(|error| told_by_mysql(&error))?;
                Ok(MySql { connection: Box::new(connection), dialect })
            }
            _ => Err("write the database as sqlite:FILE, postgres://.. or mysql://..".into()),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Sqlite(_) => Dialect::Sqlite,
            Postgres { .. } => Dialect::Postgres,
            MySql { dialect, .. } => *dialect,
        }
    }

    /// Statements without parameters, such as those that define tables.
    pub(crate) fn define(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
            Postgres { client, .. } => client.batch_execute(sql).map_err(|error| told(&error)),
            MySql { connection, .. } => connection.query_drop(sql).map_err(|error| told_by_mysql(&error)),
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param]) -> Result<(), String> {
        match self {
            Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).map_err(|error| error.to_string())?;
                statement.execute(rusqlite::params_from_iter(params)).map(drop).map_err(|error| error.to_string())
            }
            Postgres { client, prepared } => {
                if !prepared.contains_key(sql) {
                    let statement = client.prepare(sql).map_err(|error| told(&error))?;
                    prepared.insert(sql.to_owned(), statement);
                }
                client.execute(&prepared[sql], &references(params)).map(drop).map_err(|error| told(&error))
            }
            MySql { connection, .. } => {
                connection.exec_drop(sql, mysql_params(params)).map_err(|error| told_by_mysql(&error))
            }
        }
    }

    pub(crate) fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, String> {
        match self {
            Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).map_err(|error| error.to_string())?;
                let columns = statement.column_count();
                let rows = statement.query_map(rusqlite::params_from_iter(params), |row| {
                    (0..columns).map(|at| row.get_ref(at).map(sqlite_text)).collect()
                });
                rows.and_then(Iterator::collect).map_err(|error| error.to_string())
            }
            Postgres { client, .. } => {
                let rows = client.query(sql, &references(params)).map_err(|error| told(&error))?;
                rows.iter().map(|row| (0..row.len()).map(|at| postgres_text(row, at)).collect()).collect()
            }
            MySql { connection, .. } => {
                let rows: Vec<mysql::Row> =
                    connection.exec(sql, mysql_params(params)).map_err(|error| told_by_mysql(&error))?;
                Ok(rows
                    .into_iter()
                    .map(|row| row.unwrap_raw().into_iter().map(|value| value.and_then(mysql_text)).collect())
                    .collect())
            }
        }
    }
}

/// What the server says, or why there is none, which the driver's own sentence leaves out.
fn told(error: &postgres::Error) -> String {
    use std::error::Error;
    let cause = error.as_db_error().map(ToString::to_string).or_else(|| error.source().map(ToString::to_string));
    cause.unwrap_or_else(|| error.to_string())
}

fn told_by_mysql(error: &mysql::Error) -> String {
    match error {
        mysql::Error::MySqlError(error) => error.message.clone(),
        other => other.to_string(),
    }
}

fn references(params: &[Param]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

fn mysql_params(params: &[Param]) -> mysql::Params {
    let value = |param: &Param| match param {
        Param::Bool(value) => mysql::Value::Int((*value).into()),
        Param::I64(number) => mysql::Value::Int(*number),
        Param::F64(number) => mysql::Value::Double(*number),
        other => other.to_text().map_or(mysql::Value::NULL, |text| mysql::Value::Bytes(text.into_bytes())),
    };
    if params.is_empty() {
        return mysql::Params::Empty;
    }
    mysql::Params::Positional(params.iter().map(value).collect())
}

fn sqlite_text(value: rusqlite::types::ValueRef<'_>) -> Option<String> {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn postgres_text(row: &postgres::Row, at: usize) -> Result<Option<String>, String> {
    use postgres::types::Type;
    let text = match *row.columns()[at].type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|number| number.map(|number| number.to_string())),
        Type::BOOL => row.try_get::<_, Option<bool>>(at).map(|value| value.map(|value| value.to_string())),
        _ => row.try_get::<_, Option<String>>(at),
    };
    text.map_err(|error| error.to_string())
}

fn mysql_text(value: mysql::Value) -> Option<String> {
    match value {
        mysql::Value::NULL => None,
        mysql::Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        mysql::Value::Int(number) => Some(number.to_string()),
        mysql::Value::UInt(number) => Some(number.to_string()),
        other => Some(other.as_sql(true)),
    }
}
