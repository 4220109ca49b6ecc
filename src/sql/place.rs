//! From an attribute to the SQL of its value, in a row of the resource's table or of its elements.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::column::{Column, ColumnType, Fold, Source};
use super::columns::Mapping;
use crate::schema::AttrId;

/// SQL of a value, as the mapping has written it once for all statements, or as it is written for a place of one.
#[derive(Clone, Debug)]
pub(super) enum Sql<'m> {
    Kept(&'m str),
    Made(Arc<str>),
}

impl Deref for Sql<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Sql::Kept(sql) => sql,
            Sql::Made(sql) => sql,
        }
    }
}

impl From<String> for Sql<'_> {
    fn from(sql: String) -> Self {
        Sql::Made(sql.into())
    }
}

impl PartialEq for Sql<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Display for Sql<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// What the columns in an expression are columns of.
#[derive(Clone, Debug)]
pub(super) struct Row<'m> {
    /// What stands before a column's name: the quoted alias and a dot; nothing in a table's own definition.
    pub(super) prefix: Sql<'m>,
    /// The multi-valued attribute whose elements the rows are; `None` for resources.
    pub(super) element: Option<AttrId>,
}

/// One value in SQL.
#[derive(Clone, Debug)]
pub(super) struct Scalar<'m> {
    pub(super) column: &'m Column,
    pub(super) ty: ColumnType,
    /// The value as it is stored.
    pub(super) stored: Sql<'m>,
    /// What is compared: of text, its folded form, or bytes.
    pub(super) compared: Sql<'m>,
    /// Text in reverse, by bytes.
    pub(super) reversed: Option<Sql<'m>>,
    /// Whether `stored = x` is a cheap, wider test, and `compared = x` the exact one: the collation is not one of bytes.
    pub(super) twice: bool,
    pub(super) nullable: bool,
}

/// What a mapping writes in every statement, written once.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    prefix: String,
    from: String,
    /// Of each attribute of the schema, in its order, whose elements it is of, and its value in the resource's own row.
    attributes: Vec<(Option<AttrId>, Option<Written>)>,
}

/// A value: its column, and its expressions as it is stored, compared and in reverse.
#[derive(Debug)]
struct Written {
    column: Column,
    stored: String,
    compared: String,
    reversed: Option<String>,
}

impl Mapping {
    /// Writes what every statement has, once the mapping is complete.
    pub(super) fn prepare(&mut self) {
        let table = self.dialect.quote(&self.table);
        let from = match self.alias == self.table {
            true => table,
            false => format!("{table} AS {}", self.dialect.quote(&self.alias)),
        };
        let prefix = format!("{}.", self.dialect.quote(&self.alias));
        self.prepared = Prepared { prefix, from, attributes: Vec::new() };
        let row = self.resource_row();
        let written = |id: AttrId| {
            let Scalar { column, stored, compared, reversed, .. } = self.scalar(id, &row)?;
            let (stored, compared) = (stored.to_string(), compared.to_string());
            Some(Written { column: column.clone(), stored, compared, reversed: reversed.map(|sql| sql.to_string()) })
        };
        let attributes = self.schema.attributes().map(|(id, _)| (self.element_of(id), written(id)));
        self.prepared.attributes = attributes.collect();
    }

    /// The table, by the name that queries know it by.
    pub(super) fn from(&self) -> &str {
        &self.prepared.from
    }

    /// The multi-valued attribute whose elements an attribute is, or is a part of.
    pub(super) fn element_of(&self, id: AttrId) -> Option<AttrId> {
        match self.prepared.attributes.get(id.index()) {
            Some((element, _)) => *element,
            None => self.schema.line(id).iter().copied().rfind(|id| self.schema.attribute(*id).is_multi_valued()),
        }
    }

    /// The resource's table.
    pub(super) fn resource_row(&self) -> Row<'_> {
        Row { prefix: Sql::Kept(&self.prepared.prefix), element: None }
    }

    /// The value of a simple attribute, if it is mapped and of this row.
    pub(super) fn scalar<'m>(&'m self, id: AttrId, row: &Row<'_>) -> Option<Scalar<'m>> {
        if let Some((None, Some(written))) = self.prepared.attributes.get(id.index())
            && let Row { prefix: Sql::Kept(_), element: None } = row
        {
            let Written { column, stored, compared, reversed } = written;
            let reversed = reversed.as_deref().map(Sql::Kept);
            return Some(self.scalar_as(column, row, Sql::Kept(stored), Sql::Kept(compared), reversed));
        }
        let column = self.columns.get(&id).filter(|_| self.element_of(id) == row.element)?;
        self.scalar_of(column, row)
    }

    /// The value of a column of this row.
    pub(super) fn scalar_of<'m>(&'m self, column: &'m Column, row: &Row<'_>) -> Option<Scalar<'m>> {
        let ty = column.ty?;
        let dialect = self.dialect;
        let named = |name: &str| format!("{}{}", row.prefix, dialect.quote(name));
        let stored: Sql<'_> = match (self.source(row), &column.path) {
            (Some(Source::Array { .. }), _) => format!("{}v", row.prefix),
            (Some(Source::Json { .. }), Some(path)) => dialect.json_element_value(&row.prefix, path, ty),
            (_, Some(path)) => dialect.json_value(&named(&column.name), path, ty),
            (_, None) => named(&column.name),
        }
        .into();
        let by_bytes = self.is_column(column, row) && column.by_bytes;
        let compared = match &column.fold {
            _ if ty != ColumnType::Text => stored.clone(),
            Some(Fold::Column(name)) => named(name).into(),
            Some(Fold::Function) => dialect.by_bytes(&dialect.fold(&stored)?).into(),
            None if by_bytes => stored.clone(),
            None => dialect.by_bytes(&stored).into(),
        };
        let reversed = column.reversed.as_deref().map(|name| named(name).into());
        Some(self.scalar_as(column, row, stored, compared, reversed))
    }

    /// The value of a column, as it is written in this row.
    fn scalar_as<'m>(
        &self,
        column: &'m Column,
        row: &Row<'_>,
        stored: Sql<'m>,
        compared: Sql<'m>,
        reversed: Option<Sql<'m>>,
    ) -> Scalar<'m> {
        let ty = column.ty.unwrap_or(ColumnType::Text);
        let is_column = self.is_column(column, row);
        let twice = ty == ColumnType::Text && column.fold.is_none() && is_column && !column.by_bytes;
        Scalar { column, ty, twice, stored, compared, reversed, nullable: column.nullable || !is_column }
    }

    fn source(&self, row: &Row<'_>) -> Option<&Source> {
        row.element.and_then(|id| self.elements.get(&id)).map(|elements| &elements.source)
    }

    /// Whether the value is a column's, not a part of one.
    fn is_column(&self, column: &Column, row: &Row<'_>) -> bool {
        column.path.is_none() && !matches!(self.source(row), Some(Source::Array { .. }))
    }

    /// The rows of a multi-valued attribute's elements, for a FROM clause, and the condition that says whose they are.
    pub(super) fn element_rows(&self, id: AttrId, resource: &Row<'_>, alias: &str) -> Option<(String, Vec<String>)> {
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
