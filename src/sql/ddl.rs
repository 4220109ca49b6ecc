//! The tables and indexes that a mapping needs. Most wrong answers and most scans of whole tables start there.

use std::fmt::Write;

use super::column::{Column, ColumnType, Elements, Fold, Source};
use super::columns::{Columns, Mapping};
use super::place::Row;
use crate::fold::fold_char;
use crate::schema::AttrId;

impl Columns {
    /// The statements that create the tables of the mapping, with the collations that comparisons need (D4), folded twins, and
    /// the indexes that serve what is [indexed](super::Column::indexed), for filters and for keyset pages. On PostgreSQL also
    /// the function `scim_fold`, where something is folded by the database.
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect};
    /// use scim_query::{AttributeDef, Schema, Type};
    ///
    /// let schema = Schema::builder("urn:example:2.0:Ticket")
    ///     .attribute(AttributeDef::new("id", Type::String).case_exact())
    ///     .attribute(AttributeDef::new("created", Type::DateTime))
    ///     .build()?;
    /// let columns = Columns::builder(&schema, Dialect::Postgres, "tickets")
    ///     .column("id", Column::new("id").not_null())
    ///     .column("created", Column::new("created").not_null().indexed())
    ///     .build()?;
    /// assert_eq!(
    ///     columns.ddl(),
    ///     [
    ///         r#"CREATE TABLE "tickets" (
    ///   "id" text COLLATE "C" NOT NULL,
    ///   "created" timestamptz(6) NOT NULL,
    ///   PRIMARY KEY ("id")
    /// )"#,
    ///         r#"CREATE INDEX "tickets_created_id_idx" ON "tickets" ("created", "id")"#,
    ///     ]
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ddl(&self) -> Vec<String> {
        let mapping = self.mapping();
        let mut statements = Vec::new();
        let folds_by_function = |column: &Column| column.fold_generated || column.fold == Some(Fold::Function);
        if mapping.dialect.defines_fold() && mapping.columns.values().any(folds_by_function) {
            statements.push(fold_function());
        }
        if mapping.columns.values().any(|column| column.trigram) {
            statements.push("CREATE EXTENSION IF NOT EXISTS pg_trgm".into());
        }
        statements.push(mapping.own_table());
        for (id, elements) in &mapping.elements {
            if let Source::Table { name, keys } = &elements.source {
                statements.push(mapping.element_table(*id, name, keys, elements));
            }
        }
        statements.extend(mapping.indexes());
        statements
    }
}

/// The fold of F1 as a function that depends on no collation and no library: each character that folds, and what to.
fn fold_function() -> String {
    let folding = || ('\u{80}'..=char::MAX).filter(|c| fold_char(*c) != *c);
    let from: String = folding().collect();
    let to: String = folding().map(fold_char).collect();
    format!(
        "CREATE OR REPLACE FUNCTION scim_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fold$\n  \
         SELECT CASE WHEN octet_length($1) = length($1) THEN lower($1 COLLATE \"C\") ELSE translate(lower($1 COLLATE \"C\"),\n    \
         '{from}',\n    '{to}') END\n$fold$"
    )
}

/// The lines of a table's definition.
struct Table<'m> {
    mapping: &'m Mapping,
    lines: Vec<String>,
    named: Vec<String>,
}

impl Table<'_> {
    fn add(&mut self, name: &str, definition: &str) {
        if !self.named.iter().any(|known| known == name) {
            self.named.push(name.to_owned());
            self.lines.push(format!("{} {definition}", self.mapping.dialect.quote(name)));
        }
    }

    fn column(&mut self, column: &Column) {
        let dialect = self.mapping.dialect;
        if column.path.is_some() {
            self.add(&column.name, dialect.json_type());
        } else if let Some(ty) = column.ty {
            let null = if column.nullable { "" } else { " NOT NULL" };
            self.add(&column.name, &format!("{}{null}", dialect.column_type(ty, column.by_bytes, column.max_length)));
        }
        let Some(Fold::Column(twin)) = &column.fold else { return self.reversed(column, None) };
        let text = dialect.column_type(ColumnType::Text, true, column.max_length);
        let source = column.path.is_none().then(|| dialect.fold(&dialect.quote(&column.name))).flatten();
        match source.filter(|_| column.fold_generated) {
            Some(folded) => {
                self.add(twin, &format!("{text} GENERATED ALWAYS AS ({folded}) STORED"));
                self.reversed(column, Some(folded));
            }
            None => {
                self.add(twin, &text);
                self.reversed(column, None);
            }
        }
    }

    fn reversed(&mut self, column: &Column, folded: Option<String>) {
        let Some(twin) = &column.reversed else { return };
        let text = self.mapping.dialect.column_type(ColumnType::Text, true, column.max_length);
        match folded {
            Some(folded) => self.add(twin, &format!("{text} GENERATED ALWAYS AS (REVERSE({folded})) STORED")),
            None => self.add(twin, &text),
        }
    }

    fn create(self, name: &str) -> String {
        let mut sql = format!("CREATE TABLE {} (", self.mapping.dialect.quote(name));
        for (at, line) in self.lines.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(sql, "{comma}\n  {line}");
        }
        sql + "\n)"
    }
}

