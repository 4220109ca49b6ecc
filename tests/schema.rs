//! Schemas: what is bundled, what is refused at start-up, how names and capabilities narrow a filter.

use scim_query::{
    AttributeDef, Capabilities, CheckedFilter, CheckedOrdering, CheckedQuery, Filter, Options, OrderBy, Path,
    Predicate, Returned, Schema, Type, fold,
};
use serde_json::{Value, json};

#[test]
fn what_is_checked_can_be_sent_kept_and_shared() {
    fn lasting<T: Clone + Send + Sync + 'static>() {}
    fn comparable<T: Eq + std::hash::Hash>() {}
    lasting::<CheckedFilter>();
    comparable::<CheckedFilter>();
    lasting::<Predicate>();
    lasting::<CheckedOrdering>();
    lasting::<CheckedQuery>();
    lasting::<Schema>();
}

#[test]
fn bundled_schemas_have_their_attributes() {
    let names = |schema: Schema| schema.roots().map(|(_, root)| root.name().to_owned()).collect::<Vec<_>>();
    let user = names(Schema::user());
    assert_eq!(user.len(), 4 + 21 + 6, "common, User, EnterpriseUser: {user:?}");
    assert_eq!(names(Schema::group()), ["schemas", "id", "externalId", "meta", "displayName", "members"]);
    assert_eq!(names(Schema::access_requests()), names(Schema::access_requests_documented()));
    for text in Schema::documents() {
        serde_json::from_str::<Value>(text).unwrap();
    }
}

fn document(attributes: Value) -> Value {
    json!({"id": "urn:example:2.0:Thing", "attributes": attributes})
}

#[test]
fn wrong_documents_are_refused_with_their_place() {
    let refused = |documents: &[Value]| Schema::from_json(documents).unwrap_err().to_string();
    let one = |attribute: Value| {
        let text = refused(&[document(json!([attribute]))]);
        text.strip_prefix("urn:example:2.0:Thing: ").unwrap().to_owned()
    };
    assert_eq!(refused(&[]), "no schema document is given");
    assert_eq!(refused(&[json!([])]), "a schema document is a JSON object");
    assert_eq!(refused(&[json!({"attributes": []})]), "a schema document has its URI as `id`");
    assert_eq!(refused(&[json!({"id": "urn:x:y"})]), "urn:x:y: a schema document has a list of `attributes`");
    assert_eq!(one(json!({"type": "string"})), "an attribute is an object with a `name`");
    assert_eq!(one(json!({"name": "a", "multiValued": "yes"})), "attribute `a`: `multiValued` is a boolean");
    assert_eq!(one(json!({"name": "a", "canonicalValues": [1]})), "attribute `a`: `canonicalValues` holds strings");
    assert_eq!(one(json!({"name": "a", "subAttributes": {}})), "attribute `a`: `subAttributes` is a list");
    assert_eq!(one(json!({"name": "a", "type": "complex"})), "attribute `a`: a complex attribute needs sub-attributes");
    assert_eq!(
        one(json!({"name": "a", "subAttributes": [{"name": "b"}]})),
        "attribute `a`: only a complex attribute has sub-attributes"
    );
    assert_eq!(
        one(json!({"name": "a b"})),
        "attribute `a b`: a name is an ASCII letter, then letters, digits, `-` and `_`"
    );
    assert_eq!(
        one(json!({"name": "a", "returned": "often"})),
        "attribute `a`: returned \"often\" is not one of always never default request"
    );
    assert_eq!(
        refused(&[document(json!([{"name": "a"}, {"name": "A"}]))]),
        "urn:example:2.0:Thing: attribute `A`: the name stands twice"
    );
    let twice = [document(json!([{"name": "a"}])), document(json!([{"name": "b"}]))];
    assert_eq!(refused(&twice), "urn:example:2.0:Thing: the schema is given twice");
    // Deeper than anything means: an error, not a stack overflow.
    let mut deep = json!({"name": "a"});
    for _ in 0..100 {
        deep = json!({"name": "a", "type": "complex", "subAttributes": [deep]});
    }
    assert!(one(deep).ends_with("sub-attributes lie too deep"));
}

