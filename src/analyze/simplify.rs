//! The same answer by fewer tests.

use std::collections::{BTreeMap, HashSet};

use super::normal::{is_singular, sorted};
use super::values::{Kind, Values, tests};
use crate::check::{At, Expr, Literal, Target, Test};
use crate::op::{CompareOp, Operator, OperatorSet};
use crate::schema::{AttrId, Attribute, Schema, Type};

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
            Expr::Any(target, inner) => {
                let inner = self.expr(inner, target.attribute(None));
                self.any(target, &inner).unwrap_or_else(|| expr.clone())
            }
            Expr::Const(_) | Expr::Test(..) => self.one(expr.clone(), inside),
        }
    }

    /// A test alone, in the one form that its set of values has.
    fn one(&self, expr: Expr, inside: Option<AttrId>) -> Expr {
        let Some(target) = self.target_of(&expr).filter(|target| is_singular(&target.at, self.schema)) else {
            return expr;
        };
        if let (At::Element, Expr::Test(_, Test::Unassigned)) = (&target.at, &expr) {
            // An element that is asked about is assigned.
            return Expr::Const(false);
        }
        let Some(values) = self.values(&expr, target, inside) else { return expr };
        if self.holds_nothing(&values, target, inside) {
            return Expr::Const(false);
        }
        let simple = self.written(&values, target, inside);
        simple.filter(|simple| tests(simple) <= tests(&expr)).unwrap_or(expr)
    }

    /// A value path of a simplified filter; `None` where it can be written only as it was.
    fn any(&self, target: &Target, inner: &Expr) -> Option<Expr> {
        match inner {
            Expr::Const(false) => Some(Expr::Const(false)),
            // Some element is assigned.
            Expr::Const(true) => {
                let assigned = Expr::Test(target.clone(), Test::Unassigned).not();
                self.can_be_written(&assigned, None).then_some(assigned)
            }
            inner => Some(Expr::Any(target.clone(), Box::new(inner.clone()))),
        }
    }

    /// An `and` or `or` of simplified terms. What has become one term by then is done.
    fn terms(&self, expr: Expr, inside: Option<AttrId>) -> Expr {
        let merge = |terms, and| if and { self.merge_and(terms, inside) } else { self.merge_or(terms, inside) };
        // Absorption before merging, which may take away the term that absorbs, and after it.
        match absorb(expr) {
            Expr::And(terms) => absorb(Expr::and(merge(terms, true))),
            Expr::Or(terms) => absorb(Expr::or(merge(terms, false))),
            other => other,
        }
    }

    /// Terms about one attribute that has at most one value become one set of its values.
    fn merge_and(&self, terms: Vec<Expr>, inside: Option<AttrId>) -> Vec<Expr> {
        let (groups, others) = self.groups(terms, inside, |target| is_singular(&target.at, self.schema));
        // `co` and `ew` are no ranges, but they choose among single values.
        let mut texts: BTreeMap<At, Vec<Expr>> = BTreeMap::new();
        let mut done = Vec::new();
        for term in others {
            match text_test(&term) {
                Some((target, ..)) if groups.contains_key(&target.at) => {
                    texts.entry(target.at.clone()).or_default().push(term);
                }
                _ => done.push(term),
            }
        }
        for (at, group) in groups {
            let texts = texts.remove(&at).unwrap_or_default();
            let values = Values::intersection(group.kind, group.values);
            if self.holds_nothing(&values, &group.target, inside) {
                return vec![Expr::Const(false)];
            }
            let chosen = match values.points() {
                Some(points) if points.len() * texts.len() <= MOST_CHOICES => {
                    let holds = |value: &Literal| {
                        let mut tests = texts.iter().filter_map(text_test);
                        tests.all(|(_, op, literal, expected)| text_holds(op, value, literal) == expected)
                    };
                    self.written(&values.retain_points(holds), &group.target, inside)
                }
                _ => None,
            };
            if let Some(chosen) = chosen {
                done.push(chosen);
                continue;
            }
            done.extend(texts);
            done.extend(self.merged(&values, group.terms, &group.target, inside));
        }
        done
    }

    /// Terms about one attribute become one set of its values. That is also right where it has several: some value in one
    /// set, or some value in another, is some value in either.
    fn merge_or(&self, terms: Vec<Expr>, inside: Option<AttrId>) -> Vec<Expr> {
        // Some element satisfies one, or some element another: some element satisfies either.
        let mut elements: BTreeMap<At, (Target, Vec<Expr>)> = BTreeMap::new();
        let mut rest = Vec::new();
        for term in terms {
            match term {
                Expr::Any(target, inner) => {
                    elements.entry(target.at.clone()).or_insert_with(|| (target, Vec::new())).1.push(*inner);
                }
                other => rest.push(other),
            }
        }
        for (_, (target, inner)) in elements {
            let joined = match &inner[..] {
                [one] => one.clone(),
                _ => self.terms(Expr::or(inner.iter().cloned()), target.attribute(None)),
            };
            match self.any(&target, &joined) {
                Some(any) => rest.push(any),
                None => rest.extend(inner.into_iter().map(|inner| Expr::Any(target.clone(), Box::new(inner)))),
            }
        }
        let (groups, mut done) = self.groups(rest, inside, |_| true);
        for (_, group) in groups {
            let values = Values::union(group.kind, group.values);
            done.extend(self.merged(&values, group.terms, &group.target, inside));
        }
        done
    }

    /// The one expression of a set of values, or the terms that it was made of, if it is no shorter than they are or cannot
    /// be written.
    fn merged(&self, values: &Values, terms: Vec<Expr>, target: &Target, inside: Option<AttrId>) -> Vec<Expr> {
        let before: usize = terms.iter().map(tests).sum();
        match self.written(values, target, inside).filter(|merged| tests(merged) <= before) {
            Some(merged) => vec![merged],
            None => terms,
        }
    }

    /// Whether no value of the attribute's type is in the set.
    fn holds_nothing(&self, values: &Values, target: &Target, inside: Option<AttrId>) -> bool {
        let ty = target.attribute(inside).map_or(Type::Complex, |id| self.schema.attribute(id).ty());
        values.rounded(ty).is_empty()
    }

    /// The shortest expression of a set of values that the schema lets a filter write.
    fn written(&self, values: &Values, target: &Target, inside: Option<AttrId>) -> Option<Expr> {
        let exprs = if is_singular(&target.at, self.schema) {
            values.exprs(target)
        } else {
            values.expr_of_many(target).into_iter().collect()
        };
        exprs.into_iter().find(|expr| self.can_be_written(expr, inside))
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
                let attribute = target.attribute(inside).map(|id| self.schema.attribute(id));
                let operators = attribute.map_or(OperatorSet::ALL, |attribute| attribute.operators());
                match test {
                    // Comparisons read it as false where it is absent, these tests do not (S13).
                    Test::Present | Test::Unassigned if attribute.is_some_and(Attribute::is_assumed_false) => false,
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

    fn is_assumed_false(&self, target: &Target, inside: Option<AttrId>) -> bool {
        target.attribute(inside).is_some_and(|id| self.schema.attribute(id).is_assumed_false())
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
            Expr::Test(of, test) if of.at == target.at => match test {
                Test::Present | Test::Unassigned if self.is_assumed_false(target, inside) => None,
                test => Values::of_test(kind, test),
            },
            Expr::Not(inner) if singular || matches!(**inner, Expr::Test(_, Test::Unassigned)) => {
                self.values(inner, target, inside).map(Values::complement)
            }
            Expr::And(terms) if singular => Some(Values::intersection(kind, all(terms)?)),
            Expr::Or(terms) => Some(Values::union(kind, all(terms)?)),
            _ => None,
        }
    }
}

/// How many tests of single values one step makes.
const MOST_CHOICES: usize = 4096;

/// Contradictions and tautologies of a term and its opposite, and terms that say nothing beside another: `a or b` beside
/// `a` in an `and`, `a and b` beside `a` in an `or`. Linear.
fn absorb(expr: Expr) -> Expr {
    let (terms, and) = match expr {
        Expr::And(terms) => (terms, true),
        Expr::Or(terms) => (terms, false),
        other => return other,
    };
    let known: HashSet<&Expr> = terms.iter().collect();
    if terms.iter().any(|term| matches!(term, Expr::Not(inner) if known.contains(&**inner))) {
        return Expr::Const(!and);
    }
    let absorbed = |term: &Expr| match term {
        Expr::Or(inner) if and => inner.iter().any(|term| known.contains(term)),
        Expr::And(inner) if !and => inner.iter().any(|term| known.contains(term)),
        _ => false,
    };
    let kept: Vec<Expr> = terms.iter().filter(|term| !absorbed(term)).cloned().collect();
    sorted(if and { Expr::and(kept) } else { Expr::or(kept) })
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
