//! What every match of a filter must have, whatever is stored: a value in a set.
//!
//! Other than [`CheckedFilter::required`] this does not take the schema at its word: an array where one value is declared is
//! read as its elements (S2), so two requirements of one attribute are never joined: two elements may meet them.

use crate::analyze::{Kind, Values};
use crate::check::{At, CheckedFilter, Expr, Literal, Target, Test};
use crate::op::CompareOp;
use crate::schema::{AttrId, Line, Schema};

/// Some value of the attribute at the end of the line is in the set.
pub(super) struct Requirement {
    pub(super) line: Line,
    pub(super) values: Values,
}

impl Requirement {
    /// How many single values it lists; ranges count as more than any list.
    fn width(&self) -> usize {
        self.values.points().map_or(usize::MAX, |points| points.len())
    }
}

/// Each of the requirements of a filter, one of which is enough to find it by.
pub(super) fn requirements(filter: &CheckedFilter) -> Vec<Requirement> {
    of(filter.expr(), &[], filter.schema())
}

/// `outer` is the line of the attribute in whose brackets the expression stands. The depth of the recursion is that of the
/// filter, which its limits bound.
fn of(expr: &Expr, outer: &[AttrId], schema: &Schema) -> Vec<Requirement> {
    match expr {
        Expr::And(terms) => terms.iter().flat_map(|term| of(term, outer, schema)).collect(),
        Expr::Or(terms) => shared(terms.iter().map(|term| of(term, outer, schema)).collect()),
        Expr::Any(Target { at: At::Declared(line), .. }, inner) => of(inner, line, schema),
        Expr::Test(target, test @ Test::Compare(..)) => of_test(target, test, outer, schema).into_iter().collect(),
        // There is a value, and none that differs.
        Expr::Not(inner) => match &**inner {
            Expr::Test(target, Test::Compare(CompareOp::Ne, literal)) => {
                of_test(target, &Test::Compare(CompareOp::Eq, literal.clone()), outer, schema).into_iter().collect()
            }
            _ => Vec::new(),
        },
        Expr::Const(_) | Expr::Any(..) | Expr::Test(..) => Vec::new(),
    }
}

/// What all terms of an `or` require of the same attribute: a value that one of them lets pass.
fn shared(terms: Vec<Vec<Requirement>>) -> Vec<Requirement> {
    let Some((first, others)) = terms.split_first() else { return Vec::new() };
    let narrowest = |term: &[Requirement], line: Line| {
        let same = term.iter().filter(|requirement| requirement.line == line);
        same.min_by_key(|requirement| requirement.width()).map(|requirement| requirement.values.clone())
    };
    let mut lines: Vec<Line> = first.iter().map(|requirement| requirement.line).collect();
    lines.dedup();
    let joined = lines.into_iter().filter_map(|line| {
        let sets = std::iter::once(&first[..]).chain(others.iter().map(Vec::as_slice));
        let sets: Vec<Values> = sets.map(|term| narrowest(term, line)).collect::<Option<_>>()?;
        let kind = sets.first()?.kind();
        Some(Requirement { line, values: Values::union(kind, sets) })
    });
    joined.collect()
}

/// A comparison that is true of a value. `ne` is true without one; `co` and `ew` are no sets that can be looked up; booleans
/// may be assumed (S13), and have two values only.
fn of_test(target: &Target, test: &Test, outer: &[AttrId], schema: &Schema) -> Option<Requirement> {
    if matches!(test, Test::Compare(CompareOp::Ne, _) | Test::Compare(_, Literal::Bool(_))) {
        return None;
    }
    let line = match &target.at {
        At::Declared(line) => Line::from([outer, line].concat()),
        At::Element => Line::from(outer),
        At::Open { .. } => return None,
    };
    let attribute = schema.attribute(*line.last()?);
    let kind = Kind::of(attribute).filter(|kind| *kind != Kind::Bool && !attribute.is_assumed_false())?;
    Some(Requirement { line, values: Values::of_test(kind, test)? })
}
