//! One answer of a filter, whatever its resource is: a value in memory, the bytes of its JSON read in each of the ways that
//! there are, what serde writes, a struct. The filter is on the first line, the bytes of one or more records are behind it.

use scim_query::{CheckedFilter, Fields, Filter, RawPredicate, Schema};

use super::people::Person;
use super::{first_line, grown, schemas};

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = grower.pick(schemas::all());
        let mut input = format!("{}\n", grower.filter(schema)?).into_bytes();
        for _ in 0..=grower.below(3) {
            let resource = grower.resource(schema);
            let text = grower.written(&resource);
            input.extend(grower.broken(text));
            input.push(b'\n');
        }
        Some(input)
    });
    let Some((filter, records)) = first_line(&input) else { return };
    let Ok(filter) = Filter::parse(filter) else { return };
    for filter in schemas::accepting(&filter) {
        let raw = filter.compile_raw();
        lines(&raw, records);
        lines(&raw.clone().validating(), records);
        for record in records.split(|byte| *byte == b'\n').chain([records]) {
            bytes(&filter, &raw, record);
        }
    }
    scalars(records);
}

/// Bytes are read as serde_json reads them, and where the filter needs nothing of what is broken, there may be an answer.
fn bytes(filter: &CheckedFilter, raw: &RawPredicate, record: &[u8]) {
    let shown = || format!("{filter}, {}", String::from_utf8_lossy(record));
    let value = super::value(record);
    let expected = value.as_ref().map(|value| filter.matches(value));
    let strictly = raw.clone().validating().matches(record);
    assert_eq!(strictly.ok(), expected, "validating: {}", shown());
    let found = raw.matches(record);
    for error in [found, strictly].into_iter().filter_map(Result::err) {
        assert!(error.offset() <= record.len(), "{error}: {}", shown());
    }
    // Whatever a record holds, it ends in an answer or an error.
    let _ = raw.clone().assume_unique_keys().matches(record);
    if let (Some(value), Some(expected)) = (value, expected) {
        assert_eq!(found, Ok(expected), "raw: {}", shown());
        assert_eq!(filter.compile().matches(&value), expected, "compiled: {}", shown());
        assert_eq!(raw.matches_serialized(&value).ok(), Some(expected), "serialized: {}", shown());
        let unique = raw.clone().assume_unique_keys().matches(value.to_string().as_bytes());
        assert_eq!(unique, Ok(expected), "unique keys: {}", shown());
    }
    if let Ok(person) = serde_json::from_slice::<Person>(record) {
        structs(filter, &person);
    }
}

/// By position, by name, and as serde writes it.
fn structs(filter: &CheckedFilter, person: &Person<'_>) {
    if filter.schema().id() != "urn:example:2.0:Person" {
        return;
    }
    let value = serde_json::to_value(person).expect("a value");
    let expected = filter.matches(&value);
    let by_position = filter.compile_for::<Person>().expect("a struct with every attribute");
    assert_eq!(by_position.matches(person), expected, "by position: {filter}, {value}");
    assert_eq!(filter.matches(Fields::of(person)), expected, "by name: {filter}, {value}");
    let serialized = filter.compile_raw().matches_serialized(person).expect("JSON");
    assert_eq!(serialized, expected, "serialized: {filter}, {value}");
}

/// The lines that match are those that match each by itself; one that is broken may only be passed over where it cannot
/// match, and not at all when everything is read.
fn lines(raw: &RawPredicate, text: &[u8]) {
    let shown = || String::from_utf8_lossy(text).into_owned();
    let validates = format!("{raw:?}").contains("validates: true");
    let mut found = raw.lines(text).peekable();
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        match raw.matches(line) {
            Ok(true) => assert_eq!(found.next(), Some(Ok(line)), "{}", shown()),
            Ok(false) => {}
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(error) => {
                let told = |other: &scim_query::JsonError| other.offset() == error.offset() + start;
                let next = found.next_if(|next| next.as_ref().is_err_and(told));
                assert!(next.is_some() || !validates, "a broken line is passed over: {}", shown());
            }
        }
        start += line.len() + 1;
    }
    assert_eq!(found.next(), None, "{}", shown());
}

/// A scalar that the filter needs is read as serde_json reads it: it is a value for both, or an error for both.
fn scalars(text: &[u8]) {
    let text = text.trim_ascii();
    let open = Schema::open();
    let filter = match text {
        [b'"', inside @ .., b'"'] if is_one_string(inside) => r#"a eq "x""#,
        [b'-' | b'0'..=b'9', rest @ ..] if rest.iter().all(is_bare) => "a eq 1",
        [b'a'..=b'z', rest @ ..] if rest.iter().all(is_bare) => "a eq true",
        _ => return,
    };
    let raw = Filter::parse(filter).and_then(|filter| filter.check(&open)).expect("a filter").compile_raw();
    let record = [br#"{"a":"#, text, b"}"].concat();
    let is_json = super::value(&record).is_some();
    assert_eq!(raw.matches(&record).is_ok(), is_json, "{filter}: {}", String::from_utf8_lossy(&record));
}

/// No quote ends the string before its end.
fn is_one_string(inside: &[u8]) -> bool {
    let mut escaped = false;
    let ends = inside.iter().any(|byte| {
        let was = std::mem::replace(&mut escaped, false);
        escaped = *byte == b'\\' && !was;
        *byte == b'"' && !was
    });
    !ends && !escaped
}

fn is_bare(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
