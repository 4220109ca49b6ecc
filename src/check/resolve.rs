//! From the names in a text to the attributes of a schema (S15 to S17), for filters, orderings and projections alike.

use std::cell::Cell;
use std::fmt;

use crate::ast::AttrPath;
use crate::error::{ErrorKind, Name};
use crate::options::Options;
use crate::quirks::Quirk;
use crate::schema::{AttrId, Attribute, LookUp, Schema, Type};

/// Why a name is looked up; decides what may be suggested.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    Filter,
    Sort,
    Project,
    /// The path of a PATCH operation: whether it may be written is for the server to say.
    Write,
}

impl Purpose {
    fn allows(self, attribute: &Attribute) -> bool {
        match self {
            Purpose::Filter => attribute.is_filterable(),
            Purpose::Sort => attribute.is_sortable(),
            Purpose::Project => attribute.is_readable(),
            Purpose::Write => true,
        }
    }
}

pub(crate) struct Resolver<'r> {
    pub(crate) schema: &'r Schema,
    options: &'r Options,
    purpose: Purpose,
    /// How many more nearest names may be looked for: each costs as much as the schema is large.
    suggestions: Cell<usize>,
}

/// So many of the unknown names of one text get a suggestion.
const SUGGESTIONS: usize = 16;

/// An attribute that a name means, and whether an alias was used for it.
pub(crate) struct Resolved {
    pub(crate) id: AttrId,
    pub(crate) aliased: bool,
}

