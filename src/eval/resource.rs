//! A program's own structs as resources: no JSON, and names resolved to positions when a filter is compiled.

use chrono::{DateTime, Utc};

use super::Number;
use super::attr_value::AttrValue;
use crate::schema::Type;

/// A struct that filters and orderings run over. [`resource!`](crate::resource!) writes the implementation; written by hand
/// it can have members that are not fields.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use scim_query::{Filter, Schema, resource};
///
/// struct Request<'a> {
///     status: &'a str,
///     last_updated: DateTime<Utc>,
///     requested: Requested,
/// }
///
/// struct Requested {
///     resource_id: Option<String>,
/// }
///
/// resource! { impl<'a> Resource for Request<'a> {
///     "status" => status, "lastUpdated" => last_updated, "requested" => requested,
/// } }
/// resource! { impl Resource for Requested { "resourceId" => resource_id } }
///
/// let filter = r#"status eq "PENDING" and resourceId pr and lastUpdated gt "2022-05-24T14:15:22Z""#;
/// let filter = Filter::parse(filter)?.check(&Schema::access_requests())?;
/// let predicate = filter.compile_for::<Request>()?; // what the struct does not have is found here
/// let request = Request {
///     status: "PENDING",
///     last_updated: DateTime::from_timestamp(1_653_401_723, 0).unwrap_or_default(), // 2022-05-24T14:15:23Z
///     requested: Requested { resource_id: Some("0oa1".into()) },
/// };
/// assert!(predicate.matches(&request));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Resource {
    /// Its members. The index of one is its position.
    fn members() -> &'static [Member]
    where
        Self: Sized;

    /// The value of a member; [`Attr::Unassigned`] at a position that there is not.
    fn member(&self, position: usize) -> Attr<'_>;

    /// The string that a member is, or that a member `below` it is; `Some(None)` if nothing lies there, `None` for what is no
    /// one string. To be left as it is: [`resource!`](crate::resource!) writes one that knows the types.
    #[inline]
    fn text_at(&self, position: usize, below: Option<usize>) -> Option<Option<&str>> {
        self.member(position).text(below)
    }
}

/// A member of a [`Resource`]: its name, as the schema's attribute has it, and what lies there.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    name: &'static str,
    shape: Shape,
}

impl Member {
    /// A member whose value is got by `get`, which only tells the type.
    pub const fn of<T, V: AttrValue>(name: &'static str, get: fn(&T) -> &V) -> Member {
        let _ = get;
        Member { name, shape: V::SHAPE }
    }

    /// A member that is no field: what its values are, which [`Resource::member`] then gives.
    ///
    /// ```
    /// use scim_query::{Attr, Filter, Member, Number, Resource, Schema, Shape};
    ///
    /// struct Line(String);
    ///
    /// impl Resource for Line {
    ///     fn members() -> &'static [Member] {
    ///         const { &[Member::computed("length", Shape::NUMBER)] }
    ///     }
    ///
    ///     fn member(&self, position: usize) -> Attr<'_> {
    ///         match position {
    ///             0 => Attr::Number(Number::I64(self.0.len() as i64)),
    ///             _ => Attr::Unassigned,
    ///         }
    ///     }
    /// }
    ///
    /// let long = Filter::parse("length gt 3")?.check(&Schema::open())?.compile_for::<Line>()?;
    /// assert!(long.matches(&Line("four".into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn computed(name: &'static str, shape: Shape) -> Member {
        Member { name, shape }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }
}

/// What kind of values a member has.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Boolean,
    Number,
    DateTime,
    Complex(fn() -> &'static [Member]),
}

impl Shape {
    /// Strings, references and binary values; also instants as RFC 3339 texts.
    pub const TEXT: Shape = Shape { kind: Kind::Text };
    /// Booleans.
    pub const BOOLEAN: Shape = Shape { kind: Kind::Boolean };
    /// Integers and decimals.
    pub const NUMBER: Shape = Shape { kind: Kind::Number };
    /// Instants.
    pub const DATE_TIME: Shape = Shape { kind: Kind::DateTime };

    /// A struct with members of its own.
    pub const fn complex<R: Resource>() -> Shape {
        Shape { kind: Kind::Complex(R::members) }
    }

    /// The members of a complex value.
    pub(super) fn members(self) -> Option<&'static [Member]> {
        match self.kind {
            Kind::Complex(members) => Some(members()),
            _ => None,
        }
    }

    /// Whether an attribute of the type can have such values.
    pub(super) fn fits(self, ty: Type) -> bool {
        match ty {
            Type::String | Type::Reference | Type::Binary => matches!(self.kind, Kind::Text),
            Type::DateTime => matches!(self.kind, Kind::Text | Kind::DateTime),
            Type::Boolean => matches!(self.kind, Kind::Boolean),
            Type::Integer | Type::Decimal => matches!(self.kind, Kind::Number),
            Type::Complex => matches!(self.kind, Kind::Complex(_)),
        }
    }
}

