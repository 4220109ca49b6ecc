//! From a checked tree to steps.

use std::sync::Arc;

use super::compare::Comparison;
use super::direct::Direct;
use super::program::{FALSE, Keys, Step, StepTest, Steps, TRUE};
use super::set::FEW;
use super::walk::is_value;
use crate::check::{At, Expr, Literal, Test};
use crate::error::BindError;
use crate::op::CompareOp;
use crate::schema::{AttrId, Attribute, Key, Schema, Type};

/// A source that knows positions. A scope is a place in it where names begin: 0 is the resource, others are its own.
pub(super) trait Bind {
    /// The position of a member, and the scope below it. `attribute` is what the schema calls it, for errors.
    fn member(&mut self, scope: usize, key: &str, attribute: &str) -> Result<(u32, usize), BindError>;

    /// All that lies here may be looked at, not only the members that are asked for by name.
    fn whole(&mut self, scope: usize) {
        let _ = scope;
    }

    /// Whether no value here has members.
    fn is_simple(&self, scope: usize) -> bool {
        let _ = scope;
        false
    }

    /// How much longer a value takes that lies in another, next to [`cost`].
    fn cost_below(&self) -> u32 {
        1
    }

    /// The values of this attribute are asked for.
    fn value(&mut self, scope: usize, attribute: &Attribute) -> Result<(), BindError>;
}

/// The depth of the recursion is that of the filter, which its limits bound.
pub(super) fn steps<'b>(
    expr: &Expr,
    schema: &Schema,
    bind: Option<&'b mut (dyn Bind + 'b)>,
) -> Result<Steps, BindError> {
    let steps = Vec::with_capacity(tests(expr));
    let mut compiler = Compiler { schema, bind, scope: 0, steps, failure: None };
    let start = compiler.expr(expr, TRUE, FALSE);
    match compiler.failure {
        Some(error) => Err(error),
        None => Ok(Steps { steps: compiler.steps, start }),
    }
}

/// At most so many steps.
fn tests(expr: &Expr) -> usize {
    match expr {
        Expr::Const(_) => 0,
        Expr::And(terms) | Expr::Or(terms) => terms.iter().map(tests).sum(),
        Expr::Not(inner) => tests(inner),
        Expr::Test(..) | Expr::Any(..) => 1,
    }
}

struct Compiler<'s, 'b> {
    schema: &'s Schema,
    bind: Option<&'b mut (dyn Bind + 'b)>,
    /// Where the names begin.
    scope: usize,
    steps: Vec<Step>,
    failure: Option<BindError>,
}