impl Mapping {
    fn list_of(&self, columns: &[&str]) -> String {
        columns.iter().map(|column| self.dialect.quote(column)).collect::<Vec<_>>().join(", ")
    }

    fn tie_breaker_columns(&self) -> Vec<&str> {
        self.schema
            .tie_breakers()
            .iter()
            .filter_map(|id| self.columns.get(id))
            .map(|column| column.name.as_str())
            .collect()
    }

    fn in_order(&self, element: Option<AttrId>) -> impl Iterator<Item = (AttrId, &Column)> {
        let ids = self.schema.attributes().map(|(id, _)| id).filter(move |id| self.element_of(*id) == element);
        ids.filter_map(|id| self.columns.get(&id).map(|column| (id, column)))
    }

    fn own_table(&self) -> String {
        let mut table = Table { mapping: self, lines: Vec::new(), named: Vec::new() };
        self.in_order(None).for_each(|(_, column)| table.column(column));
        for (id, _) in self.schema.attributes() {
            match self.elements.get(&id).map(|elements| &elements.source) {
                Some(Source::Json { column, .. }) => table.add(column, self.dialect.json_type()),
                Some(Source::Array { column }) => {
                    let ty = self.columns.get(&id).and_then(|column| column.ty);
                    table
                        .add(column, if ty == Some(ColumnType::Integer) { "bigint[]" } else { "text[] COLLATE \"C\"" });
                }
                Some(Source::Table { keys, .. }) => {
                    // A key that no attribute has: the program's own, of a type that is the program's to choose.
                    for (_, of) in keys {
                        table.add(of, &format!("{} NOT NULL", self.key_type(of)));
                    }
                }
                None => {}
            }
            if let Some(column) = self.sort.get(&id) {
                table.column(column);
            }
            if let Some(column) = self.presence.get(&id).filter(|_| self.element_of(id).is_none()) {
                table.add(column, &format!("{} NOT NULL", self.dialect.column_type(ColumnType::Boolean, true, None)));
            }
        }
        if let Some(column) = &self.document {
            table.add(column, self.dialect.document_type());
        }
        let key = self.tie_breaker_columns();
        if !key.is_empty() {
            table.lines.push(format!("PRIMARY KEY ({})", self.list_of(&key)));
        }
        table.create(&self.table)
    }

    /// The type of a column of the resource's table that elements' rows refer to.
    fn key_type(&self, of: &str) -> String {
        let column = self.columns.values().find(|column| column.name == of && column.path.is_none());
        match column.and_then(|column| Some((column, column.ty?))) {
            Some((column, ty)) => self.dialect.column_type(ty, column.by_bytes, column.max_length),
            None => self.dialect.column_type(ColumnType::Integer, true, None),
        }
    }

    fn element_table(&self, id: AttrId, name: &str, keys: &[(String, String)], elements: &Elements) -> String {
        let mut table = Table { mapping: self, lines: Vec::new(), named: Vec::new() };
        for (own, of) in keys {
            table.add(own, &format!("{} NOT NULL", self.key_type(of)));
        }
        if let Some(position) = &elements.position {
            table.add(position, &format!("{} NOT NULL", self.dialect.column_type(ColumnType::Integer, true, None)));
        }
        self.in_order(Some(id)).for_each(|(_, column)| table.column(column));
        let own = self.schema.attributes().map(|(id, _)| id).filter(|part| self.element_of(*part) == Some(id));
        for column in own.filter_map(|part| self.presence.get(&part)) {
            table.add(column, &format!("{} NOT NULL", self.dialect.column_type(ColumnType::Boolean, true, None)));
        }
        let own: Vec<&str> = keys.iter().map(|(own, _)| own.as_str()).collect();
        let of: Vec<&str> = keys.iter().map(|(_, of)| of.as_str()).collect();
        if let Some(position) = &elements.position {
            let key: Vec<&str> = own.iter().copied().chain([position.as_str()]).collect();
            table.lines.push(format!("PRIMARY KEY ({})", self.list_of(&key)));
        }
        if of == self.tie_breaker_columns() {
            let (own, of) = (self.list_of(&own), self.list_of(&of));
            let resource = self.dialect.quote(&self.table);
            table.lines.push(format!("FOREIGN KEY ({own}) REFERENCES {resource} ({of}) ON DELETE CASCADE"));
        }
        table.create(name)
    }

