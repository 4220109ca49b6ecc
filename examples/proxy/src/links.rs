//! The way to the next page, through the proxy: in the caller's own words, with a cursor that is good for this caller only.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderValue, header};
use hmac::{Hmac, KeyInit, Mac};
use scim_query::http::{link_header, okta_envelope};
use scim_query::{BodyFilter, Limits, ListQuery, Part, Profile};
use serde_json::Value;
use sha2::Sha256;

use crate::link_header;

/// The length of a seal, with the dot before it.
pub(crate) const SEAL: usize = 1 + 2 * BYTES;
const BYTES: usize = 16;

/// Seals cursors. An upstream looks up where a cursor stands among all resources: a forged one would tell of those of others.
#[derive(Clone)]
pub(crate) struct Seal(Hmac<Sha256>);

impl Seal {
    pub(crate) fn new(key: &[u8]) -> Option<Seal> {
        Hmac::new_from_slice(key).ok().map(Seal)
    }

    /// For one caller of one list.
    pub(crate) fn of(&self, caller: &str, path: &str) -> Seal {
        let mut mac = self.0.clone();
        for part in [caller, path] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Seal(mac)
    }

    /// Nothing of a cursor that is too long to come back.
    fn seal(&self, cursor: &str) -> Option<String> {
        let mac = self.0.clone().chain_update(cursor).finalize().into_bytes();
        let sealed = format!("{cursor}.{}", digits(mac.get(..BYTES).unwrap_or_default()));
        Some(sealed).filter(|_| cursor.len() <= Limits::DEFAULT.cursor)
    }

    /// What was sealed here.
    pub(crate) fn open<'c>(&self, sealed: &'c str) -> Option<&'c str> {
        let (cursor, seal) = sealed.rsplit_once('.')?;
        let digits: Vec<char> = seal.chars().collect();
        let byte = |pair: &[char]| {
            let digit = |c: &char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)
        };
        let bytes = digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>().filter(|bytes| bytes.len() == BYTES)?;
        self.0.clone().chain_update(cursor).verify_truncated_left(&bytes).is_ok().then_some(cursor)
    }
}

/// The links of one page.
#[derive(Clone)]
pub(crate) struct Links {
    pub(crate) asked: ListQuery,
    /// The URL of the list here.
    pub(crate) url: String,
    pub(crate) seal: Seal,
}

impl Links {
    fn href(&self, query: String) -> String {
        if query.is_empty() { self.url.clone() } else { format!("{}?{query}", self.url) }
    }

    pub(crate) fn this(&self) -> String {
        self.href(self.asked.to_query_string())
    }

    /// From the upstream's link to the next page, of which only the cursor is taken.
    fn next(&self, upstream: &str) -> Option<String> {
        let (_, query) = upstream.split_once('?')?;
        let query = ListQuery::parse(query, &Profile::okta()).ok()?;
        let cursor = query.get(Part::After).filter(|cursor| !cursor.is_empty())?;
        Some(self.href(self.asked.next_query_string(&self.seal.seal(cursor)?)))
    }

    /// `Link` headers, where the upstream has them; none of a next page that has no cursor known here.
    pub(crate) fn headers(&self, upstream: &HeaderMap, headers: &mut HeaderMap) -> Option<()> {
        let mut links = upstream.get_all(header::LINK).iter().peekable();
        if links.peek().is_none() || !self.asked.profile().is_okta() {
            return Some(());
        }
        let mut next = None;
        for link in links {
            next = next.or(link_header::next(link.to_str().ok()?)?);
        }
        let next = next.map(|href| self.next(href).ok_or(())).transpose().ok()?;
        for (href, relation) in [(Some(self.this()), "self"), (next, "next")] {
            if let Some(href) = href {
                headers.append(header::LINK, HeaderValue::try_from(link_header(&href, relation)).ok()?);
            }
        }
        Some(())
    }

    /// The links and cursors in a body. One that has no cursor known here refuses the body: the list would seem to end.
    pub(crate) fn edit(&self, body: BodyFilter) -> BodyFilter {
        let links = self.clone();
        let okta = move |written: &[u8]| {
            let upstream: Value = serde_json::from_slice(written).ok()?;
            let next = match upstream.get("next") {
                None | Some(Value::Null) => None,
                Some(next) => Some(links.next(next.get("href")?.as_str()?)?),
            };
            serde_json::to_vec(okta_envelope(vec![], &links.this(), next.as_deref()).get("_links")?).ok()
        };
        let seal = self.seal.clone();
        let cursor = move |written: &[u8], may_be_empty: bool| match serde_json::from_slice(written).ok()? {
            Value::Null => Some(b"null".to_vec()),
            Value::String(cursor) if may_be_empty || !cursor.is_empty() => {
                serde_json::to_vec(&seal.seal(&cursor)?).ok()
            }
            _ => None,
        };
        // An empty one is of the first page (RFC 9865): forward, a walk would never end.
        let (next, previous) = (cursor.clone(), cursor);
        let (next, previous) =
            (move |written: &[u8]| next(written, false), move |written: &[u8]| previous(written, true));
        body.edit_member("_links", okta).edit_member("nextCursor", next).edit_member("previousCursor", previous)
    }
}

/// 32 digits that nobody can guess; none where the system has no randomness, which no key is made of.
pub(crate) fn random() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => digits(&bytes),
        Err(_) => String::new(),
    }
}

fn digits(bytes: &[u8]) -> String {
    // Writing to a string does not fail.
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