/// A term of an `and` or an `or`.
enum Term<'e> {
    Expr(&'e Expr),
    /// Or-ed `eq` of one attribute.
    OneOf(&'e At, Option<Comparison>),
}

impl Compiler<'_, '_> {
    /// Where the expression begins, if it goes on to `then` or `otherwise`. What takes room on the stack is in functions of its
    /// own: this one is called for each level of the filter.
    fn expr(&mut self, expr: &Expr, then: u32, otherwise: u32) -> u32 {
        match expr {
            Expr::Const(true) => then,
            Expr::Const(false) => otherwise,
            Expr::Not(inner) => self.expr(inner, otherwise, then),
            Expr::And(terms) => self.all_of(terms, then, otherwise),
            Expr::Or(terms) => self.any_of(terms, then, otherwise),
            Expr::Any(target, inner) => self.element(&target.at, inner, then, otherwise),
            Expr::Test(target, test) => self.test(&target.at, test, then, otherwise),
        }
    }

    fn cost_below(&self) -> u32 {
        self.bind.as_deref().map_or(2, |bind| bind.cost_below())
    }

    fn all_of(&mut self, terms: &[Expr], then: u32, otherwise: u32) -> u32 {
        let below = self.cost_below();
        let order = Order::of(terms, |term| cost(term, below));
        let mut next = then;
        for at in 0..terms.len() {
            next = self.expr(&terms[order.get(at)], next, otherwise);
        }
        next
    }

    fn any_of(&mut self, terms: &[Expr], then: u32, otherwise: u32) -> u32 {
        // A few look-ups by position are faster than one in a set.
        let fewest = if self.bind.is_some() { FEW } else { 2 };
        if let Some(step) = self.one_set(terms, fewest, then, otherwise) {
            return step;
        }
        let mut terms = joined(terms, fewest);
        let below = self.cost_below();
        let order = Order::of(&terms, |term| term.cost(below));
        let mut next = otherwise;
        for at in 0..terms.len() {
            next = match &mut terms[order.get(at)] {
                Term::Expr(term) => self.expr(term, then, next),
                Term::OneOf(at, comparison) => self.set_step(at, comparison, then, next),
            };
        }
        next
    }

    fn one_set(&mut self, terms: &[Expr], fewest: usize, then: u32, otherwise: u32) -> Option<u32> {
        let (at, comparison) = one_of(terms, fewest)?;
        Some(self.set_step(at, &mut Some(comparison), then, otherwise))
    }

    fn set_step(&mut self, at: &At, comparison: &mut Option<Comparison>, then: u32, otherwise: u32) -> u32 {
        match comparison.take() {
            Some(comparison) => self.value_step(at, StepTest::Compare { comparison, missing: false }, then, otherwise),
            None => otherwise,
        }
    }

    fn element(&mut self, at: &At, inner: &Expr, then: u32, otherwise: u32) -> u32 {
        let (keys, scope) = self.keys(at, false);
        let outer = std::mem::replace(&mut self.scope, scope);
        let before = std::mem::take(&mut self.steps);
        let start = self.expr(inner, TRUE, FALSE);
        let steps = std::mem::replace(&mut self.steps, before);
        self.scope = outer;
        let is_assigned = self.type_of(at) == Some(Type::Complex) && is_of_assigned(inner, self.schema);
        self.step(at, keys, StepTest::Element { steps: Box::new(Steps { steps, start }), is_assigned }, then, otherwise)
    }

    fn test(&mut self, at: &At, test: &Test, then: u32, otherwise: u32) -> u32 {
        let ty = self.type_of(at);
        match test {
            Test::Present => self.value_step(at, StepTest::Present(ty), then, otherwise),
            Test::Unassigned => self.value_step(at, StepTest::Assigned(ty), otherwise, then),
            Test::Compare(op, literal) => {
                let comparison = Comparison::new(*op, literal, ty == Some(Type::Integer));
                let missing = *op == CompareOp::Ne;
                self.value_step(at, StepTest::Compare { comparison, missing }, then, otherwise)
            }
        }
    }

    fn type_of(&self, at: &At) -> Option<Type> {
        match at {
            At::Declared(line) => line.last().map(|id| self.schema.attribute(*id).ty()),
            At::Open { .. } | At::Element => None,
        }
    }

    fn step(&mut self, at: &At, keys: Option<Keys>, test: StepTest, then: u32, otherwise: u32) -> u32 {
        let direct = match (&test, &keys) {
            (StepTest::Compare { comparison, .. }, Some(keys)) => Direct::new(keys, comparison),
            _ => Direct::No,
        };
        self.steps.push(Step { at: at.clone(), keys, direct, test, then, otherwise });
        // No filter has so many steps.
        u32::try_from(self.steps.len() - 1).unwrap_or(FALSE)
    }

    fn value_step(&mut self, at: &At, test: StepTest, then: u32, otherwise: u32) -> u32 {
        let (keys, _) = self.keys(at, true);
        let last = match at {
            At::Declared(line) => line.last().map(|id| self.schema.attribute(*id)),
            At::Open { .. } | At::Element => None,
        };
        let is_simple = last.is_some_and(|last| match test {
            // S13 is about elements.
            StepTest::Compare { .. } => !last.is_assumed_false(),
            StepTest::Present(_) | StepTest::Assigned(_) => last.ty() != Type::Complex,
            StepTest::Element { .. } => false,
        });
        self.step(at, keys.filter(|_| is_simple), test, then, otherwise)
    }

    /// The keys of an attribute, and the scope behind them.
    fn keys(&mut self, at: &At, of_a_value: bool) -> (Option<Keys>, usize) {
        let bound = match (at, self.bind.as_deref_mut()) {
            (At::Declared(line), None) => return (Keys::new(line, self.schema), 0),
            (At::Declared(line), Some(bind)) => bind_line(line, self.schema, bind, self.scope, of_a_value),
            // S7: it is the element itself.
            (At::Open { uri: None, names }, Some(bind)) if bind.is_simple(self.scope) && is_value(names) => {
                return (None, self.scope);
            }
            (At::Open { uri, names }, Some(bind)) => {
                let mut names = uri.iter().chain(names);
                names
                    .try_fold(self.scope, |scope, name| Ok(bind.member(scope, name, name)?.1))
                    .map(|scope| (None, scope))
            }
            (At::Element, _) | (At::Open { .. }, None) => return (None, self.scope),
        };
        let (keys, scope) = bound.unwrap_or_else(|error| {
            self.failure.get_or_insert(error);
            (None, self.scope)
        });
        // A value is read, an element is asked whether it is assigned.
        if let Some(bind) = self.bind.as_deref_mut() {
            bind.whole(scope);
        }
        (keys, scope)
    }
}

fn bind_line(
    line: &[AttrId],
    schema: &Schema,
    bind: &mut dyn Bind,
    mut scope: usize,
    of_a_value: bool,
) -> Result<(Option<Keys>, usize), BindError> {
    let mut bound = Vec::with_capacity(line.len());
    for (index, id) in line.iter().enumerate() {
        let attribute = schema.attribute(*id);
        let mut keys = Vec::new();
        // S13: elements are asked whether they are assigned.
        if attribute.is_assumed_false() && index > 0 {
            bind.whole(scope);
        }
        for key in attribute.keys() {
            let (position, below) = bind.member(scope, key, attribute.full_name())?;
            keys.push(Key::at(key, position));
            scope = below;
        }
        if of_a_value && index + 1 == line.len() {
            bind.value(scope, attribute)?;
        }
        bound.push(Arc::from(keys));
    }
    let mut bound = bound.into_iter();
    Ok((bound.next().map(|first| Keys { first, more: bound.collect() }), scope))
}

/// The order in which the steps of an `and` or an `or` are made: from the last to the first, so that each knows the next, and
/// the cheapest is the first.
struct Order {
    few: [u8; MOST_FEW],
    more: Vec<usize>,
}

/// So many take no memory.
const MOST_FEW: usize = 8;

impl Order {
    fn of<T>(terms: &[T], cost: impl Fn(&T) -> u32) -> Order {
        let mut order = Order { few: [0, 1, 2, 3, 4, 5, 6, 7], more: Vec::new() };
        match order.few.get_mut(..terms.len()) {
            Some(few) => {
                let dearest = |at: &u8| std::cmp::Reverse((cost(&terms[usize::from(*at)]), *at));
                few.sort_unstable_by_key(dearest);
            }
            None => {
                order.more = (0..terms.len()).rev().collect();
                order.more.sort_by_cached_key(|at| std::cmp::Reverse(cost(&terms[*at])));
            }
        }
        order
    }

    fn get(&self, at: usize) -> usize {
        self.more.get(at).copied().unwrap_or_else(|| self.few.get(at).map_or(0, |at| usize::from(*at)))
    }
}

fn equality(term: &Expr) -> Option<(&At, &Literal)> {
    match term {
        Expr::Test(target, Test::Compare(CompareOp::Eq, literal)) => Some((&target.at, literal)),
        _ => None,
    }
}

/// An `or` that is nothing but `eq` of one attribute.
fn one_of(terms: &[Expr], fewest: usize) -> Option<(&At, Comparison)> {
    let (at, _) = equality(terms.first()?)?;
    let is_of_it = |term: &Expr| equality(term).is_some_and(|(other, _)| other == at);
    if terms.len() < fewest || !terms.iter().all(is_of_it) {
        return None;
    }
    let literals = || terms.iter().filter_map(|term| Some(equality(term)?.1));
    Some((at, Comparison::one_of(literals)?))
}

/// The terms of an `or`, with the `eq` of one attribute joined where there are so many.
fn joined(terms: &[Expr], fewest: usize) -> Vec<Term<'_>> {
    let mut sorted: Vec<&Expr> = terms.iter().collect();
    sorted.sort_by_key(|term| equality(term).map(|(at, _)| at));
    let mut joined = Vec::with_capacity(sorted.len());
    for group in sorted.chunk_by(|left, right| match (equality(left), equality(right)) {
        (Some((left, _)), Some((right, _))) => left == right,
        _ => false,
    }) {
        let several = match (group, equality(group[0])) {
            (several, Some((at, _))) if several.len() >= fewest => {
                let literals = || group.iter().filter_map(|term| Some(equality(term)?.1));
                Comparison::one_of(literals).map(|comparison| Term::OneOf(at, Some(comparison)))
            }
            _ => None,
        };
        match several {
            Some(term) => joined.push(term),
            None => joined.extend(group.iter().map(|term| Term::Expr(term))),
        }
    }
    joined
}

