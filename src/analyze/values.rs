//! Which values of one attribute an expression allows: sets over an ordered type, exact, closed under `and`, `or`, `not`.

use super::prefix::after_prefix;
use crate::check::{Expr, Literal, Target, Test};
use crate::decimal::Decimal;
use crate::instant::Instant;
use crate::op::CompareOp;
use crate::schema::{Attribute, Type};

/// A set of states of one attribute: unassigned, and values of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Values {
    kind: Kind,
    /// Whether having no value is in the set.
    pub(super) none: bool,
    /// The places in the order of values at which the set begins and ends, by turns: strictly ascending, an even number.
    cuts: Vec<Cut>,
}

/// The order that the values are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text { folded: bool },
    Number,
    Instant,
    Bool,
}

/// A least or greatest value, and whether it is in the set itself.
pub(crate) type Bound<'v> = (&'v Literal, bool);

/// A place between values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Start,
    Beside(Literal, Side),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Below,
    Above,
}

fn below(value: &Literal) -> Cut {
    Cut::Beside(value.clone(), Side::Below)
}

fn above(value: &Literal) -> Cut {
    Cut::Beside(value.clone(), Side::Above)
}

impl Kind {
    /// The kind of an attribute of simple values.
    pub(crate) fn of(attribute: &Attribute) -> Option<Kind> {
        match attribute.ty() {
            Type::String | Type::Reference | Type::Binary => Some(Kind::Text { folded: !attribute.is_case_exact() }),
            Type::Integer | Type::Decimal => Some(Kind::Number),
            Type::DateTime => Some(Kind::Instant),
            Type::Boolean => Some(Kind::Bool),
            Type::Complex => None,
        }
    }

    fn text(self, text: &str) -> Literal {
        Literal::Text { text: text.into(), folded: matches!(self, Kind::Text { folded: true }) }
    }

    /// The place before every value. The empty string is the least text.
    fn start(self) -> Cut {
        match self {
            Kind::Text { .. } => below(&self.text("")),
            Kind::Number | Kind::Instant | Kind::Bool => Cut::Start,
        }
    }
}

impl Values {
    fn of(kind: Kind, none: bool, from: Cut, to: Cut) -> Values {
        let from = if from == Cut::Start { kind.start() } else { from };
        Values { kind, none, cuts: if from < to { vec![from, to] } else { Vec::new() } }
    }

    pub(super) fn nothing(kind: Kind) -> Values {
        Values { kind, none: false, cuts: Vec::new() }
    }

    /// The states in which a test is true, if the attribute has at most one value; `None` for `co` and `ew`, which are no
    /// ranges.
    pub(crate) fn of_test(kind: Kind, test: &Test) -> Option<Values> {
        let range = |from, to| Some(Values::of(kind, false, from, to));
        match test {
            Test::Unassigned => Some(Values { none: true, ..Values::nothing(kind) }),
            Test::Present => match kind {
                Kind::Text { .. } => range(above(&kind.text("")), Cut::End),
                Kind::Number | Kind::Instant | Kind::Bool => range(Cut::Start, Cut::End),
            },
            // Two values: each is half of the order, so that both are all of it.
            Test::Compare(CompareOp::Eq, Literal::Bool(false)) => range(Cut::Start, below(&Literal::Bool(true))),
            Test::Compare(CompareOp::Eq, Literal::Bool(true)) => range(below(&Literal::Bool(true)), Cut::End),
            Test::Compare(CompareOp::Eq, value) => range(below(value), above(value)),
            Test::Compare(CompareOp::Ne, value) => {
                Values::of_test(kind, &Test::Compare(CompareOp::Eq, value.clone())).map(Values::complement)
            }
            Test::Compare(CompareOp::Gt, value) => range(above(value), Cut::End),
            Test::Compare(CompareOp::Ge, value) => range(below(value), Cut::End),
            Test::Compare(CompareOp::Lt, value) => range(Cut::Start, below(value)),
            Test::Compare(CompareOp::Le, value) => range(Cut::Start, above(value)),
            Test::Compare(CompareOp::Sw, Literal::Text { text, .. }) => {
                range(below(&kind.text(text)), prefix_end(kind, text))
            }
            Test::Compare(CompareOp::Co | CompareOp::Sw | CompareOp::Ew, _) => None,
        }
    }

