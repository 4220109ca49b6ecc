//! Rewriting and analysis by example: what a reader would expect, and what once went wrong.

use scim_query::{
    AttributeDef, CheckedFilter, CompValue, CompareOp, Filter, Implication, Operator, OperatorSet, Schema, SplitPart,
    Type,
};
use serde_json::{Value, json};

/// An attribute of each type, and some that a filter may use with few operators only.
fn schema() -> Schema {
    let only = |name, ops: &str| {
        let operators: OperatorSet = ops.parse().unwrap();
        AttributeDef::new(name, Type::String).case_exact().operators(operators)
    };
    let sub = |ops: &str| AttributeDef::new("type", Type::String).operators(ops.parse().unwrap());
    Schema::builder("urn:x:y")
        .attributes([
            AttributeDef::new("s", Type::String),
            AttributeDef::new("x", Type::String).case_exact(),
            AttributeDef::new("n", Type::Decimal),
            AttributeDef::new("i", Type::Integer),
            AttributeDef::new("t", Type::DateTime),
            AttributeDef::new("b", Type::Boolean),
            AttributeDef::new("p", Type::Boolean).assumed_false(true),
            AttributeDef::new("nums", Type::Integer).multi_valued(),
            only("neco", "ne co"),
            only("eqpr", "eq pr"),
            only("eqtags", "eq").multi_valued(),
            AttributeDef::new("name", Type::Complex)
                .sub_attributes([AttributeDef::new("first", Type::String), AttributeDef::new("age", Type::Integer)]),
            AttributeDef::new("cplx", Type::Complex)
                .multi_valued()
                .operators("pr".parse().unwrap())
                .sub_attributes([sub("eq ne")]),
        ])
        .build()
        .unwrap()
}

fn check(text: &str) -> CheckedFilter {
    let filter = Filter::parse(text).and_then(|filter| filter.check(&schema()));
    filter.unwrap_or_else(|error| panic!("{error:#}"))
}

/// The text of the simplified filter, which is read as the same filter again.
fn simple(text: &str) -> String {
    let simple = check(text).simplify();
    assert_eq!(simple.simplify(), simple, "{text} is not simplified at once");
    if let Some(filter) = simple.to_filter() {
        assert_eq!(filter.check(&schema()).as_ref(), Ok(&simple), "{text} is read as something else");
    }
    simple.to_string()
}

