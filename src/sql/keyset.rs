//! The rows behind a position, as bounds that an index serves (O6).
//!
//! For each key, a bound (`k >= v`) stands before the expansion (`k > v OR (k = v AND ..)`), because most planners do not
//! find it in there. A leading key that may be NULL makes segments: rows with a value and rows without one, each read from the
//! index by itself.

use super::condition::{Condition, sign};
use super::dialect::Dialect;
use super::exact::{Comparison, Fit};
use super::fragment::Text;
use super::order::SortKey;
use crate::op::CompareOp;

/// Where a page begins: behind this value of a key.
#[derive(Clone, Debug)]
pub(super) enum Behind {
    Null,
    Value(Fit),
    /// In a row that is looked up.
    Looked(Looked),
}

/// The row behind which the page begins: `FROM .. WHERE ..`. Its values are sub-queries.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    pub(super) row: Text,
    /// Only if this is true of the row do its values count: else they are NULL, and an index finds nothing behind them.
    pub(super) only_if: Option<String>,
}

impl Looked {
    fn value(&self, expr: &str) -> Text {
        match &self.only_if {
            Some(condition) => self.any(&format!("CASE WHEN {condition} THEN {expr} END")),
            None => self.any(expr),
        }
    }

    /// Whatever the row is.
    fn any(&self, expr: &str) -> Text {
        Text::from(format!("(SELECT {expr}")).with(self.row.clone()).then(")")
    }
}

/// Some of the rows of a page, all of them before those of the next segment.
#[derive(Clone, Debug)]
pub(super) struct Segment<'m> {
    pub(super) condition: Condition<'m>,
    /// Whether the leading key is not NULL in it, or always.
    pub(super) leading: Leading,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Leading {
    Any,
    Null,
    NotNull,
}

/// A key, and the value behind which the rows are.
struct At<'k, 'm> {
    key: &'k SortKey<'m>,
    behind: &'k Behind,
    dialect: Dialect,
}

impl<'m> SortKey<'m> {
    fn is_null(&self, negated: bool) -> Condition<'m> {
        Condition::Null { expr: self.expr.clone(), negated }
    }
}

impl<'m> At<'_, 'm> {
    fn null(&self) -> Condition<'m> {
        if self.key.nullable { self.key.is_null(false) } else { Condition::Const(false) }
    }

    fn not_null(&self) -> Condition<'m> {
        if self.key.nullable { self.key.is_null(true) } else { Condition::Const(true) }
    }

    /// Whether the row behind which the page begins has no value.
    fn behind_null(&self, negated: bool) -> Condition<'m> {
        match self.behind {
            Behind::Null => Condition::Const(!negated),
            Behind::Value(_) => Condition::Const(negated),
            Behind::Looked(_) if !self.key.nullable => Condition::Const(negated),
            Behind::Looked(row) => {
                Condition::Is(row.any(&self.key.expr).then(if negated { " IS NOT NULL" } else { " IS NULL" }))
            }
        }
    }

    fn compare(&self, op: CompareOp) -> Condition<'m> {
        match self.behind {
            Behind::Null => Condition::Const(false),
            Behind::Value(fit) => match fit.clone().compare(op) {
                Comparison::Never => Condition::Const(false),
                Comparison::Always => self.not_null(),
                Comparison::With(op, param) => {
                    let expr = self.key.expr.clone();
                    Condition::Compare { expr, op, param, ty: self.key.ty }
                }
            },
            Behind::Looked(row) => {
                let text = Text::from(format!("{}{}", self.key.expr, sign(op)));
                Condition::Is(text.with(row.value(&self.key.expr)))
            }
        }
    }

    /// Behind it among the rows with a value: `k >= v AND (k > v OR (k = v AND next))`.
    fn among_values(&self, next: Condition<'m>) -> Condition<'m> {
        let (from, behind) =
            if self.key.descending { (CompareOp::Le, CompareOp::Lt) } else { (CompareOp::Ge, CompareOp::Gt) };
        let behind = self.compare(behind);
        let tied = Condition::and([self.compare(CompareOp::Eq), next]);
        match tied {
            Condition::Const(false) => behind,
            tied => Condition::and([self.compare(from), Condition::or([behind, tied])]),
        }
    }
}

/// The rows behind a position, all keys in their order.
fn behind<'m>(keys: &[SortKey<'m>], values: &[Behind], dialect: Dialect) -> Condition<'m> {
    let mut condition = Condition::Const(false);
    for (key, behind) in keys.iter().zip(values).rev() {
        let at = At { key, behind, dialect };
        condition = if matches!(behind, Behind::Looked(_)) && key.nullable {
            // One mention of what follows: two would double the text with each key.
            let strictly = if key.descending { CompareOp::Lt } else { CompareOp::Gt };
            let tied = Condition::or([at.compare(CompareOp::Eq), Condition::and([at.behind_null(false), at.null()])]);
            let other = match key.descending {
                true => Condition::and([at.behind_null(false), at.not_null()]),
                false => Condition::and([at.behind_null(true), at.null()]),
            };
            Condition::or([at.compare(strictly), other, Condition::and([tied, condition])])
        } else {
            let segments = [at.null_first(&condition), at.values(&condition), at.null_last(&condition)];
            Condition::or(segments)
        };
    }
    condition
}

