//! Filters and resources: the crate refuses what the reference refuses, and otherwise says what it says.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use scim_query::{Error, Filter, Options, Quirks};
use serde_json::Value;

use super::{Both, in_threads};
use crate::reference::filter::{Filter as Tree, check, eval, holds};
use crate::reference::generate::World;
use crate::reference::random::Random;
use crate::reference::shrink::{shrink, smaller_filters};

/// How many in a world, three that are no objects apart.
const RESOURCES: usize = 47;
/// How many that are not refused.
const FILTERS: usize = 100;
/// Below the limit on a filter's text (L1).
const LONGEST: usize = 8000;

/// How often each outcome came up.
#[derive(Default)]
struct Tally {
    filters: AtomicUsize,
    refused: AtomicUsize,
    matches: AtomicUsize,
    others: AtomicUsize,
}

#[test]
fn the_crate_and_the_reference_agree() {
    let pairs = match std::env::var("SCIM_QUERY_PAIRS") {
        Ok(text) => text.parse().expect("SCIM_QUERY_PAIRS is a number"),
        Err(_) => 1_000_000,
    };
    let worlds = usize::div_ceil(pairs, (RESOURCES + 3) * FILTERS).max(10);
    let schemas = Both::all();
    let tally = Tally::default();
    in_threads(worlds as u64, |seed| compare(Both::of(&schemas, seed), seed, &tally));

    // Agreement on one outcome alone would say nothing.
    let count = |of: &AtomicUsize| of.load(Relaxed);
    let (answers, filters) = (count(&tally.matches) + count(&tally.others), count(&tally.filters));
    let tenths = |part: &AtomicUsize, of: usize| count(part) * 1000 / of;
    let (matches, others) = (tenths(&tally.matches, answers), tenths(&tally.others, answers));
    let refused = tenths(&tally.refused, filters);
    println!("{filters} filters, of 1000: {refused} refused; {answers} answers, of 1000: {matches} matches");
    assert!(matches >= 150 && others >= 150, "of 1000 answers {matches} are matches, {others} are not");
    assert!((50..=500).contains(&refused), "of 1000 filters {refused} are refused");
}

fn compare(schema: &Both, seed: u64, tally: &Tally) -> Vec<String> {
    let mut failures = Vec::new();
    let mut world = World::new(seed, &schema.reference, RESOURCES);
    let mut resources = world.resources.clone();
    // What is no object has no attributes.
    resources.extend([Value::Null, Value::from("id"), Value::from(resources[..2].to_vec())]);
    let mut filters = world.filters(&schema.reference);
    let mut accepted = 0;
    while accepted < FILTERS {
        let tree = filters.filter();
        let text = schema.print(filters.random, &tree);
        if text.len() > LONGEST {
            continue;
        }
        accepted += usize::from(check(&schema.reference, None, &tree).is_ok());
        tally.filters.fetch_add(1, Relaxed);
        let ours = schema.check(&text);
        let expected = check(&schema.reference, None, &tree);
        match (ours, expected) {
            (Err(_), Err(_)) => _ = tally.refused.fetch_add(1, Relaxed),
            (Ok(ours), Ok(())) => {
                let differs = |resource: &&Value| {
                    let expected = holds(&schema.reference, None, &tree, resource);
                    let of = if expected { &tally.matches } else { &tally.others };
                    of.fetch_add(1, Relaxed);
                    ours.matches(*resource) != expected
                };
                failures.extend(
                    resources.iter().find(differs).map(|resource| report(schema, seed, &text, &tree, resource)),
                );
            }
            (ours, expected) => {
                let refusals_differ = |tree: &Tree| {
                    let text = schema.print(&mut Random::new(0), tree);
                    schema.check(&text).is_ok() != check(&schema.reference, None, tree).is_ok()
                };
                let smaller = smallest(&tree, refusals_differ);
                let smaller = schema.print(&mut Random::new(0), &smaller);
                failures.push(format!(
                    "seed {seed}, {}: {text}\n  shrunk: {smaller}\n  crate {:?}\n  reference {expected:?}",
                    schema.name,
                    ours.map(|_| "accepts").map_err(|error| error.to_string()),
                ));
            }
        }
    }
    failures
}

