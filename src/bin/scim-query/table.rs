//! Tables: a schema's attributes, a page's resources.

use std::collections::HashSet;
use std::io::{self, Write};
use std::process::ExitCode;

use scim_query::{CheckedQuery, Schema, Type};
use serde_json::Value;
use unicode_width::UnicodeWidthChar;

use crate::args::SchemaTable;
use crate::choose;
use crate::failure::{Failure, note};

pub(crate) fn schema(args: &SchemaTable) -> Result<ExitCode, Failure> {
    let schema = choose::schema(&args.schemas, "access-requests")?;
    let mut out = io::stdout().lock();
    if schema.is_open() {
        writeln!(out, "the open schema declares nothing: any name, the literal's kind types the comparison")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["NAME", "TYPE", "OPERATORS", "SORTABLE"].map(str::to_owned).to_vec()];
    for (_, attribute) in schema.attributes().filter(|(_, attribute)| attribute.is_readable()) {
        let many = if attribute.is_multi_valued() { "[]" } else { "" };
        let sortable = attribute.is_sortable() && attribute.ty() != Type::Complex;
        rows.push(vec![
            attribute.full_name().to_owned(),
            format!("{}{many}", attribute.ty()),
            attribute.operators().to_string(),
            if sortable { "yes" } else { "no" }.to_owned(),
        ]);
    }
    write_rows(&rows, &mut out)?;
    Ok(ExitCode::SUCCESS)
}

/// The widest that a cell is shown, but for the first of a row.
const WIDEST: usize = 40;

/// A column for the id and for each attribute that can be filtered on or ordered by and that some resource has.
pub(crate) fn resources(query: &CheckedQuery, resources: &[&Value], out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(query.filter().schema(), resources);
    let mut rows = vec![columns.iter().map(|(name, _)| visible(&name.to_uppercase())).collect::<Vec<_>>()];
    for resource in resources {
        rows.push(columns.iter().map(|(_, keys)| cell(resource, keys)).collect());
    }
    write_rows(&rows, out)
}

fn columns(schema: &Schema, resources: &[&Value]) -> Vec<(String, Vec<String>)> {
    let has = |keys: &[String]| resources.iter().any(|resource| !cell(resource, keys).is_empty());
    let mut columns = vec![("id".to_owned(), vec!["id".to_owned()])];
    if schema.is_open() {
        let mut names: Vec<&String> =
            resources.iter().filter_map(|one| one.as_object()).flat_map(|one| one.keys()).collect();
        names.sort_unstable();
        names.dedup();
        columns.extend(names.into_iter().map(|name| (name.clone(), vec![name.clone()])));
    } else {
        for (_, attribute) in schema.roots().filter(|(_, root)| root.is_filterable() || root.is_sortable()) {
            columns.push((attribute.full_name().to_owned(), attribute.keys().map(str::to_owned).collect()));
        }
    }
    let mut seen = HashSet::new();
    columns.retain(|(_, keys)| seen.insert(keys.clone()) && has(keys));
    columns
}

/// A simple value's text; complex ones are not shown.
fn cell(resource: &Value, keys: &[String]) -> String {
    let value = keys.iter().try_fold(resource, |value, key| value.get(key));
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        _ => String::new(),
    };
    visible(&text)
}

/// On one line, and without what moves a terminal's cursor or turns its writing direction.
pub(crate) fn visible(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect()
}

fn write_rows(rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths = fitting((0..columns).map(width).collect(), available());
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let cell = cut(cell, *width);
            format!("{cell}{:1$}", "", width.saturating_sub(self::width(&cell)))
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    if let Some(left_out @ [_, ..]) = rows.first().and_then(|head| head.get(widths.len()..)) {
        let more = match left_out.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        note(&format!("no room for {}{more}", left_out[..left_out.len().min(TOLD)].join(", ")));
    }
    Ok(())
}

/// How many columns of characters there are: in a terminal, or where COLUMNS says so.
fn available() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(|| Some(terminal_size::terminal_size_of(io::stdout())?.0.0.into()))
}

/// So many columns that have no room are told by name.
const TOLD: usize = 20;

/// No column is made narrower than that for others to have room.
const NARROWEST: usize = 8;

/// The widths cut so that all have room, the widest first, as far as that goes; what has no room then is left out. The first column
/// is what a row is called by: it is whole.
fn fitting(widths: Vec<usize>, available: Option<usize>) -> Vec<usize> {
    let Some((first, rest)) = widths.split_first() else { return widths };
    let rest: Vec<usize> = rest.iter().map(|width| WIDEST.min(*width)).collect();
    let Some(available) = available else { return [&[*first], &rest[..]].concat() };
    let mut room = available.saturating_sub(*first);
    // As many as have room when none is wider than the narrowest that a column is cut to.
    let mut used = 0;
    let shown = rest.iter().take_while(|width| {
        used += 2 + NARROWEST.min(**width);
        used <= room
    });
    let rest = &rest[..shown.count()];
    room -= 2 * rest.len();
    let cap = (NARROWEST..=WIDEST).rev().find(|cap| rest.iter().map(|width| cap.min(width)).sum::<usize>() <= room);
    let cut = rest.iter().map(|width| *cap.as_ref().unwrap_or(&NARROWEST).min(width));
    std::iter::once(*first).chain(cut).collect()
}

/// Of its characters one by one, as it is cut.
fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text, or as much of it as there is room for, with an ellipsis.
fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let fits = |c: &char| match left.checked_sub(c.width().unwrap_or(0)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
