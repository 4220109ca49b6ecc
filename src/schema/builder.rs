//! Building a schema: every mistake in it is a `BindError`, at start-up.

use std::sync::Arc;

use super::attribute::PrepareFn;
use super::names::Names;
use super::{AttrId, Attribute, AttributeDef, Inner, Key, Line, Returned, Schema, Type};
use crate::ast::Direction;
use crate::error::{BindError, Part};
use crate::options::STRICT;
use crate::parse;

/// Builds a [`Schema`].
///
/// ```
/// use scim_query::{AttributeDef, Filter, Schema, Type};
///
/// let schema = Schema::builder("urn:example:2.0:Ticket")
///     .attribute(AttributeDef::new("id", Type::String).case_exact())
///     .attribute(AttributeDef::new("severity", Type::Integer))
///     .attribute(AttributeDef::new("ownerId", Type::String).at(["owner", "id"]))
///     .default_order("severity desc")
///     .build()?;
/// let filter = Filter::parse(r#"severity ge 3 and ownerId eq "bob""#)?.check(&schema)?;
/// assert!(filter.matches(&serde_json::json!({"severity": 4, "owner": {"id": "Bob"}})));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SchemaBuilder {
    schemas: Vec<(String, Vec<AttributeDef>)>,
    case_exact_names: bool,
    default_order: Option<String>,
    tie_breakers: Vec<String>,
}

/// How deep sub-attributes may go. RFC 7643 section 2.3.8 knows one level.
pub(super) const MAX_DEPTH: usize = 8;

impl Schema {
    /// Begins a schema of this URI.
    pub fn builder(uri: impl Into<String>) -> SchemaBuilder {
        SchemaBuilder {
            schemas: vec![(uri.into(), Vec::new())],
            case_exact_names: false,
            default_order: None,
            tie_breakers: vec!["id".into()],
        }
    }
}

impl SchemaBuilder {
    /// One more attribute of the core schema.
    pub fn attribute(mut self, attribute: AttributeDef) -> SchemaBuilder {
        if let Some((_, attributes)) = self.schemas.first_mut() {
            attributes.push(attribute);
        }
        self
    }

    /// Several attributes of the core schema.
    pub fn attributes(self, attributes: impl IntoIterator<Item = AttributeDef>) -> SchemaBuilder {
        attributes.into_iter().fold(self, SchemaBuilder::attribute)
    }

    /// The common attributes of SCIM resources (RFC 7643 section 3.1): `schemas`, `id`, `externalId` and `meta`.
    pub fn common_attributes(self) -> SchemaBuilder {
        self.attributes(common_attributes())
    }

    /// An extension: its attributes lie in the object under its URI.
    pub fn extension(
        mut self,
        uri: impl Into<String>,
        attributes: impl IntoIterator<Item = AttributeDef>,
    ) -> SchemaBuilder {
        self.schemas.push((uri.into(), attributes.into_iter().collect()));
        self
    }

    /// Attribute names differ in case, as Okta's do (S17).
    pub fn case_exact_names(mut self) -> SchemaBuilder {
        self.case_exact_names = true;
        self
    }

    /// The ordering of a list request that names none, as an `orderBy` (O5). Default: `id asc`. It is the host's own choice, and so
    /// may be by an attribute that is [`not_sortable`](AttributeDef::not_sortable), which says what a request may name; not by one
    /// that may not be read, has several values or has no order.
    pub fn default_order(mut self, order_by: impl Into<String>) -> SchemaBuilder {
        self.default_order = Some(order_by.into());
        self
    }

    /// The attributes that together are unique and never unassigned (O5). Default: `id`. A schema that has
    /// no `id` and names none is for filters alone: a list request under it is refused.
    pub fn tie_breakers<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> SchemaBuilder {
        self.tie_breakers = names.into_iter().map(Into::into).collect();
        self
    }

