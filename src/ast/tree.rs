//! The flat tree, how it is read, and how it is put together.

use std::collections::VecDeque;

use smallvec::SmallVec;

use super::{AttrExp, AttrPath};
use crate::span::{Place, Span};

/// One node; its terms follow it. `size` counts the nodes of the subtree, itself included; `span` is the place of the word,
/// for `and` and `or` of the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node<'q> {
    And { size: usize, span: Place },
    Or { size: usize, span: Place },
    Not { size: usize, span: Place },
    ValuePath { size: usize, path: AttrPath<'q> },
    Attr(AttrExp<'q>),
}

impl<'q> Node<'q> {
    fn size(&self) -> usize {
        match self {
            Node::And { size, .. } | Node::Or { size, .. } | Node::Not { size, .. } | Node::ValuePath { size, .. } => {
                *size
            }
            Node::Attr(_) => 1,
        }
    }

    /// Its terms have come after it.
    pub(crate) fn grow(&mut self, to: usize) {
        match self {
            Node::And { size, .. } | Node::Or { size, .. } | Node::Not { size, .. } | Node::ValuePath { size, .. } => {
                *size = to;
            }
            Node::Attr(_) => {}
        }
    }

    pub(super) fn into_owned(self) -> Node<'static> {
        match self {
            Node::And { size, span } => Node::And { size, span },
            Node::Or { size, span } => Node::Or { size, span },
            Node::Not { size, span } => Node::Not { size, span },
            Node::ValuePath { size, path } => Node::ValuePath { size, path: path.into_owned() },
            Node::Attr(exp) => Node::Attr(AttrExp {
                path: exp.path.into_owned(),
                test: match exp.test {
                    super::AttrTest::Present => super::AttrTest::Present,
                    super::AttrTest::Compare(op, value) => super::AttrTest::Compare(op, value.into_owned()),
                },
                op_span: exp.op_span,
                value_span: exp.value_span,
            }),
        }
    }
}

/// An expression in a [`Filter`](super::Filter) or a value path: a place in its tree, cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expr<'a> {
    nodes: &'a [Node<'a>],
}

/// What an expression is.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'a> {
    /// Two or more terms, none of them an `and`.
    And(Terms<'a>),
    /// Two or more terms, none of them an `or`.
    Or(Terms<'a>),
    /// `not (...)`.
    Not(Expr<'a>),
    /// A comparison.
    Attr(&'a AttrExp<'a>),
    /// `path[...]`.
    ValuePath(&'a AttrPath<'a>, Expr<'a>),
}

impl<'a> Expr<'a> {
    pub(super) fn new(nodes: &'a [Node<'a>]) -> Expr<'a> {
        Expr { nodes }
    }

    /// What it is. Constant time.
    pub fn kind(self) -> ExprKind<'a> {
        let [root, rest @ ..] = self.nodes else {
            // Every way to make a tree puts a node in it; an empty `or` is false.
            return ExprKind::Or(Terms { nodes: &[] });
        };
        match root {
            Node::And { .. } => ExprKind::And(Terms { nodes: rest }),
            Node::Or { .. } => ExprKind::Or(Terms { nodes: rest }),
            Node::Not { .. } => ExprKind::Not(Expr { nodes: rest }),
            Node::ValuePath { path, .. } => ExprKind::ValuePath(path, Expr { nodes: rest }),
            Node::Attr(exp) => ExprKind::Attr(exp),
        }
    }

    /// How many comparisons it has.
    pub fn comparisons(self) -> usize {
        self.nodes.iter().filter(|node| matches!(node, Node::Attr(_))).count()
    }

    /// How many parentheses and brackets are open at once in its canonical text.
    pub fn nesting(self) -> usize {
        let (mut open, mut most) = (0usize, 0);
        self.walk(|event| {
            match event {
                Event::Enter { bracketed: true, .. } => open += 1,
                Event::Leave { bracketed: true, .. } => open -= 1,
                Event::Enter { .. } | Event::Leave { .. } => {}
            }
            most = most.max(open);
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap_or_else(|never| match never {});
        most
    }

    /// Calls `see` on entering and on leaving each node, in the order of the text; in a comparison there is nothing to leave.
    /// Linear time, constant stack.
    pub(crate) fn walk<E>(self, mut see: impl FnMut(Event<'a>) -> Result<(), E>) -> Result<(), E> {
        self.walk_keeping(|event, (): &mut ()| see(event))
    }

    /// [`Expr::walk`] with something that is kept for each node from entering it until it is left.
    pub(crate) fn walk_keeping<K: Default, E>(
        self,
        mut see: impl FnMut(Event<'a>, &mut K) -> Result<(), E>,
    ) -> Result<(), E> {
        struct Open<'a, K> {
            node: &'a Node<'a>,
            end: usize,
            bracketed: bool,
            kept: K,
        }
        // Most filters have no more nodes open at once.
        let mut open: SmallVec<[Open<'a, K>; 2]> = SmallVec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            while open.last().is_some_and(|inner| inner.end <= at) {
                let Some(mut done) = open.pop() else { break };
                see(Event::Leave { node: done.node, bracketed: done.bracketed }, &mut done.kept)?;
            }
            let parent = open.last().map(|parent| parent.node);
            // The first term stands right behind its parent.
            let first = open.last().is_none_or(|parent| at + parent.node.size() == parent.end + 1);
            let bracketed = match node {
                Node::Not { .. } | Node::ValuePath { .. } => true,
                // Anywhere else an `or` has its parent's brackets, or needs none.
                Node::Or { .. } => matches!(parent, Some(Node::And { .. })),
                Node::And { .. } | Node::Attr(_) => false,
            };
            let joined_by = match parent {
                Some(Node::And { .. }) if !first => Some("and"),
                Some(Node::Or { .. }) if !first => Some("or"),
                _ => None,
            };
            let mut kept = K::default();
            see(Event::Enter { node, joined_by, bracketed }, &mut kept)?;
            if !matches!(node, Node::Attr(_)) {
                open.push(Open { node, end: at + node.size(), bracketed, kept });
            }
        }
        while let Some(mut done) = open.pop() {
            see(Event::Leave { node: done.node, bracketed: done.bracketed }, &mut done.kept)?;
        }
        Ok(())
    }
}

/// A step of [`Expr::walk`].
pub(crate) enum Event<'a> {
    /// A node begins. `joined_by` is the word before it, `bracketed` says that it opens a bracket of its own.
    Enter { node: &'a Node<'a>, joined_by: Option<&'static str>, bracketed: bool },
    /// A node ends that is no comparison.
    Leave { node: &'a Node<'a>, bracketed: bool },
}

/// The terms of an `and` or `or`, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    nodes: &'a [Node<'a>],
}

impl<'a> Iterator for Terms<'a> {
    type Item = Expr<'a>;

    fn next(&mut self) -> Option<Expr<'a>> {
        let size = self.nodes.first()?.size();
        let (term, rest) = self.nodes.split_at_checked(size)?;
        self.nodes = rest;
        Some(Expr { nodes: term })
    }
}