#[test]
fn wrong_builders_are_refused() {
    let text = |name| AttributeDef::new(name, Type::String);
    let refused = |schema: scim_query::SchemaBuilder| schema.build().unwrap_err().to_string();
    let builder = || Schema::builder("urn:x:y").attribute(text("a"));
    assert_eq!(refused(builder().default_order("b asc")), "urn:x:y: unknown default order `b`");
    assert_eq!(refused(builder().default_order("a up")).split(':').nth(3), Some(" default order"));
    assert_eq!(refused(builder().tie_breakers(["b"])), "urn:x:y: unknown tie-breaker `b`");
    assert_eq!(refused(builder().attribute(text("c").at([]))).split(": ").nth(2), Some("it lies nowhere"));
    assert!(builder().build().is_ok(), "a schema without `id` can be filtered, not listed");
}

#[test]
fn hidden_attributes_are_neither_asked_about_nor_suggested() {
    let schema = Schema::builder("urn:x:y")
        .attribute(AttributeDef::new("secret", Type::String).returned(Returned::Never))
        .attribute(AttributeDef::new("pins", Type::Complex).multi_valued().sub_attributes([
            AttributeDef::new("value", Type::String).write_only(),
            AttributeDef::new("type", Type::String),
        ]))
        .build()
        .unwrap();
    let error = |text: &str| Filter::parse(text).unwrap().check(&schema).unwrap_err().to_string();
    assert_eq!(error("secret pr"), "the attribute `secret` cannot be filtered on at 0..6");
    assert_eq!(error("secre pr"), "unknown attribute `secre` at 0..5", "no suggestion of a hidden name");
    assert_eq!(error(r#"not (pins[value eq "x"])"#), "the attribute `value` cannot be filtered on at 10..15");
    assert_eq!(error(r#"pins eq "x""#), "the attribute `pins.value` cannot be filtered on at 0..4");
    let order = OrderBy::parse("pins").unwrap().check(&schema).unwrap_err();
    assert_eq!(order.code(), "attribute_not_sortable");
    // An element of hidden parts only is not assigned, so a filter cannot tell that it is there (S2, S16).
    let filter = |text: &str| Filter::parse(text).unwrap().check(&schema).unwrap();
    assert!(filter("pins eq null").matches(&json!({"pins": [{"value": "1234"}]})));
}

#[test]
fn capabilities_narrow_what_a_caller_may_ask() {
    let schema = Schema::user();
    let refused = |capabilities: Value, text: &str| {
        let capabilities: Capabilities = serde_json::from_value(capabilities).unwrap();
        let options = Options::default().with_capabilities(capabilities);
        Filter::parse(text).unwrap().check_with(&schema, &options).err().map(|error| error.code())
    };
    let names = json!({"attributes": ["USERNAME", "emails"]});
    assert_eq!(refused(names.clone(), r#"userName pr and emails.type eq "x" and emails co "y""#), None);
    assert_eq!(refused(names.clone(), "title pr"), Some("attribute_not_filterable"));
    assert_eq!(refused(names, "name[givenName pr]"), Some("attribute_not_filterable"));
    assert_eq!(refused(json!({"operators": ["eq"]}), "title pr"), Some("operator_denied"));
    assert_eq!(refused(json!({"connectives": ["and"]}), "title pr or title pr"), Some("form_denied"));
    assert_eq!(refused(json!({"connectives": ["and"]}), "not (title pr)"), Some("form_denied"));
    assert_eq!(refused(json!({"valuePaths": false}), "emails[type pr]"), Some("form_denied"));
    // The place is that of the first such word, whatever brackets were dropped around it.
    for (text, denied, start) in [
        ("title pr and (id pr or meta pr)", "or", 20),
        ("(title pr or id pr) and meta pr", "or", 10),
        ("((title pr or id pr) or meta pr)", "or", 11),
        ("title pr or (id pr and meta pr)", "and", 19),
        ("(title pr and id pr) and meta pr", "and", 10),
        ("title pr or emails[type pr or display pr]", "or", 9),
        ("title pr and not (id pr)", "not", 13),
    ] {
        let allowed: Vec<&str> = ["and", "or", "not"].into_iter().filter(|word| *word != denied).collect();
        let capabilities = serde_json::from_value(json!({"connectives": allowed})).unwrap();
        let options = Options::default().with_capabilities(capabilities);
        let error = Filter::parse(text).unwrap().check_with(&schema, &options).unwrap_err();
        let span = error.span().unwrap();
        assert_eq!((error.code(), span.start, span.of(text)), ("form_denied", start, denied), "{text}");
    }
    assert_eq!(refused(json!({"nesting": 1}), "not (not (title pr))"), Some("too_deep"));
    assert_eq!(refused(json!({"comparisons": 1}), "title pr and title pr"), Some("too_many_comparisons"));
    assert!(serde_json::from_value::<Capabilities>(json!({"operator": ["eq"]})).is_err(), "a misspelt member");
    assert!(serde_json::from_value::<Capabilities>(json!({"operators": ["like"]})).is_err());
    // A suggestion names only what the caller may use.
    let options =
        Options::default().with_capabilities(serde_json::from_value(json!({"attributes": ["displayName"]})).unwrap());
    let error = Filter::parse("usrName pr").unwrap().check_with(&schema, &options).unwrap_err();
    assert_eq!(error.to_string(), "unknown attribute `usrName` at 0..7");
}

#[test]
fn literals_are_prepared_and_deep_names_are_attributes() {
    let schema = Schema::builder("urn:x:y")
        .case_exact_names()
        .attribute(AttributeDef::new("login", Type::String).prepare(|text| text.trim().to_owned()))
        .attribute(AttributeDef::new("resource.profile.name", Type::String))
        .build()
        .unwrap();
    let filter = |text: &'static str| Filter::parse(text).unwrap().check(&schema);
    assert!(filter(r#"login eq " Bob ""#).unwrap().matches(&json!({"login": "bob"})));
    let deep = filter(r#"resource.profile.name eq "x""#).unwrap();
    assert!(deep.matches(&json!({"resource": {"profile": {"name": "X"}}})));
    let error = filter("LOGIN pr").unwrap_err();
    assert_eq!(error.to_string(), "unknown attribute `LOGIN` at 0..5: did you mean `login`?");
}

#[test]
fn a_short_name_of_two_extensions_is_ambiguous() {
    let level = || [AttributeDef::new("level", Type::Integer)];
    let schema = Schema::builder("urn:x:core:1.0:Thing")
        .attribute(AttributeDef::new("id", Type::String))
        .extension("urn:x:ext:1.0:A", level())
        .extension("urn:x:ext:1.0:B", level())
        .build()
        .unwrap();
    let error = Filter::parse("level eq 1").unwrap().check(&schema).unwrap_err();
    assert_eq!(
        error.to_string(),
        "several extensions have an attribute `level` at 0..5: write `urn:x:ext:1.0:A:level` or `urn:x:ext:1.0:B:level`"
    );
    let filter = Filter::parse("URN:X:ext:1.0:b:LEVEL eq 1").unwrap().check(&schema).unwrap();
    assert_eq!(filter.to_string(), "urn:x:ext:1.0:B:level eq 1");
    assert!(filter.matches(&json!({"urn:x:ext:1.0:B": {"level": 1.0}})));
    assert!(!filter.matches(&json!({"urn:x:ext:1.0:A": {"level": 1}})));
}

#[test]
fn patch_paths_name_attributes_elements_and_extensions() {
    let schema = Schema::user();
    let path = |text: &'static str| Path::parse(text).unwrap().check(&schema);
    assert!(path("password").is_ok(), "it may be written");
    assert!(path("tags").is_err() && path("emails[nosuch pr]").is_err() && path("emails[type pr].nosuch").is_err());
    assert!(path(r#"name[givenName eq "x"]"#).is_ok() && path(r#"userName[value eq "x"]"#).is_err());
    let error = path("emails[password pr]").unwrap_err();
    assert_eq!(error.scim_type().unwrap().to_string(), "invalidFilter");
    assert_eq!(path("nosuch").unwrap_err().scim_type().unwrap().to_string(), "invalidPath");
    let work = path(r#"emails[not (type eq "work")]"#).unwrap();
    assert!(work.selects(&json!({"value": "x"})) && !work.selects(&json!({"type": "WORK"})));
}

/// F1, over every code point: one character for one, stable, and the standard library's mapping where Unicode 14 had it.
#[test]
fn the_fold_is_one_to_one_and_stable() {
    for c in (0..=0x10FFFF).filter_map(char::from_u32) {
        let text = c.to_string();
        let folded = fold(&text);
        assert_eq!(folded.chars().count(), 1, "{c:?}");
        assert_eq!(fold(&folded), folded, "{c:?} is folded twice");
        let mut lower = c.to_lowercase();
        let standard = if c == '\u{130}' { 'i' } else { lower.next().unwrap() };
        // What a later version has added is not folded.
        assert!(
            *folded == *standard.to_string() || (*folded == *text && matches!(c, '\u{1C89}' | '\u{A7CB}'..)),
            "{c:?}"
        );
    }
}