impl<'m> At<'_, 'm> {
    /// Descending, the rows without a value come first: those that are behind one of them.
    fn null_first(&self, next: &Condition<'m>) -> Condition<'m> {
        match self.key.descending {
            true => Condition::and([self.null(), self.behind_null(false), next.clone()]),
            false => Condition::Const(false),
        }
    }

    fn values(&self, next: &Condition<'m>) -> Condition<'m> {
        let among = self.among_values(next.clone());
        match self.key.descending {
            // All of them are behind a row without a value.
            true => Condition::or([among, Condition::and([self.behind_null(false), self.not_null()])]),
            false => among,
        }
    }

    /// Ascending, the rows without a value come last: all of them behind a value, some behind one of them.
    fn null_last(&self, next: &Condition<'m>) -> Condition<'m> {
        match self.key.descending {
            false => Condition::and([self.null(), Condition::or([self.behind_null(true), next.clone()])]),
            true => Condition::Const(false),
        }
    }
}

/// The same in segments, in the order of the rows.
pub(super) fn segments<'m>(keys: &[SortKey<'m>], values: &[Behind], dialect: Dialect) -> Vec<Segment<'m>> {
    let (Some((key, keys)), Some((first, values))) = (keys.split_first(), values.split_first()) else {
        return vec![Segment { condition: Condition::Const(false), leading: Leading::Any }];
    };
    let at = At { key, behind: first, dialect };
    let next = behind(keys, values, dialect);
    if !key.nullable {
        return vec![Segment { condition: at.among_values(next), leading: Leading::NotNull }];
    }
    // The same behind a row without a value of the key; of another row there is nothing.
    let next_of_null = behind(keys, &only_if(values, &format!("{} IS NULL", key.expr)), dialect);
    let behind_null = Condition::and([at.null(), at.behind_null(false), next_of_null]);
    let of = |condition, leading| Segment { condition, leading };
    let all = if key.descending {
        vec![
            of(behind_null, Leading::Null),
            of(at.among_values(next), Leading::NotNull),
            of(at.all_if_null(), Leading::NotNull),
        ]
    } else {
        let second = keys.first().zip(values.first()).map(|(key, behind)| At { key, behind, dialect });
        let all = second.map(|second| second.all_if(&at, &format!("{} IS NOT NULL", key.expr)));
        let all = all.unwrap_or_else(|| at.behind_null(true));
        vec![
            of(at.among_values(next), Leading::NotNull),
            of(Condition::and([at.null(), all]), Leading::Null),
            of(behind_null, Leading::Null),
        ]
    };
    all.into_iter().filter(|segment| segment.condition != Condition::Const(false)).collect()
}

fn only_if(values: &[Behind], condition: &str) -> Vec<Behind> {
    let guarded = |behind: &Behind| match behind {
        Behind::Looked(row) => Behind::Looked(Looked { only_if: Some(condition.to_owned()), ..row.clone() }),
        other => other.clone(),
    };
    values.iter().map(guarded).collect()
}

impl<'m> At<'_, 'm> {
    /// All rows with a value, if the one that was looked up has none: a bound that is NULL else, so that an index finds
    /// nothing.
    fn all_if_null(&self) -> Condition<'m> {
        match self.behind {
            Behind::Looked(_) => self.all_if(self, &format!("{} IS NULL", self.key.expr)),
            _ => Condition::and([self.behind_null(false), self.not_null()]),
        }
    }

    /// All rows by this key, if the condition is true of the row that was looked up; it says whether `of` has a value there.
    fn all_if(&self, of: &At<'_, 'm>, condition: &str) -> Condition<'m> {
        match self.behind {
            Behind::Looked(row) if !self.key.nullable || std::ptr::eq(self, of) => {
                let least = self.dialect.least(self.key.ty);
                let bound = row.any(&format!("CASE WHEN {condition} THEN {least} END"));
                Condition::Is(Text::from(format!("{} >= ", self.key.expr)).with(bound))
            }
            _ => of.behind_null(true),
        }
    }
}

/// The whole list in segments.
pub(super) fn whole<'m>(keys: &[SortKey<'m>]) -> Vec<Segment<'m>> {
    let Some(key) = keys.first().filter(|key| key.nullable) else {
        return vec![Segment { condition: Condition::Const(true), leading: Leading::Any }];
    };
    let null = Segment { condition: key.is_null(false), leading: Leading::Null };
    let not_null = Segment { condition: key.is_null(true), leading: Leading::NotNull };
    if key.descending { vec![null, not_null] } else { vec![not_null, null] }
}
