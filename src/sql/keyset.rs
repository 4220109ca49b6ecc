//! The rows behind a position, as bounds that an index serves (O6).
//!
//! For each key, a bound (`k >= v`) stands before the expansion (`k > v OR (k = v AND ..)`), because most planners do not
//! find it in there. A leading key that may be NULL makes segments: rows with a value and rows without one, each read from the
//! index by itself.

use super::condition::Condition;
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
    /// A sub-query with the value of the row behind which the page begins.
    Looked(Text),
}

/// Some of the rows of a page, all of them before those of the next segment.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) condition: Condition,
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
struct At<'k> {
    key: &'k SortKey,
    behind: &'k Behind,
    dialect: Dialect,
}

impl At<'_> {
    fn null(&self) -> Condition {
        if self.key.nullable { Condition::is(format!("{} IS NULL", self.key.expr)) } else { Condition::Const(false) }
    }

    fn not_null(&self) -> Condition {
        if self.key.nullable { Condition::is(format!("{} IS NOT NULL", self.key.expr)) } else { Condition::Const(true) }
    }

    /// Whether the row behind which the page begins has no value.
    fn behind_null(&self, negated: bool) -> Condition {
        match self.behind {
            Behind::Null => Condition::Const(!negated),
            Behind::Value(_) => Condition::Const(negated),
            Behind::Looked(_) if !self.key.nullable => Condition::Const(negated),
            Behind::Looked(value) => {
                Condition::Is(value.clone().then(if negated { " IS NOT NULL" } else { " IS NULL" }))
            }
        }
    }

    fn compare(&self, op: CompareOp) -> Condition {
        match self.behind {
            Behind::Null => Condition::Const(false),
            Behind::Value(fit) => match fit.clone().compare(op) {
                Comparison::Never => Condition::Const(false),
                Comparison::Always => self.not_null(),
                Comparison::With(op, param) => {
                    let text = Text::from(format!("{} {} ", self.key.expr, op_sign(op)));
                    Condition::Is(text.with(self.dialect.typed(param, self.key.ty)))
                }
            },
            Behind::Looked(value) => {
                Condition::Is(Text::from(format!("{} {} ", self.key.expr, op_sign(op))).with(value.clone()))
            }
        }
    }

    /// Behind it among the rows with a value: `k >= v AND (k > v OR (k = v AND next))`.
    fn among_values(&self, next: Condition) -> Condition {
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

fn op_sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        _ => "=",
    }
}

/// The rows behind a position, all keys in their order.
fn behind(keys: &[SortKey], values: &[Behind], dialect: Dialect) -> Condition {
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

impl At<'_> {
    /// Descending, the rows without a value come first: those that are behind one of them.
    fn null_first(&self, next: &Condition) -> Condition {
        match self.key.descending {
            true => Condition::and([self.null(), self.behind_null(false), next.clone()]),
            false => Condition::Const(false),
        }
    }

    fn values(&self, next: &Condition) -> Condition {
        let among = self.among_values(next.clone());
        match self.key.descending {
            // All of them are behind a row without a value.
            true => Condition::or([among, Condition::and([self.behind_null(false), self.not_null()])]),
            false => among,
        }
    }

    /// Ascending, the rows without a value come last: all of them behind a value, some behind one of them.
    fn null_last(&self, next: &Condition) -> Condition {
        match self.key.descending {
            false => Condition::and([self.null(), Condition::or([self.behind_null(true), next.clone()])]),
            true => Condition::Const(false),
        }
    }
}

/// The same in segments, in the order of the rows.
pub(super) fn segments(keys: &[SortKey], values: &[Behind], dialect: Dialect) -> Vec<Segment> {
    let (Some((key, keys)), Some((first, values))) = (keys.split_first(), values.split_first()) else {
        return vec![Segment { condition: Condition::Const(false), leading: Leading::Any }];
    };
    let next = behind(keys, values, dialect);
    let at = At { key, behind: first, dialect };
    if !key.nullable {
        return vec![Segment { condition: at.among_values(next), leading: Leading::NotNull }];
    }
    let of = |condition, leading| Segment { condition, leading };
    let all = if key.descending {
        let after_null = Condition::and([at.behind_null(false), at.not_null()]);
        vec![
            of(at.null_first(&next), Leading::Null),
            of(at.among_values(next), Leading::NotNull),
            of(after_null, Leading::NotNull),
        ]
    } else {
        vec![of(at.among_values(next.clone()), Leading::NotNull), of(at.null_last(&next), Leading::Null)]
    };
    all.into_iter().filter(|segment| segment.condition != Condition::Const(false)).collect()
}

/// The whole list in segments.
pub(super) fn whole(keys: &[SortKey]) -> Vec<Segment> {
    let Some(key) = keys.first().filter(|key| key.nullable) else {
        return vec![Segment { condition: Condition::Const(true), leading: Leading::Any }];
    };
    let null = Segment { condition: Condition::is(format!("{} IS NULL", key.expr)), leading: Leading::Null };
    let not_null = Segment { condition: Condition::is(format!("{} IS NOT NULL", key.expr)), leading: Leading::NotNull };
    if key.descending { vec![null, not_null] } else { vec![not_null, null] }
}
