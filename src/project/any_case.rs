//! What is returned of resources whose keys may be in any case (S2).

use serde_json::{Map, Value};

use super::{Projection, Siblings};
use crate::schema::AttrId;

impl Projection {
    /// As [`Projection::apply`], of a resource whose keys may be in any case; those of the answer are as the schema writes
    /// them. Of several that differ only in case it has the one that counts: the exact one, else the last.
    pub(crate) fn apply_in_any_case(&self, resource: &Value) -> Value {
        let mut resource = resource.clone();
        if let Value::Object(members) = &mut resource {
            let roots: Vec<AttrId> = self.schema.roots().map(|(id, _)| id).collect();
            self.spell(&roots, members);
        }
        self.apply(&resource)
    }

    /// Gives the keys of these attributes, and of their parts, the schema's spelling.
    fn spell(&self, ids: &[AttrId], members: &mut Map<String, Value>) {
        let siblings = Siblings::of(ids, &self.schema);
        for id in ids {
            let attribute = self.schema.attribute(*id);
            let keys: Vec<&str> = attribute.keys().collect();
            let elements = match spelled(members, &keys, 0, &siblings) {
                None => continue,
                Some(Value::Array(elements)) => elements.iter_mut().collect(),
                Some(one) => vec![one],
            };
            for part in elements.into_iter().filter_map(Value::as_object_mut) {
                self.spell(attribute.sub_attributes(), part);
            }
        }
    }
}

/// The value behind these keys from that of this number on, each of them respelled on the way.
fn spelled<'v>(
    members: &'v mut Map<String, Value>,
    keys: &[&str],
    at: usize,
    siblings: &Siblings<'_>,
) -> Option<&'v mut Value> {
    let key = *keys.get(at)?;
    respell(members, key, |name| siblings.may_be(keys, at, name));
    let value = members.get_mut(key)?;
    if at + 1 == keys.len() { Some(value) } else { spelled(value.as_object_mut()?, keys, at + 1, siblings) }
}

/// Leaves one member of a name, under the key as it is given, and the others where they are.
fn respell(members: &mut Map<String, Value>, key: &str, may_be: impl Fn(&str) -> bool) {
    let is_it = |name: &str| name.eq_ignore_ascii_case(key) && may_be(name);
    let Some(last) = members.keys().rfind(|name| *name != key && is_it(name)).cloned() else { return };
    let counts = if members.contains_key(key) { key.to_owned() } else { last };
    let stored = std::mem::take(members);
    members.extend(stored.into_iter().filter_map(|(name, value)| match name {
        name if name == counts => Some((key.to_owned(), value)),
        name if is_it(&name) => None,
        name => Some((name, value)),
    }));
}
