//! Visiting and rebuilding: the one fold over the checked tree, and what is made of it.

use std::fmt;

use super::required::comp_value;
use crate::ast::{CompValue, Filter};
use crate::build::{FilterBuilder, attr};
use crate::check::{At, CheckedFilter, Expr, Target, Test};
use crate::error::{BindError, Error};
use crate::limits::Limits;
use crate::op::{CompareOp, Operator};
use crate::options::Options;
use crate::schema::{AttrId, Schema};

/// A node of a checked filter, as [`CheckedFilter::fold`] sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Every resource: a list request without a filter, or a filter that was simplified to that.
    Everything,
    /// No resource.
    Nothing,
    /// Two or more terms.
    And,
    /// Two or more terms.
    Or,
    /// One term.
    Not,
    /// One term, about one element of the attribute of this name.
    ValuePath(String),
    /// No term: a test of the attribute of this name. Inside brackets, the name begins behind that of the value path.
    Test(String, Operator, Option<CompValue<'static>>),
}

impl CheckedFilter {
    /// Folds the tree: `see` is called with each node and with what it made of the node's terms, terms first. The depth of
    /// the recursion is that of the filter, which its limits bound.
    ///
    /// ```
    /// use scim_query::{Filter, Schema, Step};
    ///
    /// let filter = Filter::parse(r#"userName eq "a" or not (title pr)"#)?.check(&Schema::user())?;
    /// let comparisons = filter.fold(&mut |step, terms: Vec<usize>| {
    ///     terms.into_iter().sum::<usize>() + usize::from(matches!(step, Step::Test(..)))
    /// });
    /// assert_eq!(comparisons, 2);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn fold<T>(&self, see: &mut impl FnMut(Step, Vec<T>) -> T) -> T {
        fold(self.expr(), self.schema(), None, see)
    }

    /// The filter as text is parsed to: so a proxy can send on what it has checked. `None` for a filter of everything or
    /// nothing, which no text says. Checking it again gives an equal filter.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::user();
    /// let checked = Filter::parse(r#"EMAILS co "Example""#)?.check(&schema)?;
    /// let filter = checked.to_filter().unwrap();
    /// assert_eq!(filter.to_query_value(), "emails.value%20co%20%22example%22");
    /// assert_eq!(filter.check(&schema)?, checked);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn to_filter(&self) -> Option<Filter<'static>> {
        if self.is_everything() || self.is_nothing() {
            return None;
        }
        let text = self.to_string();
        Filter::parse_with(&text, &any_size()).ok().map(Filter::into_owned)
    }

    /// The same filter with other names, for another schema: what a proxy does whose upstream calls things otherwise, in
    /// either direction. `name` gives the target's full name for a full name of this schema.
    ///
    /// # Errors
    /// An attribute that has no name in the target, one that differs there in type, case or number of values, so that the
    /// filter would mean something else, or an operator that the target does not have.
    ///
    /// ```
    /// use scim_query::{AttributeDef, Filter, Schema, Type};
    ///
    /// let upstream = Schema::builder("urn:example:2.0:Request")
    ///     .attribute(AttributeDef::new("id", Type::String))
    ///     .attribute(AttributeDef::new("state", Type::String).case_exact())
    ///     .build()?;
    /// let filter = Filter::parse(r#"status eq "PENDING""#)?.check(&Schema::access_requests())?;
    /// let mapped = filter.map_attributes(&upstream, |name| (name == "status").then(|| "state".into()))?;
    /// assert_eq!(mapped.to_string(), r#"state eq "PENDING""#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn map_attributes(
        &self,
        target: &Schema,
        name: impl Fn(&str) -> Option<String>,
    ) -> Result<CheckedFilter, MapError> {
        let mapper = Mapper { source: self.schema(), target, name: &name };
        match mapper.expr(self.expr(), None)? {
            Mapped::Const(value) => Ok(CheckedFilter::of(target, Expr::Const(value), Vec::new())),
            Mapped::Filter(builder) => {
                let options = any_size();
                let filter = builder.build().map_err(MapError::Refused)?;
                filter.check_with(target, &options).map_err(MapError::Refused)
            }
        }
    }
}

