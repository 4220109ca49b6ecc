//! From a query string to decoded parameters: split first, then decode once.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Part};
use crate::span::Span;

/// The parameters of a query string, in its order: `a=b&c=d`, without the `?` in front, which is passed over. A parameter
/// without `=` has an empty value. `+` is a space.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
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
    !text.bytes().any(|byte| matches!(byte, b'%' | b'+'))
}

/// Percent-decodes once, onto the end of a text; of what is broken, nothing is kept.
pub(super) fn decode_onto(text: &str, part: Part, onto: &mut String) -> Result<(), Error> {
    if is_plain(text) {
        onto.push_str(text);
        return Ok(());
    }
    let mut bytes = std::mem::take(onto).into_bytes();
    let mut at = 0;
    let raw = text.as_bytes();
    while let Some(&byte) = raw.get(at) {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |at: usize| raw.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                let byte = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| high * 16 + low);
                match byte.and_then(|byte| u8::try_from(byte).ok()) {
                    Some(decoded) => bytes.push(decoded),
                    None => {
                        let next = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                        let span = Span::new(at, at + 1 + next);
                        return Err(Error::new(ErrorKind::PercentInvalid, part, span, text));
                    }
                }
                at += 2;
            }
            other => bytes.push(other),
        }
        at += 1;
    }
    *onto = String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8Invalid, part, None, text))?;
    Ok(())
}
