//! What a caller may ask for, as data: part of a server's configuration (S16).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::op::OperatorSet;

/// A way to join or turn comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names are the RFC's.
pub enum Connective {
    And,
    Or,
    Not,
}

impl Connective {
    const ALL: [Connective; 3] = [Connective::And, Connective::Or, Connective::Not];

    fn as_str(self) -> &'static str {
        match self {
            Connective::And => "and",
            Connective::Or => "or",
            Connective::Not => "not",
        }
    }
}

/// What a caller may ask for (S16), as data: part of a server's configuration. The default allows everything. Read from an
/// object whose members are the fields in camel case; those that are missing are the default's, others are errors.
///
/// ```
/// use scim_query::{Capabilities, Filter, Options, Schema};
///
/// // What some large clients are documented to send: `eq`, joined by `and`.
/// let json = r#"{"operators": ["eq"], "connectives": ["and"], "valuePaths": false}"#;
/// let capabilities: Capabilities = serde_json::from_str(json).unwrap();
/// let options = Options::default().with_capabilities(capabilities);
/// let refused = Filter::parse(r#"userName sw "a""#)?.check_with(&Schema::user(), &options).unwrap_err();
/// assert_eq!(refused.to_string(), "the operator `sw` is not supported here at 9..11: write one of eq");
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The attributes that may be filtered on and ordered by, by their names in the schema (in any case, unless its
    /// names are case-exact); `emails` stands for its sub-attributes too. `None`: all that the schema allows. Of several elements the
    /// primary one orders (O3): to order by `emails.value` takes `emails.primary` too.
    pub attributes: Option<Vec<String>>,
    /// The operators.
    pub operators: OperatorSet,
    /// `and`, `or`, `not`.
    pub connectives: Vec<Connective>,
    /// Whether `emails[...]` may be used.
    pub value_paths: bool,
    /// How many parentheses and brackets may be open at once in the canonical text.
    pub nesting: Option<usize>,
    /// How many comparisons a filter may have.
    pub comparisons: Option<usize>,
}

impl Default for Capabilities {
    fn default() -> Capabilities {
        Capabilities {
            attributes: None,
            operators: OperatorSet::ALL,
            connectives: Connective::ALL.into(),
            value_paths: true,
            nesting: None,
            comparisons: None,
        }
    }
}

// By hand: to derive them takes a fifth of the time of a build from clean.

impl Serialize for Connective {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Connective {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Connective, D::Error> {
        let word = String::deserialize(deserializer)?;
        let found = Connective::ALL.into_iter().find(|connective| connective.as_str() == word);
        found.ok_or_else(|| D::Error::unknown_variant(&word, &["and", "or", "not"]))
    }
}

const FIELDS: [&str; 6] = ["attributes", "operators", "connectives", "valuePaths", "nesting", "comparisons"];

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Capabilities", FIELDS.len())?;
        fields.serialize_field("attributes", &self.attributes)?;
        fields.serialize_field("operators", &self.operators)?;
        fields.serialize_field("connectives", &self.connectives)?;
        fields.serialize_field("valuePaths", &self.value_paths)?;
        fields.serialize_field("nesting", &self.nesting)?;
        fields.serialize_field("comparisons", &self.comparisons)?;
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Capabilities, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Capabilities;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of capabilities")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Capabilities, A::Error> {
        let (mut read, mut seen) = (Capabilities::default(), Vec::with_capacity(FIELDS.len()));
        while let Some(name) = map.next_key::<String>()? {
            let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
                return Err(A::Error::unknown_field(&name, &FIELDS));
            };
            if seen.contains(&field) {
                return Err(A::Error::duplicate_field(field));
            }
            seen.push(field);
            match field {
                "attributes" => read.attributes = map.next_value()?,
                "operators" => read.operators = map.next_value()?,
                "connectives" => read.connectives = map.next_value()?,
                "valuePaths" => read.value_paths = map.next_value()?,
                "nesting" => read.nesting = map.next_value()?,
                _ => read.comparisons = map.next_value()?,
            }
        }
        Ok(read)
    }
}
