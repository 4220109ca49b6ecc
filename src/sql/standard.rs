//! The mapping that a schema has by itself: columns for attributes of one value, tables for those of several.

use std::collections::HashSet;

use super::column::{Column, ColumnType, Elements};
use super::columns::{Columns, ColumnsBuilder};
use super::dialect::Dialect;
use crate::error::BindError;
use crate::schema::{AttrId, Attribute, Schema, Type};

/// How long a text may be that MySQL and MariaDB index as a whole and order by: many such columns have to fit a row.
const INDEXED_LENGTH: u32 = 191;

impl Columns {
    /// The mapping for a new table: a column for each attribute of one value, named as the attribute in snake case; a table
    /// for each of several, named `table_attribute`, with the columns `resource_id` (and more for a composite tie-breaker) and
    /// `position`; folded twins that end in `_fold`, made by the database on PostgreSQL and MariaDB; instants as
    /// [text](ColumnType::TimestampText), which holds them to the nanosecond, as no database's own type does; indexes on what can
    /// be filtered on or ordered by, of elements on their `value`; and the column `document` with the whole resource.
    /// [`Columns::ddl`] creates it. A name that is taken gets the schema's or a number.
    ///
    /// What a client may never read (S16) has no column, nor has what lies in the elements of a part of an attribute of several
    /// values. On MySQL and MariaDB, texts that can be ordered by have at most 191 characters.
    ///
    /// # Errors
    /// The open schema, a name that the database does not take.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect};
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::user();
    /// let columns = Columns::standard(&schema, Dialect::Sqlite, "users")?;
    /// let filter = Filter::parse(r#"name.familyName eq "Jensen""#)?.check(&schema)?;
    /// assert_eq!(filter.where_sql(&columns)?.sql, r#"("users"."name_family_name_fold" = ?)"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn standard(schema: &Schema, dialect: Dialect, table: &str) -> Result<Columns, BindError> {
        let mut layout = Layout {
            schema,
            dialect,
            table,
            builder: Columns::builder(schema, dialect, table).document("document"),
            taken: HashSet::from([(None, "document".to_owned())]),
            tables: HashSet::from([table.to_owned()]),
        };
        // The tie-breakers first: elements refer to their columns. What may not be read is never asked for (S16).
        let tie_breakers = schema.tie_breakers().iter().map(|id| (*id, schema.attribute(*id)));
        let others = schema.attributes().filter(|(id, _)| !schema.tie_breakers().contains(id));
        for (id, attribute) in tie_breakers.chain(others).filter(|(_, attribute)| attribute.is_readable()) {
            layout = layout.add(id, attribute);
        }
        layout.builder.build()
    }
}

struct Layout<'s> {
    schema: &'s Schema,
    dialect: Dialect,
    table: &'s str,
    builder: ColumnsBuilder,
    /// The columns that are there, by the attribute whose elements' table they are of.
    taken: HashSet<(Option<AttrId>, String)>,
    tables: HashSet<String>,
}

impl Layout<'_> {
    fn add(mut self, id: AttrId, attribute: &Attribute) -> Self {
        let line = self.schema.line(id);
        let several: Vec<AttrId> =
            line.iter().copied().filter(|id| self.schema.attribute(*id).is_multi_valued()).collect();
        let element = match several[..] {
            [] => None,
            [one] => Some(one),
            _ => return self,
        };
        if element == Some(id) {
            let table = self.free_table(format!("{}_{}", self.table, self.name(id, None)));
            let mut elements = Elements::table(table);
            self.taken.insert((element, "position".to_owned()));
            for (at, key) in self.schema.tie_breakers().iter().enumerate() {
                let own = if at == 0 { "resource_id".to_owned() } else { format!("resource_id_{}", at + 1) };
                self.taken.insert((element, own.clone()));
                elements = elements.key(own, self.name(*key, None));
            }
            self.builder = self.builder.elements(attribute.full_name(), elements.position("position").never_empty());
        }
        if attribute.ty() == Type::Complex {
            return self;
        }
        let name = if element == Some(id) { "value".to_owned() } else { self.name(id, element) };
        let name = self.free(element, name, id);
        let column = self.column(id, attribute, name, element);
        self.builder = self.builder.column(attribute.full_name(), column);
        self
    }

    /// The names below the table's own attribute, in snake case.
    fn name(&self, id: AttrId, element: Option<AttrId>) -> String {
        let line = self.schema.line(id);
        let below = line
            .iter()
            .skip(element.map_or(0, |element| line.iter().position(|id| *id == element).map_or(0, |at| at + 1)));
        below.map(|id| snake_case(self.schema.attribute(*id).name())).collect::<Vec<_>>().join("_")
    }

    /// A name that is not taken, nor is its folded twin's: an extension's attribute may be called as one of the core schema.
    fn free(&mut self, element: Option<AttrId>, name: String, id: AttrId) -> String {
        let full = self.schema.attribute(id).full_name();
        let uri = full.rsplit_once(':').map_or("", |(uri, _)| uri);
        let of = snake_case(uri.rsplit(':').next().unwrap_or(""));
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let candidates = [name.clone(), format!("{of}_{name}")].into_iter().chain(numbered);
        let twin = |name: &str| format!("{name}_fold");
        let mut free = candidates
            .filter(|name| [name.clone(), twin(name)].into_iter().all(|name| !self.taken.contains(&(element, name))));
        let name = free.next().unwrap_or_default();
        self.taken.extend([(element, name.clone()), (element, twin(&name))]);
        name
    }

    /// The same for the table of an attribute's elements.
    fn free_table(&mut self, name: String) -> String {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut free = [name.clone()].into_iter().chain(numbered).filter(|name| !self.tables.contains(name));
        let name = free.next().unwrap_or_default();
        self.tables.insert(name.clone());
        name
    }

    fn column(&self, id: AttrId, attribute: &Attribute, name: String, element: Option<AttrId>) -> Column {
        let text = matches!(attribute.ty(), Type::String | Type::Reference | Type::Binary);
        let tie_breaker = self.schema.tie_breakers().contains(&id);
        let mut column = Column::new(name.clone());
        if tie_breaker {
            column = column.not_null();
        }
        if attribute.ty() == Type::DateTime {
            column = column.of_type(ColumnType::TimestampText { digits: 9 });
        }
        if text && attribute.is_sortable() && self.dialect.longest_sorted().is_some() {
            column = column.max_length(INDEXED_LENGTH);
        }
        let used = attribute.is_filterable() || attribute.is_sortable();
        if text && !attribute.is_case_exact() && used {
            let twin = format!("{name}_fold");
            column = match self.dialect.generates_folds() {
                true => column.folded_by_database(twin),
                false => column.folded(twin),
            };
        }
        // Of an element, its value: types and flags are no way to find few rows.
        let finds = element.is_none() || element == Some(id) || attribute.name().eq_ignore_ascii_case("value");
        let listed = !attribute.canonical_values().is_empty() || attribute.ty() == Type::Boolean;
        if used && finds && (!listed || element.is_none()) && attribute.ty() != Type::Binary {
            column = column.indexed();
        }
        column
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            snake.push('_');
        }
        snake.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
        before = c;
    }
    snake
}
