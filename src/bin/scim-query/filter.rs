//! `scim-query filter`: the records that match, as grep does.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use crate::args;
use crate::choose;
use crate::failure::{Failure, warn};
use crate::input::Source;

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

    let mut out = BufWriter::new(io::stdout().lock());
    let mut count: u64 = 0;
    for file in files {
        let source = Source { file, skip_invalid: args.input.skip_invalid };
        source.each(&mut |record| {
            if predicate.matches(&record.value) != args.invert_match {
                count += 1;
                if !args.count {
                    writeln!(out, "{}", record.text)?;
                }
            }
            Ok(())
        })?;
    }
    if args.count {
        writeln!(out, "{count}")?;
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(count == 0)))
}
