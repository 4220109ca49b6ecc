//! The mapping from a schema's attributes to a database, built and checked once, at start-up.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::column::{Column, ColumnType, Elements, Fold, Source};
use super::dialect::{Dialect, SqlLimits};
use crate::error::BindError;
use crate::schema::{AttrId, Attribute, Schema, Type};

/// Where a schema's attributes are kept in one database. Built once; cheap to clone.
///
/// An attribute without a mapping can not be filtered on or ordered by: such a filter is refused, or
/// [split](Columns::split).
///
/// ```
/// use scim_query::sql::{Column, Columns, Dialect, Elements};
/// use scim_query::{Filter, Schema};
///
/// let schema = Schema::user();
/// let columns = Columns::builder(&schema, Dialect::Postgres, "users")
///     .column("id", Column::new("id").not_null().indexed())
///     .column("userName", Column::new("user_name").not_null().folded("user_name_fold").indexed())
///     .elements("emails", Elements::table("user_emails").key("user_id", "id"))
///     .column("emails.value", Column::new("value").folded("value_fold").indexed())
///     .column("emails.type", Column::new("type").folded("type"))
///     .build()?;
/// let filter = Filter::parse(r#"userName sw "J" and emails[type eq "work" and value co "@x"]"#)?.check(&schema)?;
/// assert_eq!(
///     filter.where_sql(&columns)?.sql,
///     r#"("users"."user_name_fold" >= $1::text AND "users"."user_name_fold" < $2::text AND EXISTS (SELECT 1 FROM "user_emails" AS "scim_e1" WHERE "scim_e1"."user_id" = "users"."id" AND "scim_e1"."type" = $3::text AND strpos("scim_e1"."value_fold", $4::text) > 0))"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Columns(Arc<Mapping>);

#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) dialect: Dialect,
    pub(super) limits: SqlLimits,
    pub(super) schema: Schema,
    pub(super) table: String,
    pub(super) alias: String,
    /// Of simple attributes: their columns, with the type filled in.
    pub(super) columns: HashMap<AttrId, Column>,
    /// Of multi-valued attributes.
    pub(super) elements: HashMap<AttrId, Elements>,
    /// Of complex attributes: a boolean column that says whether it is assigned.
    pub(super) presence: HashMap<AttrId, String>,
    /// Of what is ordered by another column than its own.
    pub(super) sort: HashMap<AttrId, Column>,
    /// The whole resource as JSON text, for what stores and gives it back.
    pub(super) document: Option<String>,
}

/// Builds [`Columns`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ColumnsBuilder {
    schema: Schema,
    dialect: Dialect,
    table: String,
    alias: Option<String>,
    limits: SqlLimits,
    columns: Vec<(String, Column)>,
    elements: Vec<(String, Elements)>,
    presence: Vec<(String, String)>,
    sort: Vec<(String, Column)>,
    document: Option<String>,
}

impl Columns {
    /// Begins a mapping of a schema to a table.
    pub fn builder(schema: &Schema, dialect: Dialect, table: impl Into<String>) -> ColumnsBuilder {
        ColumnsBuilder {
            schema: schema.clone(),
            dialect,
            table: table.into(),
            alias: None,
            limits: dialect.limits(),
            columns: Vec::new(),
            elements: Vec::new(),
            presence: Vec::new(),
            sort: Vec::new(),
            document: None,
        }
    }

    /// The schema that is mapped.
    pub fn schema(&self) -> &Schema {
        &self.0.schema
    }

    /// The database's SQL.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// The name by which queries know the resource's table: its alias, or its own.
    #[must_use]
    pub fn alias(&self) -> &str {
        &self.0.alias
    }

    /// The [document column](ColumnsBuilder::document), quoted, with the table's alias.
    #[must_use]
    pub fn document(&self) -> Option<String> {
        let column = self.0.document.as_ref()?;
        Some(format!("{}{}", self.0.resource_row().prefix, self.0.dialect.quote(column)))
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.0
    }
}

