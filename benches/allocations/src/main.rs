//! How often each step asks for memory, and the most that it may: `cargo run --release` here; it fails where a step asks more
//! often. A package of its own, because the allocator that counts is the whole program's.

mod matching;

use std::hint::black_box;
use std::process::ExitCode;

use allocation_counter::measure;
use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{CheckedQuery, Error, Filter, FilterSet, ListQuery, Profile, Schema};

const ONE: &str = r#"status eq "APPROVED""#;
const THREE: &str = r#"lastUpdated gt "2022-05-24T14:15:22Z" and (status eq "PENDING" or status eq "SUBMITTED") and not (resourceType eq "APPLICATION")"#;
const BRACKETS: &str = r#"emails[type eq "work" and value co "@example.com"] and userName sw "a""#;

struct Steps {
    failed: bool,
}

impl Steps {
    /// Runs a step, which may ask for memory so often.
    fn step<T>(&mut self, name: &str, most: u64, run: impl Fn() -> T) {
        // What is made once is made.
        drop(run());
        let count = measure(|| drop(black_box(run()))).count_total;
        let verdict = if count > most { "too many" } else { "" };
        println!("{name:72} {count:4} of {most:4} {verdict}");
        self.failed |= count > most;
    }
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut steps = Steps { failed: false };
    let hundred = (0..100).map(|number| format!(r#"id eq "req{number}""#)).collect::<Vec<_>>().join(" or ");
    for (name, most, text) in [
        ("parse one comparison", 1, ONE),
        ("parse four, in parentheses", 1, THREE),
        ("parse three, in brackets", 1, BRACKETS),
        ("parse a hundred", 1, &hundred),
    ] {
        steps.step(name, most, || Filter::parse(text));
    }

    let (schema, profile) = (Schema::access_requests(), Profile::okta());
    let request = format!("filter={}&orderBy=created%20desc&limit=20", Filter::parse(THREE)?.to_query_value());
    let parsed = Filter::parse(THREE)?;
    steps.step("check four", 5, || parsed.check(&schema));
    let plan = || -> Result<CheckedQuery, Error> { ListQuery::parse(&request, &profile)?.check(&schema) };
    steps.step("a list request, checked", 9, plan);
    steps.step("a list request, compiled", 12, || plan().map(|query| query.filter().compile()));
    for (dialect, most) in [(Dialect::Postgres, 19), (Dialect::Sqlite, 19)] {
        let select = Select::new(&Columns::standard(&schema, dialect, "requests")?, "document");
        steps.step(&format!("a list request, as SQL of {dialect}"), most, || select.page(&plan()?));
    }

    let of = |number: usize| {
        Filter::parse(&format!(r#"requestedFor eq "u{number}" and status eq "PENDING""#))?.check(&schema)
    };
    let set = FilterSet::new((0..1000).map(of).collect::<Result<Vec<_>, _>>()?)?;
    let resource = serde_json::json!({"requestedFor": {"externalId": "u7"}, "status": "PENDING"});
    // The list of what matches.
    steps.step("which of a thousand filters match", 1, || set.matches(&resource));
    matching::all(&mut steps)?;
    Ok(if steps.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