    /// The schema.
    ///
    /// # Errors
    /// A name that the grammar does not know or that stands twice, sub-attributes of a simple attribute, a complex one
    /// without any, an extension's URI twice, an ordering or tie-breaker that the schema does not have.
    pub fn build(self) -> Result<Schema, BindError> {
        let mut inner = empty(self.case_exact_names);
        for (index, (uri, attributes)) in self.schemas.iter().enumerate() {
            if inner.uris.iter().any(|known| known.eq_ignore_ascii_case(uri)) {
                return Err(BindError::new(format!("{uri}: the schema is given twice")));
            }
            inner.uris.push(uri.as_str().into());
            for attribute in attributes {
                let mut adding = Adding { inner: &mut inner, uri, index };
                let id = adding.add(attribute, None, 1)?;
                inner.roots.push((index, id));
            }
        }
        let schema = Schema(Arc::new(inner));
        schema.with_orders(self.default_order.as_deref(), &self.tie_breakers)
    }
}

/// RFC 7643 section 3.1: no schema lists these.
pub(super) fn common_attributes() -> [AttributeDef; 4] {
    let exact = |name| AttributeDef::new(name, Type::String).case_exact();
    [
        AttributeDef::new("schemas", Type::Reference).multi_valued().returned(Returned::Always),
        exact("id").returned(Returned::Always),
        exact("externalId"),
        AttributeDef::new("meta", Type::Complex).sub_attributes([
            exact("resourceType"),
            AttributeDef::new("created", Type::DateTime),
            AttributeDef::new("lastModified", Type::DateTime),
            AttributeDef::new("location", Type::Reference),
            exact("version"),
        ]),
    ]
}

fn empty(case_exact_names: bool) -> Inner {
    Inner {
        uris: Vec::new(),
        attributes: Vec::new(),
        roots: Vec::new(),
        names: Names::new(case_exact_names),
        open: false,
        default_order: Vec::new(),
        tie_breakers: Vec::new(),
    }
}

pub(super) fn open() -> Schema {
    Schema(Arc::new(Inner { open: true, ..empty(true) }))
}

impl Schema {
    fn with_orders(self, default_order: Option<&str>, tie_breakers: &[String]) -> Result<Schema, BindError> {
        let wrong = |what: &str, name: &str| BindError::new(format!("{}: {what} `{name}`", self.id()));
        let order = match default_order {
            None => None,
            Some(text) => {
                let parsed = crate::ast::OrderBy::parse(text)
                    .map_err(|error| BindError::new(format!("{}: default order: {error}", self.id())))?;
                let key = |key: &crate::ast::SortKey<'_>| {
                    let path = key.path();
                    let id = self.find(path.uri(), path.dotted());
                    let id = id.ok_or_else(|| wrong("unknown default order", path.dotted()))?;
                    self.can_order(id, "default order").map(|()| (id, key.direction()))
                };
                Some(parsed.keys().iter().map(key).collect::<Result<Vec<_>, _>>()?)
            }
        };
        if tie_breakers.is_empty() && default_order.is_some() {
            return Err(BindError::new(format!("{}: a default order needs a tie-breaker", self.id())));
        }
        let breakers: Vec<AttrId> = tie_breakers
            .iter()
            // The default tie-breaker may be missing from a schema that is never listed.
            .filter(|name| default_order.is_some() || *name != "id" || self.find(None, name).is_some())
            .map(|name| {
                let id = self.find(None, name).ok_or_else(|| wrong("unknown tie-breaker", name))?;
                self.can_order(id, "tie-breaker").map(|()| id)
            })
            .collect::<Result<_, _>>()?;
        if let Some(twice) = breakers.iter().enumerate().find(|(at, id)| breakers[..*at].contains(id)) {
            return Err(wrong("twice as tie-breaker", self.attribute(*twice.1).full_name()));
        }
        let mut inner = Arc::into_inner(self.0).unwrap_or_else(|| empty(false));
        let by_tie_breakers = || breakers.iter().map(|id| (*id, Direction::Ascending)).collect();
        inner.default_order = order.unwrap_or_else(by_tie_breakers);
        inner.tie_breakers = breakers;
        Ok(Schema(Arc::new(inner)))
    }
}

impl Schema {
    /// Whether an attribute has one value that can be ordered by and shown in a cursor.
    fn can_order(&self, id: AttrId, what: &str) -> Result<(), BindError> {
        let line = self.line(id);
        let attribute = self.attribute(id);
        let several = line.iter().any(|id| self.attribute(*id).multi_valued);
        let why = match attribute.ty {
            _ if !attribute.readable => "may not be read",
            _ if several => "has several values",
            Type::Complex | Type::Binary => "has no order",
            _ => return Ok(()),
        };
        Err(BindError::new(format!("{}: {what} `{}` {why}", self.id(), attribute.full_name)))
    }
}

