//! The laws of docs/semantics.md: what holds for every text, value and resource. Each is named by the rule that it is of, and they
//! stand in the order of the rules; single cases of the rules stand in tests/cases, and the laws of SQL in tests/sql/laws.rs. The
//! last test lists the rules, and fails where one has no case or no law.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use scim_query::sql::{Columns, Dialect, SqlLimits};
use scim_query::{
    AttrTest, AttributeDef, CheckedFilter, CompValue, CompareOp, CursorKind, Cursors, Error, ExprKind, Filter,
    FilterBuilder, Limits, ListError, ListQuery, Options, OrderBy, Paging, Part, Path, Profile, Quirk, Quirks,
    Returned, Schema, Type, attr, fold, list,
};
use serde_json::{Map, Value, json};

use crate::support::cases::{encode, lines, text as member_text};

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = |name: &str| AttributeDef::new(name, Type::String);
    let email = [text("value"), text("type"), AttributeDef::new("primary", Type::Boolean).assumed_false(true)];
    Schema::builder("urn:law:Thing")
        .attribute(text("id").case_exact())
        .attributes([text("name"), text("exact").case_exact(), text("tags").multi_valued()])
        .attribute(text("secret").returned(Returned::Never))
        .attribute(AttributeDef::new("count", Type::Integer))
        .attribute(AttributeDef::new("score", Type::Decimal))
        .attribute(AttributeDef::new("flag", Type::Boolean))
        .attribute(AttributeDef::new("at", Type::DateTime))
        .attribute(AttributeDef::new("key", Type::Binary))
        .attribute(AttributeDef::new("link", Type::Reference))
        .attribute(AttributeDef::new("owner", Type::Complex).sub_attributes([text("value"), text("label")]))
        .attribute(AttributeDef::new("place", Type::Complex).sub_attributes([text("city"), text("zip")]))
        .attribute(AttributeDef::new("emails", Type::Complex).multi_valued().sub_attributes(email))
        .extension("urn:law:ext", [text("badge"), AttributeDef::new("level", Type::Integer)])
        .build()
        .expect("a schema")
});

fn check(text: &str) -> Result<CheckedFilter, Error> {
    Filter::parse(text)?.check(&SCHEMA)
}

pub(crate) fn checked(text: &str) -> CheckedFilter {
    check(text).unwrap_or_else(|error| panic!("{error:#}"))
}

fn is(text: &str, resource: &Value) -> bool {
    checked(text).matches(resource)
}

fn code(text: &str) -> &'static str {
    check(text).map_or_else(|error| error.code(), |_| "accepted")
}

/// With one quirk on.
fn lenient(quirk: Quirk, text: &str) -> Result<CheckedFilter, Error> {
    let options = Options::default().with_quirks(Quirks::of([quirk]));
    Filter::parse_with(text, &options)?.check_with(&SCHEMA, &options)
}

pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn object<'n>(members: impl IntoIterator<Item = (&'n str, Option<Value>)>) -> Value {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

/// The text with each word outside of strings spelt otherwise.
fn respelled(text: &str, mut word: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => {
                let mut escaped = false;
                let end = rest[1..].find(|c| {
                    let was = std::mem::replace(&mut escaped, false);
                    escaped = c == '\\' && !was;
                    c == '"' && !was
                });
                end.expect("a closed string") + 2
            }
            c if c.is_ascii_alphanumeric() => rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        out += &if c == '"' { piece.to_owned() } else { word(piece) };
        rest = after;
    }
    out
}

/// The letters in the case that the bits say, again and again.
fn in_case(text: &str, bits: u64) -> String {
    let upper = |at: usize| bits >> (at % 64) & 1 == 1;
    text.chars()
        .enumerate()
        .map(|(at, c)| if upper(at) { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

const KEYWORDS: [&str; 13] = ["and", "or", "not", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"];
pub(crate) const OPS: [&str; 9] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
pub(crate) const BY_ORDER: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];
/// Of one value or of several; what `pr` and the null tests may ask for.
const NAMES: [&str; 12] = [
    "name",
    "exact",
    "tags",
    "count",
    "flag",
    "at",
    "owner",
    "place.city",
    "emails",
    "emails.type",
    "emails.primary",
    "urn:law:ext:badge",
];

fn holds(op: &str, order: Ordering) -> bool {
    match op {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        _ => panic!("{op} is no order"),
    }
}

/// What an operator says of two texts (S9).
fn of_texts(op: &str, stored: &str, literal: &str) -> bool {
    match op {
        "co" => stored.contains(literal),
        "sw" => stored.starts_with(literal),
        "ew" => stored.ends_with(literal),
        _ => holds(op, stored.cmp(literal)),
    }
}

/// Few letters, so that texts are often equal or parts of each other; some change in length when they are folded.
pub(crate) fn word() -> impl Strategy<Value = String> {
    "[abAB\u{e9}\u{c9}\u{130}\u{212a}k]{0,3}"
}

fn stored(text: impl Strategy<Value = String>) -> impl Strategy<Value = Value> {
    text.prop_map(Value::from)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3i64).prop_map(Value::from),
        stored(word()),
        Just(json!("2020-01-01T00:00:00Z")),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            (select(vec!["value", "type", "city", "odd"]), inner).prop_map(|(name, value)| json!({name: value})),
        ]
    })
}

/// Absent, of its type, or anything.
fn member(fitting: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![1 => Just(None), 1 => any_json().prop_map(Some), 4 => fitting.prop_map(Some)]
}

fn email() -> impl Strategy<Value = Value> {
    let kind = stored(select(vec!["work", "Home", "b"]).prop_map(str::to_owned));
    (member(stored(word())), member(kind), member(any::<bool>().prop_map(Value::from)))
        .prop_map(|(value, kind, primary)| object([("value", value), ("type", kind), ("primary", primary)]))
}

pub(crate) fn resource() -> impl Strategy<Value = Value> {
    let texts = || member(stored(word()));
    let numbers = || member((-2..3i64).prop_map(Value::from));
    (
        (texts(), texts(), numbers(), numbers(), member(any::<bool>().prop_map(Value::from))),
        member(vec(stored(word()), 0..3).prop_map(Value::from)),
        member(vec(email(), 0..3).prop_map(Value::from)),
        member(texts().prop_map(|city| object([("city", city)]))),
        member(texts().prop_map(|value| object([("value", value)]))),
        member(texts().prop_map(|badge| object([("badge", badge)]))),
        member(select(vec!["2020-01-01T00:00:00Z", "2020-01-01T01:00:00.5+01:00"]).prop_map(Value::from)),
    )
        .prop_map(|((name, exact, count, score, flag), tags, emails, place, owner, badge, at)| {
            let members = [("name", name), ("exact", exact), ("count", count), ("score", score), ("flag", flag)];
            let others = [("tags", tags), ("emails", emails), ("place", place), ("owner", owner), ("at", at)];
            object(members.into_iter().chain(others).chain([("urn:law:ext", badge)]))
        })
}

