//! What is read sixteen bytes at a time says the same as what is read one by one, wherever in a text it stands.

use std::fmt::Write;

use scim_query::{AttrTest, CompValue, ExprKind, Filter, ListQuery, Options, Part, Profile, Quirk, Quirks};

/// Longer than two looks, and some bytes more.
const LONGEST: usize = 40;

/// The value of `a eq <text>`, or where it fails and why.
fn value(text: &str, options: &Options) -> Result<String, (String, usize, usize)> {
    let filter = format!("a eq {text}");
    let found = match Filter::parse_with(&filter, options) {
        Ok(filter) => filter,
        Err(error) => {
            let span = error.span().expect("a place");
            return Err((error.code().to_owned(), span.start as usize - 5, span.end as usize - 5));
        }
    };
    let ExprKind::Attr(exp) = found.expr().kind() else { panic!("one comparison") };
    match exp.test() {
        AttrTest::Compare(_, CompValue::String(text)) => Ok(text.clone().into_owned()),
        other => panic!("{filter}: {other:?}"),
    }
}

#[test]
fn a_string_ends_wherever_its_quote_stands() {
    let strict = Options::default();
    let lenient = Options::default().with_quirks(Quirks::of([Quirk::Q3]));
    for (quote, options) in [('"', &strict), ('"', &lenient), ('\'', &lenient)] {
        for length in 0..LONGEST {
            for c in ['x', ' ', '~', '\u{7f}', '\u{80}', '\u{7ff}', '\u{20ac}', '\u{10ffff}', '"', '\'', ')', '[', '%']
            {
                for at in 0..=length {
                    let inside = format!("{}{c}{}", "p".repeat(at), "q".repeat(length - at));
                    let written = inside.replace(quote, &format!("\\{quote}"));
                    let text = format!("{quote}{written}{quote}");
                    assert_eq!(value(&text, options), Ok(inside), "{text}");
                }
            }
        }
    }
}

#[test]
fn what_a_string_may_not_hold_is_told_wherever_it_stands() {
    let options = Options::default();
    for length in 0..LONGEST {
        for at in 0..=length {
            for c in ['\0', '\n', '\u{1f}'] {
                let before = "\u{e4}".repeat(at);
                let text = format!("\"{before}{c}{}\"", "q".repeat(length - at));
                let place = 1 + before.len();
                assert_eq!(value(&text, &options), Err(("control_character".to_owned(), place, place + 1)), "{text:?}");
            }
        }
        let open = format!("\"{}", "\u{e4}".repeat(length));
        assert_eq!(value(&open, &options), Err(("string_unclosed".to_owned(), 0, open.len())), "{open}");
    }
}

/// What was given as `filter`, of a text that is encoded so.
fn decoded(encoded: &str) -> String {
    let query = ListQuery::parse(&format!("limit=5&filter={encoded}&after=x"), &Profile::okta()).expect(encoded);
    assert_eq!((query.get(Part::Limit), query.get(Part::After)), (Some("5"), Some("x")), "{encoded}");
    query.get(Part::Filter).expect(encoded).to_owned()
}

#[test]
fn percent_encoding_is_read_wherever_it_stands() {
    let encode = |text: &str, upper: bool| {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            // Writing to a string does not fail.
            let _ = if upper { write!(encoded, "%{byte:02X}") } else { write!(encoded, "%{byte:02x}") };
            encoded
        })
    };
    for length in 0..LONGEST {
        for c in ['\0', ' ', '+', '%', '&', '=', 'z', '\u{7f}', '\u{e4}', '\u{20ac}', '\u{10ffff}'] {
            for at in 0..=length {
                let (before, after) = ("\u{e4}".repeat(at), "q".repeat(length - at));
                let plain = format!("{before}{c}{after}");
                for upper in [true, false] {
                    assert_eq!(decoded(&format!("{before}{}{after}", encode(&c.to_string(), upper))), plain);
                    assert_eq!(decoded(&format!("{}{after}", encode(&format!("{before}{c}"), upper))), plain);
                    assert_eq!(decoded(&format!("{before}{}", encode(&format!("{c}{after}"), upper))), plain);
                }
                assert_eq!(decoded(&format!("{before}+{after}")), format!("{before} {after}"));
            }
        }
    }
}

#[test]
fn broken_percent_encoding_is_told_wherever_it_stands() {
    for length in 0..LONGEST {
        for at in 0..=length {
            for broken in ["%", "%2", "%G0", "%0G", "%%41", "%/0", "%:0", "%@0", "%`0", "%g0", "%\u{e4}"] {
                // What is right for the first of them is broken by what is behind.
                let (before, after) = ("+".repeat(at), "zq".repeat(length - at));
                let text = format!("filter={before}{broken}{after}");
                let error = ListQuery::parse(&text, &Profile::okta()).expect_err(&text);
                assert_eq!(error.code(), "percent_invalid", "{text}");
                assert_eq!(error.span().map(|span| span.start as usize), Some(at), "{text}");
            }
            for broken in ["%80", "%C3", "%C3%", "%e2%82", "%ff", "%C0%80", "%ED%A0%80"] {
                let text = format!("filter={}{broken}zz{}", "+".repeat(at), "q".repeat(length - at));
                let error = ListQuery::parse(&text, &Profile::okta()).expect_err(&text);
                let expected = if broken.ends_with("C3%") { "percent_invalid" } else { "utf8_invalid" };
                assert_eq!(error.code(), expected, "{text}");
            }
        }
    }
}
