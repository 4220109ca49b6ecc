//! The same schema and resources with other names: what a proxy's upstream calls things.

use scim_query::{AttrId, AttributeDef, Returned, Schema};
use serde_json::{Map, Value};

/// Another name for each name, so that no two become one.
fn part(name: &str) -> String {
    // The tie-breaker, and a name that the grammar knows as it is (G4).
    if matches!(name, "id" | "$ref") { name.to_owned() } else { format!("{name}{MARK}") }
}

fn former_part(name: &str) -> String {
    name.strip_suffix(MARK).unwrap_or(name).to_owned()
}

const MARK: &str = "Upstream";

/// Each part of a full name by itself: the URI, then what is between dots.
fn each(name: &str, other: impl Fn(&str) -> String) -> String {
    let (uri, dotted) = name.rsplit_once(':').map_or((None, name), |(uri, dotted)| (Some(uri), dotted));
    let dotted = dotted.split('.').map(&other).collect::<Vec<_>>().join(".");
    uri.map_or(dotted.clone(), |uri| format!("{}:{dotted}", other(uri)))
}

pub fn name(name: &str) -> String {
    each(name, part)
}

pub fn former(name: &str) -> String {
    each(name, former_part)
}

pub fn schema(of: &Schema) -> Schema {
    let uris: Vec<&str> = of.uris().collect();
    let mut builder = Schema::builder(part(of.id()));
    if of.has_case_exact_names() {
        builder = builder.case_exact_names();
    }
    for uri in &uris {
        let of_uri = |(id, _): (AttrId, _)| {
            let full = of.attribute(id).full_name();
            let extension = full.rsplit_once(':').map_or(of.id(), |(uri, _)| uri);
            (extension == *uri).then(|| definition(of, id, usize::from(full.contains(':'))))
        };
        let attributes: Vec<AttributeDef> = of.roots().filter_map(of_uri).collect();
        builder =
            if *uri == of.id() { builder.attributes(attributes) } else { builder.extension(part(uri), attributes) };
    }
    builder.build().expect("a schema with other names")
}

/// The first keys of an extension's attributes are its URI.
fn definition(schema: &Schema, id: AttrId, outside: usize) -> AttributeDef {
    let attribute = schema.attribute(id);
    let keys: Vec<String> = attribute.keys().skip(outside).map(part).collect();
    let mut definition = AttributeDef::new(part(attribute.name()), attribute.ty())
        .at(keys.iter().map(String::as_str))
        .operators(attribute.operators())
        .assumed_false(attribute.is_assumed_false())
        .sub_attributes(attribute.sub_attributes().iter().map(|part| definition(schema, *part, 0)));
    if attribute.is_multi_valued() {
        definition = definition.multi_valued();
    }
    if attribute.is_case_exact() {
        definition = definition.case_exact();
    }
    if !attribute.is_readable() {
        definition = definition.returned(Returned::Never);
    }
    if !attribute.is_filterable() {
        definition = definition.not_filterable();
    }
    definition
}

pub fn resource(of: &Value) -> Value {
    match of {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (part(name), resource(value)));
            Value::Object(members.collect::<Map<String, Value>>())
        }
        Value::Array(elements) => elements.iter().map(resource).collect(),
        other => other.clone(),
    }
}
