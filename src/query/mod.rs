//! A whole list request: from its query string or its SearchRequest body to what is to be run.

mod check;
mod cursor;
mod decode;
mod link;
mod profile;
mod search_request;

use std::borrow::Cow;
use std::fmt;

pub use check::CheckedQuery;
pub use profile::Profile;

use crate::error::{Error, ErrorKind, Name, Part};
use profile::Style;

/// The parameters of a list request, decoded and not yet checked.
///
/// ```
/// use scim_query::{ListQuery, Profile, Schema};
///
/// let query = "filter=status%20eq%20%22APPROVED%22&orderBy=created+desc&limit=5";
/// let query = ListQuery::parse(query, &Profile::okta())?.check(&Schema::access_requests())?;
/// assert_eq!(query.filter().to_string(), r#"status eq "APPROVED""#);
/// assert_eq!(query.ordering().to_string(), "created desc, id desc");
/// assert_eq!(query.paging().size(), 5);
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListQuery {
    profile: Profile,
    given: Given,
    unknown: Vec<(String, String)>,
}

/// The known parameters that were given, each once, in one text.
#[derive(Clone, Default)]
struct Given {
    /// Their values, one behind the other.
    text: String,
    /// Where the value of each stands.
    places: [Option<(usize, usize)>; Part::COUNT],
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.places.iter().flatten().map(|(start, end)| &self.text[*start..*end])).finish()
    }
}

/// The parameters of each profile.
fn known(style: Style) -> &'static [Part] {
    match style {
        Style::Okta => &[Part::Filter, Part::OrderBy, Part::Limit, Part::After],
        Style::Scim => &[
            Part::Filter,
            Part::SortBy,
            Part::SortOrder,
            Part::StartIndex,
            Part::Count,
            Part::Cursor,
            Part::Attributes,
            Part::ExcludedAttributes,
        ],
    }
}

impl ListQuery {
    /// A request without parameters.
    pub fn new(profile: &Profile) -> ListQuery {
        ListQuery { profile: profile.clone(), given: Given::default(), unknown: Vec::new() }
    }

    /// Reads a query string (without the path; a `?` in front is passed over). It is split at `&` first and then decoded
    /// once; `+` is a space; text is UTF-8. Characters that should have been encoded, such as spaces and quotes, are taken
    /// as they are.
    ///
    /// Unknown parameters are kept aside ([`ListQuery::unknown`]), as RFC 7644 section 3.4.2 has it.
    ///
    /// # Errors
    /// A known parameter that stands twice, or has a broken percent-encoding or bytes that are not UTF-8.
    pub fn parse(query: &str, profile: &Profile) -> Result<ListQuery, Error> {
        let mut list = ListQuery::new(profile);
        list.given.text.reserve_exact(query.len());
        for (name, value) in decode::parameters(query) {
            let part = |name: &str| known(profile.style).iter().copied().find(|part| part.as_str() == name);
            // Only other names are likely to be encoded.
            let decoded = || decode::decode(name, Part::Query).unwrap_or(Cow::Borrowed(name));
            match part(name).or_else(|| part(&decoded())) {
                Some(part) => {
                    let start = list.given.text.len();
                    decode::decode_onto(value, part, &mut list.given.text)?;
                    list.place(part, start)?;
                }
                None => {
                    let value = decode::decode(value, Part::Query).unwrap_or(Cow::Borrowed(value));
                    list.unknown.push((decoded().into_owned(), value.into_owned()));
                }
            }
        }
        Ok(list)
    }

    /// Sets a parameter, as from a command line. An ordering of several keys, [`Part::OrderBy`], can be given to either
    /// profile.
    ///
    /// # Errors
    /// Where it was given before, or the profile has no such parameter.
    pub fn give(&mut self, part: Part, value: impl Into<String>) -> Result<(), Error> {
        let value = value.into();
        if part != Part::OrderBy && !known(self.profile.style).contains(&part) {
            let kind = ErrorKind::ParameterUnknown { name: Name::of(part.as_str()), meant: self.meant(part.as_str()) };
            return Err(Error::new(kind, part, None, &value));
        }
        let start = self.given.text.len();
        self.given.text.push_str(&value);
        self.place(part, start)
    }

    /// The value of a parameter is what stands behind `start`.
    fn place(&mut self, part: Part, start: usize) -> Result<(), Error> {
        if self.get(part).is_some() {
            let repeated = Error::new(ErrorKind::ParameterRepeated, part, None, &self.given.text[start..]);
            self.given.text.truncate(start);
            return Err(repeated);
        }
        self.given.places[part as usize] = Some((start, self.given.text.len()));
        Ok(())
    }

    /// The decoded value of a parameter.
    pub fn get(&self, part: Part) -> Option<&str> {
        let (start, end) = self.given.places[part as usize]?;
        self.given.text.get(start..end)
    }

    /// The parameters that a list request of this profile does not have, decoded, in their order. They have no effect. Those that
    /// look like a known one can be refused: [`Options::with_strict_parameters`](crate::Options::with_strict_parameters).
    pub fn unknown(&self) -> &[(String, String)] {
        &self.unknown
    }

    /// The profile whose parameters were read.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The known parameter that an unknown one was meant as: the same name in another case or with a slip, or the name that
    /// another profile has for it.
    fn meant(&self, unknown: &str) -> Option<&'static str> {
        let plain = |name: &str| {
            name.chars().filter(|c| !matches!(c, '_' | '-' | '[' | ']')).collect::<String>().to_ascii_lowercase()
        };
        let wanted = plain(unknown);
        let wanted = match (self.profile.style, wanted.as_str()) {
            (Style::Okta, "sortby" | "sort" | "order") => "orderby",
            (Style::Okta, "count" | "pagesize") => "limit",
            (Style::Okta, "cursor" | "pagetoken") => "after",
            (Style::Scim, "orderby" | "sort" | "order") => "sortby",
            (Style::Scim, "limit" | "pagesize") => "count",
            (Style::Scim, "after" | "pagetoken") => "cursor",
            (_, "filters" | "search") => "filter",
            (_, other) => other,
        };
        let names = || known(self.profile.style).iter().map(|part| part.as_str());
        // One letter more, less or other, or two exchanged. Of a short name that may be another word: `county`.
        let is_slip = |name: &str| {
            name.len() >= 6 && name.len().abs_diff(wanted.len()) <= 1 && strsim::osa_distance(&plain(name), wanted) == 1
        };
        names().find(|name| plain(name) == wanted).or_else(|| names().find(|name| is_slip(name)))
    }
}
