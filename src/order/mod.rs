//! Orderings: from an `OrderBy` and a schema to a total order of resources (O1 to O5).

mod check;
mod key;
mod rank;
mod rows;
mod top;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, OnceLock};

pub(crate) use key::SortValue;
use key::{Bound, Prepared};
use smallvec::SmallVec;
use smol_str::SmolStr;
pub(crate) use top::Top;

use crate::ast::Direction;
use crate::check::At;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorKind, Part};
use crate::eval::{Node, Scalar};
use crate::instant::Instant;
use crate::schema::Schema;
use crate::span::Place;
use crate::warning::Warning;

/// An ordering that fits its schema, made total by the schema's tie-breaker (O5). Owned, cheap to clone.
///
/// ```
/// use scim_query::{OrderBy, Schema};
///
/// let order = OrderBy::parse("title desc")?.check(&Schema::user())?;
/// assert_eq!(order.to_string(), "title desc, id desc");
/// let a = serde_json::json!({"id": "1", "title": "Manager"});
/// let b = serde_json::json!({"id": "2"});
/// assert!(order.compare(&b, &a).is_lt()); // unassigned comes first in a descending order (O2)
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct CheckedOrdering(Arc<Checked>);

struct Checked {
    schema: Schema,
    keys: SmallVec<[Key; 2]>,
    /// Made when the first resource is read: SQL reads none.
    places: OnceLock<Places>,
    warnings: Vec<Warning>,
    /// The parameter and its text, which the places of its keys are in; none of an ordering that no text asked for.
    text: Option<(Part, SmolStr)>,
}

/// Where in a resource the values lie.
struct Places {
    keys: Vec<Prepared>,
    tie_breakers: Vec<Prepared>,
}

impl Places {
    /// Where a resource's id lies.
    #[inline(always)]
    fn id(&self) -> Option<&Prepared> {
        self.tie_breakers.last()
    }
}

/// One key: where its value lies, and its direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) at: At,
    pub(crate) direction: Direction,
    /// Where the ordering names it, for refusals of later steps; empty for one that was appended.
    pub(crate) place: Place,
    /// Every resource of a list has a value for it.
    is_tie_breaker: bool,
}

impl CheckedOrdering {
    /// The ordering of a list request that names none: the schema's default (O5). The open schema has none: its resources
    /// keep the order of the input.
    pub fn default_of(schema: &Schema) -> CheckedOrdering {
        let keys = schema.default_order().iter();
        let keys = keys.map(|(id, direction)| Key {
            at: At::Declared(schema.line(*id)),
            direction: *direction,
            place: Place::default(),
            is_tie_breaker: false,
        });
        CheckedOrdering::total(schema, keys.collect(), Vec::new(), None)
    }

    /// Appends the tie-breakers that are missing, in the direction of the last key (O5).
    fn total(
        schema: &Schema,
        mut keys: SmallVec<[Key; 2]>,
        warnings: Vec<Warning>,
        text: Option<(Part, SmolStr)>,
    ) -> CheckedOrdering {
        if let Some(last) = keys.last().map(|key| key.direction) {
            for at in tie_breakers(schema) {
                match keys.iter_mut().find(|key| key.at == at) {
                    Some(key) => key.is_tie_breaker = true,
                    None => keys.push(Key { at, direction: last, place: Place::default(), is_tie_breaker: true }),
                }
            }
        }
        let places = OnceLock::new();
        CheckedOrdering(Arc::new(Checked { schema: schema.clone(), keys, places, warnings, text }))
    }

    #[inline]
    fn places(&self) -> &Places {
        self.0.places.get_or_init(|| {
            let prepared = |at: &At| Prepared::new(at, &self.0.schema);
            let keys = self.0.keys.iter().map(|key| prepared(&key.at)).collect();
            Places { keys, tie_breakers: self.tie_breakers().map(|at| prepared(&at)).collect() }
        })
    }

    /// The schema that it was checked against.
    pub fn schema(&self) -> &Schema {
        &self.0.schema
    }

    /// Quirks that were used.
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    /// The order of two resources. Total, if the tie-breaker is unique (O5); [`Ordering::Equal`] for all under the open
    /// schema's default, which is the order of the input.
    pub fn compare<'a, N: Node<'a>>(&self, left: N, right: N) -> Ordering {
        let mut keys = self.0.keys.iter().zip(&self.places().keys);
        keys.map_while_equal(|(key, place)| directed(place.value(left).cmp(&place.value(right)), key.direction))
    }