    pub(super) fn complement(self) -> Values {
        let start = self.kind.start();
        let mut cuts = self.cuts;
        if cuts.first() == Some(&start) {
            cuts.remove(0);
        } else {
            cuts.insert(0, start);
        }
        if cuts.last() == Some(&Cut::End) {
            cuts.pop();
        } else {
            cuts.push(Cut::End);
        }
        Values { kind: self.kind, none: !self.none, cuts }
    }

    /// What is in any of the sets. Sorts their ranges once, so that a long list costs no more than its sorting.
    pub(crate) fn union(kind: Kind, sets: impl IntoIterator<Item = Values>) -> Values {
        let mut none = false;
        let mut ranges: Vec<(Cut, Cut)> = Vec::new();
        for set in sets {
            none |= set.none;
            let mut cuts = set.cuts.into_iter();
            while let (Some(from), Some(to)) = (cuts.next(), cuts.next()) {
                ranges.push((from, to));
            }
        }
        ranges.sort_unstable();
        let mut cuts: Vec<Cut> = Vec::with_capacity(ranges.len() * 2);
        for (from, to) in ranges {
            match cuts.last_mut() {
                Some(last) if *last >= from => {
                    if *last < to {
                        *last = to;
                    }
                }
                _ => cuts.extend([from, to]),
            }
        }
        Values { kind, none, cuts }
    }

    /// What is in all of the sets.
    pub(super) fn intersection(kind: Kind, sets: impl IntoIterator<Item = Values>) -> Values {
        Values::union(kind, sets.into_iter().map(Values::complement)).complement()
    }

    /// The same set of values of the type, with one form for each: integers, instants and strings have a next one, so that
    /// "above this one" is "from the next one on", and integers lie within i64 and u64 (S11).
    pub(super) fn rounded(&self, ty: Type) -> Values {
        let mut cuts: Vec<Cut> = Vec::with_capacity(self.cuts.len());
        for cut in &self.cuts {
            let cut = match cut {
                Cut::Beside(value, side) => rounded(value, *side, ty),
                other => other.clone(),
            };
            // Two cuts at one place: nothing lies between them, or nothing separates what they bound.
            if cuts.last() == Some(&cut) {
                cuts.pop();
            } else {
                cuts.push(cut);
            }
        }
        Values { kind: self.kind, none: self.none, cuts }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.none && self.cuts.is_empty()
    }

    pub(super) fn is_subset(&self, other: &Values) -> bool {
        Values::intersection(self.kind, [self.clone(), other.clone().complement()]).is_empty()
    }

    fn ranges(&self) -> impl Iterator<Item = (&Cut, &Cut)> {
        self.cuts.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
    }

    /// The values, if the set is a list of single ones and does not hold the state of having none.
    pub(crate) fn points(&self) -> Option<Vec<&Literal>> {
        if self.none {
            return None;
        }
        if self.kind == Kind::Bool {
            let of = |(from, to): (&Cut, &Cut)| match (from, to) {
                (Cut::Start, Cut::End) => &[false, true][..],
                (Cut::Start, _) => &[false],
                _ => &[true],
            };
            let values = self.ranges().flat_map(of);
            return Some(
                values.map(|value| if *value { &Literal::Bool(true) } else { &Literal::Bool(false) }).collect(),
            );
        }
        let point = |(from, to): (&'_ Cut, &'_ Cut)| matches!((from, to), (Cut::Beside(low, Side::Below), Cut::Beside(high, Side::Above)) if low == high);
        self.ranges().all(point).then(|| {
            let values = self.ranges().filter_map(|(from, _)| match from {
                Cut::Beside(value, _) => Some(value),
                Cut::Start | Cut::End => None,
            });
            values.collect()
        })
    }

