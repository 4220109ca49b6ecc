//! Texts that nearly match: of every length, and wrong in every place.

use scim_query::{AttributeDef, Filter, Schema, Type, resource};
use serde::Serialize;
use serde_json::json;

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
    let fold = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let naive = |stored: &str, part: &str| {
        let (stored, part) = (fold(stored), fold(part));
        part.is_empty() || stored.windows(part.len()).any(|window| window == part)
    };
    let long = ["aA".repeat(300), "aA".repeat(300) + "b@", "@".repeat(500) + "@b@", "zq".repeat(400) + "ZZQ"];
    let texts = ["a", "A@b", "aAaAaAaB@aab", "@@@@@@@@b", "xK@exampleK.com", "\u{212a}@b", "ab\u{e4}\u{c4}AB@", "b"];
    let near = ["a".repeat(100) + "b", "@".repeat(60) + "b", "a".repeat(599) + "B", "zq".repeat(100) + "zz"];
    let parts = ["a", "@", "@B", "aab", "aaab@", "k@", "@example", "\u{c4}ab", "b@", "\u{e4}\u{e4}", "zzq", "q"];
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
