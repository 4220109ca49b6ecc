//! From a resource to the rows that it is kept as. What a column cannot hold exactly is refused, never rounded (D9).

mod rows;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use self::rows::Rows;
use super::column::{ColumnType, Source};
use super::columns::{Columns, Mapping};
use super::dialect::Dialect;
use super::fragment::{SqlFragment, Text};
use super::param::Param;
use crate::check::At;
use crate::eval::{Node, Place, each_element};
use crate::schema::AttrId;

/// A resource cannot be kept in these columns without changing what filters say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    attribute: Box<str>,
    problem: &'static str,
}

impl StoreError {
    /// The full name of the attribute.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attribute `{}`: {}", self.attribute, self.problem)
    }
}

impl std::error::Error for StoreError {}

/// The columns of one row and what goes into them.
type Cells = Vec<(String, Text)>;

impl Columns {
    /// The statements that insert a resource: its own row first, then those of its elements. For one table their text is
    /// always the same. `document` is what the [document column](super::ColumnsBuilder::document), if there is one, is to
    /// hold.
    ///
    /// # Errors
    /// With the attribute, a value that a column cannot hold exactly (D9): an instant finer than its precision, an integer
    /// beyond i64, a number beyond the doubles (S11), U+0000 on PostgreSQL, several values where one is declared, a
    /// tie-breaker that is unassigned.
    ///
    /// ```
    /// use scim_query::Schema;
    /// use scim_query::sql::{Columns, Dialect};
    /// use serde_json::json;
    ///
    /// let columns = Columns::standard(&Schema::group(), Dialect::Sqlite, "groups")?;
    /// let group = json!({"id": "g1", "displayName": "Admins", "members": [{"value": "u1"}, {"value": "u2"}]});
    /// let inserts = columns.inserts(&group, "")?;
    /// assert_eq!(inserts.len(), 3);
    /// let named_twice = json!({"id": "g2", "displayName": ["Admins", "Root"]});
    /// assert_eq!(
    ///     columns.inserts(&named_twice, "").unwrap_err().to_string(),
    ///     "attribute `displayName`: it has several values where one is declared"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inserts<'a, N: Node<'a>>(&self, resource: N, document: &str) -> Result<Vec<SqlFragment>, StoreError> {
        let mapping = self.mapping();
        mapping.check_readable(resource)?;
        let mut rows = Rows::new(mapping);
        let mut own = rows.cells(None, resource)?;
        let mut statements = Vec::new();
        for (id, kept) in &mapping.elements {
            let found = elements_of(*id, mapping, resource)?;
            match &kept.source {
                Source::Table { name, keys } => {
                    for (position, element) in found.into_iter().enumerate() {
                        let mut cells = Vec::new();
                        for (column, of) in keys {
                            let problem =
                                "the rows of its elements name a column of the resource that no attribute has";
                            let key = rows.keys.get(of).ok_or_else(|| mapping.unstorable(*id, problem))?;
                            cells.push((column.clone(), key.clone()));
                        }
                        if let Some(column) = &kept.position {
                            let position = i64::try_from(position).unwrap_or(i64::MAX);
                            cells.push((
                                column.clone(),
                                mapping.dialect.typed(Param::I64(position), ColumnType::Integer),
                            ));
                        }
                        cells.extend(rows.cells(Some(*id), element)?);
                        statements.push(insert(mapping.dialect, name, cells));
                    }
                }
                Source::Array { column } => own.push((column.clone(), rows.array(*id, &found)?)),
                Source::Json { column, path } => {
                    let array = rows.json_array(*id, &found)?;
                    rows.put(column, path, Value::Array(array));
                }
            }
        }
        let json: Vec<(String, Value)> = std::mem::take(&mut rows.json).into_iter().collect();
        own.extend(json.into_iter().map(|(column, value)| (column, mapping.dialect.json_param(value.to_string()))));
        if let Some(column) = &mapping.document {
            own.push((column.clone(), mapping.dialect.typed(Param::from(document), ColumnType::Text)));
        }
        statements.insert(0, insert(mapping.dialect, &mapping.table, own));
        Ok(statements)
    }
}

fn insert(dialect: Dialect, table: &str, cells: Cells) -> SqlFragment {
    let names: Vec<String> = cells.iter().map(|(name, _)| dialect.quote(name)).collect();
    let mut text = Text::from(format!("INSERT INTO {} ({}) VALUES (", dialect.quote(table), names.join(", ")));
    for (at, (_, value)) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(", ");
        }
        text.append(value);
    }
    text.then(")").finish(dialect)
}

/// The assigned elements of an attribute that is reached through attributes of one value.
fn elements_of<'a, N: Node<'a>>(id: AttrId, mapping: &Mapping, resource: N) -> Result<Vec<N>, StoreError> {
    let line = mapping.schema.line(id);
    let mut place = resource;
    for outer in &line[..line.len() - 1] {
        match single(*outer, mapping, place)? {
            Some(below) => place = below,
            None => return Ok(Vec::new()),
        }
    }
    Ok(assigned(id, mapping, place))
}

fn assigned<'a, N: Node<'a>>(id: AttrId, mapping: &Mapping, place: N) -> Vec<N> {
    let mut found = Vec::new();
    each_element(&At::Declared([id].into()), &mapping.schema, Place::resource(place), &mut |element| {
        found.push(element.node);
        false
    });
    found
}

/// The one value of an attribute, below what it is a part of.
fn single<'a, N: Node<'a>>(id: AttrId, mapping: &Mapping, place: N) -> Result<Option<N>, StoreError> {
    match assigned(id, mapping, place)[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(mapping.unstorable(id, "it has several values where one is declared")),
    }
}

impl Mapping {
    /// The JSON columns of the resource's table, empty.
    fn json_columns(&self) -> BTreeMap<String, Value> {
        let of_columns =
            self.columns.iter().filter(|(id, column)| column.path.is_some() && self.element_of(**id).is_none());
        let of_elements = self.elements.values().filter_map(|elements| match &elements.source {
            Source::Json { column, .. } => Some(column),
            _ => None,
        });
        let names = of_columns.map(|(_, column)| &column.name).chain(of_elements);
        names.map(|name| (name.clone(), Value::Object(serde_json::Map::new()))).collect()
    }

    /// S11: what is no value in memory would be one in a column that holds more, or be lost.
    fn check_readable<'a, N: Node<'a>>(&self, resource: N) -> Result<(), StoreError> {
        for (id, attribute) in self.schema.roots() {
            let value = attribute.keys().try_fold(resource, |node, key| node.get(key));
            if value.is_some_and(|value| !value.is_readable()) {
                return Err(
                    self.unstorable(id, "a number in it is beyond the doubles, which no other source can hold (S11)")
                );
            }
        }
        Ok(())
    }

    fn unstorable(&self, id: AttrId, problem: &'static str) -> StoreError {
        StoreError { attribute: self.schema.attribute(id).full_name().into(), problem }
    }
}
