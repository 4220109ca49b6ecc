//! A naive reading of RFC 7643 section 7 schema documents, and names resolved in it (S16, S17, S18).

use serde_json::{Value, json};

/// The reference says no. Which words the crate says it with is tested elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    String,
    Boolean,
    Integer,
    Decimal,
    DateTime,
    Binary,
    Reference,
    Complex,
    /// S18: not declared.
    Any,
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub kind: Kind,
    pub multi_valued: bool,
    pub case_exact: bool,
    /// S16.
    pub hidden: bool,
    /// S15: "an attribute not filterable"; O1: "unsortable".
    pub filterable: bool,
    pub sortable: bool,
    /// The keys in the JSON object, where they are not the name.
    pub at: Vec<String>,
    /// S13.
    pub assumed_false: bool,
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    fn read(document: &Value, of_multi_valued: bool) -> Attribute {
        let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
        let kind = match text("type").as_str() {
            "string" => Kind::String,
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "dateTime" => Kind::DateTime,
            "binary" => Kind::Binary,
            "reference" => Kind::Reference,
            "complex" => Kind::Complex,
            other => panic!("type {other}"),
        };
        let name = text("name");
        let multi_valued = document["multiValued"] == true;
        let mut sub_attributes = Vec::new();
        for sub in document["subAttributes"].as_array().into_iter().flatten() {
            sub_attributes.push(Attribute::read(sub, multi_valued));
        }
        Attribute {
            kind,
            multi_valued,
            // RFC 7643 section 2.3: binary (2.3.6) and reference (2.3.7) values are case-exact.
            case_exact: document["caseExact"] == true || kind == Kind::Binary || kind == Kind::Reference,
            hidden: document["returned"] == "never" || document["mutability"] == "writeOnly",
            filterable: document["filterable"] != false,
            sortable: document["sortable"] != false,
            at: match document["at"].as_array() {
                Some(keys) => keys.iter().map(|key| key.as_str().expect("a key").to_owned()).collect(),
                None => vec![name.clone()],
            },
            assumed_false: of_multi_valued && kind == Kind::Boolean && name == "primary",
            name,
            sub_attributes,
        }
    }

    /// The last key.
    fn key(&self) -> &str {
        self.at.last().expect("a key")
    }

    pub fn sub(&self, name: &str) -> Option<&Attribute> {
        self.sub_attributes.iter().find(|sub| sub.name.eq_ignore_ascii_case(name))
    }
}

pub struct Schema {
    pub uri: String,
    pub core: Vec<Attribute>,
    pub extensions: Vec<(String, Vec<Attribute>)>,
    /// S17: "unless the schema says its names are case-exact".
    pub case_exact_names: bool,
    /// S18: no declarations.
    pub open: bool,
    /// What every attribute of the open schema is.
    pub any: Attribute,
}

impl Schema {
    pub fn open() -> Schema {
        let any = Attribute {
            name: String::new(),
            kind: Kind::Any,
            multi_valued: true,
            case_exact: false,
            hidden: false,
            filterable: true,
            sortable: true,
            at: Vec::new(),
            assumed_false: false,
            sub_attributes: Vec::new(),
        };
        Schema { uri: String::new(), core: Vec::new(), extensions: Vec::new(), case_exact_names: true, open: true, any }
    }

    /// The first document is the resource type's own schema, the others are its extensions.
    pub fn read(documents: &[Value]) -> Schema {
        let attributes = |document: &Value| -> Vec<Attribute> {
            let list = document["attributes"].as_array().expect("attributes");
            list.iter().map(|attribute| Attribute::read(attribute, false)).collect()
        };
        let uri = |document: &Value| document["id"].as_str().expect("id").to_owned();
        let mut core = attributes(&documents[0]);
        let case_exact_names = documents[0]["caseExactNames"] == true;
        // They are SCIM's; the one schema with case-exact names is not of SCIM.
        if !case_exact_names {
            core.extend(attributes(&common()));
        }
        let extensions = documents[1..].iter().map(|document| (uri(document), attributes(document))).collect();
        Schema { uri: uri(&documents[0]), core, extensions, case_exact_names, open: false, ..Schema::open() }
    }

