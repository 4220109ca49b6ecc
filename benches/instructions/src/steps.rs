//! The hot paths: each a step of a request, or of all records.

use std::hint::black_box;

use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{
    BodyFilter, CheckedFilter, CheckedQuery, Error, Fields, Filter, FilterSet, ListQuery, OrderBy, Profile,
    RawPredicate, Resource, Schema, list,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cases::{Case, F1, F3, NAMES};
use crate::records::{Request, User};
use crate::{Outcome, Step, records};

/// How often a step is run that is of one filter.
const FILTERS: usize = 100;
/// And one that is of all records.
const RECORDS: usize = 20;

/// Steps that are taken for each filter.
const OF_FILTERS: [&str; 10] =
    ["parse", "check", "compile", "compile-raw", "sql", "value", "struct", "serialized", "raw", "lines"];

/// A list request's way, and what there is of one filter or ordering only.
const OTHERS: [&str; 11] = [
    "plan/F1",
    "plan/F3",
    "plan-sql/F1",
    "plan-sql/F3",
    "stream/F2",
    "stream/F3",
    "sort/value",
    "sort/struct",
    "list/value",
    "list/struct",
    "set/1000",
];

pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        OF_FILTERS.iter().flat_map(|step| NAMES.iter().map(move |name| format!("{step}/{name}"))).collect();
    names.extend(OTHERS.map(Into::into));
    names
}

/// A step and how often it is run.
pub fn step(name: &str) -> Outcome<(Step, usize)> {
    let (step, of) = name.split_once('/').ok_or("a step is two names")?;
    match step {
        "parse" | "check" | "compile" | "compile-raw" | "sql" => Ok((of_filter(step, Case::of(of)?)?, FILTERS)),
        "value" | "struct" | "serialized" | "raw" | "lines" | "stream" => Ok((matching(step, of)?, RECORDS)),
        "plan" | "plan-sql" => Ok((plan(step, if of == "F1" { F1 } else { F3 })?, FILTERS)),
        "sort" => Ok((sort(of)?, RECORDS)),
        "list" => Ok((page(of)?, RECORDS)),
        "set" => Ok((set(of.parse()?)?, RECORDS)),
        _ => Err(format!("no step {step}").into()),
    }
}

fn of_filter(step: &str, case: Case) -> Outcome<Step> {
    let checked = case.checked()?;
    let Case { text, schema } = case.clone();
    Ok(match step {
        "parse" => Box::new(move |_| Ok(Filter::parse(&text)?.expr().comparisons())),
        "check" => {
            // A parsed filter borrows its text, which lives as long as the program.
            let filter = Filter::parse(text.leak())?;
            Box::new(move |_| Ok(filter.check(&schema)?.warnings().len()))
        }
        "compile" => {
            let filters = (0..=FILTERS).map(|_| case.checked()).collect::<Result<Vec<_>, _>>()?;
            Box::new(move |time| Ok(filters[time].compile().filter().warnings().len()))
        }
        "compile-raw" => Box::new(move |_| {
            black_box(checked.compile_raw());
            Ok(0)
        }),
        _ => {
            let columns = Columns::standard(&schema, Dialect::Postgres, "requests")?;
            Box::new(move |_| Ok(checked.where_sql(&columns)?.params.len()))
        }
    })
}

/// How many records match. Sets of texts have random seeds: what one costs more, others cost less.
fn matching(step: &str, of: &str) -> Outcome<Step> {
    let case = Case::of(of)?;
    let filters = (0..=RECORDS).map(|_| case.checked()).collect::<Result<Vec<CheckedFilter>, _>>()?;
    let lines = if of == "F4" { records::users() } else { records::LINES.to_owned() };
    if step == "value" {
        let predicates: Vec<_> = filters.iter().map(CheckedFilter::compile).collect();
        let values: Vec<Value> = records::read(&lines)?;
        return Ok(Box::new(move |time| Ok(values.iter().filter(|value| predicates[time].matches(*value)).count())));
    }
    let predicates: Vec<_> = filters.iter().map(CheckedFilter::compile_raw).collect();
    Ok(match (step, of) {
        ("struct", "F4") => in_structs::<User>(&filters, &lines)?,
        ("struct", _) => in_structs::<Request>(&filters, &lines)?,
        ("serialized", "F4") => serialized::<User>(predicates, &lines)?,
        ("serialized", _) => serialized::<Request>(predicates, &lines)?,
        ("raw", _) => Box::new(move |time| {
            let matching = lines.lines().map(|line| predicates[time].matches(line.as_bytes()).map(usize::from));
            Ok(matching.sum::<Result<_, _>>()?)
        }),
        ("lines", _) => Box::new(move |time| {
            Ok(predicates[time].lines(lines.as_bytes()).map(|line| line.map(|_| 1)).sum::<Result<_, _>>()?)
        }),
        _ => {
            let body = records::body();
            Box::new(move |time| {
                let (mut filter, mut out) = (BodyFilter::new(predicates[time].clone()), Vec::new());
                for chunk in body.as_bytes().chunks(4096) {
                    filter.push(chunk, &mut out)?;
                    out.clear();
                }
                Ok(usize::try_from(filter.finish()?.kept)?)
            })
        }
    })
}

