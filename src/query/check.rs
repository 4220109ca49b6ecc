//! Checking a whole list request.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::{ListQuery, Profile};
use crate::ast::{Direction, Filter, OrderBy};
use crate::check::CheckedFilter;
use crate::error::{Error, ErrorKind, Name, Part};
use crate::limits::Limits;
use crate::options::{Options, STRICT};
use crate::order::CheckedOrdering;
use crate::page::Paging;
use crate::project::Projection;
use crate::quirks::Quirk;
use crate::schema::Schema;
use crate::span::Span;
use crate::warning::{Warning, WarningKind};

/// A list request that fits its schema: what to match, in which order, which page, and which attributes of it.
///
/// Owned, cheap to clone.
#[derive(Clone)]
pub struct CheckedQuery(Arc<Checked>);

struct Checked {
    filter: CheckedFilter,
    ordering: CheckedOrdering,
    paging: Paging,
    projection: Projection,
    profile: Profile,
    limits: Limits,
    warnings: Vec<(Part, Warning)>,
}

impl CheckedQuery {
    /// What to match.
    pub fn filter(&self) -> &CheckedFilter {
        &self.0.filter
    }

    /// In which order.
    pub fn ordering(&self) -> &CheckedOrdering {
        &self.0.ordering
    }

    /// Which page.
    pub fn paging(&self) -> &Paging {
        &self.0.paging
    }

    /// Which attributes of it.
    pub fn projection(&self) -> &Projection {
        &self.0.projection
    }

    /// What was accepted but is worth telling, with the parameter that it is about.
    pub fn warnings(&self) -> &[(Part, Warning)] {
        &self.0.warnings
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.0.profile
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
}

impl fmt::Debug for CheckedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checked { filter, ordering, paging, projection, profile, limits, warnings } = &*self.0;
        f.debug_struct("CheckedQuery")
            .field("filter", filter)
            .field("ordering", ordering)
            .field("paging", paging)
            .field("projection", projection)
            .field("profile", profile)
            .field("limits", limits)
            .field("warnings", warnings)
            .finish()
    }
}

impl ListQuery {
    /// Checks all parameters, strictly and with the default limits.
    ///
    /// # Errors
    /// The first parameter that is wrong; [`Error::part`] names it.
    pub fn check(&self, schema: &Schema) -> Result<CheckedQuery, Error> {
        self.check_with(schema, &STRICT)
    }

    /// Checks all parameters with quirks, limits and capabilities of the caller's choice.
    ///
    /// # Errors
    /// As [`ListQuery::check`].
    pub fn check_with(&self, schema: &Schema, options: &Options) -> Result<CheckedQuery, Error> {
        let mut reader = Reader { query: self, options, warnings: Vec::new() };
        let filter = reader.filter(schema)?;
        let ordering = reader.ordering(schema)?;
        let paging = if self.profile.is_okta() { reader.okta_paging()? } else { reader.scim_paging()? };
        let (attributes, excluded) = (self.get(Part::Attributes), self.get(Part::ExcludedAttributes));
        let projection = Projection::check(attributes, excluded, schema, options, &mut reader.warnings)?;
        reader.look_alikes()?;
        Ok(CheckedQuery(Arc::new(Checked {
            filter,
            ordering,
            paging,
            projection,
            profile: self.profile.clone(),
            limits: options.limits.clone(),
            warnings: reader.warnings,
        })))
    }
}

struct Reader<'r> {
    query: &'r ListQuery,
    options: &'r Options,
    warnings: Vec<(Part, Warning)>,
}

impl<'r> Reader<'r> {
    fn quirk(&mut self, part: Part, quirk: Quirk) -> bool {
        let has = self.options.quirks.has(quirk);
        if has {
            let span = Span::new(0, self.query.get(part).map_or(0, str::len));
            self.warnings.push((part, Warning::new(WarningKind::Quirk(quirk), span)));
        }
        has
    }

