//! A mapping written down: the builder's calls as JSON (the command line reads it as TOML, too).

use serde_json::{Map, Value};

use super::column::{Column, ColumnType, Elements};
use super::columns::Columns;
use super::dialect::Dialect;
use crate::error::BindError;
use crate::schema::Schema;

impl Columns {
    /// A mapping from a JSON document: `table`, `alias` and `document` as the builder has them, and `attributes` by their
    /// names, each with `column` (a name, or an object with `name` and the calls of [`Column`] in camel case), `elements`
    /// (`table` with `keys`, `json`, or `array`, and `position`, `neverEmpty`), `presence`, `sort`.
    ///
    /// # Errors
    /// A document of another form, and all that [`ColumnsBuilder::build`](super::ColumnsBuilder::build) refuses.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect};
    /// use scim_query::{Filter, Schema};
    /// use serde_json::json;
    ///
    /// let schema = Schema::user();
    /// let document = json!({
    ///     "table": "users",
    ///     "attributes": {
    ///         "id": {"column": {"name": "id", "notNull": true}},
    ///         "userName": {"column": {"name": "user_name", "folded": "user_name_fold", "indexed": true}},
    ///         "meta.created": {"column": {"name": "created", "type": {"epoch": {"digits": 3}}}},
    ///         "emails": {"elements": {"table": "user_emails", "keys": {"user_id": "id"}}},
    ///         "emails.value": {"column": {"name": "value", "folded": "value_fold"}}
    ///     }
    /// });
    /// let columns = Columns::from_json(&schema, Dialect::Sqlite, &document)?;
    /// let filter = Filter::parse(r#"userName eq "Bob""#)?.check(&schema)?;
    /// assert_eq!(filter.where_sql(&columns)?.sql, r#"("users"."user_name_fold" = ?)"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(schema: &Schema, dialect: Dialect, document: &Value) -> Result<Columns, BindError> {
        let in_columns = |error: BindError| BindError::new(format!("columns: {error}"));
        let file = Fields::of(document, &["table", "alias", "document", "attributes"]).map_err(in_columns)?;
        let (table, attributes) = (file.needed("table", text), file.needed("attributes", object));
        let mut builder = Columns::builder(schema, dialect, table.map_err(in_columns)?);
        if let Some(alias) = file.get("alias", text).map_err(in_columns)? {
            builder = builder.alias(alias);
        }
        if let Some(column) = file.get("document", text).map_err(in_columns)? {
            builder = builder.document(column);
        }
        for (name, entry) in attributes.map_err(in_columns)? {
            let of = |error: BindError| BindError::new(format!("attribute `{name}`: {error}"));
            let entry = Fields::of(entry, &["column", "elements", "presence", "sort"]).map_err(of)?;
            if entry.0.values().all(Value::is_null) {
                return Err(of(BindError::new("nothing is said of it: write column, elements, presence or sort")));
            }
            if let Some(elements) = entry.get("elements", elements).map_err(of)? {
                builder = builder.elements(name, elements);
            }
            if let Some(column) = entry.get("column", column).map_err(of)? {
                builder = builder.column(name, column);
            }
            if let Some(column) = entry.get("sort", column).map_err(of)? {
                builder = builder.sort_column(name, column);
            }
            if let Some(column) = entry.get("presence", text).map_err(of)? {
                builder = builder.presence(name, column);
            }
        }
        builder.build()
    }
}

/// An object of the document, whose fields are known.
struct Fields<'v>(&'v Map<String, Value>);

/// A reader of one value; what it is not, is told.
type Read<'v, T> = fn(&'v Value) -> Result<T, BindError>;

impl<'v> Fields<'v> {
    fn of(value: &'v Value, known: &[&str]) -> Result<Fields<'v>, BindError> {
        let fields = object(value)?;
        match fields.keys().find(|field| !known.contains(&field.as_str())) {
            Some(field) => {
                let known = if known.is_empty() {
                    "this one takes none"
                } else {
                    &*format!("write one of {}", known.join(", "))
                };
                Err(BindError::new(format!("unknown field `{field}`: {known}")))
            }
            None => Ok(Fields(fields)),
        }
    }

    /// `null` is as if it were not there.
    fn get<T>(&self, name: &str, read: Read<'v, T>) -> Result<Option<T>, BindError> {
        let value = self.0.get(name).filter(|value| !value.is_null());
        value.map(read).transpose().map_err(|error| BindError::new(format!("`{name}`: {error}")))
    }

    fn needed<T>(&self, name: &str, read: Read<'v, T>) -> Result<T, BindError> {
        self.get(name, read)?.ok_or_else(|| BindError::new(format!("`{name}` is missing")))
    }

    fn flag(&self, name: &str) -> Result<bool, BindError> {
        Ok(self.get(name, flag)?.unwrap_or_default())
    }
}

fn expected(what: &str, value: &Value) -> BindError {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    BindError::new(format!("expected {what}, found {found}"))
}

fn object(value: &Value) -> Result<&Map<String, Value>, BindError> {
    value.as_object().ok_or_else(|| expected("an object", value))
}

fn text(value: &Value) -> Result<&str, BindError> {
    value.as_str().ok_or_else(|| expected("a string", value))
}

fn flag(value: &Value) -> Result<bool, BindError> {
    value.as_bool().ok_or_else(|| expected("true or false", value))
}

fn texts(value: &Value) -> Result<Vec<&str>, BindError> {
    value.as_array().ok_or_else(|| expected("an array of strings", value))?.iter().map(text).collect()
}

fn pairs(value: &Value) -> Result<Vec<(&str, &str)>, BindError> {
    object(value)?.iter().map(|(key, value)| Ok((key.as_str(), text(value)?))).collect()
}

/// A number that the type has; the builder tells which of them fit.
fn number<T: TryFrom<u64>>(value: &Value) -> Result<T, BindError> {
    let number = value.as_u64().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| BindError::new(format!("expected a small whole number, found {value}")))
}