/// Names in other schemas may be longer, and a filter that was joined may have more comparisons than one text.
fn any_size() -> Options {
    let limits = Limits { text: usize::MAX, nesting: usize::MAX, comparisons: usize::MAX, ..Limits::DEFAULT };
    Options::default().with_limits(limits)
}

fn fold<T>(expr: &Expr, schema: &Schema, inside: Option<AttrId>, see: &mut impl FnMut(Step, Vec<T>) -> T) -> T {
    let name = |target: &Target| target.name(schema, inside).into_owned();
    let (step, terms) = match expr {
        Expr::Const(true) => (Step::Everything, Vec::new()),
        Expr::Const(false) => (Step::Nothing, Vec::new()),
        Expr::And(terms) => (Step::And, terms.iter().map(|term| fold(term, schema, inside, see)).collect()),
        Expr::Or(terms) => (Step::Or, terms.iter().map(|term| fold(term, schema, inside, see)).collect()),
        Expr::Not(inner) => match &**inner {
            Expr::Test(target, Test::Unassigned) => {
                (Step::Test(name(target), CompareOp::Ne.into(), Some(CompValue::Null)), Vec::new())
            }
            inner => (Step::Not, vec![fold(inner, schema, inside, see)]),
        },
        Expr::Any(target, inner) => {
            (Step::ValuePath(name(target)), vec![fold(inner, schema, target.attribute(None), see)])
        }
        Expr::Test(target, test) => {
            let (op, value) = operator_and_value(test);
            (Step::Test(name(target), op, value), Vec::new())
        }
    };
    see(step, terms)
}

pub(super) fn operator_and_value(test: &Test) -> (Operator, Option<CompValue<'static>>) {
    match test {
        Test::Present => (Operator::Present, None),
        Test::Unassigned => (CompareOp::Eq.into(), Some(CompValue::Null)),
        Test::Compare(op, literal) => ((*op).into(), Some(comp_value(literal))),
    }
}

/// Why a filter has no counterpart in another schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapError {
    /// The attribute of this name has no name there.
    NoName(String),
    /// The attribute differs there in type, case or number of values, or lies in other brackets.
    Differs(BindError),
    /// The target's schema refuses the filter.
    Refused(Error),
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MapError::NoName(name) => write!(f, "the attribute `{name}` has no name in the target"),
            MapError::Differs(error) => error.fmt(f),
            MapError::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MapError {}

enum Mapped {
    Const(bool),
    Filter(FilterBuilder),
}

struct Mapper<'m> {
    source: &'m Schema,
    target: &'m Schema,
    name: &'m dyn Fn(&str) -> Option<String>,
}

