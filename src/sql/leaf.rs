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

/// A test of an assigned value, both ways. Neither is true of NULL.
pub(super) struct Tested<'m> {
    pub(super) yes: Condition<'m>,
    pub(super) no: Condition<'m>,
}

/// Which way a test is needed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    Yes,
    No,
    Both,
}

/// What is not wanted is not looked at.
const UNWANTED: Condition<'static> = Condition::Const(false);

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

    /// A comparison with `ne` not among them: that is the other side of `eq`.
    pub(super) fn compare(&self, op: CompareOp, literal: &Literal, dialect: Dialect, wanted: Wanted) -> Tested<'m> {
        match (op, literal) {
            (CompareOp::Co | CompareOp::Sw | CompareOp::Ew, Literal::Text { text, .. }) => {
                self.part_of_text(op, text, dialect)
            }
            _ => self.ordered(op, literal, dialect, wanted),
        }
    }

    fn never(&self) -> Tested<'m> {
        Tested { yes: Condition::Const(false), no: self.is_not_null() }
    }

    fn always(&self) -> Tested<'m> {
        Tested { yes: self.is_not_null(), no: Condition::Const(false) }
    }

    fn ordered(&self, op: CompareOp, literal: &Literal, dialect: Dialect, wanted: Wanted) -> Tested<'m> {
        match Fit::of(literal, self.ty, dialect).compare(op) {
            Comparison::Never => self.never(),
            Comparison::Always => self.always(),
            Comparison::With(op, param) => {
                let compare =
                    |expr: &Sql<'m>, op, param| Condition::Compare { expr: expr.clone(), op, param, ty: self.ty };
                if wanted == Wanted::No {
                    return Tested { yes: UNWANTED, no: compare(&self.compared, complement(op), param) };
                }
                let no = match wanted {
                    Wanted::Yes => UNWANTED,
                    _ => compare(&self.compared, complement(op), param.clone()),
                };
                let yes = match (op, self.twice) {
                    // The first finds the row by the column's own index, the second is exact.
                    (CompareOp::Eq, true) => {
                        let found = compare(&self.stored, op, param.clone());
                        Condition::and([found, compare(&self.compared, op, param)])
                    }
                    _ => compare(&self.compared, op, param),
                };
                Tested { yes, no }
            }
        }
    }

    /// Whether the value is one of several.
    pub(super) fn one_of(&self, literals: &[&Literal], dialect: Dialect, wanted: Wanted) -> Tested<'m> {
        if let [literal] = literals {
            return self.ordered(CompareOp::Eq, literal, dialect, wanted);
        }
        let mut seen = HashSet::new();
        let mut is_new = |at: usize, literal| match literals.len() {
            // Few are looked through faster than they are hashed.
            0..=8 => !literals[..at].contains(literal),
            _ => seen.insert(*literal),
        };
        let once = literals.iter().enumerate().filter(|(at, literal)| is_new(*at, literal)).map(|(_, literal)| literal);
        let exact = |literal: &&Literal| match Fit::of(literal, self.ty, dialect) {
            Fit::Exact(param) => Some(param),
            _ => None,
        };
        let mut params = Params::with_capacity(literals.len());
        params.extend(once.filter_map(exact));
        if params.is_empty() {
            return self.never();
        }
        let list = |expr, params, negated| self.list(expr, params, negated, dialect);
        if wanted == Wanted::No {
            return Tested { yes: UNWANTED, no: list(&self.compared, params, true) };
        }
        let no = match wanted {
            Wanted::Yes => UNWANTED,
            _ => list(&self.compared, params.clone(), true),
        };
        let yes = match self.twice {
            true => Condition::and([list(&self.stored, params.clone(), false), list(&self.compared, params, false)]),
            false => list(&self.compared, params, false),
        };
        Tested { yes, no }
    }

    fn list(&self, expr: &Sql<'m>, mut params: Params, negated: bool, dialect: Dialect) -> Condition<'m> {
        let (expr, ty) = (expr.clone(), self.ty);
        match dialect.has_lists().then(|| as_list(&mut params, ty)).flatten() {
            Some(list) => Condition::Any { expr, list, ty, negated },
            None => Condition::In { expr, params: params.into_vec(), ty, negated },
        }
    }

    fn part_of_text(&self, op: CompareOp, part: &str, dialect: Dialect) -> Tested<'m> {
        if part.is_empty() {
            return self.always();
        }
        if part.contains('\0') && !dialect.holds_nul() {
            return self.never();
        }
        match op {
            CompareOp::Sw => self.prefix(&self.compared, part),
            CompareOp::Ew => match &self.reversed {
                Some(reversed) => self.prefix(reversed, &part.chars().rev().collect::<String>()),
                None if self.uses_trigrams(part) => self.like(format!("%{}", dialect.escaped_for_like(part)), dialect),
                None => Tested {
                    yes: Condition::Is(dialect.ends_with(&self.compared, part, false)),
                    no: Condition::Is(dialect.ends_with(&self.compared, part, true)),
                },
            },
            _ if self.uses_trigrams(part) => self.like(format!("%{}%", dialect.escaped_for_like(part)), dialect),
            _ => {
                let contains = dialect.contains(&self.compared, part);
                let no = Text::from("NOT (").with(contains.clone()).then(")");
                Tested { yes: Condition::Is(contains), no: Condition::Is(no) }
            }
        }
    }

    /// An index of trigrams serves no shorter texts.
    fn uses_trigrams(&self, part: &str) -> bool {
        self.column.trigram && part.chars().count() >= 3
    }

    fn like(&self, pattern: String, dialect: Dialect) -> Tested<'m> {
        Tested {
            yes: Condition::Is(dialect.like(&self.compared, pattern.clone(), false)),
            no: Condition::Is(dialect.like(&self.compared, pattern, true)),
        }
    }

    /// D4: from the prefix on, to the first text behind all that begin with it.
    fn prefix(&self, expr: &Sql<'m>, prefix: &str) -> Tested<'m> {
        let compare =
            |op, text: &str| Condition::Compare { expr: expr.clone(), op, param: Param::from(text), ty: self.ty };
        match after_prefix(prefix, |_| true) {
            Some(end) => Tested {
                yes: Condition::and([compare(CompareOp::Ge, prefix), compare(CompareOp::Lt, &end)]),
                no: Condition::or([compare(CompareOp::Lt, prefix), compare(CompareOp::Ge, &end)]),
            },
            None => Tested { yes: compare(CompareOp::Ge, prefix), no: compare(CompareOp::Lt, prefix) },
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
