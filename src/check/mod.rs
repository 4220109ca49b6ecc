//! A filter and a schema to a `CheckedFilter`: names become attributes, values get types, every refusal has its place.

mod checker;
mod expr;
mod literal;
mod path;
mod resolve;
mod scope;
mod verify;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

pub(crate) use checker::MOST_ERRORS;
pub(crate) use expr::{At, Expr, Literal, Target, Test};
pub use path::{CheckedPath, PathTarget};
pub(crate) use resolve::{Purpose, Resolver};

use crate::ast::Filter;
use crate::error::{BindError, Error};
use crate::limits::Limits;
use crate::options::{Options, STRICT};
use crate::schema::{AttrId, Schema};
use crate::warning::Warning;
use checker::Checker;
use scope::Scope;

/// A filter that fits its schema: owned, `Send + Sync`, cheap to clone, to keep and to compare. Two checked filters are
/// equal, and hash alike, when they mean the same by the same steps, whatever their spelling was.
///
/// ```
/// use scim_query::{Filter, Schema};
///
/// let schema = Schema::user();
/// let filter = Filter::parse(r#"USERNAME Eq "BJensen" and not (title pr)"#)?.check(&schema)?;
/// assert!(filter.matches(&serde_json::json!({"userName": "bjensen", "title": ""})));
/// assert_eq!(filter, Filter::parse(r#"userName eq "bjensen" and not(title pr)"#)?.check(&schema)?);
/// assert_eq!(filter.attributes(), ["title", "userName"]);
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct CheckedFilter(Arc<Checked>);

struct Checked {
    schema: Schema,
    expr: Expr,
    warnings: Vec<Warning>,
    /// The text that the places are in; a filter that was made from others has none.
    text: Option<Box<str>>,
    /// What later steps made of the filter to run it.
    prepared: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl CheckedFilter {
    /// The filter of a list request without one: every resource (G10).
    pub fn all(schema: &Schema) -> CheckedFilter {
        CheckedFilter::of(schema, Expr::Const(true), Vec::new())
    }

    pub(crate) fn of(schema: &Schema, expr: Expr, warnings: Vec<Warning>) -> CheckedFilter {
        CheckedFilter(Arc::new(Checked {
            schema: schema.clone(),
            expr,
            warnings,
            text: None,
            prepared: OnceLock::new(),
        }))
    }

    /// What a later step prepares from the filter: made once, and shared by its clones. There is one such step; `None` if
    /// another one had been here first.
    pub(crate) fn prepared<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.prepared.get_or_init(|| Arc::new(make())).downcast_ref()
    }

    /// The same, to be kept.
    pub(crate) fn prepared_to_keep<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<Arc<T>> {
        self.0.prepared.get_or_init(|| Arc::new(make())).clone().downcast().ok()
    }

    /// The text that the places of its targets are in, if it is of one text.
    pub(crate) fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The schema that it was checked against.
    pub fn schema(&self) -> &Schema {
        &self.0.schema
    }

