//! Values that are bound to placeholders.

use chrono::{DateTime, Datelike, Utc};

/// A value that is bound to a placeholder. The adapters (features `rusqlite`, `postgres-types`, `sqlx`, `diesel`,
/// `sea-query`) hand it to a driver.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Param {
    /// SQL's NULL. The crate's own fragments have none; rows to be stored do.
    Null,
    /// A boolean; 1 or 0 on MySQL, MariaDB and SQLite.
    Bool(bool),
    /// An integer of 64 bits.
    I64(i64),
    /// A double.
    F64(f64),
    /// Text in UTF-8; also decimals, and on MySQL and MariaDB instants (`2022-05-24 14:15:22.000000`, UTC).
    Text(String),
    /// An instant; on PostgreSQL only.
    Timestamp(DateTime<Utc>),
    /// Several texts as one parameter (`text[]`); on PostgreSQL only.
    TextArray(Vec<String>),
    /// Several integers as one parameter (`bigint[]`); on PostgreSQL only.
    I64Array(Vec<i64>),
}

impl From<&str> for Param {
    fn from(text: &str) -> Param {
        Param::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Param {
        Param::Text(text)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Param {
        Param::I64(number)
    }
}

impl From<bool> for Param {
    fn from(value: bool) -> Param {
        Param::Bool(value)
    }
}

impl Param {
    /// The parameter as PostgreSQL reads it from text: an instant as a timestamp, several values as an array's literal.
    /// `None` for NULL.
    ///
    /// ```
    /// use scim_query::sql::Param;
    ///
    /// let statuses = Param::TextArray(vec!["PENDING".to_owned(), r#"a "b""#.to_owned()]);
    /// assert_eq!(statuses.to_text().as_deref(), Some(r#"{"PENDING","a \"b\""}"#));
    /// assert_eq!(Param::Null.to_text(), None);
    /// ```
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        Some(match self {
            Param::Null => return None,
            Param::Bool(value) => value.to_string(),
            Param::I64(number) => number.to_string(),
            Param::F64(number) => format!("{number:?}"),
            Param::Text(text) => text.clone(),
            Param::Timestamp(instant) => postgres_timestamp(instant),
            Param::TextArray(texts) => {
                let quoted =
                    texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
                format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
            }
            Param::I64Array(numbers) => {
                format!("{{{}}}", numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            }
        })
    }
}

/// PostgreSQL counts years before 1 as BC, and knows no year 0.
fn postgres_timestamp(instant: &DateTime<Utc>) -> String {
    let (year, era) = match instant.year() {
        year if year > 0 => (year, ""),
        year => (1 - year, " BC"),
    };
    format!("{year:04}-{}+00{era}", instant.format("%m-%d %H:%M:%S%.6f"))
}
