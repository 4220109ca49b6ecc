//! Cases about PATCH paths, and names in `attributes`.

use scim_query::{CompValue, ListQuery, Path, Profile};
use serde_json::{Map, Value};

use super::case::Case;
use crate::support::cases::encode;

pub fn run(case: &mut Case) -> Result<(), String> {
    let text = case.text("path")?;
    let schema = case.schema()?;
    let options = case.options(&schema)?;
    let found = match case.text("context")?.as_str() {
        "patch" => Path::parse_with(&text, &options),
        "attributes" => {
            let query = format!("attributes={}", encode(&text));
            let checked = ListQuery::parse(&query, &Profile::scim()).and_then(|query| query.check(&schema));
            case.expects_error(checked.as_ref().err())?;
            return Ok(());
        }
        other => return Err(format!("unknown context {other}")),
    };
    if case.expects_error(found.as_ref().err())? {
        return Ok(());
    }
    let path = found.map_err(|error| error.to_string())?;
    if let Some(parse) = case.expected_text("parse")
        && parse != "ok"
    {
        return Err(format!("unknown: parse {parse}"));
    }
    let equalities = path.equalities().unwrap_or_default().into_iter().map(|(name, value)| match value {
        CompValue::String(text) => (name.to_owned(), Value::from(&**text)),
        other => (name.to_owned(), Value::from(other.to_string())),
    });
    let parts = [
        ("attr", Value::from(path.attr_path().to_string())),
        ("filter", path.filter().map(|filter| filter.to_string()).into()),
        ("sub", path.sub_attr().into()),
        ("eq_constraints", Value::Object(equalities.collect::<Map<_, _>>())),
    ];
    for (key, found) in parts {
        match case.expect.remove(key) {
            Some(expected) if expected != found => return Err(format!("`{key}` is {found}, not {expected}")),
            _ => {}
        }
    }
    Ok(())
}
