//! The checked tree. Every oddity of SCIM is settled before it: what is left are values, tests, and logic of two values.
//! It is made only by the constructors below, so it is always flat, without constants inside and without double `not`.

use std::borrow::Cow;
use std::fmt;

use smol_str::SmolStr;

use crate::ast::write_json_string;
use crate::decimal::Decimal;
use crate::instant::Instant;
use crate::op::CompareOp;
use crate::schema::{AttrId, Line, Schema};
use crate::span::Place;

/// An expression that is true or false for every resource (S1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Expr {
    Const(bool),
    /// Two or more terms, none of them an `And` or a constant.
    And(Vec<Expr>),
    /// Two or more terms, none of them an `Or` or a constant.
    Or(Vec<Expr>),
    /// Of neither a constant nor a `Not`.
    Not(Box<Expr>),
    /// A test of the values at a place.
    Test(Target, Test),
    /// One assigned element at the place satisfies the expression by itself (S7).
    Any(Target, Box<Expr>),
}

/// Where the values of a test lie, from the resource, or inside `Any` from the element, down.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) at: At,
    /// Where the filter names it, for refusals of later steps.
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum At {
    /// An attribute, and before it those that it is a part of.
    Declared(Line),
    /// Keys of any JSON (S18): a schema URI as the first key, if there is one, then the names.
    Open { uri: Option<Box<str>>, names: Box<[Box<str>]> },
    /// The element itself: `value` inside the brackets of a simple attribute (S7).
    Element,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Test {
    /// Some value is not empty (S5).
    Present,
    /// There is no value (S6).
    Unassigned,
    /// Some value satisfies the comparison (S3); for `ne`, or there is no value (S4).
    Compare(CompareOp, Literal),
}

/// The right side of a comparison, of the attribute's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Literal {
    /// With `folded`, the text is folded and so are the values (S9). What is compiled from it has the same text, not a copy, where it is long.
    Text {
        text: SmolStr,
        folded: bool,
    },
    Instant(Instant),
    Number(Decimal),
    Bool(bool),
}

impl Expr {
    pub(crate) fn and(terms: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::join(terms, true)
    }

    pub(crate) fn or(terms: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::join(terms, false)
    }

    /// `neutral` adds nothing and the other constant decides: true for `and`, false for `or`.
    fn join(terms: impl IntoIterator<Item = Expr>, neutral: bool) -> Expr {
        let terms = terms.into_iter();
        let mut flat = Vec::with_capacity(terms.size_hint().0);
        for term in terms {
            match term {
                Expr::Const(value) if value == neutral => {}
                Expr::Const(value) => return Expr::Const(value),
                Expr::And(inner) if neutral => flat.extend(inner),
                Expr::Or(inner) if !neutral => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match (flat.len(), neutral) {
            (0, _) => Expr::Const(neutral),
            (1, _) => flat.remove(0),
            (_, true) => Expr::And(flat),
            (_, false) => Expr::Or(flat),
        }
    }

    #[allow(clippy::should_implement_trait)] // It stands beside `and` and `or`.
    pub(crate) fn not(self) -> Expr {
        match self {
            Expr::Const(value) => Expr::Const(!value),
            Expr::Not(inner) => *inner,
            other => Expr::Not(Box::new(other)),
        }
    }

    /// How many parentheses and brackets are open at once in its text.
    pub(crate) fn nesting(&self) -> usize {
        self.nesting_in(Around::Nothing)
    }

    fn nesting_in(&self, around: Around) -> usize {
        match self {
            Expr::Const(_) => 0,
            // `x ne null` may have to be written with a `not`.
            Expr::Test(_, Test::Unassigned) => 1,
            Expr::Test(..) => 0,
            Expr::And(terms) => terms.iter().map(|term| term.nesting_in(Around::And)).max().unwrap_or(0),
            Expr::Or(terms) => {
                let deepest = terms.iter().map(|term| term.nesting_in(Around::Nothing)).max().unwrap_or(0);
                deepest + usize::from(around == Around::And)
            }
            Expr::Not(inner) | Expr::Any(_, inner) => 1 + inner.nesting_in(Around::Nothing),
        }
    }

    /// Calls `see` for the target of each test and value path, with the attributes that it lies in.
    pub(crate) fn each_target<'e>(&'e self, see: &mut impl FnMut(Option<&'e Target>, &'e Target)) {
        self.targets(None, see);
    }

    fn targets<'e>(&'e self, inside: Option<&'e Target>, see: &mut impl FnMut(Option<&'e Target>, &'e Target)) {
        match self {
            Expr::Const(_) => {}
            Expr::And(terms) | Expr::Or(terms) => terms.iter().for_each(|term| term.targets(inside, see)),
            Expr::Not(inner) => inner.targets(inside, see),
            Expr::Test(target, _) => see(inside, target),
            Expr::Any(target, inner) => {
                see(inside, target);
                inner.targets(Some(target), see);
            }
        }
    }