impl ColumnsBuilder {
    /// The name by which queries know the table, when that is not its own: `users AS u` has the alias `u`.
    pub fn alias(mut self, alias: impl Into<String>) -> ColumnsBuilder {
        self.alias = Some(alias.into());
        self
    }

    /// The column of an attribute: of a part of a multi-valued attribute, a column of its elements' table. A multi-valued
    /// attribute of simple values has the column that its elements' table keeps them in.
    pub fn column(mut self, attribute: impl Into<String>, column: Column) -> ColumnsBuilder {
        self.columns.push((attribute.into(), column));
        self
    }

    /// Where the elements of a multi-valued attribute are.
    pub fn elements(mut self, attribute: impl Into<String>, elements: Elements) -> ColumnsBuilder {
        self.elements.push((attribute.into(), elements));
        self
    }

    /// A boolean column, never NULL, that says whether a complex attribute is assigned, or in an elements' table the element.
    /// Without it, all parts of the attribute must be mapped where that matters (D3).
    pub fn presence(mut self, attribute: impl Into<String>, column: impl Into<String>) -> ColumnsBuilder {
        self.presence.push((attribute.into(), column.into()));
        self
    }

    /// The column of the resource's table by which an attribute is ordered, when that is not the one by which it is filtered:
    /// for a multi-valued attribute, the value of its first primary element, else of its first (O3).
    pub fn sort_column(mut self, attribute: impl Into<String>, column: Column) -> ColumnsBuilder {
        self.sort.push((attribute.into(), column));
        self
    }

    /// A column of the table that holds each resource as JSON text, as it was given. It is not searched.
    pub fn document(mut self, column: impl Into<String>) -> ColumnsBuilder {
        self.document = Some(column.into());
        self
    }

    /// Other limits of a statement than those of the database's default build (D7).
    pub fn limits(mut self, limits: SqlLimits) -> ColumnsBuilder {
        self.limits = limits;
        self
    }

    /// The mapping.
    ///
    /// # Errors
    /// With the attribute's name: one that the schema does not have or that is mapped twice, a column whose type cannot hold
    /// it or that the database does not have, a text that is not case-exact without a folded form, parts of a multi-valued
    /// attribute whose elements are nowhere, a tie-breaker that may be NULL or has no column.
    pub fn build(self) -> Result<Columns, BindError> {
        let mut mapping = Mapping {
            dialect: self.dialect,
            limits: self.limits,
            alias: self.alias.unwrap_or_else(|| self.table.clone()),
            table: self.table,
            columns: HashMap::new(),
            elements: HashMap::new(),
            presence: HashMap::new(),
            sort: HashMap::new(),
            document: self.document,
            schema: self.schema,
        };
        if mapping.schema.is_open() {
            return Err(BindError::new("the open schema has no attributes to map: it is for JSON in memory (S18)"));
        }
        for (name, elements) in self.elements {
            let id = mapping.find(&name)?;
            mapping.check_elements(id, &elements).map_err(|what| about(&name, &what))?;
            unique(mapping.elements.insert(id, elements), &name)?;
        }
        for (name, column) in self.columns {
            let id = mapping.find(&name)?;
            let column = mapping.checked(id, column, true).map_err(|what| about(&name, &what))?;
            unique(mapping.columns.insert(id, column), &name)?;
        }
        mapping.imply_columns();
        for (name, column) in self.sort {
            let id = mapping.find(&name)?;
            let column = mapping.checked(id, column, false).map_err(|what| about(&name, &what))?;
            unique(mapping.sort.insert(id, column), &name)?;
        }
        for (name, column) in self.presence {
            let id = mapping.find(&name)?;
            if mapping.schema.attribute(id).ty() != Type::Complex {
                return Err(about(&name, "only a complex attribute has a presence column"));
            }
            unique(mapping.presence.insert(id, column), &name)?;
        }
        mapping.check_names()?;
        mapping.check_tie_breakers()?;
        mapping.check_complete()?;
        Ok(Columns(Arc::new(mapping)))
    }
}