    /// Advice, values that the schema does not list, quirks that were used: in the order of the text.
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    /// The full names of the attributes that it asks about, sorted, each once.
    pub fn attributes(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.expr().each_target(&mut |inside, target| match &target.at {
            At::Declared(line) => {
                names.extend(line.last().map(|id| self.schema().attribute(*id).full_name().to_owned()));
            }
            At::Open { uri, names: keys } => {
                let outer = match inside.map(|outer| &outer.at) {
                    Some(At::Open { names, .. }) => format!("{}.", names.join(".")),
                    _ => String::new(),
                };
                let uri = uri.as_deref().map(|uri| format!("{uri}:")).unwrap_or_default();
                names.push(format!("{uri}{outer}{}", keys.join(".")));
            }
            At::Element => {}
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The canonical text with `?` for every value: for logs, whether they print it by `{}` or by `{:?}`.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = Filter::parse(r#"emails co "bjensen" and active eq true"#)?.check(&Schema::user())?;
    /// assert_eq!(format!("{:?}", filter.redacted()), "emails.value co ? and active eq ?");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn redacted(&self) -> impl fmt::Display + fmt::Debug + '_ {
        Redacted(self)
    }

    /// Whether it asks about the attribute or one that the attribute is a part of.
    pub fn uses(&self, attribute: AttrId) -> bool {
        let mut uses = false;
        self.expr().each_target(&mut |_, target| {
            uses |= matches!(&target.at, At::Declared(line) if line.contains(&attribute));
        });
        uses
    }

    /// Both. Filters of one schema only.
    ///
    /// # Errors
    /// Filters of different schemas, or nesting deeper than [`Limits::MAX_NESTING`].
    ///
    /// ```
    /// use scim_query::{Filter, Schema, attr};
    ///
    /// let schema = Schema::user();
    /// let asked = Filter::parse(r#"userName sw "b" or title pr"#)?.check(&schema)?;
    /// let policy = attr("active").eq(true).build()?.check(&schema)?;
    /// let scoped = asked.and_with(&policy)?;
    /// assert_eq!(scoped.to_string(), r#"(userName sw "b" or title pr) and active eq true"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn and_with(&self, other: &CheckedFilter) -> Result<CheckedFilter, BindError> {
        self.joined(other, |left, right| Expr::and([left, right]))
    }

    /// Either. Filters of one schema only.
    ///
    /// # Errors
    /// As [`CheckedFilter::and_with`].
    pub fn or_with(&self, other: &CheckedFilter) -> Result<CheckedFilter, BindError> {
        self.joined(other, |left, right| Expr::or([left, right]))
    }

    /// The opposite: true for exactly the resources for which this one is false (S1).
    ///
    /// # Errors
    /// Nesting deeper than [`Limits::MAX_NESTING`].
    pub fn negate(&self) -> Result<CheckedFilter, BindError> {
        self.bounded(self.expr().clone().not())
    }

    fn joined(&self, other: &CheckedFilter, join: fn(Expr, Expr) -> Expr) -> Result<CheckedFilter, BindError> {
        if self.schema() != other.schema() {
            return Err(BindError::new("filters of different schemas cannot be joined"));
        }
        self.bounded(join(self.expr().clone(), other.expr().clone()))
    }

    /// What was worth telling stays with the filters that it was told of: its places are in their texts.
    fn bounded(&self, expr: Expr) -> Result<CheckedFilter, BindError> {
        if expr.nesting() > Limits::MAX_NESTING {
            return Err(BindError::new(format!("the filter would be nested deeper than {}", Limits::MAX_NESTING)));
        }
        Ok(CheckedFilter::of(self.schema(), expr, Vec::new()))
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.0.expr
    }
}

impl PartialEq for CheckedFilter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.expr() == other.expr() && self.schema() == other.schema())
    }
}

impl Eq for CheckedFilter {}

impl std::hash::Hash for CheckedFilter {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.schema().id().hash(state);
        self.expr().hash(state);
    }
}

/// The canonical text: full names, one spelling for each literal. Checking it again, with limits that its length may
/// need, gives an equal filter; but a filter of everything or nothing has no text, and is shown as `(everything)` or
/// `(nothing)`.
impl fmt::Display for CheckedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr().write(self.schema(), f)
    }
}

struct Redacted<'f>(&'f CheckedFilter);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expr().write_redacted(self.0.schema(), f)
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for CheckedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedFilter({self})")
    }
}

impl Filter<'_> {
    /// Checks the filter against a schema, strictly and with the default limits: names, operators, types of values.
    ///
    /// # Errors
    /// The first thing that is wrong, with all others beside it ([`Error::others`]).
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = Filter::parse(r#"usrName eq "x" or active gt true"#)?;
    /// let error = filter.check(&Schema::user()).unwrap_err();
    /// assert_eq!(
    ///     format!("{error:#}"),
    ///     r#"  usrName eq "x" or active gt true
    ///   ^^^^^^^ unknown attribute `usrName`: did you mean `userName`?
    ///   usrName eq "x" or active gt true
    ///                            ^^ the attribute `active` does not have the operator `gt`: write one of eq ne pr"#
    /// );
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn check(&self, schema: &Schema) -> Result<CheckedFilter, Error> {
        self.check_with(schema, &STRICT)
    }

    /// Checks the filter with quirks, limits and capabilities of the caller's choice.
    ///
    /// # Errors
    /// As [`Filter::check`].
    pub fn check_with(&self, schema: &Schema, options: &Options) -> Result<CheckedFilter, Error> {
        let mut checker = Checker::new(schema, options, self.text(), self.warnings());
        let expr = checker.whole(self.expr(), Scope::Resource)?;
        let warnings = checker.all_warnings();
        let text = Some(self.text().into());
        Ok(CheckedFilter(Arc::new(Checked { schema: schema.clone(), expr, warnings, text, prepared: OnceLock::new() })))
    }
}
