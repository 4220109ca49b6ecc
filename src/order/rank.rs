//! The keys of a resource as one number, for most comparisons to need no more.

use super::{Key, SortValue};
use crate::ast::Direction;
use crate::decimal::{Decimal, Number};

/// A number that is less only for a resource that comes before; resources with the same one have to be compared by their
/// values. It begins with the first key; where that fits, the beginning of the second one's follows.
#[inline(always)]
pub(super) fn rank(keys: &[Key], values: &[SortValue<'_>]) -> u128 {
    let ([key, keys @ ..], [value, values @ ..]) = (keys, values) else { return 0 };
    let (bits, size) = size_of(value);
    let (head, rest) = (directed(bits, u128::BITS - size, key.direction), u128::BITS - size);
    match (keys, values) {
        ([key, ..], [value, ..]) if rest > 0 => {
            // Its beginning, whether or not it fits.
            let (bits, _) = size_of(value);
            head | directed(bits, 0, key.direction) >> size
        }
        _ => head,
    }
}

/// The bits but for the last `unused`, which are zeros.
#[inline(always)]
fn directed(bits: u128, unused: u32, direction: Direction) -> u128 {
    match direction {
        Direction::Ascending => bits,
        Direction::Descending => !bits & u128::MAX << unused,
    }
}

/// The bits of one value from the highest on, in the order of values, and how many they are. All bits where values may have the
/// same ones and differ: then nothing may follow them.
#[inline]
fn size_of(value: &SortValue<'_>) -> (u128, u32) {
    let (kind, bits, size) = match value {
        SortValue::Bool(value) => (0, u128::from(*value) << 127, 1),
        SortValue::Number(number) => (1, u128::from(of_number(*number)) << 64, REST),
        SortValue::Instant(instant) => {
            let nanos = u128::from(instant.nanos) << (128 - SECONDS - NANOS);
            (2, of_seconds(instant.seconds) << (128 - SECONDS) | nanos, SECONDS + NANOS)
        }
        SortValue::Text(text) => (3, of_text(text.as_bytes()), REST),
        SortValue::Unassigned => (4, 0, 0),
    };
    (kind << REST | bits >> KIND, KIND + size)
}

/// The bits of the kinds, which are those of [`SortValue`] in its order, and of what follows.
const KIND: u32 = 3;
const REST: u32 = u128::BITS - KIND;

/// Seconds of the years that a dateTime can reach, and nanoseconds.
const SECONDS: u32 = 39;
const NANOS: u32 = 30;

/// The next double, as bits in order. Rounding keeps the order of exact numbers, and a double stands for a decimal that rounds
/// to it.
fn of_number(number: Number) -> u64 {
    let double = match number {
        Number::I64(number) => number as f64,
        Number::U64(number) => number as f64,
        Number::F64(number) => number,
        Number::Decimal { .. } => Decimal::from(number).to_string().parse().unwrap_or(0.0),
    };
    // 0.0 and -0.0 are one number.
    let bits = (double + 0.0).to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

#[inline]
fn of_seconds(seconds: i64) -> u128 {
    const HALF: i64 = 1 << (SECONDS - 1);
    (seconds.clamp(-HALF, HALF - 1) + HALF).unsigned_abs().into()
}

/// The first bytes. A text that ends before them has the same ones as one that goes on with zeros.
#[inline]
fn of_text(text: &[u8]) -> u128 {
    match text.first_chunk() {
        Some(first) => u128::from_be_bytes(*first),
        None => {
            let mut first = [0; 16];
            first.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
            u128::from_be_bytes(first)
        }
    }
}
