//! What stands around the resources of a list: which members pass there, and in which form.

use scim_query::{BodyFilter, Profile};
use serde_json::Value;

use crate::Problem;

const OKTA: &[&str] = &["_links", "data"];
const SCIM: &[&str] =
    &["schemas", "totalResults", "itemsPerPage", "startIndex", "nextCursor", "previousCursor", "Resources"];
/// The longest name of those, each character escaped.
const LONGEST_NAME: usize = 6 * "previousCursor".len();

/// A list on its way: its elements, and the names of the members around them.
pub(crate) struct Page {
    body: BodyFilter,
    known: &'static [&'static str],
    /// Whether other members are refused.
    only_known: bool,
    is_object: bool,
    /// Open brackets.
    depth: usize,
    string: Option<Sign>,
    /// Whether the next string is a member's name.
    at_name: bool,
    name: Vec<u8>,
}

/// What comes next in a string.
#[derive(PartialEq)]
enum Sign {
    Any,
    /// Behind a backslash.
    Escaped,
}

impl Page {
    /// With `hides`, nothing passes but what a list has of its own: any other member could hold what a resource does.
    pub(crate) fn new(body: BodyFilter, profile: &Profile, hides: bool) -> Page {
        let known = if profile.is_okta() { OKTA } else { SCIM };
        let body = if hides { plain(body) } else { body };
        Page {
            body,
            known,
            only_known: hides,
            is_object: false,
            depth: 0,
            string: None,
            at_name: false,
            name: Vec::new(),
        }
    }

    /// What passes of a chunk: nothing of one that has the name of a member that does not.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, Problem> {
        self.names(chunk)?;
        let mut out = Vec::new();
        self.body.push(chunk, &mut out)?;
        Ok(out)
    }

    pub(crate) fn finish(self) -> Result<(), Problem> {
        self.body.finish()?;
        Ok(())
    }

    /// Only brackets, commas and quotes are looked at. That the rest is JSON is seen to where it is edited.
    fn names(&mut self, chunk: &[u8]) -> Result<(), Problem> {
        for byte in chunk.iter().copied() {
            match (&self.string, byte) {
                (Some(Sign::Any), b'"') => {
                    self.string = None;
                    if std::mem::take(&mut self.at_name) {
                        self.check()?;
                    }
                }
                (Some(sign), byte) => {
                    if self.at_name && self.name.len() <= LONGEST_NAME {
                        self.name.push(byte);
                    }
                    let escapes = byte == b'\\' && *sign == Sign::Any;
                    self.string = Some(if escapes { Sign::Escaped } else { Sign::Any });
                }
                (None, b'"') => {
                    self.string = Some(Sign::Any);
                    self.name.clear();
                }
                (None, b'{' | b'[') => {
                    self.is_object |= self.depth == 0 && byte == b'{';
                    self.depth += 1;
                    self.at_name = self.depth == 1 && self.is_object;
                }
                (None, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.at_name = false;
                }
                (None, b',') => self.at_name = self.depth == 1 && self.is_object,
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// A name in another case would pass as it is, and be taken for the list's own (RFC 7643 section 2.1).
    fn check(&self) -> Result<(), Problem> {
        let quoted = [b"\"", &*self.name, b"\""].concat();
        let name: String = serde_json::from_slice(&quoted).unwrap_or_default();
        if self.known.contains(&&*name) {
            return Ok(());
        }
        if self.only_known {
            return Err("a list has a member that may hold what is hidden".into());
        }
        match self.known.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            true => Err("a list has one of its members in another case".into()),
            false => Ok(()),
        }
    }
}

/// Refuses resources where a list has counts and URIs. Links and cursors are made anew anyway.
fn plain(body: BodyFilter) -> BodyFilter {
    let read = |written: &[u8]| serde_json::from_slice::<Value>(written).ok();
    let number = move |written: &[u8]| {
        read(written).filter(|value| value.is_number() || value.is_null()).map(|_| written.to_vec())
    };
    let uris = move |written: &[u8]| {
        let value = read(written)?;
        let is_uri = |one: &Value| one.as_str().is_some_and(|text| text.starts_with("urn:"));
        value.as_array().is_some_and(|uris| uris.iter().all(is_uri)).then(|| written.to_vec())
    };
    ["totalResults", "itemsPerPage", "startIndex"]
        .into_iter()
        .fold(body.edit_member("schemas", uris), |body, name| body.edit_member(name, number))
}
