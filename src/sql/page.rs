//! From the rows that a statement gave back to a page and the cursor of the next one.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::column::ColumnType;
use super::fragment::SqlFragment;
use super::select::Select;
use crate::check::CheckedFilter;
use crate::decimal::{Decimal, Number};
use crate::instant::Instant;
use crate::list::{DataError, ListError};
use crate::order::SortValue;
use crate::page::{CursorKind, Paging, Position};
use crate::query::CheckedQuery;

/// The statements of one list request.
#[derive(Clone, Debug)]
#[must_use]
pub struct SelectPage {
    /// The page: at most one row more than it has resources. Behind the columns of its list, each row has the sort keys as
    /// text, `scim_key_1` and so on.
    pub statement: SqlFragment,
    /// How many rows the cursor names, as `scim_count`; only for a cursor whose row has to be looked up (O7). Without that row there is no page,
    /// so it is run, too, and [`SelectPage::finish`] refuses the cursor when it is not one. It is run after the statement, or in one
    /// snapshot with it: else a row that is deleted between the two would end the list early.
    pub anchor: Option<SqlFragment>,
    /// What the columns do not serve of the filter, to be tested on the resources by [`SelectPage::finish_matching`]; with
    /// [`Select::allow_residual`](super::Select::allow_residual) only. A page may then have fewer resources than was asked for
    /// and still not be the last.
    pub residual: Option<CheckedFilter>,
    /// What the columns of the sort keys hold.
    pub(super) keys: SmallVec<[ColumnType; 2]>,
    pub(super) query: CheckedQuery,
    /// What cursors are bound to besides.
    pub(super) scope: String,
    pub(super) select: Select,
    /// What the statement says of the filter.
    pub(super) pushed: CheckedFilter,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlPage<R> {
    /// The rows, in order.
    pub rows: Vec<R>,
    /// The cursor of the next page; `None` when this is the last (O9), or the page is one by index.
    pub next: Option<String>,
    /// The number of the page's first resource, 1-based, for a page by index.
    pub start_index: Option<usize>,
}

impl SelectPage {
    /// How many resources match in all pages together, as `scim_count`; `None` with a [residual](SelectPage::residual). It is
    /// made when it is asked for: most pages are listed without it.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let schema = Schema::user();
    /// let select = Select::new(&Columns::standard(&schema, Dialect::Sqlite, "users")?, "document");
    /// let page = select.page(&ListQuery::parse("filter=active eq true", &Profile::scim())?.check(&schema)?)?;
    /// let count = page.count().map(|count| count.sql);
    /// assert_eq!(count.as_deref(), Some(r#"SELECT COUNT(*) AS scim_count FROM "users" WHERE ("users"."active" = ?)"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn count(&self) -> Option<SqlFragment> {
        // The statement has the same condition, and more: where it could be made, so can this.
        if self.residual.is_some() { None } else { self.select.count(&self.pushed).ok() }
    }

    /// How many columns of sort keys a row has: its last ones, behind all those of its own list. Where a driver reads columns by
    /// name, [`SelectPage::key_names`] are harder to get wrong.
    #[must_use]
    pub fn key_columns(&self) -> usize {
        self.keys.len()
    }

