//! PATCH of elements: a path into an attribute of several values, such as `emails[type eq "work"].value`.

use scim_query::{AttrId, CheckedPath, CompValue, Path};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::patch::{Op, Patch, no_target};
use crate::value::{get, keep_one_primary, list, put, some};

impl Patch<'_> {
    /// The elements of an attribute of several values that the path means, or a part of each.
    pub(crate) fn elements(
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
        let mut elements = list(get(self.resource, &keys)).to_vec();
        let mut selected: Vec<bool> = elements.iter().map(|element| checked.selects(element)).collect();
        let mut op = self.op;
        if !selected.contains(&true) {
            match (checked.has_filter(), op) {
                (false, Op::Remove) => return Ok(()),
                (false, _) => elements.push(Value::Object(Map::new())),
                (true, Op::Replace) if !self.reader.lenient.entra => return Err(no_target()),
                (true, Op::Remove) => return Err(no_target()),
                (true, _) => elements.push(self.satisfying(many, path)?),
            }
            selected.push(true);
            op = Op::Add;
        }
        for (element, _) in elements.iter_mut().zip(&selected).filter(|(_, selected)| **selected) {
            *element = self.element(op, (many, part), element.take(), given.as_ref())?.unwrap_or_default();
        }
        keep_one_primary(&mut elements, &selected);
        elements.retain(|element| !element.is_null());
        put(self.resource, &keys, some(elements));
        Ok(())
    }

    /// What becomes of an element.
    fn element(
        &self,
        op: Op,
        (many, part): (AttrId, Option<AttrId>),
        element: Value,
        given: Option<&Value>,
    ) -> Result<Option<Value>, Failure> {
        let kind = self.reader.kind;
        let parts: Vec<(AttrId, Option<&Value>)> = match (part, given) {
            (_, None) if op == Op::Add => return Ok(Some(element)),
            (Some(part), given) => vec![(part, given)],
            (None, Some(Value::Object(given))) if op == Op::Add => {
                given.iter().filter_map(|(name, value)| Some((kind.part(many, name)?, Some(value)))).collect()
            }
            (None, given) => return Ok(given.cloned()),
        };
        let Value::Object(mut members) = element else { return Ok(Some(element)) };
        for (part, value) in parts {
            let name = kind.schema.attribute(part).name();
            if kind.rule(part).immutable && members.get(name).is_some_and(|known| Some(known) != value) {
                return Err(self.refused(part, "it is immutable"));
            }
            put(&mut members, &[name], value.cloned());
        }
        Ok(Some(members).filter(|members| !members.is_empty()).map(Value::Object))
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
}
