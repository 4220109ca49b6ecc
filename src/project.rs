//! Which attributes of a resource are returned: `attributes` and `excludedAttributes` (RFC 7644 section 3.4.2.5).

mod any_case;

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::ast::AttrPath;
use crate::check::{MOST_ERRORS, Purpose, Resolver};
use crate::error::{Error, ErrorKind, Part};
use crate::options::Options;
use crate::parse::attr_list;
use crate::quirks::Quirk;
use crate::schema::{AttrId, Attribute, Returned, Schema};
use crate::warning::{Warning, WarningKind};

/// Which attributes of a resource are returned.
///
/// - `returned: always` always is, `never` and write-only never are, in whatever case the key is stored;
/// - with `attributes`, those, and nothing else;
/// - else `returned: default` but for `excludedAttributes`; `request` is not.
///
/// `excludedAttributes` may name what is always or never returned, to no effect. `attributes` may not name what never is: to a
/// reader there is no such attribute, and what is asked for would not come.
///
/// A schema's URI stands for all its attributes. A complex value of which nothing is left, and a list of such values, is left
/// out: there is no `"name": {}` (RFC 7643 section 2.5). What the schema does not declare is kept unless `attributes` is given, or its
/// extension or parent is excluded: a schema that lags behind must not lose data, and a hidden attribute is declared as such.
/// Under the open schema nothing is declared, and nothing is projected.
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
    Only(Box<Named>),
    Except(Box<Named>),
}

/// Attributes named in a request, with what follows from that.
#[derive(Clone, Debug, Default)]
struct Named {
    /// Named itself, or by its schema's URI.
    whole: HashSet<AttrId>,
    /// A part of it was named.
    part: HashSet<AttrId>,
    /// The extensions named by their URI.
    extensions: Vec<Box<str>>,
}

impl Projection {
    /// Reads the two parameters. Quirks that were used are added to `warnings`.
    pub(crate) fn check(
        attributes: Option<&str>,
        excluded: Option<&str>,
        schema: &Schema,
        options: &Options,
        warnings: &mut Vec<(Part, Warning)>,
    ) -> Result<Projection, Error> {
        let mut named = |text, part| Named::check(text, part, schema, options, warnings);
        let choice = match (attributes, excluded) {
            (None, None) => Choice::Default,
            (Some(text), None) => Choice::Only(named(text, Part::Attributes)?.into()),
            (None, Some(text)) => Choice::Except(named(text, Part::ExcludedAttributes)?.into()),
            (Some(text), Some(_)) => {
                return Err(Error::new(ErrorKind::AttributesWithExcluded, Part::Attributes, None, text));
            }
        };
        Ok(Projection { schema: schema.clone(), choice })
    }

    /// Whether it leaves every resource as it is.
    pub fn keeps_everything(&self) -> bool {
        let always = |attribute: &Attribute| {
            attribute.is_readable() && matches!(attribute.returned(), Returned::Default | Returned::Always)
        };
        let all = matches!(self.choice, Choice::Default) && self.schema.attributes().all(|(_, one)| always(one));
        self.schema.is_open() || all
    }

    /// The resource with only what is returned.
    pub fn apply(&self, resource: &Value) -> Value {
        let Value::Object(members) = resource else { return resource.clone() };
        if self.keeps_everything() {
            return resource.clone();
        }
        let mut kept = match &self.choice {
            Choice::Only(_) => Map::new(),
            Choice::Default | Choice::Except(_) => members.clone(),
        };
        if let Choice::Except(named) = &self.choice {
            named.extensions.iter().for_each(|uri| drop(kept.remove(&**uri)));
        }
        for (id, attribute) in self.schema.roots() {
            self.keep(id, attribute, resource, &mut kept, false);
        }
        if self.schema.attributes().any(|(_, attribute)| !attribute.is_readable()) {
            let roots: Vec<AttrId> = self.schema.roots().map(|(id, _)| id).collect();
            self.remove_hidden(&roots, &mut kept);
        }
        Value::Object(kept)
    }

    /// Takes out what may never be read wherever it is stored, also under keys in another case than the declared ones, and what
    /// has nothing else: `{}` in its place would tell that something hidden is there (S16).
    fn remove_hidden(&self, ids: &[AttrId], members: &mut Map<String, Value>) {
        let siblings = Siblings::of(ids, &self.schema);
        for id in ids.iter().filter(|id| self.has_hidden(&[**id])) {
            let attribute = self.schema.attribute(*id);
            let keys: Vec<&str> = attribute.keys().collect();
            self.remove_hidden_at(attribute, &keys, 0, &siblings, members);
        }
    }

    /// The same of one attribute, from the key of this number on.
    fn remove_hidden_at(
        &self,
        attribute: &Attribute,
        keys: &[&str],
        at: usize,
        siblings: &Siblings<'_>,
        members: &mut Map<String, Value>,
    ) {
        let Some(key) = keys.get(at) else { return };
        let is_it = |name: &&String| siblings.may_be(keys, at, name);
        let stored: Vec<String> =
            members.keys().filter(|name| name.eq_ignore_ascii_case(key)).filter(is_it).cloned().collect();
        for name in stored {
            let Some(value) = members.get_mut(&name) else { continue };
            let emptied = if at + 1 < keys.len() {
                is_emptied(value, &mut |below| self.remove_hidden_at(attribute, keys, at + 1, siblings, below))
            } else {
                !attribute.is_readable()
                    || is_emptied(value, &mut |below| self.remove_hidden(attribute.sub_attributes(), below))
            };
            if emptied {
                members.remove(&name);
            }
        }
    }

