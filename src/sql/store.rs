//! From a resource to the rows that it is kept as. What a column cannot hold exactly is refused, never rounded (D9).

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::Value;

use super::column::{Column, ColumnType, Fold, Source};
use super::columns::{Columns, Mapping};
use super::dialect::Dialect;
use super::exact::Fit;
use super::fragment::{Param, SqlFragment, Text};
use crate::check::{At, Literal};
use crate::decimal::Decimal;
use crate::eval::{Node, Place, Typed, each_element, typed};
use crate::fold::fold;
use crate::order::{CheckedOrdering, SortValue};
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
    /// beyond i64, U+0000 on PostgreSQL, several values where one is declared, a tie-breaker that is unassigned.
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
        let mut rows = Rows { mapping, json: mapping.json_columns(), keys: HashMap::new() };
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
    each_element(&At::Declared([id].into()), &mapping.schema, Place::Resource(place), &mut |element| {
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

    fn unstorable(&self, id: AttrId, problem: &'static str) -> StoreError {
        StoreError { attribute: self.schema.attribute(id).full_name().into(), problem }
    }
}

struct Rows<'m> {
    mapping: &'m Mapping,
    /// What goes into JSON columns of the resource's row.
    json: BTreeMap<String, Value>,
    /// What went into the resource's columns, for the keys of its elements' rows.
    keys: HashMap<String, Text>,
}

impl Rows<'_> {
    /// The cells of a resource's row, or of a row of an element's.
    fn cells<'a, N: Node<'a>>(&mut self, element: Option<AttrId>, place: N) -> Result<Cells, StoreError> {
        let mapping = self.mapping;
        let schema = &mapping.schema;
        let mut cells = Cells::new();
        for (id, attribute) in schema.attributes() {
            if mapping.element_of(id) == element {
                if let Some(column) = mapping.columns.get(&id) {
                    let node = self.node_of(id, element, place)?;
                    self.value(id, column, node, element, &mut cells)?;
                }
                if let Some(column) = mapping.presence.get(&id) {
                    let is = element == Some(id) || self.node_of(id, element, place)?.is_some();
                    cells.push((column.clone(), mapping.dialect.typed(Param::Bool(is), ColumnType::Boolean)));
                }
            }
            if element.is_none()
                && let Some(column) = mapping.sort.get(&id)
            {
                let at = At::Declared(schema.line(id));
                let value = CheckedOrdering::value_of(schema, &at, place);
                let literal = literal_of_key(value, !attribute.is_case_exact());
                self.write(id, column, literal, None, &mut cells)?;
            }
        }
        Ok(cells)
    }

    /// The one value of an attribute, seen from the resource or from the element.
    fn node_of<'a, N: Node<'a>>(&self, id: AttrId, element: Option<AttrId>, place: N) -> Result<Option<N>, StoreError> {
        if element == Some(id) {
            return Ok(Some(place));
        }
        let line = self.mapping.schema.line(id);
        let from = line.iter().position(|outer| Some(*outer) == element).map_or(0, |at| at + 1);
        let mut place = place;
        for id in &line[from..] {
            match single(*id, self.mapping, place)? {
                Some(below) => place = below,
                None => return Ok(None),
            }
        }
        Ok(Some(place))
    }

    fn value<'a, N: Node<'a>>(
        &mut self,
        id: AttrId,
        column: &Column,
        node: Option<N>,
        element: Option<AttrId>,
        cells: &mut Cells,
    ) -> Result<(), StoreError> {
        let ty = self.mapping.schema.attribute(id).ty();
        let literal = node.and_then(|node| typed(node.scalar(), ty)).and_then(|value| literal_of(value, false));
        if literal.is_none() && !column.nullable {
            return Err(self.mapping.unstorable(id, "it is unassigned, and its column is never NULL"));
        }
        self.write(id, column, literal, element, cells)
    }

    /// A value, in its column and the column's twins, or in JSON.
    fn write(
        &mut self,
        id: AttrId,
        column: &Column,
        literal: Option<Literal>,
        element: Option<AttrId>,
        cells: &mut Cells,
    ) -> Result<(), StoreError> {
        let dialect = self.mapping.dialect;
        let ty = column.ty.unwrap_or(ColumnType::Text);
        let param = match &literal {
            Some(literal) => self.exact(id, column, literal)?,
            None => Param::Null,
        };
        if let Some(path) = &column.path {
            if let Some(value) = json_of(&param) {
                // A path of an element's table begins at the column all the same.
                match element {
                    None => self.put(&column.name, path, value),
                    Some(_) => {
                        return Err(self.mapping.unstorable(id, "JSON in a table of elements is not written here"));
                    }
                }
            }
        } else {
            // A column that is its own folded form holds that.
            let is_own_fold = column.fold == Some(Fold::Column(column.name.clone()));
            let own = match &param {
                Param::Text(text) if is_own_fold => Param::Text(fold(text).into_owned()),
                other => other.clone(),
            };
            let cell = dialect.typed(own, ty);
            if element.is_none() {
                self.keys.insert(column.name.clone(), cell.clone());
            }
            cells.push((column.name.clone(), cell));
        }
        let folds = !self.mapping.schema.attribute(id).is_case_exact();
        let compared = match &param {
            Param::Text(text) if folds => Param::Text(fold(text).into_owned()),
            other => other.clone(),
        };
        if column.fold_generated {
            return Ok(());
        }
        if let Some(Fold::Column(twin)) =
            column.fold.as_ref().filter(|fold| **fold != Fold::Column(column.name.clone()))
        {
            cells.push((twin.clone(), dialect.typed(compared.clone(), ty)));
        }
        if let Some(twin) = &column.reversed {
            let reversed = match compared {
                Param::Text(text) => Param::Text(text.chars().rev().collect()),
                other => other,
            };
            cells.push((twin.clone(), dialect.typed(reversed, ty)));
        }
        Ok(())
    }

    fn exact(&self, id: AttrId, column: &Column, literal: &Literal) -> Result<Param, StoreError> {
        let dialect = self.mapping.dialect;
        let ty = column.ty.unwrap_or(ColumnType::Text);
        let problem = match (Fit::of(literal, ty, dialect), ty) {
            (Fit::Exact(Param::Text(text)), ColumnType::Text) => {
                let longest = column.max_length.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
                if text.chars().count() > longest {
                    "the text is longer than its column"
                } else if column.path.is_some() && text.contains('\0') {
                    "JSON columns do not keep U+0000"
                } else {
                    return Ok(Param::Text(text));
                }
            }
            (Fit::Exact(param), _) => return Ok(param),
            (Fit::Above(_), ColumnType::Text) => "the database keeps no U+0000 in texts",
            (
                Fit::Above(_),
                ColumnType::Timestamp { .. } | ColumnType::TimestampText { .. } | ColumnType::Epoch { .. },
            ) => "the instant is finer than its column keeps",
            (Fit::Above(_), _) => "the number is not one that its column holds exactly",
            (Fit::BelowAll | Fit::AboveAll, _) => "it lies beyond what its column holds",
        };
        Err(self.mapping.unstorable(id, problem))
    }

    fn array<'a, N: Node<'a>>(&self, id: AttrId, found: &[N]) -> Result<Text, StoreError> {
        let mapping = self.mapping;
        let problem = "its array has no column";
        let column = mapping.columns.get(&id).ok_or_else(|| mapping.unstorable(id, problem))?;
        let ty = mapping.schema.attribute(id).ty();
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for node in found {
            let literal = typed(node.scalar(), ty).and_then(|value| literal_of(value, false));
            match literal.map(|literal| self.exact(id, column, &literal)).transpose()? {
                Some(Param::Text(text)) => texts.push(text),
                Some(Param::I64(number)) => numbers.push(number),
                _ => {}
            }
        }
        let ty = column.ty.unwrap_or(ColumnType::Text);
        let list = if ty == ColumnType::Text { Param::TextArray(texts) } else { Param::I64Array(numbers) };
        Ok(mapping.dialect.typed(list, ty))
    }

    fn json_array<'a, N: Node<'a>>(&self, id: AttrId, found: &[N]) -> Result<Vec<Value>, StoreError> {
        let mapping = self.mapping;
        let mut array = Vec::new();
        for node in found {
            let mut element = Value::Null;
            for (part, column) in mapping.columns.iter().filter(|(part, _)| mapping.element_of(**part) == Some(id)) {
                let ty = mapping.schema.attribute(*part).ty();
                let value = self.node_of(*part, Some(id), *node)?.and_then(|node| typed(node.scalar(), ty));
                if let (Some(literal), Some(path)) = (value.and_then(|value| literal_of(value, false)), &column.path)
                    && let Some(value) = json_of(&self.exact(*part, column, &literal)?)
                {
                    put(&mut element, path, value);
                }
            }
            array.push(element);
        }
        Ok(array)
    }

    fn put(&mut self, column: &str, path: &[String], value: Value) {
        put(self.json.entry(column.to_owned()).or_insert_with(|| Value::Object(serde_json::Map::new())), path, value);
    }
}

