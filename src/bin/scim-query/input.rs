//! Reading records: NDJSON, a JSON array, or an object that holds one. Records are handed on one by one as they are read.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::failure::Failure;

/// One record: as it was written, and as JSON.
pub(crate) struct Record<'r> {
    pub(crate) text: &'r str,
    pub(crate) value: Value,
}

/// Where records come from, and what is done with a broken one.
pub(crate) struct Source<'s> {
    /// A file's path; standard input without one.
    pub(crate) file: Option<&'s str>,
    pub(crate) skip_invalid: bool,
}

/// The members that an envelope holds its records in.
const ENVELOPES: [&str; 3] = ["data", "Resources", "value"];

impl Source<'_> {
    fn name(&self) -> &str {
        self.file.unwrap_or("standard input")
    }

    /// Calls `see` with each record.
    pub(crate) fn each(&self, see: &mut dyn FnMut(Record<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
        let unreadable = |error: io::Error| Failure::Other(format!("{}: {error}", self.name()));
        let bar = progress(self.file);
        let read: Box<dyn Read> = match self.file {
            Some(path) => Box::new(File::open(path).map_err(unreadable)?),
            None => Box::new(io::stdin().lock()),
        };
        let mut reader = BufReader::with_capacity(1 << 16, bar.wrap_read(read));
        let result = match first_line(&mut reader).map_err(unreadable)? {
            First::Empty => Ok(()),
            First::Lines(line) => self.lines(&line, &mut reader, see),
            First::Document(start) => self.document(io::Cursor::new(start).chain(reader), see),
        };
        bar.finish_and_clear();
        result
    }

    /// NDJSON: a record a line, blank lines passed over.
    fn lines(
        &self,
        first: &[u8],
        reader: &mut dyn BufRead,
        see: &mut dyn FnMut(Record<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut line = first.to_vec();
        let mut number = 1;
        loop {
            let text = line.trim_ascii();
            if !text.is_empty() {
                match std::str::from_utf8(text) {
                    Ok(text) => self.record(text, &format!("line {number}"), see)?,
                    Err(_) => self.broken(&format!("line {number}"), "not UTF-8")?,
                }
            }
            line.clear();
            number += 1;
            let unreadable = |error| Failure::Other(format!("{} line {number}: {error}", self.name()));
            if reader.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                return Ok(());
            }
        }
    }

    /// One JSON document: an array, or an object with an array.
    fn document(
        &self,
        reader: impl Read,
        see: &mut dyn FnMut(Record<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut failure = None;
        let mut each = Each { source: self, see, failure: &mut failure };
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(reader));
        let result = Document { each: &mut each }.deserialize(&mut json).and_then(|()| json.end());
        match (failure, result) {
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(Failure::Other(format!("{}: {error}", self.name()))),
            (None, Ok(())) => Ok(()),
        }
    }

    fn record(
        &self,
        text: &str,
        place: &str,
        see: &mut dyn FnMut(Record<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match serde_json::from_str::<Value>(text) {
            Ok(value @ Value::Object(_)) => see(Record { text, value }),
            Ok(_) => self.broken(place, "not a JSON object"),
            Err(error) => self.broken(place, &without_line(&error)),
        }
    }

    fn broken(&self, place: &str, what: &str) -> Result<(), Failure> {
        let message = format!("{} {place}: {what}", self.name());
        if !self.skip_invalid {
            return Err(Failure::Other(format!("{message} (--skip-invalid goes on without such records)")));
        }
        let _ = writeln!(io::stderr(), "skipped: {message}");
        Ok(())
    }
}

/// serde_json counts lines within the record; its place in the file is told already.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(&text[..], |(what, _)| what);
    format!("{what}, column {}", error.column())
}

enum First {
    Empty,
    /// Records are lines; this is the first one.
    Lines(Vec<u8>),
    /// One document; this is its beginning.
    Document(Vec<u8>),
}

/// Tells the formats apart by what the first lines hold.
fn first_line(reader: &mut dyn BufRead) -> io::Result<First> {
    let mut start = Vec::new();
    while start.trim_ascii().is_empty() {
        if reader.read_until(b'\n', &mut start)? == 0 {
            return Ok(First::Empty);
        }
    }
    let bom = start.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::len);
    if let Some(rest) = bom {
        start.drain(..start.len() - rest);
    }
    if start.trim_ascii().starts_with(b"[") {
        return Ok(First::Document(start));
    }
    let rest = reader.fill_buf()?;
    match serde_json::from_slice::<Value>(&start) {
        // One object and nothing after it.
        Ok(Value::Object(members)) if rest.trim_ascii().is_empty() => {
            let envelope = ENVELOPES.iter().any(|key| members.get(*key).is_some_and(Value::is_array));
            Ok(if envelope { First::Document(start) } else { First::Lines(start) })
        }
        // An object that goes on, and not a broken record before the next one.
        Err(error) if error.is_eof() && !rest.starts_with(b"{") => Ok(First::Document(start)),
        _ => Ok(First::Lines(start)),
    }
}

/// What is done with each element of an array.
struct Each<'e, 's> {
    source: &'e Source<'s>,
    see: &'e mut dyn FnMut(Record<'_>) -> Result<(), Failure>,
    /// Set where reading was stopped by something other than the document.
    failure: &'e mut Option<Failure>,
}

struct Document<'d, 'e, 's> {
    each: &'d mut Each<'e, 's>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records, or an object with one in `data`, `Resources` or `value`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(element) = elements.next_element::<Box<RawValue>>()? {
            number += 1;
            // A record that was written over several lines becomes one.
            let text = one_line(element.get());
            if let Err(failure) = self.each.source.record(&text, &format!("element {number}"), self.each.see) {
                *self.each.failure = Some(failure);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = members.next_key::<String>()? {
            if !found && ENVELOPES.contains(&key.as_str()) {
                found = true;
                members.next_value_seed(Document { each: self.each })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(A::Error::custom("an object without `data`, `Resources` or `value`")) }
    }
}

/// The same JSON without line breaks: white space outside strings is dropped where there are any.
fn one_line(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['\n', '\r']) {
        return text.into();
    }
    let mut line = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            in_string = c == '"';
        }
        line.push(c);
    }
    line.into()
}

/// Inputs of this size are read in a moment.
const LONG: u64 = 32 << 20;

/// A bar on standard error for long input, where that is a terminal.
fn progress(file: Option<&str>) -> ProgressBar {
    let length = file.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.len());
    if length < LONG || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar
}