    /// The names of the columns of sort keys: `scim_key_1` and so on.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let schema = Schema::user();
    /// let select = Select::new(&Columns::standard(&schema, Dialect::Sqlite, "users")?, "document");
    /// let page = select.page(&ListQuery::parse("sortBy=title", &Profile::scim())?.check(&schema)?)?;
    /// assert_eq!(page.key_names().collect::<Vec<_>>(), ["scim_key_1", "scim_key_2"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn key_names(&self) -> impl Iterator<Item = String> {
        (1..=self.keys.len()).map(|number| format!("scim_key_{number}"))
    }

    /// The page of the rows that the statement gave back. `keys` takes a row's sort keys, `scim_key_1` and on. `anchor` is what
    /// the [anchor](SelectPage::anchor) counted, where there is one.
    ///
    /// # Errors
    /// A cursor that names no row any more, or several; the position of a row whose keys are not those of the statement, or
    /// that cannot be told from the one before it, so that no cursor can stand between them.
    ///
    /// ```
    /// use scim_query::sql::{Columns, Dialect, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let select = Select::new(&Columns::standard(&schema, Dialect::Sqlite, "requests")?, "document");
    /// let page = select.page(&ListQuery::parse("limit=1", &Profile::okta())?.check(&schema)?)?;
    /// // What the database gave back: two rows for a page of one.
    /// let rows = vec![("{..}", ["1700000000000000", "req1"]), ("{..}", ["1600000000000000", "req2"])];
    /// let page = page.finish(rows, None, |(_, keys)| keys.map(|key| Some(key.to_owned())).to_vec())?;
    /// assert_eq!((page.rows.len(), page.next.as_deref()), (1, Some("req1")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn finish<R>(
        &self,
        rows: Vec<R>,
        anchor: Option<i64>,
        keys: impl Fn(&R) -> Vec<Option<String>>,
    ) -> Result<SqlPage<R>, ListError> {
        if self.residual.is_some() {
            return Err(data(0, "is not tested by the residual: use `finish_matching`"));
        }
        self.cut(rows, anchor, keys)
    }

    /// As [`SelectPage::finish`], without the rows of which the [residual](SelectPage::residual) is not true: `matches` tests it
    /// on the resource of a row.
    ///
    /// # Errors
    /// As [`SelectPage::finish`].
    ///
    /// ```
    /// use scim_query::sql::{Column, Columns, Dialect, Select};
    /// use scim_query::{ListQuery, Profile, Schema};
    /// use serde_json::{Value, json};
    ///
    /// let schema = Schema::access_requests();
    /// let columns = Columns::builder(&schema, Dialect::Sqlite, "requests")
    ///     .column("id", Column::new("id").not_null())
    ///     .column("created", Column::new("created").not_null())
    ///     .column("status", Column::new("status").not_null())
    ///     .document("document")
    ///     .build()?;
    /// // There is no column for `resourceId`.
    /// let text = r#"filter=status eq "PENDING" and resourceId eq "0oa1"&limit=2"#;
    /// let query = ListQuery::parse(text, &Profile::okta())?.check(&schema)?;
    /// let page = Select::new(&columns, "document").allow_residual().page(&query)?;
    /// assert_eq!(page.residual.as_ref().map(ToString::to_string).as_deref(), Some(r#"resourceId eq "0oa1""#));
    /// // What the database gave back.
    /// let rows: Vec<Value> = vec![json!({"requested": {"resourceId": "0oa1"}}), json!({"requested": {"resourceId": "0oa2"}})];
    /// let page = page.finish_matching(rows, None, |_| Vec::new(), |row, residual| residual.matches(row))?;
    /// assert_eq!(page.rows.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn finish_matching<R>(
        &self,
        rows: Vec<R>,
        anchor: Option<i64>,
        keys: impl Fn(&R) -> Vec<Option<String>>,
        matches: impl Fn(&R, &CheckedFilter) -> bool,
    ) -> Result<SqlPage<R>, ListError> {
        let mut page = self.cut(rows, anchor, keys)?;
        if let Some(residual) = &self.residual {
            page.rows.retain(|row| matches(row, residual));
        }
        Ok(page)
    }

    fn cut<R>(
        &self,
        mut rows: Vec<R>,
        anchor: Option<i64>,
        keys: impl Fn(&R) -> Vec<Option<String>>,
    ) -> Result<SqlPage<R>, ListError> {
        self.check_anchor(anchor)?;
        let size = self.query.paging().size();
        let start_index = match self.query.paging() {
            Paging::Index { start_index, .. } => Some(*start_index),
            Paging::Limit { .. } | Paging::Cursor { .. } => None,
        };
        let next = match (rows.get(size.wrapping_sub(1)), rows.get(size)) {
            (Some(last), Some(beyond)) if size > 0 && start_index.is_none() => {
                Some(self.next(keys(last), &keys(beyond), size - 1)?)
            }
            _ => None,
        };
        rows.truncate(size);
        Ok(SqlPage { rows, next, start_index })
    }

    fn check_anchor(&self, count: Option<i64>) -> Result<(), ListError> {
        match (&self.anchor, count) {
            (None, _) => Ok(()),
            (Some(_), Some(count)) => match self.query.refuse_count(usize::try_from(count).unwrap_or(0)) {
                Some(error) => Err(ListError::Query(error)),
                None => Ok(()),
            },
            (Some(_), None) => Err(data(0, "cannot be told from another: the `anchor` of its page was not run")),
        }
    }

    /// The cursor between two rows.
    fn next(&self, last: Vec<Option<String>>, beyond: &[Option<String>], position: usize) -> Result<String, ListError> {
        if last == beyond {
            let problem = "shares its tie-breaker with the one behind it, so that no cursor can stand between them";
            return Err(data(position, problem));
        }
        if last.len() != self.keys.len() {
            return Err(data(position, "has not the sort keys of the statement"));
        }
        let ordering = self.query.ordering();
        let key_of = |at| ordering.keys().iter().position(|key| key.at == at);
        match &self.query.profile().cursors {
            CursorKind::RecordId => {
                let at = ordering.tie_breakers().next_back().and_then(key_of);
                let id = at.and_then(|at| last[at].clone());
                self.query.record_cursor(id).map_err(|problem| data(position, problem))
            }
            CursorKind::Opaque(cursors) => {
                let unreadable = || {
                    data(
                        position,
                        "has a sort key that is not as the statement gives it: they are the last columns, `scim_key_1` and on",
                    )
                };
                let values = self.keys.iter().zip(last).map(|(ty, text)| read_key(*ty, text).ok_or_else(unreadable));
                let values: Vec<Option<SortValue<'static>>> = values.collect::<Result<_, _>>()?;
                let tie_breakers = ordering.tie_breakers().map(|at| values.get(key_of(at)?)?.clone());
                let tie_breakers: Option<Vec<_>> = tie_breakers.collect();
                let tie_breakers =
                    tie_breakers.ok_or_else(|| data(position, "has no tie-breaker that a cursor can hold"))?;
                // A key that a cursor does not hold exactly is left out with the others, and looked up.
                let position_of = Position { keys: values.into_iter().collect(), tie_breakers };
                let cursor = self.query.opaque_cursor(cursors, &position_of, &self.scope);
                cursor.map_err(|problem| data(position, problem))
            }
        }
    }
}

