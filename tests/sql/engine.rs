//! A database to run statements on. All values come back as text.

use scim_query::sql::{Dialect, Param};

pub type Row = Vec<Option<String>>;

pub trait Engine {
    fn dialect(&self) -> Dialect;
    /// Statements of definition, without parameters.
    fn define(&mut self, sql: &str);
    fn execute(&mut self, sql: &str, params: &[Param]);
    fn rows(&mut self, sql: &str, params: &[Param]) -> Vec<Row>;
}

/// Makes a connection of its own.
pub type Connect = Box<dyn Fn() -> Box<dyn Engine> + Sync>;

/// Those that can be had here, each with a name.
pub fn all() -> Vec<(&'static str, Connect)> {
    let mut engines: Vec<(&'static str, Connect)> = vec![("sqlite", Box::new(|| Box::new(Sqlite::new())))];
    if let Ok(url) = std::env::var("SCIM_QUERY_POSTGRES") {
        engines.push(("postgres", Box::new(move || Box::new(Postgres::new(&url)))));
    }
    if let Ok(url) = std::env::var("SCIM_QUERY_MARIADB") {
        engines.push(("mariadb", Box::new(move || Box::new(MariaDb::new(&url)))));
    }
    engines
}

struct Sqlite(rusqlite::Connection);

impl Sqlite {
    fn new() -> Sqlite {
        let connection = rusqlite::Connection::open_in_memory().expect("a database in memory");
        scim_query::sql::register_fold(&connection).expect("the fold");
        Sqlite(connection)
    }
}

impl Engine for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn define(&mut self, sql: &str) {
        self.0.execute_batch(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    fn execute(&mut self, sql: &str, params: &[Param]) {
        let done = self.0.execute(sql, rusqlite::params_from_iter(params));
        done.unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"));
    }

    fn rows(&mut self, sql: &str, params: &[Param]) -> Vec<Row> {
        let mut prepared = self.0.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let columns = prepared.column_count();
        let rows = prepared.query_map(rusqlite::params_from_iter(params), |row| {
            (0..columns)
                .map(|at| {
                    Ok(match row.get_ref(at)? {
                        rusqlite::types::ValueRef::Null => None,
                        rusqlite::types::ValueRef::Integer(number) => Some(number.to_string()),
                        rusqlite::types::ValueRef::Real(number) => Some(number.to_string()),
                        rusqlite::types::ValueRef::Text(text) => Some(String::from_utf8(text.to_vec()).expect("UTF-8")),
                        rusqlite::types::ValueRef::Blob(_) => panic!("a blob"),
                    })
                })
                .collect()
        });
        rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"))
    }
}

struct Postgres(postgres::Client);

impl Postgres {
    fn new(url: &str) -> Postgres {
        let mut client = postgres::Client::connect(url, postgres::NoTls).expect("a connection to PostgreSQL");
        // Each test has a schema of its own, gone with its connection.
        client.batch_execute("SET search_path = pg_temp, public; SET client_min_messages = warning").expect("settings");
        Postgres(client)
    }
}

impl Engine for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn define(&mut self, sql: &str) {
        let public = sql.starts_with("CREATE EXTENSION") || sql.starts_with("CREATE OR REPLACE FUNCTION");
        let path = if public { "public" } else { "pg_temp, public" };
        // Two connections that create one thing at a time disturb each other: one waits.
        let sql = format!(
            "SET search_path = {path}; SELECT pg_advisory_xact_lock(1); {sql}; SET search_path = pg_temp, public"
        );
        self.0.batch_execute(&sql).unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }

    fn execute(&mut self, sql: &str, params: &[Param]) {
        let params: Vec<&(dyn postgres::types::ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        let done = self.0.execute(sql, &params);
        done.unwrap_or_else(|error| panic!("{error:?}\n{sql}\n{params:?}"));
    }

    fn rows(&mut self, sql: &str, params: &[Param]) -> Vec<Row> {
        let params: Vec<&(dyn postgres::types::ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        let rows = self.0.query(sql, &params);
        let rows = rows.unwrap_or_else(|error| panic!("{error:?}\n{sql}\n{params:?}"));
        let text = |row: &postgres::Row, at: usize| match *row.columns()[at].type_() {
            postgres::types::Type::INT8 => row.get::<_, Option<i64>>(at).map(|number| number.to_string()),
            postgres::types::Type::BOOL => row.get::<_, Option<bool>>(at).map(|value| value.to_string()),
            _ => row.get::<_, Option<String>>(at),
        };
        rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect()
    }
}

struct MariaDb(mysql::Conn);

impl MariaDb {
    fn new(url: &str) -> MariaDb {
        use mysql::prelude::Queryable;
        let mut connection = mysql::Conn::new(mysql::Opts::from_url(url).expect("a URL")).expect("a connection");
        // Tables of definition are seen by one connection only.
        connection.query_drop("SET NAMES utf8mb4").expect("settings");
        let own = format!("scim_query_test_{}", connection.connection_id());
        connection.query_drop(format!("CREATE DATABASE {own}")).expect("a database");
        connection.query_drop(format!("USE {own}")).expect("a database");
        MariaDb(connection)
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        use mysql::prelude::Queryable;
        let own = format!("scim_query_test_{}", self.0.connection_id());
        let _ = self.0.query_drop(format!("DROP DATABASE {own}"));
    }
}

fn mysql_params(params: &[Param]) -> mysql::Params {
    let value = |param: &Param| match param {
        Param::Null => mysql::Value::NULL,
        Param::Bool(value) => mysql::Value::Int((*value).into()),
        Param::I64(number) => mysql::Value::Int(*number),
        Param::F64(number) => mysql::Value::Double(*number),
        other => mysql::Value::Bytes(other.to_text().expect("text").into_bytes()),
    };
    if params.is_empty() {
        return mysql::Params::Empty;
    }
    mysql::Params::Positional(params.iter().map(value).collect())
}

impl Engine for MariaDb {
    fn dialect(&self) -> Dialect {
        Dialect::MariaDb
    }

    fn define(&mut self, sql: &str) {
        use mysql::prelude::Queryable;
        self.0.query_drop(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    fn execute(&mut self, sql: &str, params: &[Param]) {
        use mysql::prelude::Queryable;
        let done = self.0.exec_drop(sql, mysql_params(params));
        done.unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"));
    }

    fn rows(&mut self, sql: &str, params: &[Param]) -> Vec<Row> {
        use mysql::prelude::Queryable;
        let rows: Result<Vec<mysql::Row>, _> = self.0.exec(sql, mysql_params(params));
        let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"));
        let text = |value: mysql::Value| match value {
            mysql::Value::NULL => None,
            mysql::Value::Bytes(bytes) => Some(String::from_utf8(bytes).expect("UTF-8")),
            mysql::Value::Int(number) => Some(number.to_string()),
            mysql::Value::UInt(number) => Some(number.to_string()),
            other => panic!("no text: {other:?}"),
        };
        rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect()
    }
}
