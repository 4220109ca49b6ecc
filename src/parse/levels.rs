//! Where the parser stands: the nodes so far, and the expressions that are open.

use smallvec::SmallVec;

use crate::ast::{AttrExp, Node};
use crate::span::{Place, Span};

/// What an expression stands in.
pub(super) enum Open<'q> {
    /// The whole text.
    Text,
    /// The brackets of a PATCH path; the text from the bracket on.
    Path(&'q str),
    /// `group = "(" *SP expr *SP ")"`; the text from the parenthesis on. The same in brackets:
    /// `valGroup = "(" *SP valExpr *SP ")"`
    Group(&'q str),
    /// `negation = "not" *SP group`, `valNegation = "not" *SP valGroup`; the text from the parenthesis on.
    Not(&'q str),
    /// `not` without parentheses (Q9).
    BareNot,
    /// `valuePath = attrPath *SP "[" valFilter "]"`; the text from the bracket on.
    ValuePath(&'q str),
}

/// An expression that is open: what it stands in, and how far it is.
pub(super) struct Level<'q> {
    pub(super) open: Open<'q>,
    /// Where its nodes begin.
    start: usize,
    /// Terms of the `or`, those of `ands` not counted.
    ors: usize,
    /// Where the nodes of the current `and` begin, and how many terms it has.
    and_start: usize,
    ands: usize,
    /// The current `and` is one `or` in parentheses so far: it has this many terms and no node of its own yet, because
    /// it may turn out to be part of an `or` around it.
    or_inside: usize,
    /// The places of the first `and` of the current `and`, of the first `or`, and of the first `or` of `or_inside`.
    and_span: Option<Span>,
    or_span: Option<Span>,
    or_inside_span: Option<Span>,
}

impl Level<'_> {
    fn new(open: Open<'_>, start: usize) -> Level<'_> {
        Level {
            open,
            start,
            ors: 0,
            and_start: start,
            ands: 0,
            or_inside: 0,
            and_span: None,
            or_span: None,
            or_inside_span: None,
        }
    }
}

/// The nodes so far and the open expressions. What stands before its bracket is a node at once, an `and` or `or` is put before
/// its terms when they are complete: so the tree is one list from the start, and each node moves at most as often as brackets
/// are open.
pub(super) struct Levels<'q> {
    nodes: Vec<Node<'q>>,
    /// The innermost open expression.
    pub(super) inner: Level<'q>,
    /// Those around it, the outermost first.
    pub(super) outer: SmallVec<[Level<'q>; 2]>,
}

impl<'q> Levels<'q> {
    pub(super) fn new(outermost: Open<'q>, text: &str) -> Levels<'q> {
        // Few comparisons are shorter than that, with their connective.
        Levels {
            nodes: Vec::with_capacity(text.len() / 16 + 2),
            inner: Level::new(outermost, 0),
            outer: SmallVec::new(),
        }
    }

    /// `not` or a value path, before what stands in its brackets.
    pub(super) fn head(&mut self, node: Node<'q>) {
        self.nodes.push(node);
    }

    pub(super) fn open(&mut self, open: Open<'q>) {
        let level = Level::new(open, self.nodes.len());
        self.outer.push(std::mem::replace(&mut self.inner, level));
    }

    #[inline]
    pub(super) fn comparison(&mut self, exp: AttrExp<'q>) {
        self.nodes.push(Node::Attr(exp));
        self.inner.ands += 1;
    }

    /// The nodes from `start` on become terms of an `or`.
    fn put_or(&mut self, start: usize, span: Option<Span>) {
        let size = self.nodes.len() - start + 1;
        self.nodes.insert(start, Node::Or { size, span: Place(span.unwrap_or_default()) });
    }

    /// `and` follows.
    pub(super) fn and(&mut self, span: Span) {
        if std::mem::take(&mut self.inner.or_inside) > 0 {
            let span = self.inner.or_inside_span.take();
            self.put_or(self.inner.and_start, span);
        }
        self.inner.and_span.get_or_insert(span);
    }

    /// `or` follows.
    pub(super) fn or(&mut self, span: Span) {
        self.end_and();
        self.inner.or_span.get_or_insert(span);
    }

    /// The innermost expression ends: its nodes become an operand of the one around it.
    pub(super) fn close(&mut self) {
        let (ors, or_inside) = (self.inner.ors, self.inner.or_inside);
        let is_group = matches!(self.inner.open, Open::Group(_));
        if is_group && ors == 0 && or_inside == 0 {
            // Only `and`, or one operand: its terms are terms of the `and` around it.
            if let Some(level) = self.pop() {
                self.inner.ands += level.ands;
                self.inner.and_span = self.inner.and_span.or(level.and_span);
            }
            return;
        }
        self.end_and();
        if is_group && self.outer.last().is_some_and(|outer| outer.ands == 0) {
            if let Some(level) = self.pop() {
                self.inner.ands = 1;
                self.inner.or_inside = level.ors;
                self.inner.or_inside_span = level.or_span;
            }
            return;
        }
        self.end_or();
        let Some(level) = self.pop() else { return };
        if matches!(level.open, Open::Not(_) | Open::BareNot | Open::ValuePath(_)) {
            let size = self.nodes.len() - level.start + 1;
            if let Some(head) = level.start.checked_sub(1).and_then(|at| self.nodes.get_mut(at)) {
                head.grow(size);
            }
        }
        self.inner.ands += 1;
    }

    fn pop(&mut self) -> Option<Level<'q>> {
        let outer = self.outer.pop()?;
        Some(std::mem::replace(&mut self.inner, outer))
    }

    /// The `and` of the innermost expression is complete.
    fn end_and(&mut self) {
        let level = &mut self.inner;
        let span = level.and_span.take().unwrap_or_default();
        if level.ands > 1 {
            let size = self.nodes.len() - level.and_start + 1;
            self.nodes.insert(level.and_start, Node::And { size, span: Place(span) });
        }
        level.or_span = level.or_span.or(level.or_inside_span.take());
        level.ors += std::mem::take(&mut level.or_inside).max(1);
        level.ands = 0;
        level.and_start = self.nodes.len();
    }

    /// All of the innermost expression is complete.
    fn end_or(&mut self) {
        if self.inner.ors > 1 {
            self.put_or(self.inner.start, self.inner.or_span);
        }
    }

    /// The outermost expression is complete: the tree.
    pub(super) fn finish(&mut self) -> Vec<Node<'q>> {
        // One comparison is a tree as it is.
        if self.nodes.len() > 1 {
            self.end_and();
            self.end_or();
        }
        std::mem::take(&mut self.nodes)
    }

    /// The innermost expression becomes one operand of an `and` (Q1).
    pub(super) fn as_operand(&mut self) {
        if self.inner.ors > 0 || self.inner.or_inside > 0 {
            self.end_and();
            let span = self.inner.or_span.take();
            self.put_or(self.inner.start, span);
            self.inner.ors = 0;
            self.inner.ands = 1;
            self.inner.and_start = self.inner.start;
        }
    }
}