/// One comparison that is accepted, at the top or, of an e-mail address, inside brackets.
fn comparison() -> impl Strategy<Value = String> {
    let texts = select(vec!["name", "exact", "tags", "emails", "emails.type", "place.city", "urn:law:ext:badge"]);
    let ops = || select(OPS.to_vec());
    prop_oneof![
        4 => (texts, ops(), word()).prop_map(|(name, op, value)| format!("{name} {op} {}", quoted(&value))),
        2 => (select(vec!["count", "score"]), select(BY_ORDER.to_vec()), -2..3)
            .prop_map(|(name, op, value)| format!("{name} {op} {value}")),
        1 => (select(vec!["flag eq", "flag ne", "emails.primary eq"]), any::<bool>())
            .prop_map(|(start, value)| format!("{start} {value}")),
        1 => (select(BY_ORDER.to_vec()), select(vec!["2020-01-01T00:00:00Z", "2019-12-31T23:00:00-01:00"]))
            .prop_map(|(op, value)| format!("at {op} \"{value}\"")),
        1 => (select(NAMES.to_vec()), select(vec!["pr", "eq null", "ne null"]))
            .prop_map(|(name, test)| format!("{name} {test}")),
    ]
}

pub(crate) fn of_an_email() -> impl Strategy<Value = String> {
    let texts = (select(vec!["value", "type"]), select(OPS.to_vec()), word());
    prop_oneof![
        3 => texts.prop_map(|(name, op, value)| format!("{name} {op} {}", quoted(&value))),
        1 => any::<bool>().prop_map(|value| format!("primary eq {value}")),
        1 => (select(vec!["value", "type", "primary"]), select(vec!["pr", "eq null"]))
            .prop_map(|(name, test)| format!("{name} {test}")),
    ]
}

/// Joined at will, with parentheses where they are needed and where they are not.
pub(crate) fn joined(leaf: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} or {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

pub(crate) fn filter() -> impl Strategy<Value = String> {
    let brackets = joined(of_an_email().boxed()).prop_map(|inner| format!("emails[{inner}]"));
    joined(prop_oneof![4 => comparison(), 1 => brackets].boxed())
}

const NUMBER: &str = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,9})?";

