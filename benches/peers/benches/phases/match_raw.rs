//! A filter over records that are JSON bytes, each by itself: how many match.

use criterion::Criterion;
use peers::by_line::{engines, lazily};
use peers::filters::CASES;
use peers::record::{MANY, text};
use peers::run::{OURS, records, row};

pub fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match/raw");
    records(&mut group, MANY);
    let text = text(MANY);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    for case in &CASES[..3] {
        let (predicate, raw) = (case.checked().compile(), case.checked().compile_raw());
        let (unique, validating) = (raw.clone().assume_unique_keys(), raw.clone().validating());
        let value = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).expect("JSON");
        let expected = lines.iter().filter(|line| predicate.matches(&value(line))).count();

        let name = case.name;
        let of = |matches: &dyn Fn(&[u8]) -> bool| lines.iter().filter(|line| matches(line)).count();
        row(&mut group, OURS, name, &expected, || of(&|line| raw.matches(line).expect("JSON")));
        row(&mut group, "serde_json Value", name, &expected, || of(&|line| predicate.matches(&value(line))));
        for (engine, mut test) in engines(name) {
            row(&mut group, engine, name, &expected, || lines.iter().filter(|line| test(line)).count());
        }
        let case = format!("{name}, unique keys");
        row(&mut group, OURS, &case, &expected, || of(&|line| unique.matches(line).expect("JSON")));
        if let Some(test) = lazily(name) {
            row(&mut group, "sonic-rs get, by hand", &case, &expected, || of(&test));
        }
        let case = format!("{name}, validated");
        row(&mut group, OURS, &case, &expected, || of(&|line| validating.matches(line).expect("JSON")));
        row(&mut group, "serde_json Value", &case, &expected, || of(&|line| predicate.matches(&value(line))));
    }
    group.finish();
}
