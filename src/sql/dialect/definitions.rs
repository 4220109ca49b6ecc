//! Which types and indexes there are, and what they hold.

use super::Dialect::{self, MariaDb, MySql, Postgres, Sqlite};
use crate::sql::column::ColumnType;
use crate::sql::fragment::Text;
use crate::sql::param::Param;

/// `2022-05-24T14:15:22.123456789Z`.
const LONGEST_INSTANT: u32 = 30;

impl Dialect {
    /// The type of a column, with the collation of bytes for text that has no other.
    pub(in crate::sql) fn column_type(self, ty: ColumnType, by_bytes: bool, max_length: Option<u32>) -> String {
        let collation = |text: String| match (self, by_bytes) {
            (_, false) | (Sqlite, _) => text,
            (Postgres, true) => format!("{text} COLLATE {}", self.byte_collation()),
            (MySql | MariaDb, true) => format!("{text} CHARACTER SET utf8mb4 COLLATE {}", self.byte_collation()),
        };
        match (self, ty) {
            (_, ColumnType::TimestampText { .. }) => self.column_type(ColumnType::Text, true, Some(LONGEST_INSTANT)),
            (Sqlite, ColumnType::Text) => "TEXT".into(),
            (Sqlite, ColumnType::Double) => "REAL".into(),
            (Sqlite, _) => "INTEGER".into(),
            (Postgres, ColumnType::Text) => {
                collation(max_length.map_or_else(|| "text".to_owned(), |most| format!("varchar({most})")))
            }
            (MySql | MariaDb, ColumnType::Text) => {
                collation(max_length.map_or_else(|| "longtext".to_owned(), |most| format!("varchar({most})")))
            }
            (_, ColumnType::Boolean) => "boolean".into(),
            (_, ColumnType::Integer | ColumnType::Epoch { .. }) => "bigint".into(),
            (Postgres, ColumnType::Double) => "float8".into(),
            (MySql | MariaDb, ColumnType::Double) => "double".into(),
            (_, ColumnType::Decimal { precision, scale }) => format!("decimal({precision},{scale})"),
            (Postgres, ColumnType::Timestamp { digits }) => format!("timestamptz({digits})"),
            (MySql | MariaDb, ColumnType::Timestamp { digits }) => format!("datetime({digits})"),
        }
    }

    pub(in crate::sql) fn json_type(self) -> &'static str {
        match self {
            Postgres => "jsonb",
            MySql | MariaDb => "json",
            Sqlite => "TEXT",
        }
    }

    pub(in crate::sql) fn document_type(self) -> &'static str {
        match self {
            Postgres => "text",
            MySql | MariaDb => "longtext CHARACTER SET utf8mb4",
            Sqlite => "TEXT",
        }
    }

    /// How much of a long text an index holds; nothing where it holds all of it.
    pub(in crate::sql) fn index_prefix(self) -> &'static str {
        match self {
            MySql | MariaDb => "(191)",
            Postgres | Sqlite => "",
        }
    }

    pub(in crate::sql) fn has_expression_indexes(self) -> bool {
        matches!(self, Postgres | Sqlite)
    }

    pub(in crate::sql) fn json_param(self, json: String) -> Text {
        let mut text = Text::default();
        text.bind(Param::Text(json));
        match self {
            Postgres => text.then("::text::jsonb"),
            MySql | MariaDb | Sqlite => text,
        }
    }

    /// Whether there are array columns.
    pub(in crate::sql) fn has_arrays(self) -> bool {
        self == Postgres
    }

    /// Whether there are indexes of trigrams.
    pub(in crate::sql) fn has_trigrams(self) -> bool {
        self == Postgres
    }

    /// Whether there are types for instants and exact decimals.
    pub(in crate::sql) fn has_exact_types(self) -> bool {
        self != Sqlite
    }

    /// The first year of timestamps, where they are sent as text.
    pub(in crate::sql) fn first_year_of_text(self) -> Option<&'static str> {
        match self {
            MySql | MariaDb => Some("1000"),
            Postgres | Sqlite => None,
        }
    }

    /// Whether generated columns can hold folded text: there is a function that stays with the table.
    pub(in crate::sql) fn generates_folds(self) -> bool {
        matches!(self, Postgres | MariaDb)
    }

    /// Whether the function of the fold is one that is to be created.
    pub(in crate::sql) fn defines_fold(self) -> bool {
        self == Postgres
    }

    /// Whether several values are one parameter.
    pub(in crate::sql) fn has_lists(self) -> bool {
        self == Postgres
    }

    /// Whether a text may hold U+0000. PostgreSQL's may not; MySQL and MariaDB store it and do not sort by it.
    pub(in crate::sql) fn holds_nul(self) -> bool {
        self == Sqlite
    }

    /// The longest text, in characters, that is ordered by all of it: MySQL and MariaDB sort by the first 1,024 bytes
    /// (`max_sort_length`).
    pub(in crate::sql) fn longest_sorted(self) -> Option<u32> {
        match self {
            MySql | MariaDb => Some(256),
            Postgres | Sqlite => None,
        }
    }
}