impl Term<'_> {
    fn cost(&self, below: u32) -> u32 {
        match self {
            Term::Expr(expr) => cost(expr, below),
            Term::OneOf(_, comparison) => comparison.as_ref().map_or(0, Comparison::cost),
        }
    }
}

/// Whether a complex element of which the expression is true must have a value in one of its readable sub-attributes, and so
/// is assigned (S2).
fn is_of_assigned(expr: &Expr, schema: &Schema) -> bool {
    match expr {
        Expr::And(terms) => terms.iter().any(|term| is_of_assigned(term, schema)),
        Expr::Or(terms) => !terms.is_empty() && terms.iter().all(|term| is_of_assigned(term, schema)),
        Expr::Test(target, test) => {
            // S4, S13: where there is no value, `ne` is true and a boolean may be false.
            let has_value = |attribute: &Attribute| attribute.is_readable() && !attribute.is_assumed_false();
            !matches!(test, Test::Unassigned | Test::Compare(CompareOp::Ne, _))
                && matches!(&target.at, At::Declared(line) if line.iter().all(|id| has_value(schema.attribute(*id))))
        }
        Expr::Const(_) | Expr::Not(_) | Expr::Any(..) => false,
    }
}

/// How long an expression takes, next to others; a value that lies in another takes `below` more.
fn cost(expr: &Expr, below: u32) -> u32 {
    match expr {
        Expr::Const(_) => 0,
        Expr::And(terms) | Expr::Or(terms) => terms.iter().map(|term| cost(term, below)).fold(0, u32::saturating_add),
        Expr::Not(inner) => cost(inner, below),
        Expr::Any(_, inner) => 10u32.saturating_add(cost(inner, below).saturating_mul(4)),
        Expr::Test(target, test) => {
            let place = if matches!(&target.at, At::Declared(line) if line.len() > 1) { below } else { 0 };
            place
                + match test {
                    Test::Present | Test::Unassigned => 2,
                    Test::Compare(CompareOp::Co, _) => 8,
                    Test::Compare(_, Literal::Instant(_)) => 7,
                    Test::Compare(_, Literal::Number(_)) => 3,
                    Test::Compare(..) => 2,
                }
        }
    }
}
