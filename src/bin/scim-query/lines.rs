//! `scim-query filter` on NDJSON: the bytes are filtered as they are, in pieces of whole lines. Pieces of a file are filtered
//! on all cores and printed in order; of a pipe, as they come.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, scope};

use memchr::{memchr_iter, memrchr};
use scim_query::{JsonError, RawPredicate};

use crate::failure::Failure;
use crate::input::{Source, problem_of};
use crate::told::Teller;

/// What is done with the lines.
pub(crate) struct Filtering<'f> {
    predicate: &'f RawPredicate,
    source: &'f Source<'f>,
    /// Lines that do not match are printed.
    invert: bool,
    /// Every line is read whole.
    validate: bool,
    /// Lines are printed.
    prints: bool,
    /// Lines are told one by one, with their numbers.
    needs_places: bool,
    /// No more lines are wanted of all pieces together.
    most: u64,
}

/// Read at once. A line that is longer makes its piece so.
const PIECE: usize = 1 << 20;
/// More cores than these do not make reading and printing faster.
const MOST_CORES: usize = 8;

/// What came of a piece.
#[derive(Default)]
struct Filtered {
    /// The piece's memory, for the next one.
    used: Vec<u8>,
    out: Vec<u8>,
    count: u64,
    /// Where lines are told one by one: the number of each in the piece, and where it ends in `out`.
    places: Vec<(u64, usize)>,
    /// Line ends in the piece.
    lines: u64,
    /// Lines that are no records, by their number in the piece, and why.
    broken: Vec<(u64, String)>,
    /// How many line ends come before a place: counted on from there for the next broken line.
    counted: (usize, u64),
}

