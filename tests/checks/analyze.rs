//! Any filters and what is found out about them, against the answers of the reference interpreter: normal forms, simplification,
//! negation, joining, splitting, implication, required values and bounds, other names, explanation.
//!
//! Filters are on lines of their own, behind an empty line are resources. Of those, only the ones that have at most one value where
//! one is declared say something: analysis takes the schema at its word.

mod renamed;
mod told;

use scim_query::{CheckedFilter, Filter, Implication, Operator, SplitPart, Step, attr};
use serde_json::Value;

use super::{grown, schemas, values};
use told::Told;

/// Each is held against each.
const MOST: usize = 3;

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = &grower.pick(Told::all()).schema;
        let mut text = String::new();
        for filter in grower.related(schema, MOST)? {
            text += &format!("{filter}\n");
        }
        for _ in 0..4 {
            text += &format!("\n{}", grower.resource(schema));
        }
        Some(text.into_bytes())
    });
    let Some(end) = input.windows(2).position(|pair| pair == b"\n\n") else { return };
    let filters: Vec<Filter<'_>> = input[..end]
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Filter::parse(std::str::from_utf8(line).ok()?).ok())
        .take(MOST)
        .collect();
    let resources = values(&input[end + 2..]);
    for told in Told::all() {
        let declared =
            |one: &&Value| schemas::is_as_declared(&told.schema, one) && told::is_of_one_fold(&one.to_string());
        let declared: Vec<&Value> = resources.iter().chain([&Value::Null]).filter(declared).collect();
        let cases: Vec<Case<'_>> = filters.iter().filter_map(|filter| Case::new(told, filter, &declared)).collect();
        for case in &cases {
            alone(case, &input);
            for other in &cases {
                together(case, other);
            }
        }
    }
}

/// A filter as a schema has it, and the right answer for each resource.
struct Case<'c> {
    told: &'c Told,
    filter: CheckedFilter,
    resources: &'c [&'c Value],
    answers: Vec<bool>,
}

impl Case<'_> {
    fn new<'c>(told: &'c Told, filter: &Filter<'_>, resources: &'c [&'c Value]) -> Option<Case<'c>> {
        let (filter, answer) = told.check(filter)?;
        let answers = resources.iter().map(|resource| answer(resource)).collect();
        let case = Case { told, filter, resources, answers };
        case.answers_as("itself", &case.filter);
        Some(case)
    }

    fn answers(&self) -> impl Iterator<Item = (&Value, bool)> {
        self.resources.iter().copied().zip(self.answers.iter().copied())
    }

    /// Another filter has the same answers.
    fn answers_as(&self, what: &str, other: &CheckedFilter) {
        for (resource, answer) in self.answers() {
            assert_eq!(other.matches(resource), answer, "{}, {what}: {other}, {resource}", self.filter);
        }
    }
}

/// How many tests a filter has.
fn size(filter: &CheckedFilter) -> usize {
    filter.fold(&mut |step, terms: Vec<usize>| {
        terms.into_iter().sum::<usize>() + usize::from(matches!(step, Step::Test(..)))
    })
}

fn alone(case: &Case<'_>, input: &[u8]) {
    let filter = &case.filter;
    let (normal, simple) = (filter.normalize(), filter.simplify());
    case.answers_as("normally", &normal);
    case.answers_as("simply", &simple);
    for shorter in [&normal, &simple] {
        assert!(size(shorter) <= size(filter), "{filter} grew to {shorter}");
        // Whatever is made of a filter can be sent on.
        told::is_read_again(shorter, &case.told.schema);
    }
    assert_eq!(normal.normalize(), normal);
    assert_eq!(simple.simplify(), simple);
    assert!(!simple.is_nothing() || !case.answers.contains(&true), "{filter} has matches");
    assert!(!simple.is_everything() || !case.answers.contains(&false), "{filter} has others");
    if let Ok(negated) = filter.negate() {
        assert!(case.answers().all(|(resource, answer)| negated.matches(resource) != answer), "{filter}: S1");
    }
    assert_eq!(filter.implies(filter), Ok(Implication::Yes), "{filter}");
    told::explains(filter, case.answers());
    splits(case, &normal, input);
    requires(case);
    if let Some(schema) = &case.told.renamed {
        let mapped = filter.map_attributes(schema, |name| Some(renamed::name(name)));
        let mapped = mapped.unwrap_or_else(|error| panic!("{filter}: {error}"));
        for (resource, answer) in case.answers() {
            let resource = renamed::resource(resource);
            assert_eq!(mapped.matches(&resource), answer, "{filter}, renamed {mapped}, {resource}");
        }
        let back = mapped.map_attributes(&case.told.schema, |name| Some(renamed::former(name)));
        assert_eq!(back.as_ref(), Ok(filter));
    }
}

