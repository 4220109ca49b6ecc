//! At least one input for each kind of error. A literal, or a bare word where one belongs, holds the marker.

use scim_query::sql::{Column, Columns, Dialect, SqlLimits};
use scim_query::{
    AttributeDef, Capabilities, Error, Filter, Limits, ListError, ListQuery, Options, OrderBy, Part, Path, Profile,
    Schema, Type, list,
};
use serde_json::{Value, json};

use crate::support::cases::test_user;

pub const MARKER: &str = "s3cret";

pub struct Sample {
    pub code: &'static str,
    pub input: String,
    pub error: Error,
}

fn sample<T>(code: &'static str, input: &str, found: Result<T, Error>) -> Sample {
    match found {
        Ok(_) => panic!("{code}: accepted: {input}"),
        Err(error) => Sample { code, input: input.to_owned(), error },
    }
}

fn filter(schema: &Schema, options: &Options, text: &str) -> Result<(), Error> {
    Filter::parse_with(text, options)?.check_with(schema, options).map(drop)
}

/// Strictly, for users.
const FILTERS: [(&str, &str); 87] = [
    ("filter_empty", ""),
    ("filter_empty", "   "),
    ("prefix_doubled", r#"filter=title eq "s3cret""#),
    ("attribute_expected", r#""s3cret" eq title"#),
    ("attribute_expected", r#"title pr and = "s3cret""#),
    ("attribute_expected", r#"é eq "s3cret""#),
    ("attribute_expected", r#"!(title eq "s3cret")"#),
    ("attribute_expected", r#"@title eq "s3cret""#),
    ("name_invalid", r#"ti#tle eq "s3cret""#),
    ("name_invalid", r#"naïve eq "s3cret""#),
    ("name_invalid", r#"name. eq "s3cret""#),
    ("name_invalid", r#"1title eq "s3cret""#),
    ("schema_uri_invalid", r#"tags.abc:xyz eq "s3cret""#),
    ("operator_expected", "title"),
    ("operator_expected", r#"title "s3cret""#),
    ("operator_unknown", r#"title == "s3cret""#),
    ("operator_unknown", r#"title="s3cret""#),
    ("operator_unknown", "title=s3cret"),
    ("operator_unknown", "title!=s3cret"),
    ("operator_unknown", r#"title : "s3cret""#),
    ("operator_unknown", r#"title between "s3cret" and "x""#),
    ("operator_unknown", r#"title like "s3cret%""#),
    ("operator_unknown", r#"title contains "s3cret""#),
    ("operator_unknown", r#"title in ("s3cret")"#),
    ("operator_unknown", r#"title nope "s3cret""#),
    ("operator_unknown", r#"title né "s3cret""#),
    ("space_expected", r#"title eq"s3cret""#),
    ("space_expected", r#"title eq "s3cret"and title pr"#),
    ("space_expected", r#"title eq "s3cret" and"s3cret""#),
    ("space_expected", r#"title eq s3cret"x""#),
    ("white_space_invalid", "title\teq \"s3cret\""),
    ("white_space_invalid", "title eq \"s3cret\"\u{2003}and title pr"),
    ("white_space_invalid", "title eq \"s3cret\"\nand title pr"),
    ("value_expected", "title eq"),
    ("value_expected", r#"title eq ("s3cret")"#),
    ("value_expected", r#"(title eq )"#),
    ("value_unquoted", "title eq s3cret"),
    ("value_unquoted", "title eq s3cret@example.com and title pr"),
    ("value_unquoted", "active eq true;"),
    ("value_single_quoted", "title eq 's3cret'"),
    ("literal_case", "active eq True"),
    ("literal_case", "title eq NULL"),
    ("number_invalid", "age eq 007"),
    ("number_invalid", "score eq 1."),
    ("string_unclosed", r#"title eq "s3cret"#),
    ("escape_invalid", r#"title eq "s3cret\q""#),
    ("surrogate_lone", r#"title eq "s3cret\ud83d""#),
    ("control_character", "title eq \"s3cret\tx\""),
    ("not_without_parentheses", r#"not title eq "s3cret""#),
    ("unclosed", r#"(title eq "s3cret""#),
    ("unclosed", r#"emails[value eq "s3cret""#),
    ("unclosed", r#"emails[(value eq "s3cret"]"#),
    ("close_unexpected", r#"title eq "s3cret")"#),
    ("close_unexpected", r#"title eq "s3cret"]"#),
    ("group_empty", r#"() and title eq "s3cret""#),
    ("group_empty", "emails[]"),
    ("value_path_nested", r#"emails[type[value eq "s3cret"]]"#),
    ("value_path_trailing", r#"emails[type eq "s3cret"].value eq "s3cret""#),
    ("value_path_trailing", r#"emails[type eq "s3cret"] eq "s3cret""#),
    ("right_side_missing", r#"title eq "s3cret" and"#),
    ("right_side_missing", r#"(title eq "s3cret" or )"#),
    ("left_side_missing", r#"and title eq "s3cret""#),
    ("connective_expected", r#"title eq "s3cret" && title pr"#),
    ("connective_expected", r#"title eq "s3cret" || title pr"#),
    ("connective_expected", r#"title eq "s3cret" , title pr"#),
    ("connective_expected", r#"title eq "s3cret" s3cret"#),
    ("connective_expected", r#"title eq "s3cret" "s3cret""#),
    ("attribute_unknown", r#"titel eq "s3cret""#),
    ("attribute_unknown", r#"titel eq "s3cret" and emails[tipe eq "s3cret"] or whatever eq "s3cret""#),
    ("attribute_unknown", r#"urn:example:2.0:Nothing:title eq "s3cret""#),
    ("attribute_unknown", r#"passwort eq "s3cret""#),
    ("schema_uri_alone", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr"),
    ("schema_uri_alone", r#"URN:ietf:params:scim:schemas:core:2.0:User eq "s3cret""#),
    ("schema_uri_alone", r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User[department eq "s3cret"]"#),
    ("attribute_not_filterable", r#"password eq "s3cret""#),
    ("operator_not_allowed", "active gt true"),
    ("operator_not_allowed", r#"meta.created co "s3cret""#),
    ("sub_attribute_needed", r#"name eq "s3cret""#),
    ("sub_attribute_needed", r#"addresses co "s3cret""#),
    ("value_path_on_simple", r#"title[value eq "s3cret"]"#),
    ("null_not_allowed", "title gt null"),
    ("kind_mismatch", "title eq 5"),
    ("kind_mismatch", r#"active eq "s3cret""#),
    ("kind_mismatch", r#"age eq "s3cret""#),
    ("date_time_invalid", r#"meta.created gt "s3cret""#),
    ("date_time_invalid", r#"meta.created gt "2024-01-15T10:30:45""#),
    ("date_time_invalid", r#"meta.created gt "2024-02-30T10:30:45Z""#),
];

const PATHS: [(&str, &str); 8] = [
    ("path_empty", ""),
    ("path_space", r#"emails [value eq "s3cret"]"#),
    ("path_space", " title"),
    ("path_trailing", r#"title eq "s3cret""#),
    ("path_trailing", r#"emails[value eq "s3cret"]s3cret"#),
    ("value_unquoted", "emails[value eq s3cret]"),
    ("unclosed", r#"emails[value eq "s3cret""#),
    ("name_invalid", r#"emails[value eq "s3cret"]."#),
];

const ORDERS: [(&str, &str); 9] = [
    ("order_empty", ""),
    ("order_empty", "title, "),
    ("direction_unknown", "title down"),
    ("direction_unknown", "title né"),
    ("comma_expected", "title asc id"),
    ("sort_key_repeated", "title, id, TITLE desc"),
    ("attribute_not_sortable", "password"),
    ("attribute_unknown", "titel"),
    ("sub_attribute_needed", "name desc"),
];

/// SCIM's parameters, and Okta's.
const QUERIES: [(&str, &str); 13] = [
    ("sort_by_trailing", "sortBy=title,id"),
    ("sort_by_trailing", "sortBy=title desc"),
    ("sort_order_unknown", "sortBy=title&sortOrder=down"),
    ("parameter_repeated", r#"filter=title eq "s3cret"&filter=title eq "s3cret""#),
    ("percent_invalid", r#"filter=title eq "s3cret%2"#),
    ("percent_invalid", r#"filter=title eq "s3cret%zz""#),
    ("utf8_invalid", r#"filter=title eq "s3cret%ff""#),
    ("integer_invalid", "count=s3cret"),
    ("integer_invalid", "startIndex=1.5"),
    ("count_invalid", "count=s3cret&cursor="),
    ("cursor_with_index", "cursor=s3cret&startIndex=1"),
    ("attributes_with_excluded", "attributes=title&excludedAttributes=id"),
    ("attribute_unknown", "attributes=titel"),
];
const OKTA_QUERIES: [(&str, &str); 3] =
    [("out_of_range", "limit=0"), ("integer_invalid", "limit=s3cret"), ("after_empty", "after=")];

const BODIES: [(&str, &str); 4] = [
    ("body_invalid", r#"{"filter": "s3cret""#),
    ("body_invalid", r#"{"filter": {"s3cret": "s3cret"}}"#),
    ("body_invalid", "s3cret"),
    ("body_invalid", r#"{"schemas": ["urn:s3cret"]}"#),
];

fn two_extensions() -> Schema {
    let code = || [AttributeDef::new("code", Type::String)];
    let schema = Schema::builder("urn:example:2.0:Thing").attribute(AttributeDef::new("id", Type::String));
    let schema = schema.extension("urn:example:2.0:A", code()).extension("urn:example:2.0:B", code());
    schema.build().expect("a schema")
}

fn capabilities(json: &str) -> Options {
    Options::default().with_capabilities(serde_json::from_str::<Capabilities>(json).expect("capabilities"))
}

fn with_options() -> Vec<Sample> {
    let limits = |limits: Limits| Options::default().with_limits(limits);
    let eq_only = capabilities(r#"{"operators": ["eq"], "connectives": ["and"], "valuePaths": false}"#);
    let cases = [
        ("text_too_long", limits(Limits { text: 10, ..Limits::default() }), r#"title eq "s3cret""#),
        ("too_deep", limits(Limits { nesting: 2, ..Limits::default() }), r#"(((title eq "s3cret")))"#),
        (
            "too_many_comparisons",
            limits(Limits { comparisons: 1, ..Limits::default() }),
            r#"title eq "s3cret" or title eq "s3cret""#,
        ),
        ("value_not_canonical", Options::default().with_strict_values(), r#"emails.type eq "s3cret""#),
        ("operator_denied", eq_only.clone(), r#"title co "s3cret""#),
        ("form_denied", eq_only.clone(), r#"title eq "s3cret" or title eq "s3cret""#),
        ("form_denied", eq_only, r#"emails[value eq "s3cret"]"#),
        ("attribute_not_filterable", capabilities(r#"{"attributes": ["id"]}"#), r#"title eq "s3cret""#),
        ("too_deep", capabilities(r#"{"nesting": 0}"#), r#"not (title eq "s3cret")"#),
        ("too_many_comparisons", capabilities(r#"{"comparisons": 0}"#), r#"title eq "s3cret""#),
    ];
    let mut samples: Vec<Sample> =
        cases.iter().map(|(code, options, text)| sample(code, text, filter(&test_user(), options, text))).collect();
    let nine = "a, b, c, d, e, f, g, h, i";
    samples.push(sample("too_many_sort_keys", nine, OrderBy::parse(nine)));
    let ambiguous = r#"code eq "s3cret""#;
    let found = filter(&two_extensions(), &Options::default(), ambiguous);
    samples.push(sample("attribute_ambiguous", ambiguous, found));
    let created = r#"created gt "2022-05-24T14:15:22Z""#;
    let found = filter(&Schema::access_requests(), &Options::default(), created);
    samples.push(sample("attribute_not_filterable", created, found));
    samples
}

fn listed(rows: &[Value], query: &str, profile: &Profile) -> Result<(), Error> {
    let query = ListQuery::parse(query, profile)?.check(&Schema::user())?;
    match list(rows, &query) {
        Ok(_) => Ok(()),
        Err(ListError::Query(error)) => Err(error),
        Err(ListError::Data(error)) => panic!("{error}"),
    }
}

#[cfg(feature = "hmac")]
fn expired() -> Vec<Sample> {
    use scim_query::{CursorKind, Cursors};
    let cursors = Cursors::new().with_key("a key of 16 bytes or more").unwrap().with_max_age(std::time::Duration::ZERO);
    let profile = Profile::scim().with_cursors(CursorKind::Opaque(cursors));
    let rows = [json!({"id": "1"}), json!({"id": "2"})];
    let first = ListQuery::parse("count=1&cursor=", &profile).and_then(|query| query.check(&Schema::user()));
    let next = list(&rows, &first.expect("a query")).expect("a page").next.expect("a next page");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let found = listed(&rows, &format!("count=1&cursor={next}"), &profile);
    vec![sample("cursor_expired", "count=1&cursor=..", found)]
}

#[cfg(not(feature = "hmac"))]
fn expired() -> Vec<Sample> {
    Vec::new()
}

fn of_lists() -> Vec<Sample> {
    let rows = [json!({"id": "s3cret"}), json!({"id": "s3cret"})];
    let scim_by_id = Profile::scim().with_cursors(scim_query::CursorKind::RecordId);
    let cases = [
        ("record_unknown", "after=s3cret", Profile::okta(), &rows[..0]),
        ("record_unknown", "cursor=s3cret", scim_by_id, &rows[..0]),
        ("record_repeated", "after=s3cret", Profile::okta(), &rows[..]),
        ("cursor_invalid", "cursor=s3cret", Profile::scim(), &rows[..]),
    ];
    let mut samples: Vec<Sample> =
        cases.iter().map(|(code, query, profile, rows)| sample(code, query, listed(rows, query, profile))).collect();
    let long = format!("cursor={}", MARKER.repeat(200));
    let given = ListQuery::new(&Profile::okta()).give(scim_query::Part::SortBy, MARKER);
    samples.push(sample("parameter_unknown", "sortBy given to Okta's", given));
    let found = listed(&rows, &long, &Profile::scim());
    samples.push(sample("cursor_invalid", "cursor=s3cret, 200 times", found));
    let found = ListQuery::new(&Profile::okta()).give(Part::Cursor, MARKER);
    samples.push(sample("parameter_unknown", "cursor, given to a list with `after`", found));
    let strict = Options::default().with_strict_parameters();
    let found = ListQuery::parse("Filter=s3cret", &Profile::scim());
    let found = found.and_then(|query| query.check_with(&test_user(), &strict));
    samples.push(sample("parameter_unknown", "Filter=s3cret, with strict parameters", found));
    let without_id =
        Schema::builder("urn:x:y").attribute(AttributeDef::new("title", Type::String)).build().expect("a schema");
    let found =
        ListQuery::parse("filter=title eq \"s3cret\"", &Profile::okta()).and_then(|query| query.check(&without_id));
    samples.push(sample("tie_breaker_missing", "of a schema without an id", found));
    samples
}

pub fn samples() -> Vec<Sample> {
    let user = test_user();
    let strict = Options::default();
    let query = |text: &str, profile: &Profile| ListQuery::parse(text, profile)?.check(&user);
    let mut samples = Vec::new();
    samples.extend(FILTERS.map(|(code, text)| sample(code, text, filter(&user, &strict, text))));
    samples.extend(PATHS.map(|(code, text)| sample(code, text, Path::parse(text))));
    let order = |text: &str| OrderBy::parse(text)?.check(&user);
    samples.extend(ORDERS.map(|(code, text)| sample(code, text, order(text))));
    samples.extend(QUERIES.map(|(code, text)| sample(code, text, query(text, &Profile::scim()))));
    samples.extend(OKTA_QUERIES.map(|(code, text)| sample(code, text, query(text, &Profile::okta()))));
    let body = |text: &str| ListQuery::from_search_request(text.as_bytes(), &Profile::scim());
    samples.extend(BODIES.map(|(code, text)| sample(code, text, body(text))));
    samples.extend(with_options());
    samples.extend(of_lists());
    samples.extend(expired());
    samples.extend(in_sql());
    samples
}

/// What a mapping to a database refuses.
fn in_sql() -> Vec<Sample> {
    let requests = Schema::access_requests();
    let columns = |limits| {
        let builder = Columns::builder(&requests, Dialect::Sqlite, "requests").limits(limits);
        let builder = builder.column("id", Column::new("id").not_null()).column("status", Column::new("status"));
        builder.build().expect("columns")
    };
    let wide = SqlLimits { params: 1000, depth: 1000 };
    let run = |code, text: &str, limits| {
        let checked = Filter::parse(text).and_then(|filter| filter.check(&requests)).expect("a filter");
        sample(code, text, checked.where_sql(&columns(limits)))
    };
    let order = OrderBy::parse("created desc").and_then(|order| order.check(&requests)).expect("an ordering");
    let of_users = Filter::parse(r#"userName eq "s3cret""#).and_then(|filter| filter.check(&Schema::user()));
    vec![
        run("attribute_unmapped", r#"status pr and resourceId eq "s3cret""#, wide),
        run("sql_too_many_params", r#"status gt "s3cret1" and status lt "s3cret2""#, SqlLimits { params: 1, ..wide }),
        run(
            "sql_too_deep",
            r#"status eq "s3cret" or (status pr and status sw "s3cret")"#,
            SqlLimits { depth: 1, ..wide },
        ),
        sample("attribute_unmapped", "created desc", order.order_by_sql(&columns(wide))),
        sample("schema_differs", "of users", of_users.expect("a filter").where_sql(&columns(wide))),
    ]
}
