//! Filters over records, from every source. A record takes no memory, also where its values have to be folded first.

use std::error::Error;

use scim_query::{CheckedFilter, Filter, JsonError, Resource, Schema, resource};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Steps;

/// The bundled records, whose values are case-exact.
const REQUESTS: &str = include_str!("../../../examples/data/access-requests.ndjson");
const OF_REQUESTS: [&str; 5] = [
    crate::ONE,
    crate::THREE,
    r#"status eq "APPROVED" and resourceId eq "0oafxqCAJWWGELFTYASJ""#,
    r#"status eq "a" or status eq "b" or status eq "c" or status eq "d" or status eq "e" or status eq "DENIED""#,
    r#"not (resourceType pr) or status eq "PENDING" and lastUpdated gt "2022-05-24T14:15:22Z""#,
];

/// Names in upper case, with letters beyond ASCII, and one that gets longer when it is folded.
const USERS: &str = r#"{"userName":"ALICE.SMITH@EXAMPLE.COM","title":"ÄRZTIN İ","active":true,"emails":[{"type":"WORK","value":"A@EXAMPLE.COM"}]}
{"userName":"ÉLODIE STRASSE","title":"ΣΊΣΥΦΟΣ","active":false,"emails":[{"type":"home","value":"E@x.y"},{"type":"work","value":"ß"}]}
{"userName":"BOB","title":"THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG, AND THEN ONCE MORE","active":true,"emails":[]}"#;
const OF_USERS: [&str; 8] = [
    r#"userName eq "alice.smith@example.com" or title eq "ärztin i̇""#,
    r#"userName ne "bob" and title sw "σί""#,
    r#"title co "lazy dog" or title co "τ""#,
    r#"userName ew "com" or title ew "υφος""#,
    r#"userName gt "b" and userName le "É" and title pr"#,
    r#"userName eq "a" or userName eq "é" or userName eq "c" or userName eq "d" or userName eq "e" or userName eq "Bob""#,
    r#"emails[type eq "work" and value co "EXAMPLE"] and active eq true"#,
    r#"emails.value sw "e" and not (emails.type eq "other")"#,
];

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    status: String,
    last_updated: String,
    #[serde(default)]
    requested: Requested,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Requested {
    resource_id: Option<String>,
    resource_type: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_name: String,
    title: String,
    active: bool,
    emails: Vec<Email>,
}

#[derive(Deserialize, Serialize)]
struct Email {
    r#type: String,
    value: String,
}

resource! { impl Resource for Request {
    "status" => status, "lastUpdated" => last_updated, "requested" => requested,
} }
resource! { impl Resource for Requested { "resourceId" => resource_id, "resourceType" => resource_type } }
resource! { impl Resource for User {
    "userName" => user_name, "title" => title, "active" => active, "emails" => emails,
} }
resource! { impl Resource for Email { "type" => r#type, "value" => value } }

pub fn all(steps: &mut Steps) -> Result<(), Box<dyn Error>> {
    over::<Request>(steps, "requests", REQUESTS, &Schema::access_requests(), &OF_REQUESTS)?;
    over::<User>(steps, "users", USERS, &Schema::user(), &OF_USERS)
}

fn over<T: Resource + Serialize + DeserializeOwned>(
    steps: &mut Steps,
    of: &str,
    lines: &str,
    schema: &Schema,
    filters: &[&str],
) -> Result<(), Box<dyn Error>> {
    let structs = lines.lines().map(serde_json::from_str).collect::<Result<Vec<T>, _>>()?;
    let values = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    for text in filters {
        let filter: CheckedFilter = Filter::parse(text)?.check(schema)?;
        let (on_values, on_structs, raw) = (filter.compile(), filter.compile_for::<T>()?, filter.compile_raw());
        // A filter that always gives the same answer may have read nothing.
        let matching = values.iter().filter(|value| on_values.matches(*value)).count();
        assert!((1..values.len()).contains(&matching), "{text} tells {of} apart");
        let name = |source: &str| format!("{of} as {source}: {}", text.chars().take(40).collect::<String>());

        steps.step(&name("Value"), 0, || values.iter().filter(|value| on_values.matches(*value)).count());
        steps.step(&name("struct"), 0, || structs.iter().filter(|one| on_structs.matches(*one)).count());
        steps.step(&name("bytes"), 0, || -> Result<usize, JsonError> {
            lines.lines().map(|line| raw.matches(line.as_bytes()).map(usize::from)).sum()
        });
        steps.step(&name("lines"), 0, || raw.lines(lines.as_bytes()).filter(Result::is_ok).count());
        // The first run has made the buffer that is kept.
        steps.step(&name("serialized"), 0, || -> Result<usize, serde_json::Error> {
            structs.iter().map(|one| raw.matches_serialized(one).map(usize::from)).sum()
        });
    }
    Ok(())
}
