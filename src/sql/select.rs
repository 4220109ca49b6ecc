//! A list request as one statement: scope, filter, order, cursor and page.

use std::sync::Arc;

use super::column::ColumnType;
use super::columns::Columns;
use super::condition::Condition;
use super::exact::Fit;
use super::fragment::{SqlFragment, Text};
use super::keyset::{self, Behind, Looked};
use super::literal::literal_of_key;
use super::order::SortKey;
use super::page::SelectPage;
use super::statement::Parts;
use crate::check::{At, CheckedFilter};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorKind};
use crate::order::SortValue;
use crate::page::{Binding, CursorKind, Paging, Position};
use crate::query::CheckedQuery;

/// Statements for list requests: what they select, and from whose rows. Built once, used for each request.
///
/// ```
/// use scim_query::sql::{Columns, Dialect, Param, Select, SqlFragment};
/// use scim_query::{ListQuery, Profile, Schema};
///
/// let schema = Schema::access_requests();
/// let columns = Columns::standard(&schema, Dialect::Postgres, "requests")?;
/// let tenant = SqlFragment::new(Dialect::Postgres, "tenant = ?", vec![Param::I64(7)])?;
/// let select = Select::new(&columns, "document").scope(tenant);
/// let query = ListQuery::parse(r#"filter=status eq "PENDING"&limit=2"#, &Profile::okta())?.check(&schema)?;
/// assert_eq!(
///     select.page(&query)?.statement.sql,
///     r#"SELECT document, "requests"."created" AS scim_key_1, "requests"."id" AS scim_key_2 FROM "requests" WHERE (tenant = $1) AND ("requests"."status" = $2::text) ORDER BY "requests"."created" DESC, "requests"."id" DESC LIMIT 3"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Select {
    columns: Columns,
    pub(super) list: Arc<str>,
    scopes: Vec<Arc<SqlFragment>>,
    allow_residual: bool,
}

