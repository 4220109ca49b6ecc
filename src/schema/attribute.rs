//! One attribute: what RFC 7643 section 7 says of it, and what may be done with it.

use std::fmt;
use std::sync::Arc;

use super::{Key, Line};
use crate::op::{CompareOp, Operator, OperatorSet};

/// The type of an attribute's values (RFC 7643 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names are the RFC's.
pub enum Type {
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
}

impl Type {
    /// All types.
    pub const ALL: [Type; 8] = [
        Type::String,
        Type::Boolean,
        Type::Decimal,
        Type::Integer,
        Type::DateTime,
        Type::Binary,
        Type::Reference,
        Type::Complex,
    ];

    /// The RFC's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Type::String => "string",
            Type::Boolean => "boolean",
            Type::Decimal => "decimal",
            Type::Integer => "integer",
            Type::DateTime => "dateTime",
            Type::Binary => "binary",
            Type::Reference => "reference",
            Type::Complex => "complex",
        }
    }

    /// The one table of operators and types (RFC 7644 table 3, S11, S12). `eq` and `ne` of a complex attribute are only
    /// those with `null` (S8).
    pub fn operators(self) -> OperatorSet {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        let of =
            |ops: &[CompareOp]| OperatorSet::of(ops.iter().copied().map(Operator::Compare).chain([Operator::Present]));
        match self {
            Type::String | Type::Reference => OperatorSet::ALL,
            Type::DateTime | Type::Integer | Type::Decimal => of(&[Eq, Ne, Gt, Ge, Lt, Le]),
            Type::Boolean | Type::Binary | Type::Complex => of(&[Eq, Ne]),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When an attribute is part of a response (RFC 7643 section 2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names are the RFC's.
pub enum Returned {
    Always,
    Never,
    #[default]
    Default,
    Request,
}

/// Makes stored values and literals alike, for a host that stores prepared values (S9): applied to each literal. What is
/// prepared already must stay as it is, because a checked filter's text has prepared literals.
pub type Prepare = fn(&str) -> String;

/// The definition of an attribute, to build a [`Schema`](crate::Schema) from: RFC 7643's characteristics with its
/// defaults (string, singular, not case-exact, returned by default), and what this crate adds to them.
///
/// ```
/// use scim_query::{AttributeDef, Type};
///
/// let emails = AttributeDef::new("emails", Type::Complex)
///     .multi_valued()
///     .sub_attributes([AttributeDef::new("value", Type::String), AttributeDef::new("primary", Type::Boolean)]);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AttributeDef {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) multi_valued: bool,
    pub(super) case_exact: bool,
    pub(super) canonical_values: Vec<String>,
    pub(super) returned: Returned,
    pub(super) write_only: bool,
    pub(super) sub_attributes: Vec<AttributeDef>,
    pub(super) keys: Option<Vec<String>>,
    pub(super) operators: OperatorSet,
    pub(super) filterable: bool,
    pub(super) sortable: bool,
    pub(super) assumed_false: Option<bool>,
    pub(super) prepare: Option<Prepare>,
}

impl AttributeDef {
    /// An attribute of a name and a type, everything else by RFC 7643's defaults (section 2.2).
    ///
    /// The name may be dotted (`resource.profile.name`), then filters write it so (G4).
    pub fn new(name: impl Into<String>, ty: Type) -> AttributeDef {
        AttributeDef {
            name: name.into(),
            ty,
            multi_valued: false,
            case_exact: false,
            canonical_values: Vec::new(),
            returned: Returned::Default,
            write_only: false,
            sub_attributes: Vec::new(),
            keys: None,
            operators: OperatorSet::ALL,
            filterable: true,
            sortable: true,
            assumed_false: None,
            prepare: None,
        }
    }

    /// Several values (`multiValued`).
    pub fn multi_valued(mut self) -> AttributeDef {
        self.multi_valued = true;
        self
    }

    /// Upper and lower case differ (`caseExact`). References and binary values always are so.
    pub fn case_exact(mut self) -> AttributeDef {
        self.case_exact = true;
        self
    }

    /// The suggested values (`canonicalValues`, S14).
    pub fn canonical_values<'v>(mut self, values: impl IntoIterator<Item = &'v str>) -> AttributeDef {
        self.canonical_values = values.into_iter().map(Into::into).collect();
        self
    }

    /// When it is part of a response (`returned`). `Never` hides it from filters and orderings too (S16).
    pub fn returned(mut self, returned: Returned) -> AttributeDef {
        self.returned = returned;
        self
    }

    /// It can be written, not read (`mutability: writeOnly`): hidden from filters and orderings (S16).
    pub fn write_only(mut self) -> AttributeDef {
        self.write_only = true;
        self
    }

    /// The parts of a complex attribute (`subAttributes`).
    pub fn sub_attributes(mut self, attributes: impl IntoIterator<Item = AttributeDef>) -> AttributeDef {
        self.sub_attributes = attributes.into_iter().collect();
        self
    }

    /// Where its value lies in a resource, when that is not its name: the keys from the resource (or the element, for a
    /// sub-attribute) down, as in `["requested", "resourceId"]`. Without it, an attribute of an extension lies in the
    /// object under the extension's URI, and a dotted name in nested objects.
    pub fn at<'k>(mut self, keys: impl IntoIterator<Item = &'k str>) -> AttributeDef {
        self.keys = Some(keys.into_iter().map(Into::into).collect());
        self
    }

    /// Only these of its type's operators.
    pub fn operators(mut self, operators: OperatorSet) -> AttributeDef {
        self.operators = operators;
        self
    }

    /// Not to be filtered on, nor are its sub-attributes. It can still be ordered by, which tells about its values, too: what
    /// a client may not know is [`Returned::Never`], or stays out of the schema.
    pub fn not_filterable(mut self) -> AttributeDef {
        self.filterable = false;
        self
    }

    /// Not to be ordered by in a request, nor are its sub-attributes. The schema's own default order and tie-breaker may be by it.
    pub fn not_sortable(mut self) -> AttributeDef {
        self.sortable = false;
        self
    }

    /// A boolean sub-attribute that comparisons read as false where it is absent (S13), whatever its name. By default
    /// that is `primary` of a multi-valued attribute (RFC 7643 section 2.4).
    pub fn assumed_false(mut self, assumed: bool) -> AttributeDef {
        self.assumed_false = Some(assumed);
        self
    }

    /// A function that prepares literals as the host prepares what it stores (S9), such as a PRECIS profile for
    /// `userName`. It is applied before folding.
    pub fn prepare(mut self, prepare: Prepare) -> AttributeDef {
        self.prepare = Some(prepare);
        self
    }
}

