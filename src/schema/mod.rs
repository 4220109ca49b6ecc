//! Schemas: which attributes a resource has (RFC 7643), and what may be asked of them.

mod access_requests;
mod attribute;
mod builder;
mod core;
mod json;
mod key;
mod line;
mod names;

use std::sync::Arc;

pub use attribute::{AttrId, Attribute, AttributeDef, Prepare, Returned, Type};
pub use builder::SchemaBuilder;
pub use key::Key;
pub(crate) use line::Line;

use crate::ast::Direction;
use names::{Names, Owned};

/// The attributes of one kind of resource: a core schema and its extensions. Cheap to clone; built once, at start-up.
///
/// ```
/// use scim_query::Schema;
///
/// let schema = Schema::user();
/// let id = schema.find(None, "NAME.familyname").unwrap();
/// assert_eq!(schema.attribute(id).full_name(), "name.familyName");
/// ```
#[derive(Clone)]
pub struct Schema(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    /// The core schema's URI, then the extensions'.
    uris: Vec<Box<str>>,
    attributes: Vec<Attribute>,
    /// The attributes that are no parts of others, with the index of their URI.
    roots: Vec<(usize, AttrId)>,
    names: Names,
    open: bool,
    default_order: Vec<(AttrId, Direction)>,
    tie_breakers: Vec<AttrId>,
}

impl Schema {
    /// No declarations (S18): any JSON, names of any depth, keys exactly as written; the literal's kind types the
    /// comparison. For exploring data, not for an endpoint: nothing is refused as unknown.
    pub fn open() -> Schema {
        builder::open()
    }

    /// Whether it is the [open](Schema::open) schema.
    pub fn is_open(&self) -> bool {
        self.0.open
    }

    /// The core schema's URI; empty for the open schema.
    pub fn id(&self) -> &str {
        self.0.uris.first().map_or("", |uri| uri)
    }

    /// The URIs of the core schema and of the extensions.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        self.0.uris.iter().map(|uri| &**uri)
    }

    /// Whether attribute names are compared with regard to case, as Okta's are (S17).
    pub fn has_case_exact_names(&self) -> bool {
        self.0.names.are_case_exact()
    }

    /// An attribute. Every [`AttrId`] of this schema has one.
    pub fn attribute(&self, id: AttrId) -> &Attribute {
        &self.0.attributes[id.0 as usize]
    }

    /// Every attribute, sub-attributes after their parents.
    pub fn attributes(&self) -> impl Iterator<Item = (AttrId, &Attribute)> {
        (0..).map(AttrId).zip(&self.0.attributes)
    }

    /// The attributes that are no parts of others.
    pub fn roots(&self) -> impl Iterator<Item = (AttrId, &Attribute)> {
        self.0.roots.iter().map(|(_, id)| (*id, self.attribute(*id)))
    }

    /// The attributes of one schema that are no parts of others; the common attributes count to the core schema.
    pub(crate) fn roots_of(&self, uri: &str) -> impl Iterator<Item = AttrId> {
        let wanted = self.uri_index(uri);
        self.0.roots.iter().filter(move |(index, _)| Some(*index) == wanted).map(|(_, id)| *id)
    }

    /// The attribute of a dotted name, if there is exactly one (S17). Without a URI it is a core attribute's or, if only
    /// one extension has it, that extension's.
    pub fn find(&self, uri: Option<&str>, name: &str) -> Option<AttrId> {
        match self.look_up(uri, name) {
            LookUp::One(id) => Some(id),
            LookUp::None | LookUp::Several(_) => None,
        }
    }

    /// What a name means. Its first part decides which schema it is of: `a.b` is not an extension's where the core schema
    /// has an `a`.
    pub(crate) fn look_up(&self, uri: Option<&str>, name: &str) -> LookUp {
        if let Some(uri) = uri {
            let wanted = self.uri_index(uri);
            return self.look_up_among(name, &|index| Some(index) == wanted, true);
        }
        if self.0.uris.len() == 1 {
            return self.0.names.get(name).first().map_or(LookUp::None, |(_, id)| LookUp::One(*id));
        }
        // A root may have a dotted name itself (G4).
        let prefixes = || name.match_indices('.').map(|(dot, _)| &name[..dot]).chain([name]);
        let roots = || prefixes().flat_map(|prefix| self.0.names.get(prefix)).filter(|(_, id)| self.is_root(*id));
        // One that may not be read does not make another ambiguous: that would tell that it is there (S16).
        let readable = |(_, id): &&Owned| self.attribute(*id).readable;
        let some_readable = roots().any(|root| readable(&root));
        let owners = || roots().filter(|root| !some_readable || readable(root)).map(|(index, _)| *index);
        if owners().any(|index| index == 0) {
            return self.look_up_among(name, &|index| index == 0, true);
        }
        let first = owners().next();
        let one = owners().all(|index| Some(index) == first);
        self.look_up_among(name, &|index| owners().any(|owner| owner == index), one)
    }

    /// The attributes of a name in the schemas that it may be of.
    fn look_up_among(&self, name: &str, owns: &dyn Fn(usize) -> bool, one_owner: bool) -> LookUp {
        let mut found = self.0.names.get(name).iter().filter(|(index, _)| owns(*index)).map(|(_, id)| *id);
        match (found.next(), found.next()) {
            (None, _) => LookUp::None,
            (Some(id), None) if one_owner => LookUp::One(id),
            (Some(first), second) => LookUp::Several([first].into_iter().chain(second).chain(found).collect()),
        }
    }

    fn is_root(&self, id: AttrId) -> bool {
        self.attribute(id).parent.is_none()
    }

    /// The sub-attribute of a dotted name, relative to an attribute.
    pub(crate) fn find_below(&self, parent: AttrId, name: &str) -> Option<AttrId> {
        name.split('.').try_fold(parent, |parent, name| {
            let mut below = self.attribute(parent).sub_attributes.iter().copied();
            below.find(|id| self.same_name(&self.attribute(*id).name, name))
        })
    }

    /// The extension, or the core schema, of a URI, in any case (G5).
    pub(crate) fn uri_index(&self, uri: &str) -> Option<usize> {
        self.0.uris.iter().position(|known| known.eq_ignore_ascii_case(uri))
    }

    pub(crate) fn same_name(&self, left: &str, right: &str) -> bool {
        if self.0.names.are_case_exact() { left == right } else { left.eq_ignore_ascii_case(right) }
    }

    /// The attribute and those that it is a part of, outermost first.
    pub(crate) fn line(&self, id: AttrId) -> Line {
        self.attribute(id).line
    }

    /// The ordering of a list request that names none (O5).
    pub(crate) fn default_order(&self) -> &[(AttrId, Direction)] {
        &self.0.default_order
    }

    /// The attributes that make every ordering total (O5).
    pub(crate) fn tie_breakers(&self) -> &[AttrId] {
        &self.0.tie_breakers
    }
}

/// What a name means in a schema.
pub(crate) enum LookUp {
    None,
    One(AttrId),
    /// One or more attributes, and the client has to say by a URI which schema it means.
    Several(Vec<AttrId>),
}

/// Schemas are equal when their declarations are.
impl PartialEq for Schema {
    fn eq(&self, other: &Schema) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Schema {}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let uris: Vec<&str> = self.uris().collect();
        write!(f, "Schema({})", if self.is_open() { "open".to_owned() } else { uris.join(", ") })
    }
}
