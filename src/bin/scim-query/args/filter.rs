//! What `scim-query filter` takes.

use clap::Args;

use super::{ErrorArgs, Input, Lenient, SchemaArgs};

#[derive(Args)]
pub(crate) struct Filter {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    /// Print only how many records match, in all files together
    #[arg(long, short = 'c')]
    pub(crate) count: bool,
    /// Print the records that do not match
    #[arg(long, short = 'v')]
    pub(crate) invert_match: bool,
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
