//! Every `filter` and `orderBy` of the published access requests API, as written and percent-encoded
//! (tests/cases/seed.jsonl), over the 200 bundled requests. What each has to give is worked out here by hand.

use chrono::{DateTime, FixedOffset};
use scim_query::{CheckedQuery, Error, Filter, ListQuery, Options, Part, Profile, Schema, WarningKind, list};
use serde_json::Value;

use crate::support::cases::{access_requests, encode, lines, text};

const CASES: &str = include_str!("cases/seed.jsonl");

/// The example filters of RFC 7644 figure 2.
const FIGURE_2: [&str; 17] = [
    r#"userName eq "bjensen""#,
    r#"name.familyName co "O'Malley""#,
    r#"userName sw "J""#,
    r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
    "title pr",
    r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
    r#"meta.lastModified ge "2011-05-13T04:42:34Z""#,
    r#"meta.lastModified lt "2011-05-13T04:42:34Z""#,
    r#"meta.lastModified le "2011-05-13T04:42:34Z""#,
    r#"title pr and userType eq "Employee""#,
    r#"title pr or userType eq "Intern""#,
    r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
    r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
    r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
    r#"userType eq "Employee" and (emails.type eq "work")"#,
    r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
    r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
];

fn schemas() -> [(&'static str, Schema); 2] {
    [("open to all operators", Schema::access_requests()), ("documented", Schema::access_requests_documented())]
}

fn instant(request: &Value, key: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text(request, key)).expect("a dateTime")
}

/// What the decoded text selects, each written out.
fn selected(filter: &str, request: &Value) -> bool {
    let requested = |key: &str, value: &str| request["requested"][key] == value;
    match filter.trim() {
        r#"status eq "APPROVED""# => request["status"] == "APPROVED",
        r#"lastUpdated gt "2022-05-24T14:15:22Z""# => {
            instant(request, "lastUpdated") > DateTime::parse_from_rfc3339("2022-05-24T14:15:22Z").expect("a dateTime")
        }
        r#"resourceId eq "0oafxqCAJWWGELFTYASJ""# => requested("resourceId", "0oafxqCAJWWGELFTYASJ"),
        r#"resourceType eq "APPLICATION""# => requested("resourceType", "APPLICATION"),
        r#"accessScopeId eq "0oafxqCAJWWGELFTYASJ""# => requested("accessScopeId", "0oafxqCAJWWGELFTYASJ"),
        r#"accessScopeType eq "APPLICATION""# => requested("accessScopeType", "APPLICATION"),
        r#"requestedFor eq "00ub0oNGTSWTBKOLGLNR""# => request["requestedFor"]["externalId"] == "00ub0oNGTSWTBKOLGLNR",
        r#"status eq "RESOLVED" AND resourceId eq "0oafxqCAJWWGELFTYASJ""# => false,
        other => panic!("no selection for {other}"),
    }
}

/// The ids of the requests that are selected, in descending order of `key`, ties by descending id.
fn expected(requests: &[Value], filter: Option<&str>, key: &str) -> Vec<String> {
    let mut found: Vec<&Value> =
        requests.iter().filter(|request| filter.is_none_or(|filter| selected(filter, request))).collect();
    found.sort_by_key(|request| std::cmp::Reverse((instant(request, key), text(request, "id").to_owned())));
    found.iter().map(|request| text(request, "id").to_owned()).collect()
}

fn check(query: &str, schema: &Schema) -> Result<(ListQuery, CheckedQuery), Error> {
    let query = ListQuery::parse(query, &Profile::okta())?;
    let checked = query.check(schema)?;
    Ok((query, checked))
}

fn ids(requests: &[Value], query: &CheckedQuery) -> Vec<String> {
    let page = list(requests, query).expect("a page");
    page.resources.iter().map(|request| text(request, "id").to_owned()).collect()
}

/// The query string of a line of the file, and its decoded text. The clear form is also tried as the file has it,
/// without any encoding.
fn queries(case: &Value) -> (Vec<String>, &str, String) {
    match text(case, "form") {
        "clear" => {
            let (parameter, clear) = (text(case, "parameter"), text(case, "text"));
            let queries = vec![format!("{parameter}={}", encode(clear)), format!("{parameter}={clear}")];
            (queries, parameter, clear.to_owned())
        }
        "encoded" => {
            let (parameter, _) = text(case, "query").split_once('=').expect("a parameter");
            (vec![text(case, "query").to_owned()], parameter, text(case, "decoded").to_owned())
        }
        other => panic!("unknown form {other}"),
    }
}

