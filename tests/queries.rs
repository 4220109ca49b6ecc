//! List requests as wholes: SearchRequest bodies, parameters, and which attributes are returned.

use scim_query::{
    AnyCase, AttributeDef, Error, ListQuery, Options, Paging, Part, Profile, Quirks, Returned, Schema, Type, list,
};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn projected(schema: &Schema, query: &str, resource: &Value) -> Value {
    let query = ListQuery::parse(query, &Profile::scim()).and_then(|query| query.check(schema));
    query.unwrap_or_else(|error| panic!("{error:#}")).projection().apply(resource)
}

fn user() -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE],
        "id": "1",
        "userName": "bob",
        "PASSWORD": "secret",
        "password": "secret",
        "name": {"givenName": "Bob", "familyName": "Berg", "undeclared": 1},
        "emails": [{"value": "a@example.com", "type": "work"}, {"value": "b@example.com"}, "odd"],
        "undeclared": {"x": 1},
        ENTERPRISE: {"department": "D", "manager": {"value": "2", "displayName": "M"}, "undeclared": 2},
    })
}

/// The default user without these members, each given as a path of keys.
fn without(paths: &[&[&str]]) -> Value {
    let mut value = user();
    for path in [&["PASSWORD"][..], &["password"]].iter().chain(paths) {
        let (last, above) = path.split_last().unwrap();
        let object = above.iter().fold(&mut value, |value, key| value.get_mut(*key).unwrap());
        object.as_object_mut().unwrap().remove(*last);
    }
    value
}

#[test]
fn attributes_are_returned_by_what_is_asked_and_declared() {
    let schema = Schema::user();
    let of = |query: &str| projected(&schema, query, &user());
    let only = |rest: Value| {
        let mut value = json!({"schemas": [CORE, ENTERPRISE], "id": "1"});
        value.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        value
    };
    // Never the password, in whatever case it is stored; what is not declared is kept.
    assert_eq!(of(""), without(&[]));
    assert_eq!(of("attributes=USERNAME"), only(json!({"userName": "bob"})));
    assert_eq!(of("attributes=name.givenName"), only(json!({"name": {"givenName": "Bob"}})));
    assert_eq!(of("attributes=name"), only(json!({"name": user()["name"].clone()})));
    assert_eq!(
        of("attributes=emails.value"),
        only(json!({"emails": [{"value": "a@example.com"}, {"value": "b@example.com"}, "odd"]}))
    );
    assert_eq!(of("attributes=department"), only(json!({ENTERPRISE: {"department": "D"}})));
    assert_eq!(
        of(&format!("attributes={ENTERPRISE}:manager.value,%20userName")),
        only(json!({"userName": "bob", ENTERPRISE: {"manager": {"value": "2"}}}))
    );
    assert_eq!(
        of(&format!("attributes={ENTERPRISE}")),
        only(json!({ENTERPRISE: {"department": "D", "manager": {"value": "2", "displayName": "M"}}}))
    );
    let core = of(&format!("attributes={CORE}"));
    assert_eq!((&core["name"], &core["emails"]), (&user()["name"], &user()["emails"]));
    assert!(core.get(ENTERPRISE).is_none() && core.get("undeclared").is_none());

    assert_eq!(of("excludedAttributes=name,emails"), without(&[&["name"], &["emails"]]));
    assert_eq!(of("excludedAttributes=name.givenName"), without(&[&["name", "givenName"]]));
    assert_eq!(of("excludedAttributes=id,schemas"), without(&[]), "they are always returned");
    assert_eq!(of(&format!("excludedAttributes={ENTERPRISE}")), without(&[&[ENTERPRISE]]));
    assert_eq!(of("excludedAttributes=department"), without(&[&[ENTERPRISE, "department"]]));
    assert_eq!(projected(&Schema::open(), "attributes=a", &json!({"b": 1})), json!({"b": 1}));
}

