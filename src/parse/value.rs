//! Values: JSON's literals (G6 to G8), and the quirks Q2 and Q3.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, digit1, one_of, satisfy};
use nom::combinator::{opt, recognize, value};
use nom::sequence::{pair, preceded};

use super::{Context, Parsed, class, fail, fail_over};
use crate::ast::CompValue;
use crate::error::{ErrorKind, Found};
use crate::lanes::Lanes;
use crate::quirks::Quirk;

/// `compValue = false / null / true / number / string`
#[inline]
pub(super) fn comp_value<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, CompValue<'q>> {
    let (rest, found) = match input.bytes().next() {
        Some(b'"') => string(context, input)?,
        Some(b'\'') if context.has(Quirk::Q3) => string(context, input)?,
        Some(b'\'') => {
            let end = input[1..].find('\'').map_or(input.len(), |at| at + 2);
            return fail_over(ErrorKind::ValueSingleQuoted, input, end);
        }
        _ => return word(context, input),
    };
    if !context.token_ends(rest) {
        return fail_over(ErrorKind::SpaceExpected { after: "the value" }, rest, 0);
    }
    Ok((rest, found))
}

/// A value that has no quotes: a run without space, quote, bracket or control.
fn word<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, CompValue<'q>> {
    let end = input.find(|c: char| " \"'()[]".contains(c) || c.is_control()).unwrap_or(input.len());
    let (run, rest) = input.split_at(end);
    if run.is_empty() {
        return fail_over(ErrorKind::ValueExpected { found: Found::at(input) }, input, 0);
    }
    if !context.token_ends(rest) {
        return fail_over(ErrorKind::SpaceExpected { after: "the value" }, rest, 0);
    }
    if let Ok(("", found)) = alt((literal, number)).parse(run) {
        return Ok((rest, found));
    }
    let instead = ["true", "false", "null"].into_iter().find(|word| word.eq_ignore_ascii_case(run));
    let span = context.span(input, rest);
    match instead {
        // Other spellings of null are refused even with Q2: as a string they would silently mean something else.
        Some(instead @ "null") => fail(ErrorKind::LiteralCase { instead }, input, rest),
        // Whether a boolean is declared there is for `check` to say (Q5); until then it is a word.
        Some(_) if context.has(Quirk::Q5) && !context.has(Quirk::Q2) => {
            context.warn(Quirk::Q5, span);
            Ok((rest, CompValue::String(run.into())))
        }
        _ if context.has(Quirk::Q2) => {
            context.warn(Quirk::Q2, span);
            Ok((rest, CompValue::String(run.into())))
        }
        Some(instead) => fail(ErrorKind::LiteralCase { instead }, input, rest),
        None if run.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && looks_numeric(run) => {
            fail(ErrorKind::NumberInvalid, input, rest)
        }
        None => fail(ErrorKind::ValueUnquoted, input, rest),
    }
}

/// Whether a word was meant as a number: digits and what numbers are written with.
fn looks_numeric(run: &str) -> bool {
    run.bytes().any(|b| b.is_ascii_digit()) && run.bytes().all(|b| b.is_ascii_digit() || b"+-.eE_,xX".contains(&b))
}

/// `false = %x66.61.6c.73.65`, `null = %x6e.75.6c.6c`, `true = %x74.72.75.65`: lower case only (G1)
fn literal(input: &str) -> Parsed<'_, CompValue<'_>> {
    alt((
        value(CompValue::Bool(true), tag("true")),
        value(CompValue::Bool(false), tag("false")),
        value(CompValue::Null, tag("null")),
    ))
    .parse(input)
}

/// `number = [ "-" ] int [ frac ] [ exp ]`
fn number(input: &str) -> Parsed<'_, CompValue<'_>> {
    let (rest, text) = recognize((opt(char('-')), int, opt(frac), opt(exp))).parse(input)?;
    Ok((rest, CompValue::Number(Cow::Borrowed(text))))
}

/// `int = "0" / ( %x31-39 *DIGIT )`
fn int(input: &str) -> Parsed<'_, &str> {
    alt((tag("0"), recognize(pair(satisfy(|c| ('1'..='9').contains(&c)), opt(digit1))))).parse(input)
}

/// `frac = "." 1*DIGIT`
fn frac(input: &str) -> Parsed<'_, &str> {
    preceded(char('.'), digit1).parse(input)
}

/// `exp = "e" [ "-" / "+" ] 1*DIGIT`
fn exp(input: &str) -> Parsed<'_, &str> {
    recognize((one_of("eE"), opt(one_of("+-")), digit1)).parse(input)
}

