//! Numbers, compared exactly (S11).

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::io;

use serde_json::ser::{CompactFormatter, Formatter};

/// A decimal of any size: `0.digits * 10^exponent`, without leading or trailing zeros, so that equal numbers have one
/// form. Zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Box<[u8]>,
    exponent: i64,
}

/// An exponent this far out is beyond every number that a resource can hold, so what lies further out compares the same.
const FAR: i64 = 1_000_000_000_000;

/// A number as a resource holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer of JSON within i64.
    I64(i64),
    /// An integer of JSON within u64, above i64.
    U64(u64),
    /// Any other number, read as a double. It stands for the shortest decimal that reads back to it, as it is written in
    /// JSON. Never infinite and never NaN: a source reports such a value as unassigned.
    F64(f64),
    /// `mantissa * 10^-scale`, exactly: of a source that has decimals. JSON has none.
    Decimal {
        /// All digits, as an integer.
        mantissa: i128,
        /// How many of them stand behind the point.
        scale: u32,
    },
}

impl Decimal {
    /// Reads a number of JSON's grammar. Linear in the text; the exponent costs nothing.
    pub(crate) fn parse(text: &str) -> Decimal {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.bytes().chain(fraction.bytes()).map(|b| b.wrapping_sub(b'0'));
        let whole_length = i64::try_from(whole.len()).unwrap_or(FAR);
        Decimal::normal(negative, digits.collect(), whole_length.saturating_add(power_of(power)))
    }

    fn normal(negative: bool, mut digits: Vec<u8>, exponent: i64) -> Decimal {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        let end = digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        if end == 0 {
            return Decimal { negative: false, digits: Box::default(), exponent: 0 };
        }
        digits.truncate(end);
        digits.drain(..zeros);
        let exponent = exponent.saturating_sub(i64::try_from(zeros).unwrap_or(FAR));
        Decimal { negative, digits: digits.into(), exponent: exponent.clamp(-FAR, FAR) }
    }

    /// The greatest integer that is not above it, and whether there is a rest; `None` far beyond every integer that a
    /// resource can hold.
    pub(crate) fn floor(&self) -> Option<(i128, bool)> {
        if self.exponent > 30 {
            return None;
        }
        let whole = usize::try_from(self.exponent).unwrap_or(0);
        let digits = self.digits.iter().copied().chain(std::iter::repeat(0)).take(whole);
        let size = digits.fold(0i128, |size, digit| size * 10 + i128::from(digit));
        let rest = self.digits.len() > whole;
        Some((if self.negative { -size - i128::from(rest) } else { size }, rest))
    }

    /// The greatest multiple of `10^-scale` that is not above it, and whether there is a rest.
    pub(crate) fn floor_at(&self, scale: u16) -> (Decimal, bool) {
        let kept = usize::try_from(self.exponent.saturating_add(i64::from(scale))).unwrap_or(0);
        if kept >= self.digits.len() {
            return (self.clone(), false);
        }
        let mut digits = self.digits[..kept].to_vec();
        let mut exponent = if kept == 0 { -i64::from(scale) } else { self.exponent };
        if self.negative {
            // One more in the last place that is kept.
            digits.insert(0, 0);
            exponent += 1;
            for digit in digits.iter_mut().rev() {
                *digit = (*digit + 1) % 10;
                if *digit != 0 {
                    break;
                }
            }
        }
        (Decimal::normal(self.negative, digits, exponent), true)
    }

    /// How many digits stand before the point; not above zero for what is less than one.
    pub(crate) fn whole_digits(&self) -> i64 {
        self.exponent
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it has no fraction and lies within i64 or u64.
    pub(crate) fn is_integer(&self) -> bool {
        let whole = usize::try_from(self.exponent).is_ok_and(|exponent| exponent >= self.digits.len());
        (self.digits.is_empty() || whole)
            && self.exponent <= 20
            && self.cmp(&Decimal::from(Number::I64(i64::MIN))).is_ge()
            && self.cmp(&Decimal::from(Number::U64(u64::MAX))).is_le()
    }
}

/// The value of an exponent's digits, far out where it is too large.
fn power_of(text: &str) -> i64 {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    let size = if digits.len() > 12 { FAR } else { digits.parse().unwrap_or(0) };
    sign * size
}

impl From<Number> for Decimal {
    fn from(number: Number) -> Decimal {
        let mut text = Buffer::default();
        // A buffer of this size holds every integer, decimal and shortest form of a double; a failure would read as zero.
        let _ = match number {
            Number::I64(integer) => write!(text, "{integer}"),
            Number::U64(integer) => write!(text, "{integer}"),
            // Between two shortest decimals that are as near, JSON has the even one; the standard library has not.
            Number::F64(double) => CompactFormatter.write_f64(&mut text, double).map_err(|_| fmt::Error),
            Number::Decimal { mantissa, scale } => write!(text, "{mantissa}e-{scale}"),
        };
        Decimal::parse(text.as_str())
    }
}

struct Buffer {
    bytes: [u8; 64],
    len: usize,
}

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer { bytes: [0; 64], len: 0 }
    }
}

impl Buffer {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("0")
    }
}

impl io::Write for Buffer {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(io::ErrorKind::StorageFull)?;
        room.copy_from_slice(text);
        self.len = end;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(self, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        // Zero, which has no digits, lies between the signs.
        let sign = |decimal: &Decimal| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| if self.negative { size().reverse() } else { size() })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One text for one number, as JSON writes numbers.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits = self.digits.iter().map(|digit| char::from(b'0' + digit));
        match usize::try_from(self.exponent) {
            Ok(point) if (1..=21).contains(&point) => {
                for (at, digit) in digits.enumerate() {
                    if at == point {
                        f.write_str(".")?;
                    }
                    f.write_char(digit)?;
                }
                (self.digits.len()..point).try_for_each(|_| f.write_str("0"))
            }
            _ => {
                for (at, digit) in digits.enumerate() {
                    if at == 1 {
                        f.write_str(".")?;
                    }
                    f.write_char(digit)?;
                }
                write!(f, "e{}", self.exponent - 1)
            }
        }
    }
}