#[test]
fn returned_always_and_on_request_hold_for_parts_too() {
    let part = |name, returned| AttributeDef::new(name, Type::String).returned(returned);
    let schema = Schema::builder("urn:x:y")
        .attribute(part("id", Returned::Always))
        .attribute(part("asked", Returned::Request))
        .attribute(AttributeDef::new("card", Type::Complex).sub_attributes([
            part("number", Returned::Never),
            part("last4", Returned::Always),
            part("note", Returned::Request),
            part("name", Returned::Default),
        ]))
        .build()
        .unwrap();
    let resource = json!({"id": "1", "asked": "a", "card": {"number": "n", "last4": "4", "note": "o", "name": "m"}});
    let of = |query: &str| projected(&schema, query, &resource);
    assert_eq!(of(""), json!({"id": "1", "card": {"last4": "4", "name": "m"}}));
    assert_eq!(of("attributes=asked"), json!({"id": "1", "asked": "a", "card": {"last4": "4"}}));
    assert_eq!(of("attributes=card"), json!({"id": "1", "card": {"last4": "4", "name": "m"}}));
    assert_eq!(of("attributes=card.note"), json!({"id": "1", "card": {"last4": "4", "note": "o"}}));
    assert_eq!(of("excludedAttributes=card"), json!({"id": "1", "card": {"last4": "4"}}));
    let refused = |query: &str| {
        let query = ListQuery::parse(query, &Profile::scim()).and_then(|query| query.check(&schema));
        let error = query.unwrap_err();
        (error.code(), error.scim_type().map(|scim_type| scim_type.to_string()))
    };
    assert_eq!(refused("attributes=card.number"), ("attribute_unknown", Some("invalidValue".into())));
    assert_eq!(refused("attributes=nosuch"), ("attribute_unknown", Some("invalidValue".into())));
    assert_eq!(refused("attributes=card[name%20pr]"), ("name_invalid", Some("invalidPath".into())));
    assert_eq!(refused("attributes=card&excludedAttributes=id").0, "attributes_with_excluded");
}

/// What may never be read is no reader's, however it is stored: in an array where one object is declared, and in any case.
#[test]
fn what_is_hidden_stays_hidden_in_misplaced_containers() {
    let part = |name: &str| AttributeDef::new(name, Type::String);
    let hidden = |name: &str| part(name).returned(Returned::Never);
    let schema = Schema::builder("urn:x:y")
        .attribute(part("id").returned(Returned::Always))
        .attribute(hidden("secret").at(["x", "secret"]))
        .extension("urn:x:E", [part("w"), hidden("pw")])
        .build()
        .unwrap();
    for (stored, left) in [
        (json!({"urn:x:E": [{"pw": "H", "w": "w"}]}), json!({"urn:x:E": [{"w": "w"}]})),
        (json!({"urn:x:E": [{"pw": "H"}, [{"pw": "H"}]]}), json!({})),
        (json!({"urn:x:E": {"PW": "H"}}), json!({})),
        (json!({"URN:X:e": {"PW": "H"}}), json!({})),
        (json!({"x": [{"secret": "H", "open": "p"}, 1]}), json!({"x": [{"open": "p"}, 1]})),
        (json!({"x": {"Secret": "H"}}), json!({})),
        (json!({"X": {"secret": "H"}}), json!({})),
        (json!({"x": {"secret": "H", "Secret": "H"}}), json!({})),
        (json!({"x": {"Secret": "H", "open": {}}, "X": []}), json!({"x": {"open": {}}, "X": []})),
    ] {
        assert_eq!(projected(&schema, "", &stored), left, "{stored}");
        let query = ListQuery::parse("", &Profile::scim()).unwrap().check(&schema).unwrap();
        let resource = json!({"id": "1", "urn:x:E": stored["urn:x:E"], "x": stored["x"]});
        let page = list([AnyCase(&resource)], &query).unwrap().projected(&query);
        assert!(!page[0].to_string().contains('H'), "{page:?}");
    }
}

/// Where names differ in case alone, each key is its own attribute's.
#[test]
fn case_exact_names_are_projected_each_by_itself() {
    let part = |name: &str| AttributeDef::new(name, Type::String);
    let schema = Schema::builder("urn:x:y")
        .case_exact_names()
        .attribute(part("id").returned(Returned::Always))
        .attributes([part("name"), part("Name").returned(Returned::Never), part("k"), part("K")])
        .build()
        .unwrap();
    let resource = json!({"id": "1", "name": "pub", "Name": "HID", "NAME": "HID", "k": "1", "K": "2"});
    for (query, left) in [
        ("", json!({"id": "1", "name": "pub", "k": "1", "K": "2"})),
        ("attributes=name", json!({"id": "1", "name": "pub"})),
        ("attributes=K", json!({"id": "1", "K": "2"})),
        ("attributes=k", json!({"id": "1", "k": "1"})),
    ] {
        assert_eq!(projected(&schema, query, &resource), left, "{query}");
        let query = ListQuery::parse(query, &Profile::scim()).unwrap().check(&schema).unwrap();
        let page = list([AnyCase(&resource)], &query).unwrap();
        assert_eq!(page.projected(&query), [left]);
    }
}

