//! PATCH paths (RFC 7644 section 3.5.2).

use super::attr::{attr_path, schema_uri, sub_attr};
use super::filter::val_filter;
use super::{Context, Fail, Parsed, fail, fail_over, run};
use crate::ast::{AttrPath, Path};
use crate::error::{Error, ErrorKind, Found, Part};
use crate::options::{Options, STRICT};

/// `PATH = attrPath / pathValue [ subAttr ] / schemaURI` with `pathValue = attrPath "[" valFilter "]"`
fn path<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, Path<'q>> {
    let made = |attr, filter, sub: Option<&'q str>| Path {
        text: input.into(),
        attr,
        filter,
        sub: sub.map(Into::into),
        warnings: Vec::new(),
    };
    if input.is_empty() {
        return fail(ErrorKind::PathEmpty, input, input);
    }
    if let Ok((rest, uri)) = schema_uri(input) {
        let attr = AttrPath { uri: Some(uri.into()), name: "".into(), span: context.span(input, rest) };
        return Ok((rest, made(attr, Vec::new(), None)));
    }
    if input.starts_with(' ') {
        return fail_over(ErrorKind::PathSpace, input, 1);
    }
    let (rest, attr) = attr_path(context, input)?;
    let Some(b'[') = rest.bytes().next() else {
        return end(rest).map(|rest| (rest, made(attr, Vec::new(), None)));
    };
    // Its filter is one, with the errors of one.
    let (rest, nodes) =
        val_filter(context, rest).map_err(|error| error.map(|fail| Fail { in_filter: true, ..fail }))?;
    let (rest, sub) = match sub_attr(rest) {
        Ok((rest, sub)) => (rest, Some(sub)),
        Err(_) if rest.starts_with('.') => return fail_over(ErrorKind::NameInvalid, rest, 1),
        Err(_) => (rest, None),
    };
    end(rest).map(|rest| (rest, made(attr, nodes, sub)))
}

fn end(rest: &str) -> Result<&str, nom::Err<Fail>> {
    match rest.bytes().next() {
        None => Ok(rest),
        Some(b' ') if rest.trim_start_matches(' ').is_empty() || rest.trim_start_matches(' ').starts_with('[') => {
            fail_over(ErrorKind::PathSpace, rest, 1)
        }
        Some(_) => {
            let found = Found::at(rest.trim_start_matches(' '));
            fail(ErrorKind::PathTrailing { found }, rest, "")
        }
    }
}

impl<'q> Path<'q> {
    /// Parses a PATCH path, strictly and with the default limits.
    ///
    /// # Errors
    /// With the place and what to write instead. An error inside the brackets is one of a filter:
    /// [`ScimType::InvalidFilter`](crate::ScimType::InvalidFilter), elsewhere `InvalidPath`.
    pub fn parse(text: &'q str) -> Result<Path<'q>, Error> {
        Path::parse_with(text, &STRICT)
    }

    /// Parses a PATCH path with quirks and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Path::parse`].
    pub fn parse_with(text: &'q str, options: &Options) -> Result<Path<'q>, Error> {
        run(text, options, Part::Path, path).map(|(path, warnings)| Path { warnings, ..path })
    }
}