/// A tree in the making: the nodes with each node *behind* its terms, so that two drafts join at the cost of the
/// shorter one, whichever side it is on.
#[derive(Clone, Debug)]
pub(crate) struct Draft<'q> {
    nodes: VecDeque<Node<'q>>,
}

impl<'q> Draft<'q> {
    pub(crate) fn attr(exp: AttrExp<'q>) -> Draft<'q> {
        Draft { nodes: VecDeque::from([Node::Attr(exp)]) }
    }

    pub(crate) fn and(self, other: Draft<'q>) -> Draft<'q> {
        self.join(other, |node| matches!(node, Node::And { .. }), |size| Node::And { size, span: Place::default() })
    }

    pub(crate) fn or(self, other: Draft<'q>) -> Draft<'q> {
        self.join(other, |node| matches!(node, Node::Or { .. }), |size| Node::Or { size, span: Place::default() })
    }

    pub(crate) fn not(mut self, span: Span) -> Draft<'q> {
        self.nodes.push_back(Node::Not { size: self.nodes.len() + 1, span: Place(span) });
        self
    }

    pub(crate) fn value_path(mut self, path: AttrPath<'q>) -> Draft<'q> {
        self.nodes.push_back(Node::ValuePath { size: self.nodes.len() + 1, path });
        self
    }

    /// Whether it holds a value path.
    pub(crate) fn has_value_path(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::ValuePath { .. }))
    }

    /// Flat: a side that is of the same kind gives its terms.
    fn join(mut self, mut other: Draft<'q>, same: fn(&Node<'q>) -> bool, root: fn(usize) -> Node<'q>) -> Draft<'q> {
        for side in [&mut self, &mut other] {
            if side.nodes.back().is_some_and(same) {
                side.nodes.pop_back();
            }
        }
        if self.nodes.len() < other.nodes.len() {
            while let Some(node) = self.nodes.pop_back() {
                other.nodes.push_front(node);
            }
            self = other;
        } else {
            self.nodes.append(&mut other.nodes);
        }
        self.nodes.push_back(root(self.nodes.len() + 1));
        self
    }

    /// The finished tree: each node before its terms. Linear time, constant stack.
    pub(crate) fn finish(self) -> Vec<Node<'q>> {
        let mut nodes = Vec::from(self.nodes);
        if nodes.len() == 1 {
            return nodes;
        }
        let mut finished = Vec::with_capacity(nodes.len());
        let mut roots = vec![nodes.len() - 1];
        while let Some(at) = roots.pop() {
            let node = std::mem::replace(&mut nodes[at], Node::And { size: 0, span: Place::default() });
            let first = at + 1 - node.size();
            finished.push(node);
            // The terms of a node end where the next one begins, the last one right before the node.
            let mut end = at;
            while end > first {
                roots.push(end - 1);
                end -= nodes[end - 1].size();
            }
        }
        finished
    }
}
