//! Raw JSON bytes, and what serializes, against the value that serde_json reads from them.

use scim_query::{Filter, Schema};
use serde_json::{Value, json};

use super::written::{written, written_with_unique_keys};
use crate::differential::{Both, in_threads};
use crate::reference::generate::World;
use crate::reference::random::Random;

const RESOURCES: usize = 30;
const FILTERS: usize = 60;

fn worlds() -> u64 {
    let pairs: usize = std::env::var("SCIM_QUERY_PAIRS").ok().map_or(1_000_000, |text| text.parse().expect("a number"));
    (pairs / (RESOURCES * FILTERS)).max(50) as u64
}

/// However a record is written, and whether it is read to its end or only as far as the answer.
#[test]
fn bytes_match_as_values_do() {
    let schemas = Both::all();
    in_threads(worlds(), |seed| {
        let schema = Both::of(&schemas, seed);
        let mut failures = Vec::new();
        let mut world = World::new(seed ^ 0x7a77, &schema.reference, RESOURCES);
        let mut random = Random::new(seed);
        let mut records: Vec<(String, String, Value)> = Vec::new();
        for resource in world.resources.clone() {
            let text = written(&resource, &mut random);
            let unique = written_with_unique_keys(&resource, &mut random);
            let value: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}: {text}"));
            records.push((text, unique, value));
        }
        let mut filters = world.filters(&schema.reference);
        for _ in 0..FILTERS {
            let tree = filters.filter();
            let text = schema.print(filters.random, &tree);
            let Ok(filter) = schema.check(&text) else { continue };
            let (predicate, raw) = (filter.compile(), filter.compile_raw());
            let (lazy, strict) = (raw.clone().assume_unique_keys(), raw.clone().validating());
            let ndjson = |of: &dyn Fn(&(String, String, Value)) -> &String| {
                records.iter().map(|record| of(record).replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
            };
            let (all, all_unique) = (ndjson(&|record| &record.0), ndjson(&|record| &record.1));
            let expected: Vec<String> = records
                .iter()
                .filter(|(_, _, value)| predicate.matches(value))
                .map(|(record, _, _)| record.replace('\n', " "))
                .collect();
            let found: Vec<&str> = raw.lines(all.as_bytes()).map(|line| str(line.expect("JSON"))).collect();
            let found_lazily = lazy.lines(all_unique.as_bytes()).filter(Result::is_ok).count();
            if found != expected || found_lazily != expected.len() {
                failures.push(format!("seed {seed}, {}: {text}\n  lines: {all}\n  {found:?}", schema.name));
            }
            for (record, unique, value) in &records {
                let expected = Ok(predicate.matches(value));
                let serialized = raw.matches_serialized(value).map_err(|error| error.to_string());
                if serialized.as_ref().ok() != expected.as_ref().ok() {
                    failures
                        .push(format!("seed {seed}, {}: {text}\n  serialized: {value}\n  {serialized:?}", schema.name));
                }
                for (name, found, record) in [
                    ("raw", raw.matches(record.as_bytes()), record),
                    ("validating", strict.matches(record.as_bytes()), record),
                    ("unique keys", lazy.matches(unique.as_bytes()), unique),
                ] {
                    if found != expected {
                        failures.push(format!("seed {seed}, {}: {text}\n  {name}: {record}\n  {found:?}", schema.name));
                    }
                }
            }
        }
        failures
    });
}

