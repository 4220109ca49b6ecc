//! diesel, whatever its backend.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::row::NamedRow;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Double, HasSqlType, Nullable, Text};

use crate::sql::{Param, SqlFragment};

impl SqlFragment {
    /// The statement as a query of diesel with its parameters bound: [`SelectPage::statement`](crate::sql::SelectPage::statement)
    /// and the like, or a condition with the program's own text before it. Instants and lists are bound as text, which the
    /// crate's texts cast. diesel keeps no prepared statement of such a query.
    ///
    /// A condition by itself is not one for diesel's `filter`, whose text numbers its own parameters. A whole program is in
    /// `examples/sql/diesel`.
    pub fn to_diesel<'f, DB>(&self) -> BoxedSqlQuery<'f, DB, SqlQuery>
    where
        DB: Backend + HasSqlType<Bool> + HasSqlType<BigInt> + HasSqlType<Double> + HasSqlType<Text>,
        bool: ToSql<Bool, DB>,
        i64: ToSql<BigInt, DB>,
        f64: ToSql<Double, DB>,
        String: ToSql<Text, DB>,
    {
        let query = diesel::sql_query(self.sql.as_str()).into_boxed();
        self.params.iter().fold(query, |query, param| match param {
            Param::Bool(value) => query.bind::<Bool, _>(*value),
            Param::I64(number) => query.bind::<BigInt, _>(*number),
            Param::F64(number) => query.bind::<Double, _>(*number),
            Param::Null | Param::Text(_) | Param::Timestamp(_) | Param::TextArray(_) | Param::I64Array(_) => {
                query.bind::<Nullable<Text>, _>(param.to_text())
            }
        })
    }
}

/// The sort keys of a row, `scim_key_1` and on, as many as there are: a field of the program's own `QueryableByName`, with
/// `#[diesel(embed)]`. [`SelectPage::finish`](crate::sql::SelectPage::finish) takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKeys(pub Vec<Option<String>>);

impl<DB> QueryableByName<DB> for SortKeys
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<SortKeys> {
        let names = (1..).map(|number| format!("scim_key_{number}"));
        let names = names.take_while(|name| row.idx(name.as_str()).is_some());
        let keys = names.map(|name| NamedRow::get::<Nullable<Text>, Option<String>>(row, &name));
        keys.collect::<deserialize::Result<_>>().map(SortKeys)
    }
}
