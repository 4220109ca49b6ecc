//! PATCH (RFC 7644 section 3.5.2). Paths are parsed, checked and matched by the crate; what is done at them is done here.

use scim_query::{AttrId, CheckedPath, CompValue, Path, PathTarget, Type};
use serde_json::{Map, Value};

use crate::body::{Reader, check_schemas, member};
use crate::failure::Failure;
use crate::kind::{get, list, put};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[derive(Clone, Copy, PartialEq)]
enum Op {
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
    let operations = member(body, "Operations").map(list).unwrap_or_default();
    if operations.is_empty() {
        return Err(Failure::invalid_syntax("`Operations` is a list of operations"));
    }
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
        let mut patch = Patch { reader, op, resource };
        match member(operation, "path") {
            None | Some(Value::Null) => patch.whole(None, value)?,
            Some(Value::String(path)) => patch.at(path, value)?,
            Some(_) => return Err(Failure::bad("invalidPath", "`path` is a string")),
        }
    }
    reader.kind.check(resource)
}

/// One operation.
struct Patch<'p> {
    reader: Reader<'p>,
    op: Op,
    resource: &'p mut Map<String, Value>,
}

impl Patch<'_> {
    /// The resource, or the object of an extension: each member of the value is an attribute.
    fn whole(&mut self, uri: Option<&str>, value: Option<&Value>) -> Result<(), Failure> {
        let kind = self.reader.kind;
        match (self.op, uri) {
            (Op::Remove, None) => return Err(Failure::bad("noTarget", "a removal needs a path")),
            (Op::Remove, Some(uri)) => {
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
        let given = self.given(id, value, several)?;
        let new = match (self.op, current.clone(), given) {
            (Op::Remove, Some(Value::Array(elements)), Some(Value::Array(listed))) => {
                let is_listed = |element: &Value| listed.iter().any(|one| is_part_of(one, element));
                Some(elements.into_iter().filter(|element| !is_listed(element)).collect::<Vec<_>>())
                    .filter(|elements| !elements.is_empty())
                    .map(Value::Array)
            }
            (Op::Remove, current, Some(_)) => current,
            (Op::Remove, _, None) => None,
            (Op::Add, current, None) => current,
            (Op::Add, Some(Value::Array(mut elements)), Some(Value::Array(given))) => {
                let before = elements.len();
                for one in given {
                    if !elements.iter().any(|element| is_part_of(&one, element)) {
                        elements.push(one);
                    }
                }
                keep_one_primary(&mut elements, |at| at >= before);
                Some(Value::Array(elements))
            }
            (_, Some(Value::Object(mut members)), Some(Value::Object(given))) if attribute.ty() == Type::Complex => {
                members.extend(given);
                Some(Value::Object(members))
            }
            (_, _, given) => given,
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

    /// The elements of an attribute of several values that the path means, or a part of each.
    fn elements(
        &mut self,
        many: AttrId,
        part: Option<AttrId>,
        path: &Path<'_>,
        checked: &CheckedPath,
        value: Option<&Value>,
    ) -> Result<(), Failure> {
        let kind = self.reader.kind;
        let target = part.unwrap_or(many);
        if self.is_read_only(many) || self.is_read_only(target) {
            return Err(self.refused(target, "it is read-only"));
        }
        let given = self.given(target, value, false)?;
        let given = match (part, given) {
            // An element is one value.
            (None, Some(Value::Array(mut elements))) if elements.len() == 1 => elements.pop(),
            (None, Some(Value::Array(_))) => return Err(Failure::invalid_value("`value` is one element")),
            (_, given) => given,
        };
        let keys = kind.keys(many);
        let mut elements = get(self.resource, &keys).map(list).unwrap_or_default().to_vec();
        let mut selected: Vec<bool> = elements.iter().map(|element| checked.selects(element)).collect();
        if !selected.contains(&true) {
            let adds = self.op == Op::Add || (self.op == Op::Replace && self.reader.lenient.entra);
            match checked.has_filter() {
                true if adds => elements.push(self.satisfying(many, path)?),
                true => return Err(no_target()),
                false if self.op == Op::Remove => return Ok(()),
                false => elements.push(Value::Object(Map::new())),
            }
            selected.push(true);
        }
        for (element, _) in elements.iter_mut().zip(&selected).filter(|(_, selected)| **selected) {
            let Some(members) = element.as_object_mut() else { continue };
            match (part, given.clone()) {
                (Some(part), given) => {
                    let name = kind.schema.attribute(part).name();
                    let current = members.get(name);
                    if kind.rule(part).immutable && current.is_some() && current != given.as_ref() {
                        return Err(self.refused(part, "it is immutable"));
                    }
                    put(members, &[name], given.or(current.filter(|_| self.op == Op::Add).cloned()));
                }
                (None, Some(Value::Object(given))) if self.op == Op::Add => members.extend(given),
                (None, Some(given)) => *element = given,
                (None, None) if self.op == Op::Add => {}
                (None, None) => members.clear(),
            }
        }
        keep_one_primary(&mut elements, |at| selected.get(at) == Some(&true));
        elements.retain(|element| element.as_object().is_none_or(|members| !members.is_empty()));
        put(self.resource, &keys, Some(elements).filter(|elements| !elements.is_empty()).map(Value::Array));
        Ok(())
    }

    /// The operation's value, for an attribute. A removal has none, except that Entra lists the elements to be removed.
    fn given(&self, id: AttrId, value: Option<&Value>, several: bool) -> Result<Option<Value>, Failure> {
        match (self.op, value) {
            (Op::Remove, None | Some(Value::Null)) => Ok(None),
            (Op::Remove, Some(_)) if !(self.reader.lenient.entra && several) => {
                Err(Failure::invalid_syntax("a removal has no `value`: its `path` says what is removed"))
            }
            (_, Some(value)) => self.reader.value(id, value),
            (_, None) => Err(Failure::invalid_value("`value` is missing")),
        }
    }

    /// An element that the path's filter is true of, when that says which.
    fn satisfying(&self, many: AttrId, path: &Path<'_>) -> Result<Value, Failure> {
        let mut members = Map::new();
        for (name, value) in path.equalities().ok_or_else(no_target)? {
            let value = match value {
                CompValue::Null => Value::Null,
                CompValue::Bool(value) => Value::Bool(*value),
                CompValue::Number(text) => serde_json::from_str(text).map_err(|_| no_target())?,
                CompValue::String(text) => Value::from(&**text),
            };
            let part = self.reader.kind.part(many, name).ok_or_else(no_target)?;
            if let Some(value) = self.reader.value(part, &value)? {
                members.insert(self.reader.kind.schema.attribute(part).name().to_owned(), value);
            }
        }
        Ok(Value::Object(members))
    }

    fn is_read_only(&self, id: AttrId) -> bool {
        let kind = self.reader.kind;
        let parent = kind.schema.attribute(id).parent();
        kind.rule(id).read_only || parent.is_some_and(|parent| kind.rule(parent).read_only)
    }

    fn refused(&self, id: AttrId, problem: &str) -> Failure {
        Failure::mutability(self.reader.kind.schema.attribute(id).full_name(), problem)
    }
}

fn no_target() -> Failure {
    Failure::bad("noTarget", "the filter in the path matches no value")
}

/// Whether an element is there already: all that is given of it is.
fn is_part_of(given: &Value, element: &Value) -> bool {
    match (given, element) {
        (Value::Object(given), Value::Object(members)) => {
            given.iter().all(|(name, value)| members.get(name) == Some(value))
        }
        (given, element) => given == element,
    }
}

/// One that was made primary takes it from the others.
fn keep_one_primary(elements: &mut [Value], was_changed: impl Fn(usize) -> bool) {
    let is_primary = |element: &Value| element.get("primary") == Some(&Value::Bool(true));
    let Some(kept) = (0..elements.len()).rev().find(|at| was_changed(*at) && is_primary(&elements[*at])) else {
        return;
    };
    for (at, element) in elements.iter_mut().enumerate() {
        if at != kept && !was_changed(at) && is_primary(element) {
            element["primary"] = false.into();
        }
    }
}
