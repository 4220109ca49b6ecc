//! Reading records: NDJSON, a JSON array, or an object that holds one. Records are handed on one by one as they are read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use memchr::memchr_iter;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::args::{Input, InputFormat};
use crate::failure::Failure;

/// One record: as it was written, and as JSON.
pub(crate) struct Record<'r> {
    pub(crate) text: &'r str,
    pub(crate) value: Value,
    /// `line 3`, `element 3` or `record 3`.
    pub(crate) place: &'r str,
    /// The line that it begins in, from 1, where the source is `numbered`.
    pub(crate) line: u64,
}

/// Where records come from, and what is done with a broken one.
pub(crate) struct Source<'s> {
    /// A file's path; standard input without one.
    pub(crate) file: Option<&'s str>,
    pub(crate) skip_invalid: bool,
    /// Records are told with their lines, also those of an array: counting them takes a little time.
    pub(crate) numbered: bool,
    pub(crate) format: InputFormat,
    /// How far it was read, where that takes a while and a terminal shows it.
    bar: ProgressBar,
}

/// Takes one record after another.
pub(crate) type See<'s> = dyn FnMut(Record<'_>) -> Result<(), Failure> + 's;

/// Takes NDJSON.
pub(crate) type Lines<'l> = dyn FnMut(&mut dyn Read) -> Result<(), Failure> + 'l;

/// The members that an envelope holds its records in.
const ENVELOPES: [&str; 3] = ["data", "Resources", "value"];

impl<'s> Source<'s> {
    pub(crate) fn new(file: Option<&'s str>, input: &Input) -> Source<'s> {
        let (skip_invalid, format, bar) = (input.skip_invalid, input.format, progress(file));
        Source { file, skip_invalid, numbered: false, format, bar }
    }

    /// Without a bar where the terminal that would show it gets records while they are read: they would be in one line.
    pub(crate) fn printed(self) -> Source<'s> {
        let bar = if io::stdout().is_terminal() { ProgressBar::hidden() } else { self.bar };
        Source { bar, ..self }
    }

    pub(crate) fn name(&self) -> &str {
        self.file.unwrap_or("standard input")
    }

    /// Calls `see` with each record.
    pub(crate) fn each(&self, see: &mut See<'_>) -> Result<(), Failure> {
        self.each_or_lines(see, None)
    }

    /// The same, but NDJSON is left to `lines`, unread.
    pub(crate) fn each_or_lines(&self, see: &mut See<'_>, lines: Option<&mut Lines<'_>>) -> Result<(), Failure> {
        let unreadable = |error: io::Error| self.unreadable(&error);
        let read: Box<dyn Read> = match self.file {
            Some(path) => Box::new(File::open(path).map_err(unreadable)?),
            None => Box::new(io::stdin().lock()),
        };
        let mut reader = BufReader::with_capacity(1 << 16, self.bar.wrap_read(read));
        let (format, start) = format_of(&mut reader, self.format).map_err(unreadable)?;
        let mut all = io::Cursor::new(start).chain(reader);
        let result = match (format, lines) {
            (Format::Lines, Some(lines)) => lines(&mut all),
            (Format::Lines, None) => self.lines(&mut all, see),
            (Format::Array, _) => self.array(all, see),
            (Format::Objects, _) => self.objects(all, see),
        };
        self.bar.finish_and_clear();
        result
    }

