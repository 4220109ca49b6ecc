//! What a proxy, a policy and a planner ask of a filter: pure functions on the checked tree.
//!
//! Everything here takes the schema at its word: where it declares one value there is at most one. (S2 reads an array that
//! is stored there all the same as several values; of such a resource a simplified filter may say something else.)

mod explain;
mod implies;
mod normal;
mod prefix;
mod required;
mod rewrite;
mod simplify;
mod split;
mod values;

pub use explain::Explanation;
pub use implies::Implication;
pub(crate) use prefix::after_prefix;
pub use required::Bounds;
pub use rewrite::{MapError, Step};
pub use split::{Part as SplitPart, Split};
pub(crate) use values::{Bound, Kind, Values};

use crate::check::{CheckedFilter, Expr};
use crate::limits::Limits;
use simplify::Simplifier;

/// How often a filter is gone over to simplify it.
const MOST_STEPS: usize = 8;

impl CheckedFilter {
    /// The filter in normal form: negations at the leaves, terms in one order, each once. Filters that differ in these
    /// alone become equal and hash alike: a key for a cache. Never larger than the filter; `O(n log n)`.
    ///
    /// `not (x eq v)` becomes `x ne v` where the schema declares one value. Where it declares several the two differ (S4),
    /// and the negation stays.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let left = Filter::parse(r#"not (status eq "DENIED" or resourceId pr)"#)?.check(&schema)?;
    /// let right = Filter::parse(r#"not (resourceId pr) and status ne "DENIED""#)?.check(&schema)?;
    /// assert_ne!(left, right);
    /// assert_eq!(left.normalize(), right.normalize());
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn normalize(&self) -> CheckedFilter {
        self.with(self.normal())
    }

    /// The same answer by no more tests, in normal form: contradictions, tautologies, repeated and absorbed terms go, ranges
    /// and lists of one attribute become one. Only operators that the schema lets a filter use are introduced.
    /// `O(n log n)` for each level of nesting.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let schema = Schema::access_requests();
    /// let simple = |text: &str| Ok::<_, scim_query::Error>(Filter::parse(text)?.check(&schema)?.simplify());
    /// assert!(simple(r#"status eq "APPROVED" and status eq "DENIED""#)?.is_nothing());
    /// assert!(simple(r#"status pr or not (status pr)"#)?.is_everything());
    /// let range = r#"lastUpdated gt "2022-01-01T00:00:00Z" and lastUpdated ge "2022-05-01T00:00:00Z" and (status pr or status eq "DENIED")"#;
    /// assert_eq!(simple(range)?.to_string(), r#"status pr and lastUpdated ge "2022-05-01T00:00:00Z""#);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn simplify(&self) -> CheckedFilter {
        self.with(self.simple())
    }

    /// Whether it matches no resource at all, so that a server can answer without a query. Asked of a
    /// [simplified](CheckedFilter::simplify) filter: `false` may mean that it was not found out.
    pub fn is_nothing(&self) -> bool {
        *self.expr() == Expr::Const(false)
    }

    /// Whether it matches every resource. Asked of a [simplified](CheckedFilter::simplify) filter.
    pub fn is_everything(&self) -> bool {
        *self.expr() == Expr::Const(true)
    }

    /// The normal form; the filter itself where that would nest deeper than a text may.
    fn normal(&self) -> Expr {
        let normal = normal::normal(self.expr(), self.schema());
        if normal.nesting() <= Limits::MAX_NESTING { normal } else { self.expr().clone() }
    }

    fn simple(&self) -> Expr {
        let schema = self.schema();
        let mut simple = self.normal();
        // One step may make room for another; few do.
        for _ in 0..MOST_STEPS {
            let next = normal::normal(&Simplifier { schema }.expr(&simple, None), schema);
            if next == simple || next.nesting() > Limits::MAX_NESTING {
                break;
            }
            simple = next;
        }
        simple
    }

    /// Another expression of the same schema. What was worth telling of the text is not told again.
    fn with(&self, expr: Expr) -> CheckedFilter {
        CheckedFilter::of(self.schema(), expr, Vec::new())
    }
}
