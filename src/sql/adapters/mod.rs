//! Parameters in the types of drivers. Each adapter adds implementations only; none changes a text.

#[cfg(feature = "postgres-types")]
mod postgres;
#[cfg(feature = "rusqlite")]
mod rusqlite;

#[cfg(feature = "rusqlite")]
pub use self::rusqlite::register_fold;