/// `string = DQUOTE *char DQUOTE` with `char = unescaped / escape`; single quotes with Q3.
#[inline]
fn string<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, CompValue<'q>> {
    let single = input.starts_with('\'');
    let quote = if single { '\'' } else { '"' };
    let mut rest = &input[1..];
    let mut lenient = single;
    let mut decoded: Option<String> = None;
    loop {
        let (plain, after) = unescaped(quote, rest);
        match after.bytes().next() {
            None => return fail(ErrorKind::StringUnclosed, input, ""),
            Some(b'\\') => {
                let text = decoded.get_or_insert_default();
                text.push_str(plain);
                let (next, c, literal) = escape(context, after, quote)?;
                text.push(c);
                lenient |= literal;
                rest = next;
            }
            Some(b) if char::from(b) == quote => {
                let rest = &after[1..];
                if lenient {
                    let span = context.span(input, rest);
                    context.warn(Quirk::Q3, span);
                }
                let text = match decoded {
                    None => Cow::Borrowed(plain),
                    Some(mut text) => {
                        text.push_str(plain);
                        Cow::Owned(text)
                    }
                };
                return Ok((rest, CompValue::String(text)));
            }
            Some(_) => return fail_over(ErrorKind::ControlCharacter, after, 1),
        }
    }
}

/// `unescaped = %x20-21 / %x23-5B / %x5D-D7FF / %xE000-10FFFF`, any number of them
#[inline]
fn unescaped(quote: char, input: &str) -> (&str, &str) {
    let (single, text) = (quote == '\'', input.as_bytes());
    let mut at = 0;
    // Most strings are shorter, and are told by one look.
    while let Some((next, _)) = text[at..].split_first_chunk::<16>() {
        let lanes = Lanes::new(*next);
        let quotes = lanes.is(if single { b'\'' } else { b'"' });
        let ends = quotes.or(lanes.is(b'\\')).or(lanes.at_most(b' ' - 1)).bits();
        if ends != 0 {
            return input.split_at(at + ends.trailing_zeros() as usize);
        }
        at += next.len();
    }
    let class = if single { class::UNESCAPED_SINGLE } else { class::UNESCAPED };
    input.split_at(at + class::end(&text[at..], class))
}

/// `escape = "\" ( DQUOTE / "\" / "/" / %x62 / %x66 / %x6e / %x72 / %x74 / %x75 scalar )`
///
/// Gives the character, and whether it is a backslash taken literally by Q3.
fn escape<'q>(
    context: &Context<'_>,
    input: &'q str,
    quote: char,
) -> Result<(&'q str, char, bool), nom::Err<super::Fail>> {
    let rest = &input[1..];
    let simple = match rest.bytes().next() {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'\'') if quote == '\'' => '\'',
        Some(b'u') => match scalar(&rest[1..]) {
            Scalar::Is(c, length) => return Ok((&rest[1 + length..], c, false)),
            Scalar::Lone => return fail_over(ErrorKind::SurrogateLone, input, 6),
            Scalar::NotHex => return literal_backslash(context, input),
        },
        _ => return literal_backslash(context, input),
    };
    Ok((&rest[1..], simple, false))
}

fn literal_backslash<'q>(
    context: &Context<'_>,
    input: &'q str,
) -> Result<(&'q str, char, bool), nom::Err<super::Fail>> {
    if context.has(Quirk::Q3) {
        return Ok((&input[1..], '\\', true));
    }
    let next = input[1..].chars().next().filter(|c| *c >= ' ').map_or(0, char::len_utf8);
    fail_over(ErrorKind::EscapeInvalid, input, 1 + next)
}

enum Scalar {
    Is(char, usize),
    Lone,
    NotHex,
}

/// `scalar = unit / ( high "\" %x75 low )`: `unit` is four hexadecimal digits outside the surrogates, `high` and `low`
/// are the two halves of a pair (G6)
///
/// `unit = ( DIGIT / "A" / "B" / "C" / "E" / "F" ) 3HEXDIG / "D" %x30-37 2HEXDIG`
/// `high = "D" ( "8" / "9" / "A" / "B" ) 2HEXDIG`
/// `low = "D" ( "C" / "D" / "E" / "F" ) 2HEXDIG`
fn scalar(digits: &str) -> Scalar {
    let Some(first) = hex4(digits) else {
        return Scalar::NotHex;
    };
    if let Some(c) = char::from_u32(first) {
        return Scalar::Is(c, 4);
    }
    let second = digits.get(4..).and_then(|rest| rest.strip_prefix("\\u")).and_then(hex4);
    match second {
        Some(second @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            char::from_u32(joined).map_or(Scalar::Lone, |c| Scalar::Is(c, 10))
        }
        _ => Scalar::Lone,
    }
}

fn hex4(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
