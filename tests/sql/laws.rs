//! Laws that need no oracle: a database against itself.

use std::collections::BTreeSet;

use super::differential::{Stored, filters_wanted, in_worlds, schemas};
use super::engine::{self, Engine};
use crate::differential::Both;
use crate::reference::filter::{Comparison, Filter as Tree, Op};
use crate::reference::generate::{Filters, World};
use crate::reference::random::Random;

const RESOURCES: usize = 40;
const ROUNDS: u64 = 40;

fn not(tree: &Tree) -> Tree {
    Tree::Not(Box::new(tree.clone()))
}

/// The ids of a filter; `None` where it is refused.
fn ids(schema: &Both, stored: &Stored, engine: &mut Engine, tree: &Tree) -> Option<BTreeSet<String>> {
    let text = schema.print(&mut Random::new(0), tree);
    let fragment = schema.check(&text).ok()?.where_sql(&stored.columns).ok()?;
    Some(stored.ids(engine, &fragment.sql, &fragment.params).into_iter().collect())
}

fn laws_of(schema: &Both, seed: u64, name: &str, engine: &mut Engine) -> Vec<String> {
    let mut world = World::new(seed ^ 0xA5A5, &schema.reference, RESOURCES);
    let stored = Stored::new(engine, &mut Random::new(seed), schema, &world.resources.clone());
    let all: BTreeSet<String> = stored.ids(engine, "1 = 1", &[]).into_iter().collect();
    assert_eq!(all.len(), RESOURCES);
    let mut filters = world.filters(&schema.reference);
    let mut failures = Vec::new();
    for _ in 0..ROUNDS {
        let (a, b) = (filters.filter(), filters.filter());
        let mut of = |tree: &Tree| ids(schema, &stored, engine, tree);
        let (Some(of_a), Some(of_b)) = (of(&a), of(&b)) else { continue };
        let mut law = |law: &str, holds: bool| {
            if !holds {
                let text = |tree: &Tree| schema.print(&mut Random::new(0), tree);
                failures.push(format!(
                    "{name}, seed {seed}, {}: {law}\n  a {}\n  b {}",
                    schema.name,
                    text(&a),
                    text(&b)
                ));
            }
        };
        let complement = of(&not(&a)).unwrap_or_default();
        law("a and not a are all, and disjoint", complement == &all - &of_a);
        law("not not a", of(&not(&not(&a))).is_none_or(|found| found == of_a));
        law("a or a", of(&Tree::Or(vec![a.clone(), a.clone()])).is_none_or(|found| found == of_a));
        law("a and b", of(&Tree::And(vec![a.clone(), b.clone()])).is_none_or(|found| found == &of_a & &of_b));
        law("b or a", of(&Tree::Or(vec![b.clone(), a.clone()])).is_none_or(|found| found == &of_a | &of_b));
        let neither = of(&not(&Tree::Or(vec![a.clone(), b.clone()])));
        law("De Morgan, or", neither.is_none_or(|found| found == &all - &(&of_a | &of_b)));
        let not_both = of(&not(&Tree::And(vec![a.clone(), b.clone()])));
        law("De Morgan, and", not_both.is_none_or(|found| found == &all - &(&of_a & &of_b)));
        failures.extend(lists_are_chains(schema, &stored, engine, &mut filters));
    }
    failures
}

/// D7: equalities of one attribute become one list, which says what each says by itself, and so does its opposite.
fn lists_are_chains(schema: &Both, stored: &Stored, engine: &mut Engine, filters: &mut Filters<'_>) -> Option<String> {
    let first = Comparison { op: Op::Eq, ..filters.comparison(None) };
    // Of what is refused there is no other one.
    if !filters.is_accepted(&first) {
        return None;
    }
    let equalities: Vec<Tree> = (0..4)
        .map(|_| Tree::Compare(Comparison { op: Op::Eq, ..filters.comparison_of(&first.name) }))
        .chain([Tree::Compare(first.clone())])
        .collect();
    let mut one_by_one = BTreeSet::new();
    for equality in &equalities {
        one_by_one.extend(ids(schema, stored, engine, equality)?);
    }
    let list = Tree::Or(equalities);
    let (of_list, of_opposite) = (ids(schema, stored, engine, &list)?, ids(schema, stored, engine, &not(&list))?);
    let all = RESOURCES - of_opposite.len();
    let holds = of_list == one_by_one && all == one_by_one.len() && of_opposite.is_disjoint(&one_by_one);
    (!holds).then(|| format!("a list: {}", schema.print(&mut Random::new(0), &list)))
}

#[test]
fn logic_is_two_valued_and_nothing_is_lost() {
    let schemas = schemas();
    for (name, engine) in engine::all() {
        let worlds = (filters_wanted() / 1000).max(4);
        in_worlds(worlds, &engine, &|seed, engine| {
            laws_of(&schemas[seed as usize % schemas.len()], seed, name, engine)
        });
    }
}

/// Row by row: the condition in a select list says of each row what it says in a WHERE clause (D2).
#[test]
fn the_strict_form_is_true_or_false_of_each_row() {
    let schemas = schemas();
    for (name, engine) in engine::all() {
        in_worlds(4, &engine, &|seed, engine| {
            let schema = &schemas[seed as usize % schemas.len()];
            let mut world = World::new(seed ^ 0x57A1, &schema.reference, RESOURCES);
            let stored = Stored::new(engine, &mut Random::new(seed), schema, &world.resources.clone());
            let mut filters = world.filters(&schema.reference);
            let mut failures = Vec::new();
            for _ in 0..50 {
                let tree = filters.filter();
                let text = schema.print(filters.random, &tree);
                let Ok(fragment) = schema.check(&text).and_then(|checked| checked.where_sql(&stored.columns)) else {
                    continue;
                };
                let strict = fragment.clone().strict();
                let sql =
                    format!("SELECT CASE {strict} WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' END FROM {}", stored.table);
                let each = engine.rows(&sql, &strict.params);
                let yes = each.iter().filter(|row| row[0].as_deref() == Some("yes")).count();
                let no = each.iter().filter(|row| row[0].as_deref() == Some("no")).count();
                let found = stored.ids(engine, &fragment.sql, &fragment.params).len();
                if (yes, no) != (found, RESOURCES - found) {
                    failures.push(format!("{name}, seed {seed}: {text}: {yes} and {no}, but {found}"));
                }
            }
            failures
        });
    }
}
