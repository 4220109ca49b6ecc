//! From a resource to the values of an attribute (S2), by the schema's declarations or by keys alone (S18).

use super::leaf::{Typed, typed};
use super::{Node, Scalar};
use crate::check::At;
use crate::schema::{AttrId, Attribute, Schema, Type};

/// What the names of a filter are relative to.
#[derive(Clone, Copy)]
pub(crate) struct Place<N> {
    pub(super) node: N,
    pub(super) within: Within,
}

/// Apart from the node, because it then fits a register.
#[derive(Clone, Copy)]
pub(super) enum Within {
    Resource,
    /// The brackets of a value path, where the node is an element of this type: as [`Element::ty`].
    Brackets(Option<Type>),
}

/// One assigned value of an attribute, and the type that it was declared with.
#[derive(Clone, Copy)]
pub(crate) struct Element<N> {
    pub(crate) node: N,
    /// `None` under the open schema.
    pub(crate) ty: Option<Type>,
}

impl<N> Place<N> {
    #[inline]
    pub(crate) fn resource(node: N) -> Place<N> {
        Place { node, within: Within::Resource }
    }
}

impl<N> From<Element<N>> for Place<N> {
    #[inline]
    fn from(element: Element<N>) -> Place<N> {
        Place { node: element.node, within: Within::Brackets(element.ty) }
    }
}

/// Whether `test` is true of some assigned element at the place.
pub(crate) fn each_element<'a, N: Node<'a>>(
    at: &At,
    schema: &Schema,
    place: Place<N>,
    test: &mut dyn FnMut(Element<N>) -> bool,
) -> bool {
    match at {
        At::Declared(line) => declared(line, schema, place.node, &mut |attribute, node| match attribute.ty() {
            Type::Complex => is_assigned(attribute, schema, node) && test(Element { node, ty: Some(Type::Complex) }),
            ty => typed(node.scalar(), ty).is_some() && test(Element { node, ty: Some(ty) }),
        }),
        At::Open { uri, names } => {
            open(uri.as_deref(), names, place, &mut |node| is_assigned_open(node) && test(Element { node, ty: None }))
        }
        // No brackets stand in brackets (G9).
        At::Element => false,
    }
}