fn about(name: &str, what: &str) -> BindError {
    BindError::new(format!("attribute `{name}`: {what}"))
}

fn unique<T>(before: Option<T>, name: &str) -> Result<(), BindError> {
    if before.is_some() { Err(about(name, "it is mapped twice")) } else { Ok(()) }
}

impl Mapping {
    fn find(&self, name: &str) -> Result<AttrId, BindError> {
        let (uri, dotted) = match name.rsplit_once(':') {
            Some((uri, dotted)) => (Some(uri), dotted),
            None => (None, name),
        };
        let found = self.schema.find(uri, dotted);
        found.ok_or_else(|| about(name, &format!("the schema {} has no such attribute", self.schema.id())))
    }

    /// The multi-valued attribute whose elements an attribute is, or is a part of.
    pub(super) fn element_of(&self, id: AttrId) -> Option<AttrId> {
        self.schema.line(id).into_iter().rfind(|id| self.schema.attribute(*id).is_multi_valued())
    }

    /// The one column of an elements' table that says whose they are, and the resource's own.
    pub(super) fn single_key(&self, element: AttrId) -> Option<(&str, &str)> {
        match &self.elements.get(&element)?.source {
            Source::Table { keys, .. } => match &keys[..] {
                [(own, of)] => Some((own, of)),
                _ => None,
            },
            Source::Json { .. } | Source::Array { .. } => None,
        }
    }

    fn check_elements(&self, id: AttrId, elements: &Elements) -> Result<(), String> {
        let attribute = self.schema.attribute(id);
        if !attribute.is_multi_valued() {
            return Err("it has one value, so it has no elements: map it with `column`".into());
        }
        let outer = attribute.parent().and_then(|parent| self.element_of(parent));
        if outer.is_some() {
            return Err("it lies inside the elements of another attribute, which SQL does not serve".into());
        }
        match &elements.source {
            Source::Table { keys, .. } if keys.is_empty() => {
                Err("its table needs a `key` that says whose row it is".into())
            }
            Source::Array { .. } if attribute.ty() == Type::Complex => {
                Err("an array column holds simple values only: use a table or JSON".into())
            }
            Source::Array { .. }
                if !matches!(self.default_type(attribute), Some(ColumnType::Text | ColumnType::Integer)) =>
            {
                Err("an array column holds texts or integers: use a table".into())
            }
            Source::Array { .. } if self.dialect != Dialect::Postgres => {
                Err(format!("{} has no array columns: use a table or JSON", self.dialect))
            }
            Source::Json { path, .. } => self.check_path(path),
            _ => Ok(()),
        }
    }

    fn check_path(&self, path: &[String]) -> Result<(), String> {
        let bad = |key: &String| key.is_empty() || key.contains(['"', '\\', '\0']);
        match path.iter().find(|key| bad(key)) {
            Some(key) => Err(format!("the JSON key `{key}` is empty or has a character that paths do not quote alike")),
            None => Ok(()),
        }
    }

    /// The column with its type, if it fits the attribute.
    fn checked(&self, id: AttrId, mut column: Column, in_elements: bool) -> Result<Column, String> {
        let attribute = self.schema.attribute(id);
        if let Some(path) = &column.path {
            self.check_path(path)?;
        }
        if let Some(element) = self.element_of(id).filter(|_| in_elements) {
            let of = self.schema.attribute(element).full_name();
            match self.elements.get(&element).map(|elements| &elements.source) {
                None => return Err(format!("`elements` does not say where those of `{of}` are")),
                Some(Source::Array { .. }) => return Err("its values are the array's: give them no `column`".into()),
                Some(Source::Json { .. }) if column.path.is_none() => {
                    return Err("its elements are JSON: map it with `Column::json`, from the element down".into());
                }
                _ => {}
            }
        }
        let ty = match column.ty {
            Some(ty) => ty,
            None => self.default_type(attribute).ok_or("a complex attribute has no column: map its parts")?,
        };
        fits(attribute, ty, self.dialect)?;
        if column.path.is_some() && !matches!(ty, ColumnType::Text | ColumnType::Boolean | ColumnType::Integer) {
            return Err("JSON serves strings, booleans and integers: give it a column of its own (D3)".into());
        }
        self.check_text(attribute, &column, ty)?;
        column.ty = Some(ty);
        Ok(column)
    }

