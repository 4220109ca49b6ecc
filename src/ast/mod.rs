//! What was written: one type per rule of RFC 7644's grammar, with spans, borrowed from the text.
//!
//! A tree is one flat list of nodes, a node before its terms, each with the size of its subtree. So dropping, cloning,
//! comparing and printing a tree of any depth takes constant stack, and a tree is one allocation.

mod order_by;
mod path;
mod print;
mod tree;

use std::borrow::Cow;

pub(crate) use order_by::SortKeys;
pub use order_by::{Direction, OrderBy, SortKey};
pub use path::Path;
pub(crate) use print::{percent_encode, write_json_string};
pub(crate) use tree::{Draft, Event, Node};
pub use tree::{Expr, ExprKind, Terms};

use crate::op::{CompareOp, Operator};
use crate::span::Span;
use crate::warning::Warning;

/// A filter as it was written (`FILTER`, RFC 7644 section 3.4.2.2): the text, the tree, and the quirks that were used.
///
/// Two filters are equal when their trees are, wherever they stood in their texts.
///
/// ```
/// use scim_query::Filter;
///
/// let filter = Filter::parse(r#"userName EQ "bjensen"AND not(title pr)"#);
/// assert!(filter.is_err()); // a space is missing before AND
/// let filter = Filter::parse(r#"userName EQ "bjensen" AND not(title pr)"#)?;
/// assert_eq!(filter.to_string(), r#"userName eq "bjensen" and not (title pr)"#);
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct Filter<'q> {
    pub(crate) text: Cow<'q, str>,
    pub(crate) nodes: Vec<Node<'q>>,
    pub(crate) warnings: Vec<Warning>,
}

impl<'q> Filter<'q> {
    /// The tree.
    pub fn expr(&self) -> Expr<'_> {
        Expr::new(&self.nodes)
    }

    /// The text that was parsed; the canonical text for a filter that a program built.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lenient readings that were used, in the order of the text.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The same filter without the borrow of the request.
    pub fn into_owned(self) -> Filter<'static> {
        Filter {
            text: Cow::Owned(self.text.into_owned()),
            nodes: self.nodes.into_iter().map(Node::into_owned).collect(),
            warnings: self.warnings,
        }
    }
}

impl PartialEq for Filter<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl Eq for Filter<'_> {}

/// The name of an attribute as it was written (`attrPath`): an optional schema URI and dotted names.
#[derive(Clone, Debug)]
pub struct AttrPath<'q> {
    pub(crate) uri: Option<Cow<'q, str>>,
    pub(crate) name: Cow<'q, str>,
    pub(crate) span: Span,
}

impl AttrPath<'_> {
    /// The schema URI before the last colon (G5), as in `urn:ietf:params:scim:schemas:core:2.0:User`.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The dotted names after the URI: `name.familyName`.
    pub fn dotted(&self) -> &str {
        &self.name
    }

    /// The first name: `name` of `name.familyName`.
    pub fn name(&self) -> &str {
        self.segments().next().unwrap_or("")
    }

    /// What follows the first dot: `familyName` of `name.familyName`. RFC 7644 knows one sub-attribute; a schema may
    /// declare deeper names (G4), then the rest is dotted itself.
    pub fn sub_attr(&self) -> Option<&str> {
        self.name.split_once('.').map(|(_, rest)| rest)
    }

    /// The names, one by one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.name.split('.')
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.span
    }

    pub(crate) fn into_owned(self) -> AttrPath<'static> {
        AttrPath {
            uri: self.uri.map(|uri| Cow::Owned(uri.into_owned())),
            name: Cow::Owned(self.name.into_owned()),
            span: self.span,
        }
    }
}

impl PartialEq for AttrPath<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.uri == other.uri && self.name == other.name
    }
}

impl Eq for AttrPath<'_> {}

/// One comparison (`attrExp`): an attribute and its test.
#[derive(Clone, Debug)]
pub struct AttrExp<'q> {
    pub(crate) path: AttrPath<'q>,
    pub(crate) test: AttrTest<'q>,
    pub(crate) op_span: Span,
    pub(crate) value_span: Span,
}

impl<'q> AttrExp<'q> {
    /// The attribute.
    pub fn path(&self) -> &AttrPath<'q> {
        &self.path
    }

    /// What is asked of it.
    pub fn test(&self) -> &AttrTest<'q> {
        &self.test
    }

    /// Where the operator stands.
    pub fn op_span(&self) -> Span {
        self.op_span
    }

    /// Where the value stands; the operator's place for `pr`.
    pub fn value_span(&self) -> Span {
        self.value_span
    }

    /// The whole comparison.
    pub fn span(&self) -> Span {
        self.path.span.to(self.value_span)
    }
}

impl PartialEq for AttrExp<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.test == other.test
    }
}

impl Eq for AttrExp<'_> {}

/// What a comparison asks of its attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttrTest<'q> {
    /// `pr`.
    Present,
    /// An operator and a value.
    Compare(CompareOp, CompValue<'q>),
}

impl AttrTest<'_> {
    /// The operator.
    pub fn op(&self) -> Operator {
        match self {
            AttrTest::Present => Operator::Present,
            AttrTest::Compare(op, _) => Operator::Compare(*op),
        }
    }
}

/// A value as it was written (`compValue`): JSON's kinds. The schema decides the type later (G8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompValue<'q> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; its text is kept, so that nothing is rounded (G7).
    Number(Cow<'q, str>),
    /// A string without its quotes, escapes resolved; borrowed when it had none.
    String(Cow<'q, str>),
}

impl CompValue<'_> {
    pub(crate) fn into_owned(self) -> CompValue<'static> {
        match self {
            CompValue::Null => CompValue::Null,
            CompValue::Bool(value) => CompValue::Bool(value),
            CompValue::Number(text) => CompValue::Number(Cow::Owned(text.into_owned())),
            CompValue::String(text) => CompValue::String(Cow::Owned(text.into_owned())),
        }
    }

    /// The kind in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            CompValue::Null => "null",
            CompValue::Bool(_) => "a boolean",
            CompValue::Number(_) => "a number",
            CompValue::String(_) => "a string",
        }
    }
}
