//! What every match must have.

use super::normal::is_singular;
use super::simplify::Simplifier;
use super::values::{Bound, Values};
use crate::ast::CompValue;
use crate::check::{At, CheckedFilter, Expr, Literal, Target, Test};
use crate::op::CompareOp;
use crate::schema::{AttrId, Line, Schema};

/// The least and the greatest value that a match can have for an attribute; `true` where that value itself is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least value.
    pub low: Option<(CompValue<'static>, bool)>,
    /// The greatest value.
    pub high: Option<(CompValue<'static>, bool)>,
}

impl CheckedFilter {
    /// The values of which every match must have one for the attribute: `eq` and lists of it, through `and`, `or` and
    /// brackets. `None` when the filter does not limit it to a list; an empty list when nothing can match. For tenant
    /// checks, routing to a shard, cache keys. Strings are folded where the attribute is not case-exact.
    ///
    /// ```
    /// use scim_query::{CompValue, Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let filter = r#"(resourceId eq "a" or resourceId eq "b") and status eq "PENDING" and not (resourceId eq "b")"#;
    /// let filter = Filter::parse(filter)?.check(&schema)?;
    /// let resource = schema.find(None, "resourceId").unwrap();
    /// assert_eq!(filter.required(resource), Some(vec![CompValue::String("a".into())]));
    /// assert_eq!(filter.required(schema.find(None, "requestedFor").unwrap()), None);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn required(&self, attribute: AttrId) -> Option<Vec<CompValue<'static>>> {
        let values = self.required_values(attribute)?;
        Some(values.points()?.into_iter().map(comp_value).collect())
    }

    /// The range in which every match must have a value for the attribute; `None` when the filter does not limit it, when
    /// nothing can match, and for booleans, which have no order (S12).
    ///
    /// ```
    /// use scim_query::{CompValue, Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let filter = Filter::parse(r#"lastUpdated gt "2022-05-01T02:00:00+02:00" and status pr"#)?.check(&schema)?;
    /// let bounds = filter.required_bounds(schema.find(None, "lastUpdated").unwrap()).unwrap();
    /// assert_eq!(bounds.low, Some((CompValue::String("2022-05-01T00:00:00Z".into()), false)));
    /// assert_eq!(bounds.high, None);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn required_bounds(&self, attribute: AttrId) -> Option<Bounds> {
        let values = self.required_values(attribute).filter(|values| !values.none)?;
        let (low, high) = values.bounds();
        let owned = |bound: Option<Bound<'_>>| bound.map(|(value, included)| (comp_value(value), included));
        let bounds = Bounds { low: owned(low), high: owned(high) };
        (bounds.low.is_some() || bounds.high.is_some()).then_some(bounds)
    }

    /// The states that the attribute may have in a match.
    fn required_values(&self, attribute: AttrId) -> Option<Values> {
        let schema = self.schema();
        if schema.is_open() {
            return None;
        }
        let search = Search { schema, simplifier: Simplifier { schema }, attribute, line: schema.line(attribute) };
        search.expr(&self.simple(), &[], None)
    }
}

struct Search<'s> {
    schema: &'s Schema,
    simplifier: Simplifier<'s>,
    attribute: AttrId,
    line: Line,
}

impl Search<'_> {
    /// `outer` is the attribute in whose brackets the expression stands, with those that it is a part of.
    fn expr(&self, expr: &Expr, outer: &[AttrId], inside: Option<AttrId>) -> Option<Values> {
        let kind = super::values::Kind::of(self.schema.attribute(self.attribute))?;
        match expr {
            Expr::Const(false) => Some(Values::nothing(kind)),
            Expr::Const(true) => None,
            // What the opposite of a test leaves of one value.
            Expr::Not(inner) => match &**inner {
                Expr::Test(target, _) if self.is_wanted(target, outer) && self.is_singular() => {
                    self.simplifier.values(expr, target, inside)
                }
                _ => None,
            },
            // Each value list holds for all; where there is one value, all of them together.
            Expr::And(terms) => {
                let found: Vec<Values> = terms.iter().filter_map(|term| self.expr(term, outer, inside)).collect();
                if self.is_singular() && !found.is_empty() {
                    return Some(Values::intersection(kind, found));
                }
                found.into_iter().min_by_key(|values| values.points().map_or(usize::MAX, |points| points.len()))
            }
            Expr::Or(terms) => {
                let found: Option<Vec<Values>> = terms.iter().map(|term| self.expr(term, outer, inside)).collect();
                Some(Values::union(kind, found?))
            }
            Expr::Any(target, inner) => {
                let At::Declared(line) = &target.at else { return None };
                self.expr(inner, line, target.attribute(None))
            }
            Expr::Test(target, test) => {
                // Of several values, only one has to pass a test that is true of a value.
                let of_a_value = !matches!(test, Test::Unassigned | Test::Compare(CompareOp::Ne, _));
                let wanted = self.is_wanted(target, outer) && (of_a_value || self.is_singular());
                if wanted { self.simplifier.values(expr, target, inside) } else { None }
            }
        }
    }

    /// Whether a target inside `outer` is the attribute.
    fn is_wanted(&self, target: &Target, outer: &[AttrId]) -> bool {
        match &target.at {
            At::Declared(line) => self.line.strip_prefix(outer) == Some(line),
            At::Element => *outer == *self.line,
            At::Open { .. } => false,
        }
    }

    fn is_singular(&self) -> bool {
        is_singular(&At::Declared(self.line), self.schema)
    }
}

/// A literal as a filter writes it.
pub(super) fn comp_value(literal: &Literal) -> CompValue<'static> {
    match literal {
        Literal::Text { text, .. } => CompValue::String(text.to_string().into()),
        Literal::Instant(instant) => CompValue::String(instant.to_string().into()),
        Literal::Number(number) => CompValue::Number(number.to_string().into()),
        Literal::Bool(value) => CompValue::Bool(*value),
    }
}
