//! The reference interpreter of the tests, which shares no code with the crate: what it needs to answer filters, without what the
//! tests generate by.

#[path = "../../tests/reference/filter.rs"]
pub mod filter;
#[path = "../../tests/reference/scalar.rs"]
pub mod scalar;
#[path = "../../tests/reference/schema.rs"]
pub mod schema;
#[path = "../../tests/reference/values.rs"]
pub mod values;