    /// The parameter, where an empty value counts as absent with Q7.
    fn unless_empty(&mut self, part: Part) -> Option<&'r str> {
        let value = self.query.get(part)?;
        let absent = value.trim_matches([' ', '\t', '\r', '\n']).is_empty() && self.quirk(part, Quirk::Q7);
        (!absent).then_some(value)
    }

    /// Whoever sent one gets everything, and may not have wanted that.
    fn look_alikes(&mut self) -> Result<(), Error> {
        if self.query.unknown().is_empty() {
            return Ok(());
        }
        // A name that comes again says nothing new.
        let mut seen = HashSet::with_capacity(self.query.unknown().len());
        for (name, _) in self.query.unknown().iter().filter(|(name, _)| seen.insert(name.as_str())) {
            let (Some(meant), name) = (self.query.meant(name), Name::of(name)) else { continue };
            if self.options.strict_parameters {
                let kind = ErrorKind::ParameterUnknown { name, meant: Some(meant) };
                return Err(Error::new(kind, Part::Query, None, ""));
            }
            let kind = WarningKind::ParameterLooksLike { name, meant };
            self.warnings.push((Part::Query, Warning::new(kind, Span::default())));
        }
        Ok(())
    }

    fn filter(&mut self, schema: &Schema) -> Result<CheckedFilter, Error> {
        let Some(text) = self.unless_empty(Part::Filter) else {
            return Ok(CheckedFilter::all(schema));
        };
        let filter = Filter::parse_with(text, self.options)?.check_with(schema, self.options)?;
        self.warnings.extend(filter.warnings().iter().cloned().map(|warning| (Part::Filter, warning)));
        Ok(filter)
    }

    fn ordering(&mut self, schema: &Schema) -> Result<CheckedOrdering, Error> {
        // Without one no page has a place to begin (O5).
        if !schema.is_open() && schema.tie_breakers().is_empty() {
            return Err(Error::new(ErrorKind::TieBreakerMissing, Part::OrderBy, None, ""));
        }
        let direction = self.sort_order()?;
        let (part, order) = match (self.query.get(Part::OrderBy), self.query.get(Part::SortBy)) {
            (Some(text), _) => (Part::OrderBy, OrderBy::parse_with(text, self.options)?),
            (None, Some(text)) => {
                let order = OrderBy::sort_by(text, self.options)?;
                (Part::SortBy, order.with_direction(direction.unwrap_or_default()))
            }
            (None, None) => {
                if let Some(text) = self.query.get(Part::SortOrder) {
                    let warning = Warning::new(WarningKind::SortOrderUnused, Span::new(0, text.len()));
                    self.warnings.push((Part::SortOrder, warning));
                }
                return Ok(CheckedOrdering::default_of(schema));
            }
        };
        let ordering = order.check_with(schema, self.options)?;
        self.warnings.extend(ordering.warnings().iter().cloned().map(|warning| (part, warning)));
        Ok(ordering)
    }

    /// O1: `ascending` and `descending` in any case; `asc` and `desc` with Q7.
    fn sort_order(&mut self) -> Result<Option<Direction>, Error> {
        let Some(text) = self.query.get(Part::SortOrder) else { return Ok(None) };
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        if is("ascending") || (is("asc") && self.quirk(Part::SortOrder, Quirk::Q7)) {
            Ok(Some(Direction::Ascending))
        } else if is("descending") || (is("desc") && self.quirk(Part::SortOrder, Quirk::Q7)) {
            Ok(Some(Direction::Descending))
        } else {
            let kind = ErrorKind::SortOrderUnknown { found: Name::of(text) };
            Err(Error::new(kind, Part::SortOrder, Span::new(0, text.len()), text))
        }
    }

    /// O8, Okta: outside its range is an error.
    fn okta_paging(&mut self) -> Result<Paging, Error> {
        let profile = &self.query.profile;
        let limit = match self.query.get(Part::Limit) {
            None => profile.default_size,
            Some(text) => {
                let wrong = |kind| Error::new(kind, Part::Limit, Span::new(0, text.len()), text);
                let limit = integer(text).ok_or_else(|| wrong(ErrorKind::IntegerInvalid))?;
                let max = profile.max_size;
                usize::try_from(limit)
                    .ok()
                    .filter(|limit| (1..=max).contains(limit))
                    .ok_or_else(|| wrong(ErrorKind::OutOfRange { min: 1, max }))?
            }
        };
        let after = self.cursor(Part::After)?;
        if after == Some("") {
            return Err(Error::new(ErrorKind::AfterEmpty, Part::After, None, ""));
        }
        Ok(Paging::Limit { limit, after: after.map(str::to_owned) })
    }

    /// O8, SCIM: what is too small or too large is read as the nearest that is not.
    fn scim_paging(&mut self) -> Result<Paging, Error> {
        let profile = &self.query.profile;
        let cursor = self.cursor(Part::Cursor)?;
        let count = match self.unless_empty(Part::Count) {
            None => profile.default_size,
            Some(text) => {
                let kind = if cursor.is_some() { ErrorKind::CountInvalid } else { ErrorKind::IntegerInvalid };
                let count = integer(text);
                let count = count.ok_or_else(|| Error::new(kind, Part::Count, Span::new(0, text.len()), text))?;
                usize::try_from(count.max(0)).unwrap_or(usize::MAX).min(profile.max_size)
            }
        };
        let start_index = self.query.get(Part::StartIndex);
        match (cursor, start_index) {
            (Some(_), Some(text)) => Err(Error::new(ErrorKind::CursorWithIndex, Part::Cursor, None, text)),
            (Some(cursor), None) => Ok(Paging::Cursor {
                count,
                cursor: Some(cursor).filter(|cursor| !cursor.is_empty()).map(str::to_owned),
            }),
            (None, text) => {
                let start_index = text.map_or(Ok(1), |text| {
                    let wrong =
                        || Error::new(ErrorKind::IntegerInvalid, Part::StartIndex, Span::new(0, text.len()), text);
                    integer(text).ok_or_else(wrong)
                })?;
                let start_index = usize::try_from(start_index.max(1)).unwrap_or(usize::MAX);
                Ok(Paging::Index { start_index, count })
            }
        }
    }

    fn cursor(&self, part: Part) -> Result<Option<&'r str>, Error> {
        let Some(text) = self.query.get(part) else { return Ok(None) };
        if text.len() > self.options.limits.cursor {
            return Err(Error::new(ErrorKind::CursorInvalid { reason: "it is too long" }, part, None, ""));
        }
        Ok(Some(text))
    }
}

/// An integer of any size: what lies outside i64 is read as its nearest.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}
