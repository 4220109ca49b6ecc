//! Parameters in the types of drivers. Each adapter adds implementations only; none changes a text.

#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "postgres-types")]
mod postgres;
#[cfg(feature = "rusqlite")]
mod rusqlite;
#[cfg(feature = "sea-query")]
mod sea_query;
#[cfg(feature = "sqlx")]
mod sqlx;

#[cfg(feature = "diesel")]
pub use self::diesel::SortKeys;
#[cfg(feature = "rusqlite")]
pub use self::rusqlite::register_fold;
#[cfg(feature = "sqlx")]
pub use self::sqlx::BindAll;
