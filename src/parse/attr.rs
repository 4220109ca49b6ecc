//! Attribute names.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{all_consuming, recognize, verify};
use nom::multi::{many0_count, many1_count};
use nom::sequence::{pair, preceded};

use super::{Context, Fail, Parsed, class, fail, fail_over, no};
use crate::ast::AttrPath;
use crate::error::{Error, ErrorKind, Found, Part};
use crate::options::Options;
use crate::span::Span;

/// `attrPath = [ URI ":" ] ATTRNAME *subAttr`
pub(super) fn attr_path<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, AttrPath<'q>> {
    // Most names have no URI before them: nothing follows that could make them one.
    if let Ok((rest, written)) = names(input)
        && !class::begins(rest, class::URI)
        && !has_more_parts(written, context.options.limits.nesting_cap())
    {
        return Ok((rest, AttrPath { uri: None, name: Cow::Borrowed(written), span: context.span(input, rest) }));
    }
    // The run of characters that an attrPath may have. A name has no colon, so the last one ends the URI (G5).
    let (uri, name) = match class::run(input, class::URI).0.rfind(':') {
        Some(colon) => (Some(&input[..colon]), &input[colon + 1..]),
        None => (None, input),
    };
    if let Some(prefix) = uri
        && all_consuming(uri_rule).parse(prefix).is_err()
    {
        // `tags.abc:xyz`: what stands before the colon is a name itself, so the colon is the place.
        let colon = &input[prefix.len()..];
        return match names(prefix) {
            Ok(("", _)) => fail_over(ErrorKind::SchemaUriInvalid, colon, 1),
            _ if prefix.is_empty() => fail_over(ErrorKind::SchemaUriInvalid, colon, 1),
            _ => fail(ErrorKind::SchemaUriInvalid, input, colon),
        };
    }
    match names(name) {
        // Each dot is a level of the resource to walk (L1).
        Ok((_, written)) if has_more_parts(written, context.options.limits.nesting_cap()) => {
            let limit = context.options.limits.nesting_cap();
            fail_over(ErrorKind::TooDeep { limit }, name, written.len())
        }
        Ok((rest, written)) if !rest.starts_with('.') => Ok((
            rest,
            AttrPath { uri: uri.map(Cow::Borrowed), name: Cow::Borrowed(written), span: context.span(input, rest) },
        )),
        // A dot that no name follows.
        Ok((rest, _)) => fail_over(ErrorKind::NameInvalid, rest, 1),
        Err(_) if uri.is_none() && !name.starts_with(|c: char| c.is_ascii_digit() || "_$-.:".contains(c)) => {
            fail_over(ErrorKind::AttributeExpected { found: Found::at(name) }, name, 0)
        }
        Err(_) => fail_over(ErrorKind::NameInvalid, name, 0),
    }
}

/// `ATTRNAME *subAttr`
fn names(input: &str) -> Parsed<'_, &str> {
    let (mut rest, _) = attr_name(input)?;
    while rest.starts_with('.')
        && let Ok((after, _)) = sub_attr(rest)
    {
        rest = after;
    }
    Ok((rest, &input[..input.len() - rest.len()]))
}

/// `subAttr = "." ATTRNAME`
pub(super) fn sub_attr(input: &str) -> Parsed<'_, &str> {
    match input.strip_prefix('.') {
        Some(name) => attr_name(name),
        None => no(input),
    }
}

/// `ATTRNAME = ( ALPHA *nameChar ) / "$ref"` with `nameChar = "-" / "_" / DIGIT / ALPHA` (G4)
fn attr_name(input: &str) -> Parsed<'_, &str> {
    match input.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() => {
            let (name, rest) = class::run(input, class::NAME);
            Ok((rest, name))
        }
        Some(b'$') => verify(tag_no_case("$ref"), |_: &str| {
            // `$reference` is no name.
            input.get(4..).is_some_and(|rest| !class::begins(rest, class::NAME))
        })
        .parse(input),
        _ => no(input),
    }
}

/// Whether a name has more dotted parts than that.
fn has_more_parts(name: &str, limit: usize) -> bool {
    // A part has a letter at least, so that short names need no count.
    name.len() / 2 >= limit && name.split('.').count() > limit
}

/// `URI = scheme ":" 1*uriChar`
fn uri_rule(input: &str) -> Parsed<'_, &str> {
    recognize((scheme, char(':'), many1_count(uri_chars))).parse(input)
}

