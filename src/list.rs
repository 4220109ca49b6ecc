//! Listing in memory: filter, order, cursor and page in one pass over the resources.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::eval::{AnyCase, Node};
use crate::order::{CheckedOrdering, SortValue, Top};
use crate::page::{Binding, CursorKind, Paging, Position};
use crate::query::CheckedQuery;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<N> {
    /// The resources, in order.
    pub resources: Vec<N>,
    /// The cursor of the next page; `None` when this is the last (O9), or the page is one by index.
    pub next: Option<String>,
    /// How many resources match in all pages together: `totalResults`.
    pub total: usize,
    /// The number of the page's first resource among them, 1-based, for a page by index.
    pub start_index: Option<usize>,
}

impl Page<&Value> {
    /// The resources as the request and the schema want them returned ([`Projection`](crate::Projection)).
    ///
    /// ```
    /// use scim_query::{ListQuery, Profile, Schema, list};
    /// use serde_json::json;
    ///
    /// let users = [json!({"id": "1", "userName": "bob", "password": "never returned"})];
    /// let query = ListQuery::parse("", &Profile::scim())?.check(&Schema::user())?;
    /// assert_eq!(list(&users, &query)?.projected(&query), [json!({"id": "1", "userName": "bob"})]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn projected(&self, query: &CheckedQuery) -> Vec<Value> {
        self.resources.iter().map(|resource| query.projection().apply(resource)).collect()
    }
}

impl Page<AnyCase<'_>> {
    /// The same of resources whose keys may be in any case. Those of the declared attributes become the schema's.
    ///
    /// ```
    /// use scim_query::{AnyCase, ListQuery, Profile, Schema, list};
    /// use serde_json::json;
    ///
    /// let stored = [json!({"ID": "1", "UserName": "bob", "Title": "Dr", "PASSWORD": "never returned"})];
    /// let query = ListQuery::parse("attributes=username", &Profile::scim())?.check(&Schema::user())?;
    /// let page = list(stored.iter().map(AnyCase), &query)?;
    /// assert_eq!(page.projected(&query), [json!({"id": "1", "userName": "bob"})]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn projected(&self, query: &CheckedQuery) -> Vec<Value> {
        self.resources.iter().map(|resource| query.projection().apply_in_any_case(resource.0)).collect()
    }
}

/// Why a list cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListError {
    /// The client's cursor is wrong: an HTTP 400.
    Query(Error),
    /// The resources are: an HTTP 500.
    Data(DataError),
}

/// The resources themselves cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    position: usize,
    problem: &'static str,
}

impl DataError {
    pub(crate) fn new(position: usize, problem: &'static str) -> DataError {
        DataError { position, problem }
    }

    /// The number of the resource in the input, from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// What is wrong with it, to stand behind "the resource".
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the resource at position {} {}", self.position, self.problem)
    }
}

impl std::error::Error for DataError {}

