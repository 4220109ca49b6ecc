//! Whether every match of one filter is a match of another.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::simplify::{Simplifier, text_holds};
use super::values::Values;
use crate::check::{At, CheckedFilter, Expr, Literal, Target, Test};
use crate::error::BindError;
use crate::op::CompareOp;
use crate::schema::{AttrId, Schema, Type};

/// The answer of [`CheckedFilter::implies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implication {
    /// Every match of the one is a match of the other.
    Yes,
    /// It is not so, or it was not found out.
    Unknown,
}

impl CheckedFilter {
    /// Whether every match of this filter is a match of `policy`: to let a request pass, or refuse it, or narrow it with
    /// [`and_with`](CheckedFilter::and_with). `Yes` is never wrong. For conjunctions of tests of simple attributes of one value,
    /// `co` and `ew` apart, `Unknown` means no.
    ///
    /// The cost is at most the product of the two filters' sizes, and capped: after half a million steps it is `Unknown`.
    ///
    /// # Errors
    /// Filters of different schemas.
    ///
    /// ```
    /// use scim_query::{Filter, Implication, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let check = |text: &str| Filter::parse(text).unwrap().check(&schema).unwrap();
    /// let policy = check(r#"requestedFor eq "00ub0oNGTSWTBKOLGLNR""#);
    /// let own = check(r#"requestedFor eq "00ub0oNGTSWTBKOLGLNR" and status ne "DENIED""#);
    /// assert_eq!(own.implies(&policy)?, Implication::Yes);
    /// assert_eq!(check(r#"status ne "DENIED""#).implies(&policy)?, Implication::Unknown);
    /// # Ok::<(), scim_query::BindError>(())
    /// ```
    pub fn implies(&self, policy: &CheckedFilter) -> Result<Implication, BindError> {
        if self.schema() != policy.schema() {
            return Err(BindError::new("filters of different schemas cannot be compared"));
        }
        let schema = self.schema();
        let (given, wanted) = (self.simple(), policy.simple());
        let prover = Prover {
            schema,
            simplifier: Simplifier { schema },
            known: RefCell::default(),
            steps: Cell::new(MOST_STEPS),
        };
        let proved = prover.expr(&given, &wanted, None);
        Ok(if proved { Implication::Yes } else { Implication::Unknown })
    }
}

struct Prover<'s> {
    schema: &'s Schema,
    simplifier: Simplifier<'s>,
    /// What was found out of pairs of nodes, which stay where they are meanwhile: each pair is looked at once, whatever
    /// ways lead to it.
    known: RefCell<HashMap<(*const Expr, *const Expr), bool>>,
    /// How many more nodes may be looked at before the answer is `Unknown`.
    steps: Cell<usize>,
}

/// Two filters of 256 comparisons have some 100,000 pairs of nodes.
const MOST_STEPS: usize = 500_000;