/// The value of the one comparison that a filter is.
fn value_of(filter: &Filter<'_>) -> CompValue<'static> {
    match filter.expr().kind() {
        ExprKind::Attr(exp) => match exp.test().clone() {
            AttrTest::Compare(_, CompValue::String(text)) => CompValue::String(text.into_owned().into()),
            AttrTest::Compare(_, CompValue::Number(text)) => CompValue::Number(text.into_owned().into()),
            AttrTest::Compare(_, CompValue::Bool(value)) => CompValue::Bool(value),
            AttrTest::Compare(..) => CompValue::Null,
            AttrTest::Present => panic!("no value"),
        },
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn g1_keywords_are_read_in_any_case(text in filter(), bits: u64) {
        let spelt = respelled(&text, |word| match KEYWORDS.contains(&word) {
            true => in_case(word, bits),
            false => word.to_owned(),
        });
        assert_eq!(Filter::parse(&spelt), Filter::parse(&text));
    }

    #[test]
    fn g1_literals_are_lower_case(word in select(vec!["true", "false", "null"]), bits: u64) {
        let spelt = in_case(word, bits);
        let found = Filter::parse(&format!("flag eq {spelt}")).map_err(|error| error.code()).map(drop);
        assert_eq!(found, if spelt == word { Ok(()) } else { Err("literal_case") });
    }

    #[test]
    fn g2_more_spaces_between_tokens_change_nothing(text in filter(), count in 1..4usize) {
        let more = " ".repeat(count);
        let spelt = respelled(&text, |piece| match piece {
            " " => more.clone(),
            "(" | "[" => format!("{piece}{more}"),
            ")" | "]" => format!("{more}{piece}"),
            other => other.to_owned(),
        });
        assert_eq!(Filter::parse(&format!("{more}{spelt}{more}")), Filter::parse(&text));
    }

    #[test]
    fn g2_an_operator_and_its_value_have_a_space_between_them(op in select(OPS.to_vec()), value in word()) {
        assert!(Filter::parse(&format!("name {op}{}", quoted(&value))).is_err());
        assert!(Filter::parse(&format!("name {op}\t{}", quoted(&value))).is_err());
    }

    #[test]
    fn g3_not_binds_before_and_before_or(a in comparison(), b in comparison(), c in comparison()) {
        for (text, means) in [
            (format!("{a} or {b} and {c}"), format!("{a} or ({b} and {c})")),
            (format!("{a} and {b} or {c}"), format!("({a} and {b}) or {c}")),
            (format!("not ({a}) and {b}"), format!("(not ({a})) and {b}")),
            (format!("not({a}) or {b}"), format!("(not ({a})) or {b}")),
        ] {
            let text = Filter::parse(&text);
            assert!(text.is_ok());
            assert_eq!(text, Filter::parse(&means));
        }
        assert!(Filter::parse(&format!("not {a}")).is_err());
    }

    #[test]
    fn g4_a_name_is_a_letter_and_letters_digits_and_signs(name in "[A-Za-z][A-Za-z0-9_-]{0,20}", bad in "[0-9_.$-]") {
        let text = format!("{name} pr");
        assert_eq!(Filter::parse(&text).expect("a name").to_string(), text);
        let text = format!("{bad}{name} pr");
        assert!(name.eq_ignore_ascii_case("ref") || Filter::parse(&text).is_err());
    }

    #[test]
    fn g5_a_uri_is_read_in_any_case(value in word(), bits: u64) {
        let rest = format!("badge eq {}", quoted(&value));
        let found = check(&format!("{}{rest}", in_case("urn:law:ext:", bits)));
        assert_eq!(found, check(&format!("urn:law:ext:{rest}")));
    }

    #[test]
    fn g6_a_string_is_a_json_string(text: String, escaped: u64) {
        let mut written = String::from("\"");
        for (at, c) in text.chars().enumerate() {
            if c < ' ' || c == '"' || c == '\\' || escaped >> (at % 64) & 1 == 1 {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| written += &format!("\\u{unit:04x}"));
            } else {
                written.push(c);
            }
        }
        let of = |written: &str| Filter::parse(&format!("name eq {written}")).map(|filter| value_of(&filter));
        assert_eq!(of(&format!("{written}\"")), Ok(CompValue::String(text.clone().into())));
        assert_eq!(of(&quoted(&text)), Ok(CompValue::String(text.into())));
        assert!(of(&format!("{written}\\ud83d\"")).is_err(), "half a pair");
        assert!(of(&format!("{written}\u{1}\"")).is_err(), "a control character");
        assert!(of(&written).is_err(), "it is not closed");
    }

    #[test]
    fn g7_a_number_is_a_json_number_and_keeps_its_text(number in NUMBER, digits in "[0-9]{1,9}") {
        let text = format!("score eq {number}");
        assert_eq!(Filter::parse(&text).expect("a number").to_string(), text);
        for wrong in [
            format!("0{digits}"),
            format!("-0{digits}"),
            format!("+{digits}"),
            format!("{digits}."),
            format!(".{digits}"),
        ] {
            assert!(Filter::parse(&format!("score eq {wrong}")).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn g8_a_literal_keeps_its_kind(number in NUMBER, text: String, flag: bool) {
        for (written, value) in [
            (number.clone(), CompValue::Number(number.into())),
            (quoted(&text), CompValue::String(text.into())),
            (flag.to_string(), CompValue::Bool(flag)),
            ("null".into(), CompValue::Null),
        ] {
            let text = format!("unknown eq {written}");
            assert_eq!(value_of(&Filter::parse(&text).expect("a literal")), value);
        }
    }

    #[test]
    fn g9_a_value_path_is_a_whole_filter(inner in joined(of_an_email().boxed())) {
        let path = format!("emails[{inner}]");
        assert!(Filter::parse(&path).is_ok() && Filter::parse(&format!("not ({path}) or {path}")).is_ok());
        for rest in [".value eq \"x\"", " eq \"x\"", ".value pr", "pr", " pr"] {
            assert!(Filter::parse(&format!("{path}{rest}")).is_err(), "{}", rest);
        }
        assert!(Filter::parse(&format!("emails[{path}]")).is_err());
        assert!(Filter::parse(&format!("emails[{inner} and {path}]")).is_err());
        assert!(Path::parse(&path).is_ok() && Path::parse(&format!("{path}.value")).is_ok());
        assert!(Path::parse(&format!(" {path}")).is_err() && Path::parse(&format!("{path} .value")).is_err());
    }

    #[test]
    fn g10_a_blank_filter_is_refused(blank in " {0,20}", resource in resource()) {
        assert_eq!(Filter::parse(&blank).expect_err("nothing").code(), "filter_empty");
        let query =
            ListQuery::parse(&format!("filter={blank}"), &Profile::scim()).and_then(|query| query.check(&SCHEMA));
        assert_eq!(query.expect_err("nothing").code(), "filter_empty");
        let all = ListQuery::parse("", &Profile::scim()).and_then(|query| query.check(&SCHEMA)).expect("no filter");
        assert!(all.filter().matches(&resource));
    }

    #[test]
    fn g11_what_is_left_over_is_refused(
        text in filter(),
        rest in select(vec![")", "]", " x ", " and ", "\"", " or ", ",", ";", "\0", " #", "\n"]),
    ) {
        assert!(Filter::parse(&format!("{text}{rest}")).is_err(), "behind it");
        assert!(Filter::parse(&format!("{rest}{text}")).is_err(), "before it");
    }

    #[test]
    fn s1_of_a_filter_and_its_negation_one_is_true(text in filter(), resource in resource()) {
        assert_ne!(is(&text, &resource), is(&format!("not ({text})"), &resource));
    }

    #[test]
    fn s1_and_or_not_are_those_of_logic(a in filter(), b in filter(), resource in resource()) {
        let (in_a, in_b) = (is(&a, &resource), is(&b, &resource));
        assert_eq!(is(&format!("({a}) and ({b})"), &resource), in_a && in_b);
        assert_eq!(is(&format!("{a} or {b}"), &resource), in_a || in_b);
        assert_eq!(is(&format!("not (({a}) and ({b}))"), &resource), is(&format!("not ({a}) or not ({b})"), &resource));
    }

    #[test]
    fn s2_null_absent_and_empty_are_one_state(text in filter(), resource in resource()) {
        fn without(value: &Value) -> Option<Value> {
            Some(match value {
                Value::Null => return None,
                Value::Array(elements) if elements.is_empty() => return None,
                Value::Array(elements) => elements.iter().filter_map(without).collect(),
                Value::Object(members) => {
                    let kept = members.iter().filter_map(|(name, value)| Some((name.clone(), without(value)?)));
                    Value::Object(kept.collect())
                }
                other => other.clone(),
            })
        }
        assert_eq!(is(&text, &resource), is(&text, &without(&resource).expect("an object")));
    }

    #[test]
    fn s2_what_is_not_declared_or_of_another_type_is_not_there(
        text in filter(),
        mut resource in resource(),
        odd in any_json(),
    ) {
        let before = resource.clone();
        resource["undeclared"] = odd.clone();
        assert_eq!(is(&text, &resource), is(&text, &before));
        for name in ["name", "count", "flag", "at"] {
            let (mut with, mut without) = (before.clone(), before.clone());
            with[name] = json!({"value": odd});
            without[name] = Value::Null;
            assert_eq!(is(&text, &with), is(&text, &without));
        }
    }

    #[test]
    fn s2_one_value_and_a_list_of_it_are_the_same(
        text in filter(),
        resource in resource(),
        value in word(),
        email in email(),
    ) {
        for (name, value) in [("name", json!(value)), ("tags", json!(value)), ("emails", email)] {
            let (mut one, mut list) = (resource.clone(), resource.clone());
            list[name] = json!([value]);
            one[name] = value;
            assert_eq!(is(&text, &one), is(&text, &list));
        }
    }

    #[test]
    fn s3_a_comparison_is_true_when_it_is_of_one_value(
        op in select(OPS.to_vec()),
        wanted in word(),
        tags in vec(word(), 0..4),
    ) {
        prop_assume!(op != "ne");
        let text = format!("tags {op} {}", quoted(&wanted));
        let any = tags.iter().any(|tag| is(&text, &json!({"tags": [tag]})));
        assert_eq!(is(&text, &json!({"tags": tags})), any);
    }

    #[test]
    fn s4_ne_is_true_without_a_value_or_when_one_differs(
        wanted in word(),
        tags in vec(word(), 0..4),
        name in option::of(word()),
    ) {
        let wanted_folded = fold(&wanted);
        let differs = tags.iter().any(|tag| fold(tag) != wanted_folded);
        assert_eq!(is(&format!("tags ne {}", quoted(&wanted)), &json!({"tags": tags})), tags.is_empty() || differs);
        let one = object([("name", name.map(Value::from))]);
        assert_ne!(
            is(&format!("name ne {}", quoted(&wanted)), &one),
            is(&format!("name eq {}", quoted(&wanted)), &one)
        );
    }

    #[test]
    fn s5_present_is_assigned_and_not_empty(
        name in option::of(word()),
        tags in vec(word(), 0..3),
        emails in vec(email(), 0..3),
    ) {
        let resource = object([
            ("name", name.clone().map(Value::from)),
            ("tags", Some(json!(tags))),
            ("emails", Some(json!(emails))),
        ]);
        assert_eq!(is("name pr", &resource), name.is_some_and(|name| !name.is_empty()));
        assert_eq!(is("tags pr", &resource), tags.iter().any(|tag| !tag.is_empty()));
        // A complex attribute by what is in it.
        assert_eq!(is("emails pr", &resource), is("emails[value pr or type pr or primary pr]", &resource));
    }

    #[test]
    fn s6_null_is_unassigned(name in select(NAMES.to_vec()), op in select(OPS.to_vec()), resource in resource()) {
        let (unassigned, assigned) = (format!("{name} eq null"), format!("{name} ne null"));
        assert_ne!(is(&unassigned, &resource), is(&assigned, &resource));
        assert!(is(&unassigned, &json!({})));
        assert!(!is(&format!("{name} pr"), &resource) || is(&assigned, &resource), "what is present is assigned");
        if op != "eq" && op != "ne" {
            assert!(check(&format!("{name} {op} null")).is_err());
        }
    }

    #[test]
    fn s7_brackets_are_of_one_element(inner in joined(of_an_email().boxed()), emails in vec(email(), 0..4)) {
        let text = format!("emails[{inner}]");
        let any = emails.iter().any(|email| is(&text, &json!({"emails": [email]})));
        assert_eq!(is(&text, &json!({"emails": emails})), any);
    }

    #[test]
    fn s7_the_element_of_a_simple_attribute_is_value(
        op in select(OPS.to_vec()),
        wanted in word(),
        tags in vec(word(), 0..4),
    ) {
        prop_assume!(op != "ne");
        let resource = json!({"tags": tags});
        let wanted = quoted(&wanted);
        assert_eq!(is(&format!("tags[value {op} {wanted}]"), &resource), is(&format!("tags {op} {wanted}"), &resource));
    }

    #[test]
    fn s8_a_bare_complex_attribute_is_its_value_or_refused(
        op in select(OPS.to_vec()),
        wanted in word(),
        resource in resource(),
    ) {
        let rest = format!("{op} {}", quoted(&wanted));
        assert_eq!(is(&format!("emails {rest}"), &resource), is(&format!("emails.value {rest}"), &resource));
        assert_eq!(code(&format!("place {rest}")), "sub_attribute_needed");
        assert_eq!(code(&format!("owner {rest}")), "sub_attribute_needed");
    }

    #[test]
    fn s9_texts_compare_folded_unless_they_are_case_exact(
        op in select(OPS.to_vec()),
        stored in word(),
        wanted in word(),
    ) {
        let resource = json!({"name": stored, "exact": stored});
        let literal = quoted(&wanted);
        assert_eq!(is(&format!("name {op} {literal}"), &resource), of_texts(op, &fold(&stored), &fold(&wanted)));
        assert_eq!(is(&format!("exact {op} {literal}"), &resource), of_texts(op, &stored, &wanted));
    }

    #[test]
    fn s9_texts_of_any_character(op in select(OPS.to_vec()), stored: String, wanted in "\\PC{0,2}") {
        let resource = json!({"exact": stored});
        assert_eq!(is(&format!("exact {op} {}", quoted(&wanted)), &resource), of_texts(op, &stored, &wanted));
    }

    #[test]
    fn s10_instants_compare_as_points_in_time(
        op in select(BY_ORDER.to_vec()),
        seconds in -62_000_000_000..250_000_000_000i64,
        apart in (-1..2i64, -1..2i32),
        nanos in 1..999_999_999u32,
        offsets in (-1439..1440i32, -1439..1440i32),
    ) {
        let written = |seconds: i64, nanos: u32, offset: i32| {
            let moment = DateTime::from_timestamp(seconds, nanos).expect("a moment");
            let there = moment.with_timezone(&FixedOffset::east_opt(offset * 60).expect("an offset"));
            there.to_rfc3339_opts(SecondsFormat::Nanos, false)
        };
        let other = (seconds + apart.0, nanos.saturating_add_signed(apart.1));
        let stored = written(seconds, nanos, offsets.0);
        let text = format!("at {op} \"{}\"", written(other.0, other.1, offsets.1));
        assert_eq!(is(&text, &json!({"at": stored})), holds(op, (seconds, nanos).cmp(&other)));
    }

    #[test]
    fn s11_integers_compare_exactly_however_they_are_written(
        op in select(BY_ORDER.to_vec()),
        stored: i64,
        apart in -1..2i64,
    ) {
        let other = stored.saturating_add(apart);
        for literal in [format!("{other}"), format!("{other}.0"), format!("{other}0e-1"), format!("{other}.000E+0")] {
            for name in ["count", "score"] {
                let text = format!("{name} {op} {literal}");
                assert_eq!(is(&text, &json!({name: stored})), holds(op, stored.cmp(&other)), "{}", text);
            }
        }
        let between = format!("count {op} {other}.5");
        let (stored, other) = (i128::from(stored) * 2, i128::from(other) * 2);
        let half = if other < 0 { other - 1 } else { other + 1 };
        let resource = json!({"count": stored / 2});
        // -0.5 has no integer part with a sign.
        assert_eq!(is(&between, &resource), holds(op, stored.cmp(&half)));
    }

    #[test]
    fn s11_doubles_stand_for_the_decimal_that_json_has(
        double in any::<f64>().prop_filter("finite", |double| double.is_finite()),
        quarters in 0..1u64 << 53,
    ) {
        // Among quarters are those that lie between two shortest decimals.
        for double in [double, quarters as f64 / 4.0] {
            let resource = json!({"score": double});
            let text = resource["score"].to_string();
            assert!(is(&format!("score eq {text} and score ge {text} and score le {text}"), &resource), "{text}");
        }
    }

    #[test]
    fn s12_booleans_and_binaries_have_equality_only(op in select(OPS.to_vec()), flag: bool, key in word()) {
        let ordered = op != "eq" && op != "ne";
        assert_eq!(check(&format!("flag {op} {flag}")).is_err(), ordered);
        assert_eq!(check(&format!("key {op} {}", quoted(&key))).is_err(), ordered);
    }

    #[test]
    fn s12_a_reference_is_a_case_exact_text(op in select(OPS.to_vec()), stored in word(), wanted in word()) {
        let text = format!("link {op} {}", quoted(&wanted));
        assert_eq!(is(&text, &json!({"link": stored})), of_texts(op, &stored, &wanted));
    }

    #[test]
    fn s13_what_is_assumed_false_is_false(primary in option::of(any_json()), wanted: bool) {
        let email = object([("value", Some(json!("x"))), ("primary", primary.clone())]);
        let values: Vec<Value> = match primary {
            Some(Value::Array(values)) => values,
            Some(value) => vec![value],
            None => vec![],
        };
        let mut flags: Vec<bool> = values.iter().filter_map(Value::as_bool).collect();
        let is_stored = !flags.is_empty();
        if flags.is_empty() {
            flags.push(false);
        }
        let resource = json!({"emails": [email]});
        assert_eq!(is(&format!("emails[primary eq {wanted}]"), &resource), flags.contains(&wanted));
        assert_eq!(is("emails[primary pr]", &resource), is_stored);
    }

    #[test]
    fn s14_a_literal_of_another_kind_is_refused(text in word(), number in NUMBER, flag: bool) {
        let (text, flag) = (quoted(&text), flag.to_string());
        for (name, wrong) in [
            ("name", [&number, &flag]),
            ("count", [&text, &flag]),
            ("flag", [&text, &number]),
            ("at", [&number, &flag]),
        ] {
            for wrong in wrong {
                assert_eq!(code(&format!("{name} eq {wrong}")), "kind_mismatch");
            }
        }
    }

    #[test]
    fn s15_an_unknown_name_is_refused_wherever_it_stands(name in "zz[a-z]{0,6}(\\.[a-z]{1,3})?", text in filter()) {
        for text in [
            format!("{name} pr"),
            format!("{text} or {name} pr"),
            format!("({text}) and not ({name} eq null)"),
            format!("emails[{name} pr]"),
        ] {
            assert_eq!(code(&text), "attribute_unknown", "{}", text);
        }
    }

    #[test]
    fn s16_what_may_not_be_read_is_refused_whatever_is_stored(
        text in filter(),
        op in select(OPS.to_vec()),
        wanted: String,
        slip in "secr?e?[a-z]{0,2}t?",
    ) {
        let hidden = format!("secret {op} {}", quoted(&wanted));
        for text in [
            hidden.clone(),
            format!("not (not ({hidden}))"),
            format!("({text}) and ({hidden} or {text})"),
            "SECRET pr".into(),
            "secret eq null".into(),
        ] {
            assert_eq!(code(&text), "attribute_not_filterable", "{}", text);
        }
        assert!(OrderBy::parse("secret desc").and_then(|order| order.check(&SCHEMA)).is_err());
        if slip != "secret" {
            let error = check(&format!("{slip} pr")).expect_err("unknown");
            assert!(!error.to_string().contains("`secret`"), "{}", error);
        }
    }

    #[test]
    fn s17_names_are_read_in_any_case(text in filter(), bits: u64) {
        // `$ref` apart, every word outside of strings that is no keyword or literal is part of a name.
        let is_name =
            |word: &str| !["true", "false", "null"].contains(&word) && !word.starts_with(|c: char| c.is_ascii_digit());
        let spelt = respelled(&text, |word| if is_name(word) { in_case(word, bits) } else { word.to_owned() });
        assert_eq!(check(&spelt), check(&text));
        assert_eq!(check("badge pr"), check("urn:law:ext:badge pr"), "a short name");
    }

    #[test]
    fn s18_under_the_open_schema_the_literal_says_the_type(
        op in select(OPS.to_vec()),
        stored in any_json(),
        wanted in word(),
    ) {
        let open = |text: &str| {
            Filter::parse(text)
                .and_then(|filter| filter.check(&Schema::open()))
                .expect("any name")
                .matches(&json!({"a": {"b": stored}}))
        };
        if let Value::String(stored) = &stored {
            assert_eq!(open(&format!("a.b {op} {}", quoted(&wanted))), of_texts(op, &fold(stored), &fold(&wanted)));
            assert!(!open("a.b eq 1") && !open("a.b eq true"));
        }
        if !stored.is_object() && !stored.is_array() {
            assert_eq!(open("a.b eq true"), stored == true);
            assert_eq!(open("a.b ge 1"), stored.as_i64().is_some_and(|number| number >= 1));
            assert_eq!(open("a.b eq null"), stored.is_null());
        }
    }
}

pub(crate) fn ordering(text: &str) -> scim_query::CheckedOrdering {
    OrderBy::parse(text).and_then(|order| order.check(&SCHEMA)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Resources that have ids.
pub(crate) fn resources() -> impl Strategy<Value = Vec<Value>> {
    vec(resource(), 0..12).prop_map(|mut resources| {
        resources
            .iter_mut()
            .enumerate()
            .for_each(|(at, resource)| resource["id"] = json!(format!("{:02}", at * 7 % 12)));
        resources
    })
}

const KEYS: [&str; 10] =
    ["name", "exact", "count", "score", "flag", "at", "tags", "emails", "place.city", "emails.type"];

pub(crate) fn order_by() -> impl Strategy<Value = String> {
    vec((select(KEYS.to_vec()), any::<bool>()), 1..3).prop_map(|keys| {
        let mut texts: Vec<String> = Vec::new();
        for (name, descending) in keys {
            if !texts.iter().any(|text| text.starts_with(name)) {
                texts.push(format!("{name} {}", if descending { "desc" } else { "asc" }));
            }
        }
        texts.join(", ")
    })
}

fn sorted<'r>(text: &str, resources: &'r [Value]) -> Vec<&'r Value> {
    let mut sorted: Vec<&Value> = resources.iter().collect();
    ordering(text).sort(&mut sorted);
    sorted
}

fn query(text: &str, profile: &Profile) -> Result<scim_query::CheckedQuery, Error> {
    ListQuery::parse(text, profile)?.check(&SCHEMA)
}

/// All pages of a query, one behind the other.
fn walked<'r>(resources: &'r [Value], text: &str, profile: &Profile) -> Vec<&'r Value> {
    let (mut walked, mut next) = (Vec::new(), if profile.is_okta() { String::new() } else { "&cursor=".to_owned() });
    loop {
        let checked = query(&format!("{text}{next}"), profile).expect("a query");
        let page = list(resources, &checked).expect("a page");
        assert_eq!(page.next.is_some(), walked.len() + page.resources.len() < page.total, "O9");
        walked.extend(page.resources);
        let Some(cursor) = page.next else { return walked };
        next = format!("&{}={}", if profile.is_okta() { "after" } else { "cursor" }, encode(&cursor));
    }
}

fn profiles() -> impl Strategy<Value = Profile> {
    let opaque = || CursorKind::Opaque(Cursors::new());
    select(vec![
        Profile::okta(),
        Profile::okta().with_cursors(opaque()),
        Profile::scim(),
        Profile::scim().with_cursors(CursorKind::RecordId),
    ])
}

/// The parameters of an ordering and a size of page.
fn asked(profile: &Profile, key: &str, descending: bool, size: usize) -> String {
    match (profile.is_okta(), descending) {
        (true, true) => format!("orderBy={key}%20desc&limit={size}"),
        (true, false) => format!("orderBy={key}&limit={size}"),
        (false, true) => format!("sortBy={key}&sortOrder=descending&count={size}"),
        (false, false) => format!("sortBy={key}&count={size}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn o1_directions_have_two_spellings_in_any_case(text in order_by(), bits: u64) {
        let spelt = text.replace("desc", &in_case("descending", bits)).replace(" asc", "");
        assert_eq!(ordering(&spelt), ordering(&text));
        let (name, _) = text.split_once(' ').expect("a direction");
        for wrong in [format!("{text}, {name}"), format!("{text},"), format!("{name} up"), format!("{text}, zz")] {
            let found = OrderBy::parse(&wrong).and_then(|order| order.check(&SCHEMA));
            assert!(found.is_err(), "{}", wrong);
        }
    }

    #[test]
    fn o2_unassigned_is_last_ascending_and_first_descending(
        resources in resources(),
        name in select(vec!["name", "count", "flag", "at"]),
    ) {
        let unassigned = format!("{name} eq null");
        let ascending: Vec<bool> = sorted(name, &resources).iter().map(|resource| is(&unassigned, resource)).collect();
        assert!(ascending.is_sorted(), "{:?}", ascending);
        let descending: Vec<bool> =
            sorted(&format!("{name} desc"), &resources).iter().map(|resource| !is(&unassigned, resource)).collect();
        assert!(descending.is_sorted(), "{:?}", descending);
    }

    #[test]
    fn o3_several_values_are_ordered_by_the_primary_one(emails in vec((word(), any::<bool>()), 1..4), other in word()) {
        let chosen = emails.iter().find(|(_, primary)| *primary).unwrap_or(&emails[0]);
        let all: Vec<Value> =
            emails.iter().map(|(value, primary)| json!({"value": value, "primary": primary})).collect();
        let [one, many] = [json!([{"value": chosen.0}]), json!(all)].map(|emails| json!({"id": "1", "emails": emails}));
        let other = json!({"id": "1", "emails": [{"value": other}]});
        assert_eq!(ordering("emails").compare(&one, &many), Ordering::Equal);
        assert_eq!(ordering("emails").compare(&many, &other), ordering("emails").compare(&one, &other));
    }

    #[test]
    fn o4_values_are_ordered_as_they_compare(
        texts: (String, String),
        words in (word(), word()),
        numbers: (i64, i64),
        seconds in (-60_000_000_000..250_000_000_000i64, -60_000_000_000..250_000_000_000i64),
        flags: (bool, bool),
    ) {
        let instant = |seconds: i64| json!(DateTime::from_timestamp(seconds, 0).expect("a moment").to_rfc3339());
        for (name, left, right, expected) in [
            ("name", json!(words.0), json!(words.1), fold(&words.0).cmp(&fold(&words.1))),
            ("name", json!(texts.0), json!(texts.1), fold(&texts.0).cmp(&fold(&texts.1))),
            ("exact", json!(texts.0), json!(texts.1), texts.0.cmp(&texts.1)),
            ("count", json!(numbers.0), json!(numbers.1), numbers.0.cmp(&numbers.1)),
            ("score", json!(numbers.0), json!(numbers.1), numbers.0.cmp(&numbers.1)),
            ("at", instant(seconds.0), instant(seconds.1), seconds.0.cmp(&seconds.1)),
            ("flag", json!(flags.0), json!(flags.1), flags.0.cmp(&flags.1)),
        ] {
            let (left, right) = (json!({"id": "1", name: left}), json!({"id": "1", name: right}));
            assert_eq!(ordering(name).compare(&left, &right), expected);
        }
    }

    #[test]
    fn o5_an_order_is_total_and_descending_is_its_reverse(
        resources in resources(),
        name in select(KEYS.to_vec()),
        start in 0..12usize,
    ) {
        let ascending = sorted(name, &resources);
        let mut turned = resources.clone();
        turned.rotate_left(start.min(resources.len()));
        assert_eq!(&sorted(name, &turned), &ascending, "the order of the input does not count");
        let mut reversed = sorted(&format!("{name} desc"), &resources);
        reversed.reverse();
        assert_eq!(reversed, ascending);
    }

    #[test]
    fn o6_the_pages_are_the_list(
        resources in resources(),
        key in select(KEYS.to_vec()),
        descending: bool,
        size in 1..14usize,
        profile in profiles(),
    ) {
        let order = if descending { format!("{key} desc") } else { key.to_owned() };
        let walked = walked(&resources, &asked(&profile, key, descending, size), &profile);
        assert_eq!(walked, sorted(&order, &resources));
    }

    #[test]
    fn o7_a_cursor_is_of_its_query_in_any_spelling(
        text in filter(),
        other in filter(),
        resources in resources(),
        bits: u64,
    ) {
        let opaque = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
        let of = |filter: &str, after: &str| {
            query(&format!("filter={}&limit=1{after}", encode(filter)), &opaque).expect("a query")
        };
        if let Some(next) = list(&resources, &of(&text, "")).expect("a page").next {
            let after = format!("&after={next}");
            let spelt =
                respelled(&text, |word| if KEYWORDS.contains(&word) { in_case(word, bits) } else { word.to_owned() });
            assert!(list(&resources, &of(&format!("({spelt})"), &after)).is_ok());
            if checked(&text) != checked(&other) {
                let refused = list(&resources, &of(&other, &after));
                assert!(matches!(&refused, Err(ListError::Query(error)) if error.code() == "cursor_invalid"));
            }
        }
    }

    #[test]
    fn o7_a_text_is_no_cursor(token in "[A-Za-z0-9_-]{1,120}", resources in resources()) {
        let opaque = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
        let found = query(&format!("after={token}"), &opaque).map(|query| list(&resources, &query));
        assert!(matches!(&found, Ok(Err(ListError::Query(error))) if error.code() == "cursor_invalid"));
    }

    #[test]
    fn o8_sizes_are_clamped_or_refused(count: i64, start: i64, max in 1..500usize) {
        let max_count = i64::try_from(max).expect("small");
        let scim =
            query(&format!("count={count}&startIndex={start}"), &Profile::scim().with_sizes(1, max)).expect("integers");
        let expected = usize::try_from(count.clamp(0, max_count)).expect("not negative");
        let at = usize::try_from(start.max(1)).expect("positive");
        assert_eq!(scim.paging(), &Paging::Index { start_index: at, count: expected });
        let okta =
            query(&format!("limit={count}"), &Profile::okta().with_sizes(1, max)).map(|query| query.paging().size());
        let found = okta.map_err(|error| error.code());
        assert_eq!(found, if (1..=max_count).contains(&count) { Ok(expected) } else { Err("out_of_range") });
    }

    #[test]
    fn o9_there_is_a_next_page_if_another_resource_is(
        resources in resources(),
        size in 1..14usize,
        profile in profiles(),
    ) {
        let cursor = if profile.is_okta() { "" } else { "&cursor=" };
        let text = asked(&profile, "name", false, size) + cursor;
        let page = list(&resources, &query(&text, &profile).expect("a query")).expect("a page");
        assert_eq!(page.resources.len(), size.min(resources.len()));
        assert_eq!(page.next.is_some(), resources.len() > size);
        assert_eq!(page.total, resources.len());
    }
}

/// The lenient text is refused by strict, and read as the strict one with the quirk.
fn means(quirk: Quirk, written: &str, strict: &str) {
    assert!(check(written).is_err(), "{} is strict", written);
    let found = lenient(quirk, written).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(found, checked(strict));
    assert!(!found.warnings().is_empty(), "each use is told");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn q1_what_follows_a_value_path_is_of_its_element(
        inner in joined(of_an_email().boxed()),
        op in select(OPS.to_vec()),
        value in word(),
    ) {
        let value = quoted(&value);
        means(
            Quirk::Q1,
            &format!("emails[{inner}].value {op} {value}"),
            &format!("emails[({inner}) and value {op} {value}]"),
        );
        means(
            Quirk::Q1,
            &format!("emails[{inner}] {op} {value}"),
            &format!("emails[({inner}) and value {op} {value}]"),
        );
        means(Quirk::Q1, &format!("emails[{inner}].type pr"), &format!("emails[({inner}) and type pr]"));
    }

    #[test]
    fn q2_a_bare_word_is_a_string(op in select(OPS.to_vec()), value in "[a-z][a-z0-9@._:/+-]{0,12}") {
        prop_assume!(!["true", "false", "null"].contains(&value.as_str()));
        means(Quirk::Q2, &format!("name {op} {value}"), &format!("name {op} \"{value}\""));
    }

    #[test]
    fn q3_single_quotes_and_other_backslashes_are_read_as_written(
        op in select(OPS.to_vec()),
        value in "[a-c \"()]{0,6}",
    ) {
        means(Quirk::Q3, &format!("name {op} '{value}'"), &format!("name {op} {}", quoted(&value)));
        let plain = value.replace('"', "");
        means(
            Quirk::Q3,
            &format!("name {op} \"{plain}\\q\""),
            &format!("name {op} {}", quoted(&format!("{plain}\\q"))),
        );
    }

    #[test]
    fn q4_a_number_or_boolean_is_its_text_where_one_is_declared(
        op in select(OPS.to_vec()),
        number in NUMBER,
        flag: bool,
    ) {
        for value in [number, flag.to_string()] {
            means(Quirk::Q4, &format!("name {op} {value}"), &format!("name {op} \"{value}\""));
        }
    }

    #[test]
    fn q5_a_string_is_the_boolean_that_it_names(op in select(vec!["eq", "ne"]), flag: bool) {
        let title = if flag { "True" } else { "False" };
        for value in [format!("\"{flag}\""), format!("\"{title}\""), title.to_owned()] {
            means(Quirk::Q5, &format!("flag {op} {value}"), &format!("flag {op} {flag}"));
        }
    }

    #[test]
    fn q6_a_date_time_without_an_offset_is_of_utc(
        op in select(BY_ORDER.to_vec()),
        day in 1..29u32,
        second in 0..60u32,
    ) {
        let value = format!("2024-02-{day:02}T10:30:{second:02}");
        means(Quirk::Q6, &format!("at {op} \"{value}\""), &format!("at {op} \"{value}Z\""));
    }

    #[test]
    fn q7_tabs_and_lines_are_spaces_and_a_doubled_name_is_dropped(
        text in filter(),
        blank in select(vec!["\t", "\n", " \n\t", "\r\n"]),
    ) {
        let spelt = respelled(&text, |piece| if piece == " " { blank.to_owned() } else { piece.to_owned() });
        means(Quirk::Q7, &spelt, &text);
        means(Quirk::Q7, &format!("filter={text}"), &text);
    }

    #[test]
    fn q8_an_alias_is_the_attribute_that_the_table_names(alias in "zz[a-z]{1,8}", name in select(NAMES.to_vec())) {
        let options = Options::default().with_alias(&alias, name);
        let of = |name: &str, options: &Options| {
            Filter::parse(&format!("{name} pr")).and_then(|filter| filter.check_with(&SCHEMA, options))
        };
        assert_eq!(of(&alias, &options), check(&format!("{name} pr")));
        // Not without the quirk, though the table is there, and not as a name of a schema.
        let mut off = options.clone();
        off.quirks = Quirks::NONE;
        for found in [of(&alias, &off), of(&format!("urn:law:Thing:{alias}"), &options), check(&format!("{alias} pr"))] {
            assert_eq!(found.expect_err("no attribute").code(), "attribute_unknown");
        }
    }

    #[test]
    fn q9_not_without_parentheses_binds_one_comparison(a in comparison(), b in comparison()) {
        means(Quirk::Q9, &format!("not {a} and {b}"), &format!("not ({a}) and {b}"));
        means(Quirk::Q9, &format!("not {a} or {b}"), &format!("not ({a}) or {b}"));
    }

    #[test]
    fn q10_a_bare_singular_complex_attribute_is_its_value(op in select(OPS.to_vec()), value in word()) {
        let rest = format!("{op} {}", quoted(&value));
        means(Quirk::Q10, &format!("owner {rest}"), &format!("owner.value {rest}"));
        assert!(lenient(Quirk::Q10, &format!("place {rest}")).is_err(), "it has no value");
    }

    #[test]
    fn d1_no_literal_reaches_the_text_of_sql(op in select(OPS.to_vec()), rest: String, number in "[1-9]{9}") {
        for dialect in Dialect::ALL {
            let columns = Columns::standard(&SCHEMA, dialect, "things").expect("columns");
            let text = format!(
                "name {op} {} or tags {op} {} or count gt {number}",
                quoted(&format!("s3cret{rest}")),
                quoted(&format!("{rest}s3cret"))
            );
            let fragment = checked(&text).where_sql(&columns).expect("all is mapped");
            assert!(!fragment.sql.contains("s3cret") && !fragment.sql.contains(&number), "{}", fragment.sql);
            // Another literal, another parameter: the text is the same.
            let plain =
                |value: &str| checked(&format!("name {op} \"{value}\"")).where_sql(&columns).expect("it is mapped").sql;
            assert_eq!(plain("abc"), plain("x'--"));
            assert!(fragment.sql.starts_with('(') && fragment.sql.ends_with(')'));
        }
    }

    #[test]
    fn d7_equalities_of_one_attribute_are_one_list_and_the_limit_is_kept(
        values in vec("[a-z]{1,6}", 2..40),
        limit in 1..40usize,
    ) {
        let text = values.iter().map(|value| format!("exact eq \"{value}\"")).collect::<Vec<_>>().join(" or ");
        let schema = &*SCHEMA;
        let column = scim_query::sql::Column::new("exact");
        let columns = Columns::builder(schema, Dialect::Sqlite, "things").column("exact", column);
        let columns = columns.column("id", scim_query::sql::Column::new("id").not_null());
        let columns = columns.limits(SqlLimits { params: limit, depth: 10 }).build().expect("columns");
        let distinct = values.iter().collect::<BTreeSet<_>>().len();
        match checked(&text).where_sql(&columns) {
            Ok(fragment) => {
                assert!(fragment.params.len() <= limit);
                assert_eq!(fragment.params.len(), distinct);
                assert!(distinct == 1 || fragment.sql.matches(" IN (").count() == 1, "{}", fragment.sql);
            }
            Err(error) => {
                assert_eq!(error.code(), "sql_too_many_params");
                assert!(distinct > limit);
            }
        }
    }

    #[test]
    fn d8_what_is_not_mapped_is_refused_or_left_over(text in filter(), resource in resource()) {
        let columns =
            Columns::builder(&SCHEMA, Dialect::Sqlite, "things").column("exact", scim_query::sql::Column::new("exact"));
        let columns = columns.column("id", scim_query::sql::Column::new("id").not_null()).build().expect("columns");
        let whole = checked(&text);
        let split = columns.split(&whole);
        assert!(split.pushed.where_sql(&columns).is_ok());
        assert_eq!(whole.where_sql(&columns).is_ok(), split.residual.is_everything());
        if resource["exact"].is_string() {
            // Splitting takes the schema at its word: one value where one is declared.
            let plain = object([
                ("exact", Some(resource["exact"].clone())),
                ("tags", Some(json!(["a"]))),
                ("count", Some(json!(1))),
            ]);
            assert_eq!(split.pushed.matches(&plain) && split.residual.matches(&plain), whole.matches(&plain));
        }
    }

    #[test]
    fn f1_the_fold_is_of_each_character_and_stable(left: String, right: String) {
        let folded = fold(&left).into_owned();
        assert_eq!(folded.chars().count(), left.chars().count());
        assert_eq!(fold(&folded), &*folded);
        assert_eq!(fold(&format!("{left}{right}")), folded + &fold(&right));
    }

    #[test]
    fn l1_a_text_beyond_a_limit_is_refused_and_no_other(
        text in filter(),
        length in 1..200usize,
        nesting in 2..6usize,
        comparisons in 1..8usize,
    ) {
        let mut open = 0i32;
        let mut deepest = 0;
        let _ = respelled(&text, |piece| {
            open += match piece {
                "(" | "[" => 1,
                ")" | "]" => -1,
                _ => 0,
            };
            deepest = deepest.max(open);
            String::new()
        });
        let deepest = usize::try_from(deepest).expect("not negative");
        let count = Filter::parse(&text).expect("a filter").expr().comparisons();
        let options = |limits| Options::default().with_limits(limits);
        let refused = |limits| Filter::parse_with(&text, &options(limits)).err().map(|error| error.code());
        let most = Limits::default();
        assert_eq!(refused(Limits { text: length, ..most.clone() }), (text.len() > length).then_some("text_too_long"));
        assert_eq!(refused(Limits { nesting, ..most.clone() }), (deepest > nesting).then_some("too_deep"));
        assert_eq!(refused(Limits { comparisons, ..most }), (count > comparisons).then_some("too_many_comparisons"));
    }

    #[test]
    fn l2_an_error_has_a_place_and_quotes_no_literal(
        text in filter(),
        cut in any::<prop::sample::Index>(),
        with in "[\"\\\\(\\[a-z ]{0,2}",
    ) {
        // A slip anywhere outside of the literals, which all are the marker.
        let marked = text.replace("\"2020-01-01T00:00:00Z\"", "\"s3cret\"");
        let places: Vec<usize> = marked.char_indices().map(|(at, _)| at).collect();
        let at = places[cut.index(places.len())];
        let slip = format!("{}{with}{} or name eq \"s3cret", &marked[..at], &marked[at..]);
        for text in [slip.clone(), format!("{slip}\""), format!("{slip}\" \u{e9}s3cret")] {
            if let Err(error) = check(&text) {
                let one_line = error.to_string();
                assert!(!one_line.contains("s3cret") && !one_line.contains('\n'), "{}: {}", text, one_line);
                assert!(error.span().is_none_or(|span| text.get(span.start as usize..span.end as usize).is_some()));
                assert!(!error.code().is_empty() && error.scim_type().is_some());
            }
        }
        let (filter, checked) = (Filter::parse(&text).expect("a filter"), checked(&text));
        let redacted = format!("{} {0:?} {} {1:?} {}", filter.redacted(), checked.redacted(), checked.explain(true));
        assert!(!redacted.contains('"') && !redacted.contains("2020"), "{redacted}");
    }
}

/// Names of every form that the grammar has.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z][a-zA-Z0-9_-]{0,8}",
        "[a-z]{1,4}\\.[a-z]{1,4}(\\.\\$ref)?",
        "urn:[a-z0-9:.]{1,12}[a-z]:[a-z]{1,6}(\\.[a-z]{1,4})?",
        Just("$ref".to_owned()),
        prop_oneof!["not", "and", "or", "pr", "true", "null"],
    ]
}

fn any_comparison() -> impl Strategy<Value = FilterBuilder> {
    let op = select(CompareOp::ALL.to_vec());
    prop_oneof![
        4 => (any_name(), op.clone(), any::<String>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        2 => (any_name(), op.clone(), any::<i128>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        1 => (any_name(), op, any::<Option<bool>>()).prop_map(|(name, op, value)| attr(name).compare(op, value)),
        2 => any_name().prop_map(|name| attr(name).present()),
    ]
}

/// Trees that programs build, of any shape and with any text in them: with value paths where they may stand.
fn tree() -> impl Strategy<Value = FilterBuilder> {
    let joined = |leaf: BoxedStrategy<FilterBuilder>| {
        leaf.prop_recursive(6, 40, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.and(right)),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.or(right)),
                inner.prop_map(FilterBuilder::not),
            ]
        })
        .boxed()
    };
    let inside = joined(any_comparison().boxed());
    let value_path = (any_name(), inside).prop_map(|(name, inside)| attr(name).any(inside));
    joined(prop_oneof![3 => any_comparison(), 1 => value_path].boxed())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// And the law of the quirks: a strict text keeps its tree under all of them.
    #[test]
    fn g11_a_printed_tree_parses_to_itself(tree in tree()) {
        let filter = tree.build().expect("only well-formed trees");
        let text = filter.to_string();
        let parsed = Filter::parse(&text).expect("canonical text");
        assert_eq!(&parsed, &filter);
        assert_eq!(parsed.to_string(), text.clone());
        let lenient = Filter::parse_with(&text, &Options::default().with_quirks(Quirks::ALL)).expect("strict text");
        assert_eq!(&lenient, &filter);
        assert!(lenient.warnings().is_empty());
        assert!(!filter.redacted().to_string().contains('"'));
    }

    #[test]
    fn g11_a_filter_goes_through_a_query_string_as_it_is(tree in tree()) {
        let filter = tree.build().expect("only well-formed trees");
        let query = format!("limit=1&filter={}&x=y", filter.to_query_value());
        let query = ListQuery::parse(&query, &Profile::okta()).expect("a query string");
        let text = filter.to_string();
        assert_eq!(query.get(Part::Filter), Some(text.as_str()));
        let again = ListQuery::parse(&query.to_query_string(), &Profile::okta()).expect("a query string");
        assert_eq!(again.get(Part::Filter), Some(text.as_str()));
    }

    #[test]
    fn l2_any_text_is_a_filter_or_an_error_with_a_place(text: String) {
        if let Err(error) = Filter::parse(&text).and_then(|filter| filter.check(&Schema::user()).map(drop)) {
            let span = error.span().map(|span| text.get(span.start as usize..span.end as usize));
            assert!(span.is_none_or(|part| part.is_some()), "{:?}", error.span());
            assert!(!error.to_string().contains('\n'));
        }
    }
}