    /// The canonical text: full names, literals in one spelling each. Equal trees have equal texts.
    pub(crate) fn write(&self, schema: &Schema, f: &mut dyn fmt::Write) -> fmt::Result {
        Printer { schema, inside: None, redacted: false }.expr(self, f, Around::Nothing)
    }

    /// The same with `?` for every literal.
    pub(crate) fn write_redacted(&self, schema: &Schema, f: &mut dyn fmt::Write) -> fmt::Result {
        Printer { schema, inside: None, redacted: true }.expr(self, f, Around::Nothing)
    }
}

/// What stands around an expression, for its parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Nothing,
    And,
}

struct Printer<'s> {
    schema: &'s Schema,
    /// The attribute in whose brackets this stands.
    inside: Option<AttrId>,
    redacted: bool,
}

impl Printer<'_> {
    fn expr(&self, expr: &Expr, f: &mut dyn fmt::Write, around: Around) -> fmt::Result {
        match expr {
            Expr::Const(true) => f.write_str("(everything)"),
            Expr::Const(false) => f.write_str("(nothing)"),
            Expr::And(terms) => self.terms(terms, " and ", Around::And, f),
            Expr::Or(terms) if around == Around::And => {
                f.write_str("(")?;
                self.terms(terms, " or ", Around::Nothing, f)?;
                f.write_str(")")
            }
            Expr::Or(terms) => self.terms(terms, " or ", Around::Nothing, f),
            // `ne null` has a spelling of its own, where the schema lets a filter write it.
            Expr::Not(inner) => match &**inner {
                Expr::Test(target, Test::Unassigned) if self.allows(target, CompareOp::Ne) => {
                    self.target(target, f)?;
                    f.write_str(" ne null")
                }
                inner => {
                    f.write_str("not (")?;
                    self.expr(inner, f, Around::Nothing)?;
                    f.write_str(")")
                }
            },
            Expr::Test(target, Test::Unassigned) if !self.allows(target, CompareOp::Eq) => {
                f.write_str("not (")?;
                self.target(target, f)?;
                f.write_str(" ne null)")
            }
            Expr::Test(target, test) => {
                self.target(target, f)?;
                match test {
                    Test::Present => f.write_str(" pr"),
                    Test::Unassigned => f.write_str(" eq null"),
                    Test::Compare(op, literal) => {
                        write!(f, " {op} ")?;
                        if self.redacted { f.write_str("?") } else { literal.write(f) }
                    }
                }
            }
            Expr::Any(target, inner) => {
                self.target(target, f)?;
                f.write_str("[")?;
                Printer { inside: target.attribute(None), ..*self }.expr(inner, f, Around::Nothing)?;
                f.write_str("]")
            }
        }
    }

    fn terms(&self, terms: &[Expr], word: &str, around: Around, f: &mut dyn fmt::Write) -> fmt::Result {
        for (at, term) in terms.iter().enumerate() {
            if at > 0 {
                f.write_str(word)?;
            }
            self.expr(term, f, around)?;
        }
        Ok(())
    }

    /// Whether a filter may use the operator there.
    fn allows(&self, target: &Target, op: CompareOp) -> bool {
        let id = target.attribute(self.inside);
        id.is_none_or(|id| self.schema.attribute(id).operators().contains(op.into()))
    }

    fn target(&self, target: &Target, f: &mut dyn fmt::Write) -> fmt::Result {
        f.write_str(&target.name(self.schema, self.inside))
    }
}

impl At {
    /// The name as a filter writes it; `inside` is the attribute in whose brackets it stands, where names begin below it.
    pub(crate) fn name<'s>(&self, schema: &'s Schema, inside: Option<AttrId>) -> Cow<'s, str> {
        match self {
            At::Element => "value".into(),
            At::Declared(line) => {
                let full = line.last().map_or("", |id| schema.attribute(*id).full_name());
                let outer = inside.map_or(0, |id| schema.attribute(id).full_name().len() + 1);
                full.get(outer..).unwrap_or(full).into()
            }
            At::Open { uri, names } => {
                let uri = uri.as_deref().map(|uri| format!("{uri}:")).unwrap_or_default();
                format!("{uri}{}", names.join(".")).into()
            }
        }
    }
}

impl Target {
    /// [`At::name`].
    pub(crate) fn name<'s>(&self, schema: &'s Schema, inside: Option<AttrId>) -> Cow<'s, str> {
        self.at.name(schema, inside)
    }

    /// The attribute that it ends in; `inside` is the one in whose brackets it stands.
    pub(crate) fn attribute(&self, inside: Option<AttrId>) -> Option<AttrId> {
        match &self.at {
            At::Declared(line) => line.last().copied(),
            At::Element => inside,
            At::Open { .. } => None,
        }
    }
}

impl Literal {
    fn write(&self, f: &mut dyn fmt::Write) -> fmt::Result {
        struct Sink<'f>(&'f mut dyn fmt::Write);
        impl fmt::Write for Sink<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.write_str(text)
            }
        }
        match self {
            Literal::Text { text, .. } => write_json_string(&mut Sink(f), text),
            Literal::Instant(instant) => write!(f, "\"{instant}\""),
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Bool(value) => write!(f, "{value}"),
        }
    }
}
