//! What `scim-query filter` tells of the records that it selects: themselves, their places, their number, their files.

use std::io::{self, BufWriter, StdoutLock, Write};

use crate::args::Told;
use crate::failure::Failure;

/// Prints what is selected, of one file after another.
pub(crate) struct Teller<'a> {
    how: &'a Told,
    out: BufWriter<StdoutLock<'static>>,
    /// The name of the file that is read, as grep tells it.
    name: String,
    /// Records of this file.
    here: u64,
    /// Records of all files together.
    pub(crate) total: u64,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(how: &'a Told) -> Teller<'a> {
        Teller { how, out: BufWriter::new(io::stdout().lock()), name: String::new(), here: 0, total: 0 }
    }

    /// The records that follow are of this file; standard input without one.
    pub(crate) fn begin(&mut self, file: Option<&str>) {
        self.name = file.unwrap_or("(standard input)").to_owned();
        self.here = 0;
    }

    /// So many records of a file are wanted, if not all.
    pub(crate) fn most(&self) -> Option<u64> {
        if self.how.quiet || self.how.files_with_matches { Some(1) } else { self.how.max_count }
    }

    /// Whether no more of this file is wanted.
    pub(crate) fn has_enough(&self) -> bool {
        self.most().is_some_and(|most| self.here >= most)
    }

    /// Whether records are printed at all.
    pub(crate) fn prints_records(&self) -> bool {
        !(self.how.count || self.how.quiet || self.how.files_with_matches)
    }

    /// Whether records have to be told one by one, with their lines.
    pub(crate) fn needs_places(&self) -> bool {
        self.most().is_some() || self.how.line_number || self.how.with_filename
    }

    /// A record that begins in a line, from 1.
    pub(crate) fn record(&mut self, text: &[u8], line: u64) -> Result<(), Failure> {
        self.here += 1;
        self.total += 1;
        if !self.prints_records() {
            return Ok(());
        }
        if self.how.with_filename {
            write!(self.out, "{}:", self.name)?;
        }
        if self.how.line_number {
            write!(self.out, "{line}:")?;
        }
        self.out.write_all(text)?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// So many records at once, each with its line's end, where no places are needed.
    pub(crate) fn records(&mut self, lines: &[u8], count: u64) -> Result<(), Failure> {
        self.here += count;
        self.total += count;
        Ok(self.out.write_all(lines)?)
    }

    /// What was told so far comes before what follows elsewhere.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// The file was read, as far as it was wanted.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        if self.how.files_with_matches && self.here > 0 {
            writeln!(self.out, "{}", self.name)?;
        }
        if self.how.count && self.how.with_filename {
            writeln!(self.out, "{}:{}", self.name, self.here)?;
        }
        Ok(())
    }

    /// All files were read.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        if self.how.count && !self.how.with_filename {
            writeln!(self.out, "{}", self.total)?;
        }
        self.flush()
    }
}
