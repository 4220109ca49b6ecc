//! From options to schemas, options of the library, and texts.

use std::io::Read;

use scim_query::sql::{Columns, Dialect};
use scim_query::{Options, Quirks, Schema};
use serde_json::Value;

use crate::args::{Lenient, SchemaArgs};
use crate::failure::Failure;

/// The schemas with a name, and the documents that extensions can be added to.
fn named(name: &str) -> Option<(Schema, &'static [usize])> {
    Some(match name {
        "access-requests" => (Schema::access_requests(), &[]),
        "access-requests-documented" => (Schema::access_requests_documented(), &[]),
        "user" => (Schema::user(), &[0, 2]),
        "group" => (Schema::group(), &[1]),
        "open" => (Schema::open(), &[]),
        _ => return None,
    })
}

/// The schema that the options name, or the default.
pub(crate) fn schema(names: &[String], default: &str) -> Result<Schema, Failure> {
    match names {
        [] => schema(&[default.to_owned()], default),
        [one] if named(one).is_some() => Ok(named(one).map_or_else(Schema::open, |(schema, _)| schema)),
        several => {
            let mut documents = Vec::new();
            for name in several {
                match named(name) {
                    Some(_) if !documents.is_empty() => {
                        return Err(Failure::Other(format!("--schema {name} is no extension: give it first")));
                    }
                    Some((_, [])) => {
                        return Err(Failure::Other(format!("--schema {name} stands alone: it has no extensions")));
                    }
                    Some((_, indexes)) => {
                        let texts = Schema::documents();
                        documents.extend(indexes.iter().filter_map(|index| serde_json::from_str(texts[*index]).ok()));
                    }
                    None => documents.push(document(name)?),
                }
            }
            Ok(Schema::from_json(&documents)?)
        }
    }
}

fn document(path: &str) -> Result<Value, Failure> {
    let known = "access-requests, access-requests-documented, user, group, open or a JSON file";
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Other(format!("--schema {path}: {error}; write {known}")))?;
    serde_json::from_str(&text).map_err(|error| Failure::Other(format!("--schema {path}: not JSON: {error}")))
}

/// The mapping of a file, or the one that the schema has by itself for a table.
pub(crate) fn columns(
    file: Option<&str>,
    schema: &Schema,
    dialect: Dialect,
    table: Option<&str>,
) -> Result<Columns, Failure> {
    let path = match (file, table) {
        (Some(path), _) => path,
        (None, Some(table)) => return Ok(Columns::standard(schema, dialect, table)?),
        (None, None) => return Err(Failure::Other("give the table: --table T, or --columns FILE".into())),
    };
    let wrong = |error: &dyn std::fmt::Display| Failure::Other(format!("--columns {path}: {error}"));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let document: Value = match path.ends_with(".json") {
        true => serde_json::from_str(&text).map_err(|error| wrong(&error))?,
        false => toml::from_str(&text).map_err(|error| wrong(&error))?,
    };
    Columns::from_json(schema, dialect, &document).map_err(|error| wrong(&error))
}

impl SchemaArgs {
    pub(crate) fn get(&self, default: &str) -> Result<Schema, Failure> {
        schema(&self.schemas, default)
    }
}

impl Lenient {
    pub(crate) fn options(&self) -> Options {
        let chosen = self.quirks.iter().fold(Quirks::NONE, |all, quirks| all.or(*quirks));
        let quirks = if self.lenient { Quirks::ALL } else { chosen };
        let options = Options::default().with_quirks(quirks);
        self.aliases.iter().fold(options, |options, (alias, name)| options.with_alias(alias, name))
    }
}

/// The text itself, or standard input for `-`, without the line's end.
pub(crate) fn text(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::Other(format!("cannot read standard input: {error}")))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}
