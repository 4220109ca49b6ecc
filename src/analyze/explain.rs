//! A filter in plain words, and why a resource matches it or not.

use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::ast::CompValue;
use crate::check::{At, CheckedFilter, Expr, Literal, Target, Test};
use crate::decimal::Decimal;
use crate::error::is_visible;
use crate::eval::{Element, Node, Place, Program, Scalar, each_element, each_stored};
use crate::instant::Instant;
use crate::op::CompareOp;
use crate::schema::{AttrId, Schema};

/// A filter in plain words, a line for each node; with a resource, each line with its verdict. `Display` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    depth: usize,
    words: String,
    verdict: Option<bool>,
}

impl Explanation {
    /// Whether the resource matches; `None` where none was asked about.
    pub fn verdict(&self) -> Option<bool> {
        self.lines.first().and_then(|line| line.verdict)
    }

    /// The lines: depth, words, and the verdict on the resource. What stands in brackets has a verdict of its own only
    /// where the attribute has one element.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str, Option<bool>)> {
        self.lines.iter().map(|line| (line.depth, line.words.as_str(), line.verdict))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.lines.iter().enumerate() {
            let verdict = match line.verdict {
                Some(true) => "[yes] ",
                Some(false) => "[no]  ",
                None if self.verdict().is_some() => "      ",
                None => "",
            };
            let end = if index + 1 == self.lines.len() { "" } else { "\n" };
            write!(f, "{verdict}{:indent$}{}{end}", "", line.words, indent = line.depth * 2)?;
        }
        Ok(())
    }
}

impl CheckedFilter {
    /// The filter in plain words, for logs and support. With `redacted`, no value is repeated.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = r#"status eq "PENDING" and not (resourceId pr)"#;
    /// let filter = Filter::parse(filter)?.check(&Schema::access_requests())?;
    /// assert_eq!(filter.explain(false).to_string(), r#"all of these:
    ///   status is "PENDING"
    ///   not: resourceId is present"#);
    /// assert_eq!(filter.explain(true).lines().nth(1).unwrap().1, "status is ?");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn explain(&self, redacted: bool) -> Explanation {
        self.explained::<&serde_json::Value>(redacted, false, None)
    }

    /// Why a resource matches or not: the same words, each with its verdict.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = r#"status eq "PENDING" and not (resourceId pr)"#;
    /// let filter = Filter::parse(filter)?.check(&Schema::access_requests())?;
    /// let request = serde_json::json!({"status": "PENDING", "requested": {"resourceId": "0oa1"}});
    /// assert_eq!(filter.explain_match(&request, false).to_string(), r#"[no]  all of these:
    /// [yes]   status is "PENDING"
    /// [no]    not: resourceId is present"#);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn explain_match<'a>(&self, resource: impl Node<'a>, redacted: bool) -> Explanation {
        self.explained(redacted, false, Some(Place::resource(resource)))
    }

    /// The same, with what the resource has beside each test, cut where it is long. It is for who looks for the reason: values
    /// of the resource are not for logs.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = r#"http.status eq "200" and level eq "error""#;
    /// let filter = Filter::parse(filter)?.check(&Schema::open())?;
    /// let record = serde_json::json!({"http": {"status": 200}});
    /// assert_eq!(filter.explain_stored(&record).to_string(), r#"[no]  all of these:
    /// [no]    http.status is "200" in any case (stored: 200)
    /// [no]    level is "error" in any case (stored: nothing)"#);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn explain_stored<'a>(&self, resource: impl Node<'a>) -> Explanation {
        self.explained(false, true, Some(Place::resource(resource)))
    }

    fn explained<'a, N: Node<'a>>(&self, redacted: bool, stored: bool, place: Option<Place<N>>) -> Explanation {
        let mut explainer = Explainer { schema: self.schema(), redacted, stored, lines: Vec::new() };
        explainer.expr(self.expr(), None, 0, "", place);
        Explanation { lines: explainer.lines }
    }
}

struct Explainer<'s> {
    schema: &'s Schema,
    redacted: bool,
    /// What the resource has is told beside each test.
    stored: bool,
    lines: Vec<Line>,
}

/// More characters of what a resource has are not told.
const SHOWN: usize = 60;

