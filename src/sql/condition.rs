//! Conditions in the making: constants folded, chains flat, parentheses only where they are needed.

use super::dialect::Dialect;
use super::fragment::Text;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Const(bool),
    /// Two or more.
    And(Vec<Condition>),
    /// Two or more.
    Or(Vec<Condition>),
    /// It binds at least as tightly as a comparison.
    Is(Text),
}

impl Condition {
    pub(super) fn is(sql: impl Into<String>) -> Condition {
        Condition::Is(Text::from(sql.into()))
    }

    pub(super) fn and(terms: impl IntoIterator<Item = Condition>) -> Condition {
        Condition::join(terms, true)
    }

    pub(super) fn or(terms: impl IntoIterator<Item = Condition>) -> Condition {
        Condition::join(terms, false)
    }

    fn join(terms: impl IntoIterator<Item = Condition>, neutral: bool) -> Condition {
        let mut flat = Vec::new();
        for term in terms {
            match term {
                Condition::Const(value) if value == neutral => {}
                Condition::Const(value) => return Condition::Const(value),
                Condition::And(inner) if neutral => flat.extend(inner),
                Condition::Or(inner) if !neutral => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match (flat.len(), neutral) {
            (0, _) => Condition::Const(neutral),
            (1, _) => flat.remove(0),
            (_, true) => Condition::And(flat),
            (_, false) => Condition::Or(flat),
        }
    }

    /// The text, in parentheses where it is a chain.
    pub(super) fn closed(self, dialect: Dialect) -> Text {
        match self {
            Condition::Const(true) => "(1 = 1)".into(),
            Condition::Const(false) => "(1 = 0)".into(),
            Condition::Is(text) => text,
            chain => chain.open(dialect).in_parentheses(),
        }
    }

    /// The text, as it may stand alone.
    pub(super) fn open(self, dialect: Dialect) -> Text {
        match self {
            Condition::And(terms) => chain(terms, " AND ", dialect),
            Condition::Or(terms) => chain(terms, " OR ", dialect),
            other => other.closed(dialect),
        }
    }
}

/// A long chain is halved until its parts are short enough.
fn chain(mut terms: Vec<Condition>, word: &str, dialect: Dialect) -> Text {
    if terms.len() > dialect.longest_chain() {
        let rest = terms.split_off(terms.len() / 2);
        let halves = [terms, rest].map(|half| chain(half, word, dialect).in_parentheses());
        let [first, second] = halves;
        return first.then(word).with(second);
    }
    let mut text = Text::default();
    for (at, term) in terms.into_iter().enumerate() {
        if at > 0 {
            text.push(word);
        }
        text.append(term.closed(dialect));
    }
    text
}