    /// The attributes that a path names. `inside` is the attribute before the bracket, for a path between brackets.
    pub fn resolve<'s>(
        &'s self,
        inside: Option<&'s Attribute>,
        uri: Option<&str>,
        dotted: &str,
    ) -> Result<Path<'s>, Refused> {
        let mut path = Path { containers: Vec::new(), inside: inside.is_some(), steps: Vec::new() };
        let mut names = dotted.split('.');
        if self.open {
            // S18: any name of any depth, as written; a URI is the first key, as an extension's is.
            let keys = uri.into_iter().chain(names);
            path.steps = keys.map(|key| Step { key: key.to_owned(), attribute: &self.any }).collect();
            return Ok(path);
        }
        let first = names.next().unwrap_or_default();
        let mut at = match inside {
            Some(_) if uri.is_some() => return Err(Refused("S15: a sub-attribute has no URI")),
            // S7: "an element of a simple multi-valued attribute answers to `value`".
            Some(whole) if whole.kind != Kind::Complex => {
                if !first.eq_ignore_ascii_case("value") {
                    return Err(Refused("S15: unknown sub-attribute"));
                }
                whole
            }
            Some(whole) => whole.sub(first).ok_or(Refused("S15: unknown sub-attribute"))?,
            None => {
                let (extension, attribute) = self.find(uri, first)?;
                let keys = &attribute.at[..attribute.at.len() - 1];
                path.containers = extension.into_iter().chain(keys.iter().cloned()).collect();
                attribute
            }
        };
        let key = match inside {
            Some(whole) if whole.kind != Kind::Complex => "value",
            _ => at.key(),
        };
        path.steps.push(Step { key: key.to_owned(), attribute: at });
        for name in names {
            at = at.sub(name).ok_or(Refused("S15: unknown sub-attribute"))?;
            path.steps.push(Step { key: at.key().to_owned(), attribute: at });
        }
        // S16: at any depth.
        if path.steps.iter().any(|step| step.attribute.hidden) {
            return Err(Refused("S16: never returned"));
        }
        Ok(path)
    }

    /// S17: by its first name; the URI of the extension where it is one's.
    fn find(&self, uri: Option<&str>, name: &str) -> Result<(Option<String>, &Attribute), Refused> {
        let same = |attribute: &Attribute| match self.case_exact_names {
            true => attribute.name == name,
            false => attribute.name.eq_ignore_ascii_case(name),
        };
        let named = |list: &[Attribute]| list.iter().position(same);
        let core = named(&self.core).map(|at| (None, &self.core[at]));
        let mut found = Vec::new();
        for (extension, list) in &self.extensions {
            // G5: "compared without regard to case".
            if uri.is_none_or(|uri| uri.eq_ignore_ascii_case(extension)) {
                found.extend(named(list).map(|at| (Some(extension.clone()), &list[at])));
            }
        }
        if uri.is_none_or(|uri| uri.eq_ignore_ascii_case(&self.uri))
            && let Some(core) = core
        {
            return Ok(core);
        }
        match found.len() {
            0 => Err(Refused("S15: unknown attribute")),
            1 => Ok(found.remove(0)),
            _ => Err(Refused("S17: ambiguous")),
        }
    }
}

/// One name of a path: the key in the JSON object, and what is declared for it.
#[derive(Clone, Debug)]
pub struct Step<'s> {
    pub key: String,
    pub attribute: &'s Attribute,
}

/// A resolved path.
#[derive(Clone, Debug)]
pub struct Path<'s> {
    /// The keys before the first name: the URI under which an extension's attributes live.
    pub containers: Vec<String>,
    /// Whether it starts at an element, between brackets.
    pub inside: bool,
    pub steps: Vec<Step<'s>>,
}

impl<'s> Path<'s> {
    pub fn last(&self) -> &'s Attribute {
        self.steps.last().expect("a path has a name").attribute
    }

    /// S8: what a bare complex attribute means in a comparison or an ordering.
    pub fn implied(mut self) -> Result<Path<'s>, Refused> {
        let last = self.last();
        if last.kind != Kind::Complex {
            return Ok(self);
        }
        if !last.multi_valued {
            return Err(Refused("S8: a singular complex attribute"));
        }
        match last.sub("value") {
            // S16: "the same holds for the implied `value`".
            Some(value) if !value.hidden && value.kind != Kind::Complex => {
                self.steps.push(Step { key: value.key().to_owned(), attribute: value });
                Ok(self)
            }
            _ => Err(Refused("S8: no value")),
        }
    }
}

/// RFC 7643 section 3.1.
fn common() -> Value {
    json!({"attributes": [
        {"name": "schemas", "type": "reference", "multiValued": true},
        {"name": "id", "type": "string", "caseExact": true},
        {"name": "externalId", "type": "string", "caseExact": true},
        {"name": "meta", "type": "complex", "subAttributes": [
            {"name": "resourceType", "type": "string", "caseExact": true},
            {"name": "created", "type": "dateTime"},
            {"name": "lastModified", "type": "dateTime"},
            {"name": "location", "type": "reference"},
            {"name": "version", "type": "string", "caseExact": true},
        ]},
    ]})
}
