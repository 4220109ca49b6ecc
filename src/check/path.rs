//! PATCH paths against a schema (RFC 7644 section 3.5.2).

use super::checker::Checker;
use super::scope::Scope;
use super::{Expr, Purpose, Resolver};
use crate::ast::{AttrPath, Path};
use crate::error::{Error, ErrorKind, Name, Part};
use crate::options::{Options, STRICT};
use crate::quirks::Quirk;
use crate::schema::{AttrId, Schema, Type};
use crate::span::Span;
use crate::warning::{Warning, WarningKind};

/// What a PATCH path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathTarget {
    /// The object of a schema as a whole, by its URI (G5): the resource itself for the core schema.
    Schema(Box<str>),
    /// An attribute.
    Attribute(AttrId),
}

/// A PATCH path that fits its schema.
///
/// ```
/// use scim_query::{Path, PathTarget, Schema};
///
/// let schema = Schema::user();
/// let path = Path::parse(r#"emails[type eq "work"].value"#)?.check(&schema)?;
/// assert!(path.selects(&serde_json::json!({"type": "Work", "value": "a@example.com"})));
/// assert!(!path.selects(&serde_json::json!({"type": "home"})));
/// let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// assert_eq!(*Path::parse(uri)?.check(&schema)?.target(), PathTarget::Schema(uri.into()));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CheckedPath {
    schema: Schema,
    target: PathTarget,
    filter: Option<Expr>,
    sub_attribute: Option<AttrId>,
    warnings: Vec<Warning>,
}

impl CheckedPath {
    /// The schema that it was checked against.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What it names, brackets and what follows them apart.
    pub fn target(&self) -> &PathTarget {
        &self.target
    }

    /// Whether it has a filter in brackets.
    pub fn has_filter(&self) -> bool {
        self.filter.is_some()
    }

    /// The sub-attribute behind the brackets.
    pub fn sub_attribute(&self) -> Option<AttrId> {
        self.sub_attribute
    }

    /// Quirks that were used, advice on the filter.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn filter(&self) -> Option<&Expr> {
        self.filter.as_ref()
    }

    /// The type of the elements that the filter is about.
    pub(crate) fn element_type(&self) -> Option<Type> {
        match &self.target {
            PathTarget::Attribute(id) => Some(self.schema.attribute(*id).ty()),
            PathTarget::Schema(_) => None,
        }
    }
}

impl Path<'_> {
    /// Checks the path against a schema, strictly and with the default limits. Whether the attribute may be written is for
    /// the server to say.
    ///
    /// # Errors
    /// An unknown attribute (`invalidPath`), or what is wrong with the filter in brackets (`invalidFilter`). The open
    /// schema has no paths.
    pub fn check(&self, schema: &Schema) -> Result<CheckedPath, Error> {
        self.check_with(schema, &STRICT)
    }

    /// Checks the path with quirks and limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Path::check`].
    pub fn check_with(&self, schema: &Schema, options: &Options) -> Result<CheckedPath, Error> {
        let whole = self.as_schema_uri();
        if let Some(uri) = schema.uris().find(|uri| whole.is_some_and(|whole| uri.eq_ignore_ascii_case(whole))) {
            return Ok(CheckedPath {
                schema: schema.clone(),
                target: PathTarget::Schema(uri.into()),
                filter: None,
                sub_attribute: None,
                warnings: self.warnings().to_vec(),
            });
        }
        let attr = self.attr_path();
        let refused = |kind| Error::new(kind, Part::Path, attr.span(), self.text());
        if schema.is_open() {
            return Err(refused(ErrorKind::FormDenied { form: "a PATCH path under the open schema" }));
        }
        let resolver = Resolver::new(schema, options, Purpose::Write);
        let found = resolver.find(attr).map_err(refused)?;
        let attribute = schema.attribute(found.id);
        let simple = attribute.ty() != Type::Complex;
        if simple && ((self.filter().is_some() && !attribute.is_multi_valued()) || self.sub_attr().is_some()) {
            return Err(refused(ErrorKind::ValuePathOnSimple { name: Name::of(&attr.to_string()) }));
        }
        let sub_attribute = match self.sub_attr() {
            None => None,
            Some(sub) => {
                let end = self.text().len();
                let path = AttrPath { uri: None, name: sub.into(), span: Span::new(end - sub.len(), end) };
                let found = resolver.find_below(found.id, &path);
                Some(found.map_err(|kind| Error::new(kind, Part::Path, path.span(), self.text()))?)
            }
        };
        let mut checker = Checker::new(schema, options, self.text(), self.warnings());
        if found.aliased {
            checker.warn(WarningKind::Quirk(Quirk::Q8), attr.span());
        }
        let filter = self.filter().map(|filter| checker.whole(filter, Scope::Inside(found.id))).transpose()?;
        Ok(CheckedPath {
            schema: schema.clone(),
            target: PathTarget::Attribute(found.id),
            filter,
            sub_attribute,
            warnings: checker.all_warnings(),
        })
    }
}
