//! The laws of SQL in docs/semantics.md (tests/laws.rs has the others): a database against itself, and one table of small things
//! against memory.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use scim_query::CheckedFilter;
use scim_query::sql::{Columns, Dialect};
use serde_json::{Value, json};

use super::differential::{Stored, filters_wanted, in_worlds, schemas};
use super::engine::{self, Engine};
use crate::differential::Both;
use crate::laws::{BY_ORDER, OPS, SCHEMA, checked, filter, joined, of_an_email, order_by, ordering, quoted, resources};
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
        failures.extend(d7_lists_are_chains(schema, &stored, engine, &mut filters));
    }
    failures
}

/// D7: equalities of one attribute become one list, which says what each says by itself, and so does its opposite.
fn d7_lists_are_chains(
    schema: &Both,
    stored: &Stored,
    engine: &mut Engine,
    filters: &mut Filters<'_>,
) -> Option<String> {
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
fn d2_logic_is_two_valued_and_nothing_is_lost() {
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
fn d2_the_strict_form_is_true_or_false_of_each_row() {
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

/// A table of things in a database of its own, with those resources that it can hold.
struct Things {
    engine: Engine,
    columns: Columns,
    held: Vec<Value>,
}

impl Things {
    fn new(resources: &[Value]) -> Things {
        let mut engine = Engine::new("sqlite::memory:");
        let columns = Columns::standard(&SCHEMA, Dialect::Sqlite, "things").expect("columns");
        columns.ddl().iter().for_each(|statement| engine.define(statement));
        let mut held = Vec::new();
        for resource in resources {
            if let Ok(inserts) = columns.inserts(resource, "") {
                inserts.iter().for_each(|insert| engine.execute(&insert.sql, &insert.params));
                held.push(resource.clone());
            }
        }
        Things { engine, columns, held }
    }

    fn ids(&mut self, rest: &str, params: &[scim_query::sql::Param]) -> Vec<String> {
        let rows = self.engine.rows(&format!("SELECT things.id FROM things {rest}"), params);
        rows.into_iter().map(|row| row[0].clone().expect("an id")).collect()
    }

    /// The database says what memory says.
    fn agree(&mut self, filter: &CheckedFilter) {
        let fragment = filter.where_sql(&self.columns).expect("all is mapped");
        let found = self.ids(&format!("WHERE {} ORDER BY things.id", fragment.sql), &fragment.params);
        let matching = self.held.iter().filter(|resource| filter.matches(*resource));
        let mut expected: Vec<&str> = matching.map(|resource| resource["id"].as_str().expect("an id")).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{filter}: {}", fragment.inlined());
    }
}

/// What means something in a pattern, ends a range, or is long when it is folded.
fn sharp() -> impl Strategy<Value = String> {
    "[%_*?aA\\\\'\"\u{130}\u{e9}\u{c9}\u{7f}\u{d7ff}\u{e000}\u{10ffff}]{0,3}"
}

/// More digits than a column may have, and numbers that none holds.
const NUMBERS: [&str; 14] = [
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "-9223372036854775809",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1",
    "0.1000000000000000055511151231257827",
    "0.10000000000000000555111512312578270211815834045410156251",
    "2.5",
    "-0",
    "9007199254740993",
    "9007199254740992.5",
];

/// The number as it is stored; what is beyond a double is no JSON that can be read, whatever serde_json keeps.
fn number(text: &str) -> Value {
    let is_double = text.parse().is_ok_and(f64::is_finite);
    if is_double { serde_json::from_str(text).expect("a number") } else { Value::Null }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d2_a_database_says_what_memory_says(resources in resources(), texts in vec(filter(), 1..20)) {
        let mut things = Things::new(&resources);
        for text in texts {
            things.agree(&checked(&text));
            things.agree(&checked(&format!("not ({text})")));
        }
    }

    #[test]
    fn d3_several_values_are_searched_and_never_joined(
        resources in resources(),
        inner in joined(of_an_email().boxed()),
    ) {
        let mut things = Things::new(&resources);
        for text in
            [format!("emails[{inner}]"), format!("not (emails[{inner}])"), "emails pr".into(), "tags eq null".into()]
        {
            let filter = checked(&text);
            things.agree(&filter);
            let sql = filter.where_sql(&things.columns).expect("all is mapped").sql;
            assert!(!sql.contains(" JOIN "), "{sql}");
        }
    }

    #[test]
    fn d4_texts_are_found_whatever_means_something_in_a_pattern(
        stored in vec(sharp(), 1..12),
        op in select(OPS.to_vec()),
        wanted in sharp(),
    ) {
        let resources: Vec<Value> = stored
            .iter()
            .enumerate()
            .map(|(at, text)| json!({"id": format!("{at:02}"), "name": text, "exact": text, "tags": [text]}))
            .collect();
        let mut things = Things::new(&resources);
        assert_eq!(things.held.len(), resources.len());
        for name in ["name", "exact", "tags"] {
            things.agree(&checked(&format!("{name} {op} {}", quoted(&wanted))));
            things.agree(&checked(&format!("not ({name} {op} {})", quoted(&wanted))));
        }
    }

    #[test]
    fn d5_rows_come_in_the_order_of_memory(resources in resources(), text in order_by()) {
        let mut things = Things::new(&resources);
        let order = ordering(&text);
        let sql = order.order_by_sql(&things.columns).expect("all is mapped");
        let found = things.ids(&format!("ORDER BY {}", sql.sql), &sql.params);
        let mut sorted: Vec<&Value> = things.held.iter().collect();
        order.sort(&mut sorted);
        let expected: Vec<&str> = sorted.into_iter().map(|resource| resource["id"].as_str().expect("an id")).collect();
        assert_eq!(found, expected, "{}", sql.sql);
    }

    #[test]
    fn d6_a_literal_that_no_column_holds_has_its_exact_answer(
        numbers in vec(select(NUMBERS.to_vec()), 1..8),
        op in select(BY_ORDER.to_vec()),
        wanted in select(NUMBERS.to_vec()),
        (fraction, more) in ("[0-9]{1,9}", "[0-9]{0,4}"),
    ) {
        let stored = |at: usize, text: &str| {
            let number = number(text);
            json!({"id": format!("{at:02}"), "score": number, "count": number, "at": format!("2024-02-29T23:59:59.{fraction}Z")})
        };
        let resources: Vec<Value> = numbers.iter().enumerate().map(|(at, number)| stored(at, number)).collect();
        let mut things = Things::new(&resources);
        things.agree(&checked(&format!("score {op} {wanted}")));
        things.agree(&checked(&format!("count {op} {wanted}")));
        things.agree(&checked(&format!("at {op} \"2024-03-01T01:59:59.{fraction}{more}+02:00\"")));
        things.agree(&checked(&format!("exact {op} \"\\u0000\"")));
    }

    #[test]
    fn d9_what_is_stored_is_exact_or_refused(
        digits in select(NUMBERS.to_vec()),
        text: String,
        fraction in "[0-9]{1,12}",
    ) {
        let columns = Columns::standard(&SCHEMA, Dialect::Sqlite, "things").expect("columns");
        let number = number(digits);
        let instant = format!("2024-02-29T23:59:59.{fraction}Z");
        for (name, value) in [
            ("count", number.clone()),
            ("score", number),
            ("exact", json!(text)),
            ("name", json!(text)),
            ("at", json!(instant)),
        ] {
            let resource = json!({"id": "1", name: value});
            let mut things = Things::new(std::slice::from_ref(&resource));
            assert_eq!(columns.inserts(&resource, "").is_ok(), things.held.len() == 1);
            // What is held is found by itself, in a list of others too, and in no other place.
            if !value.is_null() {
                things.agree(&checked(&format!("{name} eq {value}")));
                things.agree(&checked(&format!("{name} gt {value} or {name} lt {value}")));
            }
        }
    }
}
