//! PATCH (RFC 7644 section 3.5.2). Paths are parsed, checked and matched by the crate; what is done at them is done here.

use axum::http::StatusCode;
use scim_query::{AttrId, Path, PathTarget, Type};
use serde_json::{Map, Value};

use crate::body::{Reader, check_schemas, member};
use crate::failure::Failure;
use crate::value::{get, list, put, some};

/// How often a PATCH may look at an element: 1,000 operations on 1,000 elements.
const MOST_LOOKS: usize = 1_000_000;

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
}

/// Does all operations in their order, or none that counts: after an error the resource is to be thrown away.
pub(crate) fn apply(
    reader: Reader<'_>,
    resource: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), Failure> {
    check_schemas(body, PATCH_OP)?;
    let operations = list(member(body, "Operations"));
    if operations.is_empty() {
        return Err(Failure::invalid_syntax("`Operations` is a list of operations"));
    }
    let mut patch = Patch { reader, op: Op::Add, resource, looks: MOST_LOOKS };
    for operation in operations {
        let operation = operation.as_object().ok_or_else(|| Failure::invalid_syntax("an operation is an object"))?;
        let op = member(operation, "op").and_then(Value::as_str).unwrap_or_default();
        let op = match if reader.lenient.entra { op.to_ascii_lowercase() } else { op.to_owned() }.as_str() {
            "add" => Op::Add,
            "remove" => Op::Remove,
            "replace" => Op::Replace,
            _ => return Err(Failure::invalid_syntax("`op` is one of add, remove, replace")),
        };
        let value = member(operation, "value");
        patch.op = op;
        match member(operation, "path") {
            None | Some(Value::Null) => patch.whole(None, value)?,
            Some(Value::String(path)) => patch.at(path, value)?,
            Some(_) => return Err(Failure::bad("invalidPath", "`path` is a string")),
        }
    }
    reader.kind.check(patch.resource)
}

/// One operation after the other.
pub(crate) struct Patch<'p> {
    pub(crate) reader: Reader<'p>,
    pub(crate) op: Op,
    pub(crate) resource: &'p mut Map<String, Value>,
    /// How many are left.
    looks: usize,
}

