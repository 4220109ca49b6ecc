//! What a caller may not read says nothing to that caller (S16, L2): a question about it fails before any resource is looked at, so
//! alike whether the value is there or not; and no error, suggestion, cursor or page has it.

use scim_query::{
    AttributeDef, Capabilities, CursorKind, Cursors, Filter, ListQuery, Options, OrderBy, Path, Profile, Returned,
    Schema, Type, list,
};
use serde_json::{Value, json};

/// What no answer may have in it.
const VALUE: &str = "h1dden";

fn schema() -> Schema {
    let text = |name: &str| AttributeDef::new(name, Type::String);
    let hidden = |name: &str| text(name).returned(Returned::Never);
    Schema::builder("urn:example:2.0:Account")
        .attributes([text("id").case_exact(), text("name"), hidden("secret"), text("pin").write_only()])
        .attribute(hidden("codes").multi_valued())
        .attribute(AttributeDef::new("key", Type::Complex).sub_attributes([hidden("value"), text("label")]))
        .attribute(
            AttributeDef::new("keys", Type::Complex).multi_valued().sub_attributes([hidden("value"), text("label")]),
        )
        .attribute(AttributeDef::new("vault", Type::Complex).returned(Returned::Never).sub_attributes([text("value")]))
        .extension("urn:example:ext", [hidden("token"), text("unit")])
        .build()
        .expect("a schema")
}

/// One with everything, one with nothing of it: the caller reads the same of both.
fn accounts() -> [Value; 2] {
    let open = |value: Option<&str>| {
        let key = json!({"value": value, "label": "l"});
        json!({
            "id": "1", "name": "n", "secret": value, "pin": value, "codes": [value, value], "key": key, "keys": [key],
            "vault": {"value": value}, "urn:example:ext": {"token": value, "unit": "u"},
        })
    };
    [open(Some(VALUE)), open(None)]
}

const HIDDEN: [&str; 9] = [
    "secret",
    "SECRET",
    "pin",
    "codes",
    "key.value",
    "keys.value",
    "vault.value",
    "urn:example:ext:token",
    "urn:example:2.0:Account:secret",
];

fn questions(name: &str, literal: &str) -> Vec<String> {
    let mut questions: Vec<String> = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
        .iter()
        .map(|op| format!("{name} {op} \"{literal}\""))
        .chain([format!("{name} pr"), format!("{name} eq null"), format!("{name} ne null")])
        .collect();
    let all = questions.clone();
    for question in all {
        questions.extend([
            format!("not ({question})"),
            format!("name pr or {question}"),
            format!("not (name pr and not ({question}))"),
            format!("{question} and name eq \"nobody\""),
        ]);
    }
    questions
}

#[test]
fn no_filter_asks_what_may_not_be_read() {
    let schema = schema();
    let refused = |question: &str| {
        let error = Filter::parse(question).expect("a filter").check(&schema).expect_err(question);
        (error.code(), error.to_string(), scim_query::http::scim_error(&error))
    };
    for name in HIDDEN {
        for (right, wrong) in questions(name, VALUE).iter().zip(questions(name, "nobody")) {
            let told = refused(right);
            assert_eq!(told, refused(&wrong), "the literal does not count");
            assert_eq!(told.0, "attribute_not_filterable", "{right}");
            assert!(!told.1.contains(VALUE), "{}", told.1);
        }
    }
    // Bare, they would stand for their `value` (S8), which the caller may not read either; and so in brackets.
    for question in [
        "keys eq \"h1dden\"",
        "keys[value eq \"h1dden\"]",
        "key[value pr]",
        "vault pr",
        "vault[value pr]",
        "codes[value pr]",
    ] {
        assert_eq!(refused(question).0, "attribute_not_filterable", "{question}");
    }
}

