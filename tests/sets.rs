//! Sets of filters: by what a filter is found, and what that must not lose. The generated sets are in differential/sets.rs.

use scim_query::{AnyCase, AttributeDef, CheckedFilter, Filter, FilterSet, Schema, Type, attr};
use serde_json::{Value, json};

use crate::support::cases::test_user;

fn checked(schema: &Schema, text: &str) -> CheckedFilter {
    let filter = Filter::parse(text).and_then(|filter| filter.check(schema));
    filter.unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn set(schema: &Schema, texts: &[&str]) -> FilterSet {
    FilterSet::new(texts.iter().map(|text| checked(schema, text))).expect("filters of one schema")
}

/// What the set says of a resource, which has to be what each filter says.
fn found(set: &FilterSet, resource: &Value) -> Vec<usize> {
    let each = |number: &usize| set.get(*number).is_some_and(|filter| filter.matches(resource));
    let alone: Vec<usize> = (0..set.len()).filter(each).collect();
    let together = set.matches(resource);
    assert_eq!(together, alone, "{set:?} over {resource}");
    assert_eq!(set.is_match(resource), !alone.is_empty());
    together
}

#[test]
fn what_is_stored_otherwise_than_declared_is_found() {
    let schema = test_user();
    let set = set(
        &schema,
        &[
            r#"userName eq "BJensen""#,
            r#"userName eq "other" and userName sw "b""#,
            r#"userName gt "a" and userName lt "c""#,
            r#"emails.value eq "a@example.com""#,
            r#"emails[type eq "work" and value eq "a@example.com"]"#,
            r#"emails co "example""#,
            r#"not (userName ne "bjensen")"#,
            r#"userName eq "bjensen" or title eq "x""#,
            r#"title eq null"#,
        ],
    );
    let always = [5, 7, 8];
    assert_eq!(set.always_tested(), always.len());
    assert_eq!(found(&set, &json!({"userName": "bjensen"})), [0, 2, 6, 7, 8]);
    // Several values where one is declared are each a value (S2).
    assert_eq!(found(&set, &json!({"userName": ["OTHER", "bjensen"], "title": "t"})), [0, 1, 2, 7]);
    // The two bounds may be met by two of them.
    assert_eq!(found(&set, &json!({"userName": ["", "z"], "title": "t"})), [2]);
    // Values of another type are none, in any place.
    assert_eq!(found(&set, &json!({"userName": 7, "title": ["x", 1], "emails": "a@example.com"})), [7]);
    // One object where several are declared is one element.
    let email = json!({"value": "A@example.com", "type": "Work"});
    assert_eq!(found(&set, &json!({"emails": email, "title": "t"})), [3, 4, 5]);
    let two = json!([{"value": "a@example.com", "type": "home"}, {"value": "b@example.com", "type": "work"}, null]);
    assert_eq!(found(&set, &json!({"emails": two, "title": "t"})), [3, 5]);
    // Another source of the same.
    assert_eq!(set.matches(AnyCase(&json!({"USERNAME": "bjensen", "Title": "t"}))), [0, 2, 6, 7]);
    assert_eq!(found(&set, &json!([{"userName": "bjensen"}])), [8]);
    assert_eq!(found(&set, &Value::Null), [8]);
}

#[test]
fn numbers_and_instants_are_found_by_value() {
    let schema = Schema::builder("urn:example:2.0:Ticket")
        .attribute(AttributeDef::new("id", Type::String))
        .attribute(AttributeDef::new("severity", Type::Integer))
        .attribute(AttributeDef::new("weight", Type::Decimal))
        .attribute(AttributeDef::new("opened", Type::DateTime))
        .build()
        .expect("a schema");
    let set = set(
        &schema,
        &[
            "severity eq 3",
            "severity eq 3.0 or severity eq 4e0",
            "severity gt 3.5",
            "severity le 3",
            "weight eq 9007199254740993",
            "weight eq 0.1",
            r#"opened eq "2022-05-24T14:15:22Z""#,
            r#"opened ge "2022-05-24T16:15:22.000000001+02:00""#,
            r#"opened lt "2022-05-24T14:15:22Z""#,
            "severity eq 3.5",
        ],
    );
    assert_eq!(set.always_tested(), 0);
    assert_eq!(found(&set, &json!({"severity": 3.0, "weight": 0.1})), [0, 1, 3, 5]);
    assert_eq!(found(&set, &json!({"severity": 4, "weight": 9007199254740993i64})), [1, 2, 4]);
    // A fraction is no integer (S11).
    assert_eq!(found(&set, &json!({"severity": 3.5, "weight": "0.1"})), [0; 0]);
    assert_eq!(found(&set, &json!({"opened": "2022-05-24T16:15:22+02:00"})), [6]);
    assert_eq!(found(&set, &json!({"opened": "2022-05-24t14:15:22.000000001z"})), [7]);
    assert_eq!(found(&set, &json!({"opened": ["2022-05-24T14:15:21Z", "2022-05-24", "2023-01-01T00:00:00Z"]})), [7, 8]);
}

#[test]
fn ranges_are_found_wherever_they_begin_and_end() {
    let schema = Schema::builder("urn:example:2.0:Range")
        .attribute(AttributeDef::new("id", Type::String))
        .attribute(AttributeDef::new("n", Type::Integer))
        .attribute(AttributeDef::new("several", Type::Integer).multi_valued())
        .build()
        .expect("a schema");
    let ends = |of: &str, low: i32, high: i32| match (low + high) % 4 {
        0 => format!("{of} gt {low} and {of} lt {high}"),
        1 => format!("{of} eq {low} or {of} eq {high}"),
        2 => format!("{of} ge {low}"),
        _ => format!("{of} lt {high} or {of} eq {low}"),
    };
    let pairs = || (0..20).flat_map(|low| (low..low + 6).map(move |high| (low, high)));
    let texts: Vec<String> =
        pairs().flat_map(|(low, high)| [ends("n", low, high), ends("several", low, high)]).collect();
    let set = FilterSet::new(texts.iter().map(|text| checked(&schema, text))).expect("filters of one schema");
    assert_eq!(set.always_tested(), 0);
    for n in -1..27 {
        found(&set, &json!({"n": n}));
        found(&set, &json!({"several": [n, n + 4]}));
        found(&set, &json!({"n": [n, n + 9], "several": n}));
    }
}

#[test]
fn the_most_selective_requirement_counts() {
    let schema = Schema::access_requests();
    let user = |number: usize| attr("requestedFor").eq(format!("u{number}")).and(attr("status").eq("PENDING"));
    let filters =
        (0..1000).map(|number| user(number).build().and_then(|filter| filter.check(&schema)).expect("a filter"));
    let set = FilterSet::new(filters).expect("filters of one schema");
    assert_eq!((set.len(), set.always_tested()), (1000, 0));
    let of = |user: &str, status: &str| json!({"requestedFor": {"externalId": user}, "status": status});
    assert_eq!(found(&set, &of("u7", "PENDING")), [7]);
    assert_eq!(found(&set, &of("u7", "DENIED")), [0; 0]);
    assert_eq!(found(&set, &of("nobody", "PENDING")), [0; 0]);
}

#[test]
fn an_empty_set_matches_nothing_and_schemas_do_not_mix() {
    let empty = FilterSet::new([]).expect("no filters");
    assert!(empty.is_empty() && !empty.is_match(&json!({})) && empty.matches(&json!({})).is_empty());
    let mixed = [checked(&Schema::user(), "title pr"), checked(&Schema::access_requests(), "status pr")];
    let error = FilterSet::new(mixed).expect_err("two schemas");
    assert_eq!(error.to_string(), "filters of different schemas cannot be in one set");
    let open = set(&Schema::open(), &[r#"a.b eq 1"#, r#"a eq "x""#]);
    assert_eq!(open.always_tested(), 2);
    assert_eq!(found(&open, &json!({"a": {"b": 1.0, "value": "X"}})), [0, 1]);
}

/// Many values of a resource that find the same filters: each is tested once, and their list stays short.
#[test]
fn many_equal_values_cost_a_test_each() {
    let schema = Schema::user();
    let check = |text: &str| Filter::parse(text).and_then(|filter| filter.check(&schema)).expect("checks");
    let set = FilterSet::new([check(r#"emails.value eq "a" and emails.type co "zz""#)]).expect("one schema");
    let emails: Vec<_> = (0..50_000).map(|_| serde_json::json!({"value": "a", "type": "w"})).collect();
    let user = serde_json::json!({ "emails": emails });
    assert!(!set.is_match(&user));
    let many = (0..300).map(|at| check(&format!(r#"emails.value eq "a" and not (title eq "{at}")"#)));
    let many = FilterSet::new(many).expect("one schema");
    let mut found = Vec::new();
    many.matches_into(&user, &mut found);
    assert_eq!(found.len(), 300);
    assert!(found.capacity() < 4096, "{}", found.capacity());
}
