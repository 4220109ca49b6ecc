//! Opaque cursors (O7): a position, bound to the query that it belongs to. Never a permission.

use std::fmt;
#[cfg(feature = "hmac")]
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::Keys;
use super::token::{Reader, write_value};
use crate::check::CheckedFilter;
#[cfg(feature = "hmac")]
use crate::error::BindError;
use crate::error::ErrorKind;
use crate::limits::Limits;
use crate::order::{CheckedOrdering, SortValue};

const VERSION: u8 = 1;
/// A digest of the query, and the check of an unauthenticated cursor.
const DIGEST: usize = 16;

/// How opaque cursors are made and accepted.
///
/// Without a key, a cursor that was changed is refused by a checksum, which stops accidents but not a forger: a cursor
/// holds a position only, so what a forger can reach is what the caller could have listed anyway. With the feature `hmac`
/// and a key (`Cursors::with_key`), it is authenticated (HMAC-SHA-256, compared in constant time).
///
/// ```
/// use scim_query::{CursorKind, Cursors, ListQuery, Profile, Schema, list};
/// use serde_json::json;
///
/// let of_tenant = |tenant| Profile::scim().with_cursors(CursorKind::Opaque(Cursors::new().with_scope(tenant)));
/// let users = [json!({"id": "1"}), json!({"id": "2"})];
/// let page = |query: &str, profile: &Profile| -> Result<_, Box<dyn std::error::Error>> {
///     Ok(list(&users, &ListQuery::parse(query, profile)?.check(&Schema::user())?)?)
/// };
/// let cursor = page("count=1&cursor=", &of_tenant("a"))?.next.unwrap();
/// let next = format!("count=5&cursor={cursor}"); // another size of page is another matter
/// assert_eq!(page(&next, &of_tenant("a"))?.resources, [&users[1]]);
/// assert_eq!(
///     page(&next, &of_tenant("b")).unwrap_err().to_string(),
///     "the cursor is refused: it belongs to another filter, ordering or scope: begin again without it"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Cursors {
    scope: Vec<u8>,
    #[cfg(feature = "hmac")]
    keys: Vec<Vec<u8>>,
    #[cfg(feature = "hmac")]
    max_age: Option<Duration>,
}

impl Cursors {
    /// Cursors without a key.
    pub fn new() -> Cursors {
        Cursors::default()
    }

    /// Bound to a scope, such as a tenant's id: a cursor of another scope is refused. It does not appear in the cursor.
    pub fn with_scope(mut self, scope: impl Into<Vec<u8>>) -> Cursors {
        self.scope = scope.into();
        self
    }

    /// With one more key. The first one authenticates new cursors, all are accepted: to rotate, put the new one in front,
    /// and drop the old one when its cursors have expired. Cursors without authentication are refused from then on.
    ///
    /// # Errors
    /// A key of less than 16 bytes: it could be guessed.
    #[cfg(feature = "hmac")]
    pub fn with_key(mut self, key: impl Into<Vec<u8>>) -> Result<Cursors, BindError> {
        let key = key.into();
        if key.len() < 16 {
            return Err(BindError::new("a key for cursors has at least 16 bytes"));
        }
        self.keys.push(key);
        Ok(self)
    }

    /// With an age limit, in whole seconds: an older cursor is refused with `expiredCursor` (RFC 9865). It has an effect
    /// only with a key, because a cursor's time could be forged without one.
    #[cfg(feature = "hmac")]
    pub fn with_max_age(mut self, age: Duration) -> Cursors {
        self.max_age = Some(age);
        self
    }
}

/// Hides the keys.
impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors { .. }")
    }
}

/// The query that a cursor belongs to: canonical filter, ordering and scope, not the size of the page.
pub(crate) struct Binding([u8; DIGEST]);

impl Binding {
    /// `scope` is one that is said otherwise than by [`Cursors::with_scope`]; empty where there is none.
    pub(crate) fn of(filter: &CheckedFilter, ordering: &CheckedOrdering, cursors: &Cursors, scope: &str) -> Binding {
        let texts = [filter.schema().id().to_owned(), filter.to_string(), ordering.to_string()];
        let scope = Some(scope.as_bytes()).filter(|scope| !scope.is_empty());
        let parts = texts.iter().map(String::as_bytes).chain([&cursors.scope[..]]).chain(scope);
        let mut framed = Vec::new();
        for part in parts {
            // Lengths keep the parts apart.
            framed.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            framed.extend(part);
        }
        Binding(hash(&framed))
    }
}

/// SipHash-1-3 with a fixed key: the same in every release, on every machine.
fn hash(bytes: &[u8]) -> [u8; DIGEST] {
    let mut hasher = SipHasher13::new();
    std::hash::Hasher::write(&mut hasher, bytes);
    hasher.finish128().as_bytes()
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The values of all keys; `None` where they are too long for a cursor, or there are none: then the resource is
    /// looked up by its tie-breakers.
    pub(crate) keys: Option<Keys>,
    pub(crate) tie_breakers: Keys,
}

const HAS_KEYS: u8 = 1;
const AUTHENTICATED: u8 = 2;

