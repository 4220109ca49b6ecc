//! Lines of NDJSON in, the lines that match out: by this crate, and by code written by hand over what others read of a line.

use std::hint::black_box;
use std::sync::LazyLock;

use criterion::Criterion;
use memchr::memchr_iter;
use peers::by_line::{engines, lazily};
use peers::filters::CASES;
use peers::record::MANY;
use peers::run::{LIMIT, OURS, records, row};
use scim_query::{Filter, RawPredicate, Schema};

/// The records, and one more with an id that no other has.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut text = peers::record::text(MANY);
    let last = r#"{"id":"req","status":"NEW","lastUpdated":"2020-01-01T00:00:00Z","requested":{"resourceId":"#;
    text.extend(format!("{last}\"{RARE}\"}}}}\n").into_bytes());
    text
});

const RARE: &str = "0oaOnlyInTheLastLine";

/// How many lines, and how many bytes in all.
type Found = (usize, usize);

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ndjson");
    records(&mut group, MANY);
    let rare = format!(r#"resourceId eq "{RARE}""#);
    let cases = CASES[..3].iter().map(|case| (case.name, case.text)).chain([("one id", rare.as_str())]);
    for (name, text) in cases {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&Schema::access_requests())).expect(name);
        let (predicate, raw) = (filter.compile(), filter.compile_raw());
        let unique = raw.clone().assume_unique_keys();
        let value = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).expect("JSON");
        let expected = each(|line| predicate.matches(&value(line)));
        assert!(expected.0 > 0, "{name} matches something");

        row(&mut group, OURS, name, &expected, || ours(&raw));
        row(&mut group, "serde_json Value", name, &expected, || each(|line| predicate.matches(&value(line))));
        for (engine, mut test) in engines(name) {
            row(&mut group, engine, name, &expected, || each(&mut test));
        }
        let case = format!("{name}, unique keys");
        row(&mut group, OURS, &case, &expected, || ours(&unique));
        if let Some(test) = lazily(name) {
            row(&mut group, "sonic-rs get, by hand", &case, &expected, || each(test));
        }
        // No line is read: they are only found.
        for case in [name, &case] {
            row(&mut group, LIMIT, case, &found(lines()).0, || found(lines()).0);
        }
    }
    group.finish();
}

fn ours(predicate: &RawPredicate) -> Found {
    found(predicate.lines(black_box(&TEXT)).map(|line| line.expect("JSON")))
}

fn lines() -> impl Iterator<Item = &'static [u8]> {
    let text: &'static [u8] = black_box(&TEXT);
    let mut start = 0;
    memchr_iter(b'\n', text).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

fn found<'t>(lines: impl Iterator<Item = &'t [u8]>) -> Found {
    lines.fold((0, 0), |(count, bytes), line| (count + 1, bytes + line.len()))
}

fn each(mut matches: impl FnMut(&'static [u8]) -> bool) -> Found {
    found(lines().filter(|line| matches(line)))
}