impl<'f> Filtering<'f> {
    pub(crate) fn new(
        predicate: &'f RawPredicate,
        source: &'f Source<'f>,
        teller: &Teller<'_>,
        invert: bool,
        validate: bool,
    ) -> Filtering<'f> {
        let (prints, needs_places) = (teller.prints_records(), teller.needs_places());
        let most = teller.most().unwrap_or(u64::MAX);
        Filtering { predicate, source, invert, validate, prints, needs_places, most }
    }

    /// Filters all that is read, or as much as is wanted of it, and tells which lines are selected.
    pub(crate) fn run(&self, mut reader: impl Read, teller: &mut Teller<'_>) -> Result<(), Failure> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_CORES);
        let mut printer = Printer { filtering: self, teller, lines: 0 };
        // A pipe may have a name too.
        let is_file = self.source.file.is_some_and(|path| std::fs::metadata(path).is_ok_and(|data| data.is_file()));
        if !is_file || cores == 1 {
            let mut pieces = Pieces { rest: Vec::new(), at_once: false };
            let mut memory = Vec::new();
            while let Some(piece) = pieces.next(&mut reader, memory).map_err(|error| self.source.unreadable(&error))? {
                let filtered = self.filter(piece);
                printer.print(&filtered)?;
                printer.teller.flush()?;
                if printer.teller.has_enough() {
                    break;
                }
                memory = filtered.used;
            }
            return Ok(());
        }
        scope(|scope| {
            let mut waiting: VecDeque<usize> = VecDeque::new();
            let workers: Vec<Worker> = (0..cores).map(|_| Worker::start(scope, self)).collect();
            let mut pieces = Pieces { rest: Vec::new(), at_once: true };
            let mut free = (0..cores).collect::<VecDeque<usize>>();
            let mut memory = Vec::new();
            loop {
                let next = memory.pop().unwrap_or_default();
                let piece = pieces.next(&mut reader, next);
                // What was read before is printed, also before an error.
                let ended = !matches!(piece, Ok(Some(_)));
                while ended || free.is_empty() {
                    let Some(first) = waiting.pop_front() else { break };
                    let filtered = workers[first].results.recv().map_err(|_| stopped())?;
                    printer.print(&filtered)?;
                    if printer.teller.has_enough() {
                        return Ok(());
                    }
                    memory.push(filtered.used);
                    free.push_back(first);
                }
                let piece = piece.map_err(|error| self.source.unreadable(&error))?;
                let Some(piece) = piece else { return Ok(()) };
                let Some(worker) = free.pop_front() else { return Err(stopped()) };
                workers[worker].pieces.send(piece).map_err(|_| stopped())?;
                waiting.push_back(worker);
            }
        })
    }

    fn filter(&self, piece: Piece) -> Filtered {
        let mut filtered = self.filter_bytes(piece.bytes.get(..piece.len).unwrap_or_default());
        filtered.used = piece.bytes;
        filtered
    }

    fn filter_bytes(&self, piece: &[u8]) -> Filtered {
        let mut filtered = Filtered::default();
        if self.invert || self.validate {
            let mut start = 0;
            for end in memchr_iter(b'\n', piece).chain([piece.len()]) {
                let line = piece.get(start..end).unwrap_or_default();
                if !line.trim_ascii().is_empty() {
                    match self.predicate.matches(line) {
                        Ok(matches) if is_object(line) => {
                            if matches != self.invert {
                                self.keep(line, start, piece, &mut filtered);
                            }
                        }
                        result => self.broken(line, result.err(), start, piece, &mut filtered),
                    }
                }
                start = end + 1;
                if self.has_to_stop(&filtered) {
                    break;
                }
            }
        } else {
            for line in self.predicate.lines(piece) {
                match line {
                    Ok(line) if is_object(line) => self.keep(line, start_of(line, piece), piece, &mut filtered),
                    Ok(line) => {
                        let start = start_of(line, piece);
                        self.broken(line, None, start, piece, &mut filtered);
                    }
                    Err(error) => {
                        let at = error.offset().min(piece.len());
                        let start = memrchr(b'\n', &piece[..at]).map_or(0, |end| end + 1);
                        let line = piece[start..].split(|byte| *byte == b'\n').next().unwrap_or_default();
                        self.broken(line, Some(error), start, piece, &mut filtered);
                    }
                }
                if self.has_to_stop(&filtered) {
                    break;
                }
            }
        }
        filtered.lines = memchr_iter(b'\n', piece).count() as u64;
        filtered
    }

    fn has_to_stop(&self, filtered: &Filtered) -> bool {
        filtered.count >= self.most || !self.source.skip_invalid && !filtered.broken.is_empty()
    }

    fn keep(&self, line: &[u8], start: usize, piece: &[u8], filtered: &mut Filtered) {
        filtered.count += 1;
        if self.prints {
            filtered.out.extend_from_slice(line.trim_ascii());
            filtered.out.push(b'\n');
        }
        if self.needs_places {
            let number = filtered.number_of(start, piece);
            filtered.places.push((number, filtered.out.len()));
        }
    }

    #[cold]
    fn broken(&self, line: &[u8], error: Option<JsonError>, start: usize, piece: &[u8], filtered: &mut Filtered) {
        let number = filtered.number_of(start, piece);
        // The offset of an error counts from the start of the piece, which means nothing to the reader.
        let told = |error: JsonError| error.to_string().split_once(": ").map(|(_, what)| format!("not JSON: {what}"));
        let problem = problem_of(line.trim_ascii()).or_else(|| error.and_then(told));
        let problem = problem.unwrap_or_else(|| "not a JSON object".into());
        filtered.broken.push((number, problem));
    }
}

impl Filtered {
    /// The number of the line that starts there, from 0; lines are asked for in their order.
    fn number_of(&mut self, start: usize, piece: &[u8]) -> u64 {
        let (before, lines) = self.counted;
        let number = lines + memchr_iter(b'\n', piece.get(before..start).unwrap_or_default()).count() as u64;
        self.counted = (start.max(before), number);
        number
    }
}

