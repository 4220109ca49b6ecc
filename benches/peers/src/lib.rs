//! What the benchmarks share: filters, records, the same tests written by hand, and the other engines.

pub mod by_hand;
pub mod by_line;
pub mod filters;
pub mod record;
pub mod run;
pub mod users;
pub mod wirefilter;

/// The access requests as the example generates them.
#[path = "../../../examples/generate_access_requests.rs"]
#[allow(dead_code)] // its `main`
mod generate;
