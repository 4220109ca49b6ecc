//! Bytes of a cursor: a version, then sections that are read back exactly or not at all.

use std::borrow::Cow;

use crate::decimal::Number;
use crate::instant::Instant;
use crate::order::SortValue;

/// Appends a sort value: a kind, then its bytes.
pub(super) fn write_value(bytes: &mut Vec<u8>, value: &SortValue<'_>) {
    match value {
        SortValue::Unassigned => bytes.push(0),
        SortValue::Bool(false) => bytes.push(1),
        SortValue::Bool(true) => bytes.push(2),
        SortValue::Number(Number::I64(number)) => write_kind(bytes, 3, &number.to_be_bytes()),
        SortValue::Number(Number::U64(number)) => write_kind(bytes, 4, &number.to_be_bytes()),
        SortValue::Number(Number::F64(number)) => write_kind(bytes, 5, &number.to_be_bytes()),
        SortValue::Number(Number::Decimal { mantissa, scale }) => {
            write_kind(bytes, 8, &mantissa.to_be_bytes());
            bytes.extend(scale.to_be_bytes());
        }
        SortValue::Instant(instant) => {
            write_kind(bytes, 6, &instant.seconds.to_be_bytes());
            bytes.extend(instant.nanos.to_be_bytes());
        }
        SortValue::Text(text) => {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            write_kind(bytes, 7, &length.to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    }
}

fn write_kind(bytes: &mut Vec<u8>, kind: u8, rest: &[u8]) {
    bytes.push(kind);
    bytes.extend(rest);
}

/// Reads what was written; `None` where it is not what could have been.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        self.take(COUNT)?.try_into().ok()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn value(&mut self) -> Option<SortValue<'static>> {
        Some(match self.byte()? {
            0 => SortValue::Unassigned,
            1 => SortValue::Bool(false),
            2 => SortValue::Bool(true),
            3 => SortValue::Number(Number::I64(i64::from_be_bytes(self.array()?))),
            4 => SortValue::Number(Number::U64(u64::from_be_bytes(self.array()?))),
            5 => {
                let number = f64::from_be_bytes(self.array()?);
                SortValue::Number(Number::F64(Some(number).filter(|number| number.is_finite())?))
            }
            6 => {
                let seconds = i64::from_be_bytes(self.array()?);
                let nanos = u32::from_be_bytes(self.array()?);
                SortValue::Instant(Instant { seconds, nanos })
            }
            7 => {
                let length = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
                let text = std::str::from_utf8(self.take(length)?).ok()?;
                SortValue::Text(Cow::Owned(text.to_owned()))
            }
            8 => {
                let mantissa = i128::from_be_bytes(self.array()?);
                SortValue::Number(Number::Decimal { mantissa, scale: u32::from_be_bytes(self.array()?) })
            }
            _ => return None,
        })
    }
}
