//! What an operator says of an order.

use std::cmp::Ordering;

use crate::op::CompareOp;

/// The orders of a stored value to the literal that satisfy a comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accept {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Accept {
    /// `co`, `sw` and `ew` are not about order.
    pub(super) fn of(op: CompareOp) -> Accept {
        let (less, equal, greater) = match op {
            CompareOp::Eq => (false, true, false),
            CompareOp::Ne => (true, false, true),
            CompareOp::Gt => (false, false, true),
            CompareOp::Ge => (false, true, true),
            CompareOp::Lt => (true, false, false),
            CompareOp::Le => (true, true, false),
            CompareOp::Co | CompareOp::Sw | CompareOp::Ew => (false, false, false),
        };
        Accept { less, equal, greater }
    }

    #[inline]
    pub(super) fn accepts(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}
