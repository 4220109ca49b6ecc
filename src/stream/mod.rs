//! The body of a list response on its way through a proxy: elements that do not match are dropped, and everything else stays
//! as it is, byte for byte.

mod edit;
mod error;
mod list;
mod skip;

use edit::Edit;
pub use error::BodyError;
use error::Problem;
use list::List;
use skip::Value;

use crate::eval::RawPredicate;

/// Filters the elements of a list response as it streams through: of a body `{"Resources": [..]}` or `{"data": [..]}`, or of a
/// body that is an array. The elements that match stay, the others go, with the comma that parted them; all other bytes pass
/// as they are, unless they are edited: `totalResults` too, which is the upstream's count.
///
/// It takes chunks of any size, cut anywhere, and keeps no more than one element, of at most
/// [`max_element`](BodyFilter::max_element) bytes. What has passed cannot be called back, so any error means that the
/// response has to be aborted: then nothing of the element at hand, and nothing behind it, has passed.
///
/// ```
/// use scim_query::{BodyFilter, Filter, Schema};
///
/// let filter = Filter::parse(r#"userName sw "b""#)?.check(&Schema::user())?;
/// let mut body = BodyFilter::new(filter.compile_raw());
/// let mut out = Vec::new();
/// for chunk in [r#"{"totalResults": 3, "Resources": [{"userName": "ann"}, {"user"#, r#"Name": "bob"}, {"userName": "cy"}]}"#] {
///     body.push(chunk.as_bytes(), &mut out)?; // send `out` on, and clear it
/// }
/// let counts = body.finish()?;
/// assert_eq!(String::from_utf8(out)?, r#"{"totalResults": 3, "Resources": [ {"userName": "bob"}]}"#);
/// assert_eq!((counts.kept, counts.dropped), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BodyFilter {
    list: List,
    members: Vec<String>,
    place: Place,
    /// Bytes before the chunk at hand.
    read: usize,
    /// Open brackets outside the list.
    depth: usize,
    /// The name of the member at hand, as it is written; longer ones are cut, and are none of those wanted.
    name: Vec<u8>,
    /// How often elements were filtered, or there were none to be.
    lists: usize,
    /// The members that something else stands in the place of, and the bytes of one that has begun.
    edits: Vec<(String, Edit)>,
    written: Vec<u8>,
    /// The bytes so far of `totalResults`, if they may still be those of 0.
    total: Option<usize>,
    failed: Option<BodyError>,
}

/// How many elements stayed and went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyCounts {
    /// The elements that matched.
    pub kept: u64,
    /// The others.
    pub dropped: u64,
}

/// What comes next in the body.
#[derive(Clone, Debug)]
enum Place {
    Body,
    /// The name of a member of the body's object, or the object's end.
    Name {
        is_first: bool,
    },
    InName {
        escaped: bool,
    },
    Colon,
    MemberValue,
    /// A value that passes.
    InValue(Value),
    /// A value that something else stands in the place of.
    InEdited(Value),
    /// The rest of `null`, in the place of a list.
    InNull(&'static [u8]),
    Comma,
    /// The list's elements.
    List,
    End,
}

/// Longer names are not wanted ones.
const LONGEST_NAME: usize = 1024;

impl BodyFilter {
    /// Filters the elements of the members `data` and `Resources`, or of a body that is an array; elements have at most
    /// 1 MiB.
    pub fn new(predicate: RawPredicate) -> BodyFilter {
        BodyFilter {
            list: List::new(predicate, 1 << 20),
            members: vec!["data".into(), "Resources".into()],
            place: Place::Body,
            read: 0,
            depth: 0,
            name: Vec::new(),
            lists: 0,
            edits: Vec::new(),
            written: Vec::new(),
            total: None,
            failed: None,
        }
    }

    /// Filters the elements of these members of the body's object instead.
    ///
    /// ```
    /// use scim_query::{BodyFilter, Filter, Schema};
    ///
    /// let filter = Filter::parse("a eq 1")?.check(&Schema::open())?;
    /// let (mut body, mut out) = (BodyFilter::new(filter.compile_raw()).members(["value"]), Vec::new());
    /// body.push(br#"{"value":[{"a":2},{"a":1}]}"#, &mut out)?;
    /// body.finish()?;
    /// assert_eq!(out, br#"{"value":[{"a":1}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn members<'m>(mut self, names: impl IntoIterator<Item = &'m str>) -> BodyFilter {
        self.members = names.into_iter().map(Into::into).collect();
        self
    }

    /// An element, with the white space before it, has at most so many bytes; a larger one is an error.
    pub fn max_element(mut self, bytes: usize) -> BodyFilter {
        self.list.limit = bytes;
        self
    }