/// The value of a member of a [`Resource`].
#[derive(Clone, Copy, Debug)]
pub enum Attr<'a> {
    /// None.
    Unassigned,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(&'a str),
    /// An instant.
    DateTime(DateTime<Utc>),
    /// A struct with members of its own.
    Complex(Complex<'a>),
    /// Several values.
    Many(&'a dyn Elements),
}

impl<'a> Attr<'a> {
    /// A struct with members of its own.
    pub fn complex<R: Resource>(resource: &'a R) -> Attr<'a> {
        Attr::Complex(Complex { resource, members: R::members })
    }

    /// As [`Resource::text_at`].
    #[inline(always)]
    pub(super) fn text(self, below: Option<usize>) -> Option<Option<&'a str>> {
        match (self, below) {
            (Attr::String(text), None) => Some(Some(text)),
            (Attr::Complex(Complex { resource, .. }), Some(position)) => resource.text_at(position, None),
            (Attr::Unassigned, _) => Some(None),
            (Attr::Many(_), _) | (_, None) => None,
            (_, Some(_)) => Some(None),
        }
    }
}

/// A [`Resource`] within another.
#[derive(Clone, Copy)]
pub struct Complex<'a> {
    pub(super) resource: &'a dyn Resource,
    pub(super) members: fn() -> &'static [Member],
}

impl std::fmt::Debug for Complex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = (self.members)().iter().enumerate();
        f.debug_map().entries(members.map(|(at, member)| (member.name(), self.resource.member(at)))).finish()
    }
}

/// Several values: of a `Vec`, a slice or an array.
pub trait Elements {
    /// How many.
    fn count(&self) -> usize;

    /// One of them.
    fn element(&self, at: usize) -> Attr<'_>;
}

impl std::fmt::Debug for dyn Elements + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.count()).map(|at| self.element(at))).finish()
    }
}

/// Implements [`Resource`] for a struct: the names of attributes, each with its field. Fields have types with
/// [`AttrValue`]: `String`, `&str`, `Cow`, `Box`, `Rc` and `Arc` of `str`, `bool`, integers of at most 64 bits, `f64`, `rust_decimal::Decimal` (feature
/// `rust_decimal`), chrono's `DateTime`, structs with `Resource`, and `Option`, `Vec`, boxed and borrowed slices and arrays of them. A generic struct may
/// have lifetimes; one with other parameters is implemented by hand.
///
/// ```
/// use scim_query::{AttributeDef, Filter, Schema, Type, resource};
///
/// struct Alert { severity: u8, tags: Vec<String> }
///
/// resource! { impl Resource for Alert { "severity" => severity, "tags" => tags } }
///
/// let schema = Schema::builder("urn:example:Alert")
///     .attribute(AttributeDef::new("id", Type::String).not_filterable().not_sortable())
///     .attribute(AttributeDef::new("severity", Type::Integer))
///     .attribute(AttributeDef::new("tags", Type::String).multi_valued())
///     .build()?;
/// schema.covers::<Alert>()?; // in a test of yours: every attribute has its member, and every member its attribute
/// let predicate = Filter::parse(r#"severity ge 3 and tags eq "Disk""#)?.check(&schema)?.compile_for::<Alert>()?;
/// assert!(predicate.matches(&Alert { severity: 4, tags: vec!["host".into(), "disk".into()] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! resource {
    (impl $(<$($generic:tt),* $(,)?>)? Resource for $type:ty { $($name:literal => $field:ident),* $(,)? }) => {
        impl $(<$($generic),*>)? $crate::Resource for $type {
            fn members() -> &'static [$crate::Member] {
                const { &[$($crate::Member::of($name, |resource: &Self| &resource.$field)),*] }
            }

            #[inline]
            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn member(&self, position: usize) -> $crate::Attr<'_> {
                let mut at = 0usize;
                $(
                    if position == at {
                        return $crate::AttrValue::attr(&self.$field);
                    }
                    at += 1;
                )*
                $crate::Attr::Unassigned
            }

            #[inline(always)]
            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn text_at(&self, position: usize, below: Option<usize>) -> Option<Option<&str>> {
                let mut at = 0usize;
                $(
                    if position == at {
                        return $crate::AttrValue::text(&self.$field, below);
                    }
                    at += 1;
                )*
                Some(None)
            }
        }
    };
}
