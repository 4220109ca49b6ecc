//! The one value by which a resource is ordered (O2 to O4).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::directed;
use crate::ast::Direction;
use crate::check::At;
use crate::decimal::{Decimal, Number};
use crate::eval::{Found, Keys, Member, Node, Place, Scalar, Typed, each_element, typed};
use crate::fold::fold;
use crate::instant::{Instant, KnownInstant};
use crate::schema::{AttrId, Schema, Type};

/// A sort key's value. The kinds are in the order of the open schema (S18); a declared attribute has one of them and
/// `Unassigned`, which is the greatest (O2). Text is folded already, unless it is case-exact (O4).
#[derive(Clone, Debug)]
pub(crate) enum SortValue<'a> {
    Bool(bool),
    Number(Number),
    Instant(Instant),
    Text(Cow<'a, str>),
    Unassigned,
}

impl SortValue<'_> {
    pub(crate) fn into_owned(self) -> SortValue<'static> {
        match self {
            SortValue::Bool(value) => SortValue::Bool(value),
            SortValue::Number(number) => SortValue::Number(number),
            SortValue::Instant(instant) => SortValue::Instant(instant),
            SortValue::Text(text) => SortValue::Text(Cow::Owned(text.into_owned())),
            SortValue::Unassigned => SortValue::Unassigned,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            SortValue::Bool(_) => 0,
            SortValue::Number(_) => 1,
            SortValue::Instant(_) => 2,
            SortValue::Text(_) => 3,
            SortValue::Unassigned => 4,
        }
    }
}

impl Ord for SortValue<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        use SortValue::{Bool, Instant, Number, Text};
        match (self, other) {
            (Bool(left), Bool(right)) => left.cmp(right),
            (Number(left), Number(right)) => compare_numbers(*left, *right),
            (Instant(left), Instant(right)) => left.cmp(right),
            (Text(left), Text(right)) => left.cmp(right),
            (left, right) => left.rank().cmp(&right.rank()),
        }
    }
}

impl PartialOrd for SortValue<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortValue<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortValue<'_> {}

fn compare_numbers(left: Number, right: Number) -> Ordering {
    match (left, right) {
        (Number::I64(left), Number::I64(right)) => left.cmp(&right),
        (Number::U64(left), Number::U64(right)) => left.cmp(&right),
        _ => Decimal::from(left).cmp(&Decimal::from(right)),
    }
}

/// The value of a key behind which resources are told by that key alone.
pub(super) struct Bound<'o, 'a> {
    place: &'o Prepared,
    direction: Direction,
    value: SortValue<'a>,
    /// The value again, where texts at hand are compared with it.
    known: Option<(Position, KnownInstant)>,
}

impl<'o, 'a> Bound<'o, 'a> {
    pub(super) fn new(place: &'o Prepared, direction: Direction, value: SortValue<'a>) -> Bound<'o, 'a> {
        let known = match (place.at_hand, &value) {
            (AtHand::DateTime(position), SortValue::Instant(instant)) => Some((position, KnownInstant::new(*instant))),
            _ => None,
        };
        Bound { place, direction, value, known }
    }

    /// Whether a resource comes after all those whose key has the value.
    #[inline(always)]
    pub(super) fn is_before<'r, N: Node<'r>>(&self, resource: N) -> bool {
        let known = self.known.as_ref().and_then(|((position, below), known)| {
            let text = resource.bytes_at(*position, *below)??;
            known.order_of_usual(text)
        });
        directed(known.unwrap_or_else(|| self.place.compare(resource, &self.value)), self.direction).is_gt()
    }
}

/// A place made ready to be read for each resource: by keys alone, where no array lies on the way.
pub(super) struct Prepared {
    at: At,
    schema: Schema,
    simple: Option<Simple>,
    at_hand: AtHand,
}

struct Simple {
    keys: Keys,
    ty: Type,
    folded: bool,
}

/// What the source has at hand there, if it is a string.
#[derive(Clone, Copy)]
enum AtHand {
    /// The value as it is.
    Text(Position),
    DateTime(Position),
    Nothing,
}

/// As [`Node::bytes_at`] takes it.
type Position = (usize, Option<usize>);

impl Prepared {
    pub(super) fn new(at: &At, schema: &Schema) -> Prepared {
        let simple = Simple::new(at, schema);
        Prepared { at: at.clone(), schema: schema.clone(), simple, at_hand: AtHand::Nothing }
    }

    /// The same by position in resources with these members, where they have it.
    pub(super) fn in_members(&self, members: &'static [Member]) -> Prepared {
        let simple = self.simple.as_ref().map(|simple| {
            let keys = simple.keys.in_members(members).unwrap_or_else(|| simple.keys.clone());
            Simple { keys, ..*simple }
        });
        let at_hand = simple.as_ref().map_or(AtHand::Nothing, Simple::at_hand);
        Prepared { at: self.at.clone(), schema: self.schema.clone(), simple, at_hand }
    }

