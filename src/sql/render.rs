//! A checked filter's condition, within the limits of the database, and what of it the mapping serves.

use super::columns::{Columns, Mapping};
use super::condition::Condition;
use super::fragment::{SqlFragment, Text};
use super::place::Row;
use super::where_clause::{Renderer, Unmapped};
use crate::analyze::{Split, SplitPart};
use crate::check::CheckedFilter;
use crate::error::{Error, ErrorKind, Name, Part};
use crate::op::Operator;
use crate::schema::{AttrId, Type};

impl CheckedFilter {
    /// The filter as a condition, to stand in a query's WHERE clause, where it is true of exactly the rows whose resources
    /// match. Linear in the filter.
    ///
    /// # Errors
    /// With its place, an attribute without a mapping ([`Columns::split`] goes on without it); a text with more parameters or
    /// more nested parentheses than the database takes (D7).
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect};
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let columns = Columns::builder(&schema, Dialect::Sqlite, "requests")
    ///     .column("id", Column::new("id").not_null())
    ///     .column("status", Column::new("status"))
    ///     .build()?;
    /// // A row without a status is not pending (S4).
    /// let filter = Filter::parse(r#"not (status eq "PENDING")"#)?.check(&schema)?;
    /// assert_eq!(
    ///     filter.where_sql(&columns)?.sql,
    ///     r#"("requests"."status" <> ? OR "requests"."status" IS NULL)"#
    /// );
    /// let filter = Filter::parse(r#"status pr and resourceId eq "x""#)?.check(&schema)?;
    /// assert_eq!(
    ///     filter.where_sql(&columns).unwrap_err().to_string(),
    ///     "the attribute `resourceId` cannot be used in the database at 14..24"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn where_sql(&self, columns: &Columns) -> Result<SqlFragment, Error> {
        let mapping = columns.mapping();
        let mut text = Text::with_room();
        self.condition(mapping)?.write(mapping.dialect, &mut text);
        self.within_limits(text, mapping)
    }

    /// The condition in parentheses.
    pub(super) fn condition<'m>(&self, mapping: &'m Mapping) -> Result<Condition<'m>, Error> {
        if *self.schema() != mapping.schema {
            return Err(Error::new(ErrorKind::SchemaDiffers, Part::Filter, None, ""));
        }
        let condition = Renderer::new(mapping).resource(self.expr()).map_err(|unmapped| self.refuse(unmapped))?;
        Ok(condition.grouped())
    }

    pub(super) fn within_limits(&self, text: Text, mapping: &Mapping) -> Result<SqlFragment, Error> {
        let limits = mapping.limits;
        let kind = if text.params() > limits.params {
            ErrorKind::SqlTooManyParams { limit: limits.params }
        } else if text.is_deeper(limits.depth) {
            ErrorKind::SqlTooDeep { limit: limits.depth }
        } else {
            return Ok(text.finish(mapping.dialect));
        };
        Err(Error::new(kind, Part::Filter, None, self.text().unwrap_or("")))
    }

    fn refuse(&self, unmapped: Unmapped) -> Error {
        let name = Name::of(unmapped.id.map_or("", |id| self.schema().attribute(id).full_name()));
        // A filter that was joined from others has no text that the place is in.
        let span = self.text().map(|_| unmapped.place.0);
        Error::new(ErrorKind::AttributeUnmapped { name }, Part::Filter, span, self.text().unwrap_or(""))
    }
}

impl Columns {
    /// Splits a filter into the part that these columns serve, and the rest, which is to be tested on the resources that the
    /// database gives back (D8).
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect};
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let columns = Columns::builder(&schema, Dialect::Postgres, "requests")
    ///     .column("id", Column::new("id").not_null())
    ///     .column("status", Column::new("status"))
    ///     .build()?;
    /// let filter = Filter::parse(r#"status eq "PENDING" and resourceId sw "0oa""#)?.check(&schema)?;
    /// let split = columns.split(&filter);
    /// assert_eq!(split.pushed.to_string(), r#"status eq "PENDING""#);
    /// assert_eq!(split.residual.to_string(), r#"resourceId sw "0oa""#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn split(&self, filter: &CheckedFilter) -> Split {
        let mapping = self.mapping();
        // A filter that can be pushed as it is keeps its own form.
        if filter.condition(mapping).is_ok() {
            return Split { pushed: filter.clone(), residual: CheckedFilter::all(filter.schema()) };
        }
        filter.split(|part| match part {
            SplitPart::Test(Some(id), op) => mapping.serves(id, op),
            SplitPart::ValuePath(Some(id)) => mapping.knows_assigned(id),
            SplitPart::Test(None, _) | SplitPart::ValuePath(None) => false,
            _ => true,
        })
    }
}

impl Mapping {
    /// Whether a test of an attribute can be written, whatever its literal is.
    fn serves(&self, id: AttrId, op: Operator) -> bool {
        let attribute = self.schema.attribute(id);
        if attribute.ty() == Type::Complex {
            // Without a column of its own it is tested with `null` only, or for what is in it.
            return if op == Operator::Present { self.is_mapped_whole(id) } else { self.knows_assigned(id) };
        }
        let row = Row { prefix: String::new().into(), element: self.element_of(id) };
        let parent = attribute.parent().filter(|_| attribute.is_assumed_false() && op != Operator::Present);
        self.scalar(id, &row).is_some() && parent.is_none_or(|parent| self.knows_assigned(parent))
    }

    /// Whether it can be told of an attribute, or of its elements, that it is assigned.
    fn knows_assigned(&self, id: AttrId) -> bool {
        self.presence.contains_key(&id)
            || self.elements.get(&id).is_some_and(|elements| elements.never_empty)
            || self.is_mapped_whole(id)
    }

    fn is_mapped_whole(&self, id: AttrId) -> bool {
        let attribute = self.schema.attribute(id);
        match attribute.ty() {
            Type::Complex => {
                let readable =
                    attribute.sub_attributes().iter().filter(|part| self.schema.attribute(**part).is_readable());
                readable.copied().all(|part| self.is_mapped_whole(part))
            }
            _ => self.columns.contains_key(&id),
        }
    }
}
