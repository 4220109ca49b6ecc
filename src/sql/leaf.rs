//! One test of one value, as a condition that is true or false or NULL where it is false: the value may be NULL (D2).

use std::collections::HashSet;

use smallvec::SmallVec;

use super::column::ColumnType;
use super::condition::Condition;
use super::dialect::Dialect;
use super::exact::{Comparison, Fit};
use super::fragment::Text;
use super::param::Param;
use super::place::{Scalar, Sql};
use crate::analyze::after_prefix;
use crate::check::Literal;
use crate::op::CompareOp;

type Params = SmallVec<[Param; 4]>;

impl<'m> Scalar<'m> {
    pub(super) fn is_null(&self) -> Condition<'m> {
        if self.nullable { self.null(false) } else { Condition::Const(false) }
    }

    pub(super) fn is_not_null(&self) -> Condition<'m> {
        if self.nullable { self.null(true) } else { Condition::Const(true) }
    }

    fn null(&self, negated: bool) -> Condition<'m> {
        Condition::Null { expr: self.stored.clone(), negated }
    }

    /// S5.
    pub(super) fn present(&self) -> Condition<'m> {
        match self.ty {
            ColumnType::Text => Condition::is(format!("{} <> ''", self.compared)),
            _ => self.is_not_null(),
        }
    }

    /// The exact complement of [`Scalar::present`].
    pub(super) fn absent(&self) -> Condition<'m> {
        match self.ty {
            ColumnType::Text => Condition::or([Condition::is(format!("{} = ''", self.compared)), self.is_null()]),
            _ => self.is_null(),
        }
    }

    /// Whether the value is there and passes a comparison, `ne` not among them: that is the other side of `eq`. `negated`,
    /// whether it is there and does not pass. Neither is true of NULL.
    pub(super) fn compare(&self, op: CompareOp, literal: &Literal, dialect: Dialect, negated: bool) -> Condition<'m> {
        match (op, literal) {
            (CompareOp::Co | CompareOp::Sw | CompareOp::Ew, Literal::Text { text, .. }) => {
                self.part_of_text(op, text, dialect, negated)
            }
            _ => self.ordered(op, literal, dialect, negated),
        }
    }

    /// Every value passes, or none.
    fn every(&self, passes: bool) -> Condition<'m> {
        if passes { self.is_not_null() } else { Condition::Const(false) }
    }

    fn ordered(&self, op: CompareOp, literal: &Literal, dialect: Dialect, negated: bool) -> Condition<'m> {
        let compare = |expr: &Sql<'m>, op, param| Condition::Compare { expr: expr.clone(), op, param, ty: self.ty };
        match Fit::of(literal, self.ty, dialect).compare(op) {
            Comparison::Never => self.every(negated),
            Comparison::Always => self.every(!negated),
            Comparison::With(op, param) if negated => compare(&self.compared, complement(op), param),
            // The first finds the row by the column's own index, the second is exact.
            Comparison::With(CompareOp::Eq, param) if self.twice => {
                let found = compare(&self.stored, CompareOp::Eq, param.clone());
                Condition::and([found, compare(&self.compared, CompareOp::Eq, param)])
            }
            Comparison::With(op, param) => compare(&self.compared, op, param),
        }
    }

    /// Whether the value is there and one of several, or `negated`, none of them.
    pub(super) fn one_of(&self, literals: &[&Literal], dialect: Dialect, negated: bool) -> Condition<'m> {
        if let [literal] = literals {
            return self.ordered(CompareOp::Eq, literal, dialect, negated);
        }
        // Few are looked through faster than they are hashed.
        let mut seen = (literals.len() > 8).then(HashSet::new);
        let mut is_new = |at: usize, literal| match &mut seen {
            None => !literals[..at].contains(literal),
            Some(seen) => seen.insert(*literal),
        };
        let mut params = Params::with_capacity(literals.len());
        for (at, literal) in literals.iter().enumerate() {
            if is_new(at, literal)
                && let Fit::Exact(param) = Fit::of(literal, self.ty, dialect)
            {
                params.push(param);
            }
        }
        if params.is_empty() {
            return self.every(negated);
        }
        match self.twice && !negated {
            true => {
                let found = self.list(&self.stored, params.clone(), false, dialect);
                Condition::and([found, self.list(&self.compared, params, false, dialect)])
            }
            false => self.list(&self.compared, params, negated, dialect),
        }
    }

    fn list(&self, expr: &Sql<'m>, mut params: Params, negated: bool, dialect: Dialect) -> Condition<'m> {
        let (expr, ty) = (expr.clone(), self.ty);
        match dialect.has_lists().then(|| as_list(&mut params, ty)).flatten() {
            Some(list) => Condition::Any { expr, list, ty, negated },
            None => Condition::In { expr, params: params.into_vec(), ty, negated },
        }
    }

    fn part_of_text(&self, op: CompareOp, part: &str, dialect: Dialect, negated: bool) -> Condition<'m> {
        if part.is_empty() {
            return self.every(!negated);
        }
        if part.contains('\0') && !dialect.holds_nul() {
            return self.every(negated);
        }
        let like = |pattern| Condition::Is(dialect.like(&self.compared, pattern, negated));
        match op {
            CompareOp::Sw => self.prefix(&self.compared, part, negated),
            CompareOp::Ew => match &self.reversed {
                Some(reversed) => self.prefix(reversed, &part.chars().rev().collect::<String>(), negated),
                None if self.uses_trigrams(part) => like(format!("%{}", dialect.escaped_for_like(part))),
                None => Condition::Is(dialect.ends_with(&self.compared, part, negated)),
            },
            _ if self.uses_trigrams(part) => like(format!("%{}%", dialect.escaped_for_like(part))),
            _ => {
                let contains = dialect.contains(&self.compared, part);
                Condition::Is(if negated { Text::from("NOT (").with(contains).then(")") } else { contains })
            }
        }
    }

    /// An index of trigrams serves no shorter texts.
    fn uses_trigrams(&self, part: &str) -> bool {
        self.column.trigram && part.chars().count() >= 3
    }

    /// D4: from the prefix on, to the first text behind all that begin with it.
    fn prefix(&self, expr: &Sql<'m>, prefix: &str, negated: bool) -> Condition<'m> {
        let compare = |op, text: &str| {
            let op = if negated { complement(op) } else { op };
            Condition::Compare { expr: expr.clone(), op, param: Param::from(text), ty: self.ty }
        };
        let from = compare(CompareOp::Ge, prefix);
        match after_prefix(prefix, |_| true) {
            Some(end) if negated => Condition::or([from, compare(CompareOp::Lt, &end)]),
            Some(end) => Condition::and([from, compare(CompareOp::Lt, &end)]),
            None => from,
        }
    }
}

/// The operator that is true of a value where this one is not.
fn complement(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Eq | CompareOp::Co | CompareOp::Sw | CompareOp::Ew => CompareOp::Ne,
    }
}

/// The parameters as one, where there is a type for it; else they stay where they are.
fn as_list(params: &mut Params, ty: ColumnType) -> Option<Param> {
    let of_texts = matches!(ty, ColumnType::Text | ColumnType::TimestampText { .. });
    if of_texts && params.iter().all(|param| matches!(param, Param::Text(_))) {
        let mut texts = Vec::with_capacity(params.len());
        texts.extend(params.drain(..).filter_map(|param| match param {
            Param::Text(text) => Some(text),
            _ => None,
        }));
        return Some(Param::TextArray(texts));
    }
    let numbers = params.iter().map(|param| match param {
        Param::I64(number) => Some(*number),
        _ => None,
    });
    numbers.collect::<Option<_>>().map(Param::I64Array)
}
