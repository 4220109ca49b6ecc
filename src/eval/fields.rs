//! Structs as a source: looked up by position where a filter was compiled for the struct, else by name.

use std::borrow::Cow;

use super::resource::{Attr, Complex, Member, Resource};
use super::{Node, Scalar};
use crate::schema::Key;

/// A struct as a place that filters and orderings run over: wherever a [`Node`] is taken, such as
/// [`list`](crate::list()) and [`CheckedOrdering::compare`](crate::CheckedOrdering::compare).
///
/// By name, a member that the struct does not have is unassigned: no error. Ask [`Schema::covers`](crate::Schema::covers) in a
/// test of yours.
///
/// ```
/// use scim_query::{Fields, ListQuery, Profile, Schema, list, resource};
///
/// struct User { id: u32, user_name: String }
///
/// resource! { impl Resource for User { "id" => id, "userName" => user_name } }
///
/// let schema = Schema::builder("urn:example:User")
///     .attribute(scim_query::AttributeDef::new("id", scim_query::Type::Integer))
///     .attribute(scim_query::AttributeDef::new("userName", scim_query::Type::String))
///     .build()?;
/// let users = [User { id: 1, user_name: "bob".into() }, User { id: 2, user_name: "Ann".into() }];
/// let query = ListQuery::parse("sortBy=userName", &Profile::scim())?.check(&schema)?;
/// let page = list(users.iter().map(Fields::of), &query)?;
/// let names: Vec<&str> = page.resources.iter().filter_map(|fields| fields.get_ref()).map(|user| &*user.user_name).collect();
/// assert_eq!(names, ["Ann", "bob"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Fields<'a, T>(Place<'a, T>);

#[derive(Debug)]
enum Place<'a, T> {
    Resource(&'a T),
    Below(Attr<'a>),
}

impl<T> Clone for Fields<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fields<'_, T> {}

impl<T> Clone for Place<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Place<'_, T> {}

impl<'a, T> Fields<'a, T> {
    /// The struct as a place.
    #[inline]
    pub fn of(resource: &'a T) -> Fields<'a, T> {
        Fields(Place::Resource(resource))
    }

    /// The struct; `None` for a place inside it.
    pub fn get_ref(&self) -> Option<&'a T> {
        match self.0 {
            Place::Resource(resource) => Some(resource),
            Place::Below(_) => None,
        }
    }

    #[inline(always)]
    fn below(attr: Attr<'a>) -> Option<Fields<'a, T>> {
        match attr {
            Attr::Unassigned => None,
            attr => Some(Fields(Place::Below(attr))),
        }
    }
}

fn position(members: &[Member], name: &str) -> Option<usize> {
    members.iter().position(|member| member.name() == name)
}

impl<'a, T: Resource> Node<'a> for Fields<'a, T> {
    fn get(self, key: &str) -> Option<Self> {
        match self.0 {
            Place::Resource(resource) => Fields::below(resource.member(position(T::members(), key)?)),
            Place::Below(Attr::Complex(Complex { resource, members })) => {
                Fields::below(resource.member(position(members(), key)?))
            }
            Place::Below(_) => None,
        }
    }

    #[inline(always)]
    fn get_at(self, key: &Key) -> Option<Self> {
        match (self.0, key.position()) {
            (Place::Resource(resource), Some(position)) => Fields::below(resource.member(position)),
            (Place::Below(Attr::Complex(Complex { resource, .. })), Some(position)) => {
                Fields::below(resource.member(position))
            }
            (_, Some(_)) => None,
            (_, None) => self.get(key.name()),
        }
    }

    fn members() -> Option<&'static [Member]> {
        Some(T::members())
    }

    #[inline(always)]
    fn text_at(self, position: usize, below: Option<usize>) -> Option<Option<&'a str>> {
        match self.0 {
            Place::Resource(resource) => resource.text_at(position, below),
            Place::Below(Attr::Complex(Complex { resource, .. })) => resource.text_at(position, below),
            Place::Below(_) => None,
        }
    }

    #[inline(always)]
    fn text(self) -> Option<&'a str> {
        match self.0 {
            Place::Below(Attr::String(text)) => Some(text),
            _ => None,
        }
    }

    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        match self.0 {
            Place::Below(Attr::Many(elements)) => {
                (0..elements.count()).any(|at| test(Fields(Place::Below(elements.element(at)))))
            }
            _ => test(self),
        }
    }

    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        let mut each = |resource: &'a dyn Resource, members: &[Member]| {
            (0..members.len()).any(|at| test(Fields(Place::Below(resource.member(at)))))
        };
        match self.0 {
            Place::Resource(resource) => {
                (0..T::members().len()).any(|at| test(Fields(Place::Below(resource.member(at)))))
            }
            Place::Below(Attr::Complex(Complex { resource, members })) => each(resource, members()),
            Place::Below(_) => false,
        }
    }

    #[inline(always)]
    fn scalar(self) -> Scalar<'a> {
        match self.0 {
            Place::Resource(_) | Place::Below(Attr::Complex(_)) => Scalar::Object,
            Place::Below(Attr::Many(_)) => Scalar::Array,
            Place::Below(Attr::Unassigned) => Scalar::Null,
            Place::Below(Attr::Bool(value)) => Scalar::Bool(value),
            Place::Below(Attr::Number(number)) => Scalar::Number(number),
            Place::Below(Attr::String(text)) => Scalar::String(Cow::Borrowed(text)),
            Place::Below(Attr::DateTime(instant)) => Scalar::DateTime(instant),
        }
    }
}
