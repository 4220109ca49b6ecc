//! Running a checked filter over one resource: the one recursive `matches`, whatever the source of the resource is.

mod leaf;
mod value;
mod walk;

use std::borrow::Cow;

pub(crate) use leaf::{Typed, typed};
pub use value::{AnyCase, is_readable};
pub(crate) use walk::{Element, Place, each_element, is_assigned_open};

use crate::check::{At, CheckedFilter, CheckedPath, Expr, Test};
pub use crate::decimal::Number;
use crate::schema::Schema;

/// A place in a resource: what a source of resources has to offer. Implemented for `&serde_json::Value`.
pub trait Node<'a>: Copy {
    /// The member of an object; `None` where there is none, or this is no object. Of duplicate keys the last counts (S2).
    fn get(self, key: &str) -> Option<Self>;

    /// Whether `test` is true of some element of an array, or of this place if it is no array.
    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool;

    /// Whether `test` is true of some member of an object.
    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool;

    /// What lies here.
    fn scalar(self) -> Scalar<'a>;
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Predicate {
    filter: CheckedFilter,
}

impl CheckedFilter {
    /// Prepares the filter for running.
    pub fn compile(&self) -> Predicate {
        Predicate { filter: self.clone() }
    }

    /// Whether the resource matches. For many resources, [`compile`](CheckedFilter::compile) once.
    pub fn matches<'a>(&self, resource: impl Node<'a>) -> bool {
        holds(self.expr(), self.schema(), Place::Resource(resource))
    }
}

impl Predicate {
    /// Whether the resource matches. Every resource does or does not (S1): there is no error and no panic.
    pub fn matches<'a>(&self, resource: impl Node<'a>) -> bool {
        self.filter.matches(resource)
    }
}

impl CheckedPath {
    /// Whether the path means this element of its attribute: the filter in its brackets matches, or it has none.
    pub fn selects<'a>(&self, element: impl Node<'a>) -> bool {
        let Some(filter) = self.filter() else { return true };
        let place = Element { node: element, ty: self.element_type() };
        holds(filter, self.schema(), Place::Element(place))
    }
}

/// The depth of the recursion is that of the filter, which its limits bound.
pub(crate) fn holds<'a, N: Node<'a>>(expr: &Expr, schema: &Schema, place: Place<N>) -> bool {
    match expr {
        Expr::Const(value) => *value,
        // Loops, not closures: a level of the filter is one frame of the stack.
        Expr::And(terms) => {
            for term in terms {
                if !holds(term, schema, place) {
                    return false;
                }
            }
            true
        }
        Expr::Or(terms) => {
            for term in terms {
                if holds(term, schema, place) {
                    return true;
                }
            }
            false
        }
        Expr::Not(inner) => !holds(inner, schema, place),
        Expr::Test(target, test) => test_at(test, &target.at, schema, place),
        // S7: one assigned element satisfies all of it by itself.
        Expr::Any(target, inner) => any_element(&target.at, inner, schema, place),
    }
}

fn any_element<'a, N: Node<'a>>(at: &At, inner: &Expr, schema: &Schema, place: Place<N>) -> bool {
    each_element(at, schema, place, &mut |element| holds(inner, schema, Place::Element(element)))
}

/// One test of the values at a place: S3 to S6.
fn test_at<'a, N: Node<'a>>(test: &Test, at: &At, schema: &Schema, place: Place<N>) -> bool {
    match test {
        Test::Present => walk::each_value(at, schema, place, &mut |value| leaf::is_present(&value)),
        Test::Unassigned => !walk::each_value(at, schema, place, &mut |_| true),
        Test::Compare(op, literal) => {
            let mut none = true;
            let found = walk::each_comparable(at, schema, place, literal, &mut |value| {
                none = false;
                leaf::compare(*op, &value, literal)
            });
            // S4: `ne` is also true where there is no value.
            found || (none && *op == crate::op::CompareOp::Ne)
        }
    }
}