    /// Puts what is returned of an attribute of `place` into `kept`, and takes out what is not. `inside` says that its
    /// parent is returned as a whole, as far as it is returned by default.
    fn keep(&self, id: AttrId, attribute: &Attribute, place: &Value, kept: &mut Map<String, Value>, inside: bool) {
        let keys: Vec<&str> = attribute.keys().collect();
        let found = keys.iter().try_fold(place, |value, key| value.get(key));
        match found.and_then(|value| self.attribute(id, attribute, value, inside)) {
            Some(value) => put(kept, &keys, value),
            None => remove(kept, &keys),
        }
    }

    /// What is left of an attribute's value.
    fn attribute(&self, id: AttrId, attribute: &Attribute, value: &Value, inside: bool) -> Option<Value> {
        if !attribute.is_readable() {
            return None;
        }
        let by_default = attribute.returned() == Returned::Default;
        let (whole, part) = match &self.choice {
            Choice::Default => (by_default, false),
            Choice::Only(named) => (named.whole.contains(&id) || (inside && by_default), named.part.contains(&id)),
            Choice::Except(named) => (by_default && !named.whole.contains(&id), false),
        };
        let whole = whole || attribute.returned() == Returned::Always;
        if attribute.sub_attributes().is_empty() {
            return whole.then(|| value.clone());
        }
        // A part that is always returned brings its parent with it, alone.
        let always = |id: &AttrId| self.has_always(*id);
        if !whole && !part && !attribute.sub_attributes().iter().any(always) {
            return None;
        }
        // What has nothing left is unassigned (RFC 7643 section 2.5); what is stored empty stays where the whole is returned.
        let is_emptied = |left: usize, stored: usize| left == 0 && (stored > 0 || !whole);
        let complex = |element: &Value| {
            let Value::Object(members) = element else { return Some(element.clone()) };
            let mut kept = if whole { members.clone() } else { Map::new() };
            for id in attribute.sub_attributes() {
                if whole || part || always(id) {
                    self.keep(*id, self.schema.attribute(*id), element, &mut kept, whole);
                }
            }
            (!is_emptied(kept.len(), members.len())).then_some(Value::Object(kept))
        };
        let Value::Array(elements) = value else { return complex(value) };
        let left: Vec<Value> = elements.iter().filter_map(complex).collect();
        (!is_emptied(left.len(), elements.len())).then_some(Value::Array(left))
    }
}

impl Projection {
    /// Whether the attribute, or a part of it, is always returned.
    fn has_always(&self, id: AttrId) -> bool {
        let attribute = self.schema.attribute(id);
        let itself = attribute.returned() == Returned::Always
            || attribute.sub_attributes().iter().any(|id| self.has_always(*id));
        itself && attribute.is_readable()
    }
}

impl Projection {
    /// Whether one of these attributes, or a part of one, may never be read.
    fn has_hidden(&self, ids: &[AttrId]) -> bool {
        let mut attributes = ids.iter().map(|id| self.schema.attribute(*id));
        attributes.any(|one| !one.is_readable() || self.has_hidden(one.sub_attributes()))
    }
}

/// Does something to the objects that lie here. Whether they had something, and nothing is left.
fn is_emptied(value: &mut Value, act: &mut dyn FnMut(&mut Map<String, Value>)) -> bool {
    let mut of_element = |element: &mut Value| match element {
        Value::Object(members) if !members.is_empty() => {
            act(members);
            members.is_empty()
        }
        // An array inside an array is no value (S2), and no place to keep what is hidden.
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            elements.retain_mut(|element| !of_element(element));
            elements.is_empty()
        }
        Value::Array(_) => false,
        one => of_element(one),
    }
}

/// The keys of attributes that lie beside each other.
struct Siblings<'s>(Vec<Vec<&'s str>>);

impl<'s> Siblings<'s> {
    fn of(ids: &[AttrId], schema: &'s Schema) -> Siblings<'s> {
        Siblings(ids.iter().map(|id| schema.attribute(*id).keys().collect()).collect())
    }

    /// Whether a stored name, the same but for case, may be the key of this number: it is none if it is exactly another's.
    fn may_be(&self, keys: &[&str], at: usize, name: &str) -> bool {
        keys.get(at) == Some(&name)
            || !self.0.iter().any(|other| other.get(..at) == keys.get(..at) && other.get(at) == Some(&name))
    }
}

impl Named {
    fn check(
        text: &str,
        part: Part,
        schema: &Schema,
        options: &Options,
        warnings: &mut Vec<(Part, Warning)>,
    ) -> Result<Named, Error> {
        let resolver = Resolver::new(schema, options, Purpose::Project);
        let mut named = Named::default();
        let mut errors = Vec::new();
        for path in attr_list(text, options, part)? {
            if schema.is_open() {
                continue;
            }
            let whole = whole_uri(&path);
            if let Some(uri) = schema.uris().find(|uri| uri.eq_ignore_ascii_case(&whole)) {
                named.whole.extend(schema.roots_of(uri));
                if uri != schema.id() {
                    named.extensions.push(uri.into());
                }
                continue;
            }
            let found = resolver.find(&path).and_then(|resolved| match part {
                // To exclude what is never returned asks for nothing that is not so.
                Part::ExcludedAttributes => Ok(resolved),
                _ => resolver.check_allowed(resolved.id, &path).map(|()| resolved),
            });
            match found {
                Ok(resolved) => {
                    if resolved.aliased {
                        warnings.push((part, Warning::new(WarningKind::Quirk(Quirk::Q8), path.span())));
                    }
                    let line = schema.line(resolved.id);
                    named.part.extend(line.iter().take(line.len().saturating_sub(1)));
                    named.whole.insert(resolved.id);
                }
                Err(kind) if errors.len() < MOST_ERRORS => errors.push((kind, path.span())),
                Err(_) => {}
            }
        }
        match Error::all_of(errors, part, text) {
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
