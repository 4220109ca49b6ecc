//! Cases about one filter.

use scim_query::{AttrTest, CheckedFilter, CompValue, Error, ExprKind, Filter, Options, Schema, attr};
use serde_json::Value;

use super::case::Case;

/// Generated texts: the expression of the case (Python), and what it makes.
fn generated(id: &str, expression: &str) -> Result<String, String> {
    let nested = |open: &str, count: usize| format!("{}title pr{}", open.repeat(count), ")".repeat(count));
    let (expected, text) = match id {
        "B122.1" => ("'('*1000+'title pr'+')'*1000", nested("(", 1000)),
        "B122.2" => ("'not ('*100000+'title pr'+')'*100000", nested("not (", 100_000)),
        "B122.3" => ("'a'+'.b'*9000+' pr'", format!("a{} pr", ".b".repeat(9000))),
        "B122.4" => ("' and '.join(['title pr']*50)", ["title pr"; 50].join(" and ")),
        "B122.5" => ("' or '.join(['title eq \"x\"']*100000)", vec![r#"title eq "x""#; 100_000].join(" or ")),
        "B122.6" => ("'('*8+'title pr'+')'*8", nested("(", 8)),
        _ => return Err(format!("no generator for {expression}")),
    };
    if expression == expected { Ok(text) } else { Err(format!("the generator is for {expected}")) }
}

fn check(text: &str, schema: &Schema, options: &Options) -> Result<CheckedFilter, Error> {
    Filter::parse_with(text, options)?.check_with(schema, options)
}

/// On a small stack: where a case says that nothing aborts, this would.
fn on_a_small_stack(text: &str, schema: &Schema, options: &Options) -> Result<CheckedFilter, Error> {
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let thread = small.spawn_scoped(scope, || check(text, schema, options)).expect("a thread");
        thread.join().expect("no panic")
    })
}

pub fn run(case: &mut Case) -> Result<(), String> {
    let text = match case.input.contains_key("filter_gen") {
        true => generated(&case.id.clone(), &case.text("filter_gen")?)?,
        false => case.text("filter")?,
    };
    let schema = case.schema()?;
    let options = case.options(&schema)?;
    let checked = match case.expect.remove("no_abort") {
        Some(_) => on_a_small_stack(&text, &schema, &options),
        None => check(&text, &schema, &options),
    };
    if case.expects_error(checked.as_ref().err())? {
        return Ok(());
    }
    let checked = checked.map_err(|error| error.to_string())?;
    let filter = Filter::parse_with(&text, &options).map_err(|error| error.to_string())?;
    expects_of_the_text(case, &filter)?;
    super::sql::expects_of_a_filter(case, &checked, &schema)?;
    expects_of_the_meaning(case, &checked, &schema)?;
    if case.is_strict_too() && check(&text, &schema, &Options::default()).is_ok_and(|strict| strict != checked) {
        return Err("a strict text has another meaning with quirks".to_owned());
    }
    case.expects_flags(checked.warnings().iter())
}

fn expects_of_the_text(case: &mut Case, filter: &Filter<'_>) -> Result<(), String> {
    if let Some(parse) = case.expected_text("parse")
        && parse != "ok"
    {
        return Err(format!("unknown: parse {parse}"));
    }
    let printed = filter.to_string();
    if let Some(expected) = case.expected_text("print")
        && printed != expected
    {
        return Err(format!("printed as {printed}, not {expected}"));
    }
    if case.expect.remove("roundtrip") == Some(Value::Bool(true)) {
        let again = Filter::parse(&printed).map_err(|error| error.to_string())?;
        if again != *filter || again.to_string() != printed {
            return Err(format!("printed as {printed}, which is {again}"));
        }
    }
    if let Some(expected) = case.expect.remove("ast_literals") {
        let found = literals(filter);
        if serde_json::json!(found) != expected {
            return Err(format!("the literals are {found:?}"));
        }
    }
    Ok(())
}

