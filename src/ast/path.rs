//! PATCH paths (`PATH`, RFC 7644 section 3.5.2).

use std::borrow::Cow;
use std::fmt;

use super::{AttrExp, AttrPath, AttrTest, CompValue, Expr, Node};
use crate::op::CompareOp;
use crate::warning::Warning;

/// A PATCH path: `members`, `name.familyName`, `emails[type eq "work"].value`, or a schema's URI by itself.
///
/// ```
/// use scim_query::{CompValue, Path};
///
/// let path = Path::parse(r#"emails[type eq "work"].value"#)?;
/// assert_eq!(path.attr_path().name(), "emails");
/// assert_eq!(path.filter().unwrap().to_string(), r#"type eq "work""#);
/// assert_eq!(path.sub_attr(), Some("value"));
/// // What an element that is added for this path has to hold:
/// assert_eq!(path.equalities(), Some(vec![("type", &CompValue::String("work".into()))]));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone)]
pub struct Path<'q> {
    pub(crate) text: Cow<'q, str>,
    pub(crate) attr: AttrPath<'q>,
    pub(crate) filter: Vec<Node<'q>>,
    pub(crate) sub: Option<Cow<'q, str>>,
    pub(crate) warnings: Vec<Warning>,
}

impl<'q> Path<'q> {
    /// The attribute. Of a path that can only be a schema's URI, the name is empty.
    pub fn attr_path(&self) -> &AttrPath<'q> {
        &self.attr
    }

    /// The filter in brackets.
    pub fn filter(&self) -> Option<Expr<'_>> {
        (!self.filter.is_empty()).then(|| Expr::new(&self.filter))
    }

    /// The sub-attribute behind the brackets. Without brackets it is part of [`Path::attr_path`].
    pub fn sub_attr(&self) -> Option<&str> {
        self.sub.as_deref()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lenient readings that were used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The path as a whole, if it may name a schema (G5): it has a URI, no brackets and no dot after the last colon but
    /// in a version. Whether there is such a schema is for the caller to know.
    pub fn as_schema_uri(&self) -> Option<&str> {
        let alone = self.attr.uri.is_some() && self.filter.is_empty() && self.sub.is_none();
        (alone && !self.attr.name.contains('.')).then_some(&*self.text)
    }

    /// The sub-attributes and values that an element must have to satisfy the filter, when the filter is one `eq`, or
    /// several joined by `and`: a PATCH that adds to an element that is missing can make it from these. `None` when the
    /// filter says anything else, or there is none.
    pub fn equalities(&self) -> Option<Vec<(&str, &CompValue<'_>)>> {
        let nodes = match self.filter.as_slice() {
            [Node::And { .. }, terms @ ..] => terms,
            nodes => nodes,
        };
        if nodes.is_empty() {
            return None;
        }
        let mut found: Vec<(&str, &CompValue<'_>)> = Vec::new();
        for node in nodes {
            let Node::Attr(AttrExp { path, test: AttrTest::Compare(CompareOp::Eq, value), .. }) = node else {
                return None;
            };
            match found.iter().find(|(name, _)| name.eq_ignore_ascii_case(path.dotted())) {
                // No element has two values for one sub-attribute.
                Some((_, known)) if *known != value => return None,
                Some(_) => {}
                None => found.push((path.dotted(), value)),
            }
        }
        Some(found)
    }

    /// The same path without the borrow of the request.
    pub fn into_owned(self) -> Path<'static> {
        Path {
            text: Cow::Owned(self.text.into_owned()),
            attr: self.attr.into_owned(),
            filter: self.filter.into_iter().map(Node::into_owned).collect(),
            sub: self.sub.map(|sub| Cow::Owned(sub.into_owned())),
            warnings: self.warnings,
        }
    }
}

impl PartialEq for Path<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.attr == other.attr && self.filter == other.filter && self.sub == other.sub
    }
}

impl Eq for Path<'_> {}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.attr.uri, self.attr.name.is_empty()) {
            (Some(uri), true) => f.write_str(uri)?,
            _ => self.attr.fmt(f)?,
        }
        if let Some(filter) = self.filter() {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({self})")
    }
}
