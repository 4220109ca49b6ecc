//! PATCH of elements: a path into an attribute of several values, such as `emails[type eq "work"].value`.

use std::collections::{HashMap, HashSet};

use scim_query::{AttrId, CheckedPath, CompValue, Path};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::patch::{Op, Patch, no_target};
use crate::value::{get, is_part_of, keep_one_primary, list, put, some};

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
        let given = self.given(target, value)?;
        let given = match (part, given) {
            // An element is one value.
            (None, Some(Value::Array(mut elements))) if elements.len() == 1 => elements.pop(),
            (None, Some(Value::Array(_))) => return Err(Failure::invalid_value("`value` is one element")),
            (_, given) => given,
        };
        let keys = kind.keys(many);
        let mut elements = list(get(self.resource, &keys)).to_vec();
        self.look(elements.len(), path.to_string().len())?;
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

    /// Puts elements behind others, but for those that are there already.
    pub(crate) fn add(&mut self, elements: &mut Vec<Value>, given: Vec<Value>) -> Result<(), Failure> {
        let mut changed = vec![false; elements.len()];
        // Only those of the same `value` are looked at.
        let mut places: HashMap<Value, Vec<usize>> = HashMap::new();
        for (at, element) in elements.iter().enumerate() {
            element.get("value").into_iter().for_each(|value| places.entry(value.clone()).or_default().push(at));
        }
        for one in given {
            let value = one.get("value");
            let same = value.map(|value| places.get(value).map(Vec::as_slice).unwrap_or_default());
            self.look(same.map_or(elements.len(), <[usize]>::len), 0)?;
            let is_there = match same {
                Some(same) => same.iter().any(|at| is_part_of(&one, &elements[*at])),
                None => elements.iter().any(|element| is_part_of(&one, element)),
            };
            if !is_there {
                value.into_iter().for_each(|value| places.entry(value.clone()).or_default().push(elements.len()));
                elements.push(one);
                changed.push(true);
            }
        }
        keep_one_primary(elements, &changed);
        Ok(())
    }

    /// Without the elements that a removal lists, as Entra has it: each by its `value`, where the attribute has such a part,
    /// else as a whole. What names none is refused: it is not all.
    pub(crate) fn without(&self, id: AttrId, elements: &[Value], listed: &Value) -> Result<Vec<Value>, Failure> {
        let kind = self.reader.kind;
        let has_value = kind.part(id, "value").is_some();
        let name = |element: &Value| if has_value { element.get("value").cloned() } else { Some(element.clone()) };
        let listed = match listed {
            Value::Array(listed) => listed.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut names = HashSet::new();
        for one in listed {
            let one = self.reader.one(id, one)?;
            let problem = || Failure::invalid_value("a removal lists elements, each by its `value`");
            names.insert(one.as_ref().and_then(name).ok_or_else(problem)?);
        }
        let is_listed = |element: &Value| name(element).is_some_and(|name| names.contains(&name));
        Ok(elements.iter().filter(|element| !is_listed(element)).cloned().collect())
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
