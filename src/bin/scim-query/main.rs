//! `scim-query`: the library on the command line.

mod args;
mod ast_json;
mod check;
mod choose;
#[cfg(feature = "databases")]
mod database;
mod describe;
mod explain;
mod failure;
mod filter;
mod input;
mod lines;
mod list;
mod sql;
#[cfg(feature = "databases")]
mod stored;
mod table;
mod told;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output, a wrong call to standard error; neither may fail on a closed pipe.
            let _ = error.print();
            #[cfg(not(feature = "databases"))]
            note_of_databases(&error);
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let (result, format) = match &cli.command {
        Command::List(args) => (list::run(args), args.errors.error_format),
        Command::Filter(args) => (filter::run(args), args.errors.error_format),
        Command::Parse(args) => (check::parse(args), args.errors.error_format),
        Command::Check(args) => (check::check(args), args.errors.error_format),
        Command::Explain(args) => (explain::run(args), args.errors.error_format),
        Command::Sql(args) => (sql::run(args), args.errors.error_format),
        #[cfg(feature = "databases")]
        Command::Load(args) => (stored::load(args), None),
        Command::Schema(args) => (table::schema(args), None),
        Command::Completions { shell } => (describe::completions(*shell), None),
        Command::Man { folder } => (describe::man(folder), None),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            let is_unknown = failure.is_of_an_unknown_attribute() && format.is_none();
            let code = failure.report(format);
            if is_unknown && cli.command.has_the_default_schema() {
                failure::note("without --schema the attributes are those of access-requests; --schema open takes any");
            }
            code
        }
    }
}

/// What is not known because it was not built says so.
#[cfg(not(feature = "databases"))]
fn note_of_databases(error: &clap::Error) {
    use clap::error::{ContextKind, ContextValue};
    let is = |kind, name| matches!(error.get(kind), Some(ContextValue::String(given)) if given == name);
    if is(ContextKind::InvalidSubcommand, "load") || is(ContextKind::InvalidArg, "--db") {
        failure::note("`load` and `list --db` are there when it is built with `--features databases`");
    }
}
