//! Everything in which databases differ, side by side. No other module asks which database it is for.

mod definitions;
mod plans;
mod values;

use std::fmt;
use std::str::FromStr;

use super::fragment::push_number;
use super::param::Param;
use crate::error::BindError;

/// A database's SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL 14 or later, and what speaks its SQL.
    Postgres,
    /// MySQL 8.0.17 or later. Its text differs from MariaDB's in a collation and in folding only; it is rendered and not run
    /// by this crate's tests.
    MySql,
    /// MariaDB 10.10 or later.
    MariaDb,
    /// SQLite 3.38 or later.
    Sqlite,
}
use Dialect::{MariaDb, MySql, Postgres, Sqlite};

impl Dialect {
    /// All dialects.
    pub const ALL: [Dialect; 4] = [Postgres, MySql, MariaDb, Sqlite];

    /// `postgres`, `mysql`, `mariadb` or `sqlite`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Postgres => "postgres",
            MySql => "mysql",
            MariaDb => "mariadb",
            Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = BindError;

    fn from_str(text: &str) -> Result<Dialect, BindError> {
        let known = Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == text);
        known.ok_or_else(|| {
            BindError::new(format!("unknown dialect `{text}`: write postgres, mysql, mariadb or sqlite"))
        })
    }
}

/// How much a database takes in one statement. Beyond it, a text is refused before it is sent (D7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlLimits {
    /// The most parameters.
    pub params: usize,
    /// The most parentheses that are open at once.
    pub depth: usize,
}

// Text of statements.
impl Dialect {
    /// What was measured, with room for the statement around. SQLite's depth is that of older releases, whose parser has a stack
    /// of 100 entries (`benches/depth`). A program that brings a later one may raise it, by
    /// [`ColumnsBuilder::limits`](crate::sql::ColumnsBuilder::limits).
    #[must_use]
    pub fn limits(self) -> SqlLimits {
        match self {
            Postgres => SqlLimits { params: 65_000, depth: 1_000 },
            MySql | MariaDb => SqlLimits { params: 65_000, depth: 400 },
            Sqlite => SqlLimits { params: 32_000, depth: 24 },
        }
    }

    pub(super) fn placeholder(self, sql: &mut String, number: usize) {
        match self {
            Postgres => {
                sql.push('$');
                push_number(sql, number);
            }
            MySql | MariaDb | Sqlite => sql.push('?'),
        }
    }

    /// The longest name of a table, column or index, in bytes.
    pub(super) fn longest_name(self) -> usize {
        match self {
            Postgres => 63,
            MySql | MariaDb => 64,
            Sqlite => 1_000,
        }
    }

    /// A name of a table or column, quoted.
    ///
    /// ```
    /// use scim_query::sql::Dialect;
    ///
    /// assert_eq!(Dialect::Postgres.quote("a\"b"), r#""a""b""#);
    /// assert_eq!(Dialect::MySql.quote("a"), "`a`");
    /// ```
    #[must_use]
    pub fn quote(self, name: &str) -> String {
        match self {
            MySql | MariaDb => format!("`{}`", name.replace('`', "``")),
            Postgres | Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text of the mapping, never of a request, as a literal.
    pub(super) fn string(self, text: &str) -> String {
        let quoted = text.replace('\'', "''");
        match self {
            MySql | MariaDb => format!("'{}'", quoted.replace('\\', "\\\\")),
            Postgres | Sqlite => format!("'{quoted}'"),
        }
    }

    /// A parameter as a literal, for reading.
    pub(super) fn literal(self, param: &Param) -> String {
        match param {
            Param::Null => "NULL".to_owned(),
            Param::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
            Param::I64(_) | Param::F64(_) => param.to_text().unwrap_or_default(),
            other => self.string(&other.to_text().unwrap_or_default()),
        }
    }

    /// More terms than this in one chain of `AND` or `OR` are balanced with parentheses: SQLite's trees may be 1,000 deep, and
    /// a chain is a tree of its length.
    pub(super) fn longest_chain(self) -> usize {
        match self {
            Sqlite => 400,
            Postgres | MySql | MariaDb => usize::MAX,
        }
    }
}
