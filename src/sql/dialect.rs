//! Everything in which databases differ, side by side. No other file asks which database it is for.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::str::FromStr;

use super::column::ColumnType;
use super::fragment::{Param, Text};
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
                // Writing to a string does not fail.
                let _ = write!(sql, "${number}");
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

// Values.
impl Dialect {
    /// The collation that compares code points, without padding.
    pub(super) fn byte_collation(self) -> &'static str {
        match self {
            Postgres => "\"C\"",
            MySql => "utf8mb4_0900_bin",
            MariaDb => "utf8mb4_nopad_bin",
            Sqlite => "BINARY",
        }
    }

    /// A placeholder of a column's type. PostgreSQL would take the type from the column beside it and may then not use an
    /// index, so there it is said.
    pub(super) fn typed(self, param: Param, ty: ColumnType) -> Text {
        let mut text = Text::default();
        self.bind(param, ty, &mut text);
        text
    }

    /// [`Dialect::typed`], at the end of a text.
    pub(super) fn bind(self, param: Param, ty: ColumnType, text: &mut Text) {
        match (self, ty) {
            (Postgres, _) => {
                let is_list = matches!(param, Param::TextArray(_) | Param::I64Array(_));
                text.bind(param);
                text.push(match ty {
                    ColumnType::Text | ColumnType::TimestampText { .. } => "::text",
                    ColumnType::Boolean => "::boolean",
                    ColumnType::Integer | ColumnType::Epoch { .. } => "::bigint",
                    ColumnType::Double => "::float8",
                    ColumnType::Decimal { .. } => "::text::numeric",
                    ColumnType::Timestamp { .. } => "::timestamptz",
                });
                if is_list {
                    text.push("[]");
                }
            }
            (MySql | MariaDb, ColumnType::Decimal { precision, scale }) => {
                text.push("CAST(");
                text.bind(param);
                text.push(&format!(" AS DECIMAL({precision},{scale}))"));
            }
            (MySql | MariaDb, ColumnType::Timestamp { digits }) => {
                text.push("CAST(");
                text.bind(param);
                text.push(&format!(" AS DATETIME({digits}))"));
            }
            _ => text.bind(param),
        }
    }

    /// Whether there are array columns.
    pub(super) fn has_arrays(self) -> bool {
        self == Postgres
    }

    /// Whether there are indexes of trigrams.
    pub(super) fn has_trigrams(self) -> bool {
        self == Postgres
    }

    /// Whether there are types for instants and exact decimals.
    pub(super) fn has_exact_types(self) -> bool {
        self != Sqlite
    }

    /// The first year of timestamps, where they are sent as text.
    pub(super) fn first_year_of_text(self) -> Option<i32> {
        match self {
            MySql | MariaDb => Some(1000),
            Postgres | Sqlite => None,
        }
    }

    /// Whether generated columns can hold folded text: there is a function that stays with the table.
    pub(super) fn generates_folds(self) -> bool {
        matches!(self, Postgres | MariaDb)
    }

    /// Whether the function of the fold is one that is to be created.
    pub(super) fn defines_fold(self) -> bool {
        self == Postgres
    }

    /// Whether several values are one parameter.
    pub(super) fn has_lists(self) -> bool {
        self == Postgres
    }

    /// Whether a text may hold U+0000. PostgreSQL's may not; MySQL and MariaDB store it and do not sort by it.
    pub(super) fn holds_nul(self) -> bool {
        self == Sqlite
    }

    /// The longest text, in characters, that is ordered by all of it: MySQL and MariaDB sort by the first 1,024 bytes
    /// (`max_sort_length`).
    pub(super) fn longest_sorted(self) -> Option<u32> {
        match self {
            MySql | MariaDb => Some(256),
            Postgres | Sqlite => None,
        }
    }

    /// An expression in the collation of bytes.
    pub(super) fn by_bytes(self, expr: &str) -> String {
        // A type of its own, as citext is, would compare in its own way in any collation.
        let text = if self == Postgres { "::text" } else { "" };
        format!("{expr}{text} COLLATE {}", self.byte_collation())
    }

    /// The fold of an expression by a function (F1): the function `scim_fold` that [`Columns::ddl`](super::Columns::ddl)
    /// creates on PostgreSQL and that the `rusqlite` adapter registers, and MariaDB's own of Unicode 14. MySQL has none.
    pub(super) fn fold(self, expr: &str) -> Option<String> {
        match self {
            Postgres | Sqlite => Some(format!("scim_fold({expr})")),
            MariaDb => Some(format!("LOWER({expr} COLLATE utf8mb4_uca1400_ai_ci)")),
            MySql => None,
        }
    }

    /// Whether a text, an expression of bytes, contains the parameter.
    pub(super) fn contains(self, expr: &str, part: &str) -> Text {
        let mut text = Text::default();
        match self {
            Postgres => text.push(&format!("strpos({expr}, ")),
            MySql | MariaDb => text.push("LOCATE("),
            Sqlite => text.push(&format!("instr({expr}, ")),
        }
        text.append(self.typed(Param::from(part), ColumnType::Text));
        match self {
            MySql | MariaDb => text.push(&format!(", {expr}) > 0")),
            Postgres | Sqlite => text.push(") > 0"),
        }
        text
    }

    /// Whether a text ends (or with `negated` does not end) with the parameter. SQLite's `substr` stops at U+0000 unless it
    /// counts bytes; a suffix in UTF-8 is one in bytes.
    pub(super) fn ends_with(self, expr: &str, end: &str, negated: bool) -> Text {
        let is = if negated { "<>" } else { "=" };
        let length = |count: usize| Param::I64(i64::try_from(count).unwrap_or(i64::MAX));
        let mut text = Text::default();
        match self {
            Postgres => {
                text.push(&format!("right({expr}, "));
                text.append(self.typed(length(end.chars().count()), ColumnType::Integer));
                text.push(&format!("::int) {is} "));
                text.append(self.typed(Param::from(end), ColumnType::Text));
            }
            MySql | MariaDb => {
                text.push(&format!("RIGHT({expr}, "));
                text.bind(length(end.chars().count()));
                text.push(&format!(") {is} "));
                text.bind(Param::from(end));
            }
            Sqlite => {
                // Of an empty text `substr` is NULL.
                text.push(if negated { "(" } else { "" });
                text.push(&format!("substr(CAST({expr} AS BLOB), -"));
                text.bind(length(end.len()));
                text.push(&format!(") {is} CAST("));
                text.bind(Param::from(end));
                text.push(" AS BLOB)");
                text.push(&if negated { format!(" OR {expr} = '')") } else { String::new() });
            }
        }
        text
    }

    /// `expr LIKE pattern`, with the escape character said: databases differ in their default (D4).
    pub(super) fn like(self, expr: &str, pattern: String, negated: bool) -> Text {
        let mut text = Text::from(format!("{expr} {}LIKE ", if negated { "NOT " } else { "" }));
        text.append(self.typed(Param::Text(pattern), ColumnType::Text));
        text.then(" ESCAPE '!'")
    }

    /// The pattern that means this text and nothing else.
    pub(super) fn escaped_for_like(self, text: &str) -> String {
        let mut pattern = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, '!' | '%' | '_') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern
    }

    /// Whether a sub-query is told better as `key IN (SELECT ..)` than as EXISTS when the condition in it is selective and
    /// has an index.
    pub(super) fn prefers_in(self) -> bool {
        self == Sqlite
    }

    /// Whether a selective sub-query beneath an `or` is told better as `key = ANY(ARRAY(SELECT ..))`.
    pub(super) fn prefers_any_array(self) -> bool {
        self == Postgres
    }

    /// The order of an expression by O2: unassigned last ascending and first descending. The clause is written only where it
    /// is not the engine's own order, because it costs an index.
    pub(super) fn order_by(self, expr: &str, descending: bool, nullable: bool, text: &mut Text) {
        let direction = if descending { " DESC" } else { "" };
        let parts: &[&str] = match (self, nullable) {
            (Postgres, _) | (_, false) => &[expr, direction],
            (MySql | MariaDb, true) => &["(", expr, " IS NULL)", direction, ", ", expr, direction],
            (Sqlite, true) => &[expr, direction, if descending { " NULLS FIRST" } else { " NULLS LAST" }],
        };
        parts.iter().for_each(|part| text.push(part));
    }

    /// Whether an order by a nullable column can be read off its index.
    pub(super) fn reads_nullable_order_from_index(self) -> bool {
        matches!(self, Postgres | Sqlite)
    }

    /// So many sub-queries of one condition are joined with the table. PostgreSQL weighs every order of its joins, in time that is
    /// a power of their number.
    pub(super) fn most_joined(self) -> usize {
        match self {
            Postgres => 8,
            MySql | MariaDb | Sqlite => usize::MAX,
        }
    }

    /// Whether rows of which a key is NULL are ordered by it all the same: PostgreSQL then finds them by the index that begins
    /// with the key, where MariaDB would sort.
    pub(super) fn orders_by_what_is_null(self) -> bool {
        self == Postgres
    }

    /// Whether an `or` over the table and its elements is told better as the rows of each term, one after the other.
    pub(super) fn prefers_union(self) -> bool {
        matches!(self, MySql | MariaDb)
    }

    /// A join whose left side has few rows, and is to be read first.
    pub(super) fn join_of_few(self) -> &'static str {
        match self {
            // CROSS JOIN keeps SQLite from turning it round, STRAIGHT_JOIN the others that might.
            Sqlite => "CROSS JOIN",
            MySql | MariaDb => "STRAIGHT_JOIN",
            Postgres => "JOIN",
        }
    }

    /// Not more than any value of the type.
    pub(super) fn least(self, ty: ColumnType) -> String {
        match (self, ty) {
            (_, ColumnType::Text | ColumnType::TimestampText { .. }) => "''".into(),
            (_, ColumnType::Boolean) => "FALSE".into(),
            (_, ColumnType::Integer | ColumnType::Epoch { .. }) => {
                "CAST('-9223372036854775808' AS ".to_owned()
                    + match self {
                        Postgres => "bigint)",
                        MySql | MariaDb => "SIGNED)",
                        Sqlite => "INTEGER)",
                    }
            }
            (Postgres, ColumnType::Double) => "'-Infinity'::float8".into(),
            (_, ColumnType::Double) => "-1.7976931348623157e308".into(),
            (_, ColumnType::Decimal { precision, .. }) => format!("-{}", "9".repeat(usize::from(precision))),
            (Postgres, ColumnType::Timestamp { .. }) => "'-infinity'::timestamptz".into(),
            (_, ColumnType::Timestamp { .. }) => "CAST('1000-01-01 00:00:00' AS DATETIME(6))".into(),
        }
    }

    /// A sort key as text that says the value exactly.
    pub(super) fn key_text(self, expr: &str, ty: ColumnType) -> Cow<'_, str> {
        Cow::Owned(match (self, ty) {
            (_, ColumnType::Text | ColumnType::TimestampText { .. }) => return Cow::Borrowed(expr),
            (Postgres, ColumnType::Timestamp { .. }) => {
                format!("((extract(epoch FROM {expr}) * 1000000)::bigint)::text")
            }
            (Postgres, ColumnType::Boolean) => format!("({expr})::int::text"),
            // Its bits: how many digits its text has is a setting.
            (Postgres, ColumnType::Double) => format!("'x' || encode(float8send({expr}), 'hex')"),
            (Postgres, _) => format!("({expr})::text"),
            (MySql | MariaDb, ColumnType::Double) => format!("CAST(CAST({expr} AS DOUBLE) AS CHAR)"),
            (MySql | MariaDb, _) => format!("CAST({expr} AS CHAR)"),
            // A double's text has 15 digits, which do not say it exactly.
            (Sqlite, ColumnType::Double) => format!("CASE WHEN {expr} IS NOT NULL THEN printf('%!.17g', {expr}) END"),
            (Sqlite, _) => format!("CAST({expr} AS TEXT)"),
        })
    }
}

