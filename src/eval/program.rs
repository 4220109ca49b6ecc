//! A checked tree as a list of steps: each is one test, and says which step comes next if it is true, and which if not.
//! `and`, `or` and `not` are only jumps, the cheapest test comes first, and or-ed `eq` of one attribute are one look-up.
//! None of it can be seen from outside: a test has no effects, and no errors.

use std::sync::Arc;

use super::compare::Comparison;
use super::walk::{self, Place};
use super::{Node, Scalar, is_present, typed};
use crate::check::{At, Expr, Literal, Test};
use crate::op::CompareOp;
use crate::schema::{Key, Schema, Type};

/// Ready to run over resources of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    schema: Schema,
    steps: Steps,
}

/// Steps come after those that they go on to.
#[derive(Clone, Debug)]
struct Steps {
    steps: Box<[Step]>,
    start: u32,
}

/// Where a step goes that needs no other.
const TRUE: u32 = u32::MAX;
const FALSE: u32 = u32::MAX - 1;

#[derive(Clone, Debug)]
struct Step {
    at: At,
    /// The keys that lead to the value where no array lies on the way; nothing for what needs more than keys.
    keys: Option<Keys>,
    test: StepTest,
    then: u32,
    otherwise: u32,
}

/// The keys of an attribute, and before them those of the attributes that it is a part of. An array may lie behind each.
#[derive(Clone, Debug)]
struct Keys {
    first: Arc<[Key]>,
    more: Box<[Arc<[Key]>]>,
}

#[derive(Clone, Debug)]
enum StepTest {
    /// Of the declared type, if there is one.
    Present(Option<Type>),
    Assigned(Option<Type>),
    /// `missing`: what it says where there is no value (S4).
    Compare {
        comparison: Comparison,
        missing: bool,
    },
    /// One element satisfies these by itself (S7).
    Element(Box<Steps>),
}

impl Program {
    /// The depth of the recursion is that of the filter, which its limits bound.
    pub(crate) fn new(expr: &Expr, schema: &Schema) -> Program {
        Program { schema: schema.clone(), steps: Steps::of(expr, schema) }
    }

    #[inline]
    pub(crate) fn holds<'a, N: Node<'a>>(&self, place: Place<N>) -> bool {
        self.steps.hold(&self.schema, place)
    }
}

impl Steps {
    fn of(expr: &Expr, schema: &Schema) -> Steps {
        let mut compiler = Compiler { schema, steps: Vec::with_capacity(tests(expr)) };
        let start = compiler.expr(expr, TRUE, FALSE);
        Steps { steps: compiler.steps.into(), start }
    }

    #[inline]
    fn hold<'a, N: Node<'a>>(&self, schema: &Schema, place: Place<N>) -> bool {
        let mut at = self.start;
        while let Some(step) = self.steps.get(at as usize) {
            at = if step.holds(schema, place) { step.then } else { step.otherwise };
        }
        at == TRUE
    }
}

impl Step {
    #[inline]
    fn holds<'a, N: Node<'a>>(&self, schema: &Schema, place: Place<N>) -> bool {
        match (&self.test, &self.keys) {
            (StepTest::Compare { comparison, missing }, Some(keys)) => match keys.find(place.node()) {
                Found::One(Scalar::Array) | Found::Several => self.compare_each(comparison, *missing, schema, place),
                Found::One(scalar) => comparison.of(&scalar).unwrap_or(*missing),
                Found::None => *missing,
            },
            (StepTest::Compare { comparison, missing }, None) => self.compare_each(comparison, *missing, schema, place),
            (StepTest::Element(steps), _) => {
                walk::each_element(&self.at, schema, place, &mut |element| steps.hold(schema, Place::Element(element)))
            }
            (StepTest::Present(ty) | StepTest::Assigned(ty), _) => self.has_value(*ty, schema, place),
        }
    }

    /// S3, S4: some value satisfies the comparison.
    #[inline(never)]
    fn compare_each<'a, N: Node<'a>>(
        &self,
        comparison: &Comparison,
        missing: bool,
        schema: &Schema,
        place: Place<N>,
    ) -> bool {
        let mut none = true;
        let found = walk::each_comparable(&self.at, schema, place, &mut |scalar| {
            let verdict = comparison.of(&scalar);
            none &= verdict.is_none();
            verdict
        });
        found || (none && missing)
    }

    /// S5, S6.
    #[inline(never)]
    fn has_value<'a, N: Node<'a>>(&self, ty: Option<Type>, schema: &Schema, place: Place<N>) -> bool {
        let assigned = matches!(self.test, StepTest::Assigned(_));
        if let (Some(keys), Some(ty)) = (&self.keys, ty) {
            match keys.find(place.node()) {
                Found::One(Scalar::Array) | Found::Several => {}
                Found::One(scalar) => return typed(scalar, ty).is_some_and(|value| assigned || is_present(&value)),
                Found::None => return false,
            }
        }
        walk::each_value(&self.at, schema, place, &mut |value| assigned || is_present(&value))
    }
}

enum Found<'a> {
    None,
    One(Scalar<'a>),
    /// An array lies on the way.
    Several,
}

impl Keys {
    #[inline]
    fn find<'a, N: Node<'a>>(&self, node: N) -> Found<'a> {
        let Some(mut node) = get_all(&self.first, node) else { return Found::None };
        for keys in &self.more {
            match (get_all(keys, node), node.scalar()) {
                (Some(below), _) => node = below,
                (None, Scalar::Array) => return Found::Several,
                (None, _) => return Found::None,
            }
        }
        Found::One(node.scalar())
    }
}

