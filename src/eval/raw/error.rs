//! What is wrong with bytes that should be JSON.

use std::fmt;

/// A record that is not JSON where a filter had to read it.
///
/// ```
/// use scim_query::{Filter, Schema};
///
/// let predicate = Filter::parse("age gt 3")?.check(&Schema::open())?.compile_raw();
/// let error = predicate.matches(br#"{"name": "x", "age": 03}"#).unwrap_err();
/// assert_eq!(error.to_string(), "not JSON at byte 21: a number may not begin with more than one 0");
/// assert_eq!(error.offset(), 21);
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    problem: Problem,
    offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    End,
    StringOpen,
    BracketOpen,
    NoValue,
    NoKey,
    NoColon,
    NoComma,
    After,
    NotUtf8,
    Control,
    Escape,
    Surrogate,
    Number,
    LeadingZero,
    Range,
    Invalid,
}

impl JsonError {
    #[cold]
    pub(super) fn new(problem: Problem, offset: usize) -> JsonError {
        JsonError { problem, offset }
    }

    /// Where it is wrong: in bytes from the start of what was read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The same error in a text that begins so many bytes earlier.
    pub(crate) fn behind(self, bytes: usize) -> JsonError {
        JsonError { offset: self.offset.saturating_add(bytes), ..self }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::End => "the text ends here",
            Problem::StringOpen => "a string begins here and does not end",
            Problem::BracketOpen => "an array or object begins here and does not end",
            Problem::NoValue => "no value where one has to be",
            Problem::NoKey => "no name in double quotes where one has to be",
            Problem::NoColon => "no `:` between a name and its value",
            Problem::NoComma => "neither a `,` nor the end behind a value",
            Problem::After => "something follows the record",
            Problem::NotUtf8 => "a string is not UTF-8",
            Problem::Control => "a string holds a control character, which has to be written as an escape",
            Problem::Escape => "a string holds an unknown escape",
            Problem::Surrogate => "a string holds half of a surrogate pair",
            Problem::Number => "a number is not written as JSON writes them",
            Problem::LeadingZero => "a number may not begin with more than one 0",
            Problem::Range => "a number lies beyond the range of doubles",
            Problem::Invalid => "what is read here is not JSON",
        };
        write!(f, "not JSON at byte {}: {problem}", self.offset)
    }
}

impl std::error::Error for JsonError {}
