//! The two kinds of resources: what the documents of their schemas say beyond what filters have to know.

use std::collections::HashMap;

use axum::http::StatusCode;
use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{AttrId, Schema};
use serde_json::{Map, Value};

use crate::Problem;
use crate::failure::Failure;

/// Users or groups.
pub(crate) struct Kind {
    /// The resource type.
    pub(crate) name: &'static str,
    /// The last part of its path, and its table.
    pub(crate) endpoint: &'static str,
    pub(crate) table: &'static str,
    pub(crate) schema: Schema,
    pub(crate) columns: Columns,
    /// Selects the document, and what is derived.
    pub(crate) select: Select,
    /// What stands beside the document, in SQL.
    pub(crate) derived: &'static str,
    rules: HashMap<AttrId, Rule>,
}

/// How an attribute may be written (RFC 7643 section 2.2).
#[derive(Clone, Copy, Default)]
pub(crate) struct Rule {
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) immutable: bool,
}

/// The groups of a user, from the groups that have it as a member.
const GROUPS: &str = r#"(SELECT json_group_array(json_object('value', value, '$ref', "_ref", 'display', display, 'type', type))
  FROM (SELECT * FROM users_groups WHERE resource_id = users.id ORDER BY position))"#;

/// The schema documents, which the crate has: User, Group, EnterpriseUser.
pub(crate) fn documents() -> Result<[Value; 3], Problem> {
    let [user, group, enterprise] = Schema::documents();
    Ok([serde_json::from_str(user)?, serde_json::from_str(group)?, serde_json::from_str(enterprise)?])
}

/// Users and groups.
pub(crate) fn kinds(documents: &[Value; 3]) -> Result<[Kind; 2], Problem> {
    let [user, group, enterprise] = documents;
    Ok([
        Kind::new("User", "Users", "users", Schema::user(), &[user, enterprise], GROUPS)?,
        Kind::new("Group", "Groups", "groups", Schema::group(), &[group], "NULL")?,
    ])
}

/// The attributes of both kinds, for a search over all of them. None of one name are two different ones.
pub(crate) fn all(documents: &[Value; 3]) -> Result<Schema, Problem> {
    let [user, group, enterprise] = documents;
    let mut both = user.clone();
    let of_users = list(&user["attributes"]);
    let others = list(&group["attributes"]).iter();
    let others = others.filter(|other| of_users.iter().all(|known| known["name"] != other["name"]));
    both["attributes"] = of_users.iter().chain(others).cloned().collect();
    Ok(Schema::from_json(&[both, enterprise.clone()])?)
}

impl Kind {
    fn new(
        name: &'static str,
        endpoint: &'static str,
        table: &'static str,
        schema: Schema,
        documents: &[&Value],
        derived: &'static str,
    ) -> Result<Kind, Problem> {
        let columns = Columns::standard(&schema, Dialect::Sqlite, table)?;
        let select = Select::new(&columns, format!("document, {derived} AS derived"));
        // RFC 7643 section 3.1: these are in no document. `schemas` follows from the rest of the resource.
        let common = ["id", "meta", "schemas"].into_iter().filter_map(|name| schema.find(None, name));
        let mut rules: HashMap<AttrId, Rule> =
            common.map(|id| (id, Rule { read_only: true, ..Rule::default() })).collect();
        for document in documents {
            let uri = document["id"].as_str();
            for attribute in list(&document["attributes"]) {
                rule(&schema, uri, "", attribute, &mut rules);
            }
        }
        Ok(Kind { name, endpoint, table, schema, columns, select, derived, rules })
    }

    pub(crate) fn rule(&self, id: AttrId) -> Rule {
        self.rules.get(&id).copied().unwrap_or_default()
    }

    /// The attribute of a name that is no part of another; of the core schema, or of an extension.
    pub(crate) fn root(&self, uri: Option<&str>, name: &str) -> Option<AttrId> {
        let id = self.schema.find(Some(uri.unwrap_or(self.schema.id())), name)?;
        self.schema.attribute(id).parent().is_none().then_some(id)
    }

