//! What a database finds rows best by. None of it changes which rows are found.

use super::Dialect::{self, MariaDb, MySql, Postgres, Sqlite};

impl Dialect {
    /// Whether a sub-query is told better as `key IN (SELECT ..)` than as EXISTS when the condition in it is selective and
    /// has an index.
    pub(in crate::sql) fn prefers_in(self) -> bool {
        self == Sqlite
    }

    /// Whether a selective sub-query beneath an `or` is told better as `key = ANY(ARRAY(SELECT ..))`.
    pub(in crate::sql) fn prefers_any_array(self) -> bool {
        self == Postgres
    }

    /// Whether an order by a nullable column can be read off its index.
    pub(in crate::sql) fn reads_nullable_order_from_index(self) -> bool {
        matches!(self, Postgres | Sqlite)
    }

    /// So many sub-queries of one condition are joined with the table. PostgreSQL weighs every order of its joins, in time that is
    /// a power of their number.
    pub(in crate::sql) fn most_joined(self) -> usize {
        match self {
            Postgres => 8,
            MySql | MariaDb | Sqlite => usize::MAX,
        }
    }

    /// Whether rows of which a key is NULL are ordered by it all the same: PostgreSQL then finds them by the index that begins
    /// with the key, where MariaDB would sort.
    pub(in crate::sql) fn orders_by_what_is_null(self) -> bool {
        self == Postgres
    }

    /// Whether an `or` over the table and its elements is told better as the rows of each term, one after the other.
    pub(in crate::sql) fn prefers_union(self) -> bool {
        matches!(self, MySql | MariaDb)
    }

    /// A join whose left side has few rows, and is to be read first.
    pub(in crate::sql) fn join_of_few(self) -> &'static str {
        match self {
            // CROSS JOIN keeps SQLite from turning it round, STRAIGHT_JOIN the others that might.
            Sqlite => "CROSS JOIN",
            MySql | MariaDb => "STRAIGHT_JOIN",
            Postgres => "JOIN",
        }
    }
}
