//! The databases: definitions, rows, plans and times.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mysql::prelude::Queryable;
use scim_query::sql::{Dialect, Param, SqlFragment};

use crate::Result;
use crate::access::Access;

/// All values as text, as the statements of this program give them.
pub type Row = Vec<Option<String>>;

/// A statement and what is bound to it.
#[derive(Clone, Debug)]
pub struct Statement {
    pub sql: String,
    pub params: Vec<Param>,
}

impl From<SqlFragment> for Statement {
    fn from(fragment: SqlFragment) -> Statement {
        Statement { sql: fragment.sql, params: fragment.params }
    }
}

/// Which plan a prepared statement is run with. Only PostgreSQL tells them apart: a generic one is made without looking at the
/// parameters, as a driver that keeps its statements gets it in the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    Own,
    Generic,
}

const RUNS: usize = 5;
/// What takes so long is not run again.
const ENOUGH: Duration = Duration::from_secs(10);
/// The name of the PostgreSQL schema and the MariaDB database that the tables are in.
const HOME: &str = "scim_query_plans";

pub trait Engine {
    /// With its version.
    fn name(&mut self) -> Result<String>;
    fn plans(&self) -> &'static [Plan] {
        &[Plan::Own]
    }
    /// Statements of definition, without parameters.
    fn define(&mut self, sql: &str) -> Result<()>;
    fn gather_statistics(&mut self) -> Result<()>;
    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>>;
    fn access(&mut self, statement: &Statement, plan: Plan) -> Result<Access>;
    /// Milliseconds until all rows are here: the least of some runs of a prepared statement, after a warm-up.
    fn time(&mut self, statement: &Statement, plan: Plan) -> Result<f64>;
}

/// The one of this name, with no tables in it.
pub fn connect(dialect: Dialect) -> Result<Box<dyn Engine>> {
    let url = |name: &str| std::env::var(name).map_err(|_| format!("no {name}: run it by benches/plans"));
    Ok(match dialect {
        Dialect::Postgres => Box::new(Postgres::connect(&url("SCIM_QUERY_POSTGRES")?)?),
        Dialect::MariaDb => Box::new(MariaDb::connect(&url("SCIM_QUERY_MARIADB")?)?),
        Dialect::Sqlite => Box::new(Sqlite::create()?),
        other => return Err(format!("{other} is not run").into()),
    })
}

fn least(mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    run()?;
    let mut least = Duration::MAX;
    for number in 0..RUNS {
        let run_begin = Instant::now();
        if number > 0 && begin.elapsed() > ENOUGH {
            break;
        }
        run()?;
        least = least.min(run_begin.elapsed());
    }
    Ok(least.as_secs_f64() * 1000.0)
}

struct Postgres(postgres::Client);

impl Postgres {
    fn connect(url: &str) -> Result<Postgres> {
        let mut client = postgres::Client::connect(url, postgres::NoTls)?;
        client.batch_execute(&format!(
            "SET client_min_messages = warning; DROP SCHEMA IF EXISTS {HOME} CASCADE; CREATE SCHEMA {HOME}; \
             SET search_path = {HOME}; SET max_parallel_workers_per_gather = 0"
        ))?;
        Ok(Postgres(client))
    }

    fn choose(&mut self, plan: Plan) -> Result<()> {
        let mode = if plan == Plan::Generic { "force_generic_plan" } else { "force_custom_plan" };
        Ok(self.0.batch_execute(&format!("SET plan_cache_mode = {mode}"))?)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.0.batch_execute(&format!("DROP SCHEMA {HOME} CASCADE"));
    }
}

fn postgres_params(params: &[Param]) -> Vec<&(dyn postgres::types::ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

impl Engine for Postgres {
    fn name(&mut self) -> Result<String> {
        let version: String = self.0.query_one("SHOW server_version", &[])?.get(0);
        Ok(format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default()))
    }

    fn plans(&self) -> &'static [Plan] {
        &[Plan::Own, Plan::Generic]
    }

    fn define(&mut self, sql: &str) -> Result<()> {
        // Each e-mail would be looked up among the users, one by one.
        let sql = format!("SET session_replication_role = replica; {sql}; RESET session_replication_role");
        Ok(self.0.batch_execute(&sql)?)
    }

    fn gather_statistics(&mut self) -> Result<()> {
        // VACUUM now, or the server does it by itself in the middle of a measurement.
        Ok(self.0.batch_execute("VACUUM (ANALYZE)")?)
    }

    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>> {
        let rows = self.0.query(&statement.sql, &postgres_params(&statement.params))?;
        rows.iter().map(|row| (0..row.len()).map(|at| Ok(row.try_get(at)?)).collect()).collect()
    }

    fn access(&mut self, statement: &Statement, plan: Plan) -> Result<Access> {
        self.choose(plan)?;
        let quoted = |text: String| format!("'{}'", text.replace('\'', "''"));
        let literals = statement.params.iter().map(|param| param.to_text().map_or_else(|| "NULL".to_owned(), quoted));
        let literals = literals.collect::<Vec<_>>().join(", ");
        let given = if literals.is_empty() { literals } else { format!("({literals})") };
        self.0.batch_execute(&format!("PREPARE explained AS {}", statement.sql))?;
        let messages = self.0.simple_query(&format!("EXPLAIN (FORMAT JSON) EXECUTE explained{given}"))?;
        self.0.batch_execute("DEALLOCATE explained")?;
        let explained = messages.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(Access::of_postgres(explained.ok_or("no plan")?)?)
    }

    fn time(&mut self, statement: &Statement, plan: Plan) -> Result<f64> {
        self.choose(plan)?;
        let prepared = self.0.prepare(&statement.sql)?;
        let params = postgres_params(&statement.params);
        least(|| self.0.query(&prepared, &params).map(drop).map_err(Into::into))
    }
}