#[test]
fn simplified_filters_are_short() {
    for (text, expected) in [
        (r#"s eq "a" and s eq "b""#, "(nothing)"),
        (r#"s eq "a" and s eq "A""#, r#"s eq "a""#),
        (r#"x eq "a" and x eq "A""#, "(nothing)"),
        ("b eq true and b eq false", "(nothing)"),
        ("p eq true and p eq false", "(nothing)"),
        ("n gt 1 and n ge 1.0 and n gt 0.5", "n gt 1"),
        ("n gt 5 and n lt 3", "(nothing)"),
        ("n gt 5 and n lt 6", "n gt 5 and n lt 6"),
        ("i gt 5 and i lt 6", "(nothing)"),
        ("i eq 1.5 and i pr", "(nothing)"),
        ("i eq 1.5 or b eq true", "b eq true"),
        (r#"x gt "a" and x lt "a\u0000""#, "(nothing)"),
        ("n ge 3 and n le 3", "n eq 3"),
        ("n gt 1 or n gt 3", "n gt 1"),
        ("n lt 5 or n ge 5", "n ne null"),
        ("n pr or not (n pr)", "(everything)"),
        ("n eq null or n ne null", "(everything)"),
        ("n ne 1 or n ne 2", "(everything)"),
        (r#"(s eq "a" or s eq "b") and (s eq "b" or s eq "c")"#, r#"s eq "b""#),
        (r#"(s eq "ab" or s eq "cd" or s eq "ax") and s sw "a" and not (s co "x")"#, r#"s eq "ab""#),
        (r#"s pr and (s pr or n eq 1)"#, "s pr"),
        (r#"s pr or s pr and n eq 1"#, "s pr"),
        (r#"x ne "a" and x ne "b" and (x ne "a" or b eq true)"#, r#"x ne "a" and x ne "b""#),
        // No shorter: as it is.
        (r#"s pr and s ne "a""#, r#"s pr and s ne "a""#),
        (r#"not (s eq "a")"#, r#"s ne "a""#),
        // Several values may pass different tests.
        ("nums eq 1 and nums eq 2", "nums eq 1 and nums eq 2"),
        ("nums gt 1 or nums gt 3 or nums eq 2", "nums gt 1"),
        ("not (nums eq 1)", "not (nums eq 1)"),
        ("nums[value eq 1] or nums[value eq 2]", "nums[value eq 1 or value eq 2]"),
        ("nums[value gt 1 and value lt 0]", "(nothing)"),
        ("nums[value eq null]", "(nothing)"),
        ("nums[value pr] or nums[value eq null] or nums ge 0", "nums ne null"),
    ] {
        assert_eq!(simple(text), expected, "{text}");
    }
}

#[test]
fn only_operators_of_the_schema_are_introduced() {
    for (text, expected) in [
        // A list by `eq` is not to be had, so the test by `co` stays.
        (
            r#"(not (neco ne "ab") or not (neco ne "cd")) and neco co "a""#,
            r#"(not (neco ne "ab") or not (neco ne "cd")) and neco co "a""#,
        ),
        (r#"not (eqpr eq "a")"#, r#"not (eqpr eq "a")"#),
        (r#"eqtags[not (value eq "x")]"#, r#"eqtags[not (value eq "x")]"#),
        (r#"cplx[type eq "a"] or cplx[type ne "a"]"#, r#"cplx[type eq "a"] or cplx[type ne "a"]"#),
    ] {
        assert_eq!(simple(text), expected, "{text}");
        let normal = check(text).normalize();
        assert_eq!(normal.to_filter().unwrap().check(&schema()), Ok(normal), "{text}");
    }
    let filter = check(r#"(not (neco ne "ab") or not (neco ne "cd")) and neco co "a""#).simplify();
    assert!(!filter.matches(&json!({"neco": "cd"})));
}

/// The end of a folded prefix is a text that is folded: `@` is followed by `A`, which no folded text begins with.
#[test]
fn the_end_of_a_folded_prefix_can_be_written() {
    for text in [r#"s sw "@" and s ge "@b""#, r#"s pr and not (s sw "@")"#, r#"s sw "ā" and s ge "āb""#] {
        let (filter, simple) = (check(text), check(text).simplify());
        let again = simple.to_filter().unwrap().check(&schema()).unwrap();
        for value in ["@", "@a", "@b", "[", "[x", "`", "A", "a", "ā", "āc", "Ă", "Ą", ""] {
            let resource = json!({"s": value});
            assert_eq!(simple.matches(&resource), filter.matches(&resource), "{text} for {value}");
            assert_eq!(again.matches(&resource), filter.matches(&resource), "{again} for {value}");
        }
    }
    assert_eq!(check(r#"s ge "@" and s lt "[""#).implies(&check(r#"s sw "@""#)), Ok(Implication::Yes));
}

#[test]
fn implication_is_found_and_never_wrong() {
    let implies = |given: &str, wanted: &str| check(given).implies(&check(wanted)) == Ok(Implication::Yes);
    for (given, wanted) in [
        (r#"x eq "a" and n eq 1"#, r#"x eq "a""#),
        ("n eq 5", "n gt 3 and n ne 4"),
        ("n gt 3 and n lt 4", "n ne null and n ne 5"),
        (r#"s eq "Abc""#, r#"s sw "AB" and s co "b" and s ew "C" and s pr"#),
        (r#"s sw "abc""#, r#"s sw "ab""#),
        (r#"t ge "2022-01-01T00:00:00Z""#, r#"t gt "2021-12-31T23:00:00-00:30""#),
        ("b eq true", "b ne false and b pr"),
        (r#"cplx[type eq "a"]"#, r#"cplx[type eq "a" or type eq "b"]"#),
        (r#"x eq "a" or x eq "b""#, r#"x eq "c" or x eq "b" or x eq "a""#),
        ("n eq 1 and n eq 2", r#"x eq "whatever""#),
        ("nums eq 5", "nums gt 1"),
        ("not (nums gt 1)", "not (nums gt 2)"),
        ("i gt 1", "i ge 2"),
        ("i gt 1.5 and i lt 3", "i eq 2"),
        ("i pr", "i ge -9223372036854775808 and i le 18446744073709551615"),
        ("i gt 18446744073709551615", r#"x eq "a""#),
        ("i lt -1e999999999", r#"x eq "a""#),
        (r#"t gt "2022-01-01T00:00:00.999999999Z""#, r#"t ge "2022-01-01T00:00:01Z""#),
        (r#"x gt "a""#, r#"x ge "a\u0000""#),
        (r#"name.first eq "x""#, "name pr and name ne null"),
        ("name.age lt 5", "name pr"),
        (r#"name.first lt "x""#, "name ne null"),
    ] {
        assert!(implies(given, wanted), "{given} implies {wanted}");
    }
    for (given, wanted) in [
        (r#"x eq "a" or n eq 1"#, r#"x eq "a""#),
        ("n ne 1", "n ne null"),
        ("n gt 1", "n ge 2"),
        ("i gt 1", "i ge 3"),
        ("i ge -1.5", "i ge -0.5"),
        (r#"s co "a""#, r#"s sw "a""#),
        ("nums ne 1", "not (nums eq 1)"),
        ("nums gt 1 and nums lt 5", "nums[value gt 1 and value lt 5]"),
        ("p eq false", "p ne null"),
        (r#"name.first lt "x""#, "name pr"),
        (r#"name.first ne "x""#, "name ne null"),
        (r#"name.first co """#, "name pr"),
    ] {
        assert!(!implies(given, wanted), "{given} does not imply {wanted}");
    }
}

/// Nested alternately, every pair of nodes can be reached in many ways; each is looked at once.
#[test]
fn implication_of_deep_filters_ends() {
    let nest = |literal: &str| {
        (0..60).fold(format!(r#"s co "{literal}""#), |inner, at| {
            format!(r#"(s co "{literal}{at}" or x co "{literal}{at}" and {inner})"#)
        })
    };
    let (given, wanted) = (format!(r#"n eq 1 and {}"#, nest("a")), nest("b"));
    assert_eq!(check(&given).implies(&check(&wanted)), Ok(Implication::Unknown));
    assert_eq!(check(&given).implies(&check(&given)), Ok(Implication::Yes));
}

/// What is nested as deep as a text may be is not made deeper.
#[test]
fn rewriting_stays_within_the_limits_of_a_text() {
    let start = r#"s sw "x" or x sw "y" and n eq 1"#.to_owned();
    let deep = (0..63).fold(start, |inner, at| format!(r#"s sw "{at}" or x co "{at}" and ({inner})"#));
    let filter = check(&format!("not ({deep})"));
    for filter in
        [filter.normalize(), filter.simplify(), filter.split(|_| true).pushed, filter.split(|_| false).residual]
    {
        assert!(filter.to_filter().is_some_and(|text| text.check(&schema()) == Ok(filter)));
    }
    let mut joined = check("n eq 1");
    for step in 0.. {
        let next = if step % 2 == 0 { joined.or_with(&check("s pr")) } else { joined.and_with(&check("x pr")) };
        match next {
            Ok(next) => joined = next,
            Err(error) => {
                assert!(error.to_string().contains("nested deeper than 64"), "{error}");
                break;
            }
        }
    }
    assert!(joined.to_filter().is_some());
}

#[test]
fn required_values_and_bounds_are_found() {
    let schema = schema();
    let required = |name: &str, text: &str| check(text).required(schema.find(None, name).unwrap());
    let texts = |values: &[&str]| {
        Some(values.iter().map(|value| CompValue::String(value.to_string().into())).collect::<Vec<_>>())
    };
    assert_eq!(required("x", r#"x eq "a" and n gt 1"#), texts(&["a"]));
    assert_eq!(required("x", r#"(x eq "a" or x eq "b") and not (x sw "a")"#), texts(&["b"]));
    assert_eq!(required("x", r#"x eq "a" or n gt 5 and n lt 3"#), texts(&["a"]));
    assert_eq!(required("x", r#"x eq "a" or n eq 1"#), None);
    assert_eq!(required("x", r#"x eq "a" and x eq "b""#), texts(&[]));
    assert_eq!(required("b", "b eq true"), Some(vec![CompValue::Bool(true)]));
    assert_eq!(required("nums", "nums eq 1 and nums eq 2").map(|values| values.len()), Some(1));
    assert_eq!(required("nums", "nums[value eq 1]"), Some(vec![CompValue::Number("1".into())]));
    assert_eq!(required("nums", "nums ne 1"), None);
    let bounds = |text: &str| check(text).required_bounds(schema.find(None, "n").unwrap());
    let five = || Some((CompValue::Number("5".into()), true));
    assert_eq!(bounds("not (n lt 5) and n pr").map(|bounds| (bounds.low, bounds.high)), Some((five(), None)));
    assert_eq!(bounds("n eq 5").map(|bounds| (bounds.low, bounds.high)), Some((five(), five())));
    assert_eq!(bounds("n ne 5"), None);
}

#[test]
fn a_split_uses_the_other_spelling_of_a_negation() {
    let eq_and_not =
        |part: SplitPart| matches!(part, SplitPart::Test(_, Operator::Compare(CompareOp::Eq)) | SplitPart::Not);
    let split = check(r#"not (s eq "a") and n gt 1"#).split(eq_and_not);
    assert_eq!((split.pushed.to_string(), split.residual.to_string()), (r#"not (s eq "a")"#.into(), "n gt 1".into()));
    let ne = |part: SplitPart| matches!(part, SplitPart::Test(_, Operator::Compare(CompareOp::Ne)));
    let split = check(r#"not (s eq "a") or n gt 1"#).split(ne);
    assert!(split.pushed.is_everything());
    assert_eq!(check(r#"not (s eq "a")"#).split(ne).residual.to_string(), "(everything)");
}

#[test]
fn mapped_filters_keep_their_meaning_or_are_refused() {
    let same = |name: &str| Some(name.to_owned());
    for text in [r#"neco ne null"#, r#"not (neco ne null)"#, r#"cplx[type ne "a"] and nums[value gt 1]"#] {
        assert_eq!(check(text).map_attributes(&schema(), same).as_ref(), Ok(&check(text)), "{text}");
    }
    let refused = |text: &str, to: &'static str| {
        check(text).map_attributes(&schema(), move |_| Some(to.to_owned())).unwrap_err().to_string()
    };
    assert_eq!(refused(r#"s eq "a""#, "x"), "`x` differs in caseExact");
    assert_eq!(refused("n eq 1", "nums"), "`nums` is of type integer, not decimal");
    assert_eq!(refused(r#"x eq "a""#, "nosuch"), "unknown attribute `nosuch` at 0..6");
    let apart = |name: &str| Some(if name == "cplx" { "cplx" } else { "cplxx.type" }.to_owned());
    let apart = check(r#"cplx[type eq "a"]"#).map_attributes(&schema(), apart).unwrap_err();
    assert_eq!(apart.to_string(), "`cplxx.type` is no part of `cplx`, but `cplx.type` is asked about so");
    let none = check("n eq 1").map_attributes(&schema(), |_| None).unwrap_err();
    assert_eq!(none.to_string(), "the attribute `n` has no name in the target");
}

#[test]
fn explanations_tell_what_is_stored_beside_each_test() {
    let open = |filter: &str, record: Value| {
        let filter = Filter::parse(filter).and_then(|filter| filter.check(&Schema::open())).unwrap();
        let told = filter.explain_stored(&record);
        assert_eq!(told.verdict(), Some(filter.matches(&record)));
        let told = told.to_string();
        told.split_once("(stored: ").and_then(|(_, stored)| stored.strip_suffix(')')).unwrap_or(&told).to_owned()
    };
    assert_eq!(open("a eq \"200\"", json!({"a": 200})), "200");
    assert_eq!(
        open("a.b gt 1", json!({"a": [{"b": 1.50}, {"b": "x"}, {"b": {"c": 1}}, {"c": 2}]})),
        "1.5, \"x\", {..}"
    );
    assert_eq!(open("a eq null", json!({"a": null})), "null");
    assert_eq!(open("a pr", json!({"b": true})), "nothing");
    assert_eq!(open("not (a pr)", json!({"a": true})), "true");
    assert_eq!(open("a ne null", json!({"a": false})), "false");
    // One element is looked into; of several, none is told apart.
    assert!(open("a[b eq 1]", json!({"a": [{"b": 2}]})).ends_with("2"));
    assert!(!open("a[b eq 1]", json!({"a": [{"b": 2}, {"b": 3}]})).contains("stored"));
    // What is long is cut, and nothing moves a terminal's cursor.
    assert_eq!(open("a pr", json!({"a": "x".repeat(100)})), format!("\"{}…", "x".repeat(59)));
    assert_eq!(open("a pr", json!({"a": vec![12345; 100]})), format!("{}…", &"12345, ".repeat(9)[..60]));
    assert_eq!(open("a pr", json!({"a": "\u{1b}[2J\n\u{202e}\u{9b}"})), "\"\\u001b[2J\\n\\u{202e}\\u{9b}\"");
    // Of the type that is declared or not, since that may be the reason.
    let user = Filter::parse("active eq true and title pr").and_then(|filter| filter.check(&Schema::user())).unwrap();
    assert_eq!(
        user.explain_stored(&json!({"active": "true", "title": 5})).to_string(),
        "[no]  all of these:\n[no]    active is true (stored: \"true\")\n[no]    title is present (stored: 5)"
    );
}

#[test]
fn explanations_tell_no_values_when_redacted() {
    let filter = check(r#"s eq "s3cret" and cplx[not (type eq "s3cret")] or n ne 42"#);
    assert!(!filter.explain(true).to_string().contains("s3cret") && !filter.redacted().to_string().contains("42"));
    assert_eq!(
        filter.explain_match(&json!({"cplx": [{"type": "a"}], "s": "x"}), false).to_string(),
        r#"[yes] any of these:
[no]    all of these:
[no]      s is "s3cret" in any case
[yes]     one element of cplx with:
[yes]       not: type is "s3cret" in any case
[yes]   n has no value or is not 42"#
    );
    assert!(check("x eq \"a\u{202E}\"").explain(false).to_string().contains("\\u{202e}"));
}