impl Prover<'_> {
    fn expr(&self, given: &Expr, wanted: &Expr, inside: Option<AttrId>) -> bool {
        let pair = (std::ptr::from_ref(given), std::ptr::from_ref(wanted));
        if let Some(proved) = self.known.borrow().get(&pair) {
            return *proved;
        }
        let proved = self.spend(1) && self.prove(given, wanted, inside);
        self.known.borrow_mut().insert(pair, proved);
        proved
    }

    fn spend(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    fn prove(&self, given: &Expr, wanted: &Expr, inside: Option<AttrId>) -> bool {
        match (given, wanted) {
            (Expr::Const(false), _) | (_, Expr::Const(true)) => true,
            _ if given == wanted => true,
            (_, Expr::And(terms)) => terms.iter().all(|wanted| self.expr(given, wanted, inside)),
            (Expr::Or(terms), _) => terms.iter().all(|given| self.expr(given, wanted, inside)),
            _ if self.by_values(given, wanted, inside) => true,
            (_, Expr::Or(terms)) if terms.iter().any(|wanted| self.expr(given, wanted, inside)) => true,
            (Expr::And(terms), _) => terms.iter().any(|given| self.expr(given, wanted, inside)),
            (Expr::Any(given, inner), Expr::Any(wanted, outer)) if given.at == wanted.at => {
                self.expr(inner, outer, given.attribute(None))
            }
            // An element that satisfies anything is assigned.
            (Expr::Any(given, _), Expr::Not(wanted)) => {
                matches!(&**wanted, Expr::Test(wanted, Test::Unassigned) if wanted.at == given.at)
            }
            (Expr::Test(given, test), _) => self.test(given, test, wanted),
            // What is implied by the opposite of the wanted has that opposite.
            (Expr::Not(given), Expr::Not(wanted)) => match &**given {
                Expr::Test(..) | Expr::Any(..) => self.expr(wanted, given, inside),
                _ => false,
            },
            _ => false,
        }
    }

    /// By the sets of values that both sides allow one attribute.
    fn by_values(&self, given: &Expr, wanted: &Expr, inside: Option<AttrId>) -> bool {
        let target = match wanted {
            Expr::Test(target, _) => target,
            Expr::Not(inner) => match &**inner {
                Expr::Test(target, _) => target,
                _ => return false,
            },
            Expr::Or(terms) => match terms.first() {
                Some(Expr::Test(target, _)) => target,
                _ => return false,
            },
            _ => return false,
        };
        let size = |expr: &Expr| match expr {
            Expr::And(terms) | Expr::Or(terms) => terms.len(),
            _ => 1,
        };
        if !self.spend(size(given) + size(wanted)) {
            return false;
        }
        let values = |expr: &Expr| self.simplifier.values(expr, target, inside);
        let Some(wanted) = values(wanted) else { return false };
        let singular = super::normal::is_singular(&target.at, self.schema);
        let given: Vec<Values> = match given {
            // Where there is one value, all terms are about it.
            Expr::And(terms) if singular => {
                terms.iter().filter_map(|term| values(term).or_else(|| self.weaker(term, target))).collect()
            }
            other => values(other).or_else(|| self.weaker(other, target).filter(|_| singular)).into_iter().collect(),
        };
        let Some(kind) = given.first().map(Values::kind) else { return false };
        let ty = target.attribute(inside).map_or(Type::Complex, |id| self.schema.attribute(id).ty());
        Values::intersection(kind, given).rounded(ty).is_subset(&wanted.rounded(ty))
    }

    /// What `co` and `ew` say of the values at least: there is one, and it is not empty unless the literal is.
    fn weaker(&self, expr: &Expr, target: &Target) -> Option<Values> {
        let Expr::Test(of, Test::Compare(CompareOp::Co | CompareOp::Ew, Literal::Text { text, .. })) = expr else {
            return None;
        };
        if of.at != target.at {
            return None;
        }
        let At::Declared(line) = &target.at else { return None };
        let kind = super::values::Kind::of(self.schema.attribute(*line.last()?))?;
        let at_least = if text.is_empty() { Test::Unassigned } else { Test::Present };
        let values = Values::of_test(kind, &at_least)?;
        Some(if text.is_empty() { values.complement() } else { values })
    }

    /// One test against another of the same place: what a value that passes the one passes of the other.
    fn test(&self, given: &Target, test: &Test, wanted: &Expr) -> bool {
        if self.by_part(given, test, wanted) {
            return true;
        }
        match (test, wanted) {
            // A value that passes a test is a value; `ne` and `eq null` are also true of none.
            (Test::Present | Test::Compare(..), Expr::Not(inner)) => {
                let of_a_value = !matches!(test, Test::Compare(CompareOp::Ne, _));
                of_a_value
                    && !self.is_assumed(given)
                    && matches!(&**inner, Expr::Test(wanted, Test::Unassigned) if wanted.at == given.at)
            }
            (Test::Compare(op, value @ Literal::Text { .. }), Expr::Test(target, wanted)) if target.at == given.at => {
                self.text(*op, value, wanted)
            }
            _ => false,
        }
    }

    /// A complex attribute has a value where a part of it has one, and is present where a part of it is.
    fn by_part(&self, given: &Target, test: &Test, wanted: &Expr) -> bool {
        let is_part_of = |whole: &Target| match (&given.at, &whole.at) {
            (At::Declared(part), At::Declared(whole)) => part.len() > whole.len() && part.starts_with(whole),
            _ => false,
        };
        let of_a_value = !matches!(test, Test::Unassigned | Test::Compare(CompareOp::Ne, _)) && !self.is_assumed(given);
        match wanted {
            Expr::Not(inner) => {
                matches!(&**inner, Expr::Test(whole, Test::Unassigned) if of_a_value && is_part_of(whole))
            }
            Expr::Test(whole, Test::Present) if of_a_value && is_part_of(whole) => match test {
                Test::Compare(op, value @ Literal::Text { .. }) => self.text(*op, value, &Test::Present),
                _ => true,
            },
            _ => false,
        }
    }

    /// A comparison with `primary` may be true without a stored value (S13).
    fn is_assumed(&self, target: &Target) -> bool {
        match &target.at {
            At::Declared(line) => line.last().is_some_and(|id| self.schema.attribute(*id).is_assumed_false()),
            At::Element | At::Open { .. } => false,
        }
    }

    fn text(&self, op: CompareOp, value: &Literal, wanted: &Test) -> bool {
        use CompareOp::{Co, Eq, Ew, Sw};
        let Literal::Text { text: given, folded } = value else { return false };
        match wanted {
            Test::Present => matches!(op, Eq | Co | Sw | Ew) && !given.is_empty(),
            Test::Compare(wanted_op, Literal::Text { text, folded: same }) if folded == same => match (op, wanted_op) {
                // What is equal to the literal has what the literal has.
                (Eq, Co | Sw | Ew) => text_holds(*wanted_op, value, text),
                (Sw, Sw) => given.starts_with(&**text),
                (Ew, Ew) => given.ends_with(&**text),
                (Co | Sw | Ew, Co) => given.contains(&**text),
                // Everything begins and ends with nothing.
                (Co | Sw | Ew, Sw | Ew) => text.is_empty(),
                _ => false,
            },
            _ => false,
        }
    }
}
