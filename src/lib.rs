//! SCIM filters, orderings and pages (RFC 7643, 7644, 9865), with one meaning everywhere.
//!
//! ```text
//! query string -parse-> ListQuery -+- filter -parse-> Filter  -check(schema)-> CheckedFilter   -compile-> Predicate.matches(node), compile_for::<T>, compile_raw
//! SearchRequest JSON ---^          |                  (borrowed, spans)        (owned)
//!                                  +- order  -parse-> OrderBy -check(schema)-> CheckedOrdering -compare-> cmp::Ordering
//!                                  +- page ------------------------------------------------------list---> Page
//!
//! CheckedFilter  -where_sql(columns)-> SqlFragment {sql, params}
//! CheckedQuery   -Select.page()------> SelectPage {statement, anchor, count()} -finish(rows)-> SqlPage
//! ```
//!
//! Left of `check` things borrow the request's text; right of it they own, are `Send + Sync + 'static`, and cheap to clone
//! and to keep.
//!
//! # Quick start
//!
//! ```
//! use scim_query::{Filter, Schema};
//! use serde_json::json;
//!
//! let schema = Schema::user(); // or Schema::from_json, Schema::builder, Schema::access_requests
//! let filter = Filter::parse(r#"emails[type eq "work" and value ew "@example.com"]"#)?.check(&schema)?;
//! let user = json!({"userName": "bob", "emails": [{"type": "work", "value": "bob@example.com"}]});
//! assert!(filter.matches(&user));
//! # Ok::<(), scim_query::Error>(())
//! ```
//!
//! Other sources than JSON in memory: structs are [`Resource`], JSON bytes [`CheckedFilter::compile_raw`], whatever serializes
//! [`RawPredicate::matches_serialized`], a response that streams through a proxy [`BodyFilter`]. [`FilterSet`] asks many filters at
//! once.
//!
//! A whole list request, with ordering and pages, is [`ListQuery`] and [`list`](list()). Filters made by a program are
//! [`attr`]. The same in a database is [`sql`].
//!
//! # Meaning
//!
//! What a filter means is written down rule by rule in [`semantics`]; ids such as S4 or O5 in these pages are of that
//! document. Where the RFCs are silent:
//!
//! | question | answer | rule |
//! |---|---|---|
//! | logic | two values: every filter is true or false of every resource | S1 |
//! | `ne` without a value | true, the exact complement of `eq` on a singular attribute | S4 |
//! | `ne` over several values | true if any differs; [a warning](WarningKind::AnyValueDiffers) says how to ask for none | S4 |
//! | `eq null` | unassigned: absent, `null`, `[]`, or of another type than declared; `""` is assigned | S2, S6 |
//! | case | by the schema's `caseExact`; [a fixed fold](fold()) of a pinned Unicode version, for every operator and ordering | S9, F1 |
//! | dateTimes, numbers | instants to the nanosecond; exact decimals | S10, S11 |
//! | what is unknown or does not fit | refused with its place; never ignored | S15 |
//! | what may not be read | may not be filtered on or ordered by | S16 |
//! | unassigned in an ordering | last ascending, first descending | O2 |
//! | ties | the schema's tie-breaker (`id`) is appended, in the direction of the last key | O5 |
//!
//! # Input safety
//!
//! Every text of a request may be a stranger's. [`Limits`] bound it before anything is built from it; parsing, checking,
//! printing and dropping are linear in its length; parsing takes constant stack, the steps after it stack for at most
//! [`Limits::MAX_NESTING`] levels, which fits a thread of 256 KiB without optimisation. The worst filter within the default limits costs 256 comparisons for each value that it
//! looks at. Rewriting and analysis ([`CheckedFilter::simplify`] and its neighbours) are for a server's own threads: they fit
//! Rust's default stack. Nothing panics on any input, and there is no `unsafe` code. [`Error`]'s one-line form never repeats a literal of
//! the request.
//!
//! # Features
//!
//! - `rusqlite`, `postgres-types`, `sqlx`, `diesel`, `sea-query`: the parameters of [`sql`] in these drivers' types.
//! - `rust_decimal`: its `Decimal` as a member of structs.
//! - `hmac`: authenticated cursors, [`Cursors`].
//! - `databases`: the command-line tool on databases.
//! - `cli`: the command-line tool.
//!
//! A feature adds items; it never changes what a filter means.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So are those of the guides.
#[cfg(doctest)]
#[doc = include_str!("../docs/sql.md")]
struct SqlGuide;
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
struct Embedding;
#[cfg(doctest)]
#[doc = include_str!("../docs/extending.md")]
struct Extending;

mod analyze;
mod ast;
mod build;
mod capabilities;
mod check;
mod decimal;
mod error;
mod eval;
mod fold;
pub mod http;
mod instant;
mod lanes;
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
mod set;
mod span;
pub mod sql;
mod stream;
mod warning;

pub use analyze::{Bounds, Explanation, Implication, MapError, Split, SplitPart, Step};
pub use ast::{
    AttrExp, AttrPath, AttrTest, CompValue, Direction, Expr, ExprKind, Filter, OrderBy, Path, SortKey, Terms,
};
pub use build::{AttrBuilder, FilterBuilder, ToCompValue, attr};
pub use capabilities::{Capabilities, Connective};
pub use check::{CheckedFilter, CheckedPath, PathTarget};
pub use error::{BindError, Error, ErrorKind, Found, Name, Part, ScimType};
pub use eval::{
    AnyCase, Attr, AttrValue, Complex, Elements, Fields, JsonError, Lines, Member, Node, Number, Predicate,
    RawPredicate, Resource, ResourcePredicate, Scalar, Shape, is_readable,
};
pub use fold::{FOLD_UNICODE_VERSION, fold};
pub use limits::Limits;
pub use list::{DataError, ListError, Page, list};
pub use op::{CompareOp, Operator, OperatorSet};
pub use options::Options;
pub use order::CheckedOrdering;
pub use page::{CursorKind, Cursors, Paging};
pub use project::Projection;
pub use query::{CheckedQuery, ListQuery, Profile};
pub use quirks::{Quirk, Quirks};
pub use schema::{AttrId, Attribute, AttributeDef, Key, Prepare, Returned, Schema, SchemaBuilder, Type};
pub use set::FilterSet;
pub use span::Span;
pub use stream::{BodyCounts, BodyError, BodyFilter};
pub use warning::{Warning, WarningKind};

#[doc = include_str!("../docs/semantics.md")]
pub mod semantics {}