impl Mapper<'_> {
    /// `outer` is the attribute in whose brackets the expression stands, with its name in the target.
    fn expr(&self, expr: &Expr, outer: Option<(AttrId, &str)>) -> Result<Mapped, MapError> {
        let built = |mapped: Mapped| match mapped {
            Mapped::Filter(builder) => Some(builder),
            // Constants stand at the top only.
            Mapped::Const(_) => None,
        };
        Ok(Mapped::Filter(match expr {
            Expr::Const(value) => return Ok(Mapped::Const(*value)),
            Expr::And(terms) | Expr::Or(terms) => {
                let mut joined: Option<FilterBuilder> = None;
                for term in terms {
                    let Some(term) = built(self.expr(term, outer)?) else { continue };
                    joined = Some(match joined {
                        None => term,
                        Some(left) if matches!(expr, Expr::And(_)) => left.and(term),
                        Some(left) => left.or(term),
                    });
                }
                match joined {
                    Some(joined) => joined,
                    None => return Ok(Mapped::Const(matches!(expr, Expr::And(_)))),
                }
            }
            Expr::Not(inner) if matches!(**inner, Expr::Test(_, Test::Unassigned)) => {
                let Expr::Test(target, _) = &**inner else { return Ok(Mapped::Const(false)) };
                self.null_test(target, outer, CompareOp::Ne)?
            }
            Expr::Test(target, Test::Unassigned) => self.null_test(target, outer, CompareOp::Eq)?,
            Expr::Not(inner) => match self.expr(inner, outer)? {
                Mapped::Const(value) => return Ok(Mapped::Const(!value)),
                Mapped::Filter(inner) => inner.not(),
            },
            Expr::Any(target, inner) => {
                let name = self.name_of(target, None)?;
                let id = target.attribute(None);
                match self.expr(inner, id.map(|id| (id, name.as_str())))? {
                    Mapped::Const(value) => return Ok(Mapped::Const(value)),
                    Mapped::Filter(inner) => attr(name.as_str()).any(inner),
                }
            }
            Expr::Test(target, test) => {
                let attribute = attr(self.name_of(target, outer)?);
                match operator_and_value(test) {
                    (Operator::Compare(op), Some(value)) => attribute.compare(op, value),
                    _ => attribute.present(),
                }
            }
        }))
    }

    /// `eq null` or `ne null`, by the other one where the target has only that.
    fn null_test(
        &self,
        target: &Target,
        outer: Option<(AttrId, &str)>,
        op: CompareOp,
    ) -> Result<FilterBuilder, MapError> {
        let name = self.name_of(target, outer)?;
        let full = match outer {
            Some((_, outer)) => format!("{outer}.{name}"),
            None => name.clone(),
        };
        let operators = self.found(&full).map(|id| self.target.attribute(id).operators());
        let null = |op| attr(name.as_str()).compare(op, CompValue::Null);
        let other = if op == CompareOp::Eq { CompareOp::Ne } else { CompareOp::Eq };
        let lacks =
            operators.is_some_and(|operators| !operators.contains(op.into()) && operators.contains(other.into()));
        Ok(if lacks { null(other).not() } else { null(op) })
    }

    /// The attribute of a full name in the target.
    fn found(&self, name: &str) -> Option<AttrId> {
        let (uri, name) = match name.rsplit_once(':') {
            Some((uri, name)) => (Some(uri), name),
            None => (None, name),
        };
        self.target.find(uri, name)
    }

    /// The name in the target, relative to the brackets.
    fn name_of(&self, target: &Target, outer: Option<(AttrId, &str)>) -> Result<String, MapError> {
        if target.at == At::Element {
            return Ok("value".into());
        }
        let id = target.attribute(None);
        let full = match id {
            Some(id) => self.source.attribute(id).full_name().to_owned(),
            None => target.name(self.source, None).into_owned(),
        };
        let mapped = (self.name)(&full).ok_or_else(|| MapError::NoName(full.clone()))?;
        if let Some(id) = id {
            self.check_same(id, &mapped)?;
        }
        match outer {
            None => Ok(mapped),
            Some((_, outer)) => {
                let below = mapped.strip_prefix(outer).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
                let differs =
                    || BindError::new(format!("`{mapped}` is no part of `{outer}`, but `{full}` is asked about so"));
                below.ok_or_else(|| MapError::Differs(differs()))
            }
        }
    }

    /// A filter keeps its meaning only among attributes whose values are compared alike.
    fn check_same(&self, id: AttrId, mapped: &str) -> Result<(), MapError> {
        let differs = |what: &str| Err(MapError::Differs(BindError::new(format!("`{mapped}` {what}"))));
        if self.target.is_open() {
            return differs("has no declared type under the open schema");
        }
        // An unknown name is for the check to refuse, with its place.
        let Some(found) = self.found(mapped) else { return Ok(()) };
        let (from, to) = (self.source.attribute(id), self.target.attribute(found));
        let many = |schema: &Schema, id| schema.line(id).iter().any(|id| schema.attribute(*id).is_multi_valued());
        if from.ty() != to.ty() {
            return differs(&format!("is of type {}, not {}", to.ty(), from.ty()));
        }
        if from.is_case_exact() != to.is_case_exact() {
            return differs("differs in caseExact");
        }
        if many(self.source, id) != many(self.target, found) || from.is_assumed_false() != to.is_assumed_false() {
            return differs("differs in the number of its values");
        }
        Ok(())
    }
}
