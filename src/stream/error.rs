//! What is wrong with a body.

use std::fmt;

use crate::eval::JsonError;

/// A body that cannot be filtered. Its display names the place, and repeats nothing of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyError {
    problem: Problem,
    offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    End,
    NoBody,
    NoName,
    NoColon,
    NoValue,
    NoComma,
    After,
    NotAList,
    NoList,
    TooLarge,
    Refused,
    Element(JsonError),
}

impl BodyError {
    pub(super) fn new(problem: Problem, offset: usize) -> BodyError {
        BodyError { problem, offset }
    }

    /// An error in an element that begins at a byte.
    pub(super) fn of_element(error: JsonError, start: usize) -> BodyError {
        BodyError { problem: Problem::Element(error.behind(start)), offset: start + error.offset() }
    }

    /// Where it is wrong: in bytes from the start of the body.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::Element(error) => return write!(f, "{error}"),
            Problem::End => "the body ends here, before its JSON does",
            Problem::NoBody => "a list response is an object or an array, and this is neither",
            Problem::NoName => "no name in double quotes where one has to be",
            Problem::NoColon => "no `:` between a name and its value",
            Problem::NoValue => "no value where one has to be",
            Problem::NoComma => "neither a `,` nor the end behind a value",
            Problem::After => "something follows the body",
            Problem::NotAList => "the member that should hold the elements holds no array",
            Problem::NoList => "the body has no member that holds elements, so nothing was filtered",
            Problem::TooLarge => {
                "an element, or a member that is edited, is larger than the limit, which `max_element` sets"
            }
            Problem::Refused => "the edit of a value refused it",
        };
        write!(f, "at byte {} of the body: {problem}", self.offset)
    }
}

impl std::error::Error for BodyError {}
