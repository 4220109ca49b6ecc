//! SCIM filters and ordering.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod build;
mod check;
mod decimal;
mod error;
mod eval;
mod fold;
pub mod http;
mod instant;
mod limits;
mod list;
mod op;
mod options;
mod order;
mod page;
mod parse;
mod project;
mod query;
mod quirks;
mod schema;
mod span;
mod warning;

pub use ast::{
    AttrExp, AttrPath, AttrTest, CompValue, Direction, Expr, ExprKind, Filter, OrderBy, Path, SortKey, Terms,
};
pub use build::{AttrBuilder, FilterBuilder, ToCompValue, attr};
pub use check::{CheckedFilter, CheckedPath, PathTarget};
pub use error::{BindError, Error, ErrorKind, Found, Name, Part, ScimType};
pub use eval::{AnyCase, Node, Number, Predicate, Scalar};
pub use fold::{FOLD_UNICODE_VERSION, fold};
pub use limits::Limits;
pub use list::{DataError, ListError, Page, list};
pub use op::{CompareOp, Operator, OperatorSet};
pub use options::{Capabilities, Connective, Options};
pub use order::CheckedOrdering;
pub use page::{CursorKind, Cursors, Paging};
pub use project::Projection;
pub use query::{CheckedQuery, ListQuery, Profile};
pub use quirks::{Quirk, Quirks};
pub use schema::{AttrId, Attribute, AttributeDef, Prepare, Returned, Schema, SchemaBuilder, Type};
pub use span::Span;
pub use warning::{Warning, WarningKind};