fn str(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A line is passed over only if it cannot match, and errors have their place.
#[test]
fn lines_that_cannot_match_are_passed_over_unread() {
    let check =
        |filter: &str, schema: &Schema| Filter::parse(filter).and_then(|filter| filter.check(schema)).expect("checks");
    let raw = check(r#"requestedFor eq "00u/12345" and status pr"#, &Schema::access_requests()).compile_raw();
    let of = |id: &str| format!(r#"{{"status":"x","requestedFor":{{"externalId":"{id}"}}}}"#);
    let lines = [of("00u/12345"), of(r"00u\/12345"), of(r"00u/1234\u0035"), of(r"00u\u002f12345"), of("00u/1234")];
    let text = format!("{}\n\n  \r\n{}\n{{broken\n{}\n{}\n{}", lines[0], lines[1], lines[2], lines[3], lines[4]);
    let found: Vec<&str> = raw.lines(text.as_bytes()).map(|line| str(line.expect("JSON"))).collect();
    assert_eq!(found, lines[..4]);
    let all: Vec<bool> = raw.clone().validating().lines(text.as_bytes()).map(|line| line.is_ok()).collect();
    assert_eq!(all, [true, true, false, true, true]);
    let text = format!("{}\n{{\"status\": \"12345\n{}\n", lines[0], lines[0]);
    let all: Vec<_> = raw.lines(text.as_bytes()).collect();
    assert_eq!(all.len(), 3);
    assert_eq!(all[1].expect_err("no JSON").offset(), lines[0].len() + 1 + 11);
    // The Kelvin sign folds to k: only what has no case is searched for.
    let raw = check(r#"userName eq "kk-1234""#, &Schema::user()).compile_raw();
    let text = "{\"userName\":\"K\u{212a}-1234\"}\n{\"userName\":\"kk-123\"}";
    assert_eq!(raw.lines(text.as_bytes()).count(), 1);
}

/// Bytes that are broken anywhere: an answer or an error, and the answer of the value wherever there is one.
#[test]
fn broken_bytes_end_in_an_answer_or_an_error() {
    let schemas = Both::all();
    in_threads(worlds() / 5, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut failures = Vec::new();
        let mut world = World::new(seed ^ 0xb0cc, &schema.reference, 8);
        let mut random = Random::new(seed);
        let resources = world.resources.clone();
        let mut filters = world.filters(&schema.reference);
        for _ in 0..30 {
            let tree = filters.filter();
            let text = schema.print(filters.random, &tree);
            let Ok(filter) = schema.check(&text) else { continue };
            let raw = filter.compile_raw();
            let (lazy, strict) = (raw.clone().assume_unique_keys(), raw.clone().validating());
            for resource in &resources {
                let broken = broken(written(resource, &mut random), &mut random);
                let value = serde_json::from_slice::<Value>(&broken).ok();
                // S11: serde_json's `arbitrary_precision` reads it, also where a later member takes its place.
                if value.is_some() && has_great_number(&broken) {
                    continue;
                }
                let expected = value.as_ref().map(|value| filter.matches(value));
                let _ = lazy.matches(&broken);
                let (found, strictly) = (raw.matches(&broken).ok(), strict.matches(&broken).ok());
                if strictly != expected || (expected.is_some() && found != expected) {
                    let shown = String::from_utf8_lossy(&broken);
                    failures.push(format!("seed {seed}: {text}\n  {shown}\n  {found:?} {strictly:?} {expected:?}"));
                }
            }
        }
        failures
    });
}

/// Whether something in the text looks like a number beyond the doubles.
fn has_great_number(text: &[u8]) -> bool {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    text.split(|byte| !is_of_number(byte)).any(|run| str(run).parse::<f64>().is_ok_and(f64::is_infinite))
}

fn broken(text: String, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    for _ in 0..random.between(1, 3) {
        let at = random.below(bytes.len() + 1);
        match random.below(4) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => _ = bytes.remove(at),
            2 => bytes.insert(at, *random.pick(b"\"\\{}[]:,u0e\x00\xc3\n 1")),
            _ if at < bytes.len() => bytes[at] = *random.pick(b"\"\\{}[]:,u0e\x00\xff\n 1"),
            _ => {}
        }
    }
    bytes
}

#[test]
fn an_error_in_a_needed_part_has_its_place() {
    let filter = r#"status eq "x" and requested.id gt 3 and emails[type eq "w" and value pr]"#;
    let filter = Filter::parse(filter).expect("parses").check(&Schema::open()).expect("checks");
    let raw = filter.compile_raw();
    let mut told = String::new();
    for record in [
        r#""#,
        r#"   "#,
        r#"{"status": "x"#,
        r#"{"status": "x""#,
        r#"{"status": "x","#,
        r#"{"status": "x"}}"#,
        r#"{"status": "x"} {}"#,
        r#"{"status" "x"}"#,
        r#"{"status": }"#,
        r#"{"status": xyz}"#,
        r#"{"status": "a\x"}"#,
        r#"{"status": "a\ud800"}"#,
        "{\"status\": \"a\tb\"}",
        r#"{"status": "x" "requested": {"id": 4}}"#,
        r#"{"requested": {"id": 04}}"#,
        r#"{"requested": {"id": 1e999}}"#,
        r#"{"requested": {"id": 1.}}"#,
        r#"{"requested": {"id": 1e}}"#,
        r#"{"requested": {"id": -}}"#,
        r#"{"status": "x", "requested": {"id": 4}, "emails": [{"type": "w\q"}]}"#,
        r#"{"status": "x", "requested": {"id": 4}, "emails": [{"type" "w"}]}"#,
        r#"{"status": "x", "requested": {"id": 4}, "emails": [{"type": "w"} {}]}"#,
        r#"{"status": "x", "requested": {"id": 4}, "emails": [{"type": "h"} , ]}"#,
        r#"{"other": [1, 2}"#,
        r#"[1, 2"#,
        r#"nul"#,
    ] {
        let told_of = match raw.matches(record.as_bytes()) {
            Ok(matches) => format!("{matches}"),
            Err(error) => error.to_string(),
        };
        told += &format!("{record:?}\n  {told_of}\n");
    }
    insta::assert_snapshot!(told);
}

/// S11: with serde_json's `arbitrary_precision` too, which reads such numbers.
#[test]
fn numbers_beyond_the_doubles_are_refused() {
    let raw = |text: &str, schema: &Schema| {
        Filter::parse(text).expect("a filter").check(schema).expect("attributes").compile_raw()
    };
    let name = raw("userName pr", &Schema::user()).validating();
    let (object, element) = (raw("x pr", &Schema::open()), raw("x[y eq 1]", &Schema::open()));
    for (number, is_one) in [("1e999", false), ("-1e999", false), ("1e308", true), ("18446744073709551616", true)] {
        let anywhere = ["N", r#"{"n": N}"#, r#"[[{"n": {"m": N}}]]"#].map(|value| value.replace('N', number));
        for value in anywhere {
            let record = format!(r#"{{"userName": "a", "n": {value}, "m": {{}}}}"#);
            assert_eq!(name.matches(record.as_bytes()).ok(), is_one.then_some(true), "{record}");
        }
        let record = format!(r#"{{"x": {{"n": {number}}}}}"#);
        assert_eq!(object.matches(record.as_bytes()).ok(), is_one.then_some(true), "{record}");
        let record = format!(r#"{{"x": [{{"n": {number}}}]}}"#);
        assert_eq!(element.matches(record.as_bytes()).ok(), is_one.then_some(false), "{record}");
        if let Ok(value) = serde_json::from_str::<Value>(&format!(r#"{{"x": {{"n": {number}}}}}"#)) {
            assert_eq!(object.matches_serialized(&value).ok(), is_one.then_some(true), "{value}");
        }
    }
    // Nothing but a number has serde_json's own key for one first.
    let record = r#"{"userName": "a", "n": {"a": 1, "$serde_json::private::Number": {}}}"#;
    assert!(name.matches(record.as_bytes()).expect("JSON"));
}

#[test]
fn what_is_not_needed_is_not_read() {
    let filter = Filter::parse(r#"a eq 1"#).expect("parses").check(&Schema::open()).expect("checks");
    let raw = filter.compile_raw();
    assert_eq!(raw.matches(br#"{"b": [1 2, nul, "\x"], "a": 1}"#), Ok(true));
    assert!(raw.clone().validating().matches(br#"{"b": [1 2], "a": 1}"#).is_err());
    // With the caller's word, not even the end.
    assert_eq!(raw.clone().assume_unique_keys().matches(br#"{"a": 1, "b"#), Ok(true));
    assert!(raw.matches(br#"{"a": 1, "b"#).is_err());
}

#[test]
fn depth_and_length_have_no_limit() {
    let filter = Filter::parse(r#"a.b eq 1 and c pr"#).expect("parses").check(&Schema::open()).expect("checks");
    let raw = filter.compile_raw();
    let deep = 1_000_000;
    let nested = |open: &str, close: &str| open.repeat(deep) + &close.repeat(deep);
    for inner in [nested("[", "]"), nested(r#"{"a":["#, "]}")] {
        let record = format!(r#"{{"x":{inner},"a":{{"b":1}},"c":true,"y":{inner}}}"#);
        assert_eq!(raw.matches(record.as_bytes()), Ok(true));
    }
    assert!(raw.matches(nested("[", "").as_bytes()).is_err());
    let long = format!(r#"{{"a":{{"b":1{}}},"c":"{}"}}"#, " ".repeat(1 << 20), "\\\"".repeat(1 << 20));
    assert_eq!(raw.matches(long.as_bytes()), Ok(true));
}

#[test]
fn every_offset_of_a_block_is_as_any_other() {
    let filter = r#"name eq "a\"b\\" and nick co "\\\"""#;
    let filter = Filter::parse(filter).expect("parses").check(&Schema::open()).expect("checks");
    let raw = filter.compile_raw();
    for shift in 0..200 {
        let pad = "x".repeat(shift);
        let value = json!({"pad": pad, "name": "a\"b\\", "nick": "z\\\"", "tail": pad});
        let record = value.to_string();
        assert_eq!(raw.matches(record.as_bytes()), Ok(true), "{record}");
        let spaced = format!("{}{record}{}", " ".repeat(shift), "\n".repeat(shift % 70));
        assert_eq!(raw.matches(spaced.as_bytes()), Ok(true), "{spaced}");
        let cut = &record.as_bytes()[..record.len() - 1];
        assert!(raw.matches(cut).is_err());
    }
}

/// Presence of a whole object is one pass, however deep it is and however often its keys come twice.
#[test]
fn presence_of_objects_is_read_once() {
    let check = |filter: &str| Filter::parse(filter).and_then(|filter| filter.check(&Schema::open())).expect("checks");
    let (present, unassigned) = (check("a pr").compile_raw(), check("a eq null").compile_raw());
    for (record, is_present, is_unassigned) in [
        (r#"{"a":{"b":{"c":[null,[1],""]}}}"#, false, false),
        (r#"{"a":{"b":{"c":[null,[1]]}}}"#, false, true),
        (r#"{"a":{"b":1,"b":null}}"#, false, true),
        (r#"{"a":{"b":null,"\u0062":"x"}}"#, true, false),
        (r#"{"a":{"b":[{"c":false}]}}"#, true, false),
        (r#"{"a":[{}, {"b":0}]}"#, true, false),
    ] {
        assert_eq!(present.matches(record.as_bytes()), Ok(is_present), "{record}");
        assert_eq!(unassigned.matches(record.as_bytes()), Ok(is_unassigned), "{record}");
    }
    // Deeper than serde_json reads, and so than any value is.
    let deep = format!(r#"{{"a":{}1{}}}"#, r#"{"a":"#.repeat(200_000), "}".repeat(200_000));
    assert!(present.matches(deep.as_bytes()).is_err());
}

#[test]
fn objects_end_with_their_own_bracket() {
    let raw = Filter::parse("a eq 1").and_then(|filter| filter.check(&Schema::open())).expect("checks").compile_raw();
    for record in [r#"{"x":[1,2],"a":1,"b":2]"#, "{]", r#"{"a":1]"#] {
        assert!(raw.matches(record.as_bytes()).is_err(), "{record}");
    }
}

/// A path as deep as a filter's text can name takes no stack that a small thread does not have.
#[test]
fn deep_paths_take_little_stack() {
    let names = vec!["a"; 64].join(".");
    let run = move || {
        let filter = Filter::parse(&format!("{names} eq 1")).and_then(|filter| filter.check(&Schema::open()));
        let raw = filter.expect("checks").compile_raw();
        assert_eq!(raw.matches(br#"{"a":{"a":1},"a":{"a":{}}}"#), Ok(false));
        let record = format!("{}1{}", r#"{"a":"#.repeat(64), "}".repeat(64));
        assert_eq!(raw.matches(record.as_bytes()), Ok(true));
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).expect("a thread").join().expect("no overflow");
}
