//! Cases of public bug reports with their right answers, tests/cases/reports.jsonl: every key of every case is read, in
//! each mode that it names. Where a case and docs/semantics.md disagree is listed below.

mod case;
mod filters;
mod lists;
mod paths;
mod schemas;
mod sql;

use std::collections::BTreeSet;

use case::{Case, Mode};

use crate::support::cases::lines;

const CASES: &str = include_str!("cases/reports.jsonl");
const COUNT: usize = 212;

/// Where the semantics say otherwise, by case and key: what the case expects has to be wrong.
const DISAGREE: [(&str, &str, &str); 1] = [("B052.5", "error", "S10 accepts `:60` at any minute: second 59 plus one")];

/// Runs a case in one mode; every key that is left over is one that nobody reads.
fn run(case: &Case, mode: Mode) -> Result<(), String> {
    let mut case = case.in_mode(mode);
    if case.input.contains_key("filter") || case.input.contains_key("filter_gen") {
        filters::run(&mut case)?;
    } else if case.input.contains_key("build") {
        filters::build(&mut case)?;
    } else if case.input.contains_key("path") {
        paths::run(&mut case)?;
    } else if case.input.contains_key("query") {
        lists::query(&mut case)?;
    } else {
        lists::order_by(&mut case)?;
    }
    case.nothing_left()
}

/// The resources of the cases about filters, each with whether its filter matches it: for the databases.
#[cfg(feature = "databases")]
pub(crate) fn matches() -> Vec<(String, scim_query::Schema, scim_query::CheckedFilter, serde_json::Value, bool)> {
    lines(CASES).flat_map(|line| filters::matches(&Case::read(&line))).collect()
}

#[test]
fn every_report_has_its_answer() {
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = DISAGREE.iter().map(|(id, key, _)| (*id, *key)).collect();
    let mut run_cases = BTreeSet::new();
    for line in lines(CASES) {
        let mut case = Case::read(&line);
        for (id, key, _) in DISAGREE.iter().filter(|(id, ..)| *id == case.id) {
            let mut as_given = case.clone();
            let Some(_) = case.expect.remove(*key) else { continue };
            as_given.expect.retain(|other, _| other == key);
            if as_given.modes().iter().all(|mode| run(&as_given, *mode).is_err()) {
                unused.remove(&(id, key));
            }
        }
        for mode in case.modes() {
            if let Err(reason) = run(&case, *mode) {
                wrong.push(format!("{} {mode:?}: {}\n    {reason}", case.id, line["input"]));
            }
        }
        assert!(run_cases.insert(case.id), "a case's id stands twice: {line}");
    }
    assert!(DISAGREE.iter().all(|(.., reason)| !reason.is_empty()));
    assert!(unused.is_empty(), "skipped without need: {unused:?}");
    assert_eq!(run_cases.len(), COUNT, "cases are missing");
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
