//! The walk over a tree that checks it: every refusal has its place, and does not stop the walk.

use smallvec::SmallVec;

use super::expr::{At, Expr, Literal, Target, Test};
use super::literal;
use super::resolve::{Purpose, Resolver};
use super::scope::{Brackets, Named, Scope};
use crate::ast::{self, AttrExp, AttrPath, AttrTest, CompValue, Event, Node};
use crate::capabilities::Connective;
use crate::error::{Error, ErrorKind, Name, Part};
use crate::op::{CompareOp, Operator, OperatorSet};
use crate::options::Options;
use crate::quirks::Quirk;
use crate::schema::{AttrId, Schema, Type};
use crate::span::{Place, Span};
use crate::warning::{Warning, WarningKind};

/// What is wrong and where; in a box, because what is right is moved more often.
type Refusal = Box<(ErrorKind, Span)>;

fn at(span: Span) -> impl Fn(ErrorKind) -> Refusal {
    move |kind| Box::new((kind, span))
}

/// How many errors one check tells: all of a filter within the default limits.
pub(crate) const MOST_ERRORS: usize = 256;

pub(super) struct Checker<'c> {
    text: &'c str,
    /// What the parser has reported of the text.
    syntax: &'c [Warning],
    resolver: Resolver<'c>,
    options: &'c Options,
    errors: Vec<(ErrorKind, Span)>,
    warnings: Vec<Warning>,
    /// Where the parser let a bare `True` pass (Q5), in order.
    bare_booleans: Vec<Span>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(schema: &'c Schema, options: &'c Options, text: &'c str, syntax: &'c [Warning]) -> Checker<'c> {
        let resolver = Resolver::new(schema, options, Purpose::Filter);
        let quirk = WarningKind::Quirk(Quirk::Q5);
        let of_quirk = syntax.iter().filter(|warning| *warning.kind() == quirk);
        let mut bare_booleans: Vec<Span> = of_quirk.map(Warning::span).collect();
        bare_booleans.sort_unstable();
        Checker { text, syntax, resolver, options, errors: Vec::new(), warnings: Vec::new(), bare_booleans }
    }

    /// All warnings, in the order of the text.
    pub(super) fn all_warnings(self) -> Vec<Warning> {
        let mut warnings = self.syntax.to_vec();
        warnings.extend(self.warnings);
        warnings.sort_by_key(Warning::span);
        warnings
    }

    /// A whole filter: its limits first, so that nothing below recurses deeper than they allow.
    pub(super) fn whole(&mut self, expr: ast::Expr<'_>, scope: Scope) -> Result<Expr, Error> {
        let refused = |kind| Error::new(kind, Part::Filter, None, self.text);
        let limits = &self.options.limits;
        let allowed = self.options.capabilities.as_ref();
        let limit = limits.nesting_cap().min(allowed.and_then(|allowed| allowed.nesting).unwrap_or(usize::MAX));
        let too_deep = || refused(ErrorKind::TooDeep { limit });
        let most = limits.comparisons.min(allowed.and_then(|allowed| allowed.comparisons).unwrap_or(usize::MAX));
        if expr.comparisons() > most {
            let deep = expr.nesting() > limit;
            return Err(if deep { too_deep() } else { refused(ErrorKind::TooManyComparisons { limit: most }) });
        }
        let checked = self.expr(expr, scope, limit).ok_or_else(too_deep)?;
        match Error::all_of(std::mem::take(&mut self.errors), Part::Filter, self.text) {
            Some(error) => Err(error),
            None => Ok(checked),
        }
    }

    /// Checks a tree without recursion: what is checked waits until the node that it is a term of is complete. Where
    /// something fails, the error is kept and something stands for it, so that the rest is checked too. `None` where more
    /// brackets are open than that.
    fn expr(&mut self, expr: ast::Expr<'_>, scope: Scope, most_brackets: usize) -> Option<Expr> {
        #[derive(Clone, Copy, Default)]
        struct Open {
            terms: usize,
            around: Scope,
            brackets: Brackets,
        }
        struct TooDeep;
        let mut scope = scope;
        let mut brackets = 0;
        let mut done: SmallVec<[Expr; 8]> = SmallVec::new();
        let walked = expr.walk_keeping(|event, open: &mut Open| {
            match event {
                Event::Enter { bracketed: true, .. } => brackets += 1,
                Event::Leave { bracketed: true, .. } => brackets -= 1,
                Event::Enter { .. } | Event::Leave { .. } => {}
            }
            if brackets > most_brackets {
                return Err(TooDeep);
            }
            match event {
                Event::Enter { node: Node::Attr(exp), .. } => done.push(match self.attr_exp(exp, scope) {
                    Ok(expr) => expr,
                    Err(refusal) => self.refuse(*refusal),
                }),
                Event::Enter { node, .. } => {
                    *open = Open { terms: done.len(), around: scope, brackets: Brackets::Refused };
                    match node {
                        Node::And { span, .. } => self.form(Connective::And, span.0),
                        Node::Or { span, .. } => self.form(Connective::Or, span.0),
                        Node::Not { span, .. } => self.form(Connective::Not, span.0),
                        Node::ValuePath { path, .. } => match self.value_path(path, scope) {
                            Ok(brackets) => {
                                open.brackets = brackets;
                                scope = brackets.scope();
                            }
                            Err(refusal) => {
                                self.refuse(*refusal);
                                scope = Scope::Unknown;
                            }
                        },
                        Node::Attr(_) => {}
                    }
                }
                Event::Leave { node, .. } => {
                    scope = open.around;
                    let inner = |done: &mut SmallVec<[Expr; 8]>| done.pop().unwrap_or(Expr::Const(false));
                    let made = match node {
                        Node::And { .. } => Expr::and(done.drain(open.terms..)),
                        Node::Or { .. } => Expr::or(done.drain(open.terms..)),
                        Node::Not { .. } => inner(&mut done).not(),
                        Node::ValuePath { path, .. } => {
                            let inner = inner(&mut done);
                            match open.brackets {
                                Brackets::Refused => inner,
                                Brackets::Open => Expr::Any(open_target(path), Box::new(inner)),
                                Brackets::Of(named) => {
                                    Expr::Any(self.target(named, scope, path.span()), Box::new(inner))
                                }
                            }
                        }
                        Node::Attr(_) => inner(&mut done),
                    };
                    done.push(made);
                }
            }
            Ok(())
        });
        walked.ok().map(|()| done.pop().unwrap_or(Expr::Const(false)))
    }

    #[cold]
    fn refuse(&mut self, refusal: (ErrorKind, Span)) -> Expr {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(refusal);
        }
        Expr::Const(false)
    }

    pub(super) fn warn(&mut self, kind: WarningKind, span: Span) {
        self.warnings.push(Warning::new(kind, span));
    }

    /// Whether the caller may write this connective (S16).
    fn form(&mut self, connective: Connective, span: Span) {
        let denied =
            self.options.capabilities.as_ref().is_some_and(|allowed| !allowed.connectives.contains(&connective));
        if denied {
            let form = match connective {
                Connective::And => "`and`",
                Connective::Or => "`or`",
                Connective::Not => "`not`",
            };
            self.refuse((ErrorKind::FormDenied { form }, span));
        }
    }

    /// The brackets behind an attribute (S7).
    fn value_path(&mut self, path: &AttrPath<'_>, scope: Scope) -> Result<Brackets, Refusal> {
        let span = path.span();
        if self.options.capabilities.as_ref().is_some_and(|allowed| !allowed.value_paths) {
            return Err(at(span)(ErrorKind::FormDenied { form: "a value path" }));
        }
        if self.resolver.schema.is_open() {
            self.resolver.check_open(path).map_err(at(span))?;
            return Ok(Brackets::Open);
        }
        let named = self.attribute(path, scope).map_err(at(span))?;
        let attribute = self.resolver.schema.attribute(named.attribute());
        if attribute.ty() != Type::Complex && !attribute.is_multi_valued() {
            return Err(at(span)(ErrorKind::ValuePathOnSimple { name: Name::of(&path.to_string()) }));
        }
        Ok(Brackets::Of(named))
    }

    /// A declared attribute that may be filtered on.
    fn attribute(&mut self, path: &AttrPath<'_>, scope: Scope) -> Result<Named, ErrorKind> {
        let schema = self.resolver.schema;
        let id = match scope {
            Scope::Inside(parent) => {
                let simple = schema.attribute(parent).ty() != Type::Complex;
                if simple && path.uri().is_none() && schema.same_name(path.dotted(), "value") {
                    return Ok(Named::Element(parent));
                }
                self.resolver.find_below(parent, path)?
            }
            Scope::Resource | Scope::InsideOpen | Scope::Unknown => {
                let resolved = self.resolver.find(path)?;
                if resolved.aliased {
                    self.warn(WarningKind::Quirk(Quirk::Q8), path.span());
                }
                resolved.id
            }
        };
        self.resolver.check_allowed(id, path)?;
        Ok(Named::Attribute(id))
    }

    fn target(&self, named: Named, scope: Scope, span: Span) -> Target {
        let at = match named {
            Named::Attribute(id) => At::Declared(scope.below(self.resolver.schema.line(id))),
            Named::Element(_) => At::Element,
        };
        Target { at, place: Place(span) }
    }

    #[inline(never)]
    fn attr_exp(&mut self, exp: &AttrExp<'_>, scope: Scope) -> Result<Expr, Refusal> {
        let op = exp.test().op();
        if let Some(allowed) = &self.options.capabilities
            && !allowed.operators.contains(op)
        {
            let denied = ErrorKind::OperatorDenied { op: op.as_str(), allowed: allowed.operators };
            // The name is checked all the same, so that every unknown one is told.
            self.refuse((denied, exp.op_span()));
        }
        if matches!(scope, Scope::Unknown) {
            return Ok(Expr::Const(false));
        }
        if self.resolver.schema.is_open() {
            // What stands in brackets is part of the attribute before them.
            if !matches!(scope, Scope::InsideOpen) {
                self.resolver.check_open(exp.path()).map_err(at(exp.path().span()))?;
            }
            return self.open_exp(exp);
        }
        let path = exp.path();
        let mut named = self.attribute(path, scope).map_err(at(path.span()))?;
        let simple_test = match exp.test() {
            AttrTest::Present | AttrTest::Compare(CompareOp::Eq | CompareOp::Ne, CompValue::Null) => true,
            AttrTest::Compare(..) => false,
        };
        if !simple_test && self.resolver.schema.attribute(named.attribute()).ty() == Type::Complex {
            named = Named::Attribute(self.implied_value(named.attribute(), exp)?);
        }
        let id = named.attribute();

        let attribute = self.resolver.schema.attribute(id);
        if !attribute.operators().contains(op) {
            return Err(operator_not_allowed(exp, attribute.operators()));
        }
        let (op, value) = match exp.test() {
            AttrTest::Present => return Ok(Expr::Test(self.target(named, scope, path.span()), Test::Present)),
            AttrTest::Compare(op, CompValue::Null) => {
                return null_test(*op, self.target(named, scope, path.span())).map_err(at(exp.value_span()));
            }
            AttrTest::Compare(op, value) => (*op, value),
        };
        let literal = self.typed_literal(id, op, value, exp.value_span()).map_err(at(exp.value_span()))?;
        if op == CompareOp::Ne && self.finds_several(named, scope) {
            self.warn(WarningKind::AnyValueDiffers, exp.op_span());
        }
        Ok(Expr::Test(self.target(named, scope, path.span()), Test::Compare(op, literal)))
    }

    fn typed_literal(
        &mut self,
        id: AttrId,
        op: CompareOp,
        value: &CompValue<'_>,
        span: Span,
    ) -> Result<Literal, ErrorKind> {
        let attribute = self.resolver.schema.attribute(id);
        // A word without quotes that the parser let pass because a boolean might be declared here.
        let bare_boolean = self.bare_boolean(span);
        if bare_boolean && attribute.ty() != Type::Boolean {
            return Err(ErrorKind::ValueUnquoted);
        }
        let (literal, quirk) = literal::typed(value, attribute, self.options)?;
        if let Some(quirk) = quirk
            && !bare_boolean
        {
            self.warnings.push(Warning::new(WarningKind::Quirk(quirk), span));
        }
        if matches!(op, CompareOp::Eq | CompareOp::Ne) && !literal::is_canonical(value, attribute) {
            let allowed: Box<[Box<str>]> = attribute.canonical_values().into();
            if self.options.strict_values {
                return Err(ErrorKind::ValueNotCanonical { allowed });
            }
            self.warnings.push(Warning::new(WarningKind::ValueNotCanonical(allowed), span));
        }
        Ok(literal)
    }

    fn bare_boolean(&self, span: Span) -> bool {
        self.bare_booleans.binary_search(&span).is_ok()
    }

    /// The `value` that a bare complex attribute means in a comparison (S8, Q10).
    fn implied_value(&mut self, id: AttrId, exp: &AttrExp<'_>) -> Result<AttrId, Refusal> {
        let span = exp.path().span();
        let lenient = self.options.quirks.has(Quirk::Q10) && !self.resolver.schema.attribute(id).is_multi_valued();
        let value = self.resolver.implied_value(id, exp.path(), lenient).map_err(at(span))?;
        if lenient {
            self.warn(WarningKind::Quirk(Quirk::Q10), span);
        }
        Ok(value)
    }

    /// Whether a comparison there may find more than one value.
    fn finds_several(&self, named: Named, scope: Scope) -> bool {
        let schema = self.resolver.schema;
        match named {
            Named::Attribute(id) => {
                scope.below(schema.line(id)).iter().any(|id| schema.attribute(*id).is_multi_valued())
            }
            Named::Element(_) => false,
        }
    }

    /// A comparison under the open schema: the literal's kind types it (S18).
    fn open_exp(&mut self, exp: &AttrExp<'_>) -> Result<Expr, Refusal> {
        let target = open_target(exp.path());
        let (op, value) = match exp.test() {
            AttrTest::Present => return Ok(Expr::Test(target, Test::Present)),
            AttrTest::Compare(op, CompValue::Null) => {
                return null_test(*op, target).map_err(at(exp.value_span()));
            }
            AttrTest::Compare(op, value) => (*op, value),
        };
        if self.bare_boolean(exp.value_span()) {
            return Err(at(exp.value_span())(ErrorKind::ValueUnquoted));
        }
        let allowed = match value {
            CompValue::Number(_) => Type::Decimal.operators(),
            CompValue::Bool(_) => Type::Boolean.operators(),
            CompValue::String(_) | CompValue::Null => OperatorSet::ALL,
        };
        if !allowed.contains(Operator::Compare(op)) {
            return Err(operator_not_allowed(exp, allowed));
        }
        Ok(match literal::untyped(value, op) {
            Some(literal) => Expr::Test(target, Test::Compare(op, literal)),
            None => Expr::Test(target, Test::Unassigned),
        })
    }
}

#[cold]
fn operator_not_allowed(exp: &AttrExp<'_>, allowed: OperatorSet) -> Refusal {
    let (op, name) = (exp.test().op().as_str(), Name::of(&exp.path().to_string()));
    at(exp.op_span())(ErrorKind::OperatorNotAllowed { op, name, allowed })
}

/// `eq null` and `ne null` (S6).
fn null_test(op: CompareOp, target: Target) -> Result<Expr, ErrorKind> {
    match op {
        CompareOp::Eq => Ok(Expr::Test(target, Test::Unassigned)),
        CompareOp::Ne => Ok(Expr::Test(target, Test::Unassigned).not()),
        _ => Err(ErrorKind::NullNotAllowed { op }),
    }
}

fn open_target(path: &AttrPath<'_>) -> Target {
    let at = At::Open { uri: path.uri().map(Into::into), names: path.segments().map(Into::into).collect() };
    Target { at, place: Place(path.span()) }
}