/// RFC 7643 section 2.5: a complex value without values is unassigned. S16: `{}` would tell that something hidden is stored.
#[test]
fn a_complex_value_of_which_nothing_is_left_is_left_out() {
    let part = |name: &str| AttributeDef::new(name, Type::String);
    let hidden = |name: &str| part(name).returned(Returned::Never);
    let schema = Schema::builder("urn:x:y")
        .attribute(part("id").returned(Returned::Always))
        .attribute(AttributeDef::new("name", Type::Complex).sub_attributes([part("given"), part("family")]))
        .attribute(
            AttributeDef::new("keys", Type::Complex).multi_valued().sub_attributes([hidden("value"), part("note")]),
        )
        .attribute(AttributeDef::new("lock", Type::Complex).sub_attributes([hidden("code"), part("label")]))
        .extension(
            "urn:x:e",
            [AttributeDef::new("boss", Type::Complex).sub_attributes([part("value"), part("label")]), part("unit")],
        )
        .build()
        .unwrap();
    let resource = json!({
        "id": "1", "name": {"given": "B", "family": "C"}, "keys": [{"value": "s"}, {"value": "t", "note": "n"}, {}],
        "lock": {"code": "s"}, "urn:x:e": {"boss": {"value": "2"}},
    });
    let of = |query: &str| projected(&schema, query, &resource);
    let (name, keys, boss) =
        (json!({"given": "B", "family": "C"}), json!([{"note": "n"}, {}]), json!({"boss": {"value": "2"}}));
    assert_eq!(of(""), json!({"id": "1", "name": name, "keys": keys, "urn:x:e": boss}));
    assert_eq!(of("excludedAttributes=name.given,name.family"), json!({"id": "1", "keys": keys, "urn:x:e": boss}));
    assert_eq!(of("excludedAttributes=name.given,urn:x:e:boss.value")["name"], json!({"family": "C"}));
    assert_eq!(of("excludedAttributes=name,keys,urn:x:e:boss.value"), json!({"id": "1"}));
    assert_eq!(of("attributes=keys.note"), json!({"id": "1", "keys": [{"note": "n"}]}));
    assert_eq!(of("attributes=boss.label,lock.label,lock"), json!({"id": "1"}));
    // In whatever case the keys are stored, and whatever else the schema does not declare.
    let other_case = |resource: Value| projected(&schema, "", &resource);
    assert_eq!(other_case(json!({"id": "1", "LOCK": {"Code": "s"}, "Keys": [{"VALUE": "s"}]})), json!({"id": "1"}));
    assert_eq!(other_case(json!({"id": "1", "LOCK": {"Code": "s", "x": 1}})), json!({"id": "1", "LOCK": {"x": 1}}));
    // What is stored empty is nobody's doing here.
    let stored = json!({"id": "1", "name": {}, "keys": [], "lock": null});
    assert_eq!(other_case(stored.clone()), stored);
    assert_eq!(projected(&schema, "attributes=name,keys", &stored), json!({"id": "1", "name": {}, "keys": []}));
    assert_eq!(projected(&schema, "attributes=name.given,keys.note", &stored), json!({"id": "1"}));
}

/// S2: in any case where the source says so, and returned as the schema writes it.
#[test]
fn keys_in_any_case_are_returned_as_declared() {
    let stored = [json!({
        "ID": "1", "USERNAME": "older", "userName": "bob", "username": "old", "PassWord": "s", "Name": {"GIVENNAME": "B", "Undeclared": 1},
        "EMAILS": [{"Value": "a@b.c", "TYPE": "work"}, "odd"], "Other": {"A": 1},
        ENTERPRISE.to_uppercase(): {"DEPARTMENT": "D", "manager": {"VALUE": "2"}},
    })];
    let of = |query: &str| {
        let query = ListQuery::parse(query, &Profile::scim()).unwrap().check(&Schema::user()).unwrap();
        let page = list(stored.iter().map(AnyCase), &query).unwrap();
        page.projected(&query).remove(0)
    };
    let name = json!({"givenName": "B", "Undeclared": 1});
    let emails = json!([{"value": "a@b.c", "type": "work"}, "odd"]);
    let of_enterprise = json!({"department": "D", "manager": {"value": "2"}});
    let rest = json!({"A": 1});
    assert_eq!(
        of("filter=userName%20eq%20%22bob%22"),
        json!({"id": "1", "userName": "bob", "name": name, "emails": emails, "Other": rest, ENTERPRISE: of_enterprise})
    );
    assert_eq!(
        of("attributes=userName,name.givenName"),
        json!({"id": "1", "userName": "bob", "name": {"givenName": "B"}})
    );
    assert_eq!(of("attributes=department"), json!({"id": "1", ENTERPRISE: {"department": "D"}}));
    assert_eq!(
        of(&format!("excludedAttributes=userName,emails.type,name,{ENTERPRISE}")),
        json!({"id": "1", "emails": [{"value": "a@b.c"}, "odd"], "Other": rest})
    );
}