impl<'r> Resolver<'r> {
    pub(crate) fn new(schema: &'r Schema, options: &'r Options, purpose: Purpose) -> Resolver<'r> {
        Resolver { schema, options, purpose, suggestions: Cell::new(SUGGESTIONS) }
    }

    /// The attribute of a name, whatever may be done with it.
    pub(crate) fn find(&self, path: &AttrPath<'_>) -> Result<Resolved, ErrorKind> {
        match self.schema.look_up(path.uri(), path.dotted()) {
            LookUp::One(id) => Ok(Resolved { id, aliased: false }),
            other => self.find_otherwise(path, other),
        }
    }

    #[cold]
    fn find_otherwise(&self, path: &AttrPath<'_>, found: LookUp) -> Result<Resolved, ErrorKind> {
        match found {
            LookUp::One(id) => Ok(Resolved { id, aliased: false }),
            LookUp::None => match self.alias(path) {
                Some(id) => Ok(Resolved { id, aliased: true }),
                None => Err(self.unknown(path, None)),
            },
            LookUp::Several(ids) => {
                // What may not be asked about is not told either (S16).
                let usable = ids.into_iter().filter(|id| self.is_allowed(*id));
                let names: Box<[Box<str>]> = usable.map(|id| self.schema.attribute(id).full_name().into()).collect();
                let name = Name::of(path.dotted());
                Err(match names.is_empty() {
                    true => ErrorKind::AttributeUnknown { name, nearest: None },
                    false => ErrorKind::AttributeAmbiguous { name, candidates: names },
                })
            }
        }
    }

    /// The sub-attribute of a name inside the brackets of `parent`.
    pub(crate) fn find_below(&self, parent: AttrId, path: &AttrPath<'_>) -> Result<AttrId, ErrorKind> {
        let found = if path.uri().is_none() { self.schema.find_below(parent, path.dotted()) } else { None };
        found.ok_or_else(|| self.unknown(path, Some(parent)))
    }

    /// Whether the schema and the caller's capabilities let the attribute, and those that it is a part of, be used
    /// (S16).
    pub(crate) fn check_allowed(&self, id: AttrId, name: &dyn fmt::Display) -> Result<(), ErrorKind> {
        if self.is_allowed(id) { Ok(()) } else { Err(self.not_allowed(name)) }
    }

    #[cold]
    fn not_allowed(&self, name: &dyn fmt::Display) -> ErrorKind {
        let name = Name::of(&name.to_string());
        match self.purpose {
            Purpose::Filter => ErrorKind::AttributeNotFilterable { name },
            Purpose::Sort => ErrorKind::AttributeNotSortable { name },
            Purpose::Project | Purpose::Write => ErrorKind::AttributeUnknown { name, nearest: None },
        }
    }

    /// The `value` that a bare complex attribute stands for in a comparison or an ordering (S8): of a multi-valued one, or
    /// with `lenient` of any.
    pub(crate) fn implied_value(&self, id: AttrId, path: &AttrPath<'_>, lenient: bool) -> Result<AttrId, ErrorKind> {
        let attribute = self.schema.attribute(id);
        let value = self.schema.find_below(id, "value");
        if let Some(value) = value.filter(|_| attribute.is_multi_valued() || lenient) {
            self.check_allowed(value, &format_args!("{path}.value"))?;
            return Ok(value);
        }
        let usable = |id: &AttrId| self.is_allowed(*id) && self.schema.attribute(*id).ty() != Type::Complex;
        let instead = value.filter(usable).or_else(|| attribute.sub_attributes().iter().copied().find(usable));
        let instead = instead.map(|id| self.schema.attribute(id).full_name().into());
        Err(ErrorKind::SubAttributeNeeded { name: Name::of(&path.to_string()), instead })
    }

    /// Under the open schema, where names are what they are, the caller's capabilities still hold (S16).
    pub(crate) fn check_open(&self, path: &AttrPath<'_>) -> Result<(), ErrorKind> {
        let Some(listed) = self.listed() else { return Ok(()) };
        let written = path.to_string();
        let allowed = listed.iter().any(|name| {
            let rest = written.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        let name = Name::of(&written);
        match self.purpose {
            _ if allowed => Ok(()),
            Purpose::Sort => Err(ErrorKind::AttributeNotSortable { name }),
            _ => Err(ErrorKind::AttributeNotFilterable { name }),
        }
    }

    fn listed(&self) -> Option<&'r Vec<String>> {
        self.options.capabilities.as_ref()?.attributes.as_ref()
    }

    pub(crate) fn is_allowed(&self, id: AttrId) -> bool {
        // The schema says it of each attribute with regard to those that it is a part of.
        self.purpose.allows(self.schema.attribute(id))
            && (matches!(self.purpose, Purpose::Project | Purpose::Write) || self.is_listed(id))
    }

    /// Whether the caller's capabilities, where they list attributes, have it or what it is a part of.
    pub(crate) fn is_listed(&self, id: AttrId) -> bool {
        self.listed().is_none_or(|names| {
            self.schema.line(id).iter().any(|id| {
                let full = self.schema.attribute(*id).full_name();
                names.iter().any(|name| self.schema.same_name(name, full))
            })
        })
    }

    /// A host's alias (Q8): of the whole name, or of its first part.
    fn alias(&self, path: &AttrPath<'_>) -> Option<AttrId> {
        if !self.options.quirks.has(Quirk::Q8) || path.uri().is_some() {
            return None;
        }
        let named = |wanted: &str| {
            let mut aliases = self.options.aliases.iter();
            aliases.find(|(alias, _)| self.schema.same_name(alias, wanted)).map(|(_, name)| name.as_str())
        };
        let name = match (named(path.dotted()), path.sub_attr()) {
            (Some(name), _) => name.to_owned(),
            (None, Some(rest)) => format!("{}.{rest}", named(path.name())?),
            (None, None) => return None,
        };
        let (uri, name) = match name.rsplit_once(':') {
            Some((uri, name)) => (Some(uri), name),
            None => (None, &name[..]),
        };
        self.schema.find(uri, name)
    }

    fn unknown(&self, path: &AttrPath<'_>, parent: Option<AttrId>) -> ErrorKind {
        let written = path.to_string();
        let name = Name::of(&written);
        if parent.is_none() && self.schema.uri_index(&written).is_some() {
            return ErrorKind::SchemaUriAlone { name, instead: self.simple_attribute_of(&written) };
        }
        let left = self.suggestions.get();
        self.suggestions.set(left.saturating_sub(1));
        let nearest = name.as_str().filter(|_| left > 0).and_then(|written| self.nearest(written, path, parent));
        ErrorKind::AttributeUnknown { name, nearest }
    }

    /// An attribute of a schema that may be used and stands for one value.
    fn simple_attribute_of(&self, uri: &str) -> Option<Box<str>> {
        let is_simple = |attribute: &&Attribute| attribute.ty() != Type::Complex && !attribute.is_multi_valued();
        let usable = self.schema.roots_of(uri).filter(|id| self.is_allowed(*id)).map(|id| self.schema.attribute(id));
        let mut readable = usable.filter(|attribute| attribute.is_readable());
        readable.find(is_simple).map(|attribute| attribute.full_name().into())
    }

    /// The nearest name that may be used, never a hidden one (S16).
    fn nearest(&self, written: &str, path: &AttrPath<'_>, parent: Option<AttrId>) -> Option<Box<str>> {
        let written = written.to_ascii_lowercase();
        let short = path.dotted().to_ascii_lowercase();
        let usable = self.schema.attributes().filter(|(id, attribute)| attribute.is_readable() && self.is_allowed(*id));
        let names = usable.filter_map(|(id, attribute)| match parent {
            None => Some(attribute.full_name()),
            Some(parent) => (self.schema.line(id).contains(&parent) && id != parent).then(|| attribute.name()),
        });
        let allowed = (short.len() / 3).clamp(1, 3);
        let distance = |name: &str| {
            let name = name.to_ascii_lowercase();
            let last = name.rsplit(':').next().unwrap_or(&name);
            // A missing or wrong URI.
            if last == short {
                return 1;
            }
            let distance = strsim::osa_distance(&written, &name).min(strsim::osa_distance(&short, last));
            // `requestedFor.externalId` where the filter's name is `requestedFor`; its own parts are nearer.
            let is_outer = short.strip_prefix(last).is_some_and(|rest| rest.starts_with('.'));
            if is_outer { distance.min(allowed) } else { distance }
        };
        names
            .map(|name| (distance(name), name))
            .filter(|(distance, _)| *distance <= allowed)
            // Of names that are as near, the longest: a part rather than the whole.
            .min_by_key(|(distance, name)| (*distance, std::cmp::Reverse(name.len())))
            .map(|(_, name)| name.into())
    }
}
