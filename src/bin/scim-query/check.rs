//! `scim-query parse` and `scim-query check`.

use std::io::{self, Write};
use std::process::ExitCode;

use scim_query::{Filter, Options, OrderBy, Path, Schema, Warning};

use crate::args::{self, Form};
use crate::failure::{Failure, warn};
use crate::{ast_json, choose};

pub(crate) fn parse(args: &args::Parse) -> Result<ExitCode, Failure> {
    print(&choose::text(&args.text)?, &args.form, &args.lenient.options(), None)
}

pub(crate) fn check(args: &args::Check) -> Result<ExitCode, Failure> {
    let options = args.lenient.options();
    let options = if args.strict { options.with_strict_values() } else { options };
    let schema = args.schema.get("access-requests")?;
    options.verify(&schema)?;
    print(&choose::text(&args.text)?, &args.form, &options, Some(&schema))
}

fn print(text: &str, form: &Form, options: &Options, schema: Option<&Schema>) -> Result<ExitCode, Failure> {
    let warn_all = |part, warnings: &[Warning]| warnings.iter().for_each(|warning| warn(part, warning));
    let printed = if form.path {
        let path = Path::parse_with(text, options)?;
        let checked = schema.map(|schema| path.check_with(schema, options)).transpose()?;
        warn_all("path", checked.as_ref().map_or(path.warnings(), |checked| checked.warnings()));
        if form.ast { ast_json::path(&path).to_string() } else { path.to_string() }
    } else if form.order_by {
        let order = OrderBy::parse_with(text, options)?;
        let checked = schema.map(|schema| order.check_with(schema, options)).transpose()?;
        warn_all("orderBy", checked.as_ref().map_or(order.warnings(), |checked| checked.warnings()));
        match checked {
            _ if form.ast => ast_json::order_by(&order).to_string(),
            Some(checked) => checked.to_string(),
            None => order.to_string(),
        }
    } else {
        let filter = Filter::parse_with(text, options)?;
        let checked = schema.map(|schema| filter.check_with(schema, options)).transpose()?;
        warn_all("filter", checked.as_ref().map_or(filter.warnings(), |checked| checked.warnings()));
        match checked {
            _ if form.ast => ast_json::filter(filter.expr()).to_string(),
            Some(checked) => checked.to_string(),
            None => filter.to_string(),
        }
    };
    writeln!(io::stdout(), "{printed}")?;
    Ok(ExitCode::SUCCESS)
}
