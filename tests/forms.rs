//! Public values in their other forms: owned, printed, serialized, counted, folded.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use chrono::{FixedOffset, TimeZone};
use scim_query::{
    AttributeDef, BindError, Capabilities, CheckedFilter, CompValue, Filter, FilterSet, Implication, ListQuery,
    Operator, OperatorSet, Options, OrderBy, Path, PathTarget, Profile, Quirk, Quirks, Schema, Step, Type, attr, http,
};
use serde_json::{Value, json};

fn check(schema: &Schema, text: &str) -> CheckedFilter {
    Filter::parse(text).and_then(|filter| filter.check(schema)).expect(text)
}

/// L2: what is printed for a programmer is one line with its name, and not a tree.
#[test]
fn debug_forms_are_short() {
    let schema = Schema::user();
    let filter = check(&schema, "id pr");
    let order = OrderBy::parse("userName desc").expect("an ordering");
    let predicate = filter.compile();
    for (shown, expected) in [
        (format!("{:?}", Filter::parse("a  pr").expect("a filter")), "Filter(a pr)"),
        (format!("{:?}", Path::parse("a[b eq 1].c").expect("a path")), "Path(a[b eq 1].c)"),
        (format!("{order:?}"), "OrderBy(userName desc)"),
        (format!("{:?}", order.check(&schema).expect("an ordering")), "CheckedOrdering(userName desc, id desc)"),
        (format!("{predicate:?}"), "Predicate(CheckedFilter(id pr))"),
        (format!("{:?}", OperatorSet::of([Operator::Present])), "OperatorSet(pr)"),
        (format!("{:?}", Schema::from_json(&[]).unwrap_err()), "BindError(no schema document is given)"),
    ] {
        assert_eq!(shown, expected);
    }
    let set = FilterSet::new([filter.clone()]).expect("one schema");
    assert_eq!(format!("{set:?}"), "[CheckedFilter(id pr)]");
    let query = ListQuery::parse("filter=id%20pr&limit=1", &Profile::okta()).expect("a query");
    assert!(format!("{query:?}").contains(r#"["id pr", "1"]"#), "{query:?}");

    let hash = |value: &scim_query::Predicate| BuildHasherDefault::<DefaultHasher>::default().hash_one(value);
    assert_eq!(predicate, check(&schema, "ID PR").compile());
    assert_eq!(hash(&predicate), hash(&check(&schema, "ID PR").compile()));
    let other = check(&schema, "externalId pr").compile();
    assert_ne!(predicate, other);
    assert_ne!(hash(&predicate), hash(&other));
}

/// G9: a path outlives its request, and says what it can be made from.
#[test]
fn paths_are_owned_and_say_what_equals() {
    let owned = |text: &str| Path::parse(text).expect(text).into_owned();
    for text in ["a", "urn:x:y:a.b", "urn:x:y:2.0:Z", "a[b eq 1 and not (c pr)].d"] {
        assert_eq!(owned(text), Path::parse(text).expect(text));
        assert_eq!(owned(text).to_string(), text);
    }
    let equalities = |text: &str| owned(text).equalities().map(|found| format!("{found:?}"));
    let found = r#"[("b", Number("1")), ("c", String("x"))]"#;
    assert_eq!(equalities(r#"a[b eq 1 and c eq "x"]"#).as_deref(), Some(found));
    assert_eq!(equalities(r#"a[b eq 1 and B eq 1 and c eq "x"]"#).as_deref(), Some(found));
    for none in ["a", "a[b eq 1 and B eq 2]", "a[b ne 1]", "a[b eq 1 or c eq 2]"] {
        assert_eq!(equalities(none), None, "{none}");
    }

    // G5: a schema's URI as a whole is the object of the extension.
    let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let path = Path::parse(uri).and_then(|path| path.check(&Schema::user())).expect("the extension's object");
    assert!(matches!(path.target(), PathTarget::Schema(known) if known.eq_ignore_ascii_case(uri)), "{path:?}");
    assert!(!path.has_filter() && path.sub_attribute().is_none() && path.warnings().is_empty());
    assert!(path.selects(&json!({"department": "x"})));
    // Q8.
    let options = Options::default().with_alias("mail", "emails");
    let path = Path::parse("mail[type eq \"work\"].value").and_then(|path| path.check_with(&Schema::user(), &options));
    let path = path.expect("an alias");
    assert_eq!(path.warnings()[0].to_string(), "an alias of an attribute (Q8) at 0..4");
    assert!(path.selects(&json!({"type": "work"})) && !path.selects(&json!({"type": "home"})));
    let open = Path::parse("a").and_then(|path| path.check(&Schema::open())).unwrap_err();
    assert_eq!(open.to_string(), "a PATCH path under the open schema is not supported here at 0..1");
}

#[test]
fn operators_and_quirks_have_words() {
    let set: OperatorSet = "eq, pr".parse().expect("operators");
    assert_eq!(serde_json::to_value(set).expect("JSON"), json!(["eq", "pr"]));
    assert_eq!(serde_json::from_value::<OperatorSet>(json!(["pr", "eq"])).expect("operators"), set);
    assert!("eq like".parse::<OperatorSet>().unwrap_err().contains("`like`"));
    let capabilities = Capabilities::default();
    let again: Capabilities = serde_json::from_value(json!(capabilities)).expect("what was written");
    assert_eq!(again, capabilities);

    // Each quirk is told in words of its own, and its warning ends with its name.
    let words: std::collections::BTreeSet<&str> = Quirk::ALL.iter().map(|quirk| quirk.describe()).collect();
    assert_eq!(words.len(), Quirk::ALL.len());
    let all = Options::default().with_quirks(Quirks::ALL);
    for (text, quirk) in [
        (r#"emails[type eq "work"].value eq "x""#, Quirk::Q1),
        ("userName eq bob", Quirk::Q2),
        ("userName eq 'bob'", Quirk::Q3),
        ("userName eq 1", Quirk::Q4),
        (r#"active eq "True""#, Quirk::Q5),
        (r#"meta.created gt "2020-01-01T00:00:00""#, Quirk::Q6),
        ("id\tpr", Quirk::Q7),
        ("not id pr", Quirk::Q9),
        (r#"manager eq "x""#, Quirk::Q10),
    ] {
        let checked = Filter::parse_with(text, &all).and_then(|filter| filter.check_with(&Schema::user(), &all));
        let told: Vec<String> = checked.expect(text).warnings().iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|told| told.starts_with(&format!("{} ({quirk}) at ", quirk.describe()))), "{told:?}");
    }
}

/// What would end a `Link` header, or begin another, is encoded.
#[test]
fn links_are_one_header() {
    let evil = "https://example.com/é?a=1 2>; rel=\"next\r\nX: y\\";
    let header = http::link_header(evil, "self");
    assert!(header.is_ascii() && !header.contains(['\r', '\n', ' ']) || header.matches(' ').count() == 1, "{header}");
    assert_eq!(header.matches('<').count() + header.matches('>').count(), 2, "{header}");
    assert!(header.ends_with(">; rel=\"self\""), "{header}");
}

#[test]
fn values_of_programs_are_values_of_filters() {
    let text = String::from("x");
    let instant = FixedOffset::east_opt(7200).expect("an offset").with_ymd_and_hms(2022, 5, 24, 16, 15, 22).unwrap();
    let built = attr("a").eq(&text).and(attr("t").ge(instant)).and(attr("n").ne(None::<u8>)).build().expect("a filter");
    assert_eq!(built.to_string(), r#"a eq "x" and t ge "2022-05-24T14:15:22Z" and n ne null"#);
}

/// The fold of a tree sees each node once, terms first; what it sees makes the same filter again.
#[test]
fn a_tree_is_folded() {
    let schema = Schema::user();
    let rebuilt = |filter: &CheckedFilter| {
        filter.fold(&mut |step, terms: Vec<String>| match step {
            Step::And => format!("({})", terms.join(" and ")),
            Step::Or => format!("({})", terms.join(" or ")),
            Step::Not => format!("not ({})", terms.concat()),
            Step::ValuePath(name) => format!("{name}[{}]", terms.concat()),
            Step::Test(name, op, None) => format!("{name} {}", op.as_str()),
            Step::Test(name, op, Some(value)) => format!("{name} {} {value}", op.as_str()),
            Step::Everything => "everything".into(),
            Step::Nothing => "nothing".into(),
            _ => panic!("another step"),
        })
    };
    for text in [
        r#"userName eq "a" or not (title pr and nickName sw "b")"#,
        r#"emails[type eq "work" and not (value ew ".com")] and name ne null"#,
        "active eq true and meta.created lt \"2022-01-01T00:00:00Z\" and name eq null",
    ] {
        let filter = check(&schema, text);
        assert_eq!(check(&schema, &rebuilt(&filter)), filter, "{text}");
    }
    assert_eq!(rebuilt(&CheckedFilter::all(&schema)), "everything");
    let nothing = CheckedFilter::all(&schema).negate().expect("flat");
    assert_eq!(rebuilt(&nothing), "nothing");
    // S1: neither has a text; both have words, and are the same in another schema.
    for (filter, words) in [(CheckedFilter::all(&schema), "everything"), (nothing, "nothing")] {
        assert!(filter.to_filter().is_none());
        assert_eq!(filter.explain(false).to_string(), words);
        let lines: Vec<_> = filter.explain(false).lines().map(|(depth, words, _)| (depth, words.to_owned())).collect();
        assert_eq!(lines, [(0, words.to_owned())]);
        let mapped = filter.map_attributes(&Schema::group(), |_| None).expect("no names");
        assert_eq!((mapped.is_everything(), mapped.is_nothing()), (words == "everything", words == "nothing"));
        assert!(filter.split(|_| false).residual.is_everything());
    }
}

#[test]
fn other_schemas_are_refused() {
    let (user, group) = (check(&Schema::user(), "id pr"), check(&Schema::group(), "id pr"));
    let told = |result: Result<CheckedFilter, BindError>| result.unwrap_err().to_string();
    assert_eq!(told(user.and_with(&group)), "filters of different schemas cannot be joined");
    assert_eq!(told(user.or_with(&group)), "filters of different schemas cannot be joined");
    assert_eq!(user.implies(&group).unwrap_err().to_string(), "filters of different schemas cannot be compared");
    let open = |text: &str| check(&Schema::open(), text);
    assert_eq!(open("a eq 1 and b eq 2").implies(&open("a eq 1")), Ok(Implication::Yes));
    let same = |name: &str| Some(name.to_owned());
    let told = user.map_attributes(&Schema::open(), same).unwrap_err().to_string();
    assert_eq!(told, "`id` has no declared type under the open schema");
    let many = Schema::builder("urn:x:y")
        .attributes([
            AttributeDef::new("id", Type::String).case_exact(),
            AttributeDef::new("title", Type::String).multi_valued(),
        ])
        .build()
        .expect("a schema");
    let told = check(&Schema::user(), "title pr").map_attributes(&many, same).unwrap_err().to_string();
    assert_eq!(told, "`title` differs in the number of its values");
    // An attribute of no list, and none of the open schema, is limited to values.
    let title = Schema::user().find(None, "title").expect("an attribute");
    assert_eq!(check(&Schema::user(), "id pr").required(title), None);
    assert_eq!(open("a eq 1").required(title), None);
    let active = Schema::user().find(None, "active").expect("an attribute");
    let filter = check(&Schema::user(), "active eq true");
    assert_eq!(filter.required_bounds(active), None, "S12: booleans have no order");
    assert_eq!(filter.required(active), Some(vec![CompValue::Bool(true)]));
}

/// S16: a caller's list of attributes holds under the open schema, too: of each its parts.
#[test]
fn capabilities_hold_under_the_open_schema() {
    let capabilities: Capabilities = serde_json::from_value(json!({"attributes": ["a", "b.c"]})).expect("capabilities");
    let options = Options::default().with_capabilities(capabilities);
    let schema = Schema::open();
    let filter = |text: &str| Filter::parse(text).expect(text).check_with(&schema, &options);
    let order = |text: &str| OrderBy::parse(text).expect(text).check_with(&schema, &options);
    for allowed in ["a", "a.x", "b.c", "b.c.d"] {
        assert!(filter(&format!("{allowed} pr")).is_ok() && order(allowed).is_ok(), "{allowed}");
    }
    for (refused, value) in [("ab", Value::Null), ("b", Value::Null), ("b.cd", Value::Null)] {
        let filter = filter(&format!("{refused} eq {value}")).unwrap_err().to_string();
        assert!(filter.contains("cannot be filtered on"), "{filter}");
        let order = order(refused).unwrap_err().to_string();
        assert!(order.contains("cannot be ordered by"), "{order}");
    }
}

/// Warnings have stable names: the quirk's, or a word.
#[test]
fn warnings_have_codes() {
    let all = Options::default().with_quirks(Quirks::ALL);
    let codes = |text: &str, options: &Options| -> Vec<&'static str> {
        let checked = Filter::parse_with(text, options).and_then(|filter| filter.check_with(&Schema::user(), options));
        checked.expect(text).warnings().iter().map(scim_query::Warning::code).collect()
    };
    for (text, code) in [
        (r#"active eq "true""#, "Q5"),
        ("not id pr", "Q9"),
        (r#"manager eq "x""#, "Q10"),
        (r#"emails ne "x""#, "any_value_differs"),
    ] {
        assert!(codes(text, &all).contains(&code), "{text}: {:?}", codes(text, &all));
    }
    let told = |query: &str| -> Vec<(&'static str, String)> {
        let query = ListQuery::parse(query, &Profile::scim()).and_then(|query| query.check(&Schema::user()));
        query.expect("a query").warnings().iter().map(|(_, told)| (told.code(), told.to_string())).collect()
    };
    let unused = told("sortOrder=descending");
    assert_eq!(unused.len(), 1);
    assert!(unused[0].1.starts_with("`sortOrder` has no effect without `sortBy`"), "{unused:?}");
    let alike = told("Filter=x");
    assert!(alike.iter().all(|(code, _)| *code == "parameter_looks_like"), "{alike:?}");
}

/// A page that is joined with the list of its rows has no columns more than one that is not.
#[test]
fn a_bare_star_is_the_table_of_the_mapping() {
    use scim_query::sql::{Column, Columns, Dialect, Select};
    let schema =
        Schema::builder("urn:x:y").attribute(AttributeDef::new("id", Type::String).case_exact()).build().unwrap();
    let columns = Columns::builder(&schema, Dialect::Sqlite, "users").alias("u");
    let columns = columns.column("id", Column::new("id").not_null()).build().unwrap();
    for query in ["", "startIndex=3"] {
        let query = ListQuery::parse(query, &Profile::scim()).and_then(|query| query.check(&schema)).unwrap();
        let selects = |list: &str| Select::new(&columns, list).page(&query).unwrap().statement.sql;
        assert!(selects(" * ").starts_with(r#"SELECT "u".*, "u"."id" AS scim_key_1 FROM "#), "{}", selects(" * "));
        assert!(selects("u.name").starts_with(r#"SELECT u.name, "#));
    }
}

/// RFC 7644 section 3.12: the errors that a host finds look like those of a query.
#[test]
fn errors_of_other_statuses_have_the_same_form() {
    let error = Filter::parse("titel").unwrap_err();
    let keys = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let scim = http::scim_status_error(413, "the body is too large");
    assert_eq!((&scim["status"], &scim["detail"]), (&json!("413"), &json!("the body is too large")));
    let mut with_type = scim.clone();
    with_type["scimType"] = "tooMany".into();
    assert_eq!(
        (keys(&with_type), &scim["schemas"]),
        (keys(&http::scim_error(&error)), &http::scim_error(&error)["schemas"])
    );
    let okta = http::okta_status_error(404, "there is none", "oae1");
    assert_eq!((keys(&okta), &okta["errorId"]), (keys(&http::okta_error(&error, "oae1")), &json!("oae1")));
    assert_eq!((&okta["errorSummary"], &okta["errorCauses"]), (&json!("there is none"), &json!([])));
    for (status, code) in [
        (400, "E0000001"),
        (401, "E0000004"),
        (403, "E0000006"),
        (404, "E0000007"),
        (405, "E0000022"),
        (409, "E0000001"),
        (413, "E0000001"),
        (429, "E0000047"),
        (500, "E0000009"),
        (501, "E0000060"),
        (503, "E0000009"),
    ] {
        let body = http::okta_status_error(status, "", "");
        assert_eq!((&body["errorCode"], &body["errorLink"]), (&json!(code), &json!(code)));
    }
}

/// S2: in any case, too, an object is assigned when something in it is.
#[test]
fn keys_in_any_case_are_looked_at_whole() {
    let resource = json!({"O": {"A": {"B": ""}, "C": []}, "P": {"Q": {}}});
    let open = |text: &str| check(&Schema::open(), text).matches(scim_query::AnyCase(&resource));
    for (text, expected) in
        [("o ne null", true), ("o pr", false), ("p eq null", true), ("o.a.b eq \"\"", true), ("o.a ne null", true)]
    {
        assert_eq!(open(text), expected, "{text}");
    }
}
