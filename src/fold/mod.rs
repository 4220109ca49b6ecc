//! The fold of strings that are not case-exact (S9, F1): each character's simple lower-case mapping, of a pinned Unicode
//! version whose table is in the repository, because folded columns outlive toolchains.

mod table;

use std::borrow::Cow;
use std::cmp::Ordering;

/// The version of Unicode that the fold is of.
///
/// ```
/// assert_eq!(scim_query::FOLD_UNICODE_VERSION, (14, 0, 0));
/// ```
pub const FOLD_UNICODE_VERSION: (u8, u8, u8) = table::UNICODE_VERSION;

/// Folds a string as comparisons of strings that are not case-exact do (F1): each character maps to its simple
/// lower-case mapping. It is the fold that a folded column of a database must hold.
///
/// ```
/// use scim_query::fold;
///
/// assert_eq!(fold("BJensen"), "bjensen");
/// assert_eq!(fold("STRASSE ẞ"), "strasse ß"); // not the full case folding: ß is not ss
/// assert_eq!(fold("İ"), "i"); // U+0130
/// ```
pub fn fold(text: &str) -> Cow<'_, str> {
    match text.char_indices().find(|(_, c)| fold_char(*c) != *c) {
        None => Cow::Borrowed(text),
        Some((at, _)) => {
            let mut folded = String::with_capacity(text.len());
            folded.push_str(&text[..at]);
            folded.extend(text[at..].chars().map(fold_char));
            Cow::Owned(folded)
        }
    }
}

/// The simple lower-case mapping of one character.
pub(crate) fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let code = u32::from(c);
    let range = table::RANGES.binary_search_by(|range| {
        if range.last < code {
            Ordering::Less
        } else if range.first > code {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    });
    match range.ok().and_then(|at| table::RANGES.get(at)) {
        Some(range) if (code - range.first) % u32::from(range.stride) == 0 => {
            code.checked_add_signed(range.delta).and_then(char::from_u32).unwrap_or(c)
        }
        _ => c,
    }
}