/// One schema's attributes on their way in.
struct Adding<'s> {
    inner: &'s mut Inner,
    uri: &'s str,
    index: usize,
}

impl Adding<'_> {
    fn add(&mut self, def: &AttributeDef, parent: Option<AttrId>, depth: usize) -> Result<AttrId, BindError> {
        let wrong = |uri: &str, what: &str| BindError::new(format!("{uri}: attribute `{}`: {what}", def.name));
        let wrong = |what: &str| wrong(self.uri, what);
        if parse::attr_path(&def.name, &STRICT, Part::Filter).is_ok_and(|path| path.uri().is_some())
            || parse::attr_path(&def.name, &STRICT, Part::Filter).is_err()
        {
            return Err(wrong("a name is an ASCII letter, then letters, digits, `-` and `_`"));
        }
        match (def.ty == Type::Complex, def.sub_attributes.is_empty()) {
            (true, true) => return Err(wrong("a complex attribute needs sub-attributes")),
            (false, false) => return Err(wrong("only a complex attribute has sub-attributes")),
            _ if depth > MAX_DEPTH => return Err(wrong("sub-attributes lie too deep")),
            _ => {}
        }
        if def.keys.as_ref().is_some_and(Vec::is_empty) {
            return Err(wrong("it lies nowhere: give at least one key"));
        }
        let above = parent.map(|parent| &self.inner.attributes[parent.0 as usize]);
        let dotted = match above {
            Some(above) => format!("{}.{}", above.full_name, def.name),
            // A core attribute is written short, an extension's with its URI (RFC 7644 section 3.10).
            None if self.index == 0 => def.name.clone(),
            None => format!("{}:{}", self.uri, def.name),
        };
        let short = if self.index == 0 { &dotted[..] } else { &dotted[self.uri.len() + 1..] };
        let primary = def.name.eq_ignore_ascii_case("primary") && def.ty == Type::Boolean;
        let in_many = above.is_some_and(|above| above.multi_valued);
        let readable = !def.write_only && def.returned != Returned::Never && above.is_none_or(|above| above.readable);
        let id = AttrId(u32::try_from(self.inner.attributes.len()).unwrap_or(u32::MAX));
        let attribute = Attribute {
            name: def.name.as_str().into(),
            full_name: dotted.as_str().into(),
            keys: self.keys(def, parent.is_none()),
            parent,
            line: Line::below(above.map(|above| above.line), id),
            ty: def.ty,
            multi_valued: def.multi_valued,
            case_exact: def.case_exact || matches!(def.ty, Type::Reference | Type::Binary),
            canonical_values: def.canonical_values.iter().map(|value| value.as_str().into()).collect(),
            returned: def.returned,
            readable,
            operators: def.operators.and(def.ty.operators()),
            filterable: def.filterable && above.is_none_or(|above| above.filterable),
            sortable: def.sortable && above.is_none_or(|above| above.sortable),
            assumed_false: def.assumed_false.unwrap_or(primary && in_many),
            sub_attributes: Vec::new(),
            prepare: PrepareFn(def.prepare),
        };
        let same_name = self.inner.names.entry(short);
        if same_name.iter().any(|(index, _)| *index == self.index) {
            return Err(wrong("the name stands twice"));
        }
        same_name.push((self.index, id));
        self.inner.attributes.push(attribute);
        for sub in &def.sub_attributes {
            let sub = self.add(sub, Some(id), depth + 1)?;
            self.inner.attributes[id.0 as usize].sub_attributes.push(sub);
        }
        Ok(id)
    }

    fn keys(&self, def: &AttributeDef, is_root: bool) -> Arc<[Key]> {
        let own = match &def.keys {
            Some(keys) => keys.iter().map(|key| Key::new(key)).collect::<Vec<_>>(),
            None => def.name.split('.').map(Key::new).collect(),
        };
        let extension = (is_root && self.index > 0).then(|| Key::new(self.uri));
        extension.into_iter().chain(own).collect()
    }
}
