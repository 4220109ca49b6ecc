//! How values are bound, compared, ordered and told as text.

use std::borrow::Cow;

use super::Dialect::{self, MariaDb, MySql, Postgres, Sqlite};
use crate::sql::column::ColumnType;
use crate::sql::fragment::Text;
use crate::sql::param::Param;

impl Dialect {
    /// The collation that compares code points, without padding.
    pub(in crate::sql) fn byte_collation(self) -> &'static str {
        match self {
            Postgres => "\"C\"",
            MySql => "utf8mb4_0900_bin",
            MariaDb => "utf8mb4_nopad_bin",
            Sqlite => "BINARY",
        }
    }

    /// A placeholder of a column's type. PostgreSQL would take the type from the column beside it and may then not use an
    /// index, so there it is said.
    pub(in crate::sql) fn typed(self, param: Param, ty: ColumnType) -> Text {
        let mut text = Text::default();
        self.bind(param, ty, &mut text);
        text
    }

    /// [`Dialect::typed`], at the end of a text.
    pub(in crate::sql) fn bind(self, param: Param, ty: ColumnType, text: &mut Text) {
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

    /// An expression in the collation of bytes.
    pub(in crate::sql) fn by_bytes(self, expr: &str) -> String {
        // A type of its own, as citext is, would compare in its own way in any collation.
        let text = if self == Postgres { "::text" } else { "" };
        format!("{expr}{text} COLLATE {}", self.byte_collation())
    }

    /// The fold of an expression by a function (F1): the function `scim_fold` that [`Columns::ddl`](crate::sql::Columns::ddl)
    /// creates on PostgreSQL and that the `rusqlite` adapter registers, and MariaDB's own of Unicode 14. MySQL has none.
    pub(in crate::sql) fn fold(self, expr: &str) -> Option<String> {
        match self {
            Postgres | Sqlite => Some(format!("scim_fold({expr})")),
            MariaDb => Some(format!("LOWER({expr} COLLATE utf8mb4_uca1400_ai_ci)")),
            MySql => None,
        }
    }

    /// Whether a text, an expression of bytes, contains the parameter.
    pub(in crate::sql) fn contains(self, expr: &str, part: &str) -> Text {
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
    pub(in crate::sql) fn ends_with(self, expr: &str, end: &str, negated: bool) -> Text {
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
    pub(in crate::sql) fn like(self, expr: &str, pattern: String, negated: bool) -> Text {
        let mut text = Text::from(format!("{expr} {}LIKE ", if negated { "NOT " } else { "" }));
        text.append(self.typed(Param::Text(pattern), ColumnType::Text));
        text.then(" ESCAPE '!'")
    }

    /// The pattern that means this text and nothing else.
    pub(in crate::sql) fn escaped_for_like(self, text: &str) -> String {
        let mut pattern = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, '!' | '%' | '_') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern
    }

    /// The order of an expression by O2: unassigned last ascending and first descending. The clause is written only where it
    /// is not the engine's own order, because it costs an index.
    pub(in crate::sql) fn order_by(self, expr: &str, descending: bool, nullable: bool, text: &mut Text) {
        let direction = if descending { " DESC" } else { "" };
        let parts: &[&str] = match (self, nullable) {
            (Postgres, _) | (_, false) => &[expr, direction],
            (MySql | MariaDb, true) => &["(", expr, " IS NULL)", direction, ", ", expr, direction],
            (Sqlite, true) => &[expr, direction, if descending { " NULLS FIRST" } else { " NULLS LAST" }],
        };
        parts.iter().for_each(|part| text.push(part));
    }

    /// Not more than any value of the type.
    pub(in crate::sql) fn least(self, ty: ColumnType) -> String {
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
    pub(in crate::sql) fn key_text(self, expr: &str, ty: ColumnType) -> Cow<'_, str> {
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
