//! Texts that nearly match: of every length, and wrong in every place.

use scim_query::{AttributeDef, Filter, Schema, Type, fold, resource};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct Outer {
    text: String,
    inner: Option<Inner>,
}

#[derive(Serialize)]
struct Inner {
    text: Option<String>,
}

resource! { impl Resource for Outer { "text" => text, "inner" => inner } }
resource! { impl Resource for Inner { "text" => text } }

fn schema() -> Schema {
    let exact = || AttributeDef::new("text", Type::String).case_exact();
    Schema::builder("urn:example:texts")
        .attributes([exact(), AttributeDef::new("inner", Type::Complex).sub_attributes([exact()])])
        .build()
        .expect("a schema")
}

/// A text, and every other that differs from it in one byte or in its end.
fn nearly(text: &str) -> Vec<String> {
    let changed = (0..text.len()).map(|at| format!("{}#{}", &text[..at], &text[at + 1..]));
    let shorter = text.len().checked_sub(1).map(|end| text[..end].to_owned());
    changed.chain(shorter).chain([format!("{text}a")]).collect()
}

#[test]
fn only_the_text_itself_is_equal_to_it() {
    for length in 0..40 {
        let text = &"abcdefghijklmnopqrstuvwxyz0123456789ABCDEF"[..length];
        for name in ["text", "inner.text"] {
            for (operator, of_equal) in [("eq", true), ("ne", false)] {
                let written = format!("{name} {operator} {}", json!(text));
                let filter = Filter::parse(&written).expect("a filter").check(&schema()).expect("attributes");
                let (on_struct, raw) = (filter.compile_for::<Outer>().expect("members"), filter.compile_raw());
                let check = |stored: Option<&str>, expected: bool| {
                    let outer = Outer {
                        text: stored.unwrap_or("-").to_owned(),
                        inner: Some(Inner { text: stored.map(Into::into) }),
                    };
                    let value = json!(outer);
                    let what = format!("{filter} of {value}");
                    assert_eq!(filter.matches(&value), expected, "{what}");
                    assert_eq!(on_struct.matches(&outer), expected, "a struct: {what}");
                    assert_eq!(raw.matches(value.to_string().as_bytes()).ok(), Some(expected), "bytes: {what}");
                    assert_eq!(raw.matches_serialized(&outer).ok(), Some(expected), "serialized: {what}");
                };
                check(Some(text), of_equal);
                nearly(text).iter().for_each(|other| check(Some(other), !of_equal));
                // S4: `ne` is true where there is no value.
                if name == "inner.text" {
                    check(None, !of_equal);
                }
            }
        }
    }
    let filter = Filter::parse(r#"inner.text ne "a""#).expect("a filter").check(&schema()).expect("attributes");
    assert!(filter.compile_for::<Outer>().expect("members").matches(&Outer { text: "a".into(), inner: None }));
}

/// By windows over what both are when they are folded.
#[test]
fn a_part_is_where_a_window_shows_it() {
    let schema = Schema::builder("urn:example:texts").attribute(AttributeDef::new("text", Type::String));
    let schema = schema.build().expect("a schema");
    let chars = |text: &str| fold(text).chars().collect::<Vec<char>>();
    let naive = |stored: &str, part: &str| {
        let (stored, part) = (chars(stored), chars(part));
        part.is_empty() || stored.windows(part.len()).any(|window| window == part)
    };
    let long = ["aA".repeat(300), "aA".repeat(300) + "b@", "@".repeat(500) + "@b@", "zq".repeat(400) + "ZZQ"];
    let texts = [
        "a",
        "A@b",
        "aAaAaAaB@aab",
        "@@@@@@@@b",
        "xK@exampleK.com",
        "\u{212a}@b",
        "ab\u{e4}\u{c4}AB@",
        "b",
        "\u{17f}",
        "\u{130}",
    ];
    let near = ["a".repeat(100) + "b", "@".repeat(60) + "b", "a".repeat(599) + "B", "zq".repeat(100) + "zz"];
    let parts = ["a", "@", "@B", "aab", "aaab@", "k@", "@example", "\u{c4}ab", "b@", "\u{e4}\u{e4}", "zzq", "q", "I"];
    let (mut found, mut missed) = (0, 0);
    for part in parts.into_iter().chain(near.iter().map(|text| &**text)) {
        let written = format!("text co {}", json!(part));
        let predicate = Filter::parse(&written).expect("a filter").check(&schema).expect("an attribute").compile();
        for stored in texts.into_iter().chain(long.iter().map(|text| &**text)) {
            let expected = naive(stored, part);
            assert_eq!(predicate.matches(&json!({"text": stored})), expected, "{part} in {stored}");
            *(if expected { &mut found } else { &mut missed }) += 1;
        }
    }
    assert!(found > 30 && missed > 60, "{found} {missed}");
}

/// Short ASCII texts are compared as numbers: each byte that differs, at each place, in each length around eight and sixteen.
#[test]
fn each_byte_of_a_short_text_counts() {
    let schema = Schema::builder("urn:example:texts").attribute(AttributeDef::new("text", Type::String));
    let schema = schema.build().expect("a schema");
    let wanted: String = ('h'..='z').chain(['@', '[', '`', '{']).cycle().take(20).collect();
    let bytes = (0..128u8).map(char::from).chain(['\u{e4}', '\u{c4}', '\u{212a}', '\u{130}']);
    let others: Vec<char> = bytes.collect();
    let (mut equal, mut different) = (0, 0);
    for length in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20] {
        let wanted = &wanted[..length];
        let [is, starts, contains] = ["eq", "sw", "co"].map(|op| {
            let filter = Filter::parse(&format!("text {op} {}", json!(wanted))).expect("a filter").into_owned();
            filter.check(&schema).expect("an attribute").compile()
        });
        for (at, other) in (0..length).flat_map(|at| others.iter().map(move |other| (at, *other))) {
            let stored: String = wanted.chars().enumerate().map(|(n, c)| if n == at { other } else { c }).collect();
            for (stored, more) in [(stored.clone(), ""), (stored.to_uppercase(), "x"), (stored, "\u{e4}")] {
                let longer = json!({"text": format!("{stored}{more}")});
                let is_it = fold(&stored) == fold(wanted);
                assert_eq!(is.matches(&longer), is_it && more.is_empty(), "{longer} eq {wanted}");
                assert_eq!(starts.matches(&longer), is_it, "{longer} sw {wanted}");
                // No part of a text of no two equal characters in a row is the text.
                assert_eq!(contains.matches(&longer), is_it, "{longer} co {wanted}");
                *(if is_it { &mut equal } else { &mut different }) += 1;
            }
        }
    }
    assert!(equal > 500 && different > 30_000, "{equal} {different}");
}

