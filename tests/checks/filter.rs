//! Any text as a filter: spans on character boundaries, and what is accepted prints to a text that parses to the same tree.

use scim_query::{Filter, Limits, Options, Quirks};

use super::{look_at, schemas};

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lenient = Options::default().with_quirks(Quirks::ALL);
    match Filter::parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            let again = Filter::parse(&printed).expect("canonical text parses");
            assert_eq!(again, filter);
            assert_eq!(again.to_string(), printed);
            // The law of the quirks: a strict text keeps its tree.
            assert_eq!(Filter::parse_with(text, &lenient).expect("a strict text is accepted by every quirk"), filter);
            against_schemas(&filter);
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
}

fn against_schemas(filter: &Filter<'_>) {
    for schema in schemas::all() {
        match filter.check(schema) {
            Ok(checked) => {
                // Full names and plain digits may be longer than what was written.
                let printed = checked.to_string();
                let longer = Options::default().with_limits(Limits { text: 1 << 20, ..Limits::DEFAULT });
                let again = Filter::parse_with(&printed, &longer).expect("a checked filter's text parses");
                assert_eq!(again.check(schema).expect("and checks"), checked);
                checked.matches(&serde_json::Value::Null);
            }
            Err(error) => look_at(&error),
        }
    }
}
