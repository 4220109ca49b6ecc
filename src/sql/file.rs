//! A mapping written down: the builder's calls as JSON, or as what else serde reads (the command line reads TOML, too).

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::column::{Column, ColumnType, Elements};
use super::columns::Columns;
use super::dialect::Dialect;
use crate::error::BindError;
use crate::schema::Schema;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    table: String,
    alias: Option<String>,
    document: Option<String>,
    attributes: BTreeMap<String, AttributeEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AttributeEntry {
    column: Option<ColumnEntry>,
    elements: Option<ElementsEntry>,
    presence: Option<String>,
    sort: Option<ColumnEntry>,
}

/// A column's name alone, or with what is to be said of it.
enum ColumnEntry {
    Name(String),
    Column(ColumnFields),
}

/// By hand, because a derived one does not tell which field is wrong.
impl<'de> Deserialize<'de> for ColumnEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ColumnEntry, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(ColumnEntry::Name(name)),
            fields => ColumnFields::deserialize(fields).map(ColumnEntry::Column).map_err(D::Error::custom),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ColumnFields {
    name: String,
    path: Option<Vec<String>>,
    #[serde(rename = "type")]
    ty: Option<ColumnType>,
    #[serde(default)]
    not_null: bool,
    #[serde(default)]
    other_collation: bool,
    folded: Option<String>,
    folded_by_database: Option<String>,
    #[serde(default)]
    folded_by_function: bool,
    reversed: Option<String>,
    #[serde(default)]
    trigram: bool,
    #[serde(default)]
    indexed: bool,
    max_length: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ElementsEntry {
    table: Option<String>,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    json: Option<JsonEntry>,
    array: Option<String>,
    position: Option<String>,
    #[serde(default)]
    never_empty: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct JsonEntry {
    column: String,
    #[serde(default)]
    path: Vec<String>,
}

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
        let file = File::deserialize(document).map_err(|error| BindError::new(format!("columns: {error}")))?;
        let mut builder = Columns::builder(schema, dialect, file.table);
        if let Some(alias) = file.alias {
            builder = builder.alias(alias);
        }
        if let Some(column) = file.document {
            builder = builder.document(column);
        }
        for (name, entry) in file.attributes {
            let of = |error: BindError| BindError::new(format!("attribute `{name}`: {error}"));
            if let Some(elements) = entry.elements {
                builder = builder.elements(&name, elements.build().map_err(of)?);
            }
            if let Some(column) = entry.column {
                builder = builder.column(&name, column.build().map_err(of)?);
            }
            if let Some(column) = entry.sort {
                builder = builder.sort_column(&name, column.build().map_err(of)?);
            }
            if let Some(column) = entry.presence {
                builder = builder.presence(&name, column);
            }
        }
        builder.build()
    }
}

impl ColumnEntry {
    fn build(self) -> Result<Column, BindError> {
        let fields = match self {
            ColumnEntry::Name(name) => return Ok(Column::new(name)),
            ColumnEntry::Column(fields) => fields,
        };
        let mut column = match &fields.path {
            Some(path) => Column::json(fields.name, path.iter().map(String::as_str)),
            None => Column::new(fields.name),
        };
        column = match (fields.folded, fields.folded_by_database, fields.folded_by_function) {
            (None, None, false) => column,
            (Some(twin), None, false) => column.folded(twin),
            (None, Some(twin), false) => column.folded_by_database(twin),
            (None, None, true) => column.folded_by_function(),
            _ => return Err(BindError::new("give one of folded, foldedByDatabase, foldedByFunction")),
        };
        if let Some(ty) = fields.ty {
            column = column.of_type(ty);
        }
        if let Some(twin) = fields.reversed {
            column = column.reversed(twin);
        }
        if let Some(characters) = fields.max_length {
            column = column.max_length(characters);
        }
        column.nullable = !fields.not_null;
        column.by_bytes = !fields.other_collation;
        column.trigram = fields.trigram;
        column.indexed = fields.indexed;
        Ok(column)
    }
}

impl ElementsEntry {
    fn build(self) -> Result<Elements, BindError> {
        let mut elements = match (self.table, self.json, self.array) {
            (Some(table), None, None) => {
                self.keys.into_iter().fold(Elements::table(table), |elements, (own, of)| elements.key(own, of))
            }
            (None, Some(json), None) => Elements::json(json.column, json.path.iter().map(String::as_str)),
            (None, None, Some(column)) => Elements::array(column),
            _ => return Err(BindError::new("its elements are in one of table, json, array")),
        };
        if let Some(position) = self.position {
            elements = elements.position(position);
        }
        Ok(if self.never_empty { elements.never_empty() } else { elements })
    }
}