/// Whether `test` is true of something that lies where values of the attribute do, whatever its type. An object counts where it
/// is assigned, so that nothing is told of parts that are not readable.
pub(crate) fn each_stored<'a, N: Node<'a>>(
    at: &At,
    schema: &Schema,
    place: Place<N>,
    test: &mut dyn FnMut(Scalar<'a>) -> bool,
) -> bool {
    match at {
        At::Declared(line) => declared(line, schema, place.node, &mut |attribute, node| {
            let value = node.scalar();
            (value != Scalar::Object || is_assigned(attribute, schema, node)) && test(value)
        }),
        At::Open { uri, names } => open(uri.as_deref(), names, place, &mut |node| test(node.scalar())),
        At::Element => test(place.node.scalar()),
    }
}

/// Whether `test` is true of some value of the declared type; complex values count.
pub(super) fn each_value<'a, N: Node<'a>>(
    at: &At,
    schema: &Schema,
    place: Place<N>,
    test: &mut dyn FnMut(Typed<'a>) -> bool,
) -> bool {
    match at {
        At::Declared(line) => declared(line, schema, place.node, &mut |attribute, node| {
            let value = match attribute.ty() {
                Type::Complex => is_assigned(attribute, schema, node)
                    .then(|| Typed::Complex { present: has_non_empty(attribute, schema, node) }),
                ty => typed(node.scalar(), ty),
            };
            value.is_some_and(&mut *test)
        }),
        At::Open { uri, names } => {
            open(uri.as_deref(), names, place, &mut |node| value_open(node).is_some_and(&mut *test))
        }
        At::Element => match place.within {
            Within::Brackets(Some(ty)) => typed(place.node.scalar(), ty).is_some_and(test),
            Within::Brackets(None) => value_open(place.node).is_some_and(test),
            Within::Resource => false,
        },
    }
}

/// Whether `test` is true of something that lies where values of the attribute do. What is of another type than the
/// comparison's is no value: of that, `test` says `None`.
pub(super) fn each_comparable<'a, N: Node<'a>>(
    at: &At,
    schema: &Schema,
    place: Place<N>,
    test: &mut dyn FnMut(Scalar<'a>) -> Option<bool>,
) -> bool {
    match at {
        At::Declared(line) => match line.last().map(|id| schema.attribute(*id)) {
            Some(last) if last.is_assumed_false() => assumed_false(line, schema, place.node, test),
            _ => declared(line, schema, place.node, &mut |_, node| test(node.scalar()) == Some(true)),
        },
        At::Element => match place.within {
            Within::Brackets(_) => test(place.node.scalar()) == Some(true),
            Within::Resource => false,
        },
        At::Open { uri, names } => open(uri.as_deref(), names, place, &mut |node| {
            // An object element stands for its `value`.
            match node.scalar() {
                Scalar::Object => {
                    node.get("value").is_some_and(|value| value.any(&mut |value| test(value.scalar()) == Some(true)))
                }
                scalar => test(scalar) == Some(true),
            }
        }),
    }
}

/// Calls `test` for each node that may be a value of the last attribute of a line: the elements of an array, or the one
/// value, of any type.
fn declared<'a, N: Node<'a>>(
    line: &[AttrId],
    schema: &Schema,
    node: N,
    test: &mut dyn FnMut(&Attribute, N) -> bool,
) -> bool {
    let Some((first, rest)) = line.split_first() else { return false };
    let attribute = schema.attribute(*first);
    let Some(value) = attribute.keys().try_fold(node, |node, key| node.get(key)) else { return false };
    value.any(&mut |element| {
        if rest.is_empty() { test(attribute, element) } else { declared(rest, schema, element, test) }
    })
}

/// S13: in each assigned element where the attribute has no value, it is false.
fn assumed_false<'a, N: Node<'a>>(
    line: &[AttrId],
    schema: &Schema,
    node: N,
    test: &mut dyn FnMut(Scalar<'a>) -> Option<bool>,
) -> bool {
    let Some((last, above)) = line.split_last() else { return false };
    let last = [*last];
    let mut in_element = |element: N| {
        let mut none = true;
        let found = declared(&last, schema, element, &mut |_, node| {
            let verdict = test(node.scalar());
            none &= verdict.is_none();
            verdict == Some(true)
        });
        found || (none && test(Scalar::Bool(false)) == Some(true))
    };
    if above.is_empty() {
        // The element itself is the place: it is assigned, or the brackets would not be about it.
        return in_element(node);
    }
    declared(above, schema, node, &mut |attribute, element| {
        is_assigned(attribute, schema, element) && in_element(element)
    })
}

/// S2: whether one of the declared, readable sub-attributes is assigned.
fn is_assigned<'a, N: Node<'a>>(attribute: &Attribute, schema: &Schema, node: N) -> bool {
    some_part(attribute, schema, node, false)
}

/// S5: whether one of the declared, readable sub-attributes is not empty.
fn has_non_empty<'a, N: Node<'a>>(attribute: &Attribute, schema: &Schema, node: N) -> bool {
    some_part(attribute, schema, node, true)
}

fn some_part<'a, N: Node<'a>>(attribute: &Attribute, schema: &Schema, node: N, non_empty: bool) -> bool {
    node.scalar() == Scalar::Object
        && attribute.sub_attributes().iter().any(|id| {
            schema.attribute(*id).is_readable()
                && declared(&[*id], schema, node, &mut |part, node| match part.ty() {
                    Type::Complex => some_part(part, schema, node, non_empty),
                    ty => typed(node.scalar(), ty).is_some_and(|value| !non_empty || super::leaf::is_present(&value)),
                })
        })
}

/// Calls `test` for each node at the keys, from the place down: elements of arrays, or the one value.
fn open<'a, N: Node<'a>>(
    uri: Option<&str>,
    names: &[Box<str>],
    place: Place<N>,
    test: &mut dyn FnMut(N) -> bool,
) -> bool {
    // `value` in the brackets of an element that is no object is the element.
    if let Within::Brackets(_) = place.within
        && uri.is_none()
        && is_value(names)
        && place.node.scalar() != Scalar::Object
    {
        return test(place.node);
    }
    match uri {
        Some(uri) => {
            place.node.get(uri).is_some_and(|below| below.any(&mut |element| open_names(names, element, test)))
        }
        None => open_names(names, place.node, test),
    }
}

/// What the element of a simple attribute is called in its brackets (S7).
pub(super) fn is_value(names: &[Box<str>]) -> bool {
    matches!(names, [name] if **name == *"value")
}

fn open_names<'a, N: Node<'a>>(names: &[Box<str>], node: N, test: &mut dyn FnMut(N) -> bool) -> bool {
    let Some((first, rest)) = names.split_first() else { return test(node) };
    node.get(first).is_some_and(|value| value.any(&mut |element| open_names(rest, element, test)))
}

/// A value of any JSON, as far as presence and `null` are concerned.
fn value_open<'a, N: Node<'a>>(node: N) -> Option<Typed<'a>> {
    match node.scalar() {
        Scalar::Null | Scalar::Array => None,
        Scalar::Bool(value) => Some(Typed::Bool(value)),
        Scalar::Number(number) => Some(Typed::Number(number)),
        Scalar::String(text) => Some(Typed::Text(text)),
        Scalar::DateTime(instant) => Some(Typed::Instant(instant.into())),
        Scalar::Object => is_assigned_open(node).then(|| Typed::Complex { present: some_node(node, true) }),
    }
}

pub(crate) fn is_assigned_open<'a, N: Node<'a>>(node: N) -> bool {
    some_node(node, false)
}

/// Whether a node without declarations is assigned, or with `non_empty`, not empty. Any depth of JSON: the nodes to look
/// at are a list, not a recursion.
fn some_node<'a, N: Node<'a>>(node: N, non_empty: bool) -> bool {
    if let Some(has) = node.has_assigned(non_empty) {
        return has;
    }
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match node.scalar() {
            Scalar::Null | Scalar::Array => {}
            Scalar::Bool(_) | Scalar::Number(_) | Scalar::DateTime(_) => return true,
            Scalar::String(text) if non_empty && text.is_empty() => {}
            Scalar::String(_) => return true,
            Scalar::Object => {
                node.any_member(&mut |member| {
                    member.any(&mut |element| {
                        waiting.push(element);
                        false
                    })
                });
            }
        }
    }
    false
}
