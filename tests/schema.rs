//! Schemas: what is bundled, what is refused at start-up, how names and capabilities narrow a filter.

use scim_query::sql::{Column, Columns, Dialect};
use scim_query::{
    AttributeDef, Capabilities, CheckedFilter, CheckedOrdering, CheckedQuery, Filter, ListQuery, Options, OrderBy,
    Path, Predicate, Profile, Returned, Schema, Type, fold,
};
use serde_json::{Value, json};

#[test]
fn what_is_checked_can_be_sent_kept_and_shared() {
    fn lasting<T: Clone + Send + Sync + 'static>() {}
    fn comparable<T: Eq + std::hash::Hash>() {}
    lasting::<CheckedFilter>();
    comparable::<CheckedFilter>();
    let hash = |at: usize| {
        use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
        let filter = Filter::parse(&format!("title eq \"{at}\"")).and_then(|filter| filter.check(&Schema::user()));
        BuildHasherDefault::<DefaultHasher>::default().hash_one(filter.unwrap())
    };
    let hashes: std::collections::BTreeSet<u64> = (0..100).map(hash).collect();
    assert!(hashes.len() > 90, "filters that differ have hashes that differ");
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

/// RFC 7643 section 7: a client that fills a reference in has to know what of.
#[test]
fn bundled_references_say_what_they_refer_to() {
    let mut found = Vec::new();
    for text in Schema::documents() {
        let document: Value = serde_json::from_str(text).unwrap();
        for root in document["attributes"].as_array().unwrap() {
            let parts = root["subAttributes"].as_array().map(Vec::as_slice).unwrap_or_default();
            for attribute in parts.iter().chain([root]).filter(|attribute| attribute["type"] == "reference") {
                found.push((root["name"].as_str().unwrap().to_owned(), attribute["referenceTypes"].clone()));
            }
        }
    }
    let expected = [
        ("profileUrl", json!(["external"])),
        ("photos", json!(["external"])),
        ("groups", json!(["Group"])),
        ("members", json!(["User", "Group"])),
        ("manager", json!(["User"])),
    ];
    assert_eq!(found, expected.map(|(name, types)| (name.to_owned(), types)));
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
    assert_eq!(refused(&[json!({"id": "", "attributes": []})]), "a schema document has its URI as `id`");
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
        one(json!({"name": "a", "type": "number"})),
        "attribute `a`: type \"number\" is not one of string boolean decimal integer dateTime binary reference complex"
    );
    assert_eq!(
        one(json!({"name": "a", "mutability": "never"})),
        "attribute `a`: mutability \"never\" is not one of readOnly readWrite immutable writeOnly"
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

/// O5: what a request may not name, the schema may still order by.
#[test]
fn a_default_order_may_be_by_what_no_request_orders_by() {
    let rank = AttributeDef::new("rank", Type::Integer).not_sortable();
    let id = AttributeDef::new("id", Type::String);
    let schema = Schema::builder("urn:x:y").attributes([id, rank]).default_order("rank desc").build().unwrap();
    let ordering = |query| ListQuery::parse(query, &Profile::okta()).and_then(|query| query.check(&schema));
    assert_eq!(ordering("").unwrap().ordering().to_string(), "rank desc, id desc");
    assert_eq!(ordering("orderBy=rank").unwrap_err().code(), "attribute_not_sortable");
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
    assert_eq!(refused(builder().tie_breakers([]).default_order("a")), "urn:x:y: a default order needs a tie-breaker");
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
fn parts_are_ordered_by_where_the_whole_is() {
    let name = AttributeDef::new("name", Type::String);
    let customer = AttributeDef::new("customer", Type::Complex).sub_attributes([name]);
    let order_by_part = |customer: AttributeDef| {
        let schema =
            Schema::builder("urn:x:y").attributes([AttributeDef::new("id", Type::String), customer]).build().unwrap();
        OrderBy::parse("customer.name").unwrap().check(&schema).map(drop).map_err(|error| error.code())
    };
    assert_eq!(order_by_part(customer.clone()), Ok(()));
    assert_eq!(order_by_part(customer.not_sortable()), Err("attribute_not_sortable"));
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
    let told = |text: &str| serde_json::from_str::<Capabilities>(text).unwrap_err().to_string();
    assert!(told(r#"{"nesting": 1, "nesting": 2}"#).starts_with("duplicate field `nesting`"));
    assert!(
        told(r#"{"connectives": ["xor"]}"#).starts_with("unknown variant `xor`, expected one of `and`, `or`, `not`")
    );
    assert!(told("[]").contains("expected an object of capabilities"));
    // What is written is read again, member by member.
    let all = json!({"attributes": ["id"], "operators": ["eq", "pr"], "connectives": ["or", "not"], "valuePaths": false,
        "nesting": 3, "comparisons": 7});
    let read: Capabilities = serde_json::from_value(all.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), all);
    let empty: Capabilities = serde_json::from_value(json!({"nesting": null})).unwrap();
    assert_eq!(empty, Capabilities::default());
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
fn a_schema_and_its_attributes_say_what_they_are() {
    let schema = Schema::builder("urn:x:y")
        .common_attributes()
        .attribute(AttributeDef::new("kind", Type::String).canonical_values(["a", "b"]))
        .attribute(AttributeDef::new("flag", Type::Boolean).assumed_false(true))
        .attribute(AttributeDef::new("key", Type::Binary))
        .attribute(AttributeDef::new("secret", Type::String).write_only())
        .attribute(AttributeDef::new("silent", Type::String).not_filterable().not_sortable())
        .attribute(
            AttributeDef::new("quiet", Type::Complex)
                .not_filterable()
                .sub_attributes([AttributeDef::new("part", Type::String)]),
        )
        .extension("urn:x:z", [AttributeDef::new("more", Type::String).returned(Returned::Request)])
        .build()
        .unwrap();
    assert_eq!(schema.uris().collect::<Vec<_>>(), ["urn:x:y", "urn:x:z"]);
    assert!(!schema.has_case_exact_names() && Schema::access_requests().has_case_exact_names());
    let of = |name: &str| schema.attribute(schema.find(None, name).unwrap());
    assert!(
        of("meta.created").ty() == Type::DateTime
            && of("externalId").is_case_exact()
            && of("schemas").is_multi_valued()
    );
    let listed: Vec<&str> = of("kind").canonical_values().iter().map(|value| &**value).collect();
    assert_eq!(listed, ["a", "b"]);
    assert!(of("id").canonical_values().is_empty());
    assert!(of("flag").is_assumed_false() && !of("kind").is_assumed_false());
    assert!(of("kind").is_readable() && !of("secret").is_readable() && of("silent").is_readable());
    assert!(
        of("kind").is_sortable()
            && !of("key").is_sortable()
            && !of("secret").is_sortable()
            && !of("silent").is_sortable()
    );
    assert!(
        of("kind").is_filterable()
            && of("key").is_filterable()
            && !of("secret").is_filterable()
            && !of("silent").is_filterable()
    );
    assert!(
        of("silent").operators() == scim_query::OperatorSet::NONE
            && of("kind").operators() != scim_query::OperatorSet::NONE
    );
    // A part is asked for no more than the whole is.
    assert!(!of("quiet.part").is_filterable() && of("quiet.part").is_sortable());
    assert_eq!(of("quiet.part").operators(), scim_query::OperatorSet::NONE);
    assert_eq!(CheckedOrdering::default_of(&Schema::access_requests()).to_string(), "created desc, id desc");
    assert_eq!(CheckedOrdering::default_of(&Schema::user()).to_string(), "id asc");
    let keeps = |schema: &Schema, text: &str| {
        let query =
            scim_query::ListQuery::parse(text, &scim_query::Profile::scim()).and_then(|query| query.check(schema));
        query.unwrap().projection().keeps_everything()
    };
    assert!(!keeps(&schema, ""), "a secret goes");
    let plain = Schema::builder("urn:x:y").attribute(AttributeDef::new("id", Type::String)).build().unwrap();
    assert!(keeps(&plain, "") && keeps(&Schema::open(), "") && !keeps(&plain, "attributes=id"));
}

#[test]
fn the_parts_of_what_was_written_have_their_places() {
    let text = r#"emails.value CO "x" and active pr"#;
    let filter = Filter::parse(text).unwrap();
    let scim_query::ExprKind::And(terms) = filter.expr().kind() else { panic!("two terms") };
    let places: Vec<[&str; 4]> = terms
        .into_iter()
        .map(|term| match term.kind() {
            scim_query::ExprKind::Attr(exp) => {
                [exp.path().span(), exp.op_span(), exp.value_span(), exp.span()].map(|span| span.of(text))
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        places,
        [["emails.value", "CO", r#""x""#, r#"emails.value CO "x""#], ["active", "pr", "pr", "active pr"]]
    );
    let uri = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (text, is_uri) in
        [(uri, true), ("userName", false), ("urn:x:name.part", false), ("urn:x:emails[type pr]", false)]
    {
        assert_eq!(Path::parse(text).unwrap().as_schema_uri(), is_uri.then_some(text), "{text}");
    }
    for (word, known) in
        [("eq", true), ("PR", true), ("Le", true), ("eqq", false), ("e", false), ("", false), ("xx", false)]
    {
        assert_eq!(scim_query::Operator::from_word(word).is_some(), known, "{word}");
    }
}

#[test]
fn options_are_checked_at_start_up() {
    let capabilities = |names: &[&str]| {
        let mut capabilities = Capabilities::default();
        capabilities.attributes = Some(names.iter().map(|name| (*name).to_owned()).collect());
        Options::default().with_capabilities(capabilities)
    };
    let told = |options: Options, schema: &Schema| options.verify(schema).map_err(|error| error.to_string());
    let (user, requests) = (Schema::user(), Schema::access_requests());
    assert_eq!(told(Options::default(), &user), Ok(()));
    assert_eq!(told(Options::default().with_alias("mail", "emails.value"), &user), Ok(()));
    let wrong = Options::default().with_alias("ok", "emails").with_alias("mail", "emails.nothing");
    let lacks = "the alias `mail` is of `emails.nothing`, which the schema does not have";
    assert_eq!(told(wrong.clone(), &user), Err(lacks.to_owned()));
    assert_eq!(told(wrong, &Schema::open()), Ok(()), "nothing is declared");
    assert_eq!(told(capabilities(&["USERNAME", "emails"]), &user), Ok(()));
    assert_eq!(told(capabilities(&["status"]), &requests), Ok(()));
    let hint = "the capabilities name `STATUS`, which the schema does not have";
    assert_eq!(told(capabilities(&["STATUS"]), &requests), Err(hint.to_owned()));
    let hint = "the capabilities name `department`, which the schema does not have, write \
                `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`";
    assert_eq!(told(capabilities(&["userName", "department"]), &user), Err(hint.to_owned()));
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
    assert!(work.has_filter() && work.sub_attribute().is_none() && !path("emails").unwrap().has_filter());
    let value = path("emails[type pr].value").unwrap();
    let named = value.sub_attribute().map(|id| value.schema().attribute(id).full_name().to_owned());
    assert!(value.has_filter() && named.as_deref() == Some("emails.value"));
    assert!(path("emails").unwrap().selects(&json!({})), "all of them");
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

#[test]
fn the_parts_of_what_is_not_asked_for_need_neither_columns_nor_indexes() {
    let parts = [AttributeDef::new("at", Type::DateTime), AttributeDef::new("x", Type::String)];
    let schema = Schema::builder("urn:x:y")
        .attribute(AttributeDef::new("id", Type::String).case_exact())
        .attribute(AttributeDef::new("c", Type::Complex).not_filterable().not_sortable().sub_attributes(parts))
        .build()
        .unwrap();
    for dialect in Dialect::ALL {
        let id = Column::new("id").not_null().max_length(30);
        let columns = Columns::builder(&schema, dialect, "t").column("id", id).build().unwrap();
        columns.covers().unwrap();
        let ddl = Columns::standard(&schema, dialect, "t").unwrap().ddl().join("\n");
        assert!(!ddl.contains("c_x_fold") && !ddl.contains("INDEX"), "{ddl}");
    }
}