impl Explainer<'_> {
    /// One line for the node and its terms below it. `not` stands before a term that is negated.
    fn expr<'a, N: Node<'a>>(
        &mut self,
        expr: &Expr,
        inside: Option<AttrId>,
        depth: usize,
        not: &str,
        place: Option<Place<N>>,
    ) {
        let negated = !not.is_empty();
        let verdict = place.map(|place| Program::new(expr, self.schema).holds(place) != negated);
        match expr {
            Expr::Not(inner) => match &**inner {
                Expr::Test(target, Test::Unassigned) => {
                    let stored = self.stored(&target.at, place);
                    self.line(depth, format!("{not}{} has a value{stored}", self.name(target, inside)), verdict);
                }
                inner => self.expr(inner, inside, depth, "not: ", place),
            },
            Expr::Const(value) => {
                self.line(depth, format!("{not}{}", if *value { "everything" } else { "nothing" }), verdict);
            }
            Expr::And(terms) | Expr::Or(terms) => {
                let words = if matches!(expr, Expr::And(_)) { "all of these:" } else { "any of these:" };
                self.line(depth, format!("{not}{words}"), verdict);
                terms.iter().for_each(|term| self.expr(term, inside, depth + 1, "", place));
            }
            Expr::Any(target, inner) => {
                self.line(depth, format!("{not}one element of {} with:", self.name(target, inside)), verdict);
                let element = place.and_then(|place| self.only_element(&target.at, place));
                self.expr(inner, target.attribute(None), depth + 1, "", element.map(Place::from));
            }
            Expr::Test(target, test) => {
                let singular = super::normal::is_singular(&target.at, self.schema);
                let (name, words) = (self.name(target, inside), self.words(test, singular));
                let stored = self.stored(&target.at, place);
                self.line(depth, format!("{not}{name} {words}{stored}"), verdict);
            }
        }
    }

    fn line(&mut self, depth: usize, words: String, verdict: Option<bool>) {
        self.lines.push(Line { depth, words, verdict });
    }

    /// The element that brackets are about, if there is exactly one.
    fn only_element<'a, N: Node<'a>>(&self, at: &At, place: Place<N>) -> Option<Element<N>> {
        let mut found = Vec::new();
        each_element(at, self.schema, place, &mut |element| {
            found.push(element);
            found.len() > 1
        });
        match found[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// What lies where a test looks, in parentheses, if that is told.
    fn stored<'a, N: Node<'a>>(&self, at: &At, place: Option<Place<N>>) -> String {
        let Some(place) = place.filter(|_| self.stored) else { return String::new() };
        let mut values = String::new();
        each_stored(at, self.schema, place, &mut |value| {
            if !values.is_empty() {
                values.push_str(", ");
            }
            values.push_str(&written(value));
            values.chars().count() > SHOWN
        });
        let values = visible(if values.is_empty() { "nothing" } else { &values });
        match values.char_indices().nth(SHOWN) {
            Some((end, _)) => format!(" (stored: {}…)", &values[..end]),
            None => format!(" (stored: {values})"),
        }
    }

    fn name(&self, target: &Target, inside: Option<AttrId>) -> Cow<'_, str> {
        if target.at == At::Element { "the element".into() } else { target.name(self.schema, inside) }
    }

    fn words(&self, test: &Test, singular: bool) -> String {
        let (op, literal) = match test {
            Test::Present => return "is present".into(),
            Test::Unassigned => return "has no value".into(),
            Test::Compare(op, literal) => (op, literal),
        };
        let words = match (op, literal) {
            (CompareOp::Eq, _) => "is",
            (CompareOp::Ne, _) if singular => "has no value or is not",
            (CompareOp::Ne, _) => "has no value, or one that is not",
            (CompareOp::Co, _) => "contains",
            (CompareOp::Sw, _) => "starts with",
            (CompareOp::Ew, _) => "ends with",
            (CompareOp::Gt, Literal::Instant(_)) => "is later than",
            (CompareOp::Ge, Literal::Instant(_)) => "is at or later than",
            (CompareOp::Lt, Literal::Instant(_)) => "is earlier than",
            (CompareOp::Le, Literal::Instant(_)) => "is at or earlier than",
            (CompareOp::Gt, _) => "is greater than",
            (CompareOp::Ge, _) => "is at least",
            (CompareOp::Lt, _) => "is less than",
            (CompareOp::Le, _) => "is at most",
        };
        let mut text = format!("{words} ");
        let value = super::required::comp_value(literal);
        // Writing to a string does not fail.
        let _ = match value {
            _ if self.redacted => write!(text, "?"),
            CompValue::String(_) | CompValue::Number(_) | CompValue::Bool(_) | CompValue::Null => {
                write!(text, "{value}")
            }
        };
        if matches!(literal, Literal::Text { folded: true, .. }) {
            text.push_str(" in any case");
        }
        visible(&text)
    }
}

/// A value may hold what moves a terminal's cursor or turns its writing direction.
fn visible(text: &str) -> String {
    let shown = |c: char| if is_visible(c) { c.to_string() } else { format!("\\u{{{:x}}}", u32::from(c)) };
    text.chars().map(shown).collect()
}

/// As in JSON; no more of a text than is shown, and of an object or array only that it is one.
fn written(value: Scalar<'_>) -> String {
    match value {
        Scalar::Null => "null".into(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Number(number) => Decimal::from(number).to_string(),
        Scalar::String(text) => CompValue::String(text.chars().take(SHOWN).collect::<String>().into()).to_string(),
        Scalar::DateTime(instant) => CompValue::String(Instant::from(instant).to_string().into()).to_string(),
        Scalar::Array => "[..]".into(),
        Scalar::Object => "{..}".into(),
    }
}
