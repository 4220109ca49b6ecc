//! `scim-query filter`: the records that match, as grep does.

use std::cell::RefCell;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use crate::args;
use crate::choose;
use crate::failure::{Failure, warn};
use crate::input::{Record, Source};
use crate::lines::Filtering;

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

    // Lines and records are written by two closures, of which one is called.
    let out = RefCell::new(BufWriter::new(io::stdout().lock()));
    let mut count: u64 = 0;
    let mut some_unreadable = false;
    for file in files {
        let source = Source { file, skip_invalid: args.input.skip_invalid };
        let (mut of_lines, mut of_records) = (0, 0);
        let mut lines = |reader: &mut dyn Read| {
            let (invert, validate, count_only) = (args.invert_match, args.validate, args.count);
            let filtering = Filtering { predicate: &raw, source: &source, invert, validate, count_only };
            of_lines = filtering.run(reader, &mut *out.borrow_mut())?;
            Ok(())
        };
        let mut see = |record: Record<'_>| {
            if predicate.matches(&record.value) != args.invert_match {
                of_records += 1;
                if !args.count {
                    writeln!(out.borrow_mut(), "{}", record.text)?;
                }
            }
            Ok(())
        };
        match source.each_or_lines(&mut see, Some(&mut lines)) {
            // The other files can be read; what was found before it stands before its message.
            Err(failure @ Failure::Unreadable(_)) => {
                out.borrow_mut().flush()?;
                failure.report(None);
                some_unreadable = true;
            }
            result => result?,
        }
        count += of_lines + of_records;
    }
    let mut out = out.into_inner();
    if args.count {
        writeln!(out, "{count}")?;
    }
    out.flush()?;
    Ok(ExitCode::from(if some_unreadable { 2 } else { u8::from(count == 0) }))
}
