//! The same answer by fewer tests.

use std::collections::{BTreeMap, HashSet};

use super::normal::{is_singular, sorted};
use super::values::{Kind, Values};
use crate::check::{At, Expr, Literal, Target, Test};
use crate::op::{CompareOp, Operator, OperatorSet};
use crate::schema::{AttrId, Schema};

/// Terms of an `and` or `or` about one attribute.
struct Group {
    target: Target,
    kind: Kind,
    values: Vec<Values>,
    terms: Vec<Expr>,
}

pub(super) struct Simplifier<'s> {
    pub(super) schema: &'s Schema,
}

impl Simplifier<'_> {
    /// Of an expression in normal form; `inside` is the attribute in whose brackets it stands.
    pub(super) fn expr(&self, expr: &Expr, inside: Option<AttrId>) -> Expr {
        let each = |terms: &[Expr]| terms.iter().map(|term| self.expr(term, inside)).collect::<Vec<_>>();
        match expr {
            Expr::And(terms) => self.terms(Expr::and(each(terms)), inside),
            Expr::Or(terms) => self.terms(Expr::or(each(terms)), inside),
            Expr::Not(inner) => self.one(self.expr(inner, inside).not(), inside),
            Expr::Any(target, inner) => self.any(target, self.expr(inner, target.attribute(None))),
            Expr::Const(_) | Expr::Test(..) => self.one(expr.clone(), inside),
        }
    }

    /// A test alone, in the one form that its set of values has.
    fn one(&self, expr: Expr, inside: Option<AttrId>) -> Expr {
        let Some(target) = self.target_of(&expr).filter(|target| is_singular(&target.at, self.schema)) else {
            return expr;
        };
        let simple = self.values(&expr, target, inside).map(|values| values.expr(target));
        simple.filter(|simple| self.can_be_written(simple, inside)).unwrap_or(expr)
    }

    fn any(&self, target: &Target, inner: Expr) -> Expr {
        match inner {
            Expr::Const(false) => Expr::Const(false),
            // Some element is assigned.
            Expr::Const(true) => Expr::Test(target.clone(), Test::Unassigned).not(),
            inner => Expr::Any(target.clone(), Box::new(inner)),
        }
    }

    /// An `and` or `or` of simplified terms. What has become one term by then is done.
    fn terms(&self, expr: Expr, inside: Option<AttrId>) -> Expr {
        let (terms, and) = match expr {
            Expr::And(terms) => (terms, true),
            Expr::Or(terms) => (terms, false),
            other => return other,
        };
        let join = |terms: Vec<Expr>| if and { Expr::and(terms) } else { Expr::or(terms) };
        let merged = join(if and { self.merge_and(terms, inside) } else { self.merge_or(terms, inside) });
        let terms = match merged {
            Expr::And(terms) if and => terms,
            Expr::Or(terms) if !and => terms,
            other => return other,
        };
        let known: HashSet<&Expr> = terms.iter().collect();
        // A term and its opposite: together nothing, either of them everything.
        if terms.iter().any(|term| matches!(term, Expr::Not(inner) if known.contains(&**inner))) {
            return Expr::Const(!and);
        }
        // Absorption: beside `a`, `a or b` says nothing more in an `and`, nor `a and b` in an `or`.
        let absorbed = |term: &Expr| match term {
            Expr::Or(inner) if and => inner.iter().any(|term| known.contains(term)),
            Expr::And(inner) if !and => inner.iter().any(|term| known.contains(term)),
            _ => false,
        };
        let kept: Vec<Expr> = terms.iter().filter(|term| !absorbed(term)).cloned().collect();
        sorted(join(kept))
    }

    /// Terms about one attribute that has at most one value become one set of its values.
    fn merge_and(&self, terms: Vec<Expr>, inside: Option<AttrId>) -> Vec<Expr> {
        let (groups, mut others) = self.groups(terms, inside, |target| is_singular(&target.at, self.schema));
        for (_, group) in groups {
            let mut values = Values::intersection(group.kind, group.values);
            // `co` and `ew` are no ranges, but they choose among single values.
            if values.points().is_some() {
                others.retain(|term| match text_test(term) {
                    Some((other, op, literal, expected)) if other.at == group.target.at => {
                        values = values.retain_points(|value| text_holds(op, value, literal) == expected);
                        false
                    }
                    _ => true,
                });
            }
            let merged = values.expr(&group.target);
            if self.can_be_written(&merged, inside) { others.push(merged) } else { others.extend(group.terms) }
        }
        others
    }

    /// Terms about one attribute become one set of its values. That is also right where it has several: some value in one
    /// set, or some value in another, is some value in either.
    fn merge_or(&self, terms: Vec<Expr>, inside: Option<AttrId>) -> Vec<Expr> {
        let (groups, mut others) = self.groups(terms, inside, |_| true);
        for (_, group) in groups {
            let values = Values::union(group.kind, group.values);
            let singular = is_singular(&group.target.at, self.schema);
            let merged = if singular { Some(values.expr(&group.target)) } else { values.expr_of_many(&group.target) };
            match merged.filter(|merged| self.can_be_written(merged, inside)) {
                Some(merged) => others.push(merged),
                None => others.extend(group.terms),
            }
        }
        // Some element satisfies one, or some element another: some element satisfies either.
        let mut elements: BTreeMap<At, (Target, Vec<Expr>)> = BTreeMap::new();
        let mut rest = Vec::new();
        for term in others {
            match term {
                Expr::Any(target, inner) => {
                    elements.entry(target.at.clone()).or_insert_with(|| (target, Vec::new())).1.push(*inner);
                }
                other => rest.push(other),
            }
        }
        for (_, (target, inner)) in elements {
            let inner = match &inner[..] {
                [_] => Expr::or(inner),
                _ => self.terms(Expr::or(inner), target.attribute(None)),
            };
            rest.push(self.any(&target, inner));
        }
        rest
    }

    /// The terms that are sets of values of one attribute, by attribute, and the others.
    fn groups(
        &self,
        terms: Vec<Expr>,
        inside: Option<AttrId>,
        wanted: impl Fn(&Target) -> bool,
    ) -> (BTreeMap<At, Group>, Vec<Expr>) {
        let mut groups: BTreeMap<At, Group> = BTreeMap::new();
        let mut others = Vec::new();
        for term in terms {
            let found = self.target_of(&term).filter(|target| wanted(target)).and_then(|target| {
                let kind = self.kind(target, inside)?;
                Some((target.clone(), kind, self.values(&term, target, inside)?))
            });
            match found {
                Some((target, kind, values)) => {
                    let new = || Group { target: target.clone(), kind, values: Vec::new(), terms: Vec::new() };
                    let group = groups.entry(target.at.clone()).or_insert_with(new);
                    group.values.push(values);
                    group.terms.push(term);
                }
                None => others.push(term),
            }
        }
        (groups, others)
    }

    /// Whether the schema lets a filter write these tests: a simplified filter can be sent on like any other.
    fn can_be_written(&self, expr: &Expr, inside: Option<AttrId>) -> bool {
        match expr {
            Expr::Const(_) => true,
            Expr::And(terms) | Expr::Or(terms) => terms.iter().all(|term| self.can_be_written(term, inside)),
            Expr::Not(inner) => self.can_be_written(inner, inside),
            Expr::Any(..) => true,
            Expr::Test(target, test) => {
                let id = target.attribute(inside);
                let operators = id.map_or(OperatorSet::ALL, |id| self.schema.attribute(id).operators());
                match test {
                    Test::Present => operators.contains(Operator::Present),
                    Test::Compare(op, _) => operators.contains(Operator::Compare(*op)),
                    Test::Unassigned => {
                        operators.contains(CompareOp::Eq.into()) || operators.contains(CompareOp::Ne.into())
                    }
                }
            }
        }
    }

    fn kind(&self, target: &Target, inside: Option<AttrId>) -> Option<Kind> {
        Kind::of(self.schema.attribute(target.attribute(inside)?))
    }

    /// The one attribute that an expression of tests is about, by its first test.
    fn target_of<'e>(&self, expr: &'e Expr) -> Option<&'e Target> {
        match expr {
            Expr::Test(target, _) => Some(target),
            Expr::Not(inner) => self.target_of(inner),
            Expr::And(terms) | Expr::Or(terms) => self.target_of(terms.first()?),
            Expr::Any(..) | Expr::Const(_) => None,
        }
    }

    /// The set of values that the expression allows the attribute, if it is about nothing else. Where the attribute may
    /// have several values, only a test that some value is in a set is one.
    pub(super) fn values(&self, expr: &Expr, target: &Target, inside: Option<AttrId>) -> Option<Values> {
        let kind = self.kind(target, inside)?;
        let singular = is_singular(&target.at, self.schema);
        let all =
            |terms: &[Expr]| terms.iter().map(|term| self.values(term, target, inside)).collect::<Option<Vec<_>>>();
        match expr {
            Expr::Test(of, test) if of.at == target.at => Values::of_test(kind, test),
            Expr::Not(inner) if singular || matches!(**inner, Expr::Test(_, Test::Unassigned)) => {
                self.values(inner, target, inside).map(Values::complement)
            }
            Expr::And(terms) if singular => Some(Values::intersection(kind, all(terms)?)),
            Expr::Or(terms) => Some(Values::union(kind, all(terms)?)),
            _ => None,
        }
    }
}

/// A test by `co` or `ew`, and whether it is to be true.
fn text_test(expr: &Expr) -> Option<(&Target, CompareOp, &str, bool)> {
    match expr {
        Expr::Test(target, Test::Compare(op @ (CompareOp::Co | CompareOp::Ew), Literal::Text { text, .. })) => {
            Some((target, *op, text, true))
        }
        Expr::Not(inner) => text_test(inner).map(|(target, op, text, expected)| (target, op, text, !expected)),
        _ => None,
    }
}

/// Whether a text satisfies `co`, `sw` or `ew`. Both sides are folded alike.
pub(super) fn text_holds(op: CompareOp, value: &Literal, part: &str) -> bool {
    let Literal::Text { text, .. } = value else { return false };
    match op {
        CompareOp::Co => text.contains(part),
        CompareOp::Sw => text.starts_with(part),
        CompareOp::Ew => text.ends_with(part),
        _ => false,
    }
}