    /// Puts resources into the order. Those that it does not tell apart keep their places (O5). Each resource's keys are read
    /// once: for more than a few resources, that is much faster than a sort with [`compare`](CheckedOrdering::compare).
    ///
    /// ```
    /// use scim_query::{OrderBy, Schema};
    /// use serde_json::json;
    ///
    /// let users = [json!({"id": "1", "title": "Tester"}), json!({"id": "2"}), json!({"id": "3", "title": "manager"})];
    /// let mut ordered: Vec<_> = users.iter().collect();
    /// OrderBy::parse("title")?.check(&Schema::user())?.sort(&mut ordered);
    /// assert_eq!(ordered, [&users[2], &users[0], &users[1]]);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn sort<'a, N: Node<'a>>(&self, resources: &mut [N]) {
        rows::sort(&self.for_source::<N>(), resources);
    }

    /// The same for one source: names become positions where it has them.
    pub(crate) fn for_source<'a, N: Node<'a>>(&self) -> CheckedOrdering {
        let Some(members) = N::members() else { return self.clone() };
        let Checked { schema, keys, warnings, text, .. } = &*self.0;
        let places = self.places();
        let places = Places {
            keys: places.keys.iter().map(|place| place.in_members(members)).collect(),
            tie_breakers: places.tie_breakers.iter().map(|place| place.in_members(members)).collect(),
        };
        CheckedOrdering(Arc::new(Checked {
            schema: schema.clone(),
            keys: keys.clone(),
            places: places.into(),
            warnings: warnings.clone(),
            text: text.clone(),
        }))
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.0.keys
    }

    /// The value that a resource has for an attribute by which it is ordered.
    pub(crate) fn value_of<'a, N: Node<'a>>(schema: &Schema, at: &At, resource: N) -> SortValue<'a> {
        key::value(at, schema, resource)
    }

    /// A refusal of a key by a later step, at its place where the ordering names it.
    pub(crate) fn refuse(&self, key: Option<&Key>, kind: ErrorKind) -> Error {
        let named = key.map(|key| key.place.0).filter(|span| span.start < span.end).zip(self.0.text.as_ref());
        match named {
            Some((span, (part, text))) => Error::new(kind, *part, span, text),
            None => Error::new(kind, self.0.text.as_ref().map_or(Part::OrderBy, |(part, _)| *part), None, ""),
        }
    }

    pub(crate) fn tie_breakers(&self) -> impl DoubleEndedIterator<Item = At> + '_ {
        tie_breakers(&self.0.schema)
    }

    /// The value that a resource has for a key.
    pub(crate) fn value<'a, N: Node<'a>>(&self, at: &At, resource: N) -> SortValue<'a> {
        key::value(at, &self.0.schema, resource)
    }

    /// The text of a resource's id, as it is stored: a string as it is, a number in digits.
    pub(crate) fn id<'a, N: Node<'a>>(&self, resource: N) -> Option<Cow<'a, str>> {
        match self.places().id()?.scalar(resource)? {
            Scalar::String(text) => Some(text),
            Scalar::Number(number) => Some(Decimal::from(number).to_string().into()),
            Scalar::DateTime(instant) => Some(Instant::from(instant).to_string().into()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Array | Scalar::Object => None,
        }
    }

    /// A number that resources with the same id share, and hardly any others; 0 if the id is no string.
    pub(crate) fn id_mark<'a, N: Node<'a>>(&self) -> impl Fn(N) -> u32 + '_ {
        let place = self.places().id();
        move |resource| place.map_or(0, |place| place.text(resource).map_or_else(|| slow_mark(place, resource), mark))
    }

    /// Whether a resource with this mark may have the id.
    pub(crate) fn may_have_id(mark_of_resource: u32, id: &str) -> bool {
        mark_of_resource == 0 || mark_of_resource == mark(id.as_bytes())
    }

    /// The values of all keys.
    pub(crate) fn values<'a, N: Node<'a>>(&self, resource: N) -> Vec<SortValue<'a>> {
        self.places().keys.iter().map(|place| place.value(resource)).collect()
    }

    /// A value of the first key.
    fn bound<'a>(&self, value: SortValue<'a>) -> Option<Bound<'_, 'a>> {
        let (key, place) = (self.0.keys.first()?, self.places().keys.first()?);
        Some(Bound::new(place, key.direction, value))
    }

    /// Makes a list of a resource's values.
    #[inline]
    pub(crate) fn read<'a, N: Node<'a>>(&self, resource: N, values: &mut Vec<SortValue<'a>>) {
        values.clear();
        for place in &self.places().keys {
            values.push(place.value(resource));
        }
    }

    /// The keys that are tie-breakers, to ask each resource for their values.
    pub(crate) fn needed(&self) -> Needed<'_> {
        let all = if self.0.keys.is_empty() { &[] } else { &*self.places().tie_breakers };
        match all {
            [others @ .., id] if id.is_text() => Needed { all, unless_marked: others },
            all => Needed { all, unless_marked: all },
        }
    }

    /// The same, from the values of all its keys.
    #[inline]
    pub(crate) fn are_tie_breakers(&self, values: &[SortValue<'_>]) -> bool {
        let mut keys = self.0.keys.iter().zip(values);
        keys.all(|(key, value)| !key.is_tie_breaker || *value != SortValue::Unassigned)
    }

    /// The order of two resources by the values of all keys.
    pub(crate) fn compare_values(&self, left: &[SortValue<'_>], right: &[SortValue<'_>]) -> Ordering {
        let mut pairs = self.0.keys.iter().zip(left.iter().zip(right));
        pairs.map_while_equal(|(key, (left, right))| directed(left.cmp(right), key.direction))
    }
}

