//! A struct and a schema, or a filter: whether the struct has what is asked about.

use std::any::type_name;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Program;
use super::compile::Bind;
use super::fields::Fields;
use super::resource::{Member, Resource, Shape};
use crate::check::CheckedFilter;
use crate::error::BindError;
use crate::schema::{AttrId, Attribute, Schema};

/// A checked filter, ready to run over structs of one type.
pub struct ResourcePredicate<T> {
    program: Arc<Program>,
    resource: PhantomData<fn(&T)>,
}

impl<T: Resource> ResourcePredicate<T> {
    /// Whether the struct matches (S1).
    #[inline]
    pub fn matches(&self, resource: &T) -> bool {
        self.program.holds_of(|| Fields::of(resource))
    }
}

impl<T> Clone for ResourcePredicate<T> {
    fn clone(&self) -> Self {
        ResourcePredicate { program: self.program.clone(), resource: PhantomData }
    }
}

impl<T> std::fmt::Debug for ResourcePredicate<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResourcePredicate<{}>", type_name::<T>())
    }
}

impl CheckedFilter {
    /// Prepares the filter for running over structs of a type: as [`compile`](CheckedFilter::compile), and names become
    /// positions. [`Resource`] has an example.
    ///
    /// # Errors
    /// An attribute that the filter asks about and the struct does not have, or has with values of another type.
    pub fn compile_for<T: Resource>(&self) -> Result<ResourcePredicate<T>, BindError> {
        let program = Arc::new(program(self, T::members(), type_name::<T>())?);
        Ok(ResourcePredicate { program, resource: PhantomData })
    }
}

/// A filter's steps for resources with these members.
pub(super) fn program(
    filter: &CheckedFilter,
    members: &'static [Member],
    of: &'static str,
) -> Result<Program, BindError> {
    let root = Scope { name: "", lies: Lies::Resource(members) };
    Program::bound(filter.expr(), filter.schema(), &mut Scopes { of, scopes: vec![root] })
}

/// The places in a struct that a filter has come to.
struct Scopes {
    of: &'static str,
    scopes: Vec<Scope>,
}

#[derive(Clone, Copy)]
struct Scope {
    /// The member that it is.
    name: &'static str,
    lies: Lies,
}

#[derive(Clone, Copy)]
enum Lies {
    Resource(&'static [Member]),
    Value(Shape),
}

impl Bind for Scopes {
    fn member(&mut self, scope: usize, key: &str, attribute: &str) -> Result<(u32, usize), BindError> {
        let members = self.scopes.get(scope).and_then(|scope| match scope.lies {
            Lies::Resource(members) => Some(members),
            Lies::Value(shape) => shape.members(),
        });
        let members = members.unwrap_or_default();
        let found = (0..).zip(members).find(|(_, member)| member.name() == key);
        let (position, member) = found.ok_or_else(|| missing(self.of, attribute, key))?;
        self.scopes.push(Scope { name: member.name(), lies: Lies::Value(member.shape()) });
        Ok((position, self.scopes.len() - 1))
    }

    fn is_simple(&self, scope: usize) -> bool {
        self.scopes.get(scope).is_some_and(|scope| match scope.lies {
            Lies::Resource(_) => false,
            Lies::Value(shape) => shape.members().is_none(),
        })
    }