    /// Puts what `edit` makes of it in the place of a member of the body's object, as a proxy does with links and counts.
    /// `edit` is given the value as it is written, which has at most [`max_element`](BodyFilter::max_element) bytes, and makes
    /// JSON; `None` refuses the body. The members that hold elements cannot be edited so.
    ///
    /// ```
    /// use scim_query::{BodyFilter, Filter, Schema};
    ///
    /// let filter = Filter::parse("a eq 1")?.check(&Schema::open())?;
    /// let no_total = |_: &[u8]| Some(b"null".to_vec());
    /// let mut body = BodyFilter::new(filter.compile_raw()).edit_member("totalResults", no_total);
    /// let mut out = Vec::new();
    /// body.push(br#"{"totalResults": 2, "Resources": [{"a":2},{"a":1}]}"#, &mut out)?;
    /// body.finish()?;
    /// assert_eq!(out, br#"{"totalResults": null, "Resources": [{"a":1}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn edit_member(
        mut self,
        name: impl Into<String>,
        edit: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> BodyFilter {
        self.edits.push((name.into(), Edit::new(edit)));
        self
    }

    /// Puts what `edit` makes of it in the place of each element that matches, as a proxy does that gives only a part of it:
    /// what the filter tests need not be in that part. `None` refuses the body.
    ///
    /// ```
    /// use scim_query::{BodyFilter, ListQuery, Profile, Schema};
    ///
    /// let query = ListQuery::parse("filter=title+pr&attributes=userName", &Profile::scim())?.check(&Schema::user())?;
    /// let projection = query.projection().clone();
    /// let part = move |element: &[u8]| {
    ///     serde_json::to_vec(&projection.apply(&serde_json::from_slice(element).ok()?)).ok()
    /// };
    /// let (mut body, mut out) = (BodyFilter::new(query.filter().compile_raw()).edit_elements(part), Vec::new());
    /// body.push(br#"{"Resources": [{"userName":"bob","title":"Guide"},{"userName":"ann"}]}"#, &mut out)?;
    /// body.finish()?;
    /// assert_eq!(out, br#"{"Resources": [{"userName":"bob"}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn edit_elements(mut self, edit: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> BodyFilter {
        self.list.edit = Some(Edit::new(edit));
        self
    }

    /// Takes the next chunk, and appends what passes to `out`.
    ///
    /// # Errors
    /// A body that breaks off or is no list (what stands around it is not read, but for brackets and strings), an element that is
    /// not JSON where the filter reads it, or too large, or an edit that refuses it. An error comes again with each later call.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let result = self.take(chunk, out);
        self.failed = result.err();
        self.read += chunk.len();
        result
    }

    /// Ends the body.
    ///
    /// # Errors
    /// An earlier one again; a body that ends too soon, or has none of the members, so that nothing was filtered, unless its
    /// `totalResults` is 0: an upstream that says so is believed.
    pub fn finish(self) -> Result<BodyCounts, BodyError> {
        match (self.failed, &self.place) {
            (Some(failed), _) => Err(failed),
            (None, Place::End) if self.lists == 0 => Err(BodyError::new(Problem::NoList, self.read)),
            (None, Place::End) => Ok(self.list.counts),
            (None, _) => Err(BodyError::new(Problem::End, self.read)),
        }
    }

    fn take(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        let mut at = 0;
        while at < chunk.len() {
            if let Place::List = self.place {
                if let Some(end) = self.list.take(chunk, at, self.read, out)? {
                    self.place = if self.depth == 0 { Place::End } else { Place::Comma };
                    at = end;
                    continue;
                }
                return Ok(());
            }
            if let Place::InEdited(value) = &mut self.place {
                let end = value.end(chunk, at);
                at = self.edited(chunk, at, end, out)?;
                continue;
            }
            let start = at;
            let result = self.pass(chunk, &mut at);
            // What is wrong does not pass.
            out.extend_from_slice(chunk.get(start..at).unwrap_or_default());
            result.map_err(|problem| BodyError::new(problem, self.read + at))?;
        }
        Ok(())
    }

    /// Takes what a chunk has of a value that is edited; to the byte behind it.
    fn edited(&mut self, chunk: &[u8], at: usize, end: Option<usize>, out: &mut Vec<u8>) -> Result<usize, BodyError> {
        let piece = chunk.get(at..end.unwrap_or(chunk.len())).unwrap_or_default();
        let room = self.list.limit.saturating_sub(self.written.len());
        if piece.len() > room {
            return Err(BodyError::new(Problem::TooLarge, self.read + at + room));
        }
        self.written.extend_from_slice(piece);
        let at = at + piece.len();
        if end.is_some() {
            let edit = self.edits.iter().find(|(name, _)| crate::eval::is_written(&self.name, name));
            let made = edit.and_then(|(_, edit)| edit.of(&self.written));
            let start = (self.read + at).saturating_sub(self.written.len());
            out.extend(made.ok_or_else(|| BodyError::new(Problem::Refused, start))?);
            // As where it passes.
            let no_resources = self.written == b"0" && crate::eval::is_written(&self.name, "totalResults");
            self.lists += usize::from(no_resources);
            self.place = Place::Comma;
        }
        Ok(at)
    }

    /// Goes on to the next place, over bytes that pass; on an error, to the byte that is wrong.
    fn pass(&mut self, chunk: &[u8], at: &mut usize) -> Result<(), Problem> {
        match &mut self.place {
            Place::InName { escaped } => {
                let Some(end) = skip::string_end(chunk, *at, escaped) else {
                    push_name(&mut self.name, &chunk[*at..]);
                    *at = chunk.len();
                    return Ok(());
                };
                push_name(&mut self.name, &chunk[*at..end]);
                *at = end + 1;
                self.place = Place::Colon;
                return Ok(());
            }
            Place::InValue(value) => {
                let end = value.end(chunk, *at);
                let read = end.unwrap_or(chunk.len()) - *at;
                self.total = self.total.map(|before| before + read);
                *at += read;
                if end.is_some() {
                    // RFC 7644 section 3.4.2: a list without resources may leave the member out.
                    self.lists += usize::from(self.total.take() == Some(1));
                    self.place = Place::Comma;
                }
                return Ok(());
            }
            Place::InNull(rest) => {
                match (rest.split_first(), chunk.get(*at)) {
                    (Some((wanted, left)), Some(byte)) if wanted == byte => {
                        *rest = left;
                        *at += 1;
                    }
                    (Some(_), _) => return Err(Problem::NotAList),
                    (None, _) => self.place = Place::Comma,
                }
                return Ok(());
            }
            _ => {}
        }
        while matches!(chunk.get(*at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            *at += 1;
        }
        let Some(byte) = chunk.get(*at).copied() else { return Ok(()) };
        self.place = match (&self.place, byte) {
            (Place::Body, b'{') => {
                self.depth = 1;
                Place::Name { is_first: true }
            }
            (Place::Body, b'[') => self.begin_list(),
            (Place::Body, _) => return Err(Problem::NoBody),
            (Place::Name { .. }, b'"') => {
                self.name.clear();
                Place::InName { escaped: false }
            }
            (Place::Name { is_first: true }, b'}') | (Place::Comma, b'}') => {
                self.depth = 0;
                Place::End
            }
            (Place::Name { .. }, _) => return Err(Problem::NoName),
            (Place::Colon, b':') => Place::MemberValue,
            (Place::Colon, _) => return Err(Problem::NoColon),
            (Place::MemberValue, _) if self.is_wanted() && byte == b'[' => self.begin_list(),
            (Place::MemberValue, b',' | b':' | b'}' | b']') => return Err(Problem::NoValue),
            // Nothing is in `null` that had to be filtered.
            (Place::MemberValue, b'n') if self.is_wanted() => {
                self.lists += 1;
                Place::InNull(b"ull")
            }
            (Place::MemberValue, _) if self.is_wanted() => return Err(Problem::NotAList),
            (Place::MemberValue, _) if self.is_named(self.edits.iter().map(|(name, _)| name)) => {
                self.written.clear();
                self.place = Place::InEdited(Value::new());
                return Ok(());
            }
            (Place::MemberValue, _) => {
                let is_zero = byte == b'0' && crate::eval::is_written(&self.name, "totalResults");
                self.total = is_zero.then_some(0);
                self.place = Place::InValue(Value::new());
                return Ok(());
            }
            (Place::Comma, b',') => Place::Name { is_first: false },
            (Place::Comma, _) => return Err(Problem::NoComma),
            (Place::End, _) => return Err(Problem::After),
            (Place::List | Place::InName { .. } | Place::InValue(_) | Place::InEdited(_) | Place::InNull(_), _) => {
                return Ok(());
            }
        };
        *at += 1;
        Ok(())
    }

    fn begin_list(&mut self) -> Place {
        self.lists += 1;
        self.list.begin();
        Place::List
    }

    fn is_wanted(&self) -> bool {
        self.is_named(self.members.iter())
    }

    /// Whether the member at hand has one of the names.
    fn is_named<'n>(&self, mut names: impl Iterator<Item = &'n String>) -> bool {
        self.name.len() <= LONGEST_NAME && names.any(|wanted| crate::eval::is_written(&self.name, wanted))
    }
}

fn push_name(name: &mut Vec<u8>, piece: &[u8]) {
    let room = (LONGEST_NAME + 1).saturating_sub(name.len());
    name.extend_from_slice(&piece[..piece.len().min(room)]);
}