/// Where a line of a piece starts in it.
fn start_of(line: &[u8], piece: &[u8]) -> usize {
    line.as_ptr() as usize - piece.as_ptr() as usize
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().first() == Some(&b'{')
}

fn stopped() -> Failure {
    Failure::Other("a thread stopped".into())
}

/// Prints what came of pieces, in their order.
struct Printer<'p, 'a> {
    filtering: &'p Filtering<'p>,
    teller: &'p mut Teller<'a>,
    /// Before the next piece.
    lines: u64,
}

impl Printer<'_, '_> {
    fn print(&mut self, filtered: &Filtered) -> Result<(), Failure> {
        let end = self.tell(filtered)?;
        // What stands behind the last line that is wanted is not looked at, though it was read.
        for (line, problem) in filtered.broken.iter().take_while(|(line, _)| *line < end) {
            if !self.filtering.source.skip_invalid {
                self.teller.flush()?;
            }
            self.filtering.source.broken(&format!("line {}", self.lines + line + 1), problem)?;
        }
        self.lines += filtered.lines;
        Ok(())
    }

    /// Tells what is selected of a piece, and says up to which of its lines that is.
    fn tell(&mut self, filtered: &Filtered) -> Result<u64, Failure> {
        if !self.filtering.needs_places {
            self.teller.records(&filtered.out, filtered.count)?;
            return Ok(u64::MAX);
        }
        let mut start = 0;
        for (line, end) in &filtered.places {
            let text = filtered.out.get(start..*end).unwrap_or_default().trim_ascii_end();
            self.teller.record(text, self.lines + line + 1)?;
            if self.teller.has_enough() {
                return Ok(*line);
            }
            start = *end;
        }
        Ok(u64::MAX)
    }
}

/// Whole lines, at the beginning of memory that is used again and again: it would take time to clear it.
struct Piece {
    bytes: Vec<u8>,
    len: usize,
}

/// Cuts what is read into pieces that end with a line.
struct Pieces {
    /// What was read behind the last whole line.
    rest: Vec<u8>,
    /// Pieces are filled; else each has what there is.
    at_once: bool,
}

impl Pieces {
    fn next(&mut self, reader: &mut impl Read, memory: Vec<u8>) -> io::Result<Option<Piece>> {
        let mut piece = Piece { bytes: memory, len: self.rest.len() };
        loop {
            let before = piece.len;
            if piece.bytes.len() < before + PIECE {
                piece.bytes.resize(before + PIECE, 0);
            }
            if before == self.rest.len() {
                piece.bytes[..before].copy_from_slice(&self.rest);
            }
            let read = fill(reader, &mut piece.bytes[before..before + PIECE], self.at_once)?;
            piece.len += read;
            if read == 0 {
                self.rest.clear();
                return Ok((piece.len > 0).then_some(piece));
            }
            if let Some(end) = memrchr(b'\n', &piece.bytes[before..piece.len]) {
                let end = before + end + 1;
                self.rest.clear();
                self.rest.extend_from_slice(&piece.bytes[end..piece.len]);
                piece.len = end;
                return Ok(Some(piece));
            }
        }
    }
}

fn fill(reader: &mut impl Read, buffer: &mut [u8], whole: bool) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match reader.read(&mut buffer[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if !whole {
            break;
        }
    }
    Ok(read)
}

/// A thread that filters pieces; it ends when no more can come.
struct Worker {
    pieces: SyncSender<Piece>,
    results: Receiver<Filtered>,
}

impl Worker {
    fn start<'scope>(scope: &'scope Scope<'scope, '_>, filtering: &'scope Filtering<'_>) -> Worker {
        let (pieces, waiting) = sync_channel::<Piece>(1);
        let (done, results) = sync_channel(1);
        scope.spawn(move || {
            for piece in waiting {
                if done.send(filtering.filter(piece)).is_err() {
                    break;
                }
            }
        });
        Worker { pieces, results }
    }
}
