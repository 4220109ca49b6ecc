//! A number of a filter, prepared to be compared with stored ones: exactly (S11), and without memory for each.

use std::cmp::Ordering;

use crate::decimal::{Decimal, Number};

#[derive(Clone, Debug)]
pub(super) struct NumberLiteral {
    exact: Decimal,
    /// The greatest integer that is not above it, and whether there is a rest; `None` beyond every stored integer.
    floor: Option<(i128, bool)>,
    /// The double nearest to it.
    nearest: f64,
    /// How the decimal that this double stands for compares with it. The decimals of all greater doubles are greater, and
    /// of all lesser ones less: each lies nearer to its own double than to any other.
    nearest_is: Ordering,
}

impl NumberLiteral {
    pub(super) fn new(literal: &Decimal) -> NumberLiteral {
        let nearest: f64 = literal.to_string().parse().unwrap_or(0.0);
        let nearest_is = if nearest.is_finite() {
            Decimal::from(Number::F64(nearest)).cmp(literal)
        } else if literal.is_negative() {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        NumberLiteral { exact: literal.clone(), floor: literal.floor(), nearest, nearest_is }
    }

    /// How a stored number compares with the literal.
    pub(super) fn order_of(&self, stored: Number) -> Ordering {
        match stored {
            Number::I64(stored) => self.order_of_integer(i128::from(stored)),
            Number::U64(stored) => self.order_of_integer(i128::from(stored)),
            Number::Decimal { .. } => Decimal::from(stored).cmp(&self.exact),
            Number::F64(stored) => stored.partial_cmp(&self.nearest).unwrap_or(Ordering::Less).then(self.nearest_is),
        }
    }

    fn order_of_integer(&self, stored: i128) -> Ordering {
        match self.floor {
            Some((floor, rest)) => stored.cmp(&floor).then(if rest { Ordering::Less } else { Ordering::Equal }),
            None if self.exact.is_negative() => Ordering::Greater,
            None => Ordering::Less,
        }
    }
}

/// Whether a stored number has no fraction and lies within i64 or u64.
pub(super) fn is_integer(stored: Number) -> bool {
    /// Below it, what a double without a fraction stands for is in range too; the few between it and the ends are asked
    /// exactly.
    const SAFE: f64 = 9.0e18;
    match stored {
        Number::I64(_) | Number::U64(_) => true,
        Number::Decimal { .. } => Decimal::from(stored).is_integer(),
        Number::F64(double) if double.fract() != 0.0 => false,
        Number::F64(double) => double.abs() < SAFE || Decimal::from(stored).is_integer(),
    }
}