#[test]
fn what_may_be_read_does_not_tell_what_may_not() {
    let schema = schema();
    let [with, without] = accounts();
    for question in
        ["key pr", "keys pr", "key eq null", "keys ne null", "keys[label pr]", "keys[not (label eq \"x\")]", "unit pr"]
    {
        let filter = Filter::parse(question).and_then(|filter| filter.check(&schema)).expect("it may be asked");
        assert_eq!(filter.matches(&with), filter.matches(&without), "{question}");
        let told = filter.explain_match(&with, false).to_string();
        assert_eq!(told, filter.explain_match(&without, false).to_string(), "{question}");
        let told = filter.explain_stored(&with).to_string();
        assert_eq!(told, filter.explain_stored(&without).to_string(), "{question}");
        for account in [&with, &without] {
            let raw = filter.compile_raw();
            assert_eq!(raw.matches(account.to_string().as_bytes()), Ok(filter.matches(account)), "{question}");
        }
    }
    // With a readable part gone, the hidden one alone makes nothing assigned.
    for (question, account) in
        [("key pr", json!({"key": {"value": VALUE}})), ("keys ne null", json!({"keys": [{"value": VALUE}]}))]
    {
        let filter = Filter::parse(question).and_then(|filter| filter.check(&schema)).expect("it may be asked");
        assert!(!filter.matches(&account), "{question}");
        assert_eq!(filter.compile_raw().matches(account.to_string().as_bytes()), Ok(false), "{question}");
    }
}

#[test]
fn no_order_page_or_path_has_what_may_not_be_read() {
    let schema = schema();
    for name in HIDDEN.into_iter().chain(["keys", "vault"]) {
        let error = OrderBy::parse(name).and_then(|order| order.check(&schema)).expect_err(name);
        assert!(["attribute_not_sortable", "sub_attribute_needed"].contains(&error.code()), "{name}: {error}");
        let builder = Schema::builder("urn:example:2.0:A").attributes([
            AttributeDef::new("id", Type::String),
            AttributeDef::new("secret", Type::String).returned(Returned::Never),
        ]);
        assert!(builder.clone().default_order("secret").build().is_err(), "its cursors would have it");
        assert!(builder.tie_breakers(["secret"]).build().is_err());
        // A path may write it, but not select by it.
        assert!(Path::parse("keys[value eq \"x\"].label").and_then(|path| path.check(&schema)).is_err());
    }
    for name in HIDDEN {
        let query =
            ListQuery::parse(&format!("attributes={name}"), &Profile::scim()).and_then(|query| query.check(&schema));
        assert_eq!(query.expect_err(name).code(), "attribute_unknown");
        // To leave it out asks for nothing that is not so (RFC 7643 section 7).
        let query = ListQuery::parse(&format!("excludedAttributes={name},name"), &Profile::scim());
        let query = query.and_then(|query| query.check(&schema)).expect(name);
        let [with, without] = accounts().map(|account| query.projection().apply(&account));
        assert_eq!(with.get("name"), None);
        assert!(!with.to_string().contains(VALUE), "{name}: {with}");
        assert_eq!(with["key"], without["key"]);
    }
    let accounts = accounts();
    let more: Vec<Value> = accounts
        .iter()
        .cloned()
        .enumerate()
        .map(|(at, mut account)| {
            account["id"] = json!(at.to_string());
            account
        })
        .collect();
    for asked in [
        "",
        "attributes=name,keys,key",
        "attributes=urn:example:2.0:Account",
        "excludedAttributes=name",
        "attributes=urn:example:ext",
    ] {
        let query = ListQuery::parse(
            &format!("{asked}&count=1&cursor="),
            &Profile::scim().with_cursors(CursorKind::Opaque(Cursors::new())),
        );
        let query = query.and_then(|query| query.check(&schema)).expect("it may be asked");
        let page = list(&more, &query).expect("a page");
        let shown = serde_json::to_string(&page.projected(&query)).expect("JSON");
        assert!(!shown.contains(VALUE), "{asked}: {shown}");
        assert!(
            !shown.contains("\"secret\"") && !shown.contains("\"pin\"") && !shown.contains("\"vault\""),
            "{asked}: {shown}"
        );
        let cursor = page.next.expect("a second page");
        assert!(!cursor.contains(VALUE));
    }
}

