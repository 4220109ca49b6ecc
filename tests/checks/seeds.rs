//! The inputs that the targets begin with: the tests' cases, put together as each target reads them, and recipes.

use scim_query::{Filter, Schema};
use serde_json::Value;

use super::schemas;

const GRAMMAR: &str = include_str!("../cases/grammar.jsonl");
const MEANING: &str = include_str!("../cases/meaning.jsonl");
const MEANING_RESOURCE: &str = include_str!("../cases/meaning-resource.json");
const REPORTS: &str = include_str!("../cases/reports.jsonl");
const SEMANTICS: &str = include_str!("../cases/semantics.jsonl");
const EXAMPLES: &str = include_str!("../cases/seed.jsonl");
const FILES: [&str; 5] = [GRAMMAR, MEANING, REPORTS, SEMANTICS, EXAMPLES];

/// More are no better: the fuzzer joins and changes them.
const RECIPES: u64 = 40;

fn cases(file: &'static str) -> impl Iterator<Item = Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("a case is JSON"))
}

/// What a case has as its filter.
fn filter(case: &Value) -> Option<&str> {
    let is_filter = case["kind"] == "filter" || case["parameter"] == "filter";
    let text = if is_filter { &case["text"] } else { &case["filter"] };
    text.as_str().or_else(|| case["input"]["filter"].as_str())
}

fn all() -> impl Iterator<Item = Value> {
    FILES.into_iter().flat_map(cases)
}

pub fn filters() -> Vec<Vec<u8>> {
    all().filter_map(|case| Some(filter(&case)?.as_bytes().to_vec())).collect()
}

/// Bytes that look like none, behind the zero that says so (splitmix64).
fn recipes() -> impl Iterator<Item = Vec<u8>> {
    (0..RECIPES).map(|seed| {
        let mut state = seed;
        let mut recipe = vec![0];
        for _ in 0..48 {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            recipe.extend((z ^ (z >> 31)).to_le_bytes());
        }
        recipe
    })
}

fn with_recipes(texts: impl Iterator<Item = String>) -> Vec<Vec<u8>> {
    texts.filter(|text| !text.starts_with('\0')).map(String::into_bytes).chain(recipes()).collect()
}

/// Filters and the resources that they are about, one of them or several.
fn cases_with_resources() -> impl Iterator<Item = (String, Vec<Value>)> {
    let user: Value = serde_json::from_str(MEANING_RESOURCE).expect("a resource");
    let meaning = cases(MEANING).map(move |mut case| {
        case["resource"] = user.clone();
        case
    });
    meaning.chain(cases(SEMANTICS)).chain(cases(REPORTS)).filter_map(|case| {
        let resources = match (&case["resource"], &case["rows"]) {
            (Value::Null, rows) => rows.as_array()?.clone(),
            (resource, _) => vec![resource.clone()],
        };
        Some((filter(&case)?.to_owned(), resources)).filter(|(filter, _)| !filter.contains('\n'))
    })
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

pub fn filters_with_resources() -> Vec<Vec<u8>> {
    with_recipes(cases_with_resources().map(|(filter, resources)| format!("{filter}\n{}", lines(&resources))))
}

pub fn filters_with_bodies() -> Vec<Vec<u8>> {
    let bodies = cases_with_resources().enumerate().map(|(at, (filter, resources))| {
        let list = Value::from(resources);
        let body = match at % 3 {
            0 => list.to_string(),
            1 => format!(r#"{{"Resources": {list}, "totalResults": 3}}"#),
            _ => format!(r#"{{"data":{list}, "_links": {{"self": "]\""}}}}"#),
        };
        format!("{filter}\n1 9 {}\n{body}", at % 50)
    });
    with_recipes(bodies)
}

/// Five at a time.
pub fn filters_together() -> Vec<Vec<u8>> {
    let cases: Vec<(String, Vec<Value>)> = cases_with_resources().collect();
    let together = cases.chunks(5).map(|some| {
        let filters: String = some.iter().map(|(filter, _)| format!("{filter}\n")).collect();
        let resources: String = some.iter().map(|(_, resources)| lines(resources)).collect();
        format!("{filters}\n{resources}")
    });
    with_recipes(together)
}

/// Of the schema's document, what the filter names.
pub fn filters_with_documents() -> Vec<Vec<u8>> {
    let with_documents = cases_with_resources().map(|(filter, resources)| {
        let mut document = schemas::test_user();
        let lower = filter.to_ascii_lowercase();
        if let Some(attributes) = document["attributes"].as_array_mut() {
            let is_named = |name: &Value| name.as_str().is_some_and(|name| lower.contains(&name.to_ascii_lowercase()));
            attributes.retain(|attribute| is_named(&attribute["name"]));
        }
        let short = serde_json::json!([{"id": document["id"], "attributes": document["attributes"]}]);
        format!("{filter}\n{short}\n{}", lines(&resources))
    });
    with_recipes(with_documents)
}

pub fn queries() -> Vec<Vec<u8>> {
    let given = all().filter_map(|case| {
        let text = case["query"].as_str().or_else(|| case["input"]["query"].as_str())?;
        Some(text.to_owned())
    });
    let filters = all().step_by(8).filter_map(|case| Some(format!("filter={}&count=2", encoded(filter(&case)?))));
    let bodies = all().step_by(16).filter_map(|case| {
        Some(
            serde_json::json!({"filter": filter(&case)?, "sortBy": "userName", "count": 2, "attributes": ["id"]})
                .to_string(),
        )
    });
    let parameters = [
        "sortBy=userName&sortOrder=descending&startIndex=2&count=1",
        "attributes=userName,emails.value&count=0",
        "excludedAttributes=name&cursor=",
        "orderBy=created%20desc,id&limit=1&after=1",
    ];
    given.chain(filters).chain(bodies).chain(parameters.map(str::to_owned)).map(String::into_bytes).collect()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") })
        .collect()
}

pub fn orders_with_resources() -> Vec<Vec<u8>> {
    let orders: Vec<String> = all()
        .filter_map(|case| {
            let is_order = case["parameter"] == "orderBy";
            let text = if is_order { &case["text"] } else { &case["input"]["orderBy"] };
            text.as_str().map(str::to_owned)
        })
        .chain(["userName desc", "emails.type, name.familyName desc", "meta.created", "a.b desc,a"].map(str::to_owned))
        .collect();
    let resources: Vec<Value> = cases_with_resources().flat_map(|(_, resources)| resources).collect();
    let with_resources = orders.iter().cycle().zip(resources.chunks(4)).take(resources.len() / 4);
    with_recipes(with_resources.map(|(order, some)| format!("{order}\n{}", lines(some))))
}

pub fn paths() -> Vec<Vec<u8>> {
    let given = all().filter_map(|case| {
        let text = if case["kind"] == "path" { &case["text"] } else { &case["input"]["path"] };
        text.as_str().map(str::to_owned)
    });
    // A value path is both.
    let value_paths = all().filter_map(|case| {
        let text = filter(&case)?.to_owned();
        let is_one =
            Filter::parse(&text).is_ok_and(|filter| filter.check(&Schema::user()).is_ok()) && text.ends_with(']');
        is_one.then_some(text)
    });
    with_recipes(given.chain(value_paths))
}
