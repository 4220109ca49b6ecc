//! `scim-query filter`: the records that match, as grep does.

use std::cell::RefCell;
use std::io::Read;
use std::process::ExitCode;

use scim_query::{Predicate, RawPredicate};

use crate::args;
use crate::choose;
use crate::failure::{Failure, warn};
use crate::input::{Record, Source};
use crate::lines::Filtering;
use crate::told::Teller;

pub(crate) fn run(args: &args::Filter) -> Result<ExitCode, Failure> {
    let schema = args.schema.get("open")?;
    let options = args.lenient.options();
    options.verify(&schema)?;
    let files: Vec<Option<&str>> = match &args.files[..] {
        [] => vec![None],
        files => files.iter().map(|file| Some(file.as_str()).filter(|file| *file != "-")).collect(),
    };
    if args.filter == "-" && files.contains(&None) {
        return Err(Failure::Other("the filter is read from standard input, so the records need a FILE".into()));
    }
    let text = choose::text(&args.filter)?;
    let filter = scim_query::Filter::parse_with(&text, &options)?.check_with(&schema, &options)?;
    filter.warnings().iter().for_each(|warning| warn("filter", warning));
    let predicate = filter.compile();
    let raw = filter.compile_raw();
    let raw = if args.validate { raw.validating() } else { raw };

    let mut some_unreadable = false;
    let mut teller = Teller::new(&args.told);
    if teller.most() == Some(0) {
        return Ok(ExitCode::from(1));
    }
    let search = Search { args, predicate: &predicate, raw: &raw };
    for file in files {
        match search.file(file, &mut teller) {
            // The other files can be read; what was found before it stands before its message.
            Err(failure @ Failure::Unreadable(_)) => {
                teller.flush()?;
                failure.report(None);
                some_unreadable = true;
            }
            result => result?,
        }
        if args.told.quiet && teller.total > 0 {
            return Ok(ExitCode::SUCCESS);
        }
    }
    teller.finish()?;
    Ok(ExitCode::from(if some_unreadable { 2 } else { u8::from(teller.total == 0) }))
}

/// What is asked of each file.
struct Search<'s> {
    args: &'s args::Filter,
    predicate: &'s Predicate,
    raw: &'s RawPredicate,
}

impl Search<'_> {
    fn file(&self, file: Option<&str>, teller: &mut Teller<'_>) -> Result<(), Failure> {
        let source = Source::new(file, &self.args.input);
        let mut source = if teller.prints_records() { source.printed() } else { source };
        source.numbered = self.args.told.line_number;
        let invert = self.args.invert_match;
        teller.begin(file);
        // Lines and records are told by two closures, of which one is called.
        let shared = RefCell::new(teller);
        let mut lines = |reader: &mut dyn Read| {
            let teller = &mut **shared.borrow_mut();
            Filtering::new(self.raw, &source, teller, invert, self.args.validate).run(reader, teller)
        };
        let mut see = |record: Record<'_>| {
            if self.predicate.matches(&record.value) == invert {
                return Ok(());
            }
            let mut teller = shared.borrow_mut();
            teller.record(record.text.as_bytes(), record.line)?;
            if teller.has_enough() { Err(Failure::Enough) } else { Ok(()) }
        };
        match source.each_or_lines(&mut see, Some(&mut lines)) {
            Ok(()) | Err(Failure::Enough) => shared.into_inner().end(),
            Err(failure) => Err(failure),
        }
    }
}
