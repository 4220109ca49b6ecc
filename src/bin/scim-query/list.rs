//! `scim-query list`: a page, as an endpoint answers.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use scim_query::{CheckedQuery, ListError, ListQuery, Page, Part, Profile, Schema, WarningKind};
use serde_json::{Value, json};

use crate::args::{self, Output, ProfileName};
use crate::choose;
use crate::failure::{Failure, warn};
use crate::input::Source;
use crate::table;

/// A record in memory, with the text that it is printed by.
struct Record {
    text: Box<str>,
    value: Value,
    /// Its number among those that were read, from 1.
    number: usize,
}

pub(crate) fn run(args: &args::List) -> Result<ExitCode, Failure> {
    let schema = args.schema.get("access-requests")?;
    let options = args.lenient.options();
    options.verify(&schema)?;
    let file = args.file.as_deref().filter(|file| *file != "-");
    let request = request(&args.request, &profile(args.request.profile, &schema), file.is_some() || is_stored(args))?;
    let query = request.check_with(&schema, &options)?;
    query.warnings().iter().for_each(|(part, warning)| warn(part.as_str(), warning));
    let is_told = |unknown: &str| {
        query.warnings().iter().any(|(_, warning)| match warning.kind() {
            WarningKind::ParameterLooksLike { name, .. } => name.as_str() == Some(unknown),
            _ => false,
        })
    };
    for (name, _) in request.unknown().iter().filter(|(name, _)| !is_told(name)) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        let _ = writeln!(io::stderr(), "warning in query: the parameter `{name}` is unknown and has no effect");
    }

    #[cfg(feature = "databases")]
    if let Some(url) = &args.stored.db {
        let found =
            crate::stored::list(url, args.stored.table.as_deref(), args.stored.columns.as_deref(), &schema, &query)?;
        let records: Vec<Record> =
            found.resources.into_iter().map(|(text, value)| Record { text: text.into(), value, number: 0 }).collect();
        let resources = records.iter().map(|record| &record.value).collect();
        let page = Page { resources, next: found.next, total: found.total, start_index: found.start_index };
        return write(args, &request, &query, &records, &page);
    }
    let mut records = Vec::new();
    let source = Source::new(file, &args.input);
    let mut number = 0;
    // A cursor may name a record that does not match.
    let all = query.paging().cursor().is_some();
    let predicate = query.filter().compile();
    source.each(&mut |record| {
        number += 1;
        if all || predicate.matches(&record.value) {
            records.push(Record { text: record.text.into(), value: record.value, number });
        }
        Ok(())
    })?;
    let page = scim_query::list(records.iter().map(|record| &record.value), &query).map_err(|error| match error {
        ListError::Query(error) => Failure::Query(error),
        ListError::Data(error) => {
            let number = records.get(error.position()).map_or(0, |record| record.number);
            Failure::Other(format!("{}: record {number} {}", source.name(), error.problem()))
        }
    })?;
    write(args, &request, &query, &records, &page)
}

#[cfg(feature = "databases")]
fn is_stored(args: &args::List) -> bool {
    args.stored.db.is_some()
}

#[cfg(not(feature = "databases"))]
fn is_stored(_: &args::List) -> bool {
    false
}

fn write(
    args: &args::List,
    request: &ListQuery,
    query: &CheckedQuery,
    records: &[Record],
    page: &Page<&Value>,
) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    print(args.output, request, query, records, page, &mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The profile that was asked for, or the one that the schema's endpoints have.
pub(crate) fn profile(chosen: Option<ProfileName>, schema: &Schema) -> Profile {
    let okta = schema.is_open() || schema.id() == Schema::access_requests().id();
    match chosen {
        Some(ProfileName::Okta) => Profile::okta(),
        Some(ProfileName::Scim) => Profile::scim(),
        None if okta => Profile::okta(),
        None => Profile::scim(),
    }
}

/// The request; `input_is_free` tells that no records are read from standard input, so that the filter may be.
pub(crate) fn request(args: &args::Request, profile: &Profile, input_is_free: bool) -> Result<ListQuery, Failure> {
    if let Some(query) = &args.query {
        return Ok(ListQuery::parse(query, profile)?);
    }
    let mut request = ListQuery::new(profile);
    let (size, cursor) = if profile.is_okta() { (Part::Limit, Part::After) } else { (Part::Count, Part::Cursor) };
    if let Some(filter) = &args.filter {
        if filter == "-" && !input_is_free {
            return Err(Failure::Other("the filter is read from standard input, so the records need a FILE".into()));
        }
        request.give(Part::Filter, choose::text(filter)?)?;
    }
    let given = [(Part::OrderBy, &args.order_by), (size, &args.limit), (cursor, &args.after)];
    for (part, value) in given {
        if let Some(value) = value {
            request.give(part, value)?;
        }
    }
    // Without a query string there is no `startIndex`: pages are walked by cursor.
    if !profile.is_okta() && args.after.is_none() {
        request.give(Part::Cursor, "")?;
    }
    Ok(request)
}

fn print(
    output: Output,
    request: &ListQuery,
    query: &CheckedQuery,
    records: &[Record],
    page: &Page<&Value>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    // A record is printed as it was written, unless something of it is not returned.
    let whole = query.projection().keeps_everything();
    let text_of = |resource: &Value| match records.iter().find(|record| std::ptr::eq(&record.value, resource)) {
        Some(record) if whole => record.text.to_string(),
        _ => query.projection().apply(resource).to_string(),
    };
    match output {
        Output::Envelope => envelope(request, page, &text_of, out)?,
        Output::Ndjson => page.resources.iter().try_for_each(|resource| writeln!(out, "{}", text_of(resource)))?,
        Output::Ids => page.resources.iter().try_for_each(|resource| {
            let id = resource.get("id").unwrap_or(&Value::Null);
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            writeln!(out, "{}", if io::stdout().is_terminal() { table::visible(&id) } else { id })
        })?,
        Output::Table => table::resources(query, &page.resources, out)?,
    }
    Ok(())
}

/// The body of the answer, a resource a line.
fn envelope(
    request: &ListQuery,
    page: &Page<&Value>,
    text_of: &dyn Fn(&Value) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let resources: Vec<String> = page.resources.iter().map(|resource| text_of(resource)).collect();
    let resources = match &resources[..] {
        [] => "[]".to_owned(),
        some => format!("[\n{}\n]", some.join(",\n")),
    };
    if request.profile().is_okta() {
        let href = |query: String| if query.is_empty() { String::new() } else { format!("?{query}") };
        let next = page.next.as_deref().map(|cursor| href(request.next_query_string(cursor)));
        let body = scim_query::http::okta_envelope(vec![], &href(request.to_query_string()), next.as_deref());
        return writeln!(out, "{{\"data\":{resources},\"_links\":{}}}", body["_links"]);
    }
    let next = page.next.as_deref();
    let mut body = scim_query::http::scim_list_response(vec![], page.total, page.start_index, next);
    body["itemsPerPage"] = json!(page.resources.len());
    if let Value::Object(members) = &mut body {
        members.remove("Resources");
    }
    let rest = body.to_string();
    let rest = rest.strip_suffix('}').unwrap_or(&rest);
    writeln!(out, "{rest},\"Resources\":{resources}}}")
}