    /// The set without the single values that `keep` refuses.
    pub(super) fn retain_points(&self, keep: impl Fn(&Literal) -> bool) -> Values {
        let mut kept = Values { cuts: Vec::new(), ..self.clone() };
        for (from, to) in self.ranges() {
            if !matches!(from, Cut::Beside(value, Side::Below) if !keep(value)) {
                kept.cuts.extend([from.clone(), to.clone()]);
            }
        }
        kept
    }

    /// The least and the greatest value, each with whether it is in the set; `None` without a bound on that side.
    pub(crate) fn bounds(&self) -> (Option<Bound<'_>>, Option<Bound<'_>>) {
        if self.kind == Kind::Bool {
            // No order that a filter could ask about (S12).
            return (None, None);
        }
        let low = match self.cuts.first() {
            Some(Cut::Beside(value, side)) => Some((value, *side == Side::Below)),
            _ => None,
        };
        let high = match self.cuts.last() {
            Some(Cut::Beside(value, side)) => Some((value, *side == Side::Above)),
            _ => None,
        };
        (low, high)
    }

    /// The expressions of the set, that with the fewest tests first: always the same ones for the same set.
    pub(super) fn exprs(&self, target: &Target) -> Vec<Expr> {
        let complement = self.clone().complement();
        if complement.is_empty() {
            return vec![Expr::Const(true)];
        }
        let mut exprs = vec![Expr::or(self.pieces(target)), Expr::or(complement.pieces(target)).not()];
        exprs.extend(self.without_points(target));
        exprs.sort_by_key(tests);
        exprs
    }

    /// A range and the single values that it lacks, as `ne`.
    fn without_points(&self, target: &Target) -> Option<Expr> {
        let first = self.cuts.first()?;
        let hull = Values { cuts: vec![first.clone(), self.cuts.last()?.clone()], ..self.clone() };
        let gaps = self.cuts.get(1..self.cuts.len() - 1)?.chunks_exact(2);
        let lacking = gaps.map(|gap| match gap {
            [Cut::Beside(low, Side::Below), Cut::Beside(high, Side::Above)] if low == high => {
                Some(Expr::Test(target.clone(), Test::Compare(CompareOp::Ne, low.clone())))
            }
            _ => None,
        });
        let lacking: Vec<Expr> = lacking.collect::<Option<_>>()?;
        let everything = hull.clone().complement().is_empty();
        let range = if everything { Expr::Const(true) } else { Expr::or(hull.pieces(target)) };
        // A range beside "or unassigned" would need brackets of its own, and is no shorter.
        (everything || !hull.none).then(|| Expr::and([range].into_iter().chain(lacking)))
    }

    /// The expression of "some value is in the set, or there is none and that is in it", for an attribute that may have
    /// several values. `None` where it takes two tests to say a range: two different values could pass them.
    pub(super) fn expr_of_many(&self, target: &Target) -> Option<Expr> {
        let complement = self.clone().complement();
        if complement.is_empty() {
            return Some(Expr::Const(true));
        }
        if let (true, [Expr::Test(_, Test::Compare(CompareOp::Eq, value))]) =
            (self.none, &complement.pieces(target)[..])
        {
            return Some(Expr::Test(target.clone(), Test::Compare(CompareOp::Ne, value.clone())));
        }
        let pieces = self.pieces(target);
        pieces.iter().all(|piece| !matches!(piece, Expr::And(_))).then(|| Expr::or(pieces))
    }