/// `2022-05-24T14:15:22.123456789Z`.
const LONGEST_INSTANT: u32 = 30;

// Definitions and rows.
impl Dialect {
    /// The type of a column, with the collation of bytes for text that has no other.
    pub(super) fn column_type(self, ty: ColumnType, by_bytes: bool, max_length: Option<u32>) -> String {
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

    pub(super) fn json_type(self) -> &'static str {
        match self {
            Postgres => "jsonb",
            MySql | MariaDb => "json",
            Sqlite => "TEXT",
        }
    }

    pub(super) fn document_type(self) -> &'static str {
        match self {
            Postgres => "text",
            MySql | MariaDb => "longtext CHARACTER SET utf8mb4",
            Sqlite => "TEXT",
        }
    }

    /// How much of a long text an index holds; nothing where it holds all of it.
    pub(super) fn index_prefix(self) -> &'static str {
        match self {
            MySql | MariaDb => "(191)",
            Postgres | Sqlite => "",
        }
    }

    pub(super) fn has_expression_indexes(self) -> bool {
        matches!(self, Postgres | Sqlite)
    }

    pub(super) fn json_param(self, json: String) -> Text {
        let mut text = Text::default();
        text.bind(Param::Text(json));
        match self {
            Postgres => text.then("::text::jsonb"),
            MySql | MariaDb | Sqlite => text,
        }
    }
}
