//! rusqlite: parameters, and the fold.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Result};

use crate::fold::fold;
use crate::sql::Param;

/// `statement.query(rusqlite::params_from_iter(&fragment.params))`.
impl ToSql for Param {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self {
            Param::Null => ToSqlOutput::Owned(Value::Null),
            Param::Bool(value) => ToSqlOutput::Owned(Value::Integer((*value).into())),
            Param::I64(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Param::F64(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Param::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            // No text for SQLite has them.
            Param::Timestamp(_) | Param::TextArray(_) | Param::I64Array(_) => {
                ToSqlOutput::Owned(self.to_text().map_or(Value::Null, Value::Text))
            }
        })
    }
}

/// Gives a connection the function `scim_fold`, which [`Column::folded_by_function`](crate::sql::Column::folded_by_function)
/// uses. Each connection needs it, before an index over it is used.
///
/// # Errors
/// Those of SQLite.
///
/// ```
/// use scim_query::sql::register_fold;
///
/// let connection = rusqlite::Connection::open_in_memory()?;
/// register_fold(&connection)?;
/// let folded: String = connection.query_row("SELECT scim_fold('ÄRGER')", [], |row| row.get(0))?;
/// assert_eq!(folded, "ärger");
/// # Ok::<(), rusqlite::Error>(())
/// ```
pub fn register_fold(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("scim_fold", 1, flags, |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) => Some(fold(&String::from_utf8_lossy(bytes)).into_owned()),
            _ => None,
        })
    })
}
