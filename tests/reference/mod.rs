//! The reference interpreter: filters and orderings evaluated straight from docs/semantics.md, one rule after the
//! other, as slowly and as plainly as possible. It shares no code with the crate: what both get wrong in the same way
//! has to be a wrong reading of the law, not a slip.
//!
//! | file | rules |
//! |---|---|
//! | `schema` | RFC 7643 section 7 documents, S16, S17, S18 |
//! | `scalar` | single values: S10, S11, F1 |
//! | `values` | what a path yields: S2, S5, S13 |
//! | `filter` | what is refused and what is true: S1 to S18 |
//! | `print` | G1 to G8: a filter as text, in many spellings |
//! | `order` | O1 to O5 |
//! | `generate` | resources, filters and orderings from a seed |
//! | `shrink` | a smaller example of a failure |

pub mod filter;
pub mod generate;
pub mod order;
pub mod print;
pub mod scalar;
pub mod schema;
pub mod shrink;
pub mod values;

pub use crate::support::random;
