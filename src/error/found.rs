//! What an error says of the text at its place: never more of the request than it may quote (L2).

use std::fmt;

/// A name or operator of the request, if it may be quoted in one line: ASCII letters, digits and `_.:$-`, at most 64
/// bytes (L2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name(Option<Box<str>>);

impl Name {
    pub(crate) fn of(text: &str) -> Name {
        let fits = text.len() <= 64
            && !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:$-".contains(&b));
        Name(fits.then(|| text.into()))
    }

    /// A word where an operator belongs: letters only, because anything else is rather a value than an operator.
    pub(crate) fn of_operator(text: &str) -> Name {
        if text.bytes().all(|b| b.is_ascii_alphabetic()) { Name::of(text) } else { Name(None) }
    }

    /// The name, where it may be quoted.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// ` `x``, or nothing.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, " `{name}`"),
            None => Ok(()),
        }
    }
}

/// What stood where something else was expected.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Found {
    /// The text ended.
    End,
    /// A word. It is not quoted: it may be part of a literal.
    Word,
    /// A string in quotes.
    String,
    /// A number.
    Number,
    /// A bracket, a comma or another ASCII sign.
    Sign(char),
    /// Anything else.
    Other,
}

impl Found {
    /// What stands at the beginning of `rest`.
    pub(crate) fn at(rest: &str) -> Found {
        match rest.chars().next() {
            None => Found::End,
            Some('"' | '\'') => Found::String,
            Some('0'..='9' | '-') => Found::Number,
            Some(c) if c.is_ascii_alphabetic() => Found::Word,
            Some(c) if c.is_ascii_punctuation() => Found::Sign(c),
            Some(_) => Found::Other,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::End => f.write_str("the end"),
            Found::Word => f.write_str("a word"),
            Found::String => f.write_str("a string"),
            Found::Number => f.write_str("a number"),
            Found::Sign(sign) => write!(f, "`{sign}`"),
            Found::Other => f.write_str("another character"),
        }
    }
}