fn smallest(tree: &Tree, fails: impl Fn(&Tree) -> bool) -> Tree {
    match smaller_filters(tree).into_iter().find(|smaller| fails(smaller)) {
        Some(smaller) => smallest(&smaller, fails),
        None => tree.clone(),
    }
}

fn report(schema: &Both, seed: u64, text: &str, tree: &Tree, resource: &Value) -> String {
    let ours = |tree: &Tree, resource: &Value| -> Result<bool, Error> {
        let text = schema.print(&mut Random::new(0), tree);
        Ok(schema.check(&text)?.matches(resource))
    };
    let expected = |tree: &Tree, resource: &Value| eval(&schema.reference, tree, resource);
    let differ = |tree: &Tree, resource: &Value| match (ours(tree, resource), expected(tree, resource)) {
        (Ok(ours), Ok(expected)) => ours != expected,
        _ => false,
    };
    let (small, resource) = shrink(tree.clone(), resource.clone(), differ);
    format!(
        "seed {seed}, {}: {text}\n  shrunk: {}\n  resource {resource}\n  crate {:?}\n  reference {:?}",
        schema.name,
        schema.print(&mut Random::new(0), &small),
        ours(&small, &resource),
        expected(&small, &resource),
    )
}

/// The canonical text of a checked filter, and of a parsed one, is the same filter.
#[test]
fn canonical_texts_mean_the_same() {
    let schemas = Both::all();
    in_threads(100, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut failures = Vec::new();
        let mut world = World::new(seed, &schema.reference, 20);
        let mut filters = world.filters(&schema.reference);
        for _ in 0..100 {
            let tree = filters.filter();
            let text = schema.print(filters.random, &tree);
            if let Some(printed) = changed_by_printing(schema, &text) {
                let fails =
                    |tree: &Tree| changed_by_printing(schema, &schema.print(&mut Random::new(0), tree)).is_some();
                let text = schema.print(&mut Random::new(0), &smallest(&tree, fails));
                let printed = changed_by_printing(schema, &text).unwrap_or(printed);
                failures.push(format!("seed {seed}, {}: {text}\n  printed {printed}", schema.name));
            }
        }
        failures
    });
}

/// The canonical text that is not the same filter again.
fn changed_by_printing(schema: &Both, text: &str) -> Option<String> {
    let Ok(parsed) = Filter::parse(text) else { return Some("nothing: it is not parsed".to_owned()) };
    let printed = parsed.to_string();
    if Filter::parse(&printed).ok().as_ref() != Some(&parsed) {
        return Some(printed);
    }
    let checked = schema.check(text).ok()?;
    let printed = checked.to_string();
    (schema.check(&printed).ok().as_ref() != Some(&checked)).then_some(printed)
}

/// The law of the quirks: what strict accepts keeps its tree under all of them.
#[test]
fn a_strict_text_means_the_same_under_all_quirks() {
    let schemas = Both::all();
    let lenient = Options::default().with_quirks(Quirks::ALL);
    in_threads(100, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut failures = Vec::new();
        let mut world = World::new(seed, &schema.reference, 20);
        let mut filters = world.filters(&schema.reference);
        for _ in 0..100 {
            let tree = filters.filter();
            let text = schema.print(filters.random, &tree);
            let Ok(strict) = schema.check(&text) else { continue };
            let again =
                Filter::parse_with(&text, &lenient).and_then(|filter| filter.check_with(&schema.ours, &lenient));
            match again {
                Ok(again) if again == strict => {}
                Ok(_) => failures.push(format!("seed {seed}, {}: another tree: {text}", schema.name)),
                Err(error) => failures.push(format!("seed {seed}, {}: {text}\n  {error}", schema.name)),
            }
        }
        failures
    });
}
