//! Inputs that are made to cost more than their length: each step is linear in it all the same.

use scim_query::{
    AttributeDef, CursorKind, Cursors, Filter, Limits, ListQuery, Options, OrderBy, Profile, Schema, Type, list,
};
use serde_json::{Value, json};

use crate::{Outcome, Step};

pub const NAMES: [&str; 20] = [
    "brackets",
    "names",
    "parts",
    "last",
    "escapes",
    "fold",
    "co",
    "co-exact",
    "ew",
    "order",
    "fraction",
    "instant",
    "digits",
    "exponent",
    "stored-number",
    "cursor",
    "parameters",
    "sort-keys",
    "keys",
    "keys-again",
];

fn options() -> Options {
    let limits = Limits {
        text: usize::MAX,
        comparisons: usize::MAX,
        sort_keys: usize::MAX,
        cursor: usize::MAX,
        ..Limits::default()
    };
    Options::default().with_limits(limits)
}

fn schema() -> Outcome<Schema> {
    let text = |name: &str| AttributeDef::new(name, Type::String);
    Ok(Schema::builder("urn:example:2.0:Thing")
        .attributes([text("id").case_exact(), text("name"), text("exact").case_exact()])
        .attribute(AttributeDef::new("at", Type::DateTime))
        .attribute(AttributeDef::new("score", Type::Decimal))
        .build()?)
}

/// A filter over one resource, from its text to its answer.
fn asked(filter: String, resource: Value) -> Outcome<Step> {
    let (schema, options) = (schema()?, options());
    Ok(Box::new(move |_| {
        let checked = Filter::parse_with(&filter, &options)?.check_with(&schema, &options)?;
        Ok(usize::from(checked.compile().matches(&resource)))
    }))
}

/// A text that is refused, and the refusal told.
fn refused(filter: String) -> Outcome<Step> {
    let (schema, options) = (schema()?, options());
    Ok(Box::new(move |_| {
        let found = Filter::parse_with(&filter, &options).and_then(|filter| filter.check_with(&schema, &options));
        Ok(found.err().map_or(0, |error| format!("{error} {error:#}").len()))
    }))
}

/// A record as bytes under the open schema, where the whole of it may count.
fn bytes(filter: &str, record: String) -> Outcome<Step> {
    let predicate = Filter::parse(filter)?.check(&Schema::open())?.compile_raw();
    Ok(Box::new(move |_| Ok(usize::from(predicate.matches(record.as_bytes())?))))
}

pub fn step(name: &str, size: usize) -> Outcome<Step> {
    let half = "a".repeat(size / 2);
    match name {
        "brackets" => refused("not (".repeat(size)),
        "names" => refused(vec!["nmae pr"; size].join(" or ")),
        "parts" => refused(format!("{} pr", vec!["a"; size].join("."))),
        // The error is the last thing in the text.
        "last" => refused(format!("{}name eq", "name eq \"x\" or ".repeat(size))),
        "escapes" => asked(format!("name eq \"{}\"", "\\ud83d\\ude00".repeat(size)), json!({"name": "x"})),
        "fold" => {
            asked(format!("name eq \"{}\"", "\u{130}\u{c9}".repeat(size)), json!({"name": "\u{69}\u{e9}".repeat(size)}))
        }
        // What is looked for is there at every place but for its last character.
        "co" => asked(format!("name co \"{half}b\""), json!({"name": "A".repeat(size)})),
        "co-exact" => asked(format!("exact co \"{half}b{half}\""), json!({"exact": "a".repeat(size * 2)})),
        "ew" => asked(format!("name ew \"b{half}\""), json!({"name": "A".repeat(size)})),
        "order" => asked(format!("name gt \"{half}b\""), json!({"name": "A".repeat(size)})),
        "fraction" => {
            let digits = "1".repeat(size);
            asked(
                format!("at gt \"2024-01-01T00:00:00.{digits}Z\""),
                json!({"at": format!("2024-01-01T00:00:00.{digits}Z")}),
            )
        }
        "instant" => {
            asked("at gt \"2024-01-01T00:00:00Z\"".into(), json!({"at": "2024-01-01T00:00:00Z ".repeat(size)}))
        }
        "digits" => asked(format!("score gt 0.{}1", "0".repeat(size)), json!({"score": 1e-300})),
        "exponent" => asked(format!("score lt 1e{}", "9".repeat(size)), json!({"score": 1e300})),
        "stored-number" => bytes("score gt 1", format!("{{\"score\":1.{}1}}", "0".repeat(size))),
        "cursor" => {
            let (schema, options) = (schema()?, options());
            let profile = Profile::scim().with_cursors(CursorKind::Opaque(Cursors::new()));
            let things = [json!({"id": "1", "name": "x".repeat(size)}), json!({"id": "2", "name": "y"})];
            let query = |cursor: &str| -> Outcome<_> {
                let text = format!("sortBy=name&count=1&cursor={cursor}");
                Ok(ListQuery::parse(&text, &profile)?.check_with(&schema, &options)?)
            };
            let next = list(&things, &query("")?)?.next.ok_or("a second page")?;
            let second = query(&next)?;
            Ok(Box::new(move |_| Ok(list(&things, &second)?.resources.len())))
        }
        "parameters" => {
            // Each of its own name, which is looked at for what it may have been meant as.
            let text = (0..size).map(|at| format!("filte{at:05}=x&")).collect::<String>() + "filter=name%20pr";
            let schema = schema()?;
            Ok(Box::new(move |_| Ok(ListQuery::parse(&text, &Profile::scim())?.check(&schema)?.warnings().len())))
        }
        "sort-keys" => {
            let text = vec!["zz desc"; size].join(", ");
            let (schema, options) = (schema()?, options());
            Ok(Box::new(move |_| {
                let found = OrderBy::parse_with(&text, &options).and_then(|order| order.check_with(&schema, &options));
                Ok(found.err().map_or(0, |error| error.others().len()))
            }))
        }
        "keys" => {
            let members = (0..size).map(|at| format!("\"k{at:020}\":null")).collect::<Vec<_>>().join(",");
            bytes("a pr", format!("{{\"a\":{{{members}}}}}"))
        }
        "keys-again" => bytes("a.b pr", format!("{{{}\"a\":{{\"b\":1}}}}", "\"a\":{\"b\":null},".repeat(size))),
        _ => Err(format!("no trap {name}").into()),
    }
}
