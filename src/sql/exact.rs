//! A literal among the values that a column can hold (D6, D9): there, or between two of them, or beyond them all. So an
//! answer is exact whatever the column's precision is.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};
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
    // Instants lie within a day of the years 0000 to 9999, which chrono has.
    let Some(time) = DateTime::from_timestamp(instant.seconds, kept) else { return Fit::BelowAll };
    // Without an offset, which each of its parts would be asked to heed.
    let of_utc = time.naive_utc();
    let (first, text) = match (ty, dialect.first_year_of_text()) {
        (ColumnType::TimestampText { .. }, _) => (0, text_of(of_utc, kept / step, digits)),
        (_, Some(first)) => (first, of_utc.format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
        (_, None) => return fit(Param::Timestamp(time)),
    };
    match of_utc.year() {
        year if year < first => Fit::BelowAll,
        10_000.. => Fit::AboveAll,
        _ => fit(Param::Text(text)),
    }
}

/// Text of one width, `2022-05-24T14:15:22.123456789Z`, with so many digits of the second's fraction.
fn text_of(time: NaiveDateTime, fraction: u32, digits: u8) -> String {
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    let (date, clock) = (time.date(), time.time());
    // Other years are told from their text.
    write_digits(&mut text[..4], u32::try_from(date.year()).unwrap_or(0));
    write_digits(&mut text[5..7], date.month());
    write_digits(&mut text[8..10], date.day());
    write_digits(&mut text[11..13], clock.hour());
    write_digits(&mut text[14..16], clock.minute());
    write_digits(&mut text[17..19], clock.second());
    let end = match usize::from(digits.min(9)) {
        0 => 19,
        digits => {
            write_digits(&mut text[20..20 + digits], fraction);
            20 + digits
        }
    };
    text[end] = b'Z';
    str::from_utf8(&text[..=end]).unwrap_or_default().to_owned()
}

/// The last digits of a number, as many as there is room for.
fn write_digits(room: &mut [u8], number: u32) {
    let mut rest = number;
    for digit in room.iter_mut().rev() {
        *digit = b"0123456789"[rest as usize % 10];
        rest /= 10;
    }
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
