//! Text to trees, with nom: one function per rule of grammar/accepted.abnf, the rule above it. Quirks of syntax live
//! here, each beside the rule that it widens.

mod attr;
mod class;
mod filter;
mod levels;
mod order_by;
mod path;
mod value;

pub(crate) use attr::attr_list;

use nom::error::{ErrorKind as NomKind, ParseError};

use crate::ast::{AttrPath, Filter};
use crate::error::{Error, ErrorKind, Part};
use crate::options::{Options, STRICT};
use crate::quirks::Quirk;
use crate::span::Span;
use crate::warning::{Warning, WarningKind};

/// Why a rule failed, with the lengths of the text that remained where the place begins and ends.
#[derive(Debug)]
pub(super) struct Fail {
    from: usize,
    to: usize,
    /// `None` while only nom's own combinators have failed: the rule that called them says what it wanted.
    /// Boxed, because each rule has room for a failure where it gives its result.
    kind: Option<Box<ErrorKind>>,
    /// A filter in a path's brackets is a filter (RFC 7644 section 3.12).
    in_filter: bool,
}

impl<'q> ParseError<&'q str> for Fail {
    fn from_error_kind(rest: &'q str, _: NomKind) -> Fail {
        Fail { from: rest.len(), to: rest.len(), kind: None, in_filter: false }
    }

    fn append(_: &'q str, _: NomKind, other: Fail) -> Fail {
        other
    }

    /// Of two failed branches the one that came further says what is wrong.
    fn or(self, other: Fail) -> Fail {
        if self.from < other.from || (self.from == other.from && self.kind.is_some()) { self } else { other }
    }
}

pub(super) type Parsed<'q, T> = nom::IResult<&'q str, T, Fail>;

/// A failure of a rule that is not committed: another branch may be tried.
pub(super) fn no<T>(rest: &str) -> Result<T, nom::Err<Fail>> {
    Err(nom::Err::Error(Fail::from_error_kind(rest, NomKind::Fail)))
}

/// A failure of a rule that is committed: no other branch is tried. The place begins at `rest` and ends where `end`
/// begins.
#[cold]
pub(super) fn fail<T>(kind: ErrorKind, rest: &str, end: &str) -> Result<T, nom::Err<Fail>> {
    Err(nom::Err::Failure(Fail { from: rest.len(), to: end.len(), kind: Some(Box::new(kind)), in_filter: false }))
}

/// `fail` over the next `bytes` of `rest`, and at least one character where there is one.
#[cold]
pub(super) fn fail_over<T>(kind: ErrorKind, rest: &str, bytes: usize) -> Result<T, nom::Err<Fail>> {
    let bytes = bytes.max(rest.chars().next().map_or(0, char::len_utf8));
    fail(kind, rest, rest.get(bytes..).unwrap_or(""))
}

/// What the rules share while one text is parsed.
pub(super) struct Context<'o> {
    /// The length of the whole text, from which places are counted.
    len: usize,
    options: &'o Options,
    comparisons: usize,
    warnings: Vec<Warning>,
}

impl<'o> Context<'o> {
    fn new(text: &str, options: &'o Options) -> Context<'o> {
        Context { len: text.len(), options, comparisons: 0, warnings: Vec::new() }
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.options.quirks.has(quirk)
    }

    /// The place from `rest` to where `end` begins.
    fn span(&self, rest: &str, end: &str) -> Span {
        Span::new(self.len - rest.len(), self.len - end.len())
    }

    /// Reports a quirk's use, once for each place: some places are looked at twice.
    fn warn(&mut self, quirk: Quirk, span: Span) {
        let warning = Warning::new(WarningKind::Quirk(quirk), span);
        if self.warnings.last() != Some(&warning) {
            self.warnings.push(warning);
        }
    }

    /// `*SP` (G2). Tabs and newlines count with Q7.
    #[inline(always)]
    fn spaces<'q>(&mut self, rest: &'q str) -> &'q str {
        // Nearly always there is none or one.
        match rest.as_bytes() {
            [first, ..] if *first > b' ' => rest,
            [b' ', next, ..] if *next > b' ' => &rest[1..],
            _ => self.all_spaces(rest),
        }
    }

    /// Of any number, and with Q7 of tabs and newlines.
    #[inline(never)]
    fn all_spaces<'q>(&mut self, rest: &'q str) -> &'q str {
        let after = rest.trim_start_matches(' ');
        if !after.starts_with(['\t', '\n', '\r']) || !self.has(Quirk::Q7) {
            return after;
        }
        let after = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let span = self.span(rest, after);
        self.warn(Quirk::Q7, span);
        after
    }

    /// Whether a token ends before `rest`: a space, a closing bracket or the end.
    fn token_ends(&self, rest: &str) -> bool {
        match rest.bytes().next() {
            None | Some(b' ' | b')' | b']') => true,
            Some(b'\t' | b'\n' | b'\r') => self.has(Quirk::Q7),
            _ => false,
        }
    }

    /// One more comparison (L1).
    fn count_comparison(&mut self, rest: &str, end: &str) -> Result<(), nom::Err<Fail>> {
        let limit = self.options.limits.comparisons;
        self.comparisons += 1;
        if self.comparisons > limit { fail(ErrorKind::TooManyComparisons { limit }, rest, end) } else { Ok(()) }
    }
}

