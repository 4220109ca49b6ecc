//! Running a checked filter over one resource: the one recursive `matches`, whatever the source of the resource is.

mod accept;
mod attr_value;
mod bind;
mod compare;
mod compile;
mod direct;
mod exact;
mod fields;
mod leaf;
mod name;
mod number;
mod pattern;
mod program;
mod raw;
mod resource;
mod set;
mod text;
mod value;
mod walk;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use attr_value::AttrValue;
pub use bind::ResourcePredicate;
pub use fields::Fields;
pub(crate) use leaf::{Typed, typed};
pub(crate) use program::{Found, Keys, Program};
pub(crate) use raw::is_written;
pub use raw::{JsonError, Lines, RawPredicate};
pub use resource::{Attr, Complex, Elements, Member, Resource, Shape};
pub use value::{AnyCase, is_readable};
pub(crate) use walk::{Element, Place, each_element, each_stored, is_assigned_open};

use crate::check::{CheckedFilter, CheckedPath};
pub use crate::decimal::Number;
use crate::schema::Key;
use leaf::is_present;

/// A place in a resource: what a source of resources has to offer. Implemented for `&serde_json::Value`.
pub trait Node<'a>: Copy {
    /// The member of an object; `None` where there is none, or this is no object. Of duplicate keys the last counts (S2).
    fn get(self, key: &str) -> Option<Self>;

    /// The same by a prepared key: for sources that know positions ([`Key::position`]).
    #[inline]
    fn get_at(self, key: &Key) -> Option<Self> {
        self.get(key.name())
    }

    /// The members that all resources of the source have, by position; `None` for a source of names. Lists and sorts look names
    /// up in them once, for their filters too.
    #[inline]
    fn members() -> Option<&'static [Member]> {
        None
    }

    /// The string at a position, or at one `below` it: for a source with [`members`](Node::members) that gets at it faster than
    /// by [`get_at`](Node::get_at) and [`scalar`](Node::scalar), which are asked where this says `None`. It must do so for
    /// what is no one string, such as an array, also at the position above, or an instant that the source has as such: what is
    /// said here is believed. `Some(None)` is that nothing lies there.
    ///
    /// ```
    /// use scim_query::{AttributeDef, ListQuery, Member, Node, Profile, Scalar, Schema, Shape, Type, list};
    ///
    /// #[derive(Clone, Copy)]
    /// enum Cell<'a> { Row(&'a [Cell<'a>]), Several(&'a [Cell<'a>]), Text(&'a str), Empty }
    ///
    /// impl<'a> Node<'a> for Cell<'a> {
    ///     fn members() -> Option<&'static [Member]> {
    ///         Some(const { &[Member::computed("id", Shape::TEXT), Member::computed("tags", Shape::TEXT)] })
    ///     }
    ///
    ///     fn text_at(self, position: usize, below: Option<usize>) -> Option<Option<&'a str>> {
    ///         let (Cell::Row(cells), None) = (self, below) else { return None };
    ///         match cells.get(position).copied().unwrap_or(Cell::Empty) {
    ///             Cell::Text(text) => Some(Some(text)),
    ///             Cell::Empty => Some(None),
    ///             Cell::Several(_) | Cell::Row(_) => None, // no one string: else `tags eq "b"` would never match
    ///         }
    ///     }
    ///
    ///     fn get(self, key: &str) -> Option<Self> {
    ///         let at = Self::members()?.iter().position(|member| member.name() == key)?;
    ///         if let Cell::Row(cells) = self { cells.get(at).copied() } else { None }
    ///     }
    ///
    ///     fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
    ///         if let Cell::Several(cells) = self { cells.iter().any(|cell| test(*cell)) } else { test(self) }
    ///     }
    ///
    ///     fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
    ///         if let Cell::Row(cells) = self { cells.iter().any(|cell| test(*cell)) } else { false }
    ///     }
    ///
    ///     fn scalar(self) -> Scalar<'a> {
    ///         match self {
    ///             Cell::Row(_) => Scalar::Object,
    ///             Cell::Several(_) => Scalar::Array,
    ///             Cell::Text(text) => Scalar::String(text.into()),
    ///             Cell::Empty => Scalar::Null,
    ///         }
    ///     }
    /// }
    ///
    /// let schema = Schema::builder("urn:example:Row")
    ///     .attribute(AttributeDef::new("id", Type::String).case_exact())
    ///     .attribute(AttributeDef::new("tags", Type::String).multi_valued())
    ///     .build()?;
    /// let tags = [Cell::Text("a"), Cell::Text("B")];
    /// let rows = [[Cell::Text("1"), Cell::Several(&tags)], [Cell::Text("2"), Cell::Text("b")], [Cell::Text("3"), Cell::Empty]];
    /// let found = |query: &str| -> Result<usize, Box<dyn std::error::Error>> {
    ///     let query = ListQuery::parse(query, &Profile::scim())?.check(&schema)?;
    ///     Ok(list(rows.iter().map(|row| Cell::Row(row)), &query)?.total)
    /// };
    /// assert_eq!(found(r#"filter=tags eq "b""#)?, 2);
    /// assert_eq!(found(r#"filter=id eq "3" or tags co "A""#)?, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    fn text_at(self, position: usize, below: Option<usize>) -> Option<Option<&'a str>> {
        let _ = (position, below);
        None
    }

    /// The same string as its UTF-8 bytes, with escapes resolved, and `None` and `Some(None)` as there: for a source that has
    /// bytes at hand, and would have to check them to have a `str`. It is asked for exact equality, for instants, and for
    /// ordering.
    #[inline(always)]
    fn bytes_at(self, position: usize, below: Option<usize>) -> Option<Option<&'a [u8]>> {
        Some(self.text_at(position, below)?.map(str::as_bytes))
    }

    /// The string that lies here, where it is got at faster than by [`scalar`](Node::scalar); `None` says nothing.
    #[inline]
    fn text(self) -> Option<&'a str> {
        None
    }

    /// Whether something assigned lies in an object, or with `non_empty`, something not empty: of a source that says so faster
    /// than by its members; `None` says nothing.
    #[inline]
    fn has_assigned(self, non_empty: bool) -> Option<bool> {
        let _ = non_empty;
        None
    }

    /// Whether `test` is true of some element of an array, or of this place if it is no array.
    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool;

    /// Whether `test` is true of some member of an object.
    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool;

    /// What lies here.
    fn scalar(self) -> Scalar<'a>;

    /// Whether all numbers here are such as every source can hold (S11): [`is_readable`] of a source that may have others.
    #[inline]
    fn is_readable(self) -> bool {
        true
    }
}

