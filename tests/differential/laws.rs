//! Laws that hold whatever the resources are, in the crate's own answers.

use serde_json::Value;

use super::{Both, in_threads};
use crate::reference::filter::{Comparison, Filter as Tree, Literal, Name, Op, check};
use crate::reference::generate::World;
use crate::reference::random::Random;
use crate::reference::schema::Kind;
use crate::reference::values::values;

const RESOURCES: usize = 20;
const ROUNDS: usize = 100;
const WORLDS: u64 = 60;

fn not(tree: &Tree) -> Tree {
    Tree::Not(Box::new(tree.clone()))
}

/// A failure unless both filters have the same answer for every resource.
fn same(schema: &Both, seed: u64, resources: &[Value], left: &Tree, right: &Tree) -> Option<String> {
    let mut random = Random::new(seed);
    let (left, right) = (schema.print(&mut random, left), schema.print(&mut random, right));
    let (one, other) = match (schema.check(&left), schema.check(&right)) {
        (Ok(one), Ok(other)) => (one, other),
        (one, other) => {
            let error = one.err().or(other.err()).expect("one of them is refused");
            return Some(format!("seed {seed}, {}: {left}\n  {right}\n  {error}", schema.name));
        }
    };
    let differs = resources.iter().find(|resource| one.matches(*resource) != other.matches(*resource))?;
    Some(format!("seed {seed}, {}: {left}\n  {right}\n  {differs}", schema.name))
}

#[test]
fn de_morgan_and_double_negation() {
    let schemas = Both::all();
    in_threads(WORLDS, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut world = World::new(seed, &schema.reference, RESOURCES);
        let resources = world.resources.clone();
        let mut filters = world.filters(&schema.reference);
        let mut failures = Vec::new();
        for _ in 0..ROUNDS {
            let (a, b) = (filters.filter(), filters.filter());
            if check(&schema.reference, None, &Tree::And(vec![a.clone(), b.clone()])).is_err() {
                continue;
            }
            let (both, either) = (Tree::And(vec![a.clone(), b.clone()]), Tree::Or(vec![a.clone(), b.clone()]));
            let (neither, not_both) = (Tree::And(vec![not(&a), not(&b)]), Tree::Or(vec![not(&a), not(&b)]));
            failures.extend(same(schema, seed, &resources, &not(&both), &not_both));
            failures.extend(same(schema, seed, &resources, &not(&either), &neither));
            failures.extend(same(schema, seed, &resources, &not(&not(&a)), &a));
        }
        failures
    });
}

/// S4: on at most one value `ne` is the complement of `eq`; on many it says that there is none or some value differs.
#[test]
fn ne_against_eq() {
    let schemas = Both::all();
    in_threads(WORLDS, |seed| {
        let schema = Both::of(&schemas, seed);
        let mut world = World::new(seed, &schema.reference, RESOURCES);
        let resources = world.resources.clone();
        let mut filters = world.filters(&schema.reference);
        let mut failures = Vec::new();
        for _ in 0..ROUNDS {
            let eq = Comparison { op: Op::Eq, ..filters.comparison(None) };
            if eq.literal == Literal::Null || check(&schema.reference, None, &Tree::Compare(eq.clone())).is_err() {
                continue;
            }
            let ne = Tree::Compare(Comparison { op: Op::Ne, ..eq.clone() });
            let path = schema.reference.resolve(None, eq.name.uri.as_deref(), &eq.name.dotted);
            let path = path.and_then(|path| path.implied()).expect("checked");
            // By the reference's count of values; an object of the open schema stands for any number of them.
            let at_most_one = |resource: &Value| {
                let found = values(&path, resource);
                found.len() <= 1 && !found.iter().any(|value| value.is_object()) && !path.last().assumed_false
            };
            let few: Vec<Value> = resources.iter().filter(|resource| at_most_one(resource)).cloned().collect();
            failures.extend(same(schema, seed, &few, &ne, &not(&Tree::Compare(eq.clone()))));
            if !schema.reference.open
                && let Some(some_value_differs) = none_or_one_differs(schema, &eq)
            {
                failures.extend(same(schema, seed, &resources, &ne, &some_value_differs));
            }
        }
        failures
    });
}

/// `a.b ne v` in other words: `a.b eq null or a[b ne null and b ne v]`.
fn none_or_one_differs(schema: &Both, eq: &Comparison) -> Option<Tree> {
    let dotted = eq.name.dotted.as_str();
    let leaf = schema.reference.resolve(None, eq.name.uri.as_deref(), dotted).ok()?.last();
    let implied = format!("{dotted}.value");
    let (whole, part, none) = match dotted.rsplit_once('.') {
        _ if leaf.multi_valued && leaf.kind == Kind::Complex => (dotted, "value", implied.as_str()),
        _ if leaf.multi_valued => (dotted, "value", dotted),
        // S13: an element without `primary` has the value false.
        Some((whole, part)) if leaf.assumed_false => (whole, part, whole),
        Some((whole, part)) => (whole, part, dotted),
        None => return None,
    };
    let in_resource = |dotted: &str| Name { dotted: dotted.to_owned(), ..eq.name.clone() };
    let in_element = || Name { uri: None, dotted: part.to_owned() };
    let compare = |name, op, literal| Tree::Compare(Comparison { name, op, literal });
    let mut element = compare(in_element(), Op::Ne, eq.literal.clone());
    if !leaf.assumed_false {
        element = Tree::And(vec![compare(in_element(), Op::Ne, Literal::Null), element]);
    }
    let none = compare(in_resource(none), Op::Eq, Literal::Null);
    Some(Tree::Or(vec![none, Tree::ValuePath(in_resource(whole), Box::new(element))]))
}
