//! Attributes that a caller may not read, in a resource: also where no upstream should have them.

use std::collections::HashSet;

use scim_query::Schema;
use serde_json::{Map, Value};

use crate::schema::find;

type Members = Map<String, Value>;

/// The hidden attributes of a schema.
#[derive(Clone)]
pub(crate) struct Hidden {
    attributes: Vec<One>,
    /// The extensions that have some of them.
    extensions: HashSet<String>,
}

#[derive(Clone)]
struct One {
    /// The objects from the resource to the attribute, and the attribute.
    keys: Vec<String>,
    uri: String,
    name: String,
    /// What it is called where it lies in the resource itself.
    flat: [String; 2],
}

impl Hidden {
    pub(crate) fn new(schema: &Schema, names: &[String]) -> Result<Hidden, String> {
        let one = |name: &String| {
            let attribute = schema.attribute(find(schema, name)?);
            // A core attribute's full name is short, an extension's has the URI.
            let uri = attribute.full_name().rsplit_once(':').map_or(schema.id(), |(uri, _)| uri).to_owned();
            let (keys, name): (Vec<_>, _) =
                (attribute.keys().map(str::to_owned).collect(), attribute.name().to_owned());
            let flat = [keys.join("."), format!("{uri}:{name}")];
            Ok::<One, String>(One { keys, uri, name, flat })
        };
        let attributes = names.iter().map(one).collect::<Result<Vec<One>, String>>()?;
        let uris = attributes.iter().map(|one| one.uri.clone());
        let extensions = uris.filter(|uri| uri != schema.id()).collect();
        Ok(Hidden { attributes, extensions })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Takes out what a projection does not know of: what is named with its schema's URI, or lies in an object of that name,
    /// and the schemas that nothing is left of. Nothing where something else than an object is on the way to a hidden
    /// attribute: what is in it cannot be told.
    pub(crate) fn take_out(&self, resource: &mut Members) -> Option<()> {
        for one in &self.attributes {
            objects(resource, &one.keys)?;
            for (_, value) in resource.iter_mut().filter(|(key, _)| key.eq_ignore_ascii_case(&one.uri)) {
                match value {
                    Value::Object(members) => members.retain(|key, _| !is_of(key, &one.name)),
                    Value::Null => {}
                    _ => return None,
                }
            }
            resource.retain(|key, _| !one.flat.iter().any(|name| is_of(key, name)));
        }
        resource.retain(|key, value| !(self.is_extension(key) && value.as_object().is_some_and(Map::is_empty)));
        // A schema that is named without an attribute of it would tell that a hidden one has a value.
        let left: Vec<String> = resource.keys().filter(|key| self.is_extension(key)).cloned().collect();
        for (_, schemas) in resource.iter_mut().filter(|(key, _)| key.eq_ignore_ascii_case("schemas")) {
            if let Value::Array(uris) = schemas {
                let is_left = |uri: &str| left.iter().any(|left| left.eq_ignore_ascii_case(uri));
                uris.retain(|uri| uri.as_str().is_none_or(|uri| !self.is_extension(uri) || is_left(uri)));
            }
        }
        Some(())
    }

    fn is_extension(&self, uri: &str) -> bool {
        self.extensions.iter().any(|known| known.eq_ignore_ascii_case(uri))
    }
}

/// Whether a key names the attribute, or a part of it: `name`, `name.givenName`.
fn is_of(key: &str, name: &str) -> bool {
    let start = key.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    start && key.get(name.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Nothing unless all that is on the way to the last key is objects, or unassigned.
fn objects(members: &Members, keys: &[String]) -> Option<()> {
    let [key, rest @ ..] = keys else { return Some(()) };
    if rest.is_empty() {
        return Some(());
    }
    let mut found = members.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key));
    found.try_for_each(|(_, value)| match value {
        Value::Object(below) => objects(below, rest),
        Value::Null => Some(()),
        _ => None,
    })
}
