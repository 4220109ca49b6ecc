//! dateTimes as instants, to the nanosecond (S10).

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// A point in time: seconds since 1970-01-01T00:00:00Z, without leap seconds, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Instant {
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
}

/// What is wrong with a text that is no dateTime, for [`ErrorKind::DateTimeInvalid`](crate::ErrorKind::DateTimeInvalid).
pub(crate) type Reason = &'static str;

/// A text that has no offset but is a dateTime otherwise (Q6 reads it as UTC).
pub(crate) const NO_OFFSET: Reason = "no offset, end it with `Z` or one such as `+02:00`";

/// A leap second of chrono, nanoseconds beyond a second, is the next second (S10).
impl From<DateTime<Utc>> for Instant {
    #[inline]
    fn from(instant: DateTime<Utc>) -> Instant {
        let (seconds, nanos) = (instant.timestamp(), instant.timestamp_subsec_nanos());
        match nanos.checked_sub(1_000_000_000) {
            None => Instant { seconds, nanos },
            Some(nanos) => Instant { seconds: seconds + 1, nanos },
        }
    }
}

impl Instant {
    /// Reads RFC 3339 with years 0000 to 9999; also `t`, `z`, `24:00:00`, and `:60` as second 59 plus one. Digits of the
    /// fraction beyond the ninth are dropped.
    pub(crate) fn parse(text: &str) -> Result<Instant, Reason> {
        if let Some(instant) = Instant::parse_usual(text.as_bytes()) {
            return Ok(instant);
        }
        let (instant, offset) = Instant::read(text)?;
        offset.map(|offset| instant.minus(offset)).ok_or(NO_OFFSET)
    }

    /// As [`Instant::parse`] of the layout that nearly all dateTimes have; `None` leaves the text, right or wrong, to that.
    /// Not inlined: it would burden the loops that it is called from.
    #[inline(never)]
    pub(crate) fn parse_usual(text: &[u8]) -> Option<Instant> {
        fixed(text)
    }

    /// As [`Instant::parse`], but a missing offset is UTC (Q6); tells whether it was missing.
    pub(crate) fn parse_lenient(text: &str) -> Result<(Instant, bool), Reason> {
        let (instant, offset) = Instant::read(text)?;
        Ok((instant.minus(offset.unwrap_or(0)), offset.is_none()))
    }

    fn minus(self, offset: i64) -> Instant {
        Instant { seconds: self.seconds - offset, ..self }
    }

    /// The local time as if it were UTC, and the offset in seconds, if there is one. Out of line: it is for what [`fixed`] leaves.
    #[inline(never)]
    fn read(text: &str) -> Result<(Instant, Option<i64>), Reason> {
        let mut rest = Rest(text.as_bytes());
        let year = rest.digits(4).ok_or("no date")?;
        let month = rest.sign(b"-").and_then(|()| rest.digits(2)).ok_or("no date")?;
        let day = rest.sign(b"-").and_then(|()| rest.digits(2)).ok_or("no date")?;
        rest.sign(b"Tt").ok_or("no `T` and time after the date")?;
        let hour = rest.digits(2).ok_or("no time")?;
        let minute = rest.sign(b":").and_then(|()| rest.digits(2)).ok_or("no time of hours, minutes and seconds")?;
        let second = rest.sign(b":").and_then(|()| rest.digits(2)).ok_or("no time of hours, minutes and seconds")?;
        let nanos = if rest.sign(b".").is_some() { rest.fraction().ok_or("an empty fraction")? } else { 0 };

        let date = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, day).ok_or("no such day")?;
        let end_of_day = hour == 24 && minute == 0 && second == 0 && nanos == 0;
        if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
            return Err("no such time of day");
        }
        let days = i64::from(date.num_days_from_ce()) - UNIX_EPOCH_FROM_CE;
        let seconds = days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Ok((Instant { seconds, nanos }, rest.offset()?))
    }
}