fn body(text: &str) -> Result<ListQuery, Error> {
    ListQuery::from_search_request(text.as_bytes(), &Profile::scim())
}

#[test]
fn search_requests_say_what_query_strings_say() {
    let schema = Schema::user();
    let text = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "userName sw \"b\"",
        "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 1, "attributes": ["userName", "emails"],
        "excludedAttributes": [], "cursor": null, "other": {"x": 1}}"#;
    let query = body(text).unwrap();
    assert_eq!(query.unknown(), [("other".to_owned(), r#"{"x":1}"#.to_owned())]);
    let checked = query.check(&schema).unwrap();
    let same = "filter=userName+sw+%22b%22&sortBy=userName&sortOrder=descending&startIndex=2&count=1";
    let same = ListQuery::parse(same, &Profile::scim()).unwrap().check(&schema).unwrap();
    assert_eq!((checked.filter(), checked.ordering()), (same.filter(), same.ordering()));
    assert_eq!(*checked.paging(), Paging::Index { start_index: 2, count: 1 });
    let users =
        [json!({"id": "1", "userName": "b1", "title": "t"}), json!({"id": "2", "userName": "b2", "title": "t"})];
    let page = list(&users, &checked).unwrap();
    assert_eq!((page.total, page.projected(&checked)), (2, vec![json!({"id": "1", "userName": "b1"})]));

    for (text, size) in [
        (r#"{"count": 1e30}"#, 200),
        (r#"{"count": 99999999999999999999999}"#, 200),
        (r#"{"count": -5}"#, 0),
        (r#"{"count": 10.0, "attributes": []}"#, 10),
        (r#"{"count": null, "filter": null}"#, 100),
    ] {
        assert_eq!(body(text).unwrap().check(&schema).unwrap().paging().size(), size, "{text}");
    }
    let refused = |text: &str| {
        let error = body(text).and_then(|query| query.check(&schema)).unwrap_err();
        (error.code(), error.scim_type().unwrap().to_string())
    };
    assert_eq!(refused(r#"{"count": "5"}"#), ("integer_invalid", "invalidValue".into()));
    assert_eq!(refused(r#"{"count": 1.5}"#), ("integer_invalid", "invalidValue".into()));
    assert_eq!(refused(r#"{"filter": 1}"#), ("body_invalid", "invalidSyntax".into()));
    assert_eq!(refused(r#"{"filter": "a pr", "filter": "b pr"}"#).0, "body_invalid");
    assert_eq!(refused(r#"{"attributes": ["a,b"]}"#).0, "body_invalid");
    assert_eq!(refused(r#"{"schemas": ["urn:x:y"]}"#).0, "body_invalid");
    assert_eq!(refused("[]").0, "body_invalid");
    assert_eq!(refused(r#"{"filter": """#).0, "body_invalid");
    // Names in any case (RFC 7643 section 2.1): a filter is never left out for how its name is written.
    let other_case = body(r#"{"FILTER": "title pr", "Count": 3, "sortby": "title"}"#).unwrap().check(&schema).unwrap();
    assert_eq!((other_case.filter().to_string(), other_case.paging().size()), ("title pr".to_owned(), 3));
    assert_eq!(other_case.ordering().to_string(), "title asc, id asc");
    assert_eq!(refused(r#"{"filter": "a pr", "Filter": null}"#).0, "body_invalid");
    assert_eq!(refused(r#"{"Schemas": ["urn:x:y"]}"#).0, "body_invalid");
    // SCIM's, whatever the profile of query strings is.
    let okta = ListQuery::from_search_request(br#"{"count": 5}"#, &Profile::okta()).unwrap();
    assert_eq!(okta.check(&Schema::access_requests()).unwrap().paging().size(), 5);
}

#[test]
fn parameters_are_split_first_and_decoded_once() {
    let query = |text: &str| ListQuery::parse(text, &Profile::okta());
    let filter = |text: &str| query(text).map(|query| query.get(Part::Filter).unwrap().to_owned());
    assert_eq!(filter("filter=status+eq+%22A%2526%3D%22").unwrap(), r#"status eq "A%26=""#);
    assert_eq!(filter("?x=1&&%66ilter=a%20pr").unwrap(), "a pr", "a name may be encoded too");
    assert_eq!(filter("filter=a pr#x").unwrap(), "a pr#x");
    assert_eq!(filter("filter").unwrap(), "");
    for (text, code) in [
        ("filter=%", "percent_invalid"),
        ("filter=%4", "percent_invalid"),
        ("filter=%é", "percent_invalid"),
        ("filter=%C3%28", "utf8_invalid"),
        ("filter=a&filter=a", "parameter_repeated"),
    ] {
        assert_eq!(query(text).unwrap_err().code(), code, "{text}");
    }
    let unknown = query("Filter=a&limit=1&x=%zz").unwrap();
    assert_eq!(unknown.unknown(), [("Filter".to_owned(), "a".to_owned()), ("x".to_owned(), "%zz".to_owned())]);
    let warnings = unknown.check(&Schema::access_requests()).unwrap();
    let told: Vec<String> = warnings.warnings().iter().map(|(_, warning)| warning.to_string()).collect();
    assert_eq!(told, ["the unknown parameter `Filter` has no effect, did you mean `filter`?"]);
}

/// S15: a filter under another name is no filter, and everyone is returned. That can be refused.
#[test]
fn parameters_that_look_like_known_ones_can_be_refused() {
    let strict = Options::default().with_strict_parameters();
    let schema = Schema::user();
    let meant = |query: Result<ListQuery, Error>| {
        let query = query.unwrap();
        let warned = query.check(&schema).unwrap();
        let warned = warned.warnings().iter().find(|(part, _)| *part == Part::Query).map(|(_, told)| told.to_string());
        let refused = query.check_with(&schema, &strict).err();
        assert_eq!(warned.is_some(), refused.is_some(), "{query:?}");
        refused.map(|error| {
            assert_eq!((error.code(), error.part()), ("parameter_unknown", Part::Query));
            error.to_string().rsplit('`').nth(1).unwrap().to_owned()
        })
    };
    let scim = |query: &str| meant(ListQuery::parse(query, &Profile::scim()));
    let okta = |query: &str| meant(ListQuery::parse(query, &Profile::okta()));
    for (written, name) in [
        ("Filter=a", "filter"),
        ("filters=a", "filter"),
        ("filter[]=a", "filter"),
        ("fliter=a", "filter"),
        ("fitler=a", "filter"),
        ("filer=a", "filter"),
        ("sortby=a", "sortBy"),
        ("sort_by=a", "sortBy"),
        ("orderBy=a", "sortBy"),
        ("startindex=1", "startIndex"),
        ("attribute=a", "attributes"),
        ("excludeAttributes=a", "excludedAttributes"),
        ("limit=1", "count"),
    ] {
        assert_eq!(scim(written).as_deref(), Some(name), "{written}");
    }
    assert_eq!(okta("orderby=a").as_deref(), Some("orderBy"));
    assert_eq!(okta("count=1").as_deref(), Some("limit"));
    for other in ["", "filter=title%20pr&count=1", "tenant=7&county=Kent&amount=1&x", "filtering=1", "%FF=1"] {
        assert_eq!(scim(other), None, "{other}");
    }
    let member = |text: &str| meant(body(text));
    assert_eq!(member(r#"{"filters": "a pr"}"#).as_deref(), Some("filter"));
    assert_eq!(member(r#"{"FILTER": "title pr", "other": 1}"#), None);
    // What cannot be quoted is not.
    let error = ListQuery::parse("Fi\u{17f}lter=a&filter%00=a&Filter=a", &Profile::scim()).unwrap();
    let error = error.check_with(&schema, &strict).unwrap_err().to_string();
    assert!(error.ends_with("did you mean `filter`?") && error.is_ascii() && !error.contains('\0'), "{error}");
}

#[test]
fn quirks_of_parameters_are_told() {
    let check = |text: &str, profile: &Profile| {
        let options = Options::default().with_quirks(Quirks::ALL).with_alias("email", "emails");
        let query = ListQuery::parse(text, profile)?.check_with(&Schema::user(), &options)?;
        Ok::<_, Error>(
            query.warnings().iter().map(|(part, warning)| (part.as_str(), warning.code())).collect::<Vec<_>>(),
        )
    };
    let scim = Profile::scim();
    assert_eq!(
        check("filter=&count=&sortBy=email&sortOrder=DESC", &scim).unwrap(),
        [("filter", "Q7"), ("sortOrder", "Q7"), ("sortBy", "Q8"), ("count", "Q7"),]
    );
    assert_eq!(check("attributes=email.type", &scim).unwrap(), [("attributes", "Q8")]);
    assert_eq!(check("sortOrder=ascending", &scim).unwrap(), [("sortOrder", "sort_order_unused")]);
    assert!(check("startIndex=", &scim).is_err(), "no quirk is about it");
    assert!(check("limit=", &Profile::okta()).is_err());
}
