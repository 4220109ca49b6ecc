//! Cases of public bug reports with their right answers, tests/cases/reports.jsonl: every key of every case is read, in
//! each mode that it names. What waits for SQL, and where a case and docs/semantics.md disagree, is listed below.

mod case;
mod filters;
mod lists;
mod paths;
mod schemas;

use std::collections::BTreeSet;

use case::{Case, Mode};

use crate::support::cases::lines;

const CASES: &str = include_str!("cases/reports.jsonl");
const COUNT: usize = 212;

enum Skip {
    /// The rest of the case is checked.
    NotYet(&'static str),
    /// The semantics say otherwise: what the case expects has to be wrong.
    Disagrees(&'static str),
}
use Skip::{Disagrees, NotYet};

const NO_SQL: Skip = NotYet("SQL is not built yet");

/// Expectations that are not checked, by case and key.
const SKIPPED: [(&str, &str, Skip); 9] = [
    ("B049.1", "sql", NO_SQL),
    ("B050.1", "storage", NO_SQL),
    ("B052.5", "error", Disagrees("S10 accepts `:60` at any minute: second 59 plus one")),
    ("B070.1", "sql", NO_SQL),
    ("B078.1", "sql", NO_SQL),
    ("B089.2", "sql", NO_SQL),
    ("B093.1", "dialects", NO_SQL),
    ("B096.1", "sql", NO_SQL),
    ("B130.1", "sql", NO_SQL),
];

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

#[test]
fn every_report_has_its_answer() {
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = SKIPPED.iter().map(|(id, key, _)| (*id, *key)).collect();
    let mut run_cases = BTreeSet::new();
    for line in lines(CASES) {
        let mut case = Case::read(&line);
        for (id, key, skip) in SKIPPED.iter().filter(|(id, ..)| *id == case.id) {
            let mut as_given = case.clone();
            let Some(_) = case.expect.remove(*key) else { continue };
            let needed = match skip {
                NotYet(_) => true,
                Disagrees(_) => {
                    as_given.expect.retain(|other, _| other == key);
                    as_given.modes().iter().all(|mode| run(&as_given, *mode).is_err())
                }
            };
            if needed {
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
    let reasons = SKIPPED.iter().map(|(id, key, skip)| match skip {
        NotYet(reason) | Disagrees(reason) => (id, key, reason),
    });
    assert!(reasons.into_iter().all(|(.., reason)| !reason.is_empty()));
    assert!(unused.is_empty(), "skipped without need: {unused:?}");
    assert_eq!(run_cases.len(), COUNT, "cases are missing");
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