fn literals(filter: &Filter<'_>) -> Vec<String> {
    let ExprKind::And(terms) = filter.expr().kind() else { return Vec::new() };
    let literal = |value: &CompValue<'_>| match value {
        CompValue::Null => "null".to_owned(),
        CompValue::Bool(value) => format!("boolean:{value}"),
        CompValue::Number(text) => format!("number:{text}"),
        CompValue::String(text) => format!("string:{text}"),
    };
    let of_term = |kind| match kind {
        ExprKind::Attr(exp) => match exp.test() {
            AttrTest::Compare(_, value) => Some(literal(value)),
            AttrTest::Present => None,
        },
        _ => None,
    };
    terms.filter_map(|term| of_term(term.kind())).collect()
}

fn expects_of_the_meaning(case: &mut Case, checked: &CheckedFilter, schema: &Schema) -> Result<(), String> {
    let strictly = |text: &str| check(text, schema, &Options::default()).map_err(|error| error.to_string());
    if let Some(same) = case.expected_text("equiv")
        && strictly(&same)? != *checked
    {
        return Err(format!("checked as {checked}"));
    }
    if let Some(other) = case.expected_text("not_equal_to") {
        // The same filter with this literal in the place of its own.
        let (head, _) = checked.to_string().split_once('"').map(|(head, rest)| (head.to_owned(), rest.len())).unwrap();
        if strictly(&format!("{head}\"{other}\""))? == *checked {
            return Err(format!("equal to the filter with {other}"));
        }
    }
    if let Some(expected) = case.expect.remove("match") {
        let resource = case.resource()?;
        let found = checked.compile().matches(&resource);
        if expected != Value::Bool(found) || checked.matches(&resource) != found {
            return Err(format!("matches: {found}, checked as {checked}, over {resource}"));
        }
    }
    let Some(rows) = case.rows() else { return Ok(()) };
    let found: Vec<&Value> = rows.iter().filter(|row| checked.matches(*row)).map(|row| &row["id"]).collect();
    if let Some(ids) = case.expect.remove("ids")
        && serde_json::json!(found) != ids
    {
        return Err(format!("the ids are {found:?}, not {ids}"));
    }
    match case.expect.remove("total") {
        Some(total) if total != found.len() => Err(format!("the total is {}, not {total}", found.len())),
        _ => Ok(()),
    }
}

/// A filter made by a program: an attribute, `eq` and a value.
pub fn build(case: &mut Case) -> Result<(), String> {
    let parts = case.input.remove("build").unwrap_or_default();
    let [name, op, value] = [0, 1, 2].map(|at| parts[at].as_str().unwrap_or_default().to_owned());
    if op != "eq" || parts.as_array().is_none_or(|parts| parts.len() != 3) {
        return Err(format!("not built here: {parts}"));
    }
    let filter = attr(name).eq(value.as_str()).build().map_err(|error| error.to_string())?;
    let again = Filter::parse(filter.text()).map_err(|error| error.to_string())?;
    if again != filter {
        return Err(format!("printed as {filter}, which is another filter"));
    }
    expects_of_the_text(case, &filter)
}

/// The case's resources and whether its filter matches each.
#[cfg(feature = "databases")]
pub fn matches(case: &Case) -> Vec<(String, Schema, CheckedFilter, Value, bool)> {
    let mut found = Vec::new();
    for mode in case.modes() {
        let mut case = case.in_mode(*mode);
        let (Ok(text), Ok(schema)) = (case.text("filter"), case.schema()) else { continue };
        let Ok(options) = case.options(&schema) else { continue };
        let Ok(checked) = check(&text, &schema, &options) else { continue };
        let expected = case.expect.remove("match");
        if let (Ok(resource), Some(Value::Bool(expected))) = (case.resource(), expected) {
            found.push((case.id.clone(), schema.clone(), checked.clone(), resource, expected));
        }
        let ids = case.expect.remove("ids");
        for (at, row) in case.rows().unwrap_or_default().into_iter().enumerate() {
            if let Some(ids) = ids.as_ref().and_then(Value::as_array) {
                let expected = ids.contains(&row["id"]);
                found.push((format!("{}, row {at}", case.id), schema.clone(), checked.clone(), row, expected));
            }
        }
    }
    found
}
