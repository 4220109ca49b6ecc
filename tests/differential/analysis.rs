//! The laws of rewriting and analysis, against the reference interpreter: filters that are about few attributes, so that
//! contradictions, ranges and absorption are common.
//!
//! Resources are those that keep to what the schema declares: at most one value where it declares one.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use scim_query::{AttrId, CheckedFilter, CompValue, Implication, Operator, Schema, SplitPart};
use serde_json::Value;

use super::{Both, in_threads};
use crate::reference::filter::{Comparison, Filter as Tree, check, eval};
use crate::reference::generate::{Filters, World};
use crate::reference::random::Random;

const RESOURCES: usize = 40;
const FILTERS: usize = 60;

/// How many pairs of a filter and a resource each law is tried on, at least.
fn wanted() -> u64 {
    let pairs = std::env::var("SCIM_QUERY_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(1_000_000);
    pairs.max(50_000)
}

/// How many worlds it takes for that, with room for refused filters and resources that do not conform.
fn worlds() -> u64 {
    wanted() / (RESOURCES * FILTERS) as u64 * 2
}

/// Whether there is at most one value wherever the schema declares one.
fn conforms(schema: &Schema, ids: &[AttrId], place: &Value) -> bool {
    ids.iter().all(|id| {
        let attribute = schema.attribute(*id);
        let Some(value) = attribute.keys().try_fold(place, |value, key| value.get(key)) else { return true };
        let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        (attribute.is_multi_valued() || elements.len() < 2)
            && elements.iter().all(|element| conforms(schema, attribute.sub_attributes(), element))
    })
}

/// A tree over few comparisons, many of them about the same attributes.
pub(super) fn tree(random: &mut Random, leaves: &[Tree], depth: usize) -> Tree {
    let many = |random: &mut Random| {
        let count = random.between(2, 4);
        (0..count).map(|_| tree(random, leaves, depth - 1)).collect::<Vec<_>>()
    };
    match if depth == 0 { 9 } else { random.below(10) } {
        0..=2 => Tree::And(many(random)),
        3..=5 => Tree::Or(many(random)),
        6 => Tree::Not(Box::new(tree(random, leaves, depth - 1))),
        _ => random.pick(leaves).clone(),
    }
}

pub(super) fn leaves(filters: &mut Filters<'_>, count: usize) -> Vec<Tree> {
    let mut leaves = Vec::new();
    while leaves.len() < count {
        let first: Comparison = filters.comparison(None);
        if !filters.is_accepted(&first) {
            continue;
        }
        for _ in 0..3 {
            leaves.push(Tree::Compare(filters.comparison_of(&first.name)));
        }
        leaves.push(Tree::Compare(first));
        leaves.push(filters.filter());
    }
    leaves
}

/// One filter of the run: its text, what it is checked to, and the right answer for each resource.
struct Case<'c> {
    text: String,
    checked: CheckedFilter,
    resources: &'c [Value],
    answers: Vec<bool>,
    schema: &'c Schema,
}

impl Case<'_> {
    /// The first resource for which another filter has another answer than the reference.
    fn differs(&self, what: &str, other: &CheckedFilter) -> Option<String> {
        let mut pairs = self.resources.iter().zip(&self.answers);
        let (resource, answer) = pairs.find(|(resource, answer)| other.matches(*resource) != **answer)?;
        Some(format!("{what}: {}\n  became {other}\n  should be {answer} for {resource}", self.text))
    }

    fn fail(&self, what: &str) -> Option<String> {
        Some(format!("{what}: {}", self.text))
    }
}