/// The layout that nearly all dateTimes have, `2022-05-24T14:15:22[.123](Z|+02:00)`, without a step for each sign: ordering and
/// filtering read one for each resource. `None` leaves the text, right or wrong, to [`Instant::read`].
fn fixed(text: &[u8]) -> Option<Instant> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let [century, _, year, _, _, month, _, _] = pairs(head, 0, b"0000-00-")?;
    let [day, _, _, hour, _, _, minute, _] = pairs(head, 8, b"00T00:00")?;
    let [.., second, _] = pairs(head, 11, b"00:00:00")?;
    // `24:00:00` and `:60` are times, too, but rare ones.
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (rest, offset) = match rest {
        [rest @ .., b'Z'] => (rest, 0),
        [rest @ .., sign, h1, h2, b':', i1, i2] => (rest, offset(*sign, [*h1, *h2, *i1, *i2])?),
        _ => return None,
    };
    let nanos = fraction(text.get(..head.len() + rest.len())?, rest)?;
    let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second) - i64::from(offset);
    Some(Instant { seconds: days(century.into(), year.into(), month.into(), day.into())? * 86_400 + time, nanos })
}

/// The seconds that a time with an offset is to be made less.
#[inline(always)]
fn offset(sign: u8, digits: [u8; 4]) -> Option<i32> {
    let [h1, h2, i1, i2] = digits;
    let (hours, minutes) = (two(h1, h2), two(i1, i2));
    if !digits.iter().all(u8::is_ascii_digit) || hours > 23 || minutes > 59 {
        return None;
    }
    match sign {
        b'+' => Some(hours * 3600 + minutes * 60),
        b'-' => Some(hours * -3600 - minutes * 60),
        _ => None,
    }
}

/// The number of two ASCII digits.
fn two(tens: u8, ones: u8) -> i32 {
    i32::from(tens) * 10 + i32::from(ones) - i32::from(b'0') * 11
}

const HIGH: u64 = 0x8080_8080_8080_8080;

