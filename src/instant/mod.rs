//! dateTimes as instants, to the nanosecond (S10).

mod usual;

use std::cmp::Ordering;
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
        match Instant::parse_usual(text.as_bytes()) {
            Some(instant) => Ok(instant),
            None => Instant::parse_unusual(text),
        }
    }

    /// As [`Instant::parse`] of what [`Instant::parse_usual`] has left.
    fn parse_unusual(text: &str) -> Result<Instant, Reason> {
        let (instant, offset) = Instant::read(text)?;
        offset.map(|offset| instant.minus(offset)).ok_or(NO_OFFSET)
    }

    /// As [`Instant::parse`] of the layout that nearly all dateTimes have; `None` leaves the text, right or wrong, to that.
    /// Not inlined: it would burden the loops that it is called from.
    #[inline(never)]
    pub(crate) fn parse_usual(text: &[u8]) -> Option<Instant> {
        usual::instant(text)
    }

    /// As [`Instant::parse`], but a missing offset is UTC (Q6); tells whether it was missing.
    pub(crate) fn parse_lenient(text: &str) -> Result<(Instant, bool), Reason> {
        let (instant, offset) = Instant::read(text)?;
        Ok((instant.minus(offset.unwrap_or(0)), offset.is_none()))
    }

    /// `2022-05-24T14:15:22.123456789` in UTC, of years 0000 to 9999: instants have the order of these texts.
    pub(crate) fn text(self) -> Option<[u8; 29]> {
        let mut text = *b"0000-00-00T00:00:00.000000000";
        text[..usual::LENGTH].copy_from_slice(&self.head()?);
        if self.nanos > 0 {
            write_digits(&mut text[usual::LENGTH + 1..], self.nanos);
        }
        Some(text)
    }

    /// The same without the fraction.
    fn head(self) -> Option<[u8; usual::LENGTH]> {
        let time = DateTime::from_timestamp(self.seconds, 0)?.naive_utc();
        let (date, clock) = (time.date(), time.time());
        let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
        let mut text = *b"0000-00-00T00:00:00";
        let numbers = [year / 100, year % 100, date.month(), date.day(), clock.hour(), clock.minute(), clock.second()];
        for (at, number) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(numbers) {
            write_digits(&mut text[at..at + 2], number);
        }
        Some(text)
    }

    fn minus(self, offset: i64) -> Instant {
        Instant { seconds: self.seconds - offset, ..self }
    }

    /// The local time as if it were UTC, and the offset in seconds, if there is one. Out of line: it is for what [`usual`] leaves.
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

/// The last digits of a number, as many as there is room for.
fn write_digits(room: &mut [u8], number: u32) {
    let mut rest = number;
    for digit in room.iter_mut().rev() {
        *digit = b"0123456789"[rest as usize % 10];
        rest /= 10;
    }
}

/// An instant that texts are compared with. Most are told by their digits, without what these come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownInstant {
    instant: Instant,
    /// The digits of its date and time in UTC, which stand in the order of what they say.
    words: Option<[u64; 3]>,
}

impl KnownInstant {
    pub(crate) fn new(instant: Instant) -> KnownInstant {
        KnownInstant { instant, words: instant.head().map(|head| usual::words(&head)) }
    }

    pub(crate) fn instant(&self) -> Instant {
        self.instant
    }

    /// The order of the instant that a text says, and this one; `None` as of [`Instant::parse_usual`], and not inlined either.
    #[inline(never)]
    pub(crate) fn order_of_usual(&self, text: &[u8]) -> Option<Ordering> {
        if let (Some(known), Some(words)) = (self.words, usual::words_in_utc(text))
            && let order @ (Ordering::Less | Ordering::Greater) = words.cmp(&known)
        {
            return Some(order);
        }
        Some(Instant::parse_usual(text)?.cmp(&self.instant))
    }

    /// The same of any text; `None` where it is no dateTime.
    #[inline]
    pub(crate) fn order_of(&self, text: &str) -> Option<Ordering> {
        self.order_of_usual(text.as_bytes()).or_else(|| Some(Instant::parse_unusual(text).ok()?.cmp(&self.instant)))
    }
}

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
