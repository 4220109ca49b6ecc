//! dateTimes in the layout that nearly all have, eight bytes at once.

use super::Instant;

/// The instant of a text in the layout that nearly all dateTimes have, `2022-05-24T14:15:22[.123](Z|+02:00)`, without a step for
/// each sign: ordering and filtering read one for each resource. `None` leaves the text, right or wrong, to [`Instant::read`].
#[inline(always)]
pub(super) fn instant(text: &[u8]) -> Option<Instant> {
    let (head, rest) = text.split_first_chunk()?;
    let head = Head::read(head)?;
    let (rest, offset) = match rest {
        [rest @ .., b'Z'] => (rest, 0),
        [rest @ .., sign, h1, h2, b':', i1, i2] => (rest, offset(*sign, [*h1, *h2, *i1, *i2])?),
        _ => return None,
    };
    let nanos = Fraction::read(text.get(..LENGTH + rest.len())?, rest)?.nanos()?;
    Some(Instant { seconds: head.seconds()? - i64::from(offset), nanos })
}

/// The date and time of the same text, where it is in UTC, as numbers in the order of what they say, which is not computed.
#[inline(always)]
pub(super) fn words_in_utc(text: &[u8]) -> Option<[u64; 3]> {
    let (head, rest) = text.split_first_chunk()?;
    let [rest @ .., b'Z'] = rest else { return None };
    Head::read(head)?;
    Fraction::read(text.get(..LENGTH + rest.len())?, rest)?;
    Some(words(head))
}

/// The bytes, some of them twice, as numbers in their order.
#[inline(always)]
pub(super) fn words(head: &[u8; LENGTH]) -> [u64; 3] {
    let word = |at: usize| head.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_be_bytes(*word));
    [word(0), word(8), word(LENGTH - 8)]
}

/// Of a date and a time, `2022-05-24T14:15:22`.
pub(super) const LENGTH: usize = 19;

/// A date and a time that there are.
struct Head {
    date: [u8; 8],
    /// Day, hour and minute.
    middle: [u8; 8],
    second: u8,
}

impl Head {
    #[inline(always)]
    fn read(text: &[u8; LENGTH]) -> Option<Head> {
        let date = pairs(text, 0, b"0000-00-")?;
        let middle = pairs(text, 8, b"00T00:00")?;
        let last = pairs(text, 11, b"00:00:00")?;
        // `24:00:00` and `:60` are times, too, but rare ones.
        let beyond = beyond(middle, [99, 99, 99, 23, 99, 99, 59, 99]) | beyond(last, [99, 99, 99, 99, 99, 99, 59, 99]);
        let (date, middle, [.., second, _]) = (date.to_le_bytes(), middle.to_le_bytes(), last.to_le_bytes());
        let ([century, _, year, _, _, month, _, _], [day, ..]) = (date, middle);
        (beyond == 0 && has_day(century, year, month, day)).then_some(Head { date, middle, second })
    }

    /// Since 1970, in UTC.
    #[inline(always)]
    fn seconds(&self) -> Option<i64> {
        let [century, _, year, _, _, month, _, _] = self.date;
        let [day, _, _, hour, _, _, minute, _] = self.middle;
        let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(self.second);
        Some(days(century.into(), year.into(), month.into(), day.into())? * 86_400 + time)
    }
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

/// Something but 0, if one of the numbers is greater than its limit; all are at most 99.
#[inline(always)]
fn beyond(numbers: u64, limits: [u8; 8]) -> u64 {
    let room = u64::from_le_bytes(limits.map(|limit| 0x7F - limit));
    numbers.wrapping_add(room) & HIGH
}

/// Of the eight bytes there, at each the number of two digits that begins at it; `None` if they are not as the pattern, in which
/// `0` is any digit. All at once: the XOR with the pattern is at most 9 for a digit, and 0 for a sign.
#[inline(always)]
fn pairs(text: &[u8; LENGTH], at: usize, pattern: &[u8; 8]) -> Option<u64> {
    let text = text.get(at..)?.first_chunk()?;
    let room = pattern.map(|sign| if sign == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    let digits = u64::from_le_bytes(*text) ^ u64::from_le_bytes(*pattern);
    if (digits.wrapping_add(u64::from_le_bytes(room)) | digits) & HIGH != 0 {
        return None;
    }
    Some(digits * 10 + (digits >> 8))
}

/// A point and one to nine digits, or nothing.
struct Fraction {
    /// The ninth digit from the end, where there are so many, and those behind it, zeros before them.
    ninth: u64,
    digits: u64,
    scale: u32,
}

impl Fraction {
    /// The text goes on to their end. The digits are read from the end on all at once, with zeros for what is not theirs: how many
    /// there are differs from text to text, and a loop would be guessed wrongly.
    #[inline(always)]
    fn read(text: &[u8], point_and_digits: &[u8]) -> Option<Fraction> {
        let count = match point_and_digits {
            [] => 0,
            [b'.', digits @ ..] if !digits.is_empty() => digits.len(),
            _ => return None,
        };
        let scale = *TENS.get(count)?;
        let [ninth, last @ ..] = text.last_chunk::<9>()?;
        let ninth = if count == 9 { u64::from(ninth ^ b'0') } else { 0 };
        let unused = u32::try_from(64 - count.min(8) * 8).ok()?;
        let digits = u64::from_le_bytes(*last) ^ u64::from_le_bytes(*b"00000000");
        let digits = digits & u64::MAX.checked_shl(unused).unwrap_or(0);
        let are_digits = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & HIGH == 0 && ninth <= 9;
        are_digits.then_some(Fraction { ninth, digits, scale })
    }

    #[inline(always)]
    fn nanos(&self) -> Option<u32> {
        // Neighbours become numbers of two, four and eight digits.
        let twos = (self.digits * 10 + (self.digits >> 8)) & 0x00FF_00FF_00FF_00FF;
        let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
        let eight = (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF;
        u32::try_from((self.ninth * 100_000_000 + eight) * u64::from(self.scale)).ok()
    }
}

/// What so many digits of a fraction are to be multiplied with.
const TENS: [u32; 10] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Whether there is such a day.
#[inline(always)]
fn has_day(century: u8, year: u8, month: u8, day: u8) -> bool {
    let Some((_, length)) = MONTHS.get(usize::from(month).wrapping_sub(1)) else { return false };
    // Each month has so many.
    (1..=28).contains(&day)
        || (day > 0 && i32::from(day) <= length + i32::from(month == 2 && is_leap(century.into(), year.into())))
}

#[inline(always)]
fn is_leap(century: i32, year: i32) -> bool {
    if year == 0 { century % 4 == 0 } else { year % 4 == 0 }
}

/// Days since 1970-01-01 of a day that there is, from year 0 on.
#[inline(always)]
fn days(century: i32, year: i32, month: usize, day: i32) -> Option<i64> {
    let (before, _) = *MONTHS.get(month.wrapping_sub(1))?;
    // Of the years before this one, those that 4, but not those that 100, and then those that 400 divides: year 0 is one of them.
    let centuries = century + i32::from(year > 0);
    let leaps = century * 25 + (year + 3) / 4 - centuries + (centuries + 3) / 4;
    let before = (century * 100 + year) * 365 + leaps + before + i32::from(month > 2 && is_leap(century, year));
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
