//! From a query string to decoded parameters: split first, then decode once.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::error::{Error, ErrorKind, Part};
use crate::span::Span;

/// The parameters of a query string, in its order: `a=b&c=d`, without the `?` in front, which is passed over. A parameter
/// without `=` has an empty value. `+` is a space.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(query.strip_prefix('?').unwrap_or(query));
    let pairs = std::iter::from_fn(move || {
        let (pair, after) = split_at_byte(rest?, b'&');
        rest = after;
        Some(pair)
    });
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = split_at_byte(pair, b'=');
        (name, value.unwrap_or(""))
    })
}

/// What stands before the first of an ASCII byte, and behind it.
fn split_at_byte(text: &str, byte: u8) -> (&str, Option<&str>) {
    match memchr(byte, text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// Percent-decodes once.
pub(super) fn decode(text: &str, part: Part) -> Result<Cow<'_, str>, Error> {
    if is_plain(text) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = String::with_capacity(text.len());
    decode_onto(text, part, &mut decoded)?;
    Ok(Cow::Owned(decoded))
}

fn is_plain(text: &str) -> bool {
    memchr2(b'%', b'+', text.as_bytes()).is_none()
}

/// Percent-decodes once, onto the end of a text; of what is broken, nothing is kept.
pub(super) fn decode_onto(text: &str, part: Part, onto: &mut String) -> Result<(), Error> {
    if is_plain(text) {
        onto.push_str(text);
        return Ok(());
    }
    let mut bytes = std::mem::take(onto).into_bytes();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let byte = match after {
                    [high, low, after @ ..] => {
                        rest = after;
                        hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low)
                    }
                    _ => None,
                };
                let Some(byte) = byte else {
                    let at = text.len() - after.len();
                    let next = text[at..].chars().next().map_or(0, char::len_utf8);
                    return Err(Error::new(ErrorKind::PercentInvalid, part, Span::new(at - 1, at + next), text));
                };
                byte
            }
            plain => *plain,
        });
    }
    *onto = String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8Invalid, part, None, text))?;
    Ok(())
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