struct MariaDb(mysql::Conn);

impl MariaDb {
    fn connect(url: &str) -> Result<MariaDb> {
        let mut connection = mysql::Conn::new(mysql::Opts::from_url(url)?)?;
        connection.query_drop("SET NAMES utf8mb4, foreign_key_checks = 0, time_zone = '+00:00'")?;
        connection.query_drop(format!("CREATE OR REPLACE DATABASE {HOME}"))?;
        connection.query_drop(format!("USE {HOME}"))?;
        Ok(MariaDb(connection))
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.0.query_drop(format!("DROP DATABASE {HOME}"));
    }
}

fn mysql_params(params: &[Param]) -> mysql::Params {
    let value = |param: &Param| match param {
        Param::Null => mysql::Value::NULL,
        Param::Bool(value) => mysql::Value::Int((*value).into()),
        Param::I64(number) => mysql::Value::Int(*number),
        Param::F64(number) => mysql::Value::Double(*number),
        other => mysql::Value::Bytes(other.to_text().unwrap_or_default().into_bytes()),
    };
    match params {
        [] => mysql::Params::Empty,
        params => mysql::Params::Positional(params.iter().map(value).collect()),
    }
}

fn mysql_text(value: &mysql::Value) -> Option<String> {
    match value {
        mysql::Value::NULL => None,
        mysql::Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        mysql::Value::Int(number) => Some(number.to_string()),
        mysql::Value::UInt(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

impl Engine for MariaDb {
    fn name(&mut self) -> Result<String> {
        let version: Option<String> = self.0.query_first("SELECT version()")?;
        Ok(format!("MariaDB {}", version.unwrap_or_default().split('-').next().unwrap_or_default()))
    }

    fn define(&mut self, sql: &str) -> Result<()> {
        self.0.query_drop("SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')")?;
        self.0.query_drop(sql)?;
        Ok(self.0.query_drop("SET sql_mode = DEFAULT")?)
    }

    fn gather_statistics(&mut self) -> Result<()> {
        Ok(self.0.query_drop("ANALYZE TABLE users, user_emails")?)
    }

    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>> {
        let rows: Vec<mysql::Row> = self.0.exec(&statement.sql, mysql_params(&statement.params))?;
        Ok(rows.into_iter().map(|row| row.unwrap().iter().map(mysql_text).collect()).collect())
    }

    fn access(&mut self, statement: &Statement, _: Plan) -> Result<Access> {
        let explain = format!("EXPLAIN {}", statement.sql);
        let rows: Vec<mysql::Row> = self.0.exec(explain, mysql_params(&statement.params))?;
        let mut access = Access::default();
        for row in &rows {
            let text = |name: &str| {
                let at = row.columns_ref().iter().position(|column| column.name_str() == name);
                at.and_then(|at| mysql_text(&row[at])).unwrap_or_default()
            };
            access.add_mariadb(text);
        }
        Ok(access)
    }

    fn time(&mut self, statement: &Statement, _: Plan) -> Result<f64> {
        let prepared = self.0.prep(&statement.sql)?;
        let params = mysql_params(&statement.params);
        let connection = &mut self.0;
        least(|| connection.exec::<mysql::Row, _, _>(&prepared, &params).map(drop).map_err(Into::into))
    }
}

struct Sqlite {
    connection: rusqlite::Connection,
    folder: PathBuf,
}

impl Sqlite {
    fn create() -> Result<Sqlite> {
        let folder = std::env::temp_dir().join(format!("{HOME}.{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let connection = rusqlite::Connection::open(folder.join("users.db"))?;
        connection.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off")?;
        Ok(Sqlite { connection, folder })
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Engine for Sqlite {
    fn name(&mut self) -> Result<String> {
        Ok(format!("SQLite {}", rusqlite::version()))
    }

    fn define(&mut self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    fn gather_statistics(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("ANALYZE")?)
    }

    fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>> {
        let mut prepared = self.connection.prepare(&statement.sql)?;
        let columns = prepared.column_count();
        let rows = prepared.query_map(rusqlite::params_from_iter(&statement.params), |row| {
            (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<Row>>()
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn access(&mut self, statement: &Statement, _: Plan) -> Result<Access> {
        let mut prepared = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql))?;
        let details = prepared.query_map(rusqlite::params_from_iter(&statement.params), |row| row.get("detail"))?;
        let mut access = Access::default();
        for detail in details {
            let detail: String = detail?;
            access.add_sqlite(&detail);
        }
        Ok(access)
    }

    fn time(&mut self, statement: &Statement, _: Plan) -> Result<f64> {
        let mut prepared = self.connection.prepare(&statement.sql)?;
        least(|| {
            let mut rows = prepared.query(rusqlite::params_from_iter(&statement.params))?;
            while let Some(row) = rows.next()? {
                std::hint::black_box(row.get_ref(0)?);
            }
            Ok(())
        })
    }
}
