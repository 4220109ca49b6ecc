//! Reading schema documents (RFC 7643 section 7).

use serde_json::{Map, Value};

use super::builder::{MAX_DEPTH, common_attributes};
use super::{AttributeDef, Returned, Schema, Type};
use crate::error::BindError;

impl Schema {
    /// Reads schema documents of RFC 7643 section 7: the first is the core schema, the others are extensions. The common
    /// attributes (`schemas`, `id`, `externalId`, `meta`) are added where the core schema does not declare them.
    ///
    /// Known characteristics are read; `description`, `required`, `uniqueness`, `referenceTypes` and unknown ones have no
    /// effect on filters.
    ///
    /// # Errors
    /// A document that is not one, with the attribute that is wrong.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    /// use serde_json::json;
    ///
    /// let thing = json!({"id": "urn:example:2.0:Thing", "attributes": [{"name": "level", "type": "integer"}]});
    /// let extension = json!({"id": "urn:example:2.0:Extra", "attributes": [{"name": "owner", "type": "string"}]});
    /// let schema = Schema::from_json(&[thing, extension])?;
    /// let filter = Filter::parse(r#"level gt 2 and owner eq "bob""#)?.check(&schema)?;
    /// assert!(filter.matches(&json!({"level": 3, "urn:example:2.0:Extra": {"owner": "Bob"}})));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(documents: &[Value]) -> Result<Schema, BindError> {
        let Some((core, extensions)) = documents.split_first() else {
            return Err(BindError::new("no schema document is given"));
        };
        let (uri, attributes) = document(core)?;
        let declares = |common: &AttributeDef| attributes.iter().any(|own| own.name.eq_ignore_ascii_case(&common.name));
        let common = common_attributes().into_iter().filter(|common| !declares(common)).collect::<Vec<_>>();
        let mut builder = Schema::builder(uri).attributes(common).attributes(attributes);
        for extension in extensions {
            let (uri, attributes) = document(extension)?;
            builder = builder.extension(uri, attributes);
        }
        builder.build()
    }
}

/// The URI and the attributes of one document.
fn document(value: &Value) -> Result<(String, Vec<AttributeDef>), BindError> {
    let wrong = |what: &str| BindError::new(format!("a schema document {what}"));
    let object = value.as_object().ok_or_else(|| wrong("is a JSON object"))?;
    let uri = object.get("id").and_then(Value::as_str).ok_or_else(|| wrong("has its URI as `id`"))?;
    if uri.is_empty() {
        return Err(wrong("has its URI as `id`"));
    }
    let list = object.get("attributes").and_then(Value::as_array);
    let list = list.ok_or_else(|| BindError::new(format!("{uri}: a schema document has a list of `attributes`")))?;
    let attributes = list.iter().map(|value| attribute(value, uri, 1)).collect::<Result<_, _>>()?;
    Ok((uri.to_owned(), attributes))
}

fn attribute(value: &Value, uri: &str, depth: usize) -> Result<AttributeDef, BindError> {
    let Some(name) = value.get("name").and_then(Value::as_str) else {
        return Err(BindError::new(format!("{uri}: an attribute is an object with a `name`")));
    };
    let wrong = |what: String| BindError::new(format!("{uri}: attribute `{name}`: {what}"));
    let empty = Map::new();
    let reader = Reader { object: value.as_object().unwrap_or(&empty) };

    let ty = match reader.text("type").map_err(wrong)? {
        None => Type::String,
        Some(word) => Type::ALL.into_iter().find(|ty| ty.as_str() == word).ok_or_else(|| {
            let all: Vec<&str> = Type::ALL.iter().map(|ty| ty.as_str()).collect();
            wrong(format!("type \"{word}\" is not one of {}", all.join(" ")))
        })?,
    };
    let mut def = AttributeDef::new(name, ty);
    def.multi_valued = reader.flag("multiValued").map_err(wrong)?;
    def.case_exact = reader.flag("caseExact").map_err(wrong)?;
    def.canonical_values = reader.texts("canonicalValues").map_err(wrong)?;
    def.returned = match reader.text("returned").map_err(wrong)? {
        None | Some("default") => Returned::Default,
        Some("always") => Returned::Always,
        Some("never") => Returned::Never,
        Some("request") => Returned::Request,
        Some(word) => return Err(wrong(format!("returned \"{word}\" is not one of always never default request"))),
    };
    def.write_only = match reader.text("mutability").map_err(wrong)? {
        None | Some("readOnly" | "readWrite" | "immutable") => false,
        Some("writeOnly") => true,
        Some(word) => {
            let all = "readOnly readWrite immutable writeOnly";
            return Err(wrong(format!("mutability \"{word}\" is not one of {all}")));
        }
    };
    if depth > MAX_DEPTH {
        return Err(wrong("sub-attributes lie too deep".into()));
    }
    def.sub_attributes = reader
        .list("subAttributes")
        .map_err(wrong)?
        .iter()
        .map(|value| attribute(value, uri, depth + 1))
        .collect::<Result<_, _>>()?;
    Ok(def)
}

/// Reads members of one JSON type; `null` counts as absent.
struct Reader<'d> {
    object: &'d Map<String, Value>,
}

impl<'d> Reader<'d> {
    fn member(&self, key: &str) -> Option<&'d Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<&'d str>, String> {
        match self.member(key) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| format!("`{key}` is a string")),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        match self.member(key) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` is a boolean")),
        }
    }

    fn list(&self, key: &str) -> Result<&'d [Value], String> {
        match self.member(key) {
            None => Ok(&[]),
            Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{key}` is a list")),
        }
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("`{key}` holds strings"));
        self.list(key)?.iter().map(text).collect()
    }
}