    fn check_text(&self, attribute: &Attribute, column: &Column, ty: ColumnType) -> Result<(), String> {
        let used = attribute.is_filterable() || attribute.is_sortable();
        if ty != ColumnType::Text {
            let none = column.fold.is_none() && column.reversed.is_none() && !column.trigram;
            return if none { Ok(()) } else { Err("only text has folded, reversed or trigram forms".into()) };
        }
        if attribute.is_case_exact() && column.fold.is_some() {
            return Err("it is case-exact, so it is not folded".into());
        }
        if !attribute.is_case_exact() && used && column.fold.is_none() {
            return Err(
                "it is not case-exact: say where its folded form is, by `folded`, or `folded_by_function` (F1)".into(),
            );
        }
        let by_function = column.fold == Some(Fold::Function) || column.fold_generated;
        if by_function && self.dialect.fold("").is_none() {
            return Err(format!("{} has no function that folds so: keep a folded column (F1)", self.dialect));
        }
        if column.fold_generated && self.dialect == Dialect::Sqlite {
            return Err("SQLite does not make folded columns itself: the program maintains them".into());
        }
        if column.trigram && self.dialect != Dialect::Postgres {
            return Err(format!("{} has no trigram indexes", self.dialect));
        }
        Ok(())
    }

    fn default_type(&self, attribute: &Attribute) -> Option<ColumnType> {
        Some(match attribute.ty() {
            Type::String | Type::Reference | Type::Binary => ColumnType::Text,
            Type::Boolean => ColumnType::Boolean,
            Type::Integer => ColumnType::Integer,
            Type::Decimal => ColumnType::Double,
            Type::DateTime if self.dialect == Dialect::Sqlite => ColumnType::Epoch { digits: 6 },
            Type::DateTime => ColumnType::Timestamp { digits: 6 },
            Type::Complex => return None,
        })
    }

    /// Elements in JSON and in arrays lie where their names say, unless the mapping says otherwise.
    fn imply_columns(&mut self) {
        let schema = self.schema.clone();
        for (id, attribute) in schema.attributes() {
            let Some(element) = self.element_of(id) else { continue };
            if self.columns.contains_key(&id) || attribute.ty() == Type::Complex {
                continue;
            }
            let Some(elements) = self.elements.get(&element) else { continue };
            let column = match &elements.source {
                Source::Table { .. } => continue,
                Source::Array { column } => Column::new(column.clone()),
                Source::Json { column, .. } => {
                    let line = schema.line(id);
                    let below = line.iter().skip_while(|id| **id != element).skip(1);
                    Column::json(column.clone(), below.flat_map(|id| schema.attribute(*id).keys()))
                }
            };
            let folds = !attribute.is_case_exact() && self.default_type(attribute) == Some(ColumnType::Text);
            let column = if folds { column.folded_by_function() } else { column };
            // What JSON does not serve stays without a mapping.
            let mut trial = column;
            trial.ty = self.default_type(attribute);
            if let Some(ty) = trial.ty
                && fits(attribute, ty, self.dialect).is_ok()
                && (trial.path.is_none() || matches!(ty, ColumnType::Text | ColumnType::Boolean | ColumnType::Integer))
                && self.check_text(attribute, &trial, ty).is_ok()
            {
                self.columns.insert(id, trial);
            }
        }
    }

