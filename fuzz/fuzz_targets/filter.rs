//! Any text: no panic, spans on character boundaries, and what is accepted prints to a text that parses to the same tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_query::{Error, Filter, Limits, Options, OrderBy, Path, Quirks, Schema};

fuzz_target!(|text: &str| {
    let lenient = Options::default().with_quirks(Quirks::ALL);
    match Filter::parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            let again = Filter::parse(&printed).expect("canonical text parses");
            assert_eq!(again, filter);
            assert_eq!(again.to_string(), printed);
            // The law of the quirks: a strict text keeps its tree.
            assert_eq!(Filter::parse_with(text, &lenient).expect("a strict text is accepted by every quirk"), filter);
            check(&filter);
        }
        Err(error) => {
            look_at(&error);
            if let Ok(filter) = Filter::parse_with(text, &lenient) {
                assert!(!filter.warnings().is_empty(), "a lenient reading is always told");
                let printed = filter.to_string();
                assert_eq!(Filter::parse(&printed).expect("canonical text is strict"), filter);
            }
        }
    }
    if let Err(error) = Path::parse(text) {
        look_at(&error);
    }
    if let Err(error) = OrderBy::parse(text) {
        look_at(&error);
    }
});

fn check(filter: &Filter<'_>) {
    for schema in [Schema::user(), Schema::access_requests(), Schema::open()] {
        match filter.check(&schema) {
            Ok(checked) => {
                // Full names and plain digits may be longer than what was written.
                let printed = checked.to_string();
                let longer = Options::default().with_limits(Limits { text: 1 << 20, ..Limits::DEFAULT });
                let again = Filter::parse_with(&printed, &longer).expect("a checked filter's text parses");
                assert_eq!(again.check(&schema).expect("and checks"), checked);
                checked.matches(&serde_json::Value::Null);
            }
            Err(error) => look_at(&error),
        }
    }
}

fn look_at(error: &Error) {
    let text = error.text();
    if let Some(span) = error.span() {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && text.is_char_boundary(start) && text.is_char_boundary(end), "{span} in {text:?}");
    }
    assert!(!error.to_string().contains('\n'));
    let _ = format!("{error:#}");
}
