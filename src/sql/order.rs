//! Sort keys in SQL: the same expression orders the rows and bounds the pages (D5).

use smallvec::SmallVec;

use super::column::{ColumnType, Source};
use super::columns::{Columns, Mapping};
use super::fragment::{SqlFragment, Text};
use super::place::{Row, Scalar, Sql};
use crate::ast::Direction;
use crate::check::At;
use crate::error::{Error, ErrorKind, Name};
use crate::order::{CheckedOrdering, Key};
use crate::schema::AttrId;

pub(super) type SortKeys<'m> = SmallVec<[SortKey<'m>; 2]>;

/// One sort key.
#[derive(Clone, Debug)]
pub(super) struct SortKey<'m> {
    pub(super) id: AttrId,
    pub(super) expr: Sql<'m>,
    /// The value as it is stored, which of folded text is another one.
    pub(super) stored: Sql<'m>,
    pub(super) ty: ColumnType,
    pub(super) nullable: bool,
    pub(super) descending: bool,
}

impl CheckedOrdering {
    /// The ordering for an ORDER BY clause, tie-breaker included; unassigned is last ascending and first descending on every
    /// database (O2). It has no parameters.
    ///
    /// # Errors
    /// With its place, an attribute without a mapping; one that the database cannot order by as memory does: of several values whose elements have
    /// no [position](super::Elements::position), or on MySQL and MariaDB a text that may be
    /// [longer](super::Column::max_length) than 256 characters.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect};
    /// use scim_query::{OrderBy, Schema};
    ///
    /// let schema = Schema::user();
    /// let order = OrderBy::parse("title desc")?.check(&schema)?;
    /// let sql = |dialect| Ok::<_, Box<dyn std::error::Error>>(order.order_by_sql(&Columns::standard(&schema, dialect, "u")?)?.sql);
    /// assert_eq!(sql(Dialect::Postgres)?, r#""u"."title_fold" DESC, "u"."id" DESC"#);
    /// assert_eq!(sql(Dialect::MariaDb)?, "(`u`.`title_fold` IS NULL) DESC, `u`.`title_fold` DESC, `u`.`id` DESC");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn order_by_sql(&self, columns: &Columns) -> Result<SqlFragment, Error> {
        let mapping = columns.mapping();
        let keys = self.sort_keys(mapping)?;
        let mut text = Text::default();
        order_by(&keys, mapping, &mut text);
        Ok(text.finish(mapping.dialect))
    }

    pub(super) fn sort_keys<'m>(&self, mapping: &'m Mapping) -> Result<SortKeys<'m>, Error> {
        if *self.schema() != mapping.schema {
            return Err(self.refuse(None, ErrorKind::SchemaDiffers));
        }
        let mut keys = SortKeys::new();
        for (number, key) in self.keys().iter().enumerate() {
            keys.push(mapping.sort_key(key, number).map_err(|kind| self.refuse(Some(key), kind))?);
        }
        Ok(keys)
    }
}

/// Writes the terms behind ORDER BY.
pub(super) fn order_by(keys: &[SortKey<'_>], mapping: &Mapping, text: &mut Text) {
    for (at, key) in keys.iter().enumerate() {
        if at > 0 {
            text.push(", ");
        }
        mapping.dialect.order_by(&key.expr, key.descending, key.nullable, text);
    }
}

impl Mapping {
    fn sort_key<'m>(&'m self, key: &Key, number: usize) -> Result<SortKey<'m>, ErrorKind> {
        let name = || Name::of(&key.at.name(&self.schema, None));
        let unmapped = || ErrorKind::AttributeUnmapped { name: name() };
        let At::Declared(line) = &key.at else { return Err(unmapped()) };
        let id = *line.last().ok_or_else(unmapped)?;
        let row = self.resource_row();
        let descending = key.direction == Direction::Descending;
        let of = |scalar: Scalar<'m>, expr: Sql<'m>, nullable: bool| match self.sorts(&scalar) {
            true => Ok(SortKey { id, ty: scalar.ty, nullable, expr, stored: scalar.stored, descending }),
            false => Err(ErrorKind::AttributeNotSortable { name: name() }),
        };
        let own = match self.sort.get(&id) {
            Some(column) => self.scalar_of(column, &row),
            None => self.scalar(id, &row),
        };
        match (own, self.element_of(id)) {
            (Some(scalar), _) => {
                let (expr, nullable) = (scalar.compared.clone(), scalar.nullable);
                of(scalar, expr, nullable)
            }
            (None, None) => Err(unmapped()),
            (None, Some(element)) => {
                let alias = self.dialect.quote(&format!("scim_s{}", number + 1));
                let inner = Row { prefix: format!("{alias}.").into(), element: Some(element) };
                let scalar = self.scalar(id, &inner).ok_or_else(unmapped)?;
                let expr = self.of_first_element(&scalar, element, &row, &alias);
                of(scalar, expr.ok_or_else(|| ErrorKind::AttributeNotSortable { name: name() })?.into(), true)
            }
        }
    }

    /// Whether the database orders by all of the value.
    fn sorts(&self, scalar: &Scalar<'_>) -> bool {
        let longest = self.dialect.longest_sorted().filter(|_| scalar.ty == ColumnType::Text);
        longest.is_none_or(|longest| scalar.column.max_length.is_some_and(|length| length <= longest))
    }

    /// O3: the value of the first primary element, else of the first.
    fn of_first_element(&self, value: &Scalar<'_>, element: AttrId, row: &Row<'_>, alias: &str) -> Option<String> {
        let elements = self.elements.get(&element)?;
        let position = elements.position.as_deref()?;
        // A row that is not assigned would be the first one all the same.
        if !matches!(elements.source, Source::Table { .. }) || !elements.never_empty {
            return None;
        }
        let (from, joins) = self.element_rows(element, row, alias)?;
        let inner = Row { prefix: format!("{alias}.").into(), element: Some(element) };
        let primary = self.schema.find_below(element, "primary").filter(|id| self.schema.attribute(*id).is_readable());
        let first = match primary {
            Some(primary) => {
                let primary = self.scalar(primary, &inner)?;
                format!("CASE WHEN {} = TRUE THEN 0 ELSE 1 END, ", primary.stored)
            }
            None => String::new(),
        };
        let position = format!("{alias}.{}", self.dialect.quote(position));
        let (value, joins) = (&value.compared, joins.join(" AND "));
        Some(format!("(SELECT {value} FROM {from} WHERE {joins} ORDER BY {first}{position} LIMIT 1)"))
    }
}
