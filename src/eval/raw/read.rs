//! Values of JSON, read exactly where a filter needs them.

use std::borrow::Cow;

use super::Problem;
use super::scan::Scanner;
use crate::decimal::Number;

/// What lies at a place, as far as it had to be read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'a> {
    Null,
    Bool(bool),
    Number(JsonNumber),
    /// A string without escapes, of ASCII: as bytes, because most are only compared.
    Ascii(&'a [u8]),
    /// A string without escapes.
    Text(&'a str),
    /// A string with escapes, all of them known, without its quotes.
    Escaped(&'a str),
    /// Where its bracket is.
    Array(usize),
    /// Where its bracket is, and if its members have been collected, the path that it lies at.
    Object(usize, Option<u32>),
}

/// A number of JSON: smaller than a [`Number`], which may be a decimal.
#[derive(Clone, Copy, Debug)]
pub(super) enum JsonNumber {
    I64(i64),
    U64(u64),
    F64(f64),
}

impl From<JsonNumber> for Number {
    fn from(number: JsonNumber) -> Number {
        match number {
            JsonNumber::I64(number) => Number::I64(number),
            JsonNumber::U64(number) => Number::U64(number),
            JsonNumber::F64(number) => Number::F64(number),
        }
    }
}

/// Reads the value at a token, and says where it ends. Of an array or object nothing is read.
#[inline]
pub(super) fn value<'a>(scanner: &mut Scanner<'a>, byte: u8, at: usize) -> Option<(Raw<'a>, usize)> {
    match byte {
        b'[' => Some((Raw::Array(at), scanner.container_end(at)? + 1)),
        b'{' => Some((Raw::Object(at, None), scanner.container_end(at)? + 1)),
        _ => simple(scanner, byte, at),
    }
}

/// Reads the value at a token, which is no array and no object, and says where it ends.
#[inline]
pub(super) fn simple<'a>(scanner: &mut Scanner<'a>, byte: u8, at: usize) -> Option<(Raw<'a>, usize)> {
    match byte {
        b'"' => {
            let end = scanner.string_end(at)?;
            Some((string(scanner, at, end)?, end + 1))
        }
        _ => match word(scanner.text(), at) {
            Ok(found) => Some(found),
            Err((problem, at)) => scanner.fail(problem, at),
        },
    }
}

/// Passes over the value at a token.
#[inline(always)]
pub(super) fn skip(scanner: &mut Scanner<'_>, byte: u8, at: usize) -> Option<usize> {
    match byte {
        b'"' => Some(scanner.string_end(at)? + 1),
        b'[' | b'{' => Some(scanner.container_end(at)? + 1),
        b',' | b':' | b']' | b'}' => scanner.fail(Problem::NoValue, at),
        _ => Some(word_end(scanner.text(), at)),
    }
}

/// The string between the quotes at `start` and `end`.
fn string<'a>(scanner: &mut Scanner<'a>, start: usize, end: usize) -> Option<Raw<'a>> {
    let bytes = scanner.text().get(start + 1..end).unwrap_or_default();
    if is_plain(bytes) {
        return Some(Raw::Ascii(bytes));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return scanner.fail(Problem::NotUtf8, start + 1 + error.valid_up_to()),
    };
    // Without a branch for each byte.
    if bytes.iter().fold(false, |found, byte| found | (*byte < b' ')) {
        let control = bytes.iter().position(|byte| *byte < b' ').unwrap_or(0);
        return scanner.fail(Problem::Control, start + 1 + control);
    }
    if scanner.has_escapes && bytes.contains(&b'\\') {
        return match check_escapes(text) {
            Ok(()) => Some(Raw::Escaped(text)),
            Err((problem, at)) => scanner.fail(problem, start + 1 + at),
        };
    }
    Some(Raw::Text(text))
}

/// Whether all bytes are ASCII, and none is a backslash or a control character: eight at a time.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // The high bit of a byte is set that is less than the number, or may be, or is not ASCII.
    let less = |word: u64, number: u64| word.wrapping_sub(ONES * number) | word;
    let is_odd = |word: u64| (less(word, 0x20) | less(word ^ (ONES * 0x5c), 1)) & HIGH != 0;
    match (bytes.as_chunks::<8>(), bytes.last_chunk::<8>()) {
        ((words, _), Some(last)) => {
            let odd = words.iter().any(|word| is_odd(u64::from_le_bytes(*word)));
            !odd && !is_odd(u64::from_le_bytes(*last))
        }
        (_, None) => bytes.iter().all(|byte| (0x20..0x80).contains(byte) && *byte != b'\\'),
    }
}