/// Of the eight bytes there, at each the number of two digits that begins at it; `None` if they are not as the pattern, in which
/// `0` is any digit. All at once: the XOR with the pattern is at most 9 for a digit, and 0 for a sign.
#[inline(always)]
fn pairs(text: &[u8; 19], at: usize, pattern: &[u8; 8]) -> Option<[u8; 8]> {
    let text = text.get(at..)?.first_chunk()?;
    let room = pattern.map(|sign| if sign == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    let digits = u64::from_le_bytes(*text) ^ u64::from_le_bytes(*pattern);
    if (digits.wrapping_add(u64::from_le_bytes(room)) | digits) & HIGH != 0 {
        return None;
    }
    Some((digits * 10 + (digits >> 8)).to_le_bytes())
}

/// A point and one to nine digits as nanoseconds, or nothing; the text goes on to their end. The digits are read from the end on
/// all at once, with zeros for what is not theirs: how many there are differs from text to text, and a loop would be guessed
/// wrongly.
#[inline(always)]
fn fraction(text: &[u8], point_and_digits: &[u8]) -> Option<u32> {
    let count = match point_and_digits {
        [] => 0,
        [b'.', digits @ ..] if !digits.is_empty() => digits.len(),
        _ => return None,
    };
    let scale = u64::from(*TENS.get(count)?);
    let [ninth, last @ ..] = text.last_chunk::<9>()?;
    let ninth = if count == 9 { u64::from(ninth ^ b'0') } else { 0 };
    let unused = u32::try_from(64 - count.min(8) * 8).ok()?;
    let digits = u64::from_le_bytes(*last) ^ u64::from_le_bytes(*b"00000000");
    let digits = digits & u64::MAX.checked_shl(unused).unwrap_or(0);
    if (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & HIGH != 0 || ninth > 9 {
        return None;
    }
    // Neighbours become numbers of two, four and eight digits.
    let twos = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eight = (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF;
    u32::try_from((ninth * 100_000_000 + eight) * scale).ok()
}

/// What so many digits of a fraction are to be multiplied with.
const TENS: [u32; 10] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Days since 1970-01-01 of a day from year 0 on; `None` when there is no such day.
#[inline(always)]
fn days(century: i32, year: i32, month: usize, day: i32) -> Option<i64> {
    let (before, length) = *MONTHS.get(month.wrapping_sub(1))?;
    let leap = if year == 0 { century % 4 == 0 } else { year % 4 == 0 };
    if day < 1 || day > length + i32::from(leap && month == 2) {
        return None;
    }
    // Of the years before this one, those that 4, but not those that 100, and then those that 400 divides: year 0 is one of them.
    let centuries = century + i32::from(year > 0);
    let leaps = century * 25 + (year + 3) / 4 - centuries + (centuries + 3) / 4;
    let before = (century * 100 + year) * 365 + leaps + before + i32::from(leap && month > 2);
    Some(i64::from(before + day - 1 - UNIX_EPOCH_FROM_0))
}

/// Of a year that is no leap year, the days before each month, and the days of each.
const MONTHS: [(i32, i32); 12] = [
    (0, 31),
    (31, 28),
    (59, 31),
    (90, 30),
    (120, 31),
    (151, 30),
    (181, 31),
    (212, 31),
    (243, 30),
    (273, 31),
    (304, 30),
    (334, 31),
];

/// 1970-01-01 in days from 0000-01-01.
const UNIX_EPOCH_FROM_0: i32 = 719_528;

/// 1970-01-01 in days from the first day of year 1, which is day 1.
const UNIX_EPOCH_FROM_CE: i64 = 719_163;

struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    /// The next `count` ASCII digits as a number.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits
            .iter()
            .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))?;
        self.0 = rest;
        Some(number)
    }

    /// One of these bytes.
    fn sign(&mut self, any_of: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| self.0 = rest)
    }

    /// The digits of a fraction as nanoseconds; `None` when there are none.
    fn fraction(&mut self) -> Option<u32> {
        let count = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        let padded = digits.iter().map(|digit| u32::from(digit - b'0')).chain(std::iter::repeat(0)).take(9);
        (count > 0).then(|| padded.fold(0, |nanos, digit| nanos * 10 + digit))
    }

    /// The offset in seconds, to the end of the text; `None` when there is no offset.
    fn offset(&mut self) -> Result<Option<i64>, Reason> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let seconds = if self.sign(b"Zz").is_some() {
            0
        } else {
            let east = match self.0.first() {
                Some(b'+') => 1,
                Some(b'-') => -1,
                // `+` is a space in a query string.
                Some(b' ') if self.0.get(1).is_some_and(u8::is_ascii_digit) => {
                    return Err("a space where the offset begins, in a query string `+` is written `%2B`");
                }
                _ => return Err("text after the time that is no offset"),
            };
            self.0 = &self.0[1..];
            let wrong = "an offset that is not `Z` or of the form `+hh:mm`";
            let hours = self.digits(2).ok_or(wrong)?;
            let minutes = self.sign(b":").and_then(|()| self.digits(2)).ok_or(wrong)?;
            if hours > 23 || minutes > 59 {
                return Err("an offset out of range");
            }
            east * (i64::from(hours) * 3600 + i64::from(minutes) * 60)
        };
        if self.0.is_empty() { Ok(Some(seconds)) } else { Err("text after the offset") }
    }
}

/// One text for one instant: UTC, as many digits of the fraction as it needs. A year outside 0000 to 9999, which an offset
/// or a `:60` can reach, is written with an offset, and at the very end with a `:60`, that bring it back.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = |shift: i64| DateTime::from_timestamp(self.seconds + shift, 0).map_or(10_000, |time| time.year());
        let (shift, zone) = match local(0) {
            year if year < 0 => (FARTHEST, "+23:59"),
            year if year > 9999 => (-FARTHEST, "-23:59"),
            _ => (0, "Z"),
        };
        let leap = i64::from(local(shift) > 9999);
        let time = DateTime::from_timestamp(self.seconds + shift - leap, 0).unwrap_or_default().naive_utc();
        let (date, clock) = (time.date(), time.time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), date.month(), date.day())?;
        write!(f, "{:02}:{:02}:{:02}", clock.hour(), clock.minute(), i64::from(clock.second()) + leap)?;
        if self.nanos > 0 {
            let fraction = format!("{:09}", self.nanos);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        f.write_str(zone)
    }
}

/// The largest offset, in seconds.
const FARTHEST: i64 = 86_340;
