//! A set of filters says of each resource what the reference interpreter says of each filter. Resources are of any kind, also
//! such as do not keep to the schema: what a filter is found by may not rely on it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use scim_query::FilterSet;
use serde_json::Value;

use super::analysis::{leaves, tree};
use super::{Both, in_threads};
use crate::reference::filter::{Filter as Tree, check, holds};
use crate::reference::generate::World;
use crate::reference::random::Random;

const RESOURCES: usize = 37;
const FILTERS: usize = 120;

#[test]
fn a_set_says_what_each_filter_says() {
    let schemas = Both::all();
    let pairs = std::env::var("SCIM_QUERY_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(1_000_000u64);
    let worlds = pairs.max(50_000) / (RESOURCES * FILTERS) as u64 + 1;
    let (filters, found_by_value, matches) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    in_threads(worlds * 2, |seed| {
        let both = Both::of(&schemas, seed);
        let mut world = World::new(seed, &both.reference, RESOURCES);
        let mut resources = world.resources.clone();
        resources.extend([Value::Null, Value::from("id"), Value::from(resources[..2].to_vec())]);
        let mut random = Random::new(seed ^ 0x5E75);
        let mut source = world.filters(&both.reference);
        let leaves = leaves(&mut source, 40);
        let mut trees = Vec::new();
        while trees.len() < FILTERS {
            let depth = random.below(4);
            let one = match random.below(3) {
                // Most filters of a set are a few comparisons, joined by `and`.
                0 => Tree::And(vec![random.pick(&leaves).clone(), random.pick(&leaves).clone()]),
                1 => source.filter(),
                _ => tree(&mut random, &leaves, depth),
            };
            // L1: some are longer than a text may be.
            let length = both.print(&mut Random::new(0), &one).len();
            if check(&both.reference, None, &one).is_ok() && length <= 8192 {
                trees.push(one);
            }
        }
        let checked = trees.iter().map(|tree| {
            let text = both.print(&mut Random::new(0), tree);
            both.check(&text).unwrap_or_else(|error| panic!("seed {seed}: {text}: {error}"))
        });
        let set = FilterSet::new(checked).expect("filters of one schema");
        if !both.ours.is_open() {
            filters.fetch_add(set.len(), Relaxed);
            found_by_value.fetch_add(set.len() - set.always_tested(), Relaxed);
        }
        let mut failures = Vec::new();
        for resource in &resources {
            let right = |number: &usize| holds(&both.reference, None, &trees[*number], resource);
            let expected: Vec<usize> = (0..trees.len()).filter(right).collect();
            matches.fetch_add(expected.len(), Relaxed);
            let found = set.matches(resource);
            if let Some(wrong) = (0..trees.len()).find(|number| found.contains(number) != expected.contains(number)) {
                let text = both.print(&mut Random::new(0), &trees[wrong]);
                failures.push(format!("seed {seed}, {}: {text}\n  over {resource}", both.name));
            } else if found != expected || set.is_match(resource) == expected.is_empty() {
                failures.push(format!("seed {seed}, {}: {found:?} is not in order, over {resource}", both.name));
            }
        }
        failures
    });
    let count = |of: &AtomicUsize| of.load(Relaxed);
    println!("{} filters, {} found by a value; {} matches", count(&filters), count(&found_by_value), count(&matches));
    assert!(count(&found_by_value) * 100 >= count(&filters) * 20, "too few filters are found by a value to say much");
    assert!(count(&matches) > 10_000, "too few matches to say much");
}