    fn check_names(&self) -> Result<(), BindError> {
        let longest = self.dialect.longest_name();
        for name in self.names() {
            if name.is_empty() || name.len() > longest || name.contains('\0') {
                return Err(BindError::new(format!(
                    "`{name}` is no name of 1 to {longest} bytes for a table or column"
                )));
            }
        }
        let mut seen = HashSet::new();
        for (id, column) in &self.columns {
            let owner = self.element_of(*id);
            if column.path.is_none()
                && !matches!(
                    owner.and_then(|id| self.elements.get(&id)),
                    Some(Elements { source: Source::Array { .. }, .. })
                )
                && !seen.insert((owner, column.name.clone()))
            {
                let name = self.schema.attribute(*id).full_name();
                return Err(about(name, &format!("another attribute has the column `{}` too", column.name)));
            }
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.values().chain(self.sort.values()).flat_map(|column| {
            let fold = match &column.fold {
                Some(Fold::Column(name)) => Some(name.as_str()),
                _ => None,
            };
            [Some(column.name.as_str()), fold, column.reversed.as_deref()].into_iter().flatten()
        });
        let elements = self.elements.values().flat_map(|elements| {
            let source: Vec<&str> = match &elements.source {
                Source::Table { name, keys } => {
                    let keys = keys.iter().flat_map(|(own, of)| [own.as_str(), of.as_str()]);
                    [name.as_str()].into_iter().chain(keys).collect()
                }
                Source::Json { column, .. } | Source::Array { column } => vec![column],
            };
            source.into_iter().chain(elements.position.as_deref())
        });
        let rest = self.presence.values().chain(&self.document).map(String::as_str);
        [self.table.as_str(), self.alias.as_str()].into_iter().chain(columns).chain(elements).chain(rest)
    }

    fn check_tie_breakers(&self) -> Result<(), BindError> {
        for id in self.schema.tie_breakers() {
            let name = self.schema.attribute(*id).full_name();
            match self.columns.get(id) {
                None => return Err(about(name, "it makes orderings total (O5), so it needs a column")),
                Some(column) if column.nullable => {
                    return Err(about(name, "it makes orderings total (O5), so its column is `not_null`, and unique"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Elements that nothing can be asked of were forgotten.
    fn check_complete(&self) -> Result<(), BindError> {
        for id in self.elements.keys() {
            if !self.columns.keys().any(|column| self.schema.line(*column).contains(id)) {
                let name = self.schema.attribute(*id).full_name();
                return Err(about(name, "`column` names none of its elements' columns"));
            }
        }
        Ok(())
    }
}

/// Whether a column of a type can hold an attribute's values in this database.
fn fits(attribute: &Attribute, ty: ColumnType, dialect: Dialect) -> Result<(), String> {
    use ColumnType::{Boolean, Decimal, Double, Epoch, Integer, Text, Timestamp, TimestampText};
    let holds = match attribute.ty() {
        Type::String | Type::Reference | Type::Binary => ty == Text,
        Type::Boolean => ty == Boolean,
        Type::Integer => matches!(ty, Integer | Decimal { .. }),
        Type::Decimal => matches!(ty, Double | Decimal { .. }),
        Type::DateTime => matches!(ty, Timestamp { .. } | TimestampText { .. } | Epoch { .. }),
        Type::Complex => return Err("a complex attribute has no column: map its parts".into()),
    };
    if !holds {
        return Err(format!("a column of {ty:?} does not hold a {}", attribute.ty()));
    }
    match ty {
        Timestamp { .. } | Decimal { .. } if dialect == Dialect::Sqlite => {
            Err("SQLite has no such type: use TimestampText or Epoch for instants, Double or Integer for numbers"
                .into())
        }
        Timestamp { digits } if digits > 6 => Err("a timestamp keeps at most 6 digits".into()),
        Epoch { digits } | TimestampText { digits } if digits > 9 => Err("instants have at most 9 digits".into()),
        Decimal { precision, scale } if precision > 65 || scale > 30 || scale > precision => {
            Err("a decimal has at most 65 digits, at most 30 of them behind the point".into())
        }
        _ => Ok(()),
    }
}