/// Runs a rule over a whole text: the limit before it, the error with its place after it.
fn run<'q, 'o, T>(
    text: &'q str,
    options: &'o Options,
    part: Part,
    rule: impl FnOnce(&mut Context<'o>, &'q str) -> Parsed<'q, T>,
) -> Result<(T, Vec<Warning>), Error> {
    let limit = options.limits.text;
    if text.len() > limit {
        return Err(Error::new(ErrorKind::TextTooLong { limit }, part, None, text));
    }
    let mut context = Context::new(text, options);
    let failure = match rule(&mut context, text) {
        Ok((_, made)) => return Ok((made, context.warnings)),
        Err(nom::Err::Error(fail) | nom::Err::Failure(fail)) => fail,
        Err(nom::Err::Incomplete(_)) => Fail::from_error_kind("", NomKind::Fail),
    };
    let span = Span::new(text.len() - failure.from, text.len() - failure.to);
    let part = if failure.in_filter { Part::Filter } else { part };
    let kind = failure.kind.map_or(ErrorKind::NameInvalid, |kind| *kind);
    let next = text.get(text.len() - failure.from..).and_then(|rest| rest.chars().next());
    Err(Error::new(told_better(kind, part, next), part, span, text))
}

/// What the rules cannot tell, because it does not depend on what they look for: mistakes that the next character shows.
fn told_better(kind: ErrorKind, part: Part, next: Option<char>) -> ErrorKind {
    use ErrorKind::{AttributeExpected, CommaExpected, ConnectiveExpected, NameInvalid, OperatorExpected};
    use ErrorKind::{SortByTrailing, SpaceExpected, ValueExpected, WhiteSpaceInvalid};
    match (&kind, part, next) {
        (
            NameInvalid
            | SpaceExpected { .. }
            | AttributeExpected { .. }
            | OperatorExpected { .. }
            | ValueExpected { .. }
            | ConnectiveExpected { .. }
            | CommaExpected { .. },
            Part::Filter | Part::OrderBy,
            Some(c),
        ) if c.is_whitespace() && c != ' ' => WhiteSpaceInvalid,
        (NameInvalid, Part::SortBy, Some(',' | ' ')) => SortByTrailing,
        _ => kind,
    }
}

impl<'q> Filter<'q> {
    /// Parses a filter, strictly and with the default limits.
    ///
    /// # Errors
    /// With the place and what to write instead; see [`ErrorKind`]. Nothing is repaired or ignored (G11).
    ///
    /// ```
    /// # use scim_query::Filter;
    /// let error = Filter::parse(r#"userName == "bjensen""#).unwrap_err();
    /// assert_eq!(error.to_string(), "unknown operator at 9..11: write `eq`");
    /// ```
    pub fn parse(text: &'q str) -> Result<Filter<'q>, Error> {
        Filter::parse_with(text, &STRICT)
    }

    /// Parses a filter with quirks and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_with(text: &'q str, options: &Options) -> Result<Filter<'q>, Error> {
        let (nodes, warnings) = run(text, options, Part::Filter, filter::filter)?;
        Ok(Filter { text: text.into(), nodes, warnings })
    }
}

/// A whole text that is one `attrPath`: `sortBy`, an alias, a name in code.
pub(crate) fn attr_path<'q>(text: &'q str, options: &Options, part: Part) -> Result<AttrPath<'q>, Error> {
    run(text, options, part, attr::whole_attr_path).map(|(path, _)| path)
}
