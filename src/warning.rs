//! What is accepted but worth telling: quirks used, advice.

use std::fmt;

use crate::error::Name;
use crate::quirks::Quirk;
use crate::span::Span;

/// Why something accepted is worth a word.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
    /// A lenient reading was used.
    Quirk(Quirk),
    /// `ne` over a multi-valued attribute is true when *any* value differs (S4): `not (x eq v)` says "none equals".
    AnyValueDiffers,
    /// The literal is none of the attribute's `canonicalValues`, so it may match nothing (S14). These are listed.
    ValueNotCanonical(Box<[Box<str>]>),
    /// `sortOrder` without `sortBy` has no effect (O1).
    SortOrderUnused,
    /// A parameter that this kind of list request does not have, in another case or spelling of one that it has. It has
    /// no place in a parameter's text.
    ParameterLooksLike {
        /// The parameter.
        name: Name,
        /// The one that it looks like.
        meant: &'static str,
    },
}

/// Something accepted but worth telling, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    span: Span,
}

impl Warning {
    pub(crate) fn new(kind: WarningKind, span: Span) -> Warning {
        Warning { kind, span }
    }

    /// Why.
    pub fn kind(&self) -> &WarningKind {
        &self.kind
    }

    /// Where, in the decoded text of the parameter.
    pub fn span(&self) -> Span {
        self.span
    }

    /// A stable name of the kind: the quirk's id, or a word.
    pub fn code(&self) -> &'static str {
        match self.kind {
            WarningKind::Quirk(quirk) => match quirk {
                Quirk::Q1 => "Q1",
                Quirk::Q2 => "Q2",
                Quirk::Q3 => "Q3",
                Quirk::Q4 => "Q4",
                Quirk::Q5 => "Q5",
                Quirk::Q6 => "Q6",
                Quirk::Q7 => "Q7",
                Quirk::Q8 => "Q8",
                Quirk::Q9 => "Q9",
                Quirk::Q10 => "Q10",
            },
            WarningKind::AnyValueDiffers => "any_value_differs",
            WarningKind::ValueNotCanonical(_) => "value_not_canonical",
            WarningKind::SortOrderUnused => "sort_order_unused",
            WarningKind::ParameterLooksLike { .. } => "parameter_looks_like",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            WarningKind::Quirk(quirk) => write!(f, "{} ({quirk})", quirk.describe())?,
            WarningKind::AnyValueDiffers => {
                f.write_str("`ne` is true when any value differs; `not (.. eq ..)` says that none equals")?;
            }
            WarningKind::ValueNotCanonical(listed) => {
                f.write_str("the value is not among the listed ones:")?;
                listed.iter().try_for_each(|value| write!(f, " {value}"))?;
            }
            WarningKind::SortOrderUnused => f.write_str("`sortOrder` has no effect without `sortBy`")?,
            WarningKind::ParameterLooksLike { name, meant } => {
                return write!(f, "the unknown parameter{name} has no effect, did you mean `{meant}`?");
            }
        }
        write!(f, " at {}", self.span)
    }
}
