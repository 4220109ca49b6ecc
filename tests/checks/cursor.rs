//! Any token as a cursor: it is refused, or it is one that the list gave out and goes on exactly behind its place. A forger who
//! seals a changed one without a key gets no more than a place in the list.
//!
//! The query is on the first line, the token is behind it; its bytes are also changes of a genuine cursor, in pairs of a place
//! and what is flipped there.

use std::hash::Hasher;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scim_query::{CheckedQuery, CursorKind, Cursors, ListError, ListQuery, Part, Profile, Schema, list};
use serde_json::Value;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::seeds::queries;
use super::{first_line, look_at, values};

/// What is behind the last byte of an unauthenticated cursor's content: a checksum.
const CHECKSUM: usize = 16;

static RESOURCES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let requests = include_bytes!("../../examples/data/access-requests.ndjson");
    values(requests).into_iter().take(9).collect()
});

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::access_requests);

pub fn check(data: &[u8]) {
    let Some((text, token)) = first_line(data) else { return };
    let kinds = [
        (Cursors::new(), false),
        #[cfg(feature = "hmac")]
        (Cursors::new().with_key(*b"0123456789abcdef").expect("a key"), true),
    ];
    for (cursors, is_keyed) in kinds {
        let opaque = CursorKind::Opaque(cursors.with_scope("tenant"));
        for profile in [Profile::okta().with_cursors(opaque.clone()), Profile::scim().with_cursors(opaque)] {
            let Some(list) = Walked::new(text, &profile) else { continue };
            if let Ok(token) = std::str::from_utf8(token) {
                list.is_refused_or_exact(token);
            }
            list.changed(token, is_keyed);
        }
    }
    if let (Some(list), Ok(token)) = (Walked::new(text, &Profile::okta()), std::str::from_utf8(token)) {
        list.is_refused_or_exact(token);
    }
}

/// A list, walked in pages of one.
struct Walked {
    query: ListQuery,
    all: Vec<&'static Value>,
    /// The cursor behind each resource but the last.
    cursors: Vec<String>,
}

impl Walked {
    /// None where the query is none, or has a cursor or a size itself.
    fn new(text: &str, profile: &Profile) -> Option<Walked> {
        let mut query = ListQuery::parse(text, profile).ok()?;
        let (size, cursor) = if profile.is_okta() { (Part::Limit, Part::After) } else { (Part::Count, Part::Cursor) };
        query.give(size, "1").ok()?;
        let mut walked = Walked { query, all: Vec::new(), cursors: Vec::new() };
        let mut at = (!profile.is_okta()).then(String::new);
        loop {
            let mut query = walked.query.clone();
            if let Some(at) = &at {
                query.give(cursor, at.as_str()).ok()?;
            }
            let page = list(&*RESOURCES, &query.check(&SCHEMA).ok()?).ok()?;
            walked.all.extend(page.resources);
            match page.next {
                Some(next) => walked.cursors.push(next.clone()),
                None => return Some(walked),
            }
            at = walked.cursors.last().cloned();
        }
    }

    /// What a cursor gives: none where it is refused.
    fn page(&self, token: &str) -> Option<Vec<&'static Value>> {
        let mut query = self.query.clone();
        query.give(if query.profile().is_okta() { Part::After } else { Part::Cursor }, token).ok()?;
        let checked: CheckedQuery = query.check(&SCHEMA).map_err(|error| look_at(&error)).ok()?;
        match list(&*RESOURCES, &checked) {
            Ok(page) => Some(page.resources),
            Err(ListError::Query(error)) => {
                look_at(&error);
                assert!(
                    token.is_empty() || !error.to_string().contains(token) || token.len() < 9,
                    "a cursor is not quoted"
                );
                None
            }
            Err(ListError::Data(error)) => panic!("{error}"),
        }
    }

    fn is_refused_or_exact(&self, token: &str) {
        let Some(page) = self.page(token) else { return };
        if token.is_empty() {
            return;
        }
        if let Some(at) = self.cursors.iter().position(|cursor| cursor == token) {
            assert_eq!(page, self.all[at + 1..].iter().take(1).copied().collect::<Vec<_>>(), "{token}");
            return;
        }
        // The id of a resource that is last, or does not match the filter, is a place too.
        let is_id = RESOURCES.iter().any(|resource| resource["id"] == token);
        assert!(is_id, "a cursor that nobody gave out: {token}");
        self.is_a_run(&page);
    }

    /// Resources of the list that follow each other.
    fn is_a_run(&self, page: &[&'static Value]) {
        assert!(page.is_empty() || self.all.windows(page.len()).any(|run| run == page), "{page:?}");
    }

    fn changed(&self, changes: &[u8], is_keyed: bool) {
        let [which, changes @ ..] = changes else { return };
        let Some(cursor) = self.cursors.get(usize::from(*which) % self.cursors.len().max(1)) else { return };
        let genuine = URL_SAFE_NO_PAD.decode(cursor).expect("base64 without padding");
        let mut bytes = genuine.clone();
        for change in changes.chunks_exact(2) {
            match change[0] {
                255 => bytes.truncate(change[1].into()),
                254 => bytes.push(change[1]),
                at => {
                    if let Some(byte) = bytes.get_mut(usize::from(at)) {
                        *byte ^= change[1];
                    }
                }
            }
        }
        // An empty one asks for the first page.
        if bytes != genuine && !bytes.is_empty() {
            assert_eq!(self.page(&URL_SAFE_NO_PAD.encode(&bytes)), None, "a cursor that was changed: {bytes:?}");
        }
        if is_keyed || bytes.len() < CHECKSUM {
            return;
        }
        bytes.truncate(bytes.len() - CHECKSUM);
        let mut hasher = SipHasher13::new();
        hasher.write(&bytes);
        bytes.extend(hasher.finish128().as_bytes());
        if let Some(page) = self.page(&URL_SAFE_NO_PAD.encode(&bytes)) {
            self.is_a_run(&page);
        }
    }
}

/// The queries of the cases, with changes, and with cursors of their own.
pub fn queries_with_tokens() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for query in queries() {
        seeds.push([&query[..], b"\n\x01\x12\x01"].concat());
    }
    for query in ["", "orderBy=created", "orderBy=lastUpdated desc,created", "filter=status eq \"PENDING\""] {
        for profile in
            [Profile::okta(), Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new().with_scope("tenant")))]
        {
            let walked = Walked::new(query, &profile).expect("a list");
            seeds.extend(walked.cursors.iter().take(2).map(|cursor| format!("{query}\n{cursor}").into_bytes()));
        }
    }
    seeds
}