/// S2: an array inside an array is no value, so that nothing of it is compared; nor is it returned where it may hide something.
#[test]
fn no_page_has_what_is_hidden_in_an_array_of_arrays() {
    let schema = schema();
    let hidden = json!([[{"value": VALUE}], [[{"value": VALUE}]], {"label": "l"}]);
    let account = json!({"id": "1", "key": hidden, "keys": hidden, "KEYS": [[{"VALUE": VALUE}]], "name": [["n"]]});
    for (asked, keys) in [("", json!([{"label": "l"}])), ("attributes=keys", json!([{"label": "l"}]))] {
        let query = ListQuery::parse(asked, &Profile::scim()).and_then(|query| query.check(&schema)).expect(asked);
        let shown = query.projection().apply(&account);
        assert!(!shown.to_string().contains(VALUE), "{asked}: {shown}");
        assert_eq!((&shown["keys"], shown.get("KEYS")), (&keys, None));
    }
    let user = json!({"id": "1", "emails": [["odd"]]});
    let query = ListQuery::parse("", &Profile::scim()).and_then(|query| query.check(&Schema::user())).expect("a query");
    assert_eq!(query.projection().apply(&user), user, "where nothing is hidden it stays");
}

#[test]
fn a_slip_is_not_told_a_name_that_may_not_be_asked() {
    let schema = schema();
    let suggested = |name: &str, options: &Options| {
        let error =
            Filter::parse_with(&format!("{name} pr"), options).and_then(|filter| filter.check_with(&schema, options));
        error.map_or_else(|error| error.to_string(), |_| String::new())
    };
    for slip in ["secre", "secrets", "Secret1", "pinn", "code", "codess", "vaul", "key.valu", "keys.val", "toke"] {
        let told = suggested(slip, &Options::default());
        for name in ["secret", "pin", "codes", "vault", "key.value", "keys.value", "token"] {
            assert!(!told.contains(&format!("`{name}`")), "{told}");
            assert!(!told.ends_with(&format!("{name}`?")), "{told}");
        }
    }
    // Neither what the caller alone may not ask.
    let narrowed: Capabilities =
        serde_json::from_value(json!({"attributes": ["name", "key.label"]})).expect("capabilities");
    let options = Options::default().with_capabilities(narrowed);
    for slip in ["keys.labe", "uni", "i"] {
        let told = suggested(slip, &options);
        let suggestion = told.split_once("did you mean ").map(|(_, suggestion)| suggestion);
        assert!(told.contains("unknown attribute"), "{told}");
        assert!(suggestion.is_none_or(|suggestion| ["`name`?", "`key.label`?"].contains(&suggestion)), "{told}");
    }
    // A whole attribute is more than the part of it that is allowed.
    for question in ["key pr", "key eq null", "key[label pr] and key pr", "unit pr", "keys.label pr", "keys[label pr]"]
    {
        let found = Filter::parse(question).and_then(|filter| filter.check_with(&schema, &options));
        assert_eq!(found.expect_err(question).code(), "attribute_not_filterable", "{question}");
    }
    assert!(Filter::parse("key.label pr").and_then(|filter| filter.check_with(&schema, &options)).is_ok());
    // An alias is another name, not another right.
    let options = Options::default().with_alias("s", "secret").with_alias("k", "key.value");
    for alias in ["s", "k", "S"] {
        let told = suggested(alias, &options);
        assert!(told.contains("cannot be filtered on"), "{told}");
    }
}