fn run(name: &str, law: impl Fn(&Case<'_>, &Case<'_>, &mut Random) -> Vec<String> + Sync) {
    let schemas = Both::all();
    let pairs = AtomicUsize::new(0);
    in_threads(worlds(), |seed| {
        let both = Both::of(&schemas, seed);
        let mut world = World::new(seed, &both.reference, RESOURCES);
        let roots: Vec<AttrId> = both.ours.roots().map(|(id, _)| id).collect();
        world.resources.retain(|resource| conforms(&both.ours, &roots, resource));
        let resources = world.resources.clone();
        let mut random = Random::new(seed ^ 0x5151);
        let mut filters = world.filters(&both.reference);
        let mut cases = Vec::new();
        for _ in 0..FILTERS / 12 {
            let leaves = leaves(&mut filters, 4);
            for _ in 0..12 {
                let tree = tree(&mut random, &leaves, 3);
                if check(&both.reference, None, &tree).is_err() {
                    continue;
                }
                let text = both.print(&mut random, &tree);
                let Ok(checked) = both.check(&text) else { continue };
                let answer = |resource| eval(&both.reference, &tree, resource).expect("it is checked");
                let answers: Vec<bool> = resources.iter().map(answer).collect();
                pairs.fetch_add(answers.len(), Relaxed);
                cases.push(Case { text, checked, resources: &resources, answers, schema: &both.ours });
            }
        }
        let next = cases.iter().cycle().skip(1);
        let found = cases.iter().zip(next).flat_map(|(case, other)| law(case, other, &mut random));
        found.map(|failure| format!("{name}, seed {seed}, {}, {failure}", both.name)).collect()
    });
    let pairs = pairs.into_inner();
    assert!(pairs as u64 >= wanted(), "only {pairs} pairs");
}

#[test]
fn rewriting_changes_no_answer() {
    run("rewriting", |case, _, _| {
        let (normal, simple) = (case.checked.normalize(), case.checked.simplify());
        let mut failures: Vec<String> = Vec::new();
        failures.extend(case.differs("the normal form", &normal));
        failures.extend(case.differs("the simplified filter", &simple));
        failures.extend((normal.normalize() != normal).then(|| case.fail("normalized twice")).flatten());
        failures.extend(
            (simple.simplify() != simple)
                .then(|| case.fail(&format!("simplified twice, {simple} and then {}", simple.simplify())))
                .flatten(),
        );
        let comparisons = |filter: &CheckedFilter| filter.to_filter().map_or(0, |filter| filter.expr().comparisons());
        failures.extend((comparisons(&normal) > comparisons(&case.checked)).then(|| case.fail("grew")).flatten());
        failures.extend(
            (comparisons(&simple) > comparisons(&case.checked))
                .then(|| case.fail(&format!("grew to {simple}")))
                .flatten(),
        );
        // Whatever is made of a filter can be sent on.
        for filter in [&case.checked, &normal, &simple] {
            match filter.to_filter() {
                None => assert!(filter.is_everything() || filter.is_nothing()),
                Some(text) => match text.check_with(case.schema, &any_size()) {
                    Ok(again) if again == *filter => {}
                    Ok(again) => failures.extend(case.fail(&format!("{filter} is read as {again}"))),
                    Err(error) => failures.extend(case.fail(&format!("{filter} is refused: {error}"))),
                },
            }
        }
        failures
    });
}

fn any_size() -> scim_query::Options {
    let limits = scim_query::Limits { comparisons: usize::MAX, ..scim_query::Limits::DEFAULT };
    scim_query::Options::default().with_limits(limits)
}

#[test]
fn joining_is_logic() {
    run("joining", |case, other, _| {
        let both = case.checked.and_with(&other.checked).expect("one schema");
        let either = case.checked.or_with(&other.checked).expect("one schema");
        let opposite = case.checked.negate().expect("shallow");
        let wrong = case.resources.iter().enumerate().find(|(at, resource)| {
            let (left, right) = (case.answers[*at], other.answers[*at]);
            both.matches(*resource) != (left && right)
                || either.matches(*resource) != (left || right)
                || opposite.matches(*resource) == left
        });
        wrong.and_then(|_| case.fail(&other.text)).into_iter().collect()
    });
}