#[inline]
fn get_all<'a, N: Node<'a>>(keys: &[Key], node: N) -> Option<N> {
    keys.iter().try_fold(node, |node, key| node.get_at(key))
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

struct Compiler<'s> {
    schema: &'s Schema,
    steps: Vec<Step>,
}

/// A term of an `and` or an `or`.
enum Term<'e> {
    Expr(&'e Expr),
    /// Or-ed `eq` of one attribute.
    OneOf(&'e At, Comparison),
}

impl Compiler<'_> {
    /// Where the expression begins, if it goes on to `then` or `otherwise`.
    fn expr(&mut self, expr: &Expr, then: u32, otherwise: u32) -> u32 {
        match expr {
            Expr::Const(true) => then,
            Expr::Const(false) => otherwise,
            Expr::Not(inner) => self.expr(inner, otherwise, then),
            Expr::And(terms) => {
                let mut terms: Vec<&Expr> = terms.iter().collect();
                terms.sort_by_key(|term| cost(term));
                terms.into_iter().rev().fold(then, |next, term| self.expr(term, next, otherwise))
            }
            Expr::Or(terms) => {
                let mut terms = joined(terms);
                terms.sort_by_key(Term::cost);
                terms.into_iter().rev().fold(otherwise, |next, term| match term {
                    Term::Expr(term) => self.expr(term, then, next),
                    Term::OneOf(at, comparison) => {
                        self.step(at, StepTest::Compare { comparison, missing: false }, then, next)
                    }
                })
            }
            Expr::Any(target, inner) => {
                let steps = Box::new(Steps::of(inner, self.schema));
                self.step(&target.at, StepTest::Element(steps), then, otherwise)
            }
            Expr::Test(target, Test::Unassigned) => {
                self.step(&target.at, StepTest::Assigned(self.type_of(&target.at)), otherwise, then)
            }
            Expr::Test(target, Test::Present) => {
                self.step(&target.at, StepTest::Present(self.type_of(&target.at)), then, otherwise)
            }
            Expr::Test(target, Test::Compare(op, literal)) => {
                let integer = self.type_of(&target.at) == Some(Type::Integer);
                let comparison = Comparison::new(*op, literal, integer);
                let missing = *op == CompareOp::Ne;
                self.step(&target.at, StepTest::Compare { comparison, missing }, then, otherwise)
            }
        }
    }

    fn type_of(&self, at: &At) -> Option<Type> {
        match at {
            At::Declared(line) => line.last().map(|id| self.schema.attribute(*id).ty()),
            At::Open { .. } | At::Element => None,
        }
    }

    fn step(&mut self, at: &At, test: StepTest, then: u32, otherwise: u32) -> u32 {
        let keys = self.keys(at, &test);
        self.steps.push(Step { at: at.clone(), keys, test, then, otherwise });
        // No filter has so many steps.
        u32::try_from(self.steps.len() - 1).unwrap_or(FALSE)
    }

    fn keys(&self, at: &At, test: &StepTest) -> Option<Keys> {
        let At::Declared(line) = at else { return None };
        let last = self.schema.attribute(*line.last()?);
        let simple = match test {
            // S13 is about elements.
            StepTest::Compare { .. } => !last.is_assumed_false(),
            StepTest::Present(_) | StepTest::Assigned(_) => last.ty() != Type::Complex,
            StepTest::Element(_) => false,
        };
        let mut keys = line.iter().map(|id| self.schema.attribute(*id).shared_keys().clone());
        simple.then_some(Keys { first: keys.next()?, more: keys.collect() })
    }
}

/// The terms of an `or`, with the `eq` of one attribute joined.
fn joined(terms: &[Expr]) -> Vec<Term<'_>> {
    fn equality(term: &Expr) -> Option<(&At, &Literal)> {
        match term {
            Expr::Test(target, Test::Compare(CompareOp::Eq, literal)) => Some((&target.at, literal)),
            _ => None,
        }
    }
    let mut sorted: Vec<&Expr> = terms.iter().collect();
    sorted.sort_by_key(|term| equality(term).map(|(at, _)| at));
    let mut joined = Vec::with_capacity(sorted.len());
    for group in sorted.chunk_by(|left, right| match (equality(left), equality(right)) {
        (Some((left, _)), Some((right, _))) => left == right,
        _ => false,
    }) {
        let several = match (group, equality(group[0])) {
            ([_, _, ..], Some((at, _))) => {
                let literals: Vec<&Literal> = group.iter().filter_map(|term| Some(equality(term)?.1)).collect();
                Comparison::one_of(&literals).map(|comparison| Term::OneOf(at, comparison))
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
    fn cost(&self) -> u32 {
        match self {
            Term::Expr(expr) => cost(expr),
            Term::OneOf(_, comparison) => comparison.cost(),
        }
    }
}

/// How long an expression takes, next to others.
fn cost(expr: &Expr) -> u32 {
    match expr {
        Expr::Const(_) => 0,
        Expr::And(terms) | Expr::Or(terms) => terms.iter().map(cost).fold(0, u32::saturating_add),
        Expr::Not(inner) => cost(inner),
        Expr::Any(_, inner) => 10u32.saturating_add(cost(inner).saturating_mul(4)),
        Expr::Test(target, test) => {
            let place = if matches!(&target.at, At::Declared(line) if line.len() > 1) { 4 } else { 0 };
            place
                + match test {
                    Test::Present | Test::Unassigned => 2,
                    Test::Compare(CompareOp::Co, _) => 8,
                    Test::Compare(_, Literal::Instant(_)) => 5,
                    Test::Compare(_, Literal::Number(_)) => 3,
                    Test::Compare(..) => 2,
                }
        }
    }
}
