//! The normal form: negations at the leaves, terms sorted where their order has no effect.

use crate::check::{At, Expr, Target, Test};
use crate::op::CompareOp;
use crate::schema::{AttrId, Schema};

/// Negations are moved to the leaves. Linear in the tree: nothing is distributed.
pub(super) fn normal(expr: &Expr, schema: &Schema) -> Expr {
    Normal { schema, inside: None }.expr(expr, false)
}

struct Normal<'s> {
    schema: &'s Schema,
    /// The attribute in whose brackets the expression stands.
    inside: Option<AttrId>,
}

impl Normal<'_> {
    fn expr(&self, expr: &Expr, not: bool) -> Expr {
        match expr {
            Expr::Const(value) => Expr::Const(*value != not),
            Expr::Not(inner) => self.expr(inner, !not),
            // De Morgan.
            Expr::And(terms) if not => sorted(Expr::or(terms.iter().map(|term| self.expr(term, true)))),
            Expr::Or(terms) if not => sorted(Expr::and(terms.iter().map(|term| self.expr(term, true)))),
            Expr::And(terms) => sorted(Expr::and(terms.iter().map(|term| self.expr(term, false)))),
            Expr::Or(terms) => sorted(Expr::or(terms.iter().map(|term| self.expr(term, false)))),
            Expr::Any(target, inner) => {
                let below = Normal { inside: target.attribute(None), ..*self };
                let any = Expr::Any(target.clone(), Box::new(below.expr(inner, false)));
                if not { any.not() } else { any }
            }
            Expr::Test(target, test) => match (not, test) {
                (false, _) => expr.clone(),
                // S4: exact complements where there is at most one value.
                (true, Test::Compare(CompareOp::Eq, value)) if self.has_complement(target, CompareOp::Ne) => {
                    Expr::Test(target.clone(), Test::Compare(CompareOp::Ne, value.clone()))
                }
                (true, Test::Compare(CompareOp::Ne, value)) if self.has_complement(target, CompareOp::Eq) => {
                    Expr::Test(target.clone(), Test::Compare(CompareOp::Eq, value.clone()))
                }
                (true, _) => expr.clone().not(),
            },
        }
    }

    /// Whether the opposite of `eq`, or of `ne`, is the other one, and the schema lets a filter write it.
    fn has_complement(&self, target: &Target, other: CompareOp) -> bool {
        let id = target.attribute(self.inside);
        let writable = id.is_none_or(|id| self.schema.attribute(id).operators().contains(other.into()));
        writable && is_singular(&target.at, self.schema)
    }
}

/// The terms of an `and` or `or`, each once, in one order whatever order they came in.
pub(super) fn sorted(expr: Expr) -> Expr {
    let once = |mut terms: Vec<Expr>| {
        terms.sort_unstable();
        terms.dedup();
        terms
    };
    match expr {
        Expr::And(terms) => Expr::and(once(terms)),
        Expr::Or(terms) => Expr::or(once(terms)),
        other => other,
    }
}

/// Whether the schema declares at most one value there.
pub(super) fn is_singular(at: &At, schema: &Schema) -> bool {
    match at {
        At::Declared(line) => line.iter().all(|id| !schema.attribute(*id).is_multi_valued()),
        At::Element => true,
        At::Open { .. } => false,
    }
}
