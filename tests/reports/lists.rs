//! Cases about list requests: queries, orderings, pages.

use scim_query::http::scim_list_response;
use scim_query::{
    CheckedQuery, CursorKind, Cursors, Error, ListError, ListQuery, Options, OrderBy, Page, Paging, Part, Profile,
    Schema, list,
};
use serde_json::{Value, json};

use super::case::Case;
use super::schemas;
use crate::support::cases::encode;

/// Resources for cases about cursors, which name none.
fn rows() -> Vec<Value> {
    let row = |id: &str| json!({"id": id, "userName": format!("user{id}"), "displayName": "D", "title": "a"});
    ["1", "2", "3", "4"].map(row).into()
}

fn checked(query: &str, schema: &Schema, options: &Options) -> Result<CheckedQuery, Error> {
    ListQuery::parse(query, &Profile::scim())?.check_with(schema, options)
}

fn listed<'r>(rows: &'r [Value], query: &CheckedQuery) -> Result<Page<&'r Value>, Error> {
    list(rows, query).map_err(|error| match error {
        ListError::Query(error) => error,
        ListError::Data(error) => panic!("{error}"),
    })
}

fn ids(page: &Page<&Value>) -> Value {
    page.resources.iter().map(|row| row["id"].clone()).collect()
}

/// What stands for a cursor in a case: the query whose cursor it is, and whether a bit of it is to be changed.
fn cursor_of(placeholder: &str) -> Result<(&'static str, bool), String> {
    match placeholder {
        r#"<from filter title eq "a">"# | "<same filter, count=1>" => {
            Ok((r#"filter=title eq "a"&count=1&cursor="#, false))
        }
        "<from sortBy=displayName>" => Ok(("sortBy=displayName&count=1&cursor=", false)),
        "<valid, one bit flipped>" => Ok(("count=2&cursor=", true)),
        other => Err(format!("no query gives {other}")),
    }
}

/// The queries that a case's query stands for: itself, or with each cursor that its placeholder names.
fn queries(query: &str, schema: &Schema) -> Result<Vec<String>, String> {
    let Some((head, placeholder)) = query.find('<').map(|at| query.split_at(at)) else {
        return Ok(vec![query.to_owned()]);
    };
    let (source, flip) = cursor_of(placeholder)?;
    let source = checked(source, schema, &Options::default()).map_err(|error| error.to_string())?;
    let rows = rows();
    let page = listed(&rows, &source).map_err(|error| error.to_string())?;
    let cursor = page.next.ok_or("the query has no next page")?;
    if !flip {
        return Ok(vec![format!("{head}{cursor}")]);
    }
    let flipped = |at: usize| {
        let mut bytes = cursor.clone().into_bytes();
        bytes[at] ^= 1;
        String::from_utf8(bytes).expect("ASCII")
    };
    Ok((0..cursor.len()).map(|at| format!("{head}{}", encode(&flipped(at)))).collect())
}

pub fn query(case: &mut Case) -> Result<(), String> {
    let query = case.text("query")?;
    let schema = case.schema()?;
    let options = case.options(&schema)?;
    let rows = case.rows().unwrap_or_else(rows);
    let queries = queries(&query, &schema)?;
    let as_given = case.clone();
    for query in &queries {
        *case = as_given.clone();
        let found = checked(query, &schema, &options).and_then(|checked| {
            let page = listed(&rows, &checked)?;
            Ok((checked, page))
        });
        if case.expects_error(found.as_ref().err())? {
            continue;
        }
        let (checked, page) = found.map_err(|error| error.to_string())?;
        expects_of_the_query(case, query, &checked)?;
        super::sql::expects_of_a_query(case, &checked, &schema)?;
        expects_of_the_page(case, &page)?;
        if let Some(pages) = case.expect.remove("pages") {
            let parsed = ListQuery::parse(query, &Profile::scim()).map_err(|error| error.to_string())?;
            walk(&parsed, &schema, &options, &rows, &pages)?;
        }
        case.expects_flags(checked.warnings().iter().map(|(_, warning)| warning))?;
    }
    Ok(())
}

fn expects_of_the_query(case: &mut Case, query: &str, checked: &CheckedQuery) -> Result<(), String> {
    if let Some(parse) = case.expected_text("parse")
        && parse != "ok"
    {
        return Err(format!("unknown: parse {parse}"));
    }
    if let Some(expected) = case.expected_text("decoded_filter") {
        let parsed = ListQuery::parse(query, &Profile::scim()).map_err(|error| error.to_string())?;
        let found = parsed.get(Part::Filter).unwrap_or_default();
        if found != expected {
            return Err(format!("the decoded filter is {found}"));
        }
    }
    let Some(Value::Object(normalized)) = case.expect.remove("normalized") else { return Ok(()) };
    let Paging::Index { start_index, count } = checked.paging() else {
        return Err(format!("the page is not one by index: {:?}", checked.paging()));
    };
    let profile = Profile::scim();
    for (key, value) in &normalized {
        let found = match key.as_str() {
            "startIndex" => *start_index,
            "count" => *count,
            other => return Err(format!("nobody reads {other}")),
        };
        let expected = match value.as_str() {
            Some("default") => profile.default_size().into(),
            Some("max") => profile.max_size().into(),
            _ => value.clone(),
        };
        if expected != found {
            return Err(format!("{key} is {found}, not {expected}"));
        }
    }
    Ok(())
}

fn expects_of_the_page(case: &mut Case, page: &Page<&Value>) -> Result<(), String> {
    let resources = page.resources.iter().map(|row| (*row).clone()).collect();
    let body = scim_list_response(resources, page.total, page.start_index, page.next.as_deref());
    for key in ["totalResults", "itemsPerPage", "startIndex"] {
        match case.expect.remove(key) {
            Some(expected) if body[key] != expected => return Err(format!("{key} is {}, not {expected}", body[key])),
            _ => {}
        }
    }
    match case.expect.remove("ids") {
        Some(expected) if ids(page) != expected => Err(format!("the ids are {}, not {expected}", ids(page))),
        _ => Ok(()),
    }
}

/// Follows the cursors to the last page.
fn walk(first: &ListQuery, schema: &Schema, options: &Options, rows: &[Value], expected: &Value) -> Result<(), String> {
    let profile = first.profile();
    let mut query = first.clone();
    let mut pages = Vec::new();
    loop {
        let checked = query.check_with(schema, options).map_err(|error| error.to_string())?;
        let page = listed(rows, &checked).map_err(|error| error.to_string())?;
        pages.push(ids(&page));
        if pages.len() > rows.len() {
            return Err(format!("the pages do not end: {pages:?}"));
        }
        let Some(next) = page.next else { break };
        query = ListQuery::parse(&first.next_query_string(&next), profile).map_err(|error| error.to_string())?;
    }
    if Value::from(pages.clone()) == *expected { Ok(()) } else { Err(format!("the pages are {pages:?}")) }
}

/// An `orderBy` as Okta writes it, by record id and by opaque cursors.
pub fn order_by(case: &mut Case) -> Result<(), String> {
    let text = case.text("orderBy")?;
    let tie_breakers = case.input.remove("tiebreak");
    let schema = match &tie_breakers {
        Some(names) => schemas::with_tie_breakers([0, 1].map(|at| names[at].as_str().expect("a name")))?,
        None => case.schema()?,
    };
    let options = case.options(&schema)?;
    let found = OrderBy::parse_with(&text, &options).and_then(|order| order.check_with(&schema, &options));
    if case.expects_error(found.as_ref().err())? {
        return Ok(());
    }
    let ordering = found.map_err(|error| error.to_string())?;
    super::sql::expects_of_an_ordering(case, &ordering, &schema)?;
    let mut rows = case.rows().ok_or("the case has no rows")?;
    if let Some(pages) = case.expect.remove("pages") {
        let limit = case.input.remove("count").ok_or("a case of pages has a count")?;
        let opaque = CursorKind::Opaque(Cursors::new());
        // A record id is one value: a composite tie-breaker is for opaque cursors.
        let by_id = tie_breakers.is_none().then_some(CursorKind::RecordId);
        for cursors in by_id.into_iter().chain([opaque]) {
            let profile = Profile::okta().with_cursors(cursors);
            let query = ListQuery::parse(&format!("orderBy={}&limit={limit}", encode(&text)), &profile);
            walk(&query.map_err(|error| error.to_string())?, &schema, &options, &rows, &pages)?;
        }
    }
    rows.sort_by(|left, right| ordering.compare(left, right));
    let order: Value = rows.iter().map(|row| row["id"].clone()).collect();
    match case.expect.remove("order") {
        Some(expected) if order != expected => Err(format!("the order is {order}, not {expected}")),
        _ => Ok(()),
    }
}
