//! One step of a filter's life on a filter of a given size, for `benches/costs` to count the instructions of.
//!
//! `costs STEP COMPARISONS`; `costs prepare COMPARISONS` does all that the steps have in common, to be subtracted.

use scim_query::{CheckedFilter, Filter, Implication, Limits, Operator, Options, Schema, SplitPart};
use serde_json::json;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let step = arguments.next().unwrap_or_default();
    let comparisons: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let limits = Limits { text: usize::MAX, comparisons: usize::MAX, ..Limits::default() };
    let options = Options::default().with_limits(limits);
    let schema = Schema::user();
    let text = text(comparisons);
    let prepared = Filter::parse_with(&text, &options).and_then(|filter| filter.check_with(&schema, &options));
    let filter = match prepared {
        Ok(filter) => filter,
        Err(error) => return eprintln!("{error:#}"),
    };
    println!("{}", run(&step, &text, &filter, &schema, &options));
}

/// A filter of four attributes, `or` in `and` in `or`, with values that repeat and values that do not.
fn text(comparisons: usize) -> String {
    let group = |at: usize| {
        format!(
            r#"userName eq "user{at}" and (title co "x{}" or not (active eq true)) and emails[type eq "work" and value sw "a{at}"]"#,
            at % 7
        )
    };
    (0..comparisons / 5).map(group).collect::<Vec<_>>().join(" or ")
}

fn run(step: &str, text: &str, filter: &CheckedFilter, schema: &Schema, options: &Options) -> usize {
    let user = json!({"userName": "nobody", "title": "t", "active": true, "emails": [{"type": "home", "value": "z"}]});
    match step {
        "parse" => Filter::parse_with(text, options).map_or(0, |filter| filter.expr().comparisons()),
        "check" => {
            let filter = Filter::parse_with(text, options).and_then(|filter| filter.check_with(schema, options));
            filter.map_or(0, |filter| filter.warnings().len())
        }
        "matches" => usize::from(filter.matches(&user)),
        "print" => filter.to_string().len(),
        "normalize" => usize::from(filter.normalize().is_nothing()),
        "simplify" => usize::from(filter.simplify().is_nothing()),
        "required" => {
            let attribute = schema.find(None, "userName");
            attribute.and_then(|attribute| filter.required(attribute)).map_or(0, |values| values.len())
        }
        "split" => {
            let pushed = filter.split(|part| !matches!(part, SplitPart::Test(_, Operator::Present) | SplitPart::Not));
            usize::from(pushed.pushed.is_nothing())
        }
        "explain" => filter.explain_match(&user, true).lines().count(),
        "implies" => usize::from(filter.implies(filter) == Ok(Implication::Yes)),
        _ => 0,
    }
}
