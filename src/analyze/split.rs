//! The part of a filter that a target can do, and the rest.

use super::normal::is_singular;
use crate::check::{CheckedFilter, Expr, Target, Test};
use crate::op::{CompareOp, Operator};
use crate::schema::{AttrId, Schema};

/// What a target is asked whether it can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A test of an attribute; `None` under the open schema. `eq null` is an `eq`.
    Test(Option<AttrId>, Operator),
    /// `or`.
    Or,
    /// `not` of a test or of a value path: other negations are moved away before.
    Not,
    /// A value path of an attribute.
    ValuePath(Option<AttrId>),
}

/// A filter in two parts: `pushed and residual` is the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// What the target can do. Every match of the filter is a match of it.
    pub pushed: CheckedFilter,
    /// What is left to test on what the target gives back; everything when nothing is left.
    pub residual: CheckedFilter,
}

impl CheckedFilter {
    /// Splits the filter for a target that can do only some of it: a database without a column for an attribute, an
    /// upstream that knows `eq` and `and`. `can` says what it can do; `and` it can always. The pushed part never excludes a
    /// match, and is as large as the filter's normal form allows. Linear in the filter.
    ///
    /// ```
    /// use scim_query::{Filter, Operator, CompareOp, Schema, SplitPart};
    ///
    /// let schema = Schema::access_requests();
    /// let filter = r#"status eq "PENDING" and (resourceId sw "0oa" or requestedFor eq "x")"#;
    /// let split = Filter::parse(filter)?.check(&schema)?.split(|part| {
    ///     matches!(part, SplitPart::Test(_, Operator::Compare(CompareOp::Eq)) | SplitPart::Or)
    /// });
    /// assert_eq!(split.pushed.to_string(), r#"status eq "PENDING""#);
    /// assert_eq!(split.residual.to_string(), r#"requestedFor eq "x" or resourceId sw "0oa""#);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn split(&self, can: impl Fn(Part) -> bool) -> Split {
        let splitter = Splitter { schema: self.schema(), can: &can };
        let (pushed, residual) = splitter.expr(&self.normal(), None);
        Split { pushed: self.with(pushed), residual: self.with(residual) }
    }
}

struct Splitter<'s> {
    schema: &'s Schema,
    can: &'s dyn Fn(Part) -> bool,
}

impl Splitter<'_> {
    /// The part that the target can do, and what has to be tested after it: true where that is nothing.
    fn expr(&self, expr: &Expr, inside: Option<AttrId>) -> (Expr, Expr) {
        let whole = || (expr.clone(), Expr::Const(true));
        let none = || (Expr::Const(true), expr.clone());
        match expr {
            Expr::Const(_) => whole(),
            Expr::And(terms) => {
                let (pushed, residual): (Vec<Expr>, Vec<Expr>) =
                    terms.iter().map(|term| self.expr(term, inside)).unzip();
                (Expr::and(pushed), Expr::and(residual))
            }
            // What may be pushed of an `or` excludes less than it, so all of it is tested again.
            Expr::Or(terms) => {
                if !(self.can)(Part::Or) {
                    return none();
                }
                let parts: Vec<(Expr, Expr)> = terms.iter().map(|term| self.expr(term, inside)).collect();
                let complete = parts.iter().all(|(_, residual)| *residual == Expr::Const(true));
                let pushed = Expr::or(parts.into_iter().map(|(pushed, _)| pushed));
                (pushed, if complete { Expr::Const(true) } else { expr.clone() })
            }
            Expr::Any(target, inner) => {
                if !(self.can)(Part::ValuePath(target.attribute(inside))) {
                    return none();
                }
                match self.expr(inner, target.attribute(None)) {
                    (_, Expr::Const(true)) => whole(),
                    // An element that passes everything; whether there is one at all is left to the residual.
                    (Expr::Const(true), _) => none(),
                    (pushed, _) => (Expr::Any(target.clone(), Box::new(pushed)), expr.clone()),
                }
            }
            Expr::Not(inner) => match self.expr(inner, inside) {
                // Less than all of it, negated, would exclude matches.
                (_, Expr::Const(true)) if (self.can)(Part::Not) => whole(),
                _ if self.null_test(inner, inside) => whole(),
                _ => none(),
            },
            Expr::Test(target, test) => {
                let op = match test {
                    Test::Present => Operator::Present,
                    Test::Unassigned => CompareOp::Eq.into(),
                    Test::Compare(op, _) => (*op).into(),
                };
                if (self.can)(self.test(target, op, inside)) {
                    return whole();
                }
                // Of one value, `ne` is `not (eq)`, and `eq` is `not (ne)`: the target may know the other one.
                let other = match test {
                    Test::Compare(CompareOp::Ne, value) => Some((CompareOp::Eq, value)),
                    Test::Compare(CompareOp::Eq, value) => Some((CompareOp::Ne, value)),
                    _ => None,
                };
                match other.filter(|_| is_singular(&target.at, self.schema)) {
                    Some((op, value)) if (self.can)(Part::Not) && (self.can)(self.test(target, op.into(), inside)) => {
                        let test = Expr::Test(target.clone(), Test::Compare(op, value.clone()));
                        (test.not(), Expr::Const(true))
                    }
                    _ => none(),
                }
            }
        }
    }

    /// `ne null`, which is no negation as it is written.
    fn null_test(&self, inner: &Expr, inside: Option<AttrId>) -> bool {
        match inner {
            Expr::Test(target, Test::Unassigned) => (self.can)(self.test(target, CompareOp::Ne.into(), inside)),
            _ => false,
        }
    }

    fn test(&self, target: &Target, op: Operator, inside: Option<AttrId>) -> Part {
        Part::Test(target.attribute(inside), op)
    }
}