#[test]
fn every_example_gives_what_a_plain_selection_gives() {
    let requests = access_requests();
    let mut seen = 0;
    for case in lines(CASES) {
        let (queries, parameter, decoded) = queries(&case);
        for (query, (name, schema)) in queries.iter().flat_map(|query| schemas().map(|schema| (query, schema))) {
            let all = format!("{query}&limit=200");
            let (parsed, checked) = check(&all, &schema).unwrap_or_else(|error| panic!("{name}: {query}\n{error:#}"));
            let found = ids(&requests, &checked);
            match parameter {
                "filter" => {
                    assert_eq!(parsed.get(Part::Filter), Some(&*decoded), "{query}");
                    assert_eq!(found, expected(&requests, Some(&decoded), "created"), "{name}: {query}");
                    assert_eq!(found.is_empty(), decoded.contains("RESOLVED"), "nothing to tell apart: {query}");
                    assert!(found.len() < requests.len(), "nothing to tell apart: {query}");
                }
                "orderBy" => {
                    let key = decoded.strip_suffix(" desc").expect("a descending order");
                    assert_eq!(found, expected(&requests, None, key), "{name}: {query}");
                }
                "after" => {
                    let whole = expected(&requests, None, "created");
                    let place = whole.iter().position(|id| *id == decoded).expect("the example's id is bundled");
                    let rest: Vec<String> = whole[place + 1..].to_vec();
                    assert_eq!(found, rest, "{name}: {query}");
                }
                other => panic!("unknown parameter {other}"),
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 11 * 2 * 2 + 11 * 2, "examples are missing");
}

#[test]
fn a_status_that_no_request_has_is_told() {
    let requests = access_requests();
    for case in lines(CASES) {
        let (queries, parameter, decoded) = queries(&case);
        for (query, (_, schema)) in queries.iter().flat_map(|query| schemas().map(|schema| (query, schema))) {
            let (_, checked) = check(query, &schema).expect("an example");
            let codes: Vec<&str> = checked.warnings().iter().map(|(_, warning)| warning.code()).collect();
            if parameter == "filter" && decoded.contains("RESOLVED") {
                assert_eq!(codes, ["value_not_canonical"], "{query}");
                let (part, warning) = &checked.warnings()[0];
                assert_eq!(*part, Part::Filter);
                assert_eq!(warning.span().of(&decoded), r#""RESOLVED""#);
                assert!(matches!(warning.kind(), WarningKind::ValueNotCanonical(listed) if listed.len() == 7));
                assert!(list(&requests, &checked).expect("a page").resources.is_empty());
                let strict = Options::default().with_strict_values();
                let filter = Filter::parse(&decoded).expect("a filter");
                assert_eq!(filter.check_with(&schema, &strict).expect_err("strict").code(), "value_not_canonical");
            } else {
                assert!(codes.is_empty(), "{query}: {codes:?}");
            }
        }
    }
}

#[test]
fn the_encoded_form_that_names_another_attribute_filters_that_one() {
    let requests = access_requests();
    let cases: Vec<Value> = lines(CASES).collect();
    let clear = cases.iter().position(|case| case["text"] == r#"accessScopeId eq "0oafxqCAJWWGELFTYASJ""#);
    let pair = &cases[clear.expect("the example")..][..2];
    let [named, encoded] = [format!("filter={}", encode(text(&pair[0], "text"))), text(&pair[1], "query").to_owned()];
    let all = |query: &str| {
        let (_, checked) = check(&format!("{query}&limit=200"), &Schema::access_requests()).expect("an example");
        (checked.filter().attributes(), ids(&requests, &checked))
    };
    let ((by_scope, scoped), (by_resource, resourced)) = (all(&named), all(&encoded));
    assert_eq!((by_scope, by_resource), (vec!["accessScopeId".to_owned()], vec!["resourceId".to_owned()]));
    assert_ne!(scoped, resourced, "the bundled requests tell the two apart");
}

#[test]
fn the_documented_schema_has_the_documented_operators_only() {
    let open = Schema::access_requests();
    let documented = Schema::access_requests_documented();
    for filter in [r#"status ne "APPROVED""#, r#"lastUpdated lt "2022-05-24T14:15:22Z""#, "requestedFor pr"] {
        let filter = Filter::parse(filter).expect("a filter");
        assert!(filter.check(&open).is_ok(), "{filter}");
        assert_eq!(filter.check(&documented).expect_err("refused").code(), "operator_not_allowed", "{filter}");
    }
}

#[test]
fn the_example_filters_of_rfc_7644_parse_and_check() {
    for example in FIGURE_2 {
        let filter = Filter::parse(example).unwrap_or_else(|error| panic!("{error:#}"));
        let checked = filter.check(&Schema::user()).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(checked.warnings().is_empty(), "{example}: {:?}", checked.warnings());
        assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter), "{example}");
    }
}
