//! Conditions in the making: constants folded, chains flat, parentheses only where they are needed.

use super::column::ColumnType;
use super::dialect::Dialect;
use super::fragment::Text;
use super::param::Param;
use super::place::Sql;
use crate::op::CompareOp;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition<'m> {
    Const(bool),
    /// Two or more.
    And(Vec<Condition<'m>>),
    /// Two or more.
    Or(Vec<Condition<'m>>),
    /// `expr op parameter`: what most conditions are, in parts, so that its text is written once.
    Compare {
        expr: Sql<'m>,
        op: CompareOp,
        param: Param,
        ty: ColumnType,
    },
    /// `expr = ANY(list)`, or negated `expr <> ALL(list)`.
    Any {
        expr: Sql<'m>,
        list: Param,
        ty: ColumnType,
        negated: bool,
    },
    /// `expr IN (..)`, or negated.
    In {
        expr: Sql<'m>,
        params: Vec<Param>,
        ty: ColumnType,
        negated: bool,
    },
    /// `expr IS NULL`, or negated.
    Null {
        expr: Sql<'m>,
        negated: bool,
    },
    /// In parentheses, whatever it is: a chain, or one condition.
    Group {
        terms: Vec<Condition<'m>>,
        and: bool,
    },
    /// It binds at least as tightly as a comparison.
    Is(Text),
}

impl<'m> Condition<'m> {
    pub(super) fn is(sql: impl Into<String>) -> Self {
        Condition::Is(Text::from(sql.into()))
    }

    /// In parentheses: a whole filter.
    pub(super) fn grouped(self) -> Self {
        match self {
            Condition::And(terms) => Condition::Group { terms, and: true },
            Condition::Or(terms) => Condition::Group { terms, and: false },
            one => Condition::Group { terms: vec![one], and: true },
        }
    }

    pub(super) fn and(terms: impl IntoIterator<Item = Self>) -> Self {
        Condition::join(terms, true)
    }

    pub(super) fn or(terms: impl IntoIterator<Item = Self>) -> Self {
        Condition::join(terms, false)
    }

    /// The same of a list that is made already, which is kept where nothing in it folds.
    pub(super) fn of_list(terms: Vec<Self>, and: bool) -> Self {
        let folds = |term: &Self| match term {
            Condition::Const(_) => true,
            Condition::And(_) => and,
            Condition::Or(_) => !and,
            _ => false,
        };
        match terms.len() >= 2 && !terms.iter().any(folds) {
            true if and => Condition::And(terms),
            true => Condition::Or(terms),
            false => Condition::join(terms, and),
        }
    }

    fn join(terms: impl IntoIterator<Item = Self>, neutral: bool) -> Self {
        // Often one term decides or is all that is left, and then there is no list.
        let mut joined = Condition::Const(neutral);
        for term in terms {
            joined = match (joined, term) {
                (joined, Condition::Const(value)) if value == neutral => joined,
                (_, Condition::Const(value)) => return Condition::Const(value),
                (Condition::Const(_), term) => term,
                (Condition::And(mut flat), term) if neutral => {
                    term.flatten(neutral, &mut flat);
                    Condition::And(flat)
                }
                (Condition::Or(mut flat), term) if !neutral => {
                    term.flatten(neutral, &mut flat);
                    Condition::Or(flat)
                }
                (first, term) => {
                    let mut flat = Vec::with_capacity(2);
                    flat.push(first);
                    term.flatten(neutral, &mut flat);
                    if neutral { Condition::And(flat) } else { Condition::Or(flat) }
                }
            };
        }
        joined
    }

    /// Adds what it is in a chain to the chain.
    fn flatten(self, and: bool, chain: &mut Vec<Condition<'m>>) {
        match self {
            Condition::And(inner) if and => chain.extend(inner),
            Condition::Or(inner) if !and => chain.extend(inner),
            other => chain.push(other),
        }
    }

    /// The text, in parentheses where it is a chain.
    fn write_closed(self, dialect: Dialect, text: &mut Text) {
        match self {
            Condition::Const(true) => text.push("(1 = 1)"),
            Condition::Const(false) => text.push("(1 = 0)"),
            Condition::And(_) | Condition::Or(_) => in_parentheses(text, |text| self.write(dialect, text)),
            // A constant has its own.
            Condition::Group { mut terms, .. } if matches!(terms[..], [Condition::Const(_)]) => {
                terms.remove(0).write_closed(dialect, text);
            }
            Condition::Group { terms, and } => {
                in_parentheses(text, |text| write_chain(terms, if and { " AND " } else { " OR " }, dialect, text));
            }
            Condition::Compare { expr, op, param, ty } => {
                text.push(&expr);
                text.push(sign(op));
                dialect.bind(param, ty, text);
            }
            Condition::Any { expr, list, ty, negated } => {
                text.push(&expr);
                text.push(if negated { " <> ALL(" } else { " = ANY(" });
                dialect.bind(list, ty, text);
                text.push(")");
            }
            Condition::In { expr, params, ty, negated } => {
                text.push(&expr);
                text.push(if negated { " NOT IN (" } else { " IN (" });
                for (at, param) in params.into_iter().enumerate() {
                    if at > 0 {
                        text.push(", ");
                    }
                    dialect.bind(param, ty, text);
                }
                text.push(")");
            }
            Condition::Null { expr, negated } => {
                text.push(&expr);
                text.push(if negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Condition::Is(own) => text.append(own),
        }
    }

    /// The text, as it may stand alone.
    pub(super) fn write(self, dialect: Dialect, text: &mut Text) {
        match self {
            Condition::And(terms) => write_chain(terms, " AND ", dialect, text),
            Condition::Or(terms) => write_chain(terms, " OR ", dialect, text),
            other => other.write_closed(dialect, text),
        }
    }

    /// The text by itself, as it may stand alone.
    pub(super) fn open(self, dialect: Dialect) -> Text {
        let mut text = Text::default();
        self.write(dialect, &mut text);
        text
    }
}

/// The sign of an operator, with the spaces around it. What has none is written in other ways.
pub(super) fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Gt => " > ",
        CompareOp::Ge => " >= ",
        CompareOp::Lt => " < ",
        CompareOp::Le => " <= ",
        CompareOp::Ne => " <> ",
        CompareOp::Eq | CompareOp::Co | CompareOp::Sw | CompareOp::Ew => " = ",
    }
}

fn in_parentheses(text: &mut Text, write: impl FnOnce(&mut Text)) {
    text.push("(");
    write(text);
    text.push(")");
}

/// A long chain is halved until its parts are short enough.
fn write_chain(mut terms: Vec<Condition<'_>>, word: &str, dialect: Dialect, text: &mut Text) {
    if terms.len() > dialect.longest_chain() {
        let rest = terms.split_off(terms.len() / 2);
        in_parentheses(text, |text| write_chain(terms, word, dialect, text));
        text.push(word);
        return in_parentheses(text, |text| write_chain(rest, word, dialect, text));
    }
    for (at, term) in terms.into_iter().enumerate() {
        if at > 0 {
            text.push(word);
        }
        term.write_closed(dialect, text);
    }
}
