//! The body of `POST /.search` (RFC 7644 section 3.4.3).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::profile::Style;
use super::{ListQuery, Profile, known};
use crate::error::{Error, ErrorKind, Part};

/// The URI that a SearchRequest names as its schema.
const URI: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// The members in their order, each as often as it is there.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl ListQuery {
    /// Reads a SearchRequest: the members of SCIM's list parameters, `attributes` and `excludedAttributes` as arrays.
    /// Names of members are read in any case. Unknown members are kept aside; `schemas` may be missing.
    ///
    /// # Errors
    /// A body that is not JSON or no SearchRequest, or names another schema in `schemas`: `invalidSyntax`.
    ///
    /// ```
    /// use scim_query::{ListQuery, Profile, Schema};
    ///
    /// let body = br#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    ///                 "filter": "userName sw \"j\"", "attributes": ["displayName", "userName"], "count": 10}"#;
    /// let query = ListQuery::from_search_request(body, &Profile::scim())?.check(&Schema::user())?;
    /// assert_eq!(query.paging().size(), 10);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn from_search_request(body: &[u8], profile: &Profile) -> Result<ListQuery, Error> {
        let wrong = |reason: String| Error::new(ErrorKind::BodyInvalid { reason: reason.into() }, Part::Body, None, "");
        let Members(members) = serde_json::from_slice(body).map_err(|error| wrong(without_values(&error)))?;
        // A SearchRequest is SCIM's, whatever the parameters of query strings are.
        let mut list = ListQuery::new(&Profile { style: Style::Scim, ..profile.clone() });
        let mut seen = Vec::new();
        for (name, value) in members {
            let mut parts = known(Style::Scim).iter().copied().map(Some).chain([None]);
            let Some(part) = parts.find(|part| name.eq_ignore_ascii_case(member(*part))) else {
                list.unknown.push((name, value.to_string()));
                continue;
            };
            if seen.contains(&part) {
                return Err(wrong(format!("`{}` is given twice", member(part))));
            }
            seen.push(part);
            // `null` counts as absent, as everywhere in SCIM (RFC 7643 section 2.5).
            if value.is_null() {
                continue;
            }
            let text = text_of(part, &value).map_err(|problem| wrong(format!("`{}` {problem}", member(part))))?;
            if let Some((part, text)) = part.zip(text) {
                list.give(part, text)?;
            }
        }
        Ok(list)
    }
}

/// The name of a parameter's member; without a parameter, of the one that names the schema. Names are compared without regard
/// to case, as those of attributes are (RFC 7643 section 2.1).
fn member(part: Option<Part>) -> &'static str {
    part.map_or("schemas", Part::as_str)
}

/// A member's value as the parameter of a query string; `None` where it says nothing.
fn text_of(part: Option<Part>, value: &Value) -> Result<Option<String>, String> {
    let strings = |value: &Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    };
    match part {
        None => {
            let uris = strings(value).ok_or("is no array of strings")?;
            let is_named = uris.iter().any(|uri| uri.eq_ignore_ascii_case(URI));
            if is_named { Ok(None) } else { Err(format!("lacks {URI}")) }
        }
        Some(Part::Attributes | Part::ExcludedAttributes) => {
            let names = strings(value).ok_or("is no array of strings")?;
            if names.iter().any(|name| name.contains(',')) {
                return Err("has a name with a comma".into());
            }
            // An empty array is unassigned (RFC 7643 section 2.5).
            Ok((!names.is_empty()).then(|| names.join(",")))
        }
        Some(Part::StartIndex | Part::Count) => Ok(Some(integer_text(value))),
        Some(_) => value.as_str().map(|text| Some(text.to_owned())).ok_or_else(|| "is no string".into()),
    }
}

/// An integer's digits, also where JSON writes it as `10.0` or as `1e30`. What is no integer is told as in a query string:
/// `invalidValue` (O8).
fn integer_text(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if !value.is_i64() && !value.is_u64() && number.fract() == 0.0 => format!("{number:.0}"),
        _ => value.to_string(),
    }
}

/// serde_json's message may quote a value of the body (L2); its place and class do not.
fn without_values(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Eof => "not complete JSON",
        serde_json::error::Category::Data => "no object",
        serde_json::error::Category::Io => "not readable",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}