/// Sets the value at a path, making objects on the way.
fn put(at: &mut Value, path: &[String], value: Value) {
    let Some((key, rest)) = path.split_first() else {
        *at = value;
        return;
    };
    if !at.is_object() {
        *at = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(members) = at {
        put(members.entry(key.clone()).or_insert(Value::Null), rest, value);
    }
}

fn json_of(param: &Param) -> Option<Value> {
    match param {
        Param::Text(text) => Some(Value::from(text.as_str())),
        Param::Bool(value) => Some(Value::from(*value)),
        Param::I64(number) => Some(Value::from(*number)),
        _ => None,
    }
}

fn literal_of(value: Typed<'_>, folded: bool) -> Option<Literal> {
    Some(match value {
        Typed::Text(text) => Literal::Text { text: text.into(), folded },
        Typed::Instant(instant) => Literal::Instant(instant),
        Typed::Number(number) => Literal::Number(Decimal::from(number)),
        Typed::Bool(value) => Literal::Bool(value),
        Typed::Complex { .. } => return None,
    })
}

/// The literal of a sort key's value.
pub(super) fn literal_of_key(value: SortValue<'_>, folded: bool) -> Option<Literal> {
    literal_of(
        match value {
            SortValue::Bool(value) => Typed::Bool(value),
            SortValue::Number(number) => Typed::Number(number),
            SortValue::Instant(instant) => Typed::Instant(instant),
            SortValue::Text(text) => Typed::Text(text),
            SortValue::Unassigned => return None,
        },
        folded,
    )
}
