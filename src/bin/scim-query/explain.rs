//! `scim-query explain`: a filter in plain words, and why records match it or not.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::args;
use crate::choose;
use crate::failure::{Failure, warn};
use crate::input::Source;

pub(crate) fn run(args: &args::Explain) -> Result<ExitCode, Failure> {
    let schema = args.schema.get("access-requests")?;
    let options = args.lenient.options();
    options.verify(&schema)?;
    if args.filter == "-" && args.record.as_deref() == Some("-") {
        return Err(Failure::Other("the filter is read from standard input, so the record needs a file".into()));
    }
    let text = choose::text(&args.filter)?;
    let checked =
        scim_query::Filter::parse_with(&text, &options).and_then(|filter| filter.check_with(&schema, &options));
    // The form with carets repeats the text, values and all.
    let filter = match checked {
        Err(error) if args.redacted => return Err(Failure::Other(error.to_string())),
        checked => checked?,
    };
    filter.warnings().iter().for_each(|warning| warn("filter", warning));
    let filter = if args.simplify { filter.simplify() } else { filter };
    let mut out = io::stdout().lock();
    let Some(file) = &args.record else {
        writeln!(out, "{}", filter.explain(args.redacted))?;
        return Ok(ExitCode::SUCCESS);
    };
    let source = Source::new(Some(file.as_str()).filter(|file| *file != "-"), &args.input).printed();
    let mut matching = false;
    // Of several, each begins with its place; whether there are several, the second tells.
    let mut first = None;
    let mut count = 0;
    let read = source.each(&mut |record| {
        let explanation = match args.redacted {
            true => filter.explain_match(&record.value, true),
            false => filter.explain_stored(&record.value),
        };
        matching |= explanation.verdict() == Some(true);
        count += 1;
        if count == 1 {
            first = Some((record.place.to_owned(), explanation));
            return Ok(());
        }
        if let Some((place, explanation)) = first.take() {
            writeln!(out, "{place}:\n{explanation}")?;
        }
        writeln!(out, "\n{}:\n{explanation}", record.place)?;
        Ok(())
    });
    if let Some((_, explanation)) = first {
        writeln!(out, "{explanation}")?;
    }
    read?;
    Ok(ExitCode::from(u8::from(!matching)))
}