/// What a target can do of it and the rest are all of it, and no match is pushed away.
fn splits(case: &Case<'_>, normal: &CheckedFilter, input: &[u8]) {
    let filter = &case.filter;
    // FNV-1a: what the target can do is chosen by the input.
    let chosen = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let can = |part: SplitPart| match part {
        SplitPart::Test(id, op) => {
            let attribute = id.map_or(3, |id| case.told.schema.attribute(id).full_name().len());
            let op = Operator::ALL.iter().position(|other| *other == op).unwrap_or(0);
            chosen >> (attribute % 8) & 1 == 1 && chosen >> (8 + op) & 1 == 1
        }
        SplitPart::Or => chosen >> 20 & 3 != 0,
        SplitPart::Not => chosen >> 22 & 1 == 1,
        SplitPart::ValuePath(_) => chosen >> 23 & 1 == 1,
        _ => false,
    };
    let split = filter.split(can);
    for (resource, answer) in case.answers() {
        let (pushed, rest) = (split.pushed.matches(resource), split.residual.matches(resource));
        assert_eq!(pushed && rest, answer, "{filter}, {} and {}, {resource}", split.pushed, split.residual);
        assert!(pushed || !answer, "{filter}, {}, {resource}", split.pushed);
    }
    assert!(size(&split.pushed).max(size(&split.residual)) <= size(normal), "{filter}");
    let all = filter.split(|_| true);
    assert!(all.residual.is_everything() && all.pushed == *normal, "{filter}: {}", all.residual);
    let none = filter.split(|_| false);
    assert!(none.residual == *normal || normal.is_everything() || normal.is_nothing(), "{filter}: {}", none.residual);
}

/// Every match has what is required of it.
fn requires(case: &Case<'_>) {
    let (filter, schema) = (&case.filter, &case.told.schema);
    let matches = || case.answers().filter(|(_, answer)| *answer).map(|(resource, _)| resource);
    for (id, attribute) in schema.attributes().filter(|(id, _)| filter.uses(*id)) {
        let name = attribute.full_name();
        if let Some(values) = filter.required(id) {
            let list = values.iter().map(|value| attr(name).eq(value.clone())).reduce(|left, right| left.or(right));
            let list = list.and_then(|list| told::built(list, schema));
            for resource in matches() {
                let has_one = list.as_ref().is_some_and(|list| list.matches(resource));
                assert!(has_one, "{filter}, {name} is one of {values:?}, {resource}");
            }
        }
        let Some(bounds) = filter.required_bounds(id) else { continue };
        let low = bounds.low.map(|(low, included)| if included { attr(name).ge(low) } else { attr(name).gt(low) });
        let high = bounds.high.map(|(high, included)| if included { attr(name).le(high) } else { attr(name).lt(high) });
        for bound in [low, high].into_iter().flatten().filter_map(|bound| told::built(bound, schema)) {
            for resource in matches() {
                assert!(bound.matches(resource), "{filter}, {bound}, {resource}");
            }
        }
    }
}

/// Joining is logic, and an implication is never wrong.
fn together(case: &Case<'_>, other: &Case<'_>) {
    let (left, right) = (&case.filter, &other.filter);
    let (Ok(both), Ok(either)) = (left.and_with(right), left.or_with(right)) else { return };
    for ((resource, first), second) in case.answers().zip(&other.answers) {
        assert_eq!(both.matches(resource), first && *second, "{both}, {resource}");
        assert_eq!(either.matches(resource), first || *second, "{either}, {resource}");
    }
    for (given, wanted) in [(left, right), (&both, right), (left, &either), (&both, &either), (&either, &both)] {
        if given.implies(wanted) == Ok(Implication::Yes) {
            let wrong = case.resources.iter().find(|resource| given.matches(**resource) && !wanted.matches(**resource));
            assert!(wrong.is_none(), "{given} implies {wanted}, not for {wrong:?}");
        }
    }
}
