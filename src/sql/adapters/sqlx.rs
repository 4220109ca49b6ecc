//! sqlx, whatever its driver.

use sqlx_core::database::{Database, HasStatementCache};
use sqlx_core::encode::Encode;
use sqlx_core::query::Query;
use sqlx_core::query_as::QueryAs;
use sqlx_core::query_scalar::QueryScalar;
use sqlx_core::types::Type;

use crate::sql::Param;

/// Binds the parameters of a [`SqlFragment`](crate::sql::SqlFragment) to a query of sqlx:
/// `sqlx::query(AssertSqlSafe(fragment.sql)).bind_all(&fragment.params)`, and so for `query_as` and `query_scalar`. What was
/// bound before stays before them: [`SqlFragment::starting_at`](crate::sql::SqlFragment::starting_at) counts on.
///
/// Text of this crate is safe to assert: it holds no byte of a request (D1). Whole programs are in `examples/sql/sqlx-sqlite`
/// and `examples/sql/sqlx-postgres`.
pub trait BindAll {
    /// The query with these parameters bound, in order. Instants and lists are bound as text, which the crate's texts cast;
    /// NULL is one of text, and a query that has one is not kept among the connection's prepared statements.
    ///
    /// What sqlx cannot encode it says when the query is run.
    #[must_use]
    fn bind_all(self, params: &[Param]) -> Self;
}

macro_rules! binds_all {
    ($query:ident $(, $output:ident)?) => {
        impl<'q, DB $(, $output)?> BindAll for $query<'q, DB, $($output,)? DB::Arguments>
        where
            DB: Database + HasStatementCache,
            bool: Encode<'q, DB> + Type<DB>,
            i64: Encode<'q, DB> + Type<DB>,
            f64: Encode<'q, DB> + Type<DB>,
            String: Encode<'q, DB> + Type<DB>,
            Option<String>: Encode<'q, DB>,
        {
            fn bind_all(self, params: &[Param]) -> Self {
                params.iter().fold(self, |query, param| match param {
                    Param::Bool(value) => query.bind(*value),
                    Param::I64(number) => query.bind(*number),
                    Param::F64(number) => query.bind(*number),
                    // Statements are kept by their text alone. One that was prepared with a NULL of text would take the next
                    // row's number for text, too.
                    Param::Null => query.bind(None::<String>).persistent(false),
                    Param::Text(_) | Param::Timestamp(_) | Param::TextArray(_) | Param::I64Array(_) => {
                        query.bind(param.to_text())
                    }
                })
            }
        }
    };
}

binds_all!(Query);
binds_all!(QueryAs, O);
binds_all!(QueryScalar, O);