    /// The part of a complex attribute.
    pub(crate) fn part(&self, id: AttrId, name: &str) -> Option<AttrId> {
        let mut parts = self.schema.attribute(id).sub_attributes().iter().copied();
        parts.find(|part| self.schema.attribute(*part).name().eq_ignore_ascii_case(name))
    }

    /// The schema's own spelling of the URI of an extension.
    pub(crate) fn extension(&self, name: &str) -> Option<&str> {
        self.schema.uris().skip(1).find(|uri| uri.eq_ignore_ascii_case(name))
    }

    /// Where an attribute lies: the keys from the resource, or from the element of the attribute of several values that it
    /// is a part of.
    pub(crate) fn keys(&self, id: AttrId) -> Vec<&str> {
        let attribute = self.schema.attribute(id);
        let parent = attribute.parent().filter(|parent| !self.schema.attribute(*parent).is_multi_valued());
        let above = parent.map(|parent| self.keys(parent)).unwrap_or_default();
        above.into_iter().chain(attribute.keys()).collect()
    }

    pub(crate) fn has_members(&self) -> bool {
        self.root(None, "members").is_some()
    }

    /// What has to hold of every resource: what is required is there, and one value at most is primary.
    pub(crate) fn check(&self, resource: &Map<String, Value>) -> Result<(), Failure> {
        for (id, attribute) in self.schema.roots() {
            let value = get(resource, &self.keys(id));
            if self.rule(id).required && value.is_none_or(|value| value == "") {
                return Err(Failure::invalid_value(format!("attribute `{}`: it is required", attribute.full_name())));
            }
            let is_primary = |element: &&Value| element.get("primary") == Some(&Value::Bool(true));
            if value.is_some_and(|value| list(value).iter().filter(is_primary).count() > 1) {
                let problem = "one value at most is primary";
                return Err(Failure::invalid_value(format!("attribute `{}`: {problem}", attribute.full_name())));
            }
        }
        Ok(())
    }

    /// The schemas that a resource's attributes are of.
    pub(crate) fn schemas_of(&self, resource: &Map<String, Value>) -> Vec<&str> {
        let uris = self.schema.uris().enumerate();
        uris.filter(|(at, uri)| *at == 0 || resource.contains_key(*uri)).map(|(_, uri)| uri).collect()
    }
}

fn rule(schema: &Schema, uri: Option<&str>, above: &str, attribute: &Value, rules: &mut HashMap<AttrId, Rule>) {
    let name = format!("{above}{}", attribute["name"].as_str().unwrap_or_default());
    if let Some(id) = schema.find(uri, &name) {
        let rule = Rule {
            required: attribute["required"] == true,
            read_only: attribute["mutability"] == "readOnly",
            immutable: attribute["mutability"] == "immutable",
        };
        rules.insert(id, rule);
    }
    for part in list(&attribute["subAttributes"]) {
        rule(schema, uri, &format!("{name}."), part, rules);
    }
}

/// The elements of an array; none of anything else.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What lies behind these keys.
pub(crate) fn get<'r>(resource: &'r Map<String, Value>, keys: &[&str]) -> Option<&'r Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(resource.get(*first)?, |value, key| value.get(key))
}

/// Puts a value behind these keys, or takes away what is there, with the objects that it leaves empty.
pub(crate) fn put(resource: &mut Map<String, Value>, keys: &[&str], value: Option<Value>) {
    match (keys, value) {
        ([], _) => {}
        ([key], Some(value)) => drop(resource.insert((*key).to_owned(), value)),
        ([key], None) => drop(resource.remove(*key)),
        ([key, rest @ ..], value) => {
            let below = resource.entry(*key).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
                if below.is_empty() {
                    resource.remove(*key);
                }
            }
        }
    }
}

/// The kind that a path names.
pub(crate) fn named<'k>(kinds: &'k [Kind], endpoint: &str) -> Result<&'k Kind, Failure> {
    let unknown = || Failure::new(StatusCode::NOT_FOUND, None, "there is no such endpoint");
    kinds.iter().find(|kind| kind.endpoint == endpoint).ok_or_else(unknown)
}