    /// NDJSON: a record a line, blank lines passed over.
    fn lines(&self, reader: &mut dyn BufRead, see: &mut See<'_>) -> Result<(), Failure> {
        let mut line = Vec::new();
        let mut number: u64 = 0;
        loop {
            line.clear();
            number += 1;
            let unreadable = |error| Failure::Unreadable(format!("{} line {number}: {error}", self.name()));
            if reader.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                return Ok(());
            }
            let text = line.trim_ascii();
            if !text.is_empty() {
                match std::str::from_utf8(text) {
                    Ok(text) => self.record(text, (&format!("line {number}"), number), see)?,
                    Err(_) => self.broken(&format!("line {number}"), "not UTF-8")?,
                }
            }
        }
    }

    /// A JSON array, element by element.
    fn array(&self, reader: impl Read, see: &mut See<'_>) -> Result<(), Failure> {
        let (reader, ends) = (BufReader::new(reader), Cell::new(0));
        match self.numbered {
            true => self.elements(Counted { reader, ends: &ends }, &ends, see),
            false => self.elements(reader, &ends, see),
        }
    }

    fn elements(&self, reader: impl Read, ends: &Cell<u64>, see: &mut See<'_>) -> Result<(), Failure> {
        let mut json = serde_json::Deserializer::from_reader(reader);
        let mut elements = Elements { source: self, ends, see, failure: None };
        let result = json.deserialize_seq(&mut elements).and_then(|()| json.end());
        elements.end(result)
    }

    /// Objects written over several lines: each a record, or an envelope of records.
    fn objects(&self, reader: impl Read, see: &mut See<'_>) -> Result<(), Failure> {
        let (reader, ends) = (BufReader::new(reader), Cell::new(0));
        match self.numbered {
            true => self.each_object(Counted { reader, ends: &ends }, &ends, see),
            false => self.each_object(reader, &ends, see),
        }
    }

    fn each_object(&self, reader: impl Read, ends: &Cell<u64>, see: &mut See<'_>) -> Result<(), Failure> {
        let json = serde_json::Deserializer::from_reader(reader);
        let mut objects = json.into_iter::<Box<RawValue>>().enumerate().peekable();
        while let Some((index, object)) = objects.next() {
            let object = object.map_err(|error| self.not_json(&error))?;
            let line = first_line(ends, object.get());
            let may_be = index == 0 && self.format == InputFormat::Auto;
            let records = if may_be { envelope(object.get()) } else { None };
            // An answer is alone. What comes next may be long in coming: it is waited for only where it decides.
            match records.filter(|_| objects.peek().is_none()) {
                Some(records) => self.enveloped(object.get(), line, &records, see)?,
                None => {
                    self.record(&one_line(object.get()), (&format!("record {}", index + 1), line), see)?;
                }
            }
        }
        Ok(())
    }

    fn enveloped(&self, object: &str, first: u64, records: &[&RawValue], see: &mut See<'_>) -> Result<(), Failure> {
        let (mut seen, mut line) = (0, first);
        for (index, record) in records.iter().enumerate() {
            let start = record.get().as_ptr() as usize - object.as_ptr() as usize;
            line += line_ends(object.as_bytes().get(seen..start).unwrap_or_default());
            seen = start;
            self.record(&one_line(record.get()), (&format!("element {}", index + 1), line), see)?;
        }
        Ok(())
    }

    fn not_json(&self, error: &serde_json::Error) -> Failure {
        let message = format!("{}: {error}", self.name());
        if error.is_io() { Failure::Unreadable(message) } else { Failure::Other(message) }
    }

    pub(crate) fn unreadable(&self, error: &io::Error) -> Failure {
        Failure::Unreadable(format!("{}: {error}", self.name()))
    }

    fn record(&self, text: &str, (place, line): (&str, u64), see: &mut See<'_>) -> Result<(), Failure> {
        match serde_json::from_str::<Value>(text) {
            Ok(value) if !scim_query::is_readable(&value) => self.broken(place, "number out of range"),
            Ok(value @ Value::Object(_)) => see(Record { text, value, place, line }),
            Ok(_) => self.broken(place, "not a JSON object"),
            Err(error) => self.broken(place, &without_line(&error)),
        }
    }

    /// A record that is not one, or not one that can be used.
    pub(crate) fn broken(&self, place: &str, what: &str) -> Result<(), Failure> {
        let message = format!("{} {place}: {what}", self.name());
        if !self.skip_invalid {
            return Err(Failure::Other(format!("{message} (--skip-invalid goes on without such records)")));
        }
        // A message has its own line, and the bar comes again below it.
        let _ = self.bar.suspend(|| writeln!(io::stderr(), "skipped: {message}"));
        Ok(())
    }
}

/// The records that an object holds, if it is an envelope.
fn envelope(object: &str) -> Option<Vec<&RawValue>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    let mut arrays = ENVELOPES.iter().filter_map(|key| members.get(*key)).map(|value| value.get());
    serde_json::from_str(arrays.find(|value| value.starts_with('['))?).ok()
}

