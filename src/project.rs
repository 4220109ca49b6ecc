//! Which attributes of a resource are returned: `attributes` and `excludedAttributes` (RFC 7644 section 3.4.2.5).

use serde_json::{Map, Value};

use crate::ast::AttrPath;
use crate::check::{Purpose, Resolver};
use crate::error::{Error, ErrorKind, Part};
use crate::options::Options;
use crate::parse::attr_list;
use crate::schema::{AttrId, Attribute, Returned, Schema};

/// Which attributes of a resource are returned.
///
/// - `returned: always` always is, `never` and write-only never are;
/// - with `attributes`, those, and nothing else;
/// - else `returned: default` but for `excludedAttributes`; `request` is not.
///
/// What the schema does not declare is kept unless `attributes` is given: a schema that lags behind must not lose data,
/// and a hidden attribute is declared as such. Under the open schema nothing is declared, and names are not projected.
///
/// ```
/// use scim_query::{ListQuery, Profile, Schema};
///
/// let query = ListQuery::parse("attributes=userName,emails.value", &Profile::scim())?.check(&Schema::user())?;
/// let user = serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bob", "password": "secret",
///     "emails": [{"value": "bob@example.com", "type": "work"}]
/// });
/// assert_eq!(query.projection().apply(&user), serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bob",
///     "emails": [{"value": "bob@example.com"}]
/// }));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    schema: Schema,
    choice: Choice,
}

#[derive(Clone, Debug)]
enum Choice {
    Default,
    Only(Named),
    Except(Named),
}

/// Attributes named in a request, and the extensions named as a whole.
#[derive(Clone, Debug, Default)]
struct Named {
    attributes: Vec<AttrId>,
    extensions: Vec<Box<str>>,
}

impl Projection {
    /// Reads the two parameters.
    pub(crate) fn check(
        attributes: Option<&str>,
        excluded: Option<&str>,
        schema: &Schema,
        options: &Options,
    ) -> Result<Projection, Error> {
        let named = |text, part| Named::check(text, part, schema, options);
        let choice = match (attributes, excluded) {
            (None, None) => Choice::Default,
            (Some(text), None) => Choice::Only(named(text, Part::Attributes)?),
            (None, Some(text)) => Choice::Except(named(text, Part::ExcludedAttributes)?),
            (Some(text), Some(_)) => {
                return Err(Error::new(ErrorKind::AttributesWithExcluded, Part::Attributes, None, text));
            }
        };
        Ok(Projection { schema: schema.clone(), choice })
    }

    /// The resource with only what is returned.
    pub fn apply(&self, resource: &Value) -> Value {
        let Value::Object(members) = resource else { return resource.clone() };
        if self.schema.is_open() {
            return resource.clone();
        }
        let mut kept = match &self.choice {
            Choice::Only(_) => Map::new(),
            Choice::Default | Choice::Except(_) => members.clone(),
        };
        for (id, attribute) in self.schema.roots() {
            let keys: Vec<&str> = attribute.keys().collect();
            let found = keys.iter().try_fold(resource, |value, key| value.get(key));
            match found.and_then(|value| self.attribute(id, attribute, value, false)) {
                Some(value) => put(&mut kept, &keys, value),
                None => remove(&mut kept, &keys),
            }
        }
        Value::Object(kept)
    }

    /// What is left of an attribute's value; `inside` says that its parent was named, so that it is returned by default.
    fn attribute(&self, id: AttrId, attribute: &Attribute, value: &Value, inside: bool) -> Option<Value> {
        if !attribute.is_readable() {
            return None;
        }
        let (whole, part) = self.named(id);
        let by_default = attribute.returned() == Returned::Default;
        let keep = attribute.returned() == Returned::Always
            || match &self.choice {
                Choice::Default => by_default,
                Choice::Only(_) => whole || part || (inside && by_default),
                Choice::Except(_) => by_default && !whole,
            };
        if !keep {
            return None;
        }
        if attribute.sub_attributes().is_empty() {
            return Some(value.clone());
        }
        let inside = inside || whole || !matches!(self.choice, Choice::Only(_));
        Some(match value {
            Value::Array(elements) => {
                Value::Array(elements.iter().map(|element| self.complex(attribute, element, inside)).collect())
            }
            one => self.complex(attribute, one, inside),
        })
    }

    fn complex(&self, attribute: &Attribute, element: &Value, inside: bool) -> Value {
        let Value::Object(members) = element else { return element.clone() };
        let undeclared = !matches!(self.choice, Choice::Only(_)) || inside;
        let mut kept = if undeclared { members.clone() } else { Map::new() };
        for id in attribute.sub_attributes() {
            let sub = self.schema.attribute(*id);
            let keys: Vec<&str> = sub.keys().collect();
            let found = keys.iter().try_fold(element, |value, key| value.get(key));
            match found.and_then(|value| self.attribute(*id, sub, value, inside)) {
                Some(value) => put(&mut kept, &keys, value),
                None => remove(&mut kept, &keys),
            }
        }
        Value::Object(kept)
    }

    /// Whether the attribute was named itself (or with its parent or its extension), and whether a part of it was.
    fn named(&self, id: AttrId) -> (bool, bool) {
        let (Choice::Only(named) | Choice::Except(named)) = &self.choice else { return (false, false) };
        let line = self.schema.line(id);
        let root = line.first().map_or("", |root| self.schema.attribute(*root).full_name());
        let in_extension = named.extensions.iter().any(|uri| {
            root.get(..uri.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(uri))
                && root[uri.len()..].starts_with(':')
        });
        let whole = in_extension || named.attributes.contains(&id);
        let part = named.attributes.iter().any(|named| *named != id && self.schema.line(*named).contains(&id));
        (whole, part)
    }
}

impl Named {
    fn check(text: &str, part: Part, schema: &Schema, options: &Options) -> Result<Named, Error> {
        let resolver = Resolver { schema, options, purpose: Purpose::Project };
        let mut named = Named::default();
        let mut errors = Vec::new();
        for path in attr_list(text, options, part)? {
            if schema.is_open() {
                continue;
            }
            let whole = whole_uri(&path);
            if let Some(uri) = schema.uris().find(|uri| uri.eq_ignore_ascii_case(&whole)) {
                named.extensions.push(uri.into());
                continue;
            }
            let found = resolver.find(&path).and_then(|resolved| {
                resolver.check_allowed(resolved.id, &path.to_string())?;
                Ok(resolved.id)
            });
            match found {
                Ok(id) => named.attributes.push(id),
                Err(kind) => errors.push(Error::new(kind, part, path.span(), text)),
            }
        }
        match Error::all_of(errors) {
            Some(error) => Err(error),
            None => Ok(named),
        }
    }
}

/// The path as the URI that it may be: of `urn:...:2.0:User` the name is `User` by form (G5).
fn whole_uri(path: &AttrPath<'_>) -> String {
    match (path.uri(), path.dotted()) {
        (Some(uri), "") => uri.to_owned(),
        _ => path.to_string(),
    }
}

fn put(members: &mut Map<String, Value>, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [key] => {
            members.insert((*key).to_owned(), value);
        }
        [key, rest @ ..] => {
            let below = members.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

/// Removes a member, and the objects that were there only for it.
fn remove(members: &mut Map<String, Value>, keys: &[&str]) {
    match keys {
        [] => {}
        [key] => {
            members.remove(*key);
        }
        [key, rest @ ..] => {
            if let Some(Value::Object(below)) = members.get_mut(*key) {
                let was_empty = below.is_empty();
                remove(below, rest);
                if below.is_empty() && !was_empty {
                    members.remove(*key);
                }
            }
        }
    }
}
