//! From an attribute to the SQL of its value, in a row of the resource's table or of its elements.

use super::column::{Column, ColumnType, Fold, Source};
use super::columns::Mapping;
use crate::schema::AttrId;

/// What the columns in an expression are columns of.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What stands before a column's name: the quoted alias and a dot; nothing in a table's own definition.
    pub(super) prefix: String,
    /// The multi-valued attribute whose elements the rows are; `None` for resources.
    pub(super) element: Option<AttrId>,
}

/// One value in SQL.
#[derive(Clone, Debug)]
pub(super) struct Scalar<'m> {
    pub(super) column: &'m Column,
    pub(super) ty: ColumnType,
    /// The value as it is stored.
    pub(super) stored: String,
    /// What is compared: of text, its folded form, or bytes.
    pub(super) compared: String,
    /// Text in reverse, by bytes.
    pub(super) reversed: Option<String>,
    /// Whether `stored = x` is a cheap, wider test, and `compared = x` the exact one: the collation is not one of bytes.
    pub(super) twice: bool,
    pub(super) nullable: bool,
}

impl Mapping {
    /// The resource's table.
    pub(super) fn resource_row(&self) -> Row {
        Row { prefix: format!("{}.", self.dialect.quote(&self.alias)), element: None }
    }

    /// The value of a simple attribute, if it is mapped and of this row.
    pub(super) fn scalar<'m>(&'m self, id: AttrId, row: &Row) -> Option<Scalar<'m>> {
        let column = self.columns.get(&id).filter(|_| self.element_of(id) == row.element)?;
        self.scalar_of(column, row)
    }

    /// The value of a column of this row.
    pub(super) fn scalar_of<'m>(&'m self, column: &'m Column, row: &Row) -> Option<Scalar<'m>> {
        let ty = column.ty?;
        let dialect = self.dialect;
        let named = |name: &str| format!("{}{}", row.prefix, dialect.quote(name));
        let source = row.element.and_then(|id| self.elements.get(&id)).map(|elements| &elements.source);
        let stored = match (source, &column.path) {
            (Some(Source::Array { .. }), _) => format!("{}v", row.prefix),
            (Some(Source::Json { .. }), Some(path)) => dialect.json_element_value(&row.prefix, path, ty),
            (_, Some(path)) => dialect.json_value(&named(&column.name), path, ty),
            (_, None) => named(&column.name),
        };
        let is_column = column.path.is_none() && !matches!(source, Some(Source::Array { .. }));
        let by_bytes = is_column && column.by_bytes;
        let compared = match &column.fold {
            _ if ty != ColumnType::Text => stored.clone(),
            Some(Fold::Column(name)) => named(name),
            Some(Fold::Function) => dialect.by_bytes(&dialect.fold(&stored)?),
            None if by_bytes => stored.clone(),
            None => dialect.by_bytes(&stored),
        };
        Some(Scalar {
            column,
            ty,
            twice: ty == ColumnType::Text && column.fold.is_none() && is_column && !column.by_bytes,
            stored,
            compared,
            reversed: column.reversed.as_deref().map(named),
            nullable: column.nullable || !is_column,
        })
    }

    /// The rows of a multi-valued attribute's elements, for a FROM clause, and the condition that says whose they are.
    pub(super) fn element_rows(&self, id: AttrId, resource: &Row, alias: &str) -> Option<(String, Vec<String>)> {
        let dialect = self.dialect;
        let outer = |name: &str| format!("{}{}", resource.prefix, dialect.quote(name));
        Some(match &self.elements.get(&id)?.source {
            Source::Table { name, keys } => {
                let pairs = keys.iter().map(|(own, of)| format!("{alias}.{} = {}", dialect.quote(own), outer(of)));
                (format!("{} AS {alias}", dialect.quote(name)), pairs.collect())
            }
            Source::Json { column, path } => (dialect.json_elements(&outer(column), path, alias), Vec::new()),
            Source::Array { column } => (format!("unnest({}) AS {alias}(v)", outer(column)), Vec::new()),
        })
    }
}