fn data(position: usize, problem: &'static str) -> ListError {
    ListError::Data(DataError::new(position, problem))
}

/// A sort key's value from its text. The inner `None` is a value that a cursor cannot hold exactly.
fn read_key(ty: ColumnType, text: Option<String>) -> Option<Option<SortValue<'static>>> {
    let Some(text) = text else { return Some(Some(SortValue::Unassigned)) };
    Some(Some(match ty {
        ColumnType::Text => SortValue::Text(Cow::Owned(text)),
        ColumnType::Boolean => SortValue::Bool(match &*text {
            "0" => false,
            "1" => true,
            _ => return None,
        }),
        ColumnType::Integer => SortValue::Number(Number::I64(text.parse().ok()?)),
        ColumnType::Double => {
            let double: f64 = match text.strip_prefix('x') {
                Some(bits) => f64::from_bits(u64::from_str_radix(bits, 16).ok()?),
                None => text.parse().ok()?,
            };
            SortValue::Number(Number::F64(Some(double).filter(|double| double.is_finite())?))
        }
        ColumnType::Decimal { .. } => return Some(exact_number(&text)?.map(SortValue::Number)),
        ColumnType::Epoch { digits } => SortValue::Instant(instant(text.parse().ok()?, digits)),
        ColumnType::TimestampText { .. } => SortValue::Instant(Instant::parse(&text).ok()?),
        ColumnType::Timestamp { .. } => match text.parse() {
            Ok(microseconds) => SortValue::Instant(instant(microseconds, 6)),
            // `2022-05-24 14:15:22.000000`, in UTC.
            Err(_) => SortValue::Instant(Instant::parse(&format!("{}Z", text.replace(' ', "T"))).ok()?),
        },
    }))
}

fn instant(count: i64, digits: u8) -> Instant {
    let digits = digits.min(9);
    let units = 10i64.pow(u32::from(digits));
    let rest = u32::try_from(count.rem_euclid(units)).unwrap_or(0);
    Instant { seconds: count.div_euclid(units), nanos: rest * 10u32.pow(9 - u32::from(digits)) }
}

/// The number of a decimal's text, which is digits and perhaps a point between them. The inner `None` is none that a cursor holds.
fn exact_number(text: &str) -> Option<Option<Number>> {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let wanted = Decimal::parse(text);
    let plain = wanted.to_string();
    let candidates = [
        plain.parse().ok().map(Number::I64),
        plain.parse().ok().map(Number::U64),
        plain.parse().ok().filter(|double: &f64| double.is_finite()).map(Number::F64),
    ];
    Some(candidates.into_iter().flatten().find(|number| Decimal::from(*number) == wanted))
}
