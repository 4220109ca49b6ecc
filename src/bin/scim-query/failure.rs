//! How a command ends when it cannot do what it was asked.

use std::io::{self, Write};
use std::process::ExitCode;

use scim_query::{BindError, DataError, Error, ErrorKind, ListError, Warning, http};

use crate::args::ErrorFormat;

pub(crate) enum Failure {
    /// The query is wrong.
    Query(Error),
    /// A file that is missing or cannot be read: of several, the others can be.
    Unreadable(String),
    /// Anything else: a record, a schema.
    Other(String),
    /// The reader of our output went away: nothing is wrong.
    ClosedPipe,
    /// No more records are wanted: it ends the reading of a file, not the command.
    Enough,
}

impl Failure {
    pub(crate) fn is_of_an_unknown_attribute(&self) -> bool {
        matches!(self, Failure::Query(error) if matches!(error.kind(), ErrorKind::AttributeUnknown { .. }))
    }

    pub(crate) fn report(self, format: Option<ErrorFormat>) -> ExitCode {
        match (self, format) {
            (Failure::ClosedPipe | Failure::Enough, _) => return ExitCode::SUCCESS,
            (Failure::Query(error), Some(format)) => {
                let body = match format {
                    ErrorFormat::Okta => http::okta_error(&error, &error_id()),
                    ErrorFormat::Scim => http::scim_error(&error),
                };
                let _ = writeln!(io::stdout(), "{body}");
            }
            (Failure::Query(error), None) => {
                let part = error.part().as_str();
                let between = if error.span().is_some() { '\n' } else { ' ' };
                tell(RED, &format!("error in {part}:"), &format!("{between}{error:#}"));
            }
            (Failure::Unreadable(message) | Failure::Other(message), _) => tell(RED, "error:", &format!(" {message}")),
        }
        ExitCode::from(2)
    }
}

/// A name for this occurrence of an error, as servers give one: `oae` and 22 letters and digits.
fn error_id() -> String {
    let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
    let mut seed = nanos ^ (u128::from(std::process::id()) << 64);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut id = String::from("oae");
    for _ in 0..22 {
        // Steps of a linear generator; only its upper half is mixed well.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        id.push(char::from(letters[usize::try_from((seed >> 70) % 62).unwrap_or(0)]));
    }
    id
}

pub(crate) fn warn(part: &str, warning: &Warning) {
    tell(YELLOW, &format!("warning in {part}:"), &format!(" {warning}"));
}

pub(crate) fn note(text: &str) {
    tell(BOLD, "note:", &format!(" {text}"));
}

const BOLD: &str = "\x1b[1m";
/// Bold, too.
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const PLAIN: &str = "\x1b[0m";

/// Says it on standard error: its head, and carets at the beginning of a line, in colour where a terminal shows it and nobody
/// forbids it (NO_COLOR).
fn tell(color: &str, head: &str, text: &str) {
    let mut told = format!("{color}{head}{PLAIN}");
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start_matches(' ');
        let carets = rest.len() - rest.trim_start_matches('^').len();
        let (carets, rest) = rest.split_at(carets);
        let indent = &line[..line.len() - carets.len() - rest.len()];
        match carets {
            "" => told.push_str(line),
            carets => told.extend([indent, color, carets, PLAIN, rest]),
        }
    }
    told.push('\n');
    let _ = anstream::stderr().lock().write_all(told.as_bytes());
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Query(error)
    }
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Failure {
        Failure::Other(error.to_string())
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Failure {
        Failure::Other(error.to_string())
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Failure {
        match error {
            ListError::Query(error) => error.into(),
            ListError::Data(error) => error.into(),
        }
    }
}

/// A failed write.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Other(format!("cannot write: {error}")),
        }
    }
}