/// The rules of docs/semantics.md, each with the text in which its cases are named: its own, and for a quirk that of all.
fn rules() -> Vec<(&'static str, &'static str)> {
    let mut rules = Vec::new();
    for section in include_str!("../docs/semantics.md").split("\n## ") {
        let id_of = |text: &'static str| {
            let (id, _) = text.split_once("**")?;
            let digits = id.strip_prefix(['G', 'S', 'O', 'Q', 'D', 'F', 'L'])?;
            digits.parse::<u32>().ok().map(|_| id)
        };
        rules.extend(section.split("\n**").skip(1).filter_map(|rule| Some((id_of(rule)?, rule))));
        rules.extend(section.split("\n| **").skip(1).filter_map(|row| Some((id_of(row)?, section))));
    }
    rules
}

#[test]
fn every_rule_has_a_case_and_a_law() {
    let files = [
        include_str!("cases/grammar.jsonl"),
        include_str!("cases/meaning.jsonl"),
        include_str!("cases/reports.jsonl"),
        include_str!("cases/semantics.jsonl"),
    ];
    let known: BTreeSet<String> =
        files.iter().flat_map(|file| lines(file)).map(|case| member_text(&case, "id").to_owned()).collect();
    let laws: BTreeSet<String> = [include_str!("laws.rs"), include_str!("sql/laws.rs")]
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.trim_start().strip_prefix("fn ")?.split_once('_'))
        .map(|(rule, _)| rule.to_uppercase())
        .collect();
    let rules = rules();
    assert!(rules.len() > 50, "the document is not read: {rules:?}");
    let mut missing = Vec::new();
    for (rule, text) in &rules {
        let words = || {
            text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'))
                .map(|word| word.trim_end_matches('.'))
        };
        // An id is a letter and digits, or `s-` and the rule; others words are none.
        let is_case = |word: &&str| {
            word.strip_prefix("s-").is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
                || word
                    .strip_prefix(['g', 'e', 'B'])
                    .is_some_and(|rest| rest.len() >= 3 && rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let named: Vec<&str> = words().filter(is_case).collect();
        missing
            .extend(named.iter().filter(|id| !known.contains(**id)).map(|id| format!("{rule}: there is no case {id}")));
        let of_rule = |id: &&&str| !rule.starts_with('Q') || id.starts_with(&format!("s-{rule}-"));
        if !named.iter().any(|id| of_rule(&id)) && !text.contains("`seed.jsonl`") {
            missing.push(format!("{rule} has no case"));
        }
        // The last of a rule's own cases is named: a new one is too.
        let number = |id: &str| id.strip_prefix(&format!("s-{rule}-")).and_then(|number| number.parse::<u32>().ok());
        let (last, last_named) =
            (known.iter().filter_map(|id| number(id)).max(), named.iter().filter_map(|id| number(id)).max());
        if last != last_named {
            missing.push(format!("{rule}: {last:?} cases, {last_named:?} named"));
        }
        if !laws.contains(*rule) {
            missing.push(format!("{rule} has no law"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