    /// One expression for each range, and one for having no value.
    fn pieces(&self, target: &Target) -> Vec<Expr> {
        let test = |test| Expr::Test(target.clone(), test);
        let compare = |op, value: &Literal| test(Test::Compare(op, value.clone()));
        let start = self.kind.start();
        let mut pieces = Vec::new();
        for (from, to) in self.ranges() {
            let at_start = *from == start;
            pieces.push(match (from, to) {
                // All values: not unassigned.
                (_, Cut::End) if at_start => test(Test::Unassigned).not(),
                (_, Cut::Beside(Literal::Bool(_), _)) if at_start => compare(CompareOp::Eq, &Literal::Bool(false)),
                (Cut::Beside(value @ Literal::Bool(_), _), _) => compare(CompareOp::Eq, value),
                (Cut::Beside(Literal::Text { text, .. }, Side::Above), Cut::End) if text.is_empty() => {
                    test(Test::Present)
                }
                (Cut::Beside(low, Side::Below), Cut::Beside(high, Side::Above)) if low == high => {
                    compare(CompareOp::Eq, low)
                }
                (Cut::Beside(low @ Literal::Text { text, .. }, Side::Below), to)
                    if !text.is_empty() && *to == prefix_end(self.kind, text) =>
                {
                    compare(CompareOp::Sw, low)
                }
                _ => {
                    let low = match from {
                        _ if at_start => None,
                        Cut::Beside(value, Side::Below) => Some(compare(CompareOp::Ge, value)),
                        Cut::Beside(value, Side::Above) => Some(compare(CompareOp::Gt, value)),
                        Cut::Start | Cut::End => None,
                    };
                    let high = match to {
                        Cut::Beside(value, Side::Below) => Some(compare(CompareOp::Lt, value)),
                        Cut::Beside(value, Side::Above) => Some(compare(CompareOp::Le, value)),
                        Cut::Start | Cut::End => None,
                    };
                    Expr::and(low.into_iter().chain(high))
                }
            });
        }
        if self.none {
            pieces.push(test(Test::Unassigned));
        }
        pieces
    }
}

fn rounded(value: &Literal, side: Side, ty: Type) -> Cut {
    match (value, side) {
        (Literal::Text { text, folded }, Side::Above) => {
            below(&Literal::Text { text: format!("{text}\0").into(), folded: *folded })
        }
        (Literal::Instant(instant), Side::Above) => {
            let (seconds, nanos) = match instant.nanos {
                999_999_999 => (instant.seconds + 1, 0),
                nanos => (instant.seconds, nanos + 1),
            };
            below(&Literal::Instant(Instant { seconds, nanos }))
        }
        (Literal::Number(number), side) if ty == Type::Integer => {
            let first = match number.floor() {
                // The first integer that is not below the cut.
                Some((floor, rest)) => floor + i128::from(rest || side == Side::Above),
                None if number.is_negative() => return Cut::Start,
                None => return Cut::End,
            };
            match first {
                first if first <= i128::from(i64::MIN) => Cut::Start,
                first if first > i128::from(u64::MAX) => Cut::End,
                first => below(&Literal::Number(Decimal::parse(&first.to_string()))),
            }
        }
        _ => Cut::Beside(value.clone(), side),
    }
}

/// The place behind every text that begins with the prefix. Among folded texts, one that is not folded stands for the next one
/// that is: a filter could not write it.
fn prefix_end(kind: Kind, prefix: &str) -> Cut {
    let folded = matches!(kind, Kind::Text { folded: true });
    let end = after_prefix(prefix, |next| !folded || crate::fold::fold_char(next) == next);
    end.map_or(Cut::End, |end| below(&kind.text(&end)))
}

/// How many tests an expression has.
pub(super) fn tests(expr: &Expr) -> usize {
    match expr {
        Expr::Const(_) => 0,
        Expr::And(terms) | Expr::Or(terms) => terms.iter().map(tests).sum(),
        Expr::Not(inner) | Expr::Any(_, inner) => tests(inner),
        Expr::Test(..) => 1,
    }
}
