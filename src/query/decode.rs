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
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    let raw = text.as_bytes();
    while let Some(&byte) = raw.get(at) {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
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
    let decoded = String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8Invalid, part, None, text))?;
    Ok(Cow::Owned(decoded))
}
