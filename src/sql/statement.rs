//! The text of a list request's statement, written from its beginning to its end.

use super::columns::Mapping;
use super::condition::Condition;
use super::fragment::Text;
use super::keyset::{Leading, Segment};
use super::order::{SortKey, SortKeys, order_by};
use super::select::Select;
use crate::check::CheckedFilter;
use crate::error::Error;

/// What a statement is made of.
pub(super) struct Parts<'p> {
    pub(super) select: &'p Select,
    pub(super) mapping: &'p Mapping,
    pub(super) filter: &'p CheckedFilter,
    pub(super) keys: &'p [SortKey<'p>],
    pub(super) by_record_id: bool,
}

impl<'p> Parts<'p> {
    /// The table and the conditions behind it.
    pub(super) fn where_clause(&self, condition: Option<Condition<'p>>, text: &mut Text) -> Result<(), Error> {
        text.push(self.mapping.from());
        let filter = match self.filter.is_everything() {
            true => Condition::Const(true),
            false => self.filter.condition(self.mapping)?,
        };
        let all = match condition {
            None => filter,
            Some(condition) => Condition::and([filter, condition]),
        };
        self.only_where(self.select.scoped(all), text);
        Ok(())
    }

    fn only_where(&self, condition: Condition<'_>, text: &mut Text) {
        if !matches!(condition, Condition::Const(true)) {
            text.push(" WHERE ");
            condition.write(self.mapping.dialect, text);
        }
    }

    /// The list, and the sort keys as text.
    fn list(&self, text: &mut Text) {
        text.push("SELECT ");
        text.push(&self.select.list);
        let tie_breakers = self.mapping.schema.tie_breakers();
        for (at, key) in self.keys.iter().enumerate() {
            // A record id is an id as it is stored.
            let is_id = self.by_record_id && tie_breakers.last() == Some(&key.id);
            let shown = if is_id { &key.stored } else { &key.expr };
            text.push(", ");
            text.push(&self.mapping.dialect.key_text(shown, key.ty));
            text.push(" AS scim_key_");
            text.push_number(at + 1);
        }
        text.push(" FROM ");
    }

    fn in_order(&self, keys: &[SortKey<'_>], text: &mut Text) {
        text.push(" ORDER BY ");
        order_by(keys, self.mapping, text);
    }

    pub(super) fn at_once(&self, condition: Option<Condition<'p>>, limit: usize, text: &mut Text) -> Result<(), Error> {
        self.list(text);
        self.where_clause(condition, text)?;
        self.in_order(self.keys, text);
        text.limit(limit);
        Ok(())
    }

    /// One segment is a query as it is. Several are read one by one, each by its index, and the page is put in order again.
    pub(super) fn in_segments(&self, segments: Vec<Segment<'p>>, limit: usize, text: &mut Text) -> Result<(), Error> {
        let within = |leading: Leading| -> SortKeys<'p> {
            let mut keys: SortKeys<'p> = self.keys.iter().cloned().collect();
            match leading {
                Leading::Any => {}
                Leading::Null if !self.mapping.dialect.orders_by_what_is_null() => drop(keys.remove(0)),
                Leading::Null | Leading::NotNull => keys[0].nullable = false,
            }
            keys
        };
        if let [segment] = &segments[..] {
            self.list(text);
            self.where_clause(Some(segment.condition.clone()), text)?;
            self.in_order(&within(segment.leading), text);
            text.limit(limit);
            return Ok(());
        }
        if segments.is_empty() {
            return self.at_once(Some(Condition::Const(false)), limit, text);
        }
        self.joined(limit, text, |text| {
            for (at, segment) in segments.into_iter().enumerate() {
                text.push(if at > 0 { " UNION ALL SELECT * FROM (" } else { "SELECT * FROM (" });
                self.ids(Some(segment.condition), &within(segment.leading), text)?;
                text.limit(limit);
                text.push(") AS scim_p");
                text.push_number(at + 1);
            }
            Ok(())
        })
    }

    /// The page behind so many rows, of which only the tie-breakers are read: the index has them.
    pub(super) fn far_on(&self, offset: usize, limit: usize, text: &mut Text) -> Result<(), Error> {
        self.joined(limit, text, |text| {
            self.ids(None, self.keys, text)?;
            text.limit(limit);
            text.push(" OFFSET ");
            text.push_number(offset);
            Ok(())
        })
    }

    /// The tie-breakers of rows in order.
    fn ids(&self, condition: Option<Condition<'p>>, keys: &[SortKey<'_>], text: &mut Text) -> Result<(), Error> {
        let list: Vec<String> =
            self.tie_breakers().iter().enumerate().map(|(at, own)| format!("{own} AS scim_id_{}", at + 1)).collect();
        text.push(&format!("SELECT {} FROM ", list.join(", ")));
        self.where_clause(condition, text)?;
        self.in_order(keys, text);
        Ok(())
    }

    fn tie_breakers(&self) -> Vec<String> {
        let prefix = self.mapping.resource_row().prefix;
        let columns = self.mapping.schema.tie_breakers().iter().filter_map(|id| self.mapping.columns.get(id));
        columns.map(|column| format!("{prefix}{}", self.mapping.dialect.quote(&column.name))).collect()
    }

    /// The rows of these tie-breakers. They are few, and come first; the table is searched for each of them.
    fn joined(
        &self,
        limit: usize,
        text: &mut Text,
        ids: impl FnOnce(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let own = self.tie_breakers();
        let joined: Vec<String> =
            own.iter().enumerate().map(|(at, own)| format!("{own} = scim_page.scim_id_{}", at + 1)).collect();
        self.list(text);
        text.push("(");
        ids(text)?;
        let join = self.mapping.dialect.join_of_few();
        text.push(&format!(") AS scim_page {join} {} ON {}", self.mapping.from(), joined.join(" AND ")));
        // A tie-breaker may be unique in its scope only.
        self.only_where(self.select.scoped(Condition::Const(true)), text);
        self.in_order(self.keys, text);
        text.limit(limit);
        Ok(())
    }
}
