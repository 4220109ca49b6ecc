//! Orderings: from an `OrderBy` and a schema to a total order of resources (O1 to O5).

mod key;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

pub(crate) use key::SortValue;

use crate::ast::{AttrPath, Direction, OrderBy};
use crate::check::{At, MOST_ERRORS, Purpose, Resolver};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorKind, Name, Part};
use crate::eval::{Node, Scalar};
use crate::instant::Instant;
use crate::options::Options;
use crate::quirks::Quirk;
use crate::schema::{AttrId, Schema, Type};
use crate::span::Place;
use crate::warning::{Warning, WarningKind};

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
    keys: Vec<Key>,
    tie_breakers: Vec<At>,
    warnings: Vec<Warning>,
    /// The parameter and its text, which the places of its keys are in; none of an ordering that no text asked for.
    text: Option<(Part, Box<str>)>,
}

/// One key: where its value lies, and its direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) at: At,
    pub(crate) direction: Direction,
    /// Where the ordering names it, for refusals of later steps; empty for one that was appended.
    pub(crate) place: Place,
}

impl CheckedOrdering {
    /// The ordering of a list request that names none: the schema's default (O5). The open schema has none: its resources
    /// keep the order of the input.
    pub fn default_of(schema: &Schema) -> CheckedOrdering {
        let keys = schema.default_order().iter();
        let keys = keys.map(|(id, direction)| Key {
            at: At::Declared(schema.line(*id).into()),
            direction: *direction,
            place: Place::default(),
        });
        CheckedOrdering::total(schema, keys.collect(), Vec::new(), None)
    }

    /// Appends the tie-breakers that are missing, in the direction of the last key (O5).
    fn total(
        schema: &Schema,
        mut keys: Vec<Key>,
        warnings: Vec<Warning>,
        text: Option<(Part, Box<str>)>,
    ) -> CheckedOrdering {
        let tie_breakers: Vec<At> = if schema.is_open() {
            vec![At::Open { uri: None, names: [Box::from("id")].into() }]
        } else {
            schema.tie_breakers().iter().map(|id| At::Declared(schema.line(*id).into())).collect()
        };
        if let Some(last) = keys.last().map(|key| key.direction) {
            for at in &tie_breakers {
                if keys.iter().all(|key| key.at != *at) {
                    keys.push(Key { at: at.clone(), direction: last, place: Place::default() });
                }
            }
        }
        CheckedOrdering(Arc::new(Checked { schema: schema.clone(), keys, tie_breakers, warnings, text }))
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
        let mut keys = self.0.keys.iter();
        keys.map_while_equal(|key| {
            let order = self.value(&key.at, left).cmp(&self.value(&key.at, right));
            directed(order, key.direction)
        })
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

    pub(crate) fn tie_breakers(&self) -> &[At] {
        &self.0.tie_breakers
    }

    /// The value that a resource has for a key.
    pub(crate) fn value<'a, N: Node<'a>>(&self, at: &At, resource: N) -> SortValue<'a> {
        key::value(at, &self.0.schema, resource)
    }

    /// The text of a resource's id, as it is stored: a string as it is, a number in digits.
    pub(crate) fn id<'a, N: Node<'a>>(&self, at: &At, resource: N) -> Option<Cow<'a, str>> {
        match key::scalar(at, &self.0.schema, resource)? {
            Scalar::String(text) => Some(text),
            Scalar::Number(number) => Some(Decimal::from(number).to_string().into()),
            Scalar::DateTime(instant) => Some(Instant::from(instant).to_string().into()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Array | Scalar::Object => None,
        }
    }

    /// The values of all keys.
    pub(crate) fn values<'a, N: Node<'a>>(&self, resource: N) -> Vec<SortValue<'a>> {
        self.0.keys.iter().map(|key| self.value(&key.at, resource)).collect()
    }

    /// The order of two resources by the values of all keys.
    pub(crate) fn compare_values(&self, left: &[SortValue<'_>], right: &[SortValue<'_>]) -> Ordering {
        let mut pairs = self.0.keys.iter().zip(left.iter().zip(right));
        pairs.map_while_equal(|(key, (left, right))| directed(left.cmp(right), key.direction))
    }
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

impl OrderBy<'_> {
    /// Checks the ordering against a schema, strictly and with the default limits.
    ///
    /// # Errors
    /// An attribute that is unknown, cannot be ordered by, or stands twice (O1): `invalidValue`.
    pub fn check(&self, schema: &Schema) -> Result<CheckedOrdering, Error> {
        self.check_with(schema, &Options::default())
    }

    /// Checks the ordering with quirks and capabilities of the caller's choice.
    ///
    /// # Errors
    /// As [`OrderBy::check`].
    pub fn check_with(&self, schema: &Schema, options: &Options) -> Result<CheckedOrdering, Error> {
        let resolver = Resolver::new(schema, options, Purpose::Sort);
        let mut warnings = self.warnings().to_vec();
        let mut keys: Vec<Key> = Vec::new();
        let mut errors = Vec::new();
        for key in self.keys() {
            let span = key.path().span();
            match sort_key(key.path(), &resolver) {
                Ok((at, aliased)) => {
                    if keys.iter().any(|known| known.at == at) {
                        let name = Name::of(&key.path().to_string());
                        errors.push((ErrorKind::SortKeyRepeated { name }, span));
                    }
                    if aliased {
                        warnings.push(Warning::new(WarningKind::Quirk(Quirk::Q8), span));
                    }
                    keys.push(Key { at, direction: key.direction(), place: Place(span) });
                }
                Err(kind) if errors.len() < MOST_ERRORS => errors.push((kind, span)),
                Err(_) => {}
            }
        }
        match Error::all_of(errors, self.part, self.text()) {
            Some(error) => Err(error),
            None => Ok(CheckedOrdering::total(schema, keys, warnings, Some((self.part, self.text().into())))),
        }
    }
}

/// Where the value of a sort key lies, and whether an alias was used (Q8).
fn sort_key(path: &AttrPath<'_>, resolver: &Resolver<'_>) -> Result<(At, bool), ErrorKind> {
    let schema = resolver.schema;
    if schema.is_open() {
        resolver.check_open(path)?;
        let at = At::Open { uri: path.uri().map(Into::into), names: path.segments().map(Into::into).collect() };
        return Ok((at, false));
    }
    let resolved = resolver.find(path)?;
    let id = sortable(resolved.id, path, resolver)?;
    Ok((At::Declared(schema.line(id).into()), resolved.aliased))
}

/// The attribute itself, or the `value` that a multi-valued complex one means (S8).
fn sortable(id: AttrId, path: &AttrPath<'_>, resolver: &Resolver<'_>) -> Result<AttrId, ErrorKind> {
    resolver.check_allowed(id, &path.to_string())?;
    match resolver.schema.attribute(id).ty() {
        Type::Complex => resolver.implied_value(id, path, false),
        _ => Ok(id),
    }
}
