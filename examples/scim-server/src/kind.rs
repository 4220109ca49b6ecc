//! The two kinds of resources: what the documents of their schemas say beyond what filters have to know.

use std::collections::HashMap;

use scim_query::sql::{Columns, Dialect, Select};
use scim_query::{AttrId, Schema};
use serde_json::{Map, Value};

use crate::Problem;
use crate::failure::Failure;
use crate::value::{get, is_primary, list};

/// The most values of one attribute.
const MOST_ELEMENTS: usize = 10_000;

/// Users or groups.
pub(crate) struct Kind {
    /// The resource type.
    pub(crate) name: &'static str,
    /// The last part of its path.
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
    let of_users = list(user.get("attributes"));
    let others = list(group.get("attributes")).iter();
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
            for attribute in list(document.get("attributes")) {
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

    /// What has to hold of every resource: what is required is there, values are not too many, and one at most is primary.
    pub(crate) fn check(&self, resource: &Map<String, Value>) -> Result<(), Failure> {
        for (id, attribute) in self.schema.roots() {
            let value = get(resource, &self.keys(id));
            if self.rule(id).required && value.is_none_or(|value| value == "") {
                return Err(Failure::invalid_value(format!("attribute `{}`: it is required", attribute.full_name())));
            }
            if list(value).len() > MOST_ELEMENTS {
                let problem = format!("attribute `{}`: {MOST_ELEMENTS} values at most", attribute.full_name());
                return Err(Failure::invalid_value(problem));
            }
            if list(value).iter().filter(|element| is_primary(element)).count() > 1 {
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
    for part in list(attribute.get("subAttributes")) {
        rule(schema, uri, &format!("{name}."), part, rules);
    }
}