/// Where the string begins, behind its first quote, that ends at a quote.
pub(super) fn string_start(text: &[u8], end: usize) -> usize {
    let mut from = end;
    while let Some(quote) = text.get(..from).and_then(|before| memchr::memrchr(b'"', before)) {
        // An odd number of backslashes escapes it.
        let backslashes = text[..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return quote + 1;
        }
        from = quote;
    }
    0
}

/// The text that a string with known escapes stands for.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    // The escapes have been checked: an unknown one does not come here, and would end the text.
    if decode(text, &mut |piece| out.push_str(piece)).is_err() {
        out.clear();
    }
    Cow::Owned(out)
}

/// Whether a string as it is written, without its quotes, stands for `wanted`.
pub(crate) fn is_written(written: &[u8], wanted: &str) -> bool {
    if !written.contains(&b'\\') {
        return written == wanted.as_bytes();
    }
    let Ok(written) = std::str::from_utf8(written) else { return false };
    let mut rest = Some(wanted);
    let decoded = decode(written, &mut |piece| rest = rest.and_then(|rest| rest.strip_prefix(piece)));
    decoded.is_ok() && rest == Some("")
}

fn check_escapes(text: &str) -> Result<(), (Problem, usize)> {
    decode(text, &mut |_| {})
}

/// Hands on the pieces of the decoded text, one after the other.
fn decode(text: &str, put: &mut dyn FnMut(&str)) -> Result<(), (Problem, usize)> {
    let mut done = 0;
    while let Some(escape) = text.get(done..).and_then(|rest| memchr::memchr(b'\\', rest.as_bytes())) {
        let at = done + escape;
        put(text.get(done..at).unwrap_or_default());
        let (c, length) = match text.as_bytes().get(at + 1) {
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'/') => ('/', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => code_point(text, at)?,
            _ => return Err((Problem::Escape, at)),
        };
        put(c.encode_utf8(&mut [0; 4]));
        done = at + length;
    }
    put(text.get(done..).unwrap_or_default());
    Ok(())
}

/// The character of `\uXXXX`, or of a surrogate pair of two of them, and the length of the escape.
fn code_point(text: &str, at: usize) -> Result<(char, usize), (Problem, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6).and_then(|escape| escape.strip_prefix("\\u"))?;
        let digits = digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(digits)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(at).ok_or((Problem::Escape, at))?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    let second = unit(at + 6).filter(|second| (0xDC00..0xE000).contains(second) && first < 0xDC00);
    let joined = second.map(|second| 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).and_then(char::from_u32);
    joined.map(|c| (c, 12)).ok_or((Problem::Surrogate, at))
}

#[inline]
fn word_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
    end.map_or(text.len(), |end| at + end)
}

/// A number, `true`, `false` or `null`.
fn word(text: &[u8], at: usize) -> Result<(Raw<'static>, usize), (Problem, usize)> {
    let end = word_end(text, at);
    let word = text.get(at..end).unwrap_or_default();
    let value = match word {
        b"null" => Raw::Null,
        b"true" => Raw::Bool(true),
        b"false" => Raw::Bool(false),
        [b'-' | b'0'..=b'9', ..] => Raw::Number(number(word).map_err(|(problem, behind)| (problem, at + behind))?),
        _ => return Err((Problem::NoValue, at)),
    };
    Ok((value, end))
}

/// A number of JSON's grammar, exactly as serde_json reads it.
fn number(word: &[u8]) -> Result<JsonNumber, (Problem, usize)> {
    let digits = |from: usize| word.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let byte = |at: usize| word.get(at).copied();
    let start = usize::from(byte(0) == Some(b'-'));
    let mut at = start + digits(start);
    if at == start {
        return Err((Problem::Number, at));
    }
    if byte(start) == Some(b'0') && at > start + 1 {
        return Err((Problem::LeadingZero, start));
    }
    let whole = at;
    if byte(at) == Some(b'.') {
        let fraction = digits(at + 1);
        at += 1 + fraction;
        if fraction == 0 {
            return Err((Problem::Number, at));
        }
    }
    if matches!(byte(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(byte(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        at += exponent;
        if exponent == 0 {
            return Err((Problem::Number, at));
        }
    }
    if at != word.len() {
        return Err((Problem::Number, at));
    }
    let text = std::str::from_utf8(word).unwrap_or_default();
    if at == whole {
        if let Ok(integer) = text.parse() {
            return Ok(JsonNumber::I64(integer));
        }
        if let Ok(integer) = text.parse() {
            return Ok(JsonNumber::U64(integer));
        }
    }
    // The standard library reads no exponent beyond 65535; only a number that is as long can have one and be a double.
    let double: Option<f64> = if text.len() < 65_000 { text.parse().ok() } else { serde_json::from_str(text).ok() };
    double.filter(|double| double.is_finite()).map(JsonNumber::F64).ok_or((Problem::Range, 0))
}