    /// The value by which a resource is ordered.
    #[inline(always)]
    pub(super) fn value<'a, N: Node<'a>>(&self, resource: N) -> SortValue<'a> {
        match self.instant(resource) {
            Some(instant) => SortValue::Instant(instant),
            None => self.value_by_scalar(resource),
        }
    }

    /// The order of the value by which a resource is ordered, and another. Not inlined: it would burden the loop around it.
    #[inline(never)]
    fn compare<'a, N: Node<'a>>(&self, resource: N, other: &SortValue<'_>) -> Ordering {
        self.value_by_scalar(resource).cmp(other)
    }

    /// The value, where it is a dateTime that the source has at hand in its usual layout.
    #[inline(always)]
    fn instant<'a, N: Node<'a>>(&self, resource: N) -> Option<Instant> {
        let AtHand::DateTime((position, below)) = self.at_hand else { return None };
        Instant::parse_usual(resource.bytes_at(position, below)??)
    }

    #[inline]
    fn value_by_scalar<'a, N: Node<'a>>(&self, resource: N) -> SortValue<'a> {
        self.read(resource, Simple::value, |at, schema| value(at, schema, resource)).unwrap_or(SortValue::Unassigned)
    }

    /// Whether each string there is such a value.
    pub(super) fn is_text(&self) -> bool {
        self.simple.as_ref().is_some_and(Simple::is_text)
    }

    /// Whether a resource has such a value.
    #[inline(always)]
    pub(super) fn is_assigned<'a, N: Node<'a>>(&self, resource: N) -> bool {
        self.text(resource).is_some() || self.is_scalar_assigned(resource)
    }

    /// Not inlined for the same reason.
    #[inline(never)]
    fn is_scalar_assigned<'a, N: Node<'a>>(&self, resource: N) -> bool {
        let slowly = |at: &At, schema: &Schema| value(at, schema, resource) != SortValue::Unassigned;
        self.read(resource, |simple, scalar| simple.is_assigned(&scalar), slowly).unwrap_or(false)
    }

    /// The value as it is stored.
    #[inline]
    pub(super) fn scalar<'a, N: Node<'a>>(&self, resource: N) -> Option<Scalar<'a>> {
        let simply = |simple: &Simple, scalar: Scalar<'a>| simple.is_assigned(&scalar).then_some(scalar);
        self.read(resource, simply, |at, schema| scalar(at, schema, resource)).flatten()
    }

    /// The bytes of the string that is the value, where the source has it at hand.
    #[inline(always)]
    pub(super) fn text<'a, N: Node<'a>>(&self, resource: N) -> Option<&'a [u8]> {
        let AtHand::Text((position, below)) = self.at_hand else { return None };
        resource.bytes_at(position, below)?
    }

    /// What one way or the other says of what lies at the place; nothing where nothing does.
    #[inline(always)]
    fn read<'a, N: Node<'a>, T>(
        &self,
        resource: N,
        simply: impl FnOnce(&Simple, Scalar<'a>) -> T,
        slowly: impl FnOnce(&At, &Schema) -> T,
    ) -> Option<T> {
        let Some(simple) = &self.simple else { return Some(slowly(&self.at, &self.schema)) };
        match simple.keys.find_node(resource) {
            Found::None => None,
            Found::Several => Some(slowly(&self.at, &self.schema)),
            Found::One(node) => match node.scalar() {
                Scalar::Array => Some(slowly(&self.at, &self.schema)),
                scalar => Some(simply(simple, scalar)),
            },
        }
    }
}

impl Simple {
    /// What holds an assigned, readable value is itself assigned, so nothing is to be asked on the way.
    fn new(at: &At, schema: &Schema) -> Option<Simple> {
        let At::Declared(line) = at else { return None };
        let last = schema.attribute(*line.last()?);
        let simple = last.ty() != Type::Complex && line.iter().all(|id| schema.attribute(*id).is_readable());
        let (keys, ty, folded) = (Keys::new(line, schema)?, last.ty(), !last.is_case_exact());
        simple.then_some(Simple { keys, ty, folded })
    }

    fn is_text(&self) -> bool {
        matches!(self.ty, Type::String | Type::Reference | Type::Binary)
    }

    fn at_hand(&self) -> AtHand {
        match (self.keys.positions(), self.ty) {
            (Some(position), Type::DateTime) => AtHand::DateTime(position),
            (Some(position), _) if self.is_text() => AtHand::Text(position),
            _ => AtHand::Nothing,
        }
    }
}