/// Keys that begin alike, and keys in which any one byte differs, around eight and sixteen bytes.
#[test]
fn each_byte_of_a_key_counts() {
    let mut names: Vec<String> = (1..=20).map(|length| "abcdefghijklmnopqrst"[..length].into()).collect();
    for length in [4, 7, 8, 9, 15, 16, 17, 20] {
        for at in 0..length {
            let other = |n: usize, c: char| if n == at { c.to_ascii_uppercase() } else { c };
            names.push("abcdefghijklmnopqrst"[..length].chars().enumerate().map(|(n, c)| other(n, c)).collect());
        }
    }
    names.sort();
    names.dedup();
    let number = |at: usize| i64::try_from(at).expect("a small number");
    for some in [1, 2, 3, 7] {
        // Every such name, and none of the others.
        let stored = || (0..names.len()).filter(move |at| at % some == 0);
        let resource: serde_json::Map<_, _> = stored().map(|at| (names[at].clone(), json!(number(at)))).collect();
        let resource = Value::Object(resource);
        for (at, name) in names.iter().enumerate() {
            let filter = Filter::parse(&format!("{name} eq {at}")).expect("a filter").into_owned();
            let predicate = filter.check(&Schema::open()).expect("any attribute").compile();
            assert_eq!(predicate.matches(&resource), at % some == 0, "{name} of every {some}");
        }
    }
}

/// What the search for a folded part relies on: else it would not have to look for other characters than ASCII's.
#[test]
fn two_characters_beyond_ascii_are_folded_to_ascii() {
    let folded = |c: &char| fold(&c.to_string()).is_ascii();
    let beyond: Vec<char> = ('\u{80}'..=char::MAX).filter(folded).collect();
    assert_eq!(beyond, ['\u{130}', '\u{212a}']);
}
