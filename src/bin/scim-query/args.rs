//! What can be written on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};

mod filter;

pub(crate) use filter::{Filter, Told};

/// SCIM filters, orderings and pages over JSON files.
#[derive(Parser)]
#[command(name = "scim-query", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List resources as an endpoint would: filter, order, page
    #[command(after_help = "Examples:
  scim-query list --query 'filter=status%20eq%20%22APPROVED%22&orderBy=created%20desc&limit=5' requests.ndjson
  scim-query list --filter 'status eq \"PENDING\"' --order-by 'lastUpdated desc' --output ids requests.ndjson

An order needs an `id` in each record, which decides between equal ones. The records that match are kept in memory, each some ten \
times its size; `filter` keeps none.")]
    List(List),
    /// Print the records that match, unchanged, one a line; exit 0 if some do, 1 if none does, 2 on an error
    #[command(after_help = "Examples:
  scim-query filter 'name.familyName co \"berg\"' users.ndjson
  scim-query filter --schema user --count 'emails[type eq \"work\"]' users.ndjson
  scim-query filter --line-number --max-count 3 'level eq \"error\"' app.ndjson
  scim-query filter --quiet 'level eq \"fatal\"' app.ndjson && page-someone

Without --schema any name is an attribute: keys as they are written, from the first letter on (`@timestamp` cannot be named); values \
without regard to case; text that is a whole date with time and offset, as a moment. Of NDJSON only what the filter needs is read, so \
a record that is broken elsewhere is passed over or printed: --validate reads all of it. docs/command-line.md has more.")]
    Filter(Filter),
    /// Parse a filter without a schema and print its canonical text
    #[command(after_help = "Examples:
  scim-query parse 'userName EQ \"bob\" AND NOT(title pr)'
  scim-query parse --path --ast 'emails[type eq \"work\"].value'")]
    Parse(Parse),
    /// Check a filter against a schema: canonical text, warnings, every error
    #[command(after_help = "Example:
  scim-query check --schema user 'userName sw \"b\" and emails co \"example\"'")]
    Check(Check),
    /// Tell a filter in plain words and, for a record, why it matches or not
    #[command(after_help = "With --record it tells beside each test what the record has; it exits 0 if some
record matches, 1 if none does, 2 on an error.

Example:
  scim-query explain --schema user 'userName sw \"b\" and not (title pr)' --record user.json")]
    Explain(Explain),
    /// Print a list request as SQL: the statement and its parameters as JSON
    #[command(after_help = "Examples:
  scim-query sql --dialect postgres --filter 'status eq \"PENDING\"' --order-by 'created desc' --limit 20
  scim-query sql --dialect sqlite --schema user --table users --ddl")]
    Sql(Sql),
    /// Create the tables that a schema needs in a database, and fill them with records
    #[cfg(feature = "databases")]
    #[command(after_help = "Example:
  scim-query load --db sqlite:requests.db --table requests requests.ndjson
  scim-query list --db sqlite:requests.db --table requests --filter 'status eq \"PENDING\"'")]
    Load(Load),
    /// Print a schema's attributes as a table: name, type, operators, sortable
    #[command(after_help = "Examples:
  scim-query schema user
  scim-query schema core.json extension.json")]
    Schema(SchemaTable),
    /// Print what completes the command's words in a shell
    #[command(after_help = "Example, for bash:
  scim-query completions bash > ~/.local/share/bash-completion/completions/scim-query")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual's pages
    #[command(after_help = "Example:
  scim-query man ~/.local/share/man/man1")]
    Man {
        /// The folder that they are written into
        #[arg(value_name = "FOLDER")]
        folder: std::path::PathBuf,
    },
}