impl Simple {
    /// As [`value`]; texts and dateTimes are what most resources are ordered by.
    #[inline]
    fn value<'a>(&self, scalar: Scalar<'a>) -> SortValue<'a> {
        match (self.ty, scalar) {
            (Type::DateTime, Scalar::String(text)) => {
                Instant::parse(&text).map_or(SortValue::Unassigned, SortValue::Instant)
            }
            (Type::String | Type::Reference | Type::Binary, Scalar::String(text)) if !self.folded => {
                SortValue::Text(text)
            }
            (ty, scalar) => typed(scalar, ty).map_or(SortValue::Unassigned, |value| sort_value(value, self.folded)),
        }
    }

    #[inline]
    fn is_assigned(&self, scalar: &Scalar<'_>) -> bool {
        match (self.ty, scalar) {
            (Type::String | Type::Reference | Type::Binary, Scalar::String(_)) => true,
            (ty, scalar) => typed(scalar.clone(), ty).is_some(),
        }
    }
}

/// The value by which a resource is ordered.
pub(super) fn value<'a, N: Node<'a>>(at: &At, schema: &Schema, resource: N) -> SortValue<'a> {
    let Some(scalar) = scalar(at, schema, resource) else { return SortValue::Unassigned };
    match at {
        At::Declared(line) => {
            let attribute = line.last().map(|id| schema.attribute(*id));
            let value = attribute.and_then(|attribute| Some((typed(scalar, attribute.ty())?, attribute)));
            value.map_or(SortValue::Unassigned, |(value, attribute)| sort_value(value, !attribute.is_case_exact()))
        }
        At::Open { .. } => open(scalar),
        At::Element => SortValue::Unassigned,
    }
}

/// The stored value by which a resource is ordered, as it is. O3: of several elements the first primary one counts, else
/// the first.
fn scalar<'a, N: Node<'a>>(at: &At, schema: &Schema, resource: N) -> Option<Scalar<'a>> {
    match at {
        At::Declared(line) => {
            let mut place = resource;
            for id in line {
                place = first_element(*id, schema, place)?;
            }
            Some(place.scalar())
        }
        At::Open { uri, names } => {
            let node = uri.iter().chain(names).try_fold(resource, |node, key| first_open(node.get(key)?))?;
            // S18: an object stands for its `value`.
            match node.scalar() {
                Scalar::Object => Some(node.get("value").and_then(first_open)?.scalar()),
                scalar => Some(scalar),
            }
        }
        At::Element => None,
    }
}

fn first_element<'a, N: Node<'a>>(id: AttrId, schema: &Schema, place: N) -> Option<N> {
    let mut first = None;
    let mut primary = None;
    each_element(&At::Declared([id].into()), schema, Place::resource(place), &mut |element| {
        first.get_or_insert(element.node);
        if is_primary(id, schema, element.node) {
            primary = Some(element.node);
        }
        primary.is_some()
    });
    primary.or(first)
}

fn is_primary<'a, N: Node<'a>>(id: AttrId, schema: &Schema, element: N) -> bool {
    // A `primary` that may not be read may not decide an order either (S16).
    let Some(primary) = schema.find_below(id, "primary").filter(|id| schema.attribute(*id).is_readable()) else {
        return false;
    };
    let mut is = false;
    each_element(&At::Declared([primary].into()), schema, Place::resource(element), &mut |element| {
        is |= element.node.scalar() == Scalar::Bool(true);
        is
    });
    is
}

fn sort_value(value: Typed<'_>, folded: bool) -> SortValue<'_> {
    match value {
        Typed::Text(text) if folded => SortValue::Text(match text {
            Cow::Borrowed(text) => fold(text),
            Cow::Owned(text) => Cow::Owned(fold(&text).into_owned()),
        }),
        Typed::Text(text) => SortValue::Text(text),
        Typed::Instant(instant) => SortValue::Instant(instant),
        Typed::Number(number) => SortValue::Number(number),
        Typed::Bool(value) => SortValue::Bool(value),
        Typed::Complex { .. } => SortValue::Unassigned,
    }
}

/// Of the elements of an array, or of the one value: the first object whose `primary` is true, else the first that is
/// assigned.
fn first_open<'a, N: Node<'a>>(node: N) -> Option<N> {
    let mut first = None;
    let mut primary = None;
    node.any(&mut |element| {
        if !crate::eval::is_assigned_open(element) {
            return false;
        }
        first.get_or_insert(element);
        if element.get("primary").is_some_and(|primary| primary.any(&mut |one| one.scalar() == Scalar::Bool(true))) {
            primary = Some(element);
        }
        primary.is_some()
    });
    primary.or(first)
}

/// S18: a string that is a dateTime is one.
fn open(scalar: Scalar<'_>) -> SortValue<'_> {
    match scalar {
        Scalar::Bool(value) => SortValue::Bool(value),
        Scalar::Number(number) => SortValue::Number(number),
        Scalar::String(text) => match Instant::parse(&text) {
            Ok(instant) => SortValue::Instant(instant),
            Err(_) => sort_value(Typed::Text(text), true),
        },
        Scalar::DateTime(instant) => SortValue::Instant(instant.into()),
        Scalar::Null | Scalar::Array | Scalar::Object => SortValue::Unassigned,
    }
}
