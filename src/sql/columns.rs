//! The mapping from a schema's attributes to a database, built and checked once, at start-up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::column::{Column, Elements, Source};
use super::dialect::{Dialect, SqlLimits};
use super::place::Prepared;
use crate::error::BindError;
use crate::schema::{AttrId, Schema, Type};

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
    // In the order of the schema, so that of several mistakes always the same one is told.
    /// Of simple attributes: their columns, with the type filled in.
    pub(super) columns: BTreeMap<AttrId, Column>,
    /// Of multi-valued attributes.
    pub(super) elements: BTreeMap<AttrId, Elements>,
    /// Of complex attributes: a boolean column that says whether it is assigned.
    pub(super) presence: BTreeMap<AttrId, String>,
    /// Of what is ordered by another column than its own.
    pub(super) sort: BTreeMap<AttrId, Column>,
    /// The whole resource as JSON text, for what stores and gives it back.
    pub(super) document: Option<String>,
    pub(super) prepared: Prepared,
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

    /// Whether each attribute that may be filtered on or ordered by has its column. For a test of your own: a client that
    /// names one without is refused with `attribute_unmapped`.
    ///
    /// ```
    /// use scim_query::Schema;
    /// use scim_query::sql::{Column, Columns, Dialect};
    ///
    /// let schema = Schema::access_requests();
    /// let id = Column::new("id").not_null();
    /// let columns = Columns::builder(&schema, Dialect::Sqlite, "requests").column("id", id).build()?;
    /// let error = columns.covers().unwrap_err().to_string();
    /// assert!(error.starts_with("without a column: `status`, `grantStatus`, "), "{error}");
    /// Columns::standard(&schema, Dialect::Sqlite, "requests")?.covers()?;
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    ///
    /// # Errors
    /// All attributes that have none.
    pub fn covers(&self) -> Result<(), BindError> {
        let mapping = self.mapping();
        let asked = mapping.schema.attributes().filter(|(_, attribute)| {
            attribute.ty() != Type::Complex && (attribute.is_filterable() || attribute.is_sortable())
        });
        let missing = asked.filter(|(id, _)| !mapping.columns.contains_key(id));
        let missing: Vec<String> = missing.map(|(_, attribute)| format!("`{}`", attribute.full_name())).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(BindError::new(format!("without a column: {}", missing.join(", "))))
        }
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
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect, Elements, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let schema = Schema::user();
    /// let columns = Columns::builder(&schema, Dialect::Postgres, "users")
    ///     .column("id", Column::new("id").not_null())
    ///     .elements("emails", Elements::table("emails").key("user_id", "id").position("nr"))
    ///     .column("emails.value", Column::new("value").folded("value_folded"))
    ///     .sort_column("emails.value", Column::new("email").folded("email_folded"))
    ///     .build()?;
    /// let query = ListQuery::parse("sortBy=emails.value&count=10", &Profile::scim())?.check(&schema)?;
    /// let page = Select::new(&columns, "users.id").page(&query)?;
    /// assert!(page.statement.sql.contains("email_folded"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect, SqlLimits};
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let columns = Columns::builder(&schema, Dialect::Sqlite, "requests")
    ///     .column("id", Column::new("id").not_null())
    ///     .column("status", Column::new("status"))
    ///     .limits(SqlLimits { params: 1, depth: 24 })
    ///     .build()?;
    /// let filter = Filter::parse(r#"status eq "PENDING" or status eq "DENIED""#)?.check(&schema)?;
    /// assert_eq!(filter.where_sql(&columns).unwrap_err().code(), "sql_too_many_params");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
            columns: BTreeMap::new(),
            elements: BTreeMap::new(),
            presence: BTreeMap::new(),
            sort: BTreeMap::new(),
            document: self.document,
            schema: self.schema,
            prepared: Prepared::default(),
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
        mapping.prepare();
        Ok(Columns(Arc::new(mapping)))
    }
}

pub(super) fn about(name: &str, what: &str) -> BindError {
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

    /// The one column of an elements' table that says whose they are, and the resource's own, where that is never NULL: IN
    /// says of NULL otherwise than EXISTS.
    pub(super) fn single_key(&self, element: AttrId) -> Option<(&str, &str)> {
        let never_null = |of: &str| self.columns.values().any(|column| column.name == of && !column.nullable);
        match &self.elements.get(&element)?.source {
            Source::Table { keys, .. } => match &keys[..] {
                [(own, of)] => never_null(of).then_some((own, of)),
                _ => None,
            },
            Source::Json { .. } | Source::Array { .. } => None,
        }
    }
}