/// What lies at a place in a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `null`, or a value that the source cannot give exactly.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Cow<'a, str>),
    /// An instant, of a source that has them; elsewhere it is a string.
    DateTime(DateTime<Utc>),
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A checked filter, ready to run. It does not borrow, and may be kept and shared.
///
/// ```
/// use scim_query::{Filter, Schema};
///
/// let predicate = Filter::parse(r#"emails[type eq "work"]"#)?.check(&Schema::user())?.compile();
/// let users = [
///     serde_json::json!({"emails": [{"type": "work", "value": "a@example.com"}]}),
///     serde_json::json!({"emails": {"type": "Work"}}), // one value where several are declared: one element (S2)
///     serde_json::json!({"emails": []}),
/// ];
/// let matching = users.iter().filter(|user| predicate.matches(*user)).count();
/// assert_eq!(matching, 2);
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct Predicate {
    filter: CheckedFilter,
    program: Arc<Program>,
}

impl CheckedFilter {
    /// Prepares the filter for running: algorithms are chosen, literals made ready, the cheapest test comes first. That is
    /// done once for a filter and its clones, by this or by the first [`matches`](CheckedFilter::matches).
    pub fn compile(&self) -> Predicate {
        let program = || Program::new(self.expr(), self.schema());
        let kept = self.prepared_to_keep(program);
        Predicate { filter: self.clone(), program: kept.unwrap_or_else(|| Arc::new(program())) }
    }

    /// As [`compile`](CheckedFilter::compile), for one source: names become positions where it has them.
    pub(crate) fn compile_for_source<'a, N: Node<'a>>(&self) -> Predicate {
        let bound = N::members().and_then(|members| bind::program(self, members, "").ok());
        match bound {
            Some(program) => Predicate { filter: self.clone(), program: Arc::new(program) },
            None => self.compile(),
        }
    }

    /// Whether the resource matches. As fast as a compiled [`Predicate`], but for finding what has been compiled.
    pub fn matches<'a>(&self, resource: impl Node<'a>) -> bool {
        match self.prepared(|| Program::new(self.expr(), self.schema())) {
            Some(program) => program.holds(Place::resource(resource)),
            None => self.compile().matches(resource),
        }
    }
}

impl Predicate {
    /// Whether the resource matches. Every resource does or does not (S1): there is no error and no panic.
    #[inline]
    pub fn matches<'a>(&self, resource: impl Node<'a>) -> bool {
        self.program.holds(Place::resource(resource))
    }

    /// The filter that it was compiled from.
    pub fn filter(&self) -> &CheckedFilter {
        &self.filter
    }
}

/// Predicates are equal when their filters are.
impl PartialEq for Predicate {
    fn eq(&self, other: &Predicate) -> bool {
        self.filter == other.filter
    }
}

impl Eq for Predicate {}

impl Hash for Predicate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.filter.hash(state);
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Predicate({:?})", self.filter)
    }
}

impl CheckedPath {
    /// Whether the path means this element of its attribute: the filter in its brackets matches, or it has none.
    pub fn selects<'a>(&self, element: impl Node<'a>) -> bool {
        let Some(filter) = self.filter() else { return true };
        let place = Element { node: element, ty: self.element_type() };
        Program::new(filter, self.schema()).holds(place.into())
    }
}
