//! Reading what clients write: bodies, and the values in them, as the schema has them.

use scim_query::{AttrId, Quirk, Type};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::kind::Kind;
use crate::settings::Lenient;
use crate::value::{put, some};

/// A JSON object.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Failure> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::invalid_syntax("the body is not a JSON object")),
        Err(error) => {
            let place = format!("line {} column {}", error.line(), error.column());
            Err(Failure::invalid_syntax(format!("the body is not JSON: {place}")))
        }
    }
}

/// That `schemas` names the schema, in any case.
pub(crate) fn check_schemas(body: &Map<String, Value>, uri: &str) -> Result<(), Failure> {
    let schemas = member(body, "schemas").and_then(Value::as_array);
    let names = |schema: &Value| schema.as_str().is_some_and(|schema| schema.eq_ignore_ascii_case(uri));
    match schemas.is_some_and(|schemas| schemas.iter().any(names)) {
        true => Ok(()),
        false => Err(Failure::invalid_syntax(format!("`schemas` lacks {uri}"))),
    }
}

/// A member of a message, by its name in any case (RFC 7643 section 2.1).
pub(crate) fn member<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b Value> {
    body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A body's reader.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'r> {
    pub(crate) kind: &'r Kind,
    pub(crate) lenient: &'r Lenient,
}

impl Reader<'_> {
    /// The resource of a POST or a PUT: known attributes, each as declared. What is read-only is ignored (RFC 7644 sections
    /// 3.3, 3.5.1), and so is what the schema does not have.
    pub(crate) fn resource(self, body: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
        check_schemas(body, self.kind.schema.id())?;
        let mut resource = Map::new();
        for (name, value) in body {
            if let Some(uri) = self.kind.extension(name) {
                match value {
                    Value::Object(members) => self.members(Some(uri), members, &mut resource)?,
                    Value::Null => {}
                    _ => return Err(Failure::invalid_value(format!("`{uri}`: it is an object"))),
                }
            }
        }
        self.members(None, body, &mut resource)?;
        self.kind.check(&resource)?;
        Ok(resource)
    }

    fn members(
        self,
        uri: Option<&str>,
        members: &Map<String, Value>,
        resource: &mut Map<String, Value>,
    ) -> Result<(), Failure> {
        for (name, value) in members {
            let Some(id) = self.kind.root(uri, name).filter(|id| !self.kind.rule(*id).read_only) else { continue };
            if let Some(value) = self.value(id, value)? {
                put(resource, &self.kind.keys(id), Some(value));
            }
        }
        Ok(())
    }

    /// A value of an attribute, one or several as declared; `None` when it is unassigned (RFC 7643 section 2.5).
    pub(crate) fn value(self, id: AttrId, value: &Value) -> Result<Option<Value>, Failure> {
        if !self.kind.schema.attribute(id).is_multi_valued() {
            return match value {
                // As Entra sends a manager.
                Value::Array(elements) if self.lenient.entra && elements.len() == 1 => self.one(id, &elements[0]),
                one => self.one(id, one),
            };
        }
        let elements = match value {
            Value::Array(elements) => elements.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut kept = Vec::new();
        for element in elements {
            kept.extend(self.one(id, element)?);
        }
        Ok(some(kept))
    }

    /// One value, or one element of several.
    pub(crate) fn one(self, id: AttrId, value: &Value) -> Result<Option<Value>, Failure> {
        let attribute = self.kind.schema.attribute(id);
        let quirk = |quirk| self.lenient.options.quirks.has(quirk);
        let boolean =
            value.as_str().filter(|_| quirk(Quirk::Q5)).and_then(|text| text.to_ascii_lowercase().parse().ok());
        let expected = match (attribute.ty(), value) {
            (_, Value::Null) => return Ok(None),
            (Type::Complex, Value::Object(members)) => {
                let mut kept = Map::new();
                for (name, value) in members {
                    let part = self.kind.part(id, name).filter(|part| !self.kind.rule(*part).read_only);
                    if let Some(part) = part
                        && let Some(value) = self.value(part, value)?
                    {
                        kept.insert(self.kind.schema.attribute(part).name().to_owned(), value);
                    }
                }
                return Ok(Some(kept).filter(|kept| !kept.is_empty()).map(Value::Object));
            }
            (Type::Complex, Value::String(_)) if quirk(Quirk::Q10) && self.kind.part(id, "value").is_some() => {
                let members = Map::from_iter([("value".to_owned(), value.clone())]);
                return Ok(Some(Value::Object(members)));
            }
            (Type::Boolean, Value::String(_)) if boolean.is_some() => return Ok(boolean.map(Value::Bool)),
            (Type::Boolean, Value::Bool(_))
            | (Type::Integer | Type::Decimal, Value::Number(_))
            | (Type::String | Type::Reference | Type::Binary | Type::DateTime, Value::String(_)) => {
                return Ok(Some(value.clone()));
            }
            (Type::Complex, _) => "an object",
            (Type::Boolean, _) => "true or false",
            (Type::Integer | Type::Decimal, _) => "a number",
            (Type::String | Type::Reference | Type::Binary | Type::DateTime, _) => "a string",
        };
        Err(Failure::invalid_value(format!("attribute `{}`: it is {expected}", attribute.full_name())))
    }
}