impl Command {
    /// Whether names are looked up in the schema that holds where none is given.
    pub(crate) fn has_the_default_schema(&self) -> bool {
        let given = match self {
            Command::List(List { schema, .. }) | Command::Check(Check { schema, .. }) => schema,
            Command::Explain(Explain { schema, .. }) | Command::Sql(Sql { schema, .. }) => schema,
            _ => return false,
        };
        given.schemas.is_empty()
    }
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    #[command(flatten)]
    pub(crate) request: Request,
    /// What to print
    #[arg(long, value_enum, default_value_t = Output::Envelope)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
    #[cfg(feature = "databases")]
    #[command(flatten)]
    pub(crate) stored: Stored,
    /// The records: NDJSON, a JSON array, or one object, alone, with an array in `data`, `Resources` or `value`; standard
    /// input by default
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,
}

/// Resources in a database instead of a file.
#[cfg(feature = "databases")]
#[derive(Args)]
pub(crate) struct Stored {
    /// List the resources of a database that `load` filled: sqlite:FILE, postgres://.. or mysql://..
    #[arg(long, value_name = "URL", conflicts_with_all = ["file", "skip_invalid", "format"])]
    pub(crate) db: Option<String>,
    /// The table of the resources, where no file says it
    #[arg(long, value_name = "T", requires = "db", conflicts_with = "columns")]
    pub(crate) table: Option<String>,
    /// The mapping of attributes to columns, a TOML or JSON file; by default the one that `load` makes of the schema
    #[arg(long, value_name = "FILE", requires = "db")]
    pub(crate) columns: Option<String>,
}

/// A list request: a query string, or its parts.
#[derive(Args)]
pub(crate) struct Request {
    /// The query string of a list request, encoded or not
    #[arg(long, value_name = "QS", conflicts_with_all = ["filter", "order_by", "limit", "after"])]
    pub(crate) query: Option<String>,
    /// The filter; `-` reads it from standard input
    #[arg(long, value_name = "F")]
    pub(crate) filter: Option<String>,
    /// The ordering, as in `created desc, id desc`
    #[arg(long, value_name = "O")]
    pub(crate) order_by: Option<String>,
    /// The most resources: 20 if nothing is said, at most 200; for SCIM's parameters 100, at most 200
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) limit: Option<String>,
    /// The cursor of an earlier page
    #[arg(long, value_name = "C")]
    pub(crate) after: Option<String>,
    /// Whose query parameters; by default Okta's for access requests and the open schema, SCIM's else
    #[arg(long, value_enum)]
    pub(crate) profile: Option<ProfileName>,
}

#[derive(Args)]
pub(crate) struct Sql {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    #[command(flatten)]
    pub(crate) request: Request,
    /// The database's SQL: postgres, mysql, mariadb or sqlite
    #[arg(long, value_name = "D")]
    pub(crate) dialect: scim_query::sql::Dialect,
    /// The mapping of attributes to columns, a TOML or JSON file; by default the one that the schema has by itself
    #[arg(long, value_name = "FILE")]
    pub(crate) columns: Option<String>,
    /// The table of the resources, where no file says it; `resources` by default
    #[arg(long, value_name = "T", conflicts_with = "columns")]
    pub(crate) table: Option<String>,
    /// Print the statement with its values in it, for reading only
    #[arg(long, conflicts_with = "ddl")]
    pub(crate) inline: bool,
    /// Print the tables and indexes that the mapping needs
    #[arg(long)]
    pub(crate) ddl: bool,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
}

#[cfg(feature = "databases")]
#[derive(Args)]
pub(crate) struct Load {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// The database: sqlite:FILE, postgres://.. or mysql://..
    #[arg(long, value_name = "URL")]
    pub(crate) db: String,
    /// The table of the resources, where no file says it
    #[arg(long, value_name = "T", conflicts_with = "columns")]
    pub(crate) table: Option<String>,
    /// The mapping of attributes to columns, a TOML or JSON file; by default the one that the schema has by itself
    #[arg(long, value_name = "FILE")]
    pub(crate) columns: Option<String>,
    #[command(flatten)]
    pub(crate) input: Input,
    /// The records: NDJSON, a JSON array, or one object, alone, with an array in `data`, `Resources` or `value`; standard
    /// input by default
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,
}

