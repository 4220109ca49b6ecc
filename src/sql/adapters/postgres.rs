//! postgres-types, so tokio-postgres and postgres: `client.query(&fragment.sql, &refs)`, where `refs` are the parameters as
//! `&(dyn ToSql + Sync)`.

use std::error::Error;

use postgres_types::private::BytesMut;
use postgres_types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::sql::Param;

/// 2000-01-01T00:00:00Z in microseconds since 1970, where PostgreSQL's timestamps begin.
const EPOCH: i64 = 946_684_800_000_000;

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Bool(value) => value.to_sql(ty, out),
            // The program's own text may have columns of other integers.
            Param::I64(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Param::I64(number) if *ty == Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
            Param::I64(number) => number.to_sql(ty, out),
            Param::F64(number) => number.to_sql(ty, out),
            Param::Text(text) => text.to_sql(ty, out),
            Param::Timestamp(instant) => (instant.timestamp_micros() - EPOCH).to_sql(&Type::INT8, out),
            Param::TextArray(texts) => texts.to_sql(ty, out),
            Param::I64Array(numbers) => numbers.to_sql(ty, out),
        }
    }

    /// The crate's texts cast each parameter, so that the server asks for few types; a program's own scope may ask for more.
    fn accepts(ty: &Type) -> bool {
        let own = [Type::INT4, Type::INT2, Type::VARCHAR, Type::BPCHAR, Type::NAME];
        own.contains(ty)
            || [Type::BOOL, Type::INT8, Type::FLOAT8, Type::TEXT, Type::TIMESTAMPTZ, Type::TEXT_ARRAY, Type::INT8_ARRAY]
                .contains(ty)
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    to_sql_checked!();
}
