//! The operators of RFC 7644 table 3, and sets of them. What an operator is, is data here, not a match elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An operator that compares with a value (`compareOp`, RFC 7644 figure 1). `pr` is not one: it has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // The names are the RFC's.
pub enum CompareOp {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

impl CompareOp {
    /// All of them, in the RFC's order.
    pub const ALL: [CompareOp; 9] = [
        CompareOp::Eq,
        CompareOp::Ne,
        CompareOp::Co,
        CompareOp::Sw,
        CompareOp::Ew,
        CompareOp::Gt,
        CompareOp::Ge,
        CompareOp::Lt,
        CompareOp::Le,
    ];

    /// The spelling in a filter, lower case.
    pub fn as_str(self) -> &'static str {
        Operator::Compare(self).as_str()
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Any attribute operator: one that compares, or `pr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `pr`.
    #[doc(alias = "pr")]
    Present,
    /// One that has a value.
    Compare(CompareOp),
}

impl Operator {
    /// All of them.
    pub const ALL: [Operator; 10] = {
        let mut all = [Operator::Present; 10];
        let mut at = 0;
        while at < CompareOp::ALL.len() {
            all[at] = Operator::Compare(CompareOp::ALL[at]);
            at += 1;
        }
        all
    };

    /// The spelling in a filter, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Operator::Present => "pr",
            Operator::Compare(CompareOp::Eq) => "eq",
            Operator::Compare(CompareOp::Ne) => "ne",
            Operator::Compare(CompareOp::Co) => "co",
            Operator::Compare(CompareOp::Sw) => "sw",
            Operator::Compare(CompareOp::Ew) => "ew",
            Operator::Compare(CompareOp::Gt) => "gt",
            Operator::Compare(CompareOp::Ge) => "ge",
            Operator::Compare(CompareOp::Lt) => "lt",
            Operator::Compare(CompareOp::Le) => "le",
        }
    }

    /// The operator that a word names, in any case (G1).
    pub fn from_word(word: &str) -> Option<Operator> {
        let [first, second] = *word.as_bytes() else { return None };
        Some(Operator::Compare(match [first.to_ascii_lowercase(), second.to_ascii_lowercase()] {
            [b'p', b'r'] => return Some(Operator::Present),
            [b'e', b'q'] => CompareOp::Eq,
            [b'n', b'e'] => CompareOp::Ne,
            [b'c', b'o'] => CompareOp::Co,
            [b's', b'w'] => CompareOp::Sw,
            [b'e', b'w'] => CompareOp::Ew,
            [b'g', b't'] => CompareOp::Gt,
            [b'g', b'e'] => CompareOp::Ge,
            [b'l', b't'] => CompareOp::Lt,
            [b'l', b'e'] => CompareOp::Le,
            _ => return None,
        }))
    }

    fn bit(self) -> u16 {
        match self {
            Operator::Present => 1 << 9,
            Operator::Compare(op) => 1 << (op as u16),
        }
    }
}

/// A set of operators, written as a list: `["eq", "pr"]` in JSON.
///
/// ```
/// use scim_query::{CompareOp, OperatorSet};
///
/// let set: OperatorSet = "eq ne pr".parse()?;
/// assert!(set.contains(CompareOp::Eq.into()) && !set.contains(CompareOp::Gt.into()));
/// assert_eq!(set.to_string(), "eq ne pr");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperatorSet(u16);

impl OperatorSet {
    /// No operator.
    pub const NONE: OperatorSet = OperatorSet(0);
    /// Every operator.
    pub const ALL: OperatorSet = OperatorSet((1 << 10) - 1);

    /// The set of these.
    pub fn of(operators: impl IntoIterator<Item = Operator>) -> OperatorSet {
        OperatorSet(operators.into_iter().fold(0, |set, op| set | op.bit()))
    }

    /// Whether it holds the operator.
    pub fn contains(self, op: Operator) -> bool {
        self.0 & op.bit() != 0
    }

    /// What both sets hold.
    pub fn and(self, other: OperatorSet) -> OperatorSet {
        OperatorSet(self.0 & other.0)
    }

    /// Its operators, in the RFC's order, `pr` last.
    pub fn iter(self) -> impl Iterator<Item = Operator> {
        Operator::ALL.into_iter().filter(move |op| self.contains(*op))
    }
}

impl From<CompareOp> for Operator {
    fn from(op: CompareOp) -> Operator {
        Operator::Compare(op)
    }
}

impl fmt::Display for OperatorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, op) in self.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { " " }, op.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for OperatorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperatorSet({self})")
    }
}

impl std::str::FromStr for OperatorSet {
    type Err = String;

    /// Words separated by spaces or commas.
    fn from_str(text: &str) -> Result<OperatorSet, String> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let operators: Result<Vec<Operator>, String> = words
            .map(|word| Operator::from_word(word).ok_or_else(|| format!("`{word}` is not an operator of SCIM")))
            .collect();
        Ok(OperatorSet::of(operators?))
    }
}

impl Serialize for OperatorSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Operator::as_str))
    }
}

impl<'de> Deserialize<'de> for OperatorSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<OperatorSet, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        words.join(" ").parse().map_err(serde::de::Error::custom)
    }
}