#[test]
fn a_split_is_the_filter_and_pushes_no_match_away() {
    run("split", |case, _, random| {
        let chosen = random.next();
        // A target that can do some attributes, some operators and some forms.
        let can = |part: SplitPart| match part {
            SplitPart::Test(id, op) => {
                let attribute = id.map_or(3, |id| case.schema.attribute(id).full_name().len());
                let op = Operator::ALL.iter().position(|other| *other == op).unwrap_or(0);
                chosen >> (attribute % 8) & 1 == 1 && chosen >> (8 + op) & 1 == 1
            }
            SplitPart::Or => chosen >> 20 & 3 != 0,
            SplitPart::Not => chosen >> 22 & 1 == 1,
            SplitPart::ValuePath(_) => chosen >> 23 & 1 == 1,
            _ => false,
        };
        let split = case.checked.split(can);
        let mut failures = Vec::new();
        for (resource, answer) in case.resources.iter().zip(&case.answers) {
            let (pushed, residual) = (split.pushed.matches(resource), split.residual.matches(resource));
            if (pushed && residual) != *answer || (*answer && !pushed) {
                failures.extend(case.fail(&format!("{} and {} for {resource}", split.pushed, split.residual)));
                break;
            }
        }
        let all = case.checked.split(|_| true);
        if !all.residual.is_everything() || all.pushed != case.checked.normalize() {
            failures.extend(case.fail("a target that can do all is left with something"));
        }
        let nothing = case.checked.split(|_| false);
        if nothing.residual != case.checked.normalize()
            && !nothing.pushed.is_nothing()
            && !nothing.pushed.is_everything()
        {
            failures.extend(case.fail("a target that can do nothing is given something"));
        }
        failures
    });
}

#[test]
fn yes_is_never_wrong() {
    let yes = AtomicUsize::new(0);
    run("implies", |case, other, _| {
        let mut failures = Vec::new();
        let both = case.checked.and_with(&other.checked).expect("one schema");
        // What a filter was narrowed by, it implies.
        if case.checked.implies(&case.checked) != Ok(Implication::Yes) {
            failures.extend(case.fail("it does not imply itself"));
        }
        for (left, right) in [(&case.checked, &other.checked), (&both, &other.checked), (&other.checked, &case.checked)]
        {
            if left.implies(right) == Ok(Implication::Yes) {
                yes.fetch_add(1, Relaxed);
                let wrong = case.resources.iter().find(|resource| left.matches(*resource) && !right.matches(*resource));
                failures.extend(wrong.map(|resource| format!("{left}\n  implies {right}\n  not for {resource}")));
            }
        }
        failures
    });
    assert!(yes.into_inner() as u64 > worlds(), "implications are found");
}

#[test]
fn every_match_has_what_is_required() {
    let found = AtomicUsize::new(0);
    run("required", |case, _, _| {
        let mut failures = Vec::new();
        for (id, attribute) in
            case.schema.attributes().filter(|(id, attribute)| attribute.is_filterable() && case.checked.uses(*id))
        {
            let Some(values) = case.checked.required(id) else { continue };
            found.fetch_add(1, Relaxed);
            // Every match is a match of the list of its values.
            let is_one = values.into_iter().map(|value| equals(attribute.full_name(), value));
            let list = is_one.reduce(|left, right| left.or(right));
            let list = list.map(|list| {
                list.build().and_then(|list| list.check_with(case.schema, &any_size())).expect("eq is allowed")
            });
            let matches = case.resources.iter().zip(&case.answers).filter(|(_, answer)| **answer);
            for (resource, _) in matches {
                if !list.as_ref().is_some_and(|list| list.matches(resource)) {
                    failures.extend(case.fail(&format!("{} for {resource}", attribute.full_name())));
                    break;
                }
            }
        }
        failures
    });
    assert!(found.into_inner() as u64 > worlds(), "required values are found");
}

fn equals(name: &str, value: CompValue<'static>) -> scim_query::FilterBuilder {
    scim_query::attr(name).eq(value)
}

#[test]
fn an_explanation_has_the_answer() {
    run("explain", |case, _, _| {
        let mut failures = Vec::new();
        for (resource, answer) in case.resources.iter().zip(&case.answers) {
            let explained = case.checked.explain_match(resource, true);
            if explained.verdict() != Some(*answer) {
                failures.extend(case.fail(&format!("{explained}\n for {resource}")));
                break;
            }
        }
        failures
    });
}
