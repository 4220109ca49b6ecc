//! By which requirement each filter is found, and the look-up.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use smol_str::SmolStr;

use super::ranges::{End, Range, Ranges};
use super::requirement::{Requirement, requirements};
use crate::analyze::{Bound, Kind};
use crate::check::{At, CheckedFilter, Literal};
use crate::decimal::Decimal;
use crate::eval::{Node, Place, Typed, each_element, typed};
use crate::fold::fold;
use crate::instant::Instant;
use crate::schema::{Line, Schema, Type};

/// How the filters of a set are found.
pub(super) struct Indexes {
    /// `None` when there is no filter, or none that can be found.
    schema: Option<Schema>,
    attributes: Vec<Index>,
    /// Those that nothing is required of.
    always: Vec<usize>,
}

impl Indexes {
    pub(super) fn new<'f>(filters: impl Iterator<Item = &'f CheckedFilter>) -> Indexes {
        let filters: Vec<&CheckedFilter> = filters.collect();
        let required: Vec<Vec<Requirement>> = filters.iter().map(|filter| requirements(filter)).collect();
        let shares = Shares::of(&required);
        let mut chosen: BTreeMap<Line, Vec<(usize, &Requirement)>> = BTreeMap::new();
        let mut always = Vec::new();
        for (number, required) in required.iter().enumerate() {
            match required.iter().filter_map(|one| Some((shares.cost(one)?, one))).min_by_key(|(cost, _)| *cost) {
                Some((_, one)) => chosen.entry(one.line).or_default().push((number, one)),
                None => always.push(number),
            }
        }
        let schema = filters.first().map(|filter| filter.schema().clone());
        let index = |(line, found): (Line, Vec<(usize, &Requirement)>)| Index::new(line, schema.as_ref()?, &found);
        Indexes { attributes: chosen.into_iter().filter_map(index).collect(), always, schema }
    }

    /// Those that may match whatever the resource has, ascending.
    pub(super) fn always(&self) -> &[usize] {
        &self.always
    }

    /// Calls `see` with the number of each other filter that may match, until it says true; with some more than once.
    pub(super) fn by_value<'a, N: Node<'a>>(&self, resource: N, see: &mut dyn FnMut(usize) -> bool) -> bool {
        let found = |schema| self.attributes.iter().any(|index| index.candidates(schema, resource, see));
        self.schema.as_ref().is_some_and(found)
    }
}

/// How many filters share each value, or a range, of an attribute.
struct Shares<'r> {
    values: HashMap<(Line, &'r Literal), usize>,
    ranges: HashMap<Line, usize>,
}

impl<'r> Shares<'r> {
    fn of(required: &'r [Vec<Requirement>]) -> Shares<'r> {
        let mut shares = Shares { values: HashMap::new(), ranges: HashMap::new() };
        for one in required.iter().flatten() {
            match one.values.points() {
                Some(points) => {
                    points.into_iter().for_each(|point| *shares.values.entry((one.line, point)).or_default() += 1)
                }
                None => *shares.ranges.entry(one.line).or_default() += 1,
            }
        }
        shares
    }

    /// How many filters at most are found together with one that is found by this; then, how wide it is. `None` when it
    /// leaves out nothing.
    fn cost(&self, one: &Requirement) -> Option<(usize, usize)> {
        match one.values.points() {
            Some(points) => {
                let shared = points.iter().filter_map(|point| self.values.get(&(one.line, *point))).max();
                Some((shared.copied().unwrap_or(0), points.len()))
            }
            None if one.values.bounds() == (None, None) => None,
            None => Some((self.ranges.get(&one.line).copied().unwrap_or(0), usize::MAX)),
        }
    }
}

/// The filters that are found by one attribute.
struct Index {
    at: At,
    ty: Type,
    values: ByKind,
}

enum ByKind {
    Text { folded: bool, values: ByValue<SmolStr> },
    Number(ByValue<Decimal>),
    Instant(ByValue<Instant>),
}

impl Index {
    fn new(line: Line, schema: &Schema, found: &[(usize, &Requirement)]) -> Option<Index> {
        let attribute = schema.attribute(*line.last()?);
        let values = match Kind::of(attribute)? {
            Kind::Text { folded } => ByKind::Text {
                folded,
                values: ByValue::new(found, |literal| match literal {
                    Literal::Text { text, .. } => Some(text.clone()),
                    _ => None,
                }),
            },
            Kind::Number => ByKind::Number(ByValue::new(found, |literal| match literal {
                Literal::Number(number) => Some(number.clone()),
                _ => None,
            })),
            Kind::Instant => ByKind::Instant(ByValue::new(found, |literal| match literal {
                Literal::Instant(instant) => Some(*instant),
                _ => None,
            })),
            Kind::Bool => return None,
        };
        Some(Index { at: At::Declared(line), ty: attribute.ty(), values })
    }

    /// The filters of each value that the resource has.
    fn candidates<'a, N: Node<'a>>(&self, schema: &Schema, resource: N, see: &mut dyn FnMut(usize) -> bool) -> bool {
        each_element(&self.at, schema, Place::resource(resource), &mut |element| match (
            typed(element.node.scalar(), self.ty),
            &self.values,
        ) {
            (Some(Typed::Text(text)), ByKind::Text { folded: true, values }) => values.of(&*fold(&text), see),
            (Some(Typed::Text(text)), ByKind::Text { folded: false, values }) => values.of(&*text, see),
            (Some(Typed::Number(number)), ByKind::Number(values)) => values.of(&Decimal::from(number), see),
            (Some(Typed::Instant(instant)), ByKind::Instant(values)) => values.of(&instant, see),
            _ => false,
        })
    }
}

struct ByValue<K> {
    equal: HashMap<K, Vec<usize>>,
    ranges: Ranges<K>,
}

impl<K: Hash + Ord> ByValue<K> {
    fn new(found: &[(usize, &Requirement)], key: impl Fn(&Literal) -> Option<K>) -> ByValue<K> {
        let mut equal: HashMap<K, Vec<usize>> = HashMap::new();
        let mut ranges = Vec::new();
        let end = |bound: Option<Bound<'_>>| -> End<K> {
            bound.and_then(|(literal, included)| Some((key(literal)?, included)))
        };
        for (number, one) in found {
            match one.values.points() {
                Some(points) => {
                    points.into_iter().filter_map(&key).for_each(|key| equal.entry(key).or_default().push(*number));
                }
                None => {
                    let (low, high) = one.values.bounds();
                    ranges.push(Range { low: end(low), high: end(high), number: *number });
                }
            }
        }
        ByValue { equal, ranges: Ranges::new(ranges) }
    }

    fn of<Q: Hash + Ord + ?Sized>(&self, value: &Q, see: &mut dyn FnMut(usize) -> bool) -> bool
    where
        K: Borrow<Q>,
    {
        let equal = self.equal.get(value);
        equal.is_some_and(|numbers| numbers.iter().any(|number| see(*number))) || self.ranges.holding(value, see)
    }
}