impl Patch<'_> {
    /// Notes that so many elements are looked at, by a path of so many bytes. The only writer does nothing else meanwhile.
    pub(crate) fn look(&mut self, elements: usize, path: usize) -> Result<(), Failure> {
        let looks = self.looks.checked_sub(elements.saturating_mul(1 + path / 64));
        let detail = "the operations look at too many values: send fewer at a time";
        self.looks = looks.ok_or_else(|| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, None, detail))?;
        Ok(())
    }

    /// The resource, or the object of an extension: each member of the value is an attribute.
    fn whole(&mut self, uri: Option<&str>, value: Option<&Value>) -> Result<(), Failure> {
        let kind = self.reader.kind;
        match (self.op, uri, value) {
            (Op::Remove, None, _) => return Err(Failure::bad("noTarget", "a removal needs a path")),
            (Op::Remove, Some(_), Some(_)) => return Err(removal_with_value()),
            (Op::Remove, Some(uri), None) => {
                put(self.resource, &[uri], None);
                return Ok(());
            }
            // It is unassigned (RFC 7643 section 2.5), as in a POST.
            (Op::Add, Some(_), Some(Value::Null)) => return Ok(()),
            (Op::Replace, Some(uri), Some(Value::Null)) => {
                put(self.resource, &[uri], None);
                return Ok(());
            }
            _ => {}
        }
        let members = value.and_then(Value::as_object).ok_or_else(|| Failure::invalid_value("`value` is an object"))?;
        // What the schemas are follows from the rest.
        for (name, value) in members.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")) {
            if let Some(id) = kind.root(uri, name) {
                self.attribute(id, Some(value))?;
            } else if let (None, Some(extension)) = (uri, kind.extension(name)) {
                self.whole(Some(extension), Some(value))?;
            } else if uri.is_none() && self.reader.lenient.entra {
                // `name.givenName`, or with the URI of an extension in front: a path.
                self.at(name, Some(value))?;
            } else {
                let detail = "a member of `value` is no attribute: other paths have operations of their own";
                return Err(Failure::bad("invalidPath", detail));
            }
        }
        Ok(())
    }

    fn at(&mut self, path: &str, value: Option<&Value>) -> Result<(), Failure> {
        let kind = self.reader.kind;
        let options = &self.reader.lenient.options;
        let path = Path::parse_with(path, options)?;
        let checked = path.check_with(&kind.schema, options)?;
        let id = match checked.target() {
            PathTarget::Schema(uri) => return self.whole(kind.extension(uri), value),
            PathTarget::Attribute(id) => *id,
        };
        let attribute = kind.schema.attribute(id);
        let of_many = attribute.parent().filter(|parent| kind.schema.attribute(*parent).is_multi_valued());
        match (of_many, checked.sub_attribute()) {
            (Some(many), _) => self.elements(many, Some(id), &path, &checked, value),
            (None, part) if attribute.is_multi_valued() && checked.has_filter() => {
                self.elements(id, part, &path, &checked, value)
            }
            // A filter on a complex attribute of one value.
            (None, part) if checked.has_filter() => match get(self.resource, &kind.keys(id)) {
                Some(found) if checked.selects(found) => self.attribute(part.unwrap_or(id), value),
                _ => Err(no_target()),
            },
            (None, _) => self.attribute(id, value),
        }
    }

    /// An attribute as a whole, with all its values.
    fn attribute(&mut self, id: AttrId, value: Option<&Value>) -> Result<(), Failure> {
        let kind = self.reader.kind;
        let attribute = kind.schema.attribute(id);
        let keys = kind.keys(id);
        let current = get(self.resource, &keys).cloned();
        if self.is_read_only(id) {
            // To name the value that it has is no change, as Okta does with `id`.
            let same = self.op != Op::Remove && value == current.as_ref();
            return if same { Ok(()) } else { Err(self.refused(id, "it is read-only")) };
        }
        let several = attribute.is_multi_valued();
        if let (Type::Complex, false, Some(Value::Object(members))) = (attribute.ty(), several, value)
            && self.op != Op::Remove
        {
            // Part by part: what is not named stays.
            for (name, value) in members {
                if let Some(part) = kind.part(id, name).filter(|part| !kind.rule(*part).read_only) {
                    self.attribute(part, Some(value))?;
                }
            }
            return Ok(());
        }
        self.look(list(current.as_ref()).len(), 0)?;
        let listed =
            value.filter(|value| several && self.op == Op::Remove && self.reader.lenient.entra && !value.is_null());
        let new = if let Some(listed) = listed {
            some(self.without(id, list(current.as_ref()), listed)?)
        } else {
            match (self.op, current.clone(), self.given(id, value)?) {
                (Op::Add, current, None) => current,
                (Op::Add, Some(Value::Array(mut elements)), Some(Value::Array(given))) => {
                    self.add(&mut elements, given)?;
                    some(elements)
                }
                (_, _, given) => given,
            }
        };
        if kind.rule(id).immutable && current.is_some() && new != current {
            return Err(self.refused(id, "it is immutable"));
        }
        if kind.rule(id).required && new.is_none() {
            return Err(self.refused(id, "it is required"));
        }
        put(self.resource, &keys, new);
        Ok(())
    }

    /// The operation's value, for an attribute. A removal has none.
    pub(crate) fn given(&self, id: AttrId, value: Option<&Value>) -> Result<Option<Value>, Failure> {
        match (self.op, value) {
            (Op::Remove, None | Some(Value::Null)) => Ok(None),
            (Op::Remove, Some(_)) => Err(removal_with_value()),
            (_, Some(value)) => self.reader.value(id, value),
            (_, None) => Err(Failure::invalid_value("`value` is missing")),
        }
    }

    pub(crate) fn is_read_only(&self, id: AttrId) -> bool {
        let kind = self.reader.kind;
        let parent = kind.schema.attribute(id).parent();
        kind.rule(id).read_only || parent.is_some_and(|parent| kind.rule(parent).read_only)
    }

    pub(crate) fn refused(&self, id: AttrId, problem: &str) -> Failure {
        Failure::mutability(self.reader.kind.schema.attribute(id).full_name(), problem)
    }
}

fn removal_with_value() -> Failure {
    Failure::invalid_syntax("a removal has no `value`: its `path` says what is removed")
}

pub(crate) fn no_target() -> Failure {
    Failure::bad("noTarget", "the filter in the path matches no value")
}