    fn value(&mut self, scope: usize, attribute: &Attribute) -> Result<(), BindError> {
        match self.scopes.get(scope) {
            Some(Scope { name, lies: Lies::Value(shape) }) if !shape.fits(attribute.ty()) => {
                Err(misfit(self.of, attribute, name))
            }
            _ => Ok(()),
        }
    }
}

impl Schema {
    /// Whether a struct has a member of the right type for each attribute that may be filtered on or ordered by, and no
    /// member that is no attribute. For a test of your own: what is misspelt is found there, and not as "never matches".
    /// The open schema has no attributes, and so nothing to say.
    ///
    /// ```
    /// use scim_query::{AttributeDef, Schema, Type, resource};
    ///
    /// struct User { user_name: String }
    ///
    /// resource! { impl Resource for User { "usrName" => user_name } }
    ///
    /// let name = AttributeDef::new("userName", Type::String);
    /// let id = AttributeDef::new("id", Type::String).not_filterable().not_sortable();
    /// let schema = Schema::builder("urn:example:User").attributes([id, name]).build()?;
    /// let error = schema.covers::<User>().unwrap_err().to_string();
    /// assert!(error.ends_with("has a member `usrName` that is no attribute: did you mean `userName`?"), "{error}");
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    ///
    /// # Errors
    /// The first member or attribute that has no counterpart.
    pub fn covers<T: Resource>(&self) -> Result<(), BindError> {
        if self.is_open() {
            return Ok(());
        }
        let roots = self.roots().map(|(id, attribute)| (attribute.keys().collect(), id)).collect();
        Covering { schema: self, of: type_name::<T>() }.members(T::members(), roots)
    }
}

struct Covering<'s> {
    schema: &'s Schema,
    of: &'static str,
}

impl<'s> Covering<'s> {
    /// `wanted`: attributes, each with the keys that are left to it.
    fn members(&self, members: &[Member], wanted: Vec<(Vec<&'s str>, AttrId)>) -> Result<(), BindError> {
        let schema = self.schema;
        let first = |keys: &[&'s str]| keys.first().copied().unwrap_or_default();
        for (at, member) in members.iter().enumerate() {
            if members[..at].iter().any(|other| other.name() == member.name()) {
                return Err(BindError::new(format!("{} has two members `{}`", self.of, member.name())));
            }
            if wanted.iter().any(|(keys, _)| first(keys) == member.name()) {
                continue;
            }
            let near = wanted.iter().map(|(keys, _)| first(keys)).max_by(|left, right| {
                let likeness = |name: &str| strsim::jaro_winkler(name, member.name());
                likeness(left).total_cmp(&likeness(right))
            });
            let near = near.filter(|near| strsim::jaro_winkler(near, member.name()) > 0.8);
            let advice = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(BindError::new(format!(
                "{} has a member `{}` that is no attribute{advice}",
                self.of,
                member.name()
            )));
        }
        for (keys, id) in &wanted {
            let attribute = schema.attribute(*id);
            let Some(member) = members.iter().find(|member| member.name() == first(keys)) else {
                let is_asked = attribute.is_filterable() || attribute.is_sortable();
                if attribute.is_readable() && is_asked {
                    return Err(missing(self.of, attribute.full_name(), first(keys)));
                }
                continue;
            };
            if keys.len() == 1 && !member.shape().fits(attribute.ty()) {
                return Err(misfit(self.of, attribute, member.name()));
            }
        }
        for member in members {
            let below = wanted.iter().filter(|(keys, _)| first(keys) == member.name()).flat_map(|(keys, id)| {
                let own = (keys.len() > 1).then(|| (keys[1..].to_vec(), *id));
                let parts = (keys.len() == 1).then(|| schema.attribute(*id).sub_attributes().iter());
                let parts = parts.into_iter().flatten();
                own.into_iter().chain(parts.map(|id| (schema.attribute(*id).keys().collect(), *id)))
            });
            match member.shape().members() {
                Some(members) => self.members(members, below.collect())?,
                // Keys go on below a value that has no members.
                None => {
                    if let Some((keys, id)) = below.collect::<Vec<_>>().first() {
                        return Err(missing(self.of, schema.attribute(*id).full_name(), first(keys)));
                    }
                }
            }
        }
        Ok(())
    }
}

fn missing(of: &str, attribute: &str, key: &str) -> BindError {
    BindError::new(format!(
        "{of} has no member `{key}`, where the attribute `{attribute}` lies: add it to its `resource!`"
    ))
}

fn misfit(of: &str, attribute: &Attribute, key: &str) -> BindError {
    let (name, ty) = (attribute.full_name(), attribute.ty().as_str());
    BindError::new(format!("{of} has a member `{key}` of another type than the attribute `{name}`, which is {ty}"))
}
