//! What `scim-query filter` takes.

use clap::Args;

use super::{ErrorArgs, Input, Lenient, SchemaArgs};

#[derive(Args)]
pub(crate) struct Filter {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    /// Print the records that do not match
    #[arg(long, short = 'v')]
    pub(crate) invert_match: bool,
    #[command(flatten)]
    pub(crate) told: Told,
    /// Read every record whole, so that none that is broken is passed over; of NDJSON, else only what the filter needs is
    #[arg(long)]
    pub(crate) validate: bool,
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
    /// The filter; `-` reads it from standard input
    #[arg(value_name = "F")]
    pub(crate) filter: String,
    /// The records: NDJSON, a JSON array, or one object, alone, with an array in `data`, `Resources` or `value`; standard
    /// input by default
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<String>,
}

/// What of the records that match is told. What would say nothing beside another option is refused.
#[derive(Args)]
pub(crate) struct Told {
    /// Print only how many records match, in all files together; with -H, a line for each file
    #[arg(long, short = 'c')]
    pub(crate) count: bool,
    /// Stop reading a file after N records that match
    #[arg(long, short = 'm', value_name = "N")]
    pub(crate) max_count: Option<u64>,
    /// Print nothing and stop at the first record that matches: the exit code says whether there is one, and is 0 then also
    /// after a file that could not be read
    #[arg(long, short, conflicts_with_all = ["count", "max_count", "line_number", "with_filename", "files_with_matches"])]
    pub(crate) quiet: bool,
    /// Print only the names of the files that have a record that matches, reading each up to the first
    #[arg(long, short = 'l', conflicts_with_all = ["count", "max_count", "line_number", "with_filename"])]
    pub(crate) files_with_matches: bool,
    /// Print before each record the line of the file where it begins, as in `12:{..}`
    #[arg(long, short = 'n', conflicts_with = "count")]
    pub(crate) line_number: bool,
    /// Print before each record the name of its file, as in `app.ndjson:{..}`
    #[arg(long, short = 'H')]
    pub(crate) with_filename: bool,
}
