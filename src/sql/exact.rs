//! A literal among the values that a column can hold (D6, D9): there, or between two of them, or beyond them all. So an
//! answer is exact whatever the column's precision is.

use chrono::DateTime;
use memchr::memchr;

use super::column::ColumnType;
use super::dialect::Dialect;
use super::param::Param;
use crate::check::Literal;
use crate::decimal::{Decimal, Number};
use crate::instant::Instant;
use crate::op::CompareOp;

/// Where a value lies among those of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fit {
    /// The column can hold it.
    Exact(Param),
    /// It lies above this one and below the next one that the column can hold.
    Above(Param),
    /// It lies below all of them.
    BelowAll,
    /// It lies above all of them.
    AboveAll,
}

/// What a comparison of a column's values comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Comparison {
    /// True of no value.
    Never,
    /// True of every value.
    Always,
    /// True of the values that compare so with one that the column can hold.
    With(CompareOp, Param),
}

impl Fit {
    pub(super) fn of(literal: &Literal, ty: ColumnType, dialect: Dialect) -> Fit {
        match literal {
            Literal::Text { text, .. } => of_text(text, dialect),
            Literal::Bool(value) => Fit::Exact(Param::Bool(*value)),
            Literal::Instant(instant) => of_instant(*instant, ty, dialect),
            Literal::Number(number) => of_number(number, ty),
        }
    }

    /// An order operator, or `eq`. `ne` is the complement of `eq`, and not a comparison of its own.
    pub(super) fn compare(self, op: CompareOp) -> Comparison {
        use CompareOp::{Ge, Gt, Le, Lt};
        match (self, op) {
            (Fit::Exact(param), op) => Comparison::With(op, param),
            (Fit::Above(param), Gt | Ge) => Comparison::With(Gt, param),
            (Fit::Above(param), Lt | Le) => Comparison::With(Le, param),
            (Fit::BelowAll, Gt | Ge) | (Fit::AboveAll, Lt | Le) => Comparison::Always,
            _ => Comparison::Never,
        }
    }
}

/// Without U+0000, a text follows the literal exactly if it follows what stands before its first one.
fn of_text(text: &str, dialect: Dialect) -> Fit {
    match memchr(0, text.as_bytes()) {
        Some(at) if !dialect.holds_nul() => Fit::Above(Param::from(&text[..at])),
        _ => Fit::Exact(Param::from(text)),
    }
}

fn of_instant(instant: Instant, ty: ColumnType, dialect: Dialect) -> Fit {
    let (ColumnType::Timestamp { digits } | ColumnType::TimestampText { digits } | ColumnType::Epoch { digits }) = ty
    else {
        return Fit::BelowAll;
    };
    let step = 10u32.pow(9 - u32::from(digits.min(9)));
    let kept = instant.nanos - instant.nanos % step;
    let fit = |param| if kept == instant.nanos { Fit::Exact(param) } else { Fit::Above(param) };
    if matches!(ty, ColumnType::Epoch { .. }) {
        let units = i128::from(1_000_000_000 / step);
        let count = i128::from(instant.seconds) * units + i128::from(kept / step);
        return match i64::try_from(count) {
            Ok(count) => fit(Param::I64(count)),
            Err(_) if count < 0 => Fit::BelowAll,
            Err(_) => Fit::AboveAll,
        };
    }
    let first_year = match (ty, dialect.first_year_of_text()) {
        (ColumnType::TimestampText { .. }, _) => "",
        (_, Some(first)) => first,
        (_, None) => {
            let time = DateTime::from_timestamp(instant.seconds, kept);
            return time.map_or(Fit::BelowAll, |time| fit(Param::Timestamp(time)));
        }
    };
    let text = Instant { nanos: kept, ..instant }.text();
    let Some(text) = text.as_ref().and_then(|text| str::from_utf8(text).ok()) else {
        return if instant.seconds < 0 { Fit::BelowAll } else { Fit::AboveAll };
    };
    if text < first_year {
        return Fit::BelowAll;
    }
    let digits = usize::from(digits.min(9));
    let mut written = String::with_capacity(30);
    if matches!(ty, ColumnType::TimestampText { .. }) {
        written.push_str(&text[..if digits == 0 { 19 } else { 20 + digits }]);
        written.push('Z');
    } else {
        written.push_str(&text[..10]);
        written.push(' ');
        written.push_str(&text[11..26]);
    }
    fit(Param::Text(written))
}

fn of_number(number: &Decimal, ty: ColumnType) -> Fit {
    match ty {
        ColumnType::Double => of_double(number),
        ColumnType::Decimal { precision, scale } => of_decimal(number, precision, scale),
        _ => of_integer(number),
    }
}

fn beyond(number: &Decimal) -> Fit {
    if number.is_negative() { Fit::BelowAll } else { Fit::AboveAll }
}

fn of_integer(number: &Decimal) -> Fit {
    let Some((floor, rest)) = number.floor() else { return beyond(number) };
    match i64::try_from(floor) {
        Ok(floor) if rest => Fit::Above(Param::I64(floor)),
        Ok(floor) => Fit::Exact(Param::I64(floor)),
        Err(_) => beyond(number),
    }
}

/// Each double stands for its shortest decimal.
fn of_double(number: &Decimal) -> Fit {
    let nearest: f64 = number.to_string().parse().unwrap_or(f64::NAN);
    if !nearest.is_finite() {
        return beyond(number);
    }
    match Decimal::from(Number::F64(nearest)).cmp(number) {
        std::cmp::Ordering::Equal => Fit::Exact(Param::F64(nearest)),
        std::cmp::Ordering::Less => Fit::Above(Param::F64(nearest)),
        std::cmp::Ordering::Greater if nearest == f64::MIN => Fit::BelowAll,
        std::cmp::Ordering::Greater => Fit::Above(Param::F64(nearest.next_down())),
    }
}

fn of_decimal(number: &Decimal, precision: u16, scale: u16) -> Fit {
    let (floor, rest) = number.floor_at(scale);
    if floor.whole_digits() > i64::from(precision) - i64::from(scale) {
        return beyond(number);
    }
    let param = Param::Text(floor.to_string());
    if rest { Fit::Above(param) } else { Fit::Exact(param) }
}