/// The number of an attribute in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttrId(pub(super) u32);

impl AttrId {
    /// Its place among the attributes of its schema.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// An attribute of a [`Schema`](crate::Schema).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub(super) name: Box<str>,
    pub(super) full_name: Box<str>,
    pub(super) keys: Arc<[Key]>,
    pub(super) parent: Option<AttrId>,
    /// Itself and those that it is a part of.
    pub(super) line: Line,
    pub(super) ty: Type,
    pub(super) multi_valued: bool,
    pub(super) case_exact: bool,
    pub(super) canonical_values: Box<[Box<str>]>,
    pub(super) returned: Returned,
    pub(super) readable: bool,
    pub(super) operators: OperatorSet,
    /// And so are those that it is a part of; the next one, too.
    pub(super) filterable: bool,
    pub(super) sortable: bool,
    pub(super) assumed_false: bool,
    pub(super) sub_attributes: Vec<AttrId>,
    pub(super) prepare: PrepareFn,
}

/// A function pointer that does not count when attributes are compared.
#[derive(Clone, Copy)]
pub(super) struct PrepareFn(pub(super) Option<Prepare>);

impl PartialEq for PrepareFn {
    fn eq(&self, other: &PrepareFn) -> bool {
        self.0.is_some() == other.0.is_some()
    }
}

impl Eq for PrepareFn {}

impl fmt::Debug for PrepareFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "prepared" } else { "as written" })
    }
}

impl Attribute {
    /// The name, without its parent's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as a filter may write it: with its parent's name, and with the schema's URI if it belongs to an
    /// extension.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// Where the value lies: the keys from the resource, or from the parent's element, down.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(Key::name)
    }

    /// The same, shared with the filters that look there.
    pub(crate) fn shared_keys(&self) -> &Arc<[Key]> {
        &self.keys
    }

    /// The attribute that it is a part of.
    pub fn parent(&self) -> Option<AttrId> {
        self.parent
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Whether it has several values.
    pub fn is_multi_valued(&self) -> bool {
        self.multi_valued
    }

    /// Whether upper and lower case differ.
    pub fn is_case_exact(&self) -> bool {
        self.case_exact
    }

    /// The suggested values.
    pub fn canonical_values(&self) -> &[Box<str>] {
        &self.canonical_values
    }

    /// When it is part of a response.
    pub fn returned(&self) -> Returned {
        self.returned
    }

    /// Whether a client may ever see it: not write-only, not `returned: never`, nor a part of such a one (S16).
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// The operators that a filter may use on it; none where it cannot be filtered on.
    pub fn operators(&self) -> OperatorSet {
        if self.is_filterable() { self.operators } else { OperatorSet::NONE }
    }

    /// Whether it may be filtered on: it, and what it is a part of.
    pub fn is_filterable(&self) -> bool {
        self.filterable && self.readable
    }

    /// Whether it may be ordered by: readable, not binary, and a complex one only by its `value` (S8).
    pub fn is_sortable(&self) -> bool {
        self.sortable && self.readable && self.ty != Type::Binary
    }

    /// Whether comparisons read it as false where it is absent (S13).
    pub fn is_assumed_false(&self) -> bool {
        self.assumed_false
    }

    /// The parts of a complex attribute.
    pub fn sub_attributes(&self) -> &[AttrId] {
        &self.sub_attributes
    }

    /// The function that prepares literals (S9).
    pub(crate) fn prepare(&self) -> Option<Prepare> {
        self.prepare.0
    }
}
