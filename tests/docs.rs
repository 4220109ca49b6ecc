//! What is no code in the guides, and yet can be run: the examples and errors of docs/filters.md, which is handed to people who
//! cannot, and the quirks of docs/embedding.md.

use scim_query::http::{okta_error, scim_error};
use scim_query::{Error, Filter, ListError, ListQuery, Options, Profile, Quirk, Quirks, Schema, list};
use serde_json::Value;

const PAGE: &str = include_str!("../docs/filters.md");
const EMBEDDING: &str = include_str!("../docs/embedding.md");

/// The insides of the blocks of JSON.
fn blocks() -> Vec<&'static str> {
    PAGE.split("```json\n").skip(1).map(|rest| rest.split("```").next().expect("a block's end")).collect()
}

fn users() -> Vec<Value> {
    blocks()[0].lines().map(|line| serde_json::from_str(line).expect("a user")).collect()
}

/// The code spans of a cell, without the backticks and the spaces beside them.
fn spans(cell: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = cell;
    while let Some(start) = rest.find('`') {
        let marks = rest[start..].chars().take_while(|c| *c == '`').count();
        let (mark, inside) = rest[start..].split_at(marks);
        let end = inside.find(mark).expect("a span's end");
        found.push(inside[..end].trim());
        rest = &inside[end + marks..];
    }
    found
}

/// The rows of the tables of a page whose first cell in the head is `head`, as cells.
fn rows(page: &'static str, head: &str) -> Vec<Vec<&'static str>> {
    let mut inside = false;
    let mut rows = Vec::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" |").map(str::trim).collect();
        match line.starts_with('|') {
            false => inside = false,
            true if !inside => inside = cells[0] == head,
            true if line.starts_with("|---") => {}
            true => rows.push(cells),
        }
    }
    rows
}

/// How a server would refuse the request, and in which profile.
fn refused(request: &str) -> Error {
    let okta = ["orderBy=", "limit=", "after=", "filter=status"].iter().any(|sign| request.starts_with(sign));
    let (profile, schema) = match okta {
        true => (Profile::okta(), Schema::access_requests()),
        false => (Profile::scim(), Schema::user()),
    };
    let users = users();
    let run = || list(&users, &ListQuery::parse(request, &profile)?.check(&schema)?);
    match run() {
        Err(ListError::Query(error)) => error,
        other => panic!("{request}: {other:?}"),
    }
}

#[test]
fn the_examples_find_what_the_page_says() {
    let rows = rows(PAGE, "filter");
    assert!(rows.len() > 15, "{}", rows.len());
    for row in rows {
        let text = spans(row[0])[0];
        let filter = Filter::parse(text).and_then(|filter| filter.check(&Schema::user()));
        let filter = filter.unwrap_or_else(|error| panic!("{error:#}"));
        let users = users();
        let found: Vec<&str> =
            users.iter().filter(|user| filter.matches(*user)).filter_map(|user| user["id"].as_str()).collect();
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        assert_eq!(found, row[1], "{text}");
    }
}

#[test]
fn the_errors_are_those_that_the_page_shows() {
    let rows = rows(PAGE, "request");
    assert!(rows.len() > 30, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let request = spans(row[0])[0];
        let error = refused(request);
        let said = spans(row[1]);
        let wanted = match (said.get(1), request.split('=').next()) {
            (Some(scim_type), _) => scim_type,
            (None, Some("filter")) => "invalidFilter",
            (None, _) => "invalidValue",
        };
        if error.to_string() != said[0] || error.scim_type().map(|ty| ty.to_string()).as_deref() != Some(wanted) {
            wrong.push(format!("{request}\n  {}\n  {error} ({:?})", said[0], error.scim_type()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_error_bodies_are_those_that_the_page_shows() {
    let shown: Vec<Value> = blocks()[1..].iter().map(|block| serde_json::from_str(block).expect("a body")).collect();
    let bodies =
        [scim_error(&refused("filter=userName eq bob")), okta_error(&refused("filter=status eq DENIED"), "oae1")];
    assert_eq!(shown, bodies);
}

#[test]
fn quirks_accept_what_is_refused_with_these_codes() {
    let rows = rows(EMBEDDING, "refused with");
    assert_eq!(rows.len(), Quirk::ALL.len());
    for row in rows {
        let quirk = Quirk::ALL.into_iter().find(|quirk| row[2].split([',', ' ']).next() == Some(&quirk.to_string()));
        let quirk = quirk.unwrap_or_else(|| panic!("{}", row[2]));
        let codes = spans(row[0]);
        for text in spans(row[1]) {
            // Of Q7's, parameters; of the others, filters.
            let request = if quirk == Quirk::Q7 { format!("sortBy=title&{text}") } else { format!("filter={text}") };
            let request = ListQuery::parse(&request, &Profile::scim()).expect("a query string");
            let refused = request.check(&Schema::user()).expect_err(text);
            assert!(codes.contains(&refused.code()), "{text}: {}", refused.code());
            let lenient = match quirk {
                Quirk::Q8 => Options::default().with_alias("email", "emails"),
                quirk => Options::default().with_quirks(Quirks::of([quirk])),
            };
            let checked = request.check_with(&Schema::user(), &lenient).unwrap_or_else(|error| panic!("{error:#}"));
            assert!(checked.warnings().iter().all(|(_, warning)| warning.code() == quirk.to_string()), "{text}");
            assert!(!checked.warnings().is_empty(), "{text}");
        }
    }
}
