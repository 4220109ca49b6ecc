//! The cells of one row, and JSON columns, from values.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Cells, StoreError, single};
use crate::check::{At, Literal};
use crate::eval::{Node, typed};
use crate::fold::fold;
use crate::order::CheckedOrdering;
use crate::schema::AttrId;
use crate::sql::column::{Column, ColumnType, Fold};
use crate::sql::columns::Mapping;
use crate::sql::exact::Fit;
use crate::sql::fragment::Text;
use crate::sql::literal::{literal_of, literal_of_key};
use crate::sql::param::Param;

/// The rows of one resource in the making.
pub(super) struct Rows<'m> {
    mapping: &'m Mapping,
    /// What goes into JSON columns of the resource's row.
    pub(super) json: BTreeMap<String, Value>,
    /// What went into the resource's columns, for the keys of its elements' rows.
    pub(super) keys: HashMap<String, Text>,
}

impl<'m> Rows<'m> {
    pub(super) fn new(mapping: &'m Mapping) -> Rows<'m> {
        Rows { mapping, json: mapping.json_columns(), keys: HashMap::new() }
    }

    /// The cells of a resource's row, or of a row of an element's.
    pub(super) fn cells<'a, N: Node<'a>>(&mut self, element: Option<AttrId>, place: N) -> Result<Cells, StoreError> {
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

    pub(super) fn array<'a, N: Node<'a>>(&self, id: AttrId, found: &[N]) -> Result<Text, StoreError> {
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

    pub(super) fn json_array<'a, N: Node<'a>>(&self, id: AttrId, found: &[N]) -> Result<Vec<Value>, StoreError> {
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

    pub(super) fn put(&mut self, column: &str, path: &[String], value: Value) {
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
