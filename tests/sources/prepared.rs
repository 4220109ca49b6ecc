//! What is prepared when a filter is compiled, literals and sets of them, says what the reference says of each value.

use std::cmp::Ordering;

use scim_query::{AttributeDef, CheckedFilter, Filter, Limits, Options, Schema, Type};
use serde_json::{Value, json};

use crate::reference::random::Random;
use crate::reference::scalar::{Number, fold};

fn checked(text: &str, schema: &Schema) -> CheckedFilter {
    let limits = Limits { text: usize::MAX, comparisons: usize::MAX, ..Limits::default() };
    let options = Options::default().with_limits(limits);
    let filter = Filter::parse_with(text, &options).and_then(|filter| filter.check_with(schema, &options));
    filter.unwrap_or_else(|error| panic!("{error:#}"))
}

fn accepts(op: &str, order: Ordering) -> bool {
    match op {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    }
}

fn stored(random: &mut Random) -> Value {
    match random.below(6) {
        0 => Value::from(random.next() as i64),
        1 => Value::from(random.below(40) as i64 - 20),
        2 => Value::from(random.next() | 1 << 63),
        3 => Value::from((random.below(400) as f64 - 200.0) / 10.0),
        4 => Value::from(2f64.powi(random.between(50, 70) as i32) + random.below(5) as f64),
        _ => Value::from(Some(f64::from_bits(random.next())).filter(|double| double.is_finite()).unwrap_or(0.5)),
    }
}

/// A literal that is, or lies very near, a stored number.
fn near(stored: &Value, random: &mut Random) -> String {
    let text = stored.to_string();
    let digits = random.pick_str(&["", "0", "1", "49999999999999999999", "5", "000000000000000000001", "9"]);
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => format!("{mantissa}{digits}e{exponent}"),
        Some(_) => text,
        None if text.contains('.') => format!("{text}{digits}"),
        None if digits.is_empty() => format!("{text}e{}", random.between(0, 2)),
        None => format!("{text}.{digits}"),
    }
}

/// S11.
#[test]
fn numbers_compare_as_exact_decimals() {
    let mut random = Random::new(11);
    for _ in 0..200_000 {
        let (mine, other) = (stored(&mut random), stored(&mut random));
        let literal = if random.percent(80) { near(&mine, &mut random) } else { near(&other, &mut random) };
        let op = random.pick_str(&["eq", "ne", "gt", "ge", "lt", "le"]);
        let filter = checked(&format!("n {op} {literal}"), &Schema::open());
        let Value::Number(number) = &mine else { panic!("a number") };
        let expected = accepts(op, Number::stored(number).cmp(&Number::literal(&literal)));
        assert_eq!(filter.matches(&json!({"n": mine})), expected, "{mine} {op} {literal}");
    }
}

fn texts() -> Schema {
    let text = |name: &str| AttributeDef::new(name, Type::String);
    let id = text("id").case_exact();
    Schema::builder("urn:test").attributes([id, text("folded"), text("exact").case_exact()]).build().expect("a schema")
}

fn text(random: &mut Random, longest: usize) -> String {
    // İ, ẞ and the Kelvin sign change their length when they are folded.
    let pieces = ["a", "A", "b", "B", "k", "\u{212a}", "i", "I", "İ", "ß", "ẞ", "é", "É", "😀", "1", "."];
    (0..random.below(longest + 1)).map(|_| random.pick_str(&pieces)).collect()
}

/// S9.
#[test]
fn texts_compare_as_folded_texts() {
    let schema = texts();
    let mut random = Random::new(9);
    for _ in 0..200_000 {
        let (mine, wanted) = (text(&mut random, 12), text(&mut random, 4));
        let op = random.pick_str(&["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
        let name = random.pick_str(&["folded", "exact"]);
        let wanted = if op == "eq" && random.percent(50) { mine.to_uppercase() } else { wanted };
        let folded = |text: &str| if name == "folded" { fold(text) } else { text.to_owned() };
        let expected = match op {
            "co" => folded(&mine).contains(&folded(&wanted)),
            "sw" => folded(&mine).starts_with(&folded(&wanted)),
            "ew" => folded(&mine).ends_with(&folded(&wanted)),
            _ => accepts(op, folded(&mine).cmp(&folded(&wanted))),
        };
        let filter = checked(&format!("{name} {op} {}", Value::from(wanted.clone())), &schema);
        assert_eq!(filter.matches(&json!({name: mine})), expected, "{mine:?} {op} {wanted:?} {name}");
    }
}

/// The same text again and again is no row of places to go along.
#[test]
fn equal_terms_cost_no_more_than_others() {
    let terms = vec![r#"exact eq "same""#; 200_000].join(" or ");
    let filter = checked(&terms, &texts());
    assert!(filter.matches(&json!({"exact": "same"})));
    assert!(!filter.matches(&json!({"exact": "Same"})));
}

/// A long text that nearly matches everywhere.
#[test]
fn substrings_are_found_in_linear_time() {
    let wanted = format!("{}b", "a".repeat(4_000));
    let filter = checked(&format!("folded co \"{wanted}\""), &texts());
    assert!(!filter.matches(&json!({"folded": "A".repeat(4_000_000)})));
    assert!(filter.matches(&json!({"folded": "A".repeat(4_000_000) + "B"})));
    assert!(filter.matches(&json!({"folded": "\u{e9}".repeat(9) + &"A".repeat(4_000_000) + "B"})));
}

/// Or-ed `eq` of one attribute are one look-up, however many there are, and whatever stands between them.
#[test]
fn many_equals_are_as_each() {
    let schema = texts();
    let mut random = Random::new(100);
    for count in [2, 3, 4, 5, 6, 17, 100, 1000] {
        for round in 0..40 {
            let name = random.pick_str(&["folded", "exact"]);
            let wanted: Vec<String> = (0..count).map(|at| text(&mut random, 6) + &(at % 50).to_string()).collect();
            let terms = wanted.iter().map(|wanted| format!("{name} eq {}", Value::from(wanted.clone())));
            let mut terms: Vec<String> = terms.collect();
            terms.insert(random.below(count), r#"id eq "other""#.into());
            let filter = checked(&terms.join(" or "), &schema);
            for _ in 0..20 {
                let mine = if random.percent(50) { random.pick(&wanted).to_lowercase() } else { text(&mut random, 6) };
                let folded = |text: &str| if name == "folded" { fold(text) } else { text.to_owned() };
                let expected = wanted.iter().any(|wanted| folded(wanted) == folded(&mine));
                assert_eq!(filter.matches(&json!({name: mine})), expected, "round {round}: {mine:?} of {wanted:?}");
            }
            assert!(filter.matches(&json!({name: "none", "id": "other"})));
            assert!(filter.matches(&json!({name: [7, wanted[count / 2]]})), "an array where one is declared (S2)");
            assert!(!filter.matches(&json!({name: 7})));
        }
    }
    let instants = (0..50).map(|at| format!(r#"meta.created eq "2022-01-01T00:00:{at:02}+00:00""#)).collect::<Vec<_>>();
    let filter = checked(&instants.join(" or "), &Schema::user());
    assert!(filter.matches(&json!({"meta": {"created": "2022-01-01T01:00:07.000+01:00"}})));
    assert!(!filter.matches(&json!({"meta": {"created": "2022-01-01T00:00:07.5Z"}})));
}
