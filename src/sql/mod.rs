//! The same meaning in SQL: conditions, orderings and pages for PostgreSQL, MySQL, MariaDB and SQLite (rules D1 to D9 of
//! [`semantics`](crate::semantics)).
//!
//! Start with [`Columns`], which says where the attributes are kept, built once. Then
//! [`CheckedFilter::where_sql`](crate::CheckedFilter::where_sql) is a condition to append to a query of one's own, and
//! [`Select`] is the whole tail of a list request.

mod adapters;
mod column;
mod columns;
mod condition;
mod ddl;
mod dialect;
mod exact;
mod file;
mod fragment;
mod json;
mod keyset;
mod leaf;
mod literal;
mod order;
mod page;
mod param;
mod place;
mod render;
mod select;
mod standard;
mod statement;
mod store;
mod verify;
mod where_clause;

#[allow(unused_imports)] // Without their features there are none.
pub use adapters::*;
pub use column::{Column, ColumnType, Elements};
pub use columns::{Columns, ColumnsBuilder};
pub use dialect::{Dialect, SqlLimits};
pub use fragment::SqlFragment;
pub use page::{SelectPage, SqlPage};
pub use param::Param;
pub use select::Select;
pub use store::StoreError;