/// Why a text is no record; `None` if it is one.
pub(crate) fn problem_of(text: &[u8]) -> Option<String> {
    match std::str::from_utf8(text).map(serde_json::from_str::<Value>) {
        Err(_) => Some("not UTF-8".into()),
        Ok(Err(error)) => Some(without_line(&error)),
        Ok(Ok(value)) if !scim_query::is_readable(&value) => Some("number out of range".into()),
        Ok(Ok(Value::Object(_))) => None,
        Ok(Ok(_)) => Some("not a JSON object".into()),
    }
}

/// serde_json counts lines within the record; its place in the file is told already.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(&text[..], |(what, _)| what);
    format!("{what}, column {}", error.column())
}

enum Format {
    /// A record a line.
    Lines,
    /// A JSON array.
    Array,
    /// JSON objects, each a record or an envelope of records.
    Objects,
}

/// Tells the formats apart by the first lines, where none was chosen, and gives back what was read for that. A byte order mark is passed over.
fn format_of(reader: &mut dyn BufRead, chosen: InputFormat) -> io::Result<(Format, Vec<u8>)> {
    let mut start = Vec::new();
    let mut first = read_to_text(reader, &mut start)?;
    if start[first.clone()].starts_with(b"\xEF\xBB\xBF") {
        start.drain(first.start..first.start + 3);
        first.end -= 3;
        if start[first.clone()].trim_ascii().is_empty() {
            first = read_to_text(reader, &mut start)?;
        }
    }
    let is_array = start[first.clone()].trim_ascii().starts_with(b"[");
    match chosen {
        InputFormat::Ndjson => return Ok((Format::Lines, start)),
        _ if is_array => return Ok((Format::Array, start)),
        InputFormat::Json => return Ok((Format::Objects, start)),
        InputFormat::Auto => {}
    }
    // The next line may be long in coming: it is waited for only where it decides.
    let format = match serde_json::from_slice::<Value>(&start[first]) {
        Ok(Value::Object(members)) if ENVELOPES.iter().any(|key| members.get(*key).is_some_and(Value::is_array)) => {
            // One object and nothing after it.
            let alone = read_to_text(reader, &mut start)?.is_empty();
            if alone { Format::Objects } else { Format::Lines }
        }
        Err(error) if error.is_eof() => {
            // An object that goes on, and not a broken record before a whole one.
            let second = read_to_text(reader, &mut start)?;
            let goes_on = serde_json::from_slice::<Value>(&start[second]).is_err();
            if goes_on { Format::Objects } else { Format::Lines }
        }
        _ => Format::Lines,
    };
    Ok((format, start))
}

/// Reads on to the end of the next line that is not blank, and tells where that line is; empty at the end of the input.
fn read_to_text(reader: &mut dyn BufRead, start: &mut Vec<u8>) -> io::Result<std::ops::Range<usize>> {
    loop {
        let line = start.len();
        if reader.read_until(b'\n', start)? == 0 {
            return Ok(line..line);
        }
        if !start[line..].trim_ascii().is_empty() {
            return Ok(line..start.len());
        }
    }
}

/// Counts the line ends that are read through it. Of JSON no more than the value is read, so that they tell where it ends.
struct Counted<'c, R> {
    reader: R,
    ends: &'c Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.ends.set(self.ends.get() + line_ends(&buffer[..read]));
        Ok(read)
    }
}

fn line_ends(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// The line in which a value begins that was just read.
fn first_line(ends: &Cell<u64>, value: &str) -> u64 {
    (ends.get() + 1).saturating_sub(line_ends(value.as_bytes()))
}

/// What is done with each element of an array.
struct Elements<'e, 's> {
    source: &'e Source<'s>,
    /// How many line ends were read.
    ends: &'e Cell<u64>,
    see: &'e mut See<'e>,
    /// Set where reading was stopped by something other than the document.
    failure: Option<Failure>,
}

impl Elements<'_, '_> {
    fn end(self, result: Result<(), serde_json::Error>) -> Result<(), Failure> {
        match (self.failure, result) {
            (Some(failure), _) => Err(failure),
            (None, result) => result.map_err(|error| self.source.not_json(&error)),
        }
    }
}

impl<'de> Visitor<'de> for &mut Elements<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(element) = elements.next_element::<Box<RawValue>>()? {
            number += 1;
            // A record that was written over several lines becomes one.
            let text = one_line(element.get());
            let place = format!("element {number}");
            if let Err(failure) = self.source.record(&text, (&place, first_line(self.ends, element.get())), self.see) {
                self.failure = Some(failure);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
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