impl From<Error> for ListError {
    fn from(error: Error) -> ListError {
        ListError::Query(error)
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListError::Query(error) => error.fmt(f),
            ListError::Data(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ListError {}

/// Runs a list request over resources in memory: those that match, in order, the page that is asked for. The
/// order costs what a page costs, not a sort of everything, and memory for one page; a page by index costs what it and the
/// pages before it cost.
///
/// The resources are whole: [`Page::projected`] leaves what `attributes`, `excludedAttributes` and the schema's `returned`
/// say, and is what a server sends.
///
/// The resources are walked once, and once more when a cursor's place has to be looked up in them (O7). A record id that is
/// given out must name one of them only: for that, four bytes of each are kept, and the resources that are alike in those are
/// read again. Resources that the caller may not see must not be among them: the list is the caller's scope.
///
/// # Errors
/// A cursor that this query did not give out or whose resource is gone; with its position, a resource without a tie-breaker,
/// or with one that is not its own where a cursor has to stand behind it (O5).
///
/// ```
/// use scim_query::{ListQuery, Profile, Schema, list};
/// use serde_json::json;
///
/// let requests = [
///     json!({"id": "req1", "status": "APPROVED", "created": "2022-05-24T14:15:22Z"}),
///     json!({"id": "req2", "status": "DENIED", "created": "2022-05-24T14:15:22Z"}),
///     json!({"id": "req3", "status": "APPROVED", "created": "2022-05-24T16:15:22.5+02:00"}),
/// ];
/// let query = ListQuery::parse(r#"filter=status eq "APPROVED"&limit=1"#, &Profile::okta())?;
/// let page = list(&requests, &query.check(&Schema::access_requests())?)?;
/// assert_eq!(page.resources, [&requests[2]]); // half a second later: `created desc` is the default
/// assert_eq!(page.next.as_deref(), Some("req3"));
///
/// let query = ListQuery::parse(&query.next_query_string("req3"), &Profile::okta())?;
/// let page = list(&requests, &query.check(&Schema::access_requests())?)?;
/// assert_eq!((page.resources, page.next), (vec![&requests[0]], None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn list<'a, N, I>(resources: I, query: &CheckedQuery) -> Result<Page<N>, ListError>
where
    N: Node<'a>,
    I: IntoIterator<Item = N>,
    I::IntoIter: Clone,
{
    let resources = resources.into_iter();
    let ordering = &query.ordering().for_source::<N>();
    let lister = Lister { query, ordering };
    let start = lister.start(resources.clone())?;
    let (skipped, size) = match query.paging() {
        Paging::Index { start_index, count } => (start_index.saturating_sub(1), *count),
        other => (0, other.size()),
    };
    // One more than the page, to know whether there is a next one (O9).
    let mut top = Top::new(ordering, if size == 0 { 0 } else { skipped.saturating_add(size).saturating_add(1) });
    let mut total = 0;
    let predicate = query.filter().compile_for_source::<N>();
    let (needed, mut keys) = (ordering.needed(), Vec::new());
    // The ids of all resources in short, while they are at hand: a record id that is given out must name one of them only.
    let mut marks = lister.gives_record_ids().then(Vec::new);
    let id_mark = ordering.id_mark();
    for (position, resource) in resources.clone().enumerate() {
        let mark = marks.as_mut().map(|marks| {
            let mark = id_mark(resource);
            marks.push(mark);
            mark
        });
        if !predicate.matches(resource) {
            continue;
        }
        total += 1;
        // Most resources are none of the page by their first key; of the others the rest is read.
        if top.is_beyond(resource) {
            if !needed.is_there(resource, mark) {
                return Err(no_tie_breaker(position));
            }
            continue;
        }
        lister.take(start.as_ref(), &mut keys, &mut top, position, resource)?;
    }
    let found = top.finish();
    let end = skipped.saturating_add(size);
    let page: Vec<N> = found.iter().take(end).skip(skipped).map(|row| row.resource).collect();
    let last = end.checked_sub(1).and_then(|last| found.get(last));
    let next = match (last, found.get(end)) {
        (Some(last), Some(following)) if size > 0 => {
            lister.check_distinct(last.values, following.values, following.position)?;
            let next = lister.next(last.resource, last.values, last.position)?;
            match (marks, &next) {
                (Some(marks), Some(id)) => lister.check_named_once(id, resources.zip(marks), last.position)?,
                (None, Some(_)) if last.values.is_empty() => {
                    lister.check_looked_up(last.resource, resources, last.position)?
                }
                _ => {}
            }
            next
        }
        _ => None,
    };
    let start_index = match *query.paging() {
        Paging::Index { start_index, .. } => Some(start_index),
        _ => None,
    };
    Ok(Page { resources: page, next, total, start_index })
}

/// Where a page begins: behind these keys, or behind a place in the input.
struct Start {
    keys: Vec<SortValue<'static>>,
    position: Option<usize>,
}

impl Start {
    fn is_before(&self, ordering: &CheckedOrdering, keys: &[SortValue<'_>], position: usize) -> bool {
        ordering.compare_values(&self.keys, keys).then(match self.position {
            Some(start) => start.cmp(&position),
            // Without a place in the input, the keys are all there is: they name one resource.
            None => Ordering::Equal,
        }) == Ordering::Less
    }
}

/// O5: a resource that has no tie-breaker cannot be put into a total order.
#[cold]
fn no_tie_breaker(position: usize) -> ListError {
    ListError::Data(DataError {
        position,
        problem: "has no value for the tie-breaker of the ordering, which is `id` unless the schema names another",
    })
}

struct Lister<'q> {
    query: &'q CheckedQuery,
    /// That of the query, for the source.
    ordering: &'q CheckedOrdering,
}

impl Lister<'_> {
    /// Adds a resource to those of the page, if it is one. Not inlined: it would burden the loop over all of them.
    #[inline(never)]
    fn take<'a, N: Node<'a>>(
        &self,
        start: Option<&Start>,
        keys: &mut Vec<SortValue<'a>>,
        top: &mut Top<'_, 'a, N>,
        position: usize,
        resource: N,
    ) -> Result<(), ListError> {
        self.ordering.read(resource, keys);
        if !self.ordering.are_tie_breakers(keys) {
            return Err(no_tie_breaker(position));
        }
        if start.is_none_or(|start| start.is_before(self.ordering, keys, position)) {
            top.add(keys, position, resource);
        }
        Ok(())
    }

    /// The place that the request's cursor names.
    fn start<'a, N: Node<'a>>(&self, resources: impl Iterator<Item = N>) -> Result<Option<Start>, Error> {
        let Some(text) = self.query.paging().cursor() else { return Ok(None) };
        let ordering = self.ordering;
        let found = match &self.query.profile().cursors {
            CursorKind::RecordId => self.named(resources, text),
            CursorKind::Opaque(cursors) => {
                let binding = Binding::of(self.query.filter(), ordering, cursors, "");
                let position = cursors.decode(text, &binding, ordering, self.query.limits());
                let position = position.map_err(|kind| self.query.refuse_cursor(kind))?;
                if let Some(keys) = position.keys {
                    return Ok(Some(Start { keys, position: None }));
                }
                self.with_tie_breakers(resources, &position.tie_breakers)
            }
        };
        match found[..] {
            [(position, resource)] => Ok(Some(Start {
                keys: ordering.values(resource).into_iter().map(SortValue::into_owned).collect(),
                position: Some(position),
            })),
            _ => self.query.refuse_count(found.len()).map_or(Ok(None), Err),
        }
    }

    /// The resources that a cursor names, at most two: whether or not they match the filter (O7).
    fn look_up<'a, N: Node<'a>>(
        &self,
        resources: impl Iterator<Item = N>,
        is_named: impl Fn(N) -> bool,
    ) -> Vec<(usize, N)> {
        resources.enumerate().filter(|(_, resource)| is_named(*resource)).take(2).collect()
    }

    fn gives_record_ids(&self) -> bool {
        let by_cursor = !matches!(self.query.paging(), Paging::Index { .. });
        by_cursor && matches!(self.query.profile().cursors, CursorKind::RecordId)
    }

    /// A record id that names two resources would be refused when it comes back (O5).
    fn check_named_once<'a, N: Node<'a>>(
        &self,
        id: &str,
        marked: impl Iterator<Item = (N, u32)>,
        position: usize,
    ) -> Result<(), ListError> {
        let alike = marked.filter(|(_, mark)| CheckedOrdering::may_have_id(*mark, id)).map(|(resource, _)| resource);
        if self.named(alike, id).len() > 1 {
            let problem = "shares its id with another one, so that no cursor can name it";
            return Err(ListError::Data(DataError { position, problem }));
        }
        Ok(())
    }

    /// An opaque cursor of an ordering without keys is looked up, so that its resource must be told from all others (O5).
    fn check_looked_up<'a, N: Node<'a>>(
        &self,
        resource: N,
        resources: impl Iterator<Item = N>,
        position: usize,
    ) -> Result<(), ListError> {
        let ordering = self.ordering;
        let values: Vec<SortValue<'_>> = ordering.tie_breakers().map(|at| ordering.value(&at, resource)).collect();
        if self.with_tie_breakers(resources, &values).len() > 1 {
            let problem = "shares its tie-breaker with another one, so that no cursor can name it";
            return Err(ListError::Data(DataError { position, problem }));
        }
        Ok(())
    }

    /// The resources with these tie-breakers, at most two.
    fn with_tie_breakers<'a, N: Node<'a>>(
        &self,
        resources: impl Iterator<Item = N>,
        wanted: &[SortValue<'_>],
    ) -> Vec<(usize, N)> {
        let ordering = self.ordering;
        let tie_breakers: Vec<_> = ordering.tie_breakers().collect();
        self.look_up(resources, |resource| {
            let values = tie_breakers.iter().map(|at| ordering.value(at, resource));
            values.eq(wanted.iter().cloned())
        })
    }

    /// The resources with an id, at most two.
    fn named<'a, N: Node<'a>>(&self, resources: impl Iterator<Item = N>, id: &str) -> Vec<(usize, N)> {
        self.look_up(resources, |resource| self.ordering.id(resource).as_deref() == Some(id))
    }

    /// An opaque cursor stands between two resources only if their keys differ: else the next page would begin behind both.
    fn check_distinct(&self, last: &[SortValue<'_>], next: &[SortValue<'_>], position: usize) -> Result<(), ListError> {
        let opaque = matches!(self.query.profile().cursors, CursorKind::Opaque(_));
        let by_cursor = !matches!(self.query.paging(), Paging::Index { .. });
        if opaque && by_cursor && !last.is_empty() && self.ordering.compare_values(last, next).is_eq() {
            let problem = "shares its tie-breaker with the one before it, so that no cursor can stand between them";
            return Err(ListError::Data(DataError { position, problem }));
        }
        Ok(())
    }

    /// The cursor behind a resource.
    fn next<'a, N: Node<'a>>(
        &self,
        resource: N,
        keys: &[SortValue<'_>],
        position: usize,
    ) -> Result<Option<String>, ListError> {
        let ordering = self.ordering;
        let data = |problem| ListError::Data(DataError { position, problem });
        if matches!(self.query.paging(), Paging::Index { .. }) {
            return Ok(None);
        }
        match &self.query.profile().cursors {
            CursorKind::RecordId => {
                self.query.record_cursor(ordering.id(resource).map(Cow::into_owned)).map(Some).map_err(data)
            }
            CursorKind::Opaque(cursors) => {
                let tie_breakers = ordering.tie_breakers().map(|at| ordering.value(&at, resource).into_owned());
                let position = Position {
                    // An ordering without keys is the order of the input: only a look-up finds the place again.
                    keys: (!keys.is_empty()).then(|| keys.iter().cloned().map(SortValue::into_owned).collect()),
                    tie_breakers: tie_breakers.collect(),
                };
                self.query.opaque_cursor(cursors, &position, "").map(Some).map_err(data)
            }
        }
    }
}