impl Cursors {
    /// The cursor of a position; `None` when not even its tie-breakers fit the limit.
    pub(crate) fn encode(&self, position: &Position, binding: &Binding, limits: &Limits) -> Option<String> {
        let short = Position { keys: None, tie_breakers: position.tie_breakers.clone() };
        [position, &short]
            .into_iter()
            .map(|position| URL_SAFE_NO_PAD.encode(self.bytes(position, binding)))
            .find(|text| text.len() <= limits.cursor)
    }

    fn bytes(&self, position: &Position, binding: &Binding) -> Vec<u8> {
        let mut bytes = vec![VERSION, 0];
        bytes.extend(binding.0);
        self.write_time(&mut bytes);
        let values = position.tie_breakers.iter().chain(position.keys.iter().flatten());
        values.for_each(|value| write_value(&mut bytes, value));
        if position.keys.is_some() {
            bytes[1] |= HAS_KEYS;
        }
        if self.is_authenticated() {
            bytes[1] |= AUTHENTICATED;
        }
        let seal = self.seal(&bytes);
        bytes.extend(seal);
        bytes
    }

    /// The position of a cursor that these cursors made for the same query.
    pub(crate) fn decode(
        &self,
        text: &str,
        binding: &Binding,
        ordering: &CheckedOrdering,
        limits: &Limits,
    ) -> Result<Position, ErrorKind> {
        let refused = |reason| ErrorKind::CursorInvalid { reason };
        let damaged = || refused("it is not one that this list gave out");
        if text.len() > limits.cursor {
            return Err(refused("it is too long"));
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        if bytes.first().is_some_and(|version| *version != VERSION) {
            return Err(damaged());
        }
        let body = self.unseal(&bytes).ok_or_else(damaged)?;
        let mut reader = Reader(body);
        let [_, flags] = reader.array().ok_or_else(damaged)?;
        if (flags & AUTHENTICATED != 0) != self.is_authenticated() || flags & !(HAS_KEYS | AUTHENTICATED) != 0 {
            return Err(damaged());
        }
        let bound: [u8; DIGEST] = reader.array().ok_or_else(damaged)?;
        if bound != binding.0 {
            return Err(refused("it belongs to another filter, ordering or scope"));
        }
        self.check_time(&mut reader)?;
        let values = |reader: &mut Reader<'_>, count: usize| -> Option<Vec<SortValue<'static>>> {
            (0..count).map(|_| reader.value()).collect()
        };
        let tie_breakers = values(&mut reader, ordering.tie_breakers().count()).ok_or_else(damaged)?;
        let keys = match flags & HAS_KEYS != 0 {
            true => Some(values(&mut reader, ordering.keys().len()).ok_or_else(damaged)?),
            false => None,
        };
        if reader.0.is_empty() { Ok(Position { keys, tie_breakers }) } else { Err(damaged()) }
    }
}

#[cfg(not(feature = "hmac"))]
impl Cursors {
    fn is_authenticated(&self) -> bool {
        false
    }

    fn write_time(&self, _: &mut Vec<u8>) {}

    fn check_time(&self, _: &mut Reader<'_>) -> Result<(), ErrorKind> {
        Ok(())
    }

    fn seal(&self, body: &[u8]) -> Vec<u8> {
        hash(body).to_vec()
    }

    fn unseal<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        unseal_checksum(bytes)
    }
}

fn unseal_checksum(bytes: &[u8]) -> Option<&[u8]> {
    let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    (hash(body) == seal).then_some(body)
}

#[cfg(feature = "hmac")]
impl Cursors {
    fn is_authenticated(&self) -> bool {
        !self.keys.is_empty()
    }

    fn write_time(&self, bytes: &mut Vec<u8>) {
        if self.is_authenticated() {
            bytes.extend(now().to_be_bytes());
        }
    }

    fn check_time(&self, reader: &mut Reader<'_>) -> Result<(), ErrorKind> {
        if !self.is_authenticated() {
            return Ok(());
        }
        let made = reader.array().map(u64::from_be_bytes);
        let made = made.ok_or(ErrorKind::CursorInvalid { reason: "it is not one that this list gave out" })?;
        match self.max_age {
            Some(age) if now().saturating_sub(made) > age.as_secs() => Err(ErrorKind::CursorExpired),
            _ => Ok(()),
        }
    }

    fn seal(&self, body: &[u8]) -> Vec<u8> {
        use hmac::Mac;
        match self.keys.first().and_then(|key| keyed(key, body)) {
            Some(mac) => mac.finalize().into_bytes().to_vec(),
            None => hash(body).to_vec(),
        }
    }

    fn unseal<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        use hmac::Mac;
        if !self.is_authenticated() {
            return unseal_checksum(bytes);
        }
        let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        // In constant time for each key.
        let accepted = self.keys.iter().filter_map(|key| keyed(key, body)).any(|mac| mac.verify_slice(seal).is_ok());
        accepted.then_some(body)
    }
}

#[cfg(feature = "hmac")]
fn keyed(key: &[u8], body: &[u8]) -> Option<hmac::Hmac<sha2::Sha256>> {
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).ok()?;
    mac.update(body);
    Some(mac)
}

#[cfg(feature = "hmac")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
