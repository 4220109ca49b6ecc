//! From a query string to decoded parameters: split first, then decode once.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::error::{Error, ErrorKind, Part};
use crate::lanes::Lanes;
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
    if first_encoded(text).is_none() {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = String::with_capacity(text.len());
    decode_onto(text, part, &mut decoded)?;
    Ok(Cow::Owned(decoded))
}

fn first_encoded(text: &str) -> Option<usize> {
    memchr2(b'%', b'+', text.as_bytes())
}

/// Percent-decodes once, onto the end of a text; of what is broken, nothing is kept.
pub(super) fn decode_onto(text: &str, part: Part, onto: &mut String) -> Result<(), Error> {
    let Some(first) = first_encoded(text) else {
        onto.push_str(text);
        return Ok(());
    };
    onto.push_str(&text[..first]);
    let mut bytes = std::mem::take(onto).into_bytes();
    let mut rest = &text.as_bytes()[first..];
    while let [byte, after @ ..] = rest {
        rest = after;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = after.split_first_chunk().and_then(|([high, low], after)| {
                    rest = after;
                    hex(*high).zip(hex(*low))
                });
                let Some((high, low)) = digits else {
                    let at = text.len() - after.len();
                    let next = text[at..].chars().next().map_or(0, char::len_utf8);
                    return Err(Error::new(ErrorKind::PercentInvalid, part, Span::new(at - 1, at + next), text));
                };
                high * 16 + low
            }
            plain => *plain,
        });
        // What stands between two encoded characters is short, and is copied whole with more behind it, which is taken back.
        while let Some((next @ [first, ..], _)) = rest.split_first_chunk::<16>()
            && !matches!(first, b'%' | b'+')
        {
            let lanes = Lanes::new(*next);
            let encoded = lanes.is(b'%').or(lanes.is(b'+')).bits();
            let plain = next.len().min(encoded.trailing_zeros() as usize);
            bytes.extend_from_slice(next);
            bytes.truncate(bytes.len() - next.len() + plain);
            rest = &rest[plain..];
            if encoded != 0 {
                break;
            }
        }
    }
    *onto = String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8Invalid, part, None, text))?;
    Ok(())
}

/// The value of a hexadecimal digit.
fn hex(digit: u8) -> Option<u8> {
    let value = HEX[usize::from(digit)];
    (value < 16).then_some(value)
}

/// 16 for what is no digit.
const HEX: [u8; 256] = {
    let mut values = [16; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        values[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    values
};
