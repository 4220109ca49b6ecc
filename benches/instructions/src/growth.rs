//! One step of a filter's life on an input of a given size.

use scim_query::sql::{Columns, Dialect};
use scim_query::{BodyFilter, Filter, Implication, Limits, Operator, Options, Schema, SplitPart};
use serde_json::json;

use crate::{Outcome, Step, inputs, traps};

/// What is done to filters of every form.
const STEPS: [&str; 5] = ["parse", "check", "compile", "matches", "sql"];
/// And to the mixed one, because it is for servers and not for requests.
const ANALYSES: [&str; 7] = ["print", "normalize", "simplify", "required", "split", "explain", "implies"];

/// Each step with its smallest size, and how many times as much four times the size may take.
pub fn names() -> Vec<(String, usize, f64)> {
    let mut names: Vec<String> = ["mixed", "equal", "distinct", "nested"]
        .iter()
        .flat_map(|form| STEPS.map(|step| format!("{step}/{form}")))
        .collect();
    names.extend(ANALYSES.map(|step| format!("{step}/mixed")));
    names.extend(["raw/escapes", "stream/body"].map(Into::into));
    names.extend(traps::NAMES.map(|name| format!("trap/{name}")));
    // The normal form is sorted.
    let most = |name: &str| if name.starts_with("normalize") { 5.0 } else { 4.5 };
    names.into_iter().map(|name| (name.clone(), 1000, most(&name))).collect()
}

pub fn step(name: &str, size: usize) -> Outcome<Step> {
    let (step, form) = name.split_once('/').ok_or("a step is two names")?;
    if step == "trap" {
        return traps::step(form, size);
    }
    let text = match form {
        "mixed" => inputs::mixed(size),
        "equal" => inputs::equal(size),
        "distinct" => inputs::distinct(size),
        "nested" => inputs::nested(size),
        "escapes" => return raw(inputs::escapes(size)),
        "body" => return stream(inputs::body(size)),
        _ => return Err(format!("no form {form}").into()),
    };
    // It is borrowed by the filter, and lives as long as the program.
    of_filter(step, text.leak())
}

fn of_filter(step: &str, text: &'static str) -> Outcome<Step> {
    let limits = Limits { text: usize::MAX, comparisons: usize::MAX, ..Limits::default() };
    let options = Options::default().with_limits(limits);
    let schema = Schema::user();
    let parsed = Filter::parse_with(text, &options)?;
    let filter = parsed.check_with(&schema, &options)?;
    let user = json!({"userName": "nobody", "title": "t", "active": true, "emails": [{"type": "home", "value": "z"}]});
    Ok(match step {
        "parse" => Box::new(move |_| Ok(Filter::parse_with(text, &options)?.expr().comparisons())),
        "check" => Box::new(move |_| Ok(parsed.check_with(&schema, &options)?.warnings().len())),
        "compile" => Box::new(move |_| Ok(filter.compile().filter().warnings().len())),
        "matches" => {
            let predicate = filter.compile();
            Box::new(move |_| Ok(usize::from(predicate.matches(&user))))
        }
        "sql" => {
            let columns = Columns::standard(&schema, Dialect::Postgres, "users")?;
            Box::new(move |_| Ok(filter.where_sql(&columns)?.params.len()))
        }
        "print" => Box::new(move |_| Ok(filter.to_string().len())),
        "normalize" => Box::new(move |_| Ok(usize::from(filter.normalize().is_nothing()))),
        "simplify" => Box::new(move |_| Ok(usize::from(filter.simplify().is_nothing()))),
        "required" => {
            let attribute = schema.find(None, "userName").ok_or("no attribute")?;
            Box::new(move |_| Ok(filter.required(attribute).map_or(0, |values| values.len())))
        }
        "split" => Box::new(move |_| {
            let pushed = filter.split(|part| !matches!(part, SplitPart::Test(_, Operator::Present) | SplitPart::Not));
            Ok(usize::from(pushed.pushed.is_nothing()))
        }),
        "explain" => Box::new(move |_| Ok(filter.explain_match(&user, true).lines().count())),
        "implies" => Box::new(move |_| Ok(usize::from(filter.implies(&filter) == Ok(Implication::Yes)))),
        _ => return Err(format!("no step {step}").into()),
    })
}

fn raw(record: String) -> Outcome<Step> {
    let filter = Filter::parse(r#"userName co "aaaa" or title eq "x""#)?.check(&Schema::user())?;
    let predicate = filter.compile_raw();
    Ok(Box::new(move |_| Ok(usize::from(predicate.matches(record.as_bytes())?))))
}

fn stream(body: String) -> Outcome<Step> {
    let filter = Filter::parse(r#"userName eq "user7" or emails.value ew "9""#)?.check(&Schema::user())?;
    let predicate = filter.compile_raw();
    Ok(Box::new(move |_| {
        let (mut filter, mut out) = (BodyFilter::new(predicate.clone()), Vec::new());
        for chunk in body.as_bytes().chunks(1000) {
            filter.push(chunk, &mut out)?;
        }
        Ok(usize::try_from(filter.finish()?.kept)?)
    }))
}