/// [`CheckedOrdering::id_mark`], not inlined: it would burden the loop over all resources.
#[inline(never)]
fn slow_mark<'a, N: Node<'a>>(place: &Prepared, resource: N) -> u32 {
    match place.scalar(resource) {
        Some(Scalar::String(text)) => mark(text.as_bytes()),
        // Rare enough to be told apart by themselves.
        _ => 0,
    }
}

/// What each resource has to have a value for.
pub(crate) struct Needed<'o> {
    all: &'o [Prepared],
    /// Of a resource whose [`id_mark`](CheckedOrdering::id_mark) is at hand, which tells of its id.
    unless_marked: &'o [Prepared],
}

impl Needed<'_> {
    #[inline(always)]
    pub(crate) fn is_there<'a, N: Node<'a>>(&self, resource: N, id_mark: Option<u32>) -> bool {
        let marked = id_mark.is_some_and(|mark| mark != 0);
        let asked = if marked { self.unless_marked } else { self.all };
        asked.iter().all(|place| place.is_assigned(resource))
    }
}

/// The keys that make every ordering under a schema total (O5).
fn tie_breakers(schema: &Schema) -> impl DoubleEndedIterator<Item = At> + '_ {
    // Nothing is declared in the open schema: any resource may have an id.
    let open = schema.is_open().then(|| At::Open { uri: None, names: [Box::from("id")].into() });
    let declared = schema.tie_breakers().iter().map(|id| At::Declared(schema.line(*id)));
    open.into_iter().chain(declared)
}

/// Of the first bytes, the last and the length; never 0. It is not a hash to rely on: what it is used for asks again.
#[inline]
fn mark(text: &[u8]) -> u32 {
    let (first, last) = match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (text.iter().fold(0, |mixed, byte| mixed << 8 | u64::from(*byte)), 0),
    };
    let mixed = (first.rotate_left(29) ^ last ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32 | 1
}

fn directed(order: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

/// The first order that is not equal.
trait MapWhileEqual: Iterator + Sized {
    fn map_while_equal(&mut self, order: impl FnMut(Self::Item) -> Ordering) -> Ordering {
        self.map(order).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl<I: Iterator> MapWhileEqual for I {}

impl PartialEq for CheckedOrdering {
    fn eq(&self, other: &Self) -> bool {
        self.keys() == other.keys() && self.schema() == other.schema()
    }
}

impl Eq for CheckedOrdering {}

impl fmt::Display for CheckedOrdering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.keys().iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", key.at.name(self.schema(), None), key.direction)?;
        }
        Ok(())
    }
}

impl fmt::Debug for CheckedOrdering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedOrdering({self})")
    }
}
