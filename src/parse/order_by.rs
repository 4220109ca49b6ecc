//! Orderings: `orderBy` (O1). SCIM's `sortBy` is one attrPath, its direction another parameter.

use super::attr::attr_path;
use super::{Context, Parsed, fail, fail_over, run};
use crate::ast::{Direction, OrderBy, SortKey, SortKeys};
use crate::error::{Error, ErrorKind, Found, Name, Part};
use crate::options::{Options, STRICT};

/// `orderBy = *SP sortKey *( *SP "," *SP sortKey ) *SP`
fn order_by<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, SortKeys<'q>> {
    let limit = context.options.limits.sort_keys;
    let mut before: Option<SortKeys<'q>> = None;
    let mut rest = context.spaces(input);
    loop {
        if rest.is_empty() || rest.starts_with(',') {
            return fail_over(ErrorKind::OrderEmpty, rest, 0);
        }
        let (after, key) = sort_key(context, rest)?;
        if before.as_ref().map_or(0, |keys| keys.len()) == limit {
            return fail(ErrorKind::TooManySortKeys { limit }, rest, after);
        }
        let keys = match before {
            None => SortKeys::One([key]),
            Some(keys) => keys.with(key),
        };
        let next = context.spaces(after);
        match next.strip_prefix(',') {
            Some(behind) => (before, rest) = (Some(keys), context.spaces(behind)),
            None if next.is_empty() => return Ok((next, keys)),
            None => {
                let word = next.find([' ', ',']).unwrap_or(next.len());
                return fail_over(ErrorKind::CommaExpected { found: Found::at(next) }, next, word);
            }
        }
    }
}

/// `sortKey = attrPath [ 1*SP direction ]`
fn sort_key<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, SortKey<'q>> {
    let (after, path) = attr_path(context, input)?;
    let next = context.spaces(after);
    if next.len() == after.len() && !next.is_empty() && !next.starts_with(',') {
        return fail_over(ErrorKind::NameInvalid, next, 0);
    }
    if next.is_empty() || next.starts_with(',') {
        return Ok((after, SortKey { path, direction: Direction::Ascending }));
    }
    let end = next.find([' ', ',', '\t', '\r', '\n']).unwrap_or(next.len());
    match direction(&next[..end]) {
        Some(direction) => Ok((&next[end..], SortKey { path, direction })),
        None => fail_over(ErrorKind::DirectionUnknown { found: Name::of(&next[..end]) }, next, end),
    }
}

/// `direction = "asc" / "desc" / "ascending" / "descending"`, in any case
fn direction(word: &str) -> Option<Direction> {
    let is = |spelling: &str| word.eq_ignore_ascii_case(spelling);
    if is("asc") || is("ascending") {
        Some(Direction::Ascending)
    } else if is("desc") || is("descending") {
        Some(Direction::Descending)
    } else {
        None
    }
}

impl<'q> OrderBy<'q> {
    /// Parses an `orderBy`, strictly and with the default limits.
    ///
    /// # Errors
    /// With the place and what to write instead.
    ///
    /// ```
    /// # use scim_query::OrderBy;
    /// let error = OrderBy::parse("created down").unwrap_err();
    /// assert_eq!(error.to_string(), "unknown direction `down` at 8..12: write asc, desc, ascending or descending");
    /// ```
    pub fn parse(text: &'q str) -> Result<OrderBy<'q>, Error> {
        OrderBy::parse_with(text, &STRICT)
    }

    /// Parses an `orderBy` with quirks and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`OrderBy::parse`].
    pub fn parse_with(text: &'q str, options: &Options) -> Result<OrderBy<'q>, Error> {
        let (keys, warnings) = run(text, options, Part::OrderBy, order_by)?;
        Ok(OrderBy { text: text.into(), keys, part: Part::OrderBy, warnings })
    }

    /// The one-key ordering of SCIM's `sortBy`, ascending until [`OrderBy::with_direction`] says otherwise
    /// (RFC 7644 section 3.4.2.3).
    ///
    /// # Errors
    /// Where the text is no attribute name.
    ///
    /// ```
    /// use scim_query::{Direction, Options, OrderBy};
    ///
    /// let order = OrderBy::sort_by("name.familyName", &Options::default())?.with_direction(Direction::Descending);
    /// assert_eq!(order, OrderBy::parse("name.familyName desc")?);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn sort_by(text: &'q str, options: &Options) -> Result<OrderBy<'q>, Error> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::OrderEmpty, Part::SortBy, crate::span::Span::default(), text));
        }
        let path = super::attr_path(text, options, Part::SortBy)?;
        let keys = SortKeys::One([SortKey { path, direction: Direction::Ascending }]);
        Ok(OrderBy { text: text.into(), keys, part: Part::SortBy, warnings: Vec::new() })
    }
}