/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`
fn scheme(input: &str) -> Parsed<'_, &str> {
    let more = take_while(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
    recognize(pair(satisfy(|c| c.is_ascii_alphabetic()), more)).parse(input)
}

/// `uriChar = uriCharNc / ":"`, with percent-encoded bytes.
fn uri_chars(input: &str) -> Parsed<'_, &str> {
    alt((take_while1(is_uri_char), percent_encoded)).parse(input)
}

/// `"%" HEXDIG HEXDIG`
fn percent_encoded(input: &str) -> Parsed<'_, &str> {
    let hex = || satisfy(|c| c.is_ascii_hexdigit());
    recognize((char('%'), hex(), hex())).parse(input)
}

/// The characters of RFC 3986 but quotes, parentheses and brackets, which delimit in a filter, and the comma, which
/// separates in a list.
pub(super) const fn is_uri_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '-' | '.' | '_' | '~' | ':' | '/' | '?' | '#' | '@' | '!' | '$' | '&' | '*' | '+' | ';' | '=')
}

/// `schemaURI = ( URI ":" version ) / ( scheme "://" 1*uriCharNc )`, with
/// `uriCharNc = ALPHA / DIGIT / "-" / "." / "_" / "~" / "/" / "?" / "#" / "@" / "!" / "$" / "&" / "*" / "+" / ";" / "=" / ( "%" HEXDIG HEXDIG )`
pub(super) fn schema_uri(input: &str) -> Parsed<'_, &str> {
    let no_colon = take_while1(|c| is_uri_char(c) && c != ':');
    let web = recognize((scheme, tag("://"), many1_count(alt((no_colon, percent_encoded)))));
    alt((all_consuming(web), versioned)).parse(input)
}

/// A URI that ends in `version = 1*DIGIT *( "." 1*DIGIT )`.
fn versioned(input: &str) -> Parsed<'_, &str> {
    let digits = || take_while1(|c: char| c.is_ascii_digit());
    let version = (digits(), many0_count(preceded(char('.'), digits())));
    let (prefix, last) = input.rsplit_once(':').unwrap_or(("", input));
    all_consuming(uri_rule).parse(prefix)?;
    all_consuming(version).parse(last)?;
    Ok(("", input))
}

/// One name and nothing else.
pub(super) fn whole_attr_path<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, AttrPath<'q>> {
    let (rest, path) = attr_path(context, input)?;
    if rest.is_empty() { Ok((rest, path)) } else { fail_over(ErrorKind::NameInvalid, rest, 0) }
}

/// A comma-separated list of names or schema URIs, spaces around the commas: `attributes` and `excludedAttributes`
/// (RFC 7644 section 3.4.2.5). A schema URI has an empty name.
pub(crate) fn attr_list<'q>(text: &'q str, options: &Options, part: Part) -> Result<Vec<AttrPath<'q>>, Error> {
    super::run(text, options, part, |context, input| {
        let mut paths = Vec::new();
        let mut rest = input;
        loop {
            let item = rest.trim_start_matches(' ');
            let end = item.find(',').unwrap_or(item.len());
            let word = item[..end].trim_end_matches(' ');
            let after = &item[word.len()..];
            let path = match whole_attr_path_of(context, word, after) {
                Ok(path) => path,
                Err(_) if schema_uri(word).is_ok_and(|(rest, _)| rest.is_empty()) => {
                    AttrPath { uri: Some(word.into()), name: "".into(), span: context.span(item, after) }
                }
                Err(error) => return Err(error),
            };
            paths.push(path);
            match item[end..].strip_prefix(',') {
                Some(next) => rest = next,
                None => return Ok(("", paths)),
            }
        }
    })
    .map(|(paths, _)| paths)
}

/// `whole_attr_path` of one word in a longer text, with places counted in the longer one.
fn whole_attr_path_of<'q>(context: &Context<'_>, word: &'q str, after: &str) -> Result<AttrPath<'q>, nom::Err<Fail>> {
    let mut inner = Context::new(word, context.options);
    match whole_attr_path(&mut inner, word) {
        Ok((_, path)) => {
            let start = context.len - after.len() - word.len();
            Ok(AttrPath { span: Span::new(start, start + word.len()), ..path })
        }
        Err(nom::Err::Failure(fail)) => {
            Err(nom::Err::Failure(Fail { from: fail.from + after.len(), to: fail.to + after.len(), ..fail }))
        }
        Err(other) => Err(other),
    }
}