impl Select {
    /// Statements that select this list of columns, in SQL, the program's own: `id, doc` or `users.*`. A bare `*` is all of the
    /// mapping's table; behind a longer list, `id, *`, it would be more than that, since some pages are joined with the list of
    /// their rows.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let columns = Columns::standard(&Schema::user(), Dialect::Postgres, "users")?;
    /// let query = ListQuery::parse("startIndex=3", &Profile::scim())?.check(&Schema::user())?;
    /// let page = Select::new(&columns, "*").page(&query)?;
    /// assert!(page.statement.sql.starts_with(r#"SELECT "users".*, "users"."id" AS scim_key_1 FROM (SELECT "#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(columns: &Columns, list: impl Into<String>) -> Select {
        let list: String = list.into();
        let list = match list.trim() {
            "*" => format!("{}*", columns.mapping().resource_row().prefix),
            _ => list,
        };
        Select { columns: columns.clone(), list: list.into(), scopes: Vec::new(), allow_residual: false }
    }

    /// Only among the rows of which this is true: the caller's. It holds for the rows that a cursor names, too (O7). Several
    /// scopes all have to be true, so that one of the program's can be given at start-up and the caller's with each request.
    pub fn scope(mut self, scope: SqlFragment) -> Select {
        self.scopes.push(Arc::new(scope));
        self
    }

    /// What the columns do not serve of a filter is left to the program, as [`SelectPage::residual`] (D8). Without this, such
    /// a filter is refused.
    pub fn allow_residual(mut self) -> Select {
        self.allow_residual = true;
        self
    }

    /// The statements of a list request.
    ///
    /// # Errors
    /// What [`CheckedFilter::where_sql`](crate::CheckedFilter::where_sql) and
    /// [`CheckedOrdering::order_by_sql`](crate::CheckedOrdering::order_by_sql) refuse; a cursor that this query did not give
    /// out.
    pub fn page(&self, query: &CheckedQuery) -> Result<SelectPage, Error> {
        let mapping = self.columns.mapping();
        let split = self.allow_residual.then(|| self.columns.split(query.filter()));
        let filter = split.as_ref().map_or(query.filter(), |split| &split.pushed);
        let keys = query.ordering().sort_keys(mapping)?;
        let position = self.position(query)?;
        let anchor = position.as_ref().and_then(|position| position.anchor.clone());
        let by_record_id = matches!(query.profile().cursors, CursorKind::RecordId);
        let parts = Parts { select: self, mapping, filter, keys: &keys, by_record_id };
        let size = query.paging().size();
        // One more tells whether there is a next page (O9). Of a page without resources nothing is read. A database counts to i64.
        let most = usize::try_from(i64::MAX).unwrap_or(usize::MAX);
        let limit = if size == 0 { 0 } else { size.saturating_add(1).min(most) };
        let mut text = Text::with_room();
        match (&position, query.paging()) {
            (Some(position), _) => {
                let segments = keyset::segments(&keys, &position.behind, mapping.dialect);
                parts.in_segments(segments, limit, &mut text)?;
            }
            (None, Paging::Index { start_index, .. }) if *start_index > 1 => {
                parts.far_on(start_index - 1, limit, &mut text)?;
            }
            _ if mapping.dialect.reads_nullable_order_from_index() => parts.at_once(None, limit, &mut text)?,
            _ => parts.in_segments(keyset::whole(&keys), limit, &mut text)?,
        }
        let statement = filter.within_limits(text, mapping)?;
        let (pushed, residual) = match split {
            Some(split) => (split.pushed, Some(split.residual).filter(|residual| !residual.is_everything())),
            None => (query.filter().clone(), None),
        };
        Ok(SelectPage {
            statement,
            anchor: anchor.map(|text| text.finish(mapping.dialect)),
            residual,
            keys: keys.iter().map(|key| key.ty).collect(),
            query: query.clone(),
            scope: self.scope_text(),
            select: self.clone(),
            pushed,
        })
    }

    /// How many rows a filter matches in all.
    pub(super) fn count(&self, filter: &CheckedFilter) -> Result<SqlFragment, Error> {
        let mapping = self.columns.mapping();
        let parts = Parts { select: self, mapping, filter, keys: &[], by_record_id: false };
        let mut text = Text::with_room();
        text.push("SELECT ");
        text.push(COUNT);
        text.push(" FROM ");
        parts.where_clause(None, &mut text)?;
        filter.within_limits(text, mapping)
    }

    /// What cursors are bound to.
    fn scope_text(&self) -> String {
        match &self.scopes[..] {
            [scope] => scope.inlined(),
            scopes => scopes.iter().map(|scope| format!("({})", scope.inlined())).collect(),
        }
    }

    /// The condition, to stand after WHERE, in the scopes.
    pub(super) fn scoped<'m>(&self, condition: Condition<'m>) -> Condition<'m> {
        if self.scopes.is_empty() {
            return condition;
        }
        let scopes = self.scopes.iter().map(|scope| Condition::Is(scope.text().in_parentheses()));
        Condition::and(scopes.chain([condition]))
    }

    /// Where a cursor stands.
    fn position(&self, query: &CheckedQuery) -> Result<Option<Begin>, Error> {
        let Some(cursor) = query.paging().cursor() else { return Ok(None) };
        let ordering = query.ordering();
        match &query.profile().cursors {
            CursorKind::RecordId => {
                let id = ordering.tie_breakers().next_back().and_then(|at| self.is_id(&at, cursor));
                let id = id.ok_or_else(|| query.refuse_cursor(ErrorKind::RecordUnknown))?;
                self.looked_up(query, id).map(Some)
            }
            CursorKind::Opaque(cursors) => {
                let binding = Binding::of(query.filter(), ordering, cursors, &self.scope_text());
                let position = cursors
                    .decode(cursor, &binding, ordering, query.limits())
                    .map_err(|kind| query.refuse_cursor(kind))?;
                self.at_position(query, position).map(Some)
            }
        }
    }

    fn at_position(&self, query: &CheckedQuery, position: Position) -> Result<Begin, Error> {
        let mapping = self.columns.mapping();
        if let Some(values) = position.keys {
            let keys = query.ordering().sort_keys(mapping)?;
            // A cursor without a key may be anybody's.
            if keys.iter().zip(&values).any(|(key, value)| !holds(key.ty, value)) {
                let reason = "it is not one that this list gave out";
                return Err(query.refuse_cursor(ErrorKind::CursorInvalid { reason }));
            }
            let behind = keys.iter().zip(values).map(|(key, value)| self.behind(key, value)).collect();
            return Ok(Begin { behind, anchor: None });
        }
        let mut conditions = Vec::new();
        for (at, value) in query.ordering().tie_breakers().zip(position.tie_breakers) {
            let condition = self.is_value(&at, value).ok_or_else(|| query.refuse_cursor(ErrorKind::RecordUnknown))?;
            conditions.push(condition);
        }
        self.looked_up(query, Condition::and(conditions))
    }

    fn behind(&self, key: &SortKey<'_>, value: SortValue<'static>) -> Behind {
        let mapping = self.columns.mapping();
        let folded = !mapping.schema.attribute(key.id).is_case_exact();
        match literal_of_key(value, folded) {
            Some(literal) => Behind::Value(Fit::of(&literal, key.ty, mapping.dialect)),
            None => Behind::Null,
        }
    }

    /// Behind the row that a condition names: its keys are read by sub-queries.
    fn looked_up(&self, query: &CheckedQuery, named: Condition<'_>) -> Result<Begin, Error> {
        let mapping = self.columns.mapping();
        let condition = self.scoped(named);
        let row = Text::from(format!(" FROM {} WHERE ", mapping.from())).with(condition.open(mapping.dialect));
        // One column of a composite tie-breaker may name several rows: that is told by their count, not by the database.
        let several = if mapping.schema.tie_breakers().len() > 1 { " LIMIT 1" } else { "" };
        let one = row.clone().then(several);
        let keys = query.ordering().sort_keys(mapping)?;
        let behind = keys.iter().map(|_| Behind::Looked(Looked { row: one.clone(), only_if: None })).collect();
        Ok(Begin { behind, anchor: Some(Text::from(format!("SELECT {COUNT}")).with(row)) })
    }

    /// The row of a record id.
    fn is_id(&self, at: &At, id: &str) -> Option<Condition<'_>> {
        let mapping = self.columns.mapping();
        let At::Declared(line) = at else { return None };
        let attribute = *line.last()?;
        let scalar = mapping.scalar(attribute, &mapping.resource_row())?;
        let fit = match scalar.ty {
            ColumnType::Text => {
                // As it is stored, not folded.
                let exact = crate::check::Literal::Text { text: id.into(), folded: false };
                Fit::of(&exact, scalar.ty, mapping.dialect)
            }
            ColumnType::Integer => {
                let number: i64 = id.parse().ok().filter(|number: &i64| number.to_string() == id)?;
                Fit::of(&crate::check::Literal::Number(Decimal::parse(&number.to_string())), scalar.ty, mapping.dialect)
            }
            _ => return None,
        };
        let Fit::Exact(param) = fit else { return None };
        let is = |expr: &str| {
            Condition::Is(Text::from(format!("{expr} = ")).with(mapping.dialect.typed(param.clone(), scalar.ty)))
        };
        let by_bytes = !scalar.twice && scalar.column.fold.is_none();
        Some(match scalar.ty == ColumnType::Text && !by_bytes {
            true => Condition::and([is(&scalar.stored), is(&mapping.dialect.by_bytes(&scalar.stored))]),
            false => is(&scalar.stored),
        })
    }

    /// The rows whose tie-breaker has a value, as it is compared.
    fn is_value(&self, at: &At, value: SortValue<'static>) -> Option<Condition<'_>> {
        let mapping = self.columns.mapping();
        let At::Declared(line) = at else { return None };
        let id = *line.last()?;
        let scalar = mapping.scalar(id, &mapping.resource_row())?;
        if !holds(scalar.ty, &value) {
            return None;
        }
        let literal = literal_of_key(value, !mapping.schema.attribute(id).is_case_exact())?;
        match scalar.one_of(&[&literal], mapping.dialect, false) {
            Condition::Const(_) => None,
            condition => Some(condition),
        }
    }
}

/// Whether a column of the type has such values.
fn holds(ty: ColumnType, value: &SortValue<'_>) -> bool {
    use ColumnType::{Boolean, Decimal, Double, Epoch, Integer, Text, Timestamp, TimestampText};
    matches!(
        (ty, value),
        (_, SortValue::Unassigned)
            | (Text, SortValue::Text(_))
            | (Boolean, SortValue::Bool(_))
            | (Integer | Double | Decimal { .. }, SortValue::Number(_))
            | (Timestamp { .. } | TimestampText { .. } | Epoch { .. }, SortValue::Instant(_))
    )
}

/// How many rows there are, by a name that drivers can ask for.
const COUNT: &str = "COUNT(*) AS scim_count";

/// The position behind which a page begins.
struct Begin {
    behind: Vec<Behind>,
    /// How many rows it names, where it was looked up: one, or the cursor is refused.
    anchor: Option<Text>,
}
