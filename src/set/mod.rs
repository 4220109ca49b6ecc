//! Many filters at once: which of them match this resource?

mod index;
mod ranges;
mod requirement;

use std::fmt;
use std::sync::Arc;

use crate::check::CheckedFilter;
use crate::error::BindError;
use crate::eval::{Node, Predicate};
use index::Indexes;

/// Filters of one schema that are asked together, for subscriptions, routing and alert rules. Owned, cheap to clone.
///
/// A filter is found by what every match of it must have: one of some values of an attribute (`eq`, and lists of it), else a
/// value in a range (`gt`, `ge`, `lt`, `le`, `sw`). Of several such requirements the one counts that the fewest other filters
/// share, so that `requestedFor eq "u7" and status eq "PENDING"` is found by `requestedFor`. What is found is then tested, so
/// that the answer is always that of each filter by itself. A filter without a requirement (only `ne`, `not`, `pr`, `co`,
/// `ew`, booleans, an `or` over several attributes) and all filters under the open schema are tested for every resource:
/// [`always_tested`](FilterSet::always_tested) counts them.
///
/// # Costs
/// Of one resource: each attribute by which a filter is found is read once; each of its values is one look-up of a hash, and
/// for ranges `O(log n)` for each range that holds it; then one test for each filter that was found or is always tested. So
/// it is the number of filters that have the resource's own values that counts, not how many there are. Building is linear in
/// the filters (for ranges `O(n log n)`) and compiles each.
///
/// ```
/// use scim_query::{Filter, FilterSet, Schema};
/// use serde_json::json;
///
/// let schema = Schema::access_requests();
/// let filters = [
///     r#"requestedFor eq "u1" and status eq "PENDING""#,
///     r#"requestedFor eq "u2""#,
///     r#"lastUpdated gt "2022-05-01T00:00:00Z""#,
///     r#"not (status eq "DENIED")"#,
/// ];
/// let filters = filters.map(|filter| Filter::parse(filter).and_then(|filter| filter.check(&schema)));
/// let set = FilterSet::new(filters.into_iter().collect::<Result<Vec<_>, _>>()?)?;
/// let request = json!({"status": "PENDING", "requestedFor": {"externalId": "u1"}, "lastUpdated": "2022-04-01T00:00:00Z"});
/// assert_eq!(set.matches(&request), [0, 3]);
/// assert_eq!(set.always_tested(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FilterSet(Arc<Inner>);

struct Inner {
    /// The filters, each with its number.
    filters: Vec<Predicate>,
    indexes: Indexes,
}

impl FilterSet {
    /// The set of these filters; their numbers are those of their order.
    ///
    /// # Errors
    /// Filters of different schemas.
    pub fn new(filters: impl IntoIterator<Item = CheckedFilter>) -> Result<FilterSet, BindError> {
        let filters: Vec<Predicate> = filters.into_iter().map(|filter| filter.compile()).collect();
        let mut schemas = filters.iter().map(|filter| filter.filter().schema());
        if let Some(first) = schemas.next()
            && schemas.any(|schema| schema != first)
        {
            return Err(BindError::new("filters of different schemas cannot be in one set"));
        }
        let indexes = Indexes::new(filters.iter().map(Predicate::filter));
        Ok(FilterSet(Arc::new(Inner { filters, indexes })))
    }

    /// How many filters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.filters.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.filters.is_empty()
    }

    /// The filter of a number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&CheckedFilter> {
        self.0.filters.get(number).map(Predicate::filter)
    }

    /// How many filters are tested for every resource, because no value is known that each of their matches must have.
    #[must_use]
    pub fn always_tested(&self) -> usize {
        self.0.indexes.always().len()
    }

    /// The numbers of the filters that match the resource, ascending.
    pub fn matches<'a>(&self, resource: impl Node<'a>) -> Vec<usize> {
        let mut found = Vec::new();
        self.matches_into(resource, &mut found);
        found
    }

    /// As [`FilterSet::matches`], into a list that is there already; what it held before is dropped.
    ///
    /// ```
    /// use scim_query::{FilterSet, Schema, attr};
    /// use serde_json::json;
    ///
    /// let schema = Schema::user();
    /// let of = |name: &str| attr("userName").eq(name).build()?.check(&schema);
    /// let set = FilterSet::new([of("alice")?, of("bob")?])?;
    /// let mut found = Vec::new();
    /// for user in [json!({"userName": "Bob"}), json!({"userName": "carol"})] {
    ///     set.matches_into(&user, &mut found);
    ///     assert_eq!(found.is_empty(), user["userName"] == "carol");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matches_into<'a>(&self, resource: impl Node<'a>, found: &mut Vec<usize>) {
        self.candidates(resource, found);
        found.retain(|number| self.holds(*number, resource));
        let by_value = found.len();
        found.extend(self.0.indexes.always().iter().copied().filter(|number| self.holds(*number, resource)));
        if (1..found.len()).contains(&by_value) {
            found.sort_unstable();
        }
    }

    /// Whether some filter matches the resource.
    pub fn is_match<'a>(&self, resource: impl Node<'a>) -> bool {
        let mut found = Vec::new();
        self.candidates(resource, &mut found);
        let mut candidates = found.iter().chain(self.0.indexes.always());
        candidates.any(|number| self.holds(*number, resource))
    }

    /// The filters that are found by a value of the resource, each once, ascending.
    fn candidates<'a>(&self, resource: impl Node<'a>, found: &mut Vec<usize>) {
        // Many values of a resource may name the same filters: their list has no more than twice as many as there are.
        let most = self.len().saturating_mul(2).saturating_add(64);
        let each_once = |found: &mut Vec<usize>| {
            found.sort_unstable();
            found.dedup();
        };
        found.clear();
        self.0.indexes.by_value(resource, &mut |number| {
            found.push(number);
            if found.len() > most {
                each_once(found);
            }
            false
        });
        each_once(found);
    }

    fn holds<'a>(&self, number: usize, resource: impl Node<'a>) -> bool {
        self.0.filters.get(number).is_some_and(|filter| filter.matches(resource))
    }
}

impl fmt::Debug for FilterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.filters.iter().map(Predicate::filter)).finish()
    }
}
