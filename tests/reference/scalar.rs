//! Single values: strings folded (F1), instants (S10), exact numbers (S11).

use std::cmp::Ordering;

/// F1: each `char` by its one-to-one lower-case mapping. U+0130 is the only one whose full mapping is longer; its
/// simple mapping is `i`.
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|c| {
            let lower: Vec<char> = c.to_lowercase().collect();
            if lower.len() == 1 {
                lower[0]
            } else {
                assert_eq!(c, '\u{130}');
                'i'
            }
        })
        .collect()
}

/// S10: nanoseconds since the beginning of the year 0; `None` for a text that is no dateTime.
pub fn instant(text: &str) -> Option<i128> {
    // "ASCII digits only"; then characters are bytes.
    if !text.is_ascii() || text.len() < "0000-00-00T00:00:00Z".len() {
        return None;
    }
    let sign_at = |at: usize, signs: &str| signs.contains(&text[at..at + 1]);
    if !(sign_at(4, "-") && sign_at(7, "-") && sign_at(10, "Tt") && sign_at(13, ":") && sign_at(16, ":")) {
        return None;
    }
    let year = digits(&text[0..4])?;
    let month = digits(&text[5..7])?;
    let day = digits(&text[8..10])?;
    let mut hour = digits(&text[11..13])?;
    let minute = digits(&text[14..16])?;
    let second = digits(&text[17..19])?;
    let mut rest = &text[19..];

    let mut nanos = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let fraction = &after[..end];
        // "an empty fraction" is refused.
        if fraction.is_empty() {
            return None;
        }
        // "fraction digits beyond the ninth are dropped".
        let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        nanos = digits(&nine)?;
        rest = &after[end..];
    }

    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            if rest.len() != "+00:00".len() || &rest[3..4] != ":" {
                return None;
            }
            let (hours, minutes) = (digits(&rest[1..3])?, digits(&rest[4..6])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            match &rest[..1] {
                "+" => hours * 60 + minutes,
                "-" => -(hours * 60 + minutes),
                _ => return None,
            }
        }
    };

    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=12).contains(&month) || day < 1 || day > lengths[month as usize - 1] || minute > 59 || second > 60 {
        return None;
    }
    let mut days = 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    days += lengths[..month as usize - 1].iter().sum::<i128>() + day - 1;
    // `24:00:00` is midnight of the next day; no later time of that hour exists.
    if hour == 24 && minute == 0 && second == 0 && nanos == 0 {
        hour = 0;
        days += 1;
    }
    if hour > 23 {
        return None;
    }
    // `:60` is second 59 plus one, which is what the sum says.
    Some((((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000_000_000 + nanos)
}

fn digits(text: &str) -> Option<i128> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// S11: a number of any size and precision, `0.digits` times ten to the power of `point`. No zeros at either end of
/// the digits, so zero has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    negative: bool,
    digits: String,
    point: i128,
}

impl Number {
    /// From the text of a JSON number.
    pub fn literal(text: &str) -> Number {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Number { negative: false, digits, point: 0 };
        }
        Number { negative, digits, point: whole.len() as i128 - leading as i128 + exponent }
    }

    /// A stored JSON number: "a stored JSON integer within i64 or u64 is itself; any other number is read as a double
    /// and stands for the shortest decimal that reads back to it", as JSON is written.
    pub fn stored(number: &serde_json::Number) -> Number {
        let text = number.to_string();
        if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
            return Number::literal(&text);
        }
        let double: f64 = text.parse().expect("the text of a JSON number");
        assert!(double.is_finite(), "a record with {text} is unreadable");
        Number::literal(&serde_json::Value::from(double).to_string())
    }

    /// "In an integer attribute a fraction, or a value outside i64 and u64, is wrong-typed."
    pub fn is_integer(&self) -> bool {
        let (least, most) = (Number::literal(&i64::MIN.to_string()), Number::literal(&u64::MAX.to_string()));
        self.point >= self.digits.len() as i128 && *self >= least && *self <= most
    }
}

/// The value of an exponent; so large a one that no stored number comes near it stays that large.
fn power(text: &str) -> i128 {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let far = 1 << 100;
    let size = text.parse::<i128>().unwrap_or(far).min(far);
    if negative { -size } else { size }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        let sign = |number: &Number| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        // Of two sequences of digits after the same point, the one that is first in a dictionary is the smaller.
        let size = self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then(match sign(self) {
            0 => Ordering::Equal,
            -1 => size.reverse(),
            _ => size,
        })
    }
}
