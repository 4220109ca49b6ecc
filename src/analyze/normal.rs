//! The normal form: negations at the leaves, terms sorted where their order has no effect.

use crate::check::{At, Expr, Target, Test};
use crate::op::CompareOp;
use crate::schema::Schema;

/// Negations are moved to the leaves. Linear in the tree: nothing is distributed.
pub(super) fn normal(expr: &Expr, schema: &Schema) -> Expr {
    negated(expr, schema, false)
}

fn negated(expr: &Expr, schema: &Schema, not: bool) -> Expr {
    match expr {
        Expr::Const(value) => Expr::Const(*value != not),
        Expr::Not(inner) => negated(inner, schema, !not),
        // De Morgan.
        Expr::And(terms) if not => sorted(Expr::or(terms.iter().map(|term| negated(term, schema, true)))),
        Expr::Or(terms) if not => sorted(Expr::and(terms.iter().map(|term| negated(term, schema, true)))),
        Expr::And(terms) => sorted(Expr::and(terms.iter().map(|term| negated(term, schema, false)))),
        Expr::Or(terms) => sorted(Expr::or(terms.iter().map(|term| negated(term, schema, false)))),
        Expr::Any(target, inner) => {
            let any = Expr::Any(target.clone(), Box::new(negated(inner, schema, false)));
            if not { any.not() } else { any }
        }
        Expr::Test(target, test) => match (not, test) {
            (false, _) => expr.clone(),
            // S4: exact complements where there is at most one value.
            (true, Test::Compare(CompareOp::Eq, value)) if has_complement(target, CompareOp::Ne, schema) => {
                Expr::Test(target.clone(), Test::Compare(CompareOp::Ne, value.clone()))
            }
            (true, Test::Compare(CompareOp::Ne, value)) if has_complement(target, CompareOp::Eq, schema) => {
                Expr::Test(target.clone(), Test::Compare(CompareOp::Eq, value.clone()))
            }
            (true, _) => expr.clone().not(),
        },
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

/// Whether the opposite of `eq`, or of `ne`, is the other one, and the schema lets a filter write it.
fn has_complement(target: &Target, other: CompareOp, schema: &Schema) -> bool {
    let writable = match &target.at {
        At::Declared(line) => line.last().is_some_and(|id| schema.attribute(*id).operators().contains(other.into())),
        At::Element | At::Open { .. } => true,
    };
    writable && is_singular(&target.at, schema)
}

/// Whether the schema declares at most one value there.
pub(super) fn is_singular(at: &At, schema: &Schema) -> bool {
    match at {
        At::Declared(line) => line.iter().all(|id| !schema.attribute(*id).is_multi_valued()),
        At::Element => true,
        At::Open { .. } => false,
    }
}
