//! A database to run statements on, with tables that no other test sees.

use scim_query::sql::{Dialect, Param};

#[path = "../../src/bin/scim-query/database.rs"]
mod database;

use database::Database;
pub(super) use database::Row;

/// A connection. Its tables are its own, and end with it.
pub struct Engine {
    database: Database,
    /// What `DROP DATABASE` is to name at the end.
    own: Option<String>,
}

/// Makes a connection of its own.
pub type Connect = Box<dyn Fn() -> Engine + Sync>;

/// The databases that can be had here, each with a name.
pub fn all() -> Vec<(&'static str, Connect)> {
    let mut engines: Vec<(&'static str, Connect)> = vec![("sqlite", Box::new(|| Engine::new("sqlite::memory:")))];
    for (name, variable) in [("postgres", "SCIM_QUERY_POSTGRES"), ("mariadb", "SCIM_QUERY_MARIADB")] {
        if let Ok(url) = std::env::var(variable) {
            engines.push((name, Box::new(move || Engine::new(&url))));
        }
    }
    engines
}

impl Engine {
    pub fn new(url: &str) -> Engine {
        let database = Database::open(url, true).unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut engine = Engine { database, own: None };
        match engine.dialect() {
            // Temporary tables; the function of the fold is shared.
            Dialect::Postgres => engine.define("SET search_path = pg_temp, public; SET client_min_messages = warning"),
            Dialect::MariaDb | Dialect::MySql => {
                let id = engine.rows("SELECT CONNECTION_ID()", &[])[0][0].clone().expect("a number");
                let own = format!("scim_query_test_{id}");
                engine.define(&format!("CREATE DATABASE {own}"));
                engine.define(&format!("USE {own}"));
                engine.own = Some(own);
            }
            _ => {}
        }
        engine
    }

    pub fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    /// Statements of definition, without parameters.
    pub fn define(&mut self, sql: &str) {
        let shared = sql.starts_with("CREATE EXTENSION") || sql.starts_with("CREATE OR REPLACE FUNCTION");
        // Two connections that create one thing at a time disturb each other: one waits.
        let sql = match shared {
            true => format!(
                "SET search_path = public; SELECT pg_advisory_xact_lock(1); {sql}; SET search_path = pg_temp, public"
            ),
            false => sql.to_owned(),
        };
        self.database.define(&sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    pub fn execute(&mut self, sql: &str, params: &[Param]) {
        self.database.execute(sql, params).unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"));
    }

    pub(super) fn rows(&mut self, sql: &str, params: &[Param]) -> Vec<Row> {
        self.database.rows(sql, params).unwrap_or_else(|error| panic!("{error}\n{sql}\n{params:?}"))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(own) = self.own.take() {
            let _ = self.database.define(&format!("DROP DATABASE {own}"));
        }
    }
}