const OF_A_COLUMN: [&str; 12] = [
    "name",
    "path",
    "type",
    "notNull",
    "otherCollation",
    "folded",
    "foldedByDatabase",
    "foldedByFunction",
    "reversed",
    "trigram",
    "indexed",
    "maxLength",
];

/// A column's name alone, or with what is to be said of it.
fn column(value: &Value) -> Result<Column, BindError> {
    if let Value::String(name) = value {
        return Ok(Column::new(name));
    }
    let fields = Fields::of(value, &OF_A_COLUMN)?;
    let name = fields.needed("name", text)?;
    let mut column = match fields.get("path", texts)? {
        Some(path) => Column::json(name, path),
        None => Column::new(name),
    };
    let folds = (fields.get("folded", text)?, fields.get("foldedByDatabase", text)?, fields.flag("foldedByFunction")?);
    column = match folds {
        (None, None, false) => column,
        (Some(twin), None, false) => column.folded(twin),
        (None, Some(twin), false) => column.folded_by_database(twin),
        (None, None, true) => column.folded_by_function(),
        _ => return Err(BindError::new("give one of folded, foldedByDatabase, foldedByFunction")),
    };
    if let Some(ty) = fields.get("type", column_type)? {
        column = column.of_type(ty);
    }
    if let Some(twin) = fields.get("reversed", text)? {
        column = column.reversed(twin);
    }
    if let Some(characters) = fields.get("maxLength", number)? {
        column = column.max_length(characters);
    }
    column.nullable = !fields.flag("notNull")?;
    column.by_bytes = !fields.flag("otherCollation")?;
    column.trigram = fields.flag("trigram")?;
    column.indexed = fields.flag("indexed")?;
    Ok(column)
}

/// The word for a type, or the word with what it needs: `"text"`, `{"epoch": {"digits": 3}}`.
fn column_type(value: &Value) -> Result<ColumnType, BindError> {
    let nothing = Value::Object(Map::new());
    let (word, fields) = match value {
        Value::String(word) => (word.as_str(), &nothing),
        value => match object(value)?.iter().next() {
            Some((word, fields)) if object(value)?.len() == 1 => (word.as_str(), fields),
            _ => return Err(BindError::new("expected one type")),
        },
    };
    let fields = |known: &[&str]| Fields::of(fields, known);
    let digits = || fields(&["digits"])?.needed("digits", number);
    Ok(match word {
        "text" | "boolean" | "integer" | "double" => {
            fields(&[])?;
            match word {
                "text" => ColumnType::Text,
                "boolean" => ColumnType::Boolean,
                "integer" => ColumnType::Integer,
                _ => ColumnType::Double,
            }
        }
        "decimal" => {
            let fields = fields(&["precision", "scale"])?;
            let (precision, scale) = (fields.needed("precision", number)?, fields.needed("scale", number)?);
            ColumnType::Decimal { precision, scale }
        }
        "timestamp" => ColumnType::Timestamp { digits: digits()? },
        "timestampText" => ColumnType::TimestampText { digits: digits()? },
        "epoch" => ColumnType::Epoch { digits: digits()? },
        _ => {
            let known = "text, boolean, integer, double, decimal, timestamp, timestampText, epoch";
            return Err(BindError::new(format!("unknown type `{word}`: write one of {known}")));
        }
    })
}

fn elements(value: &Value) -> Result<Elements, BindError> {
    let fields = Fields::of(value, &["table", "keys", "json", "array", "position", "neverEmpty"])?;
    let places = (fields.get("table", text)?, fields.get("json", json_place)?, fields.get("array", text)?);
    let mut elements = match &places {
        (Some(table), None, None) => Elements::table(*table),
        (None, Some((column, path)), None) => Elements::json(*column, path.iter().copied()),
        (None, None, Some(column)) => Elements::array(*column),
        _ => return Err(BindError::new("its elements are in one of table, json, array")),
    };
    let keys = fields.get("keys", pairs)?.unwrap_or_default();
    if !keys.is_empty() && places.0.is_none() {
        return Err(BindError::new("`keys` are those of a table"));
    }
    elements = keys.into_iter().fold(elements, |elements, (own, of)| elements.key(own, of));
    if let Some(position) = fields.get("position", text)? {
        elements = elements.position(position);
    }
    Ok(if fields.flag("neverEmpty")? { elements.never_empty() } else { elements })
}

fn json_place(value: &Value) -> Result<(&str, Vec<&str>), BindError> {
    let fields = Fields::of(value, &["column", "path"])?;
    Ok((fields.needed("column", text)?, fields.get("path", texts)?.unwrap_or_default()))
}
