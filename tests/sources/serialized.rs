//! Whatever serializes is looked at as serde_json writes it: maps with any keys, tuples, variants, texts that are printed.

use std::collections::BTreeMap;
use std::fmt;

use scim_query::{CheckedFilter, Filter, Schema};
use serde::{Serialize, Serializer};
use serde_json::json;
#[cfg(feature = "cli")]
use serde_json::value::RawValue;

fn check(text: &str) -> CheckedFilter {
    Filter::parse(text).and_then(|filter| filter.check(&Schema::open())).expect(text)
}

/// The filter has the answer that it has for what serde_json makes of the value.
fn agrees<T: Serialize>(filter: &str, resource: &T) -> bool {
    let filter = check(filter);
    let value = serde_json::to_value(resource).expect("JSON");
    let expected = filter.matches(&value);
    let serialized = filter.compile_raw().matches_serialized(resource);
    assert_eq!(serialized.ok(), Some(expected), "{filter}, {value}");
    expected
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name(&'static str);

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Plain,
    Of(&'static str),
    Both(u8, u8),
    With { n: u8 },
}

/// Keys and values in the order that they are given.
struct Map<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[test]
fn keys_of_maps_are_written_as_serde_json_writes_them() {
    fn has<K: Serialize + Clone>(key: K, name: &str) {
        let map = Map(vec![(key.clone(), 7)]);
        assert_eq!(serde_json::to_string(&map).expect("a name"), json!({name: 7}).to_string());
        // A name that no filter can write is asked for by its schema.
        let schema = Schema::builder("urn:x:y")
            .attribute(scim_query::AttributeDef::new("id", scim_query::Type::Integer).at([name]));
        let filter = Filter::parse("id eq 7").and_then(|filter| filter.check(&schema.build().expect("a schema")));
        assert_eq!(filter.expect("a filter").compile_raw().matches_serialized(&map).ok(), Some(true), "{name}");
    }
    has("a", "a");
    has('a', "a");
    has(true, "true");
    has(-1i8, "-1");
    has(u64::MAX, "18446744073709551615");
    has(1.0f64, "1.0");
    has(0.5f32, "0.5");
    has(Some("a"), "a");

    // What is no name is no JSON, and so an error.
    fn has_none<K: Serialize>(key: K) {
        let map = Map(vec![(key, 7)]);
        assert!(serde_json::to_string(&map).is_err());
        let told = check("a eq 7").compile_raw().matches_serialized(&map).unwrap_err().to_string();
        assert_eq!(told, "key must be a string");
    }
    has_none(f64::NAN);
    has_none(f32::INFINITY);
    has_none(());
    has_none(None::<u8>);
    has_none([1]);
    has_none(json!({"a": 1}));
    has_none(Word::Of("a"));
    has_none(Word::Both(1, 2));
    has_none(Word::With { n: 1 });

    assert!(agrees("a eq 1", &BTreeMap::from([(Name("a"), 1)])));
    assert!(agrees("Plain eq 1", &BTreeMap::from([(Word::Plain, 1)])));
}

#[derive(Serialize)]
struct Pair(u8, &'static str);

#[derive(Serialize)]
struct Wrapped(Inner);

#[derive(Serialize)]
struct Inner {
    a: (u8, u8),
    pair: Pair,
    word: Word,
    words: Vec<Word>,
    none: Option<u8>,
    unit: (),
    c: char,
}

#[test]
fn each_form_of_serde_is_the_json_that_it_becomes() {
    let inner = |word| Inner {
        a: (1, 2),
        pair: Pair(3, "x"),
        word,
        words: vec![Word::Plain, Word::Of("x")],
        none: None,
        unit: (),
        c: 'c',
    };
    let all = [Word::Plain, Word::Of("x"), Word::Both(5, 6), Word::With { n: 7 }].map(|word| Wrapped(inner(word)));
    for (filter, matches) in [
        ("a eq 2", 4),
        ("a eq 3", 0),
        ("pair eq 3 and pair eq \"X\"", 4),
        ("word eq \"plain\"", 1),
        ("word.Of eq \"x\"", 1),
        ("word.Both eq 6", 1),
        ("word.With.n eq 7", 1),
        ("words eq \"Plain\" and words.Of sw \"x\"", 4),
        ("none eq null and unit eq null", 4),
        ("c eq \"c\"", 4),
        ("nosuch pr", 0),
    ] {
        assert_eq!(all.iter().filter(|one| agrees(filter, one)).count(), matches, "{filter}");
    }
    // Elements of a tuple lie where it does.
    let tuples = json!({"a": 1});
    assert!(agrees("t.a eq 1", &BTreeMap::from([("t", (&tuples, 2))])));
    #[derive(Serialize)]
    struct Two<'v>(&'v serde_json::Value, u8);
    assert!(agrees("t.a eq 1", &BTreeMap::from([("t", Two(&tuples, 2))])));
    // At the top, too.
    assert!(agrees("Of eq \"x\"", &Word::Of("x")));
    assert!(agrees("With.n eq 7", &Word::With { n: 7 }));
    assert!(agrees("Both eq 6", &Word::Both(5, 6)));
    assert!(!agrees("a pr", &Word::Plain));
    assert!(agrees("a eq 1", &Some(json!({"a": 1}))));
}

/// Written by hand, as a derived one never does it.
struct Printed;

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("printed")
    }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(serializer.is_human_readable());
        serializer.collect_str(self)
    }
}

#[test]
fn printed_texts_are_values() {
    assert!(agrees("a eq \"printed\"", &BTreeMap::from([("a", Printed)])));
    // Where the filter goes on below it, a text has nothing.
    assert!(!agrees("a.b eq \"printed\"", &BTreeMap::from([("a", Printed)])));
}

/// The feature of serde_json comes with the command line's.
#[cfg(feature = "cli")]
#[test]
fn raw_json_is_what_it_says() {
    #[derive(Serialize)]
    struct Holder<'r> {
        a: &'r RawValue,
        b: Printed,
    }
    let raw = RawValue::from_string(r#"{"b": [1, {"value": 2}]}"#.to_owned()).expect("JSON");
    let holder = Holder { a: &raw, b: Printed };
    let matches = |text: &str| check(text).compile_raw().matches_serialized(&holder).ok();
    assert_eq!(matches("a.b eq 2 and b eq \"printed\""), Some(true));
    assert_eq!(matches("a.b eq 3"), Some(false));
}

/// A value that cannot be written is an error where the filter asks about it, and nothing where it does not.
#[test]
fn an_error_of_the_value_is_told() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no such thing"))
        }
    }
    #[derive(Serialize)]
    struct Holder {
        a: u8,
        b: Broken,
    }
    let holder = Holder { a: 1, b: Broken };
    let matches = |text: &str| check(text).compile_raw().matches_serialized(&holder).map_err(|error| error.to_string());
    assert_eq!(matches("a eq 1"), Ok(true));
    assert_eq!(matches("b eq 1"), Err("no such thing".to_owned()));
}