    fn indexes(&self) -> Vec<String> {
        let mut statements = Vec::new();
        let tie_breakers = self.tie_breaker_columns();
        for (_, column) in self.in_order(None) {
            // The tie-breakers behind it make it serve pages in its order, too.
            self.index_of(column, &self.table, None, &tie_breakers, &mut statements);
        }
        for column in self.sort.values() {
            self.index_of(column, &self.table, None, &tie_breakers, &mut statements);
        }
        for (element, _) in self.schema.attributes() {
            let Some(elements) = self.elements.get(&element) else { continue };
            let Source::Table { name, keys } = &elements.source else { continue };
            let own: Vec<&str> = keys.iter().map(|(own, _)| own.as_str()).collect();
            if elements.position.is_none() {
                self.index((name, Some(element)), &own, &own.join("_"), &[], &mut statements);
            }
            for (_, column) in self.in_order(Some(element)) {
                self.index_of(column, name, Some(element), &own, &mut statements);
            }
        }
        statements
    }

    fn index_of(
        &self,
        column: &Column,
        table: &str,
        element: Option<AttrId>,
        behind: &[&str],
        statements: &mut Vec<String>,
    ) {
        let compared = match &column.fold {
            Some(Fold::Column(twin)) => Some(twin.as_str()),
            Some(Fold::Function) => None,
            None => column.path.is_none().then_some(column.name.as_str()),
        };
        if column.indexed && self.tie_breaker_columns() != [column.name.as_str()] {
            match compared {
                Some(name) => self.index((table, element), &[name], name, behind, statements),
                None if self.dialect.has_expression_indexes() => {
                    let row = Row { prefix: String::new().into(), element };
                    if let Some(scalar) = self.scalar_of(column, &row) {
                        let name = column.path.as_ref().map_or_else(|| "fold".to_owned(), |path| path.join("_"));
                        let columns = [format!("({})", scalar.compared)].into_iter();
                        let columns: Vec<String> =
                            columns.chain(behind.iter().map(|name| self.dialect.quote(name))).collect();
                        statements.push(self.create_index(table, &format!("{}_{name}", column.name), &columns));
                    }
                }
                None => {}
            }
        }
        if let Some(twin) = &column.reversed {
            self.index((table, element), &[twin], twin, behind, statements);
        }
        if let (true, Some(name)) = (column.trigram, compared) {
            let index = self.dialect.quote(&self.index_name(table, &format!("{name}_trigram")));
            let (table, name) = (self.dialect.quote(table), self.dialect.quote(name));
            statements.push(format!("CREATE INDEX {index} ON {table} USING gin ({name} gin_trgm_ops)"));
        }
    }

    fn index(
        &self,
        (table, element): (&str, Option<AttrId>),
        columns: &[&str],
        name: &str,
        behind: &[&str],
        statements: &mut Vec<String>,
    ) {
        let behind: Vec<&str> = behind.iter().copied().filter(|column| !columns.contains(column)).collect();
        let name = [&[name], &behind[..]].concat().join("_");
        let columns: Vec<String> =
            columns.iter().chain(&behind).map(|column| self.indexed_column(column, element)).collect();
        statements.push(self.create_index(table, &name, &columns));
    }

    /// MySQL and MariaDB index of a long text only its beginning.
    fn indexed_column(&self, name: &str, element: Option<AttrId>) -> String {
        let long = |column: &Column| column.ty == Some(ColumnType::Text) && column.max_length.is_none();
        let is = |column: &Column| {
            let fold = matches!(&column.fold, Some(Fold::Column(twin)) if twin == name);
            (column.name == name && column.path.is_none()) || fold || column.reversed.as_deref() == Some(name)
        };
        let sort = self.sort.values().filter(|_| element.is_none());
        let mut of_table = self.in_order(element).map(|(_, column)| column).chain(sort);
        let long = of_table.any(|column| is(column) && long(column));
        let prefix = if long { self.dialect.index_prefix() } else { "" };
        format!("{}{prefix}", self.dialect.quote(name))
    }

    fn create_index(&self, table: &str, name: &str, columns: &[String]) -> String {
        let index = self.dialect.quote(&self.index_name(table, name));
        format!("CREATE INDEX {index} ON {} ({})", self.dialect.quote(table), columns.join(", "))
    }

    /// A name that the database takes: a long one is cut and told apart by a hash.
    fn index_name(&self, table: &str, columns: &str) -> String {
        let name = format!("{table}_{columns}_idx");
        let longest = self.dialect.longest_name();
        if name.len() <= longest {
            return name;
        }
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut end = longest - 18;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}_{hash:016x}", &name[..end])
    }
}