#[derive(Args)]
pub(crate) struct Parse {
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    #[command(flatten)]
    pub(crate) form: Form,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
    /// The text; `-` reads it from standard input
    #[arg(value_name = "F")]
    pub(crate) text: String,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    #[command(flatten)]
    pub(crate) form: Form,
    /// Refuse values that the schema does not list
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
    /// The text; `-` reads it from standard input
    #[arg(value_name = "F")]
    pub(crate) text: String,
}

#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    #[command(flatten)]
    pub(crate) lenient: Lenient,
    /// Records to explain the answer for, in any of the formats of `list`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<String>,
    /// Hide the values of the filter, and of the records
    #[arg(long)]
    pub(crate) redacted: bool,
    /// Explain a simplified form of the filter
    #[arg(long)]
    pub(crate) simplify: bool,
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) errors: ErrorArgs,
    /// The filter; `-` reads it from standard input
    #[arg(value_name = "F")]
    pub(crate) filter: String,
}

#[derive(Args)]
pub(crate) struct SchemaTable {
    /// A schema, or several for extensions
    #[arg(value_name = "S", default_value = "access-requests")]
    pub(crate) schemas: Vec<String>,
}

/// What the text is, and how it is printed.
#[derive(Args)]
pub(crate) struct Form {
    /// Print the tree as JSON
    #[arg(long)]
    pub(crate) ast: bool,
    /// The text is a PATCH path
    #[arg(long, conflicts_with = "order_by")]
    pub(crate) path: bool,
    /// The text is an ordering
    #[arg(long)]
    pub(crate) order_by: bool,
}

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// access-requests (the default, but of `filter`), access-requests-documented, user, group, open (the default of
    /// `filter`: any JSON), or a JSON file of RFC 7643 section 7; again for extensions
    #[arg(long = "schema", value_name = "S")]
    pub(crate) schemas: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Lenient {
    /// Accept every lenient reading (Q1 to Q10)
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Accept these lenient readings: Q1,Q5, or the name of a preset: entra, okta, all
    #[arg(long = "quirk", value_name = "Q", value_parser = quirks)]
    pub(crate) quirks: Vec<scim_query::Quirks>,
    /// Another name for an attribute (Q8), as in email=emails; it takes a schema to have an effect
    #[arg(long = "alias", value_name = "ALIAS=NAME", value_parser = alias)]
    pub(crate) aliases: Vec<(String, String)>,
}

fn quirks(text: &str) -> Result<scim_query::Quirks, String> {
    text.parse()
}

fn alias(text: &str) -> Result<(String, String), String> {
    let (alias, name) = text.split_once('=').ok_or("write it as email=emails")?;
    Ok((alias.to_owned(), name.to_owned()))
}

#[derive(Args)]
pub(crate) struct Input {
    /// Report a record that is not a JSON object, or that a database cannot hold, and go on without it; the exit code is that
    /// of the others
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// What the records are written in
    #[arg(long = "input", value_enum, value_name = "FORMAT", default_value_t = InputFormat::Auto)]
    pub(crate) format: InputFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Told from the first lines; one object, alone, with an array in `data`, `Resources` or `value` is an endpoint's answer
    Auto,
    /// NDJSON: each line is a record, whatever is in it
    Ndjson,
    /// Objects over any number of lines, or an array of them: each is a record, whatever is in it
    Json,
}

#[derive(Args)]
pub(crate) struct ErrorArgs {
    /// Print an error of the query as the JSON body of an endpoint, on standard output
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(crate) error_format: Option<ErrorFormat>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ErrorFormat {
    Okta,
    Scim,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    Okta,
    Scim,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// The body of the endpoint's answer
    Envelope,
    /// The resources, one a line
    Ndjson,
    /// Their ids, one a line
    Ids,
    /// A table of the attributes that can be filtered on or ordered by
    Table,
}