/// What a log may have: nothing of the literals, in any form but the one with carets.
#[test]
fn logs_have_no_literal_but_by_the_form_with_carets() {
    let schema = schema();
    let texts = [
        "name eq \"h1dden\"",
        "name eq h1dden",
        "name eq 'h1dden'",
        "name \"h1dden\"",
        "name eq \"h1dden",
        "name eq \"\\h1dden\"",
        "name h1dden \"x\"",
        "name eq \"h1dden\" h1dden",
        "name eq \"h1dden\" and",
        "name[value eq \"h1dden\"]",
        "name gt h1dden",
        "not name eq \"h1dden\"",
        "(name eq \"h1dden\"",
        "name eq \"h1dden\")",
        "name eq \"h1dden\" and zz pr",
        "name eq nullh1dden",
        "name eq 1h1dden",
        "name eq trueh1dden",
        "name eq\"h1dden\"",
        "name eq (\"h1dden\")",
        "name in [\"h1dden\"]",
        "name = \"h1dden\"",
    ];
    for text in texts {
        let found = Filter::parse(text).and_then(|filter| {
            let redacted = format!("{} {:?}", filter.redacted(), filter.redacted());
            assert!(!redacted.contains(VALUE), "{redacted}");
            filter.check(&schema)
        });
        match found {
            Ok(filter) => {
                let told = format!("{} {:?} {}", filter.redacted(), filter.redacted(), filter.explain(true));
                assert!(!told.contains(VALUE), "{told}");
            }
            // A word in an operator's place is told as an unknown operator; with a digit in it, it is rather a value.
            Err(error) => {
                let bodies = format!(
                    "{error} {} {}",
                    scim_query::http::scim_error(&error),
                    scim_query::http::okta_error(&error, "e1")
                );
                assert!(!bodies.contains(VALUE), "{bodies}");
                assert!(format!("{error:#}").contains(VALUE) && error.text() == text, "the form for people has it");
                assert!(format!("{error:#}").len() < 600);
            }
        }
    }
    for query in [
        "count=h1dden",
        "startIndex=h1dden",
        "cursor=h1dden",
        "sortOrder=h1dden%20",
        "filter=%h1dden",
        "limit=h1dden",
        "after=%ff",
    ] {
        for profile in [Profile::scim(), Profile::okta()] {
            let found = ListQuery::parse(query, &profile).and_then(|query| query.check(&schema));
            let told = found.map_or_else(
                |error| error.to_string(),
                |query| match list(&[] as &[Value], &query) {
                    Err(error) => error.to_string(),
                    Ok(_) => String::new(),
                },
            );
            // Of a sort order it is a word that the client wrote as one.
            assert!(!told.contains(VALUE) || told.starts_with("unknown sort order"), "{query}: {told}");
        }
    }
    let keys = format!("{:?}", Cursors::new().with_scope("tenant-h1dden"));
    assert_eq!(keys, "Cursors { .. }");
}

/// S16, O3: which element is the primary one is told by an order, so that who may not ask for it may not order by it.
#[test]
fn an_order_that_tells_a_hidden_primary_is_refused() {
    let allowed = |attributes: &[&str]| {
        let capabilities = serde_json::json!({ "attributes": attributes });
        let options = Options::default().with_capabilities(serde_json::from_value(capabilities).unwrap());
        OrderBy::parse("emails.value").unwrap().check_with(&Schema::user(), &options).map(drop)
    };
    let refused = allowed(&["id", "emails.value"]).unwrap_err();
    assert_eq!(refused.to_string(), "the attribute `emails.primary` cannot be ordered by at 0..12");
    assert_eq!(allowed(&["emails.value", "emails.primary"]), Ok(()));
    assert_eq!(allowed(&["emails"]), Ok(()));
    assert!(OrderBy::parse("emails").unwrap().check(&Schema::user()).is_ok());
    // What is not ordered by itself decides all the same.
    let parts = [AttributeDef::new("value", Type::String), AttributeDef::new("primary", Type::Boolean).not_sortable()];
    let phones = AttributeDef::new("phones", Type::Complex).multi_valued().sub_attributes(parts);
    let id = AttributeDef::new("id", Type::String);
    let schema = Schema::builder("urn:example:2.0:Phone").attributes([id, phones]).build().unwrap();
    assert!(OrderBy::parse("phones.value").unwrap().check(&schema).is_ok());
}