fn in_structs<T>(filters: &[CheckedFilter], lines: &str) -> Outcome<Step>
where
    T: Resource + DeserializeOwned + 'static,
{
    let structs: Vec<T> = records::read(lines)?;
    let predicates = filters.iter().map(CheckedFilter::compile_for).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(move |time| Ok(structs.iter().filter(|one| predicates[time].matches(*one)).count())))
}

fn serialized<T>(predicates: Vec<RawPredicate>, lines: &str) -> Outcome<Step>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let structs: Vec<T> = records::read(lines)?;
    Ok(Box::new(move |time| {
        let matching = structs.iter().map(|one| predicates[time].matches_serialized(one).map(usize::from));
        Ok(matching.sum::<Result<_, _>>()?)
    }))
}

/// From a query string to what runs.
fn plan(step: &str, filter: &str) -> Outcome<Step> {
    let (schema, profile) = (Schema::access_requests(), Profile::okta());
    let text = format!("filter={}&orderBy=created%20desc&limit=20", Filter::parse(filter)?.to_query_value());
    let select = Select::new(&Columns::standard(&schema, Dialect::Postgres, "requests")?, "document");
    let plan = move || -> Result<CheckedQuery, Error> { ListQuery::parse(&text, &profile)?.check(&schema) };
    Ok(match step {
        "plan" => Box::new(move |_| Ok(plan()?.filter().compile().filter().warnings().len())),
        _ => Box::new(move |_| Ok(select.page(&plan()?)?.statement.params.len())),
    })
}

fn sort(of: &str) -> Outcome<Step> {
    let order = OrderBy::parse("lastUpdated desc")?.check(&Schema::access_requests())?;
    Ok(match of {
        "value" => {
            let values = records::values()?;
            Box::new(move |_| {
                let mut values: Vec<_> = values.iter().collect();
                order.sort(&mut values);
                Ok(values.len())
            })
        }
        _ => {
            let structs = records::structs()?;
            Box::new(move |_| {
                let mut structs: Vec<_> = structs.iter().map(Fields::of).collect();
                order.sort(&mut structs);
                Ok(structs.len())
            })
        }
    })
}

/// The first page of what F1 leaves.
fn page(of: &str) -> Outcome<Step> {
    let text = format!("filter={}&orderBy=lastUpdated%20desc&limit=20", Filter::parse(F1)?.to_query_value());
    let query = ListQuery::parse(&text, &Profile::okta())?.check(&Schema::access_requests())?;
    Ok(match of {
        "value" => {
            let values = records::values()?;
            Box::new(move |_| Ok(list(&values, &query)?.resources.len()))
        }
        _ => {
            let structs = records::structs()?;
            Box::new(move |_| Ok(list(structs.iter().map(Fields::of), &query)?.resources.len()))
        }
    })
}

/// Which of many filters match each record.
fn set(count: usize) -> Outcome<Step> {
    let (schema, values) = (Schema::access_requests(), records::values()?);
    // Each eighth is of somebody whom a record is of.
    let of = |number: usize| -> Outcome<CheckedFilter> {
        let known = values[number % values.len()]["requestedFor"]["externalId"].as_str().unwrap_or_default();
        let other = format!("u{number}");
        let id = if number.is_multiple_of(8) { known } else { &other };
        Ok(Filter::parse(&format!(r#"requestedFor eq "{id}" and status eq "PENDING""#))?.check(&schema)?)
    };
    let filters = (0..count).map(of).collect::<Outcome<Vec<_>>>()?;
    let set = FilterSet::new(filters)?;
    let mut found = Vec::new();
    Ok(Box::new(move |_| {
        Ok(values
            .iter()
            .map(|value| {
                set.matches_into(value, &mut found);
                found.len()
            })
            .sum())
    }))
}
