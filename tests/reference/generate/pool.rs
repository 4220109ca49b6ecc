//! The scalars of one world, and how they are spelled otherwise.

use super::scalars::{FAR_NUMBERS, INSTANTS, MALFORMED_INSTANTS, NUMBERS, STRINGS};
use crate::reference::random::Random;

/// The scalars of one world.
pub struct Pool {
    pub strings: Vec<String>,
    pub numbers: Vec<String>,
    pub instants: Vec<String>,
}

impl Pool {
    pub fn new(random: &mut Random) -> Pool {
        let mut strings: Vec<String> = (0..8).map(|_| random.pick_str(STRINGS).to_owned()).collect();
        strings.extend((0..3).map(|_| letters(random)));
        strings.extend((0..2).map(|_| any_text(random)));
        for _ in 0..4 {
            let of = random.pick(&strings).clone();
            strings.push(other_case(random, &of));
        }
        let mut numbers: Vec<String> = (0..8).map(|_| random.pick_str(NUMBERS).to_owned()).collect();
        numbers.extend((0..3).map(|_| random.below(4).to_string()));
        numbers.push(any_double(random));
        numbers.push((random.next() as i64).to_string());
        let mut instants: Vec<String> = (0..4).map(|_| random.pick_str(INSTANTS).to_owned()).collect();
        instants.extend((0..5).map(|_| moment(random)));
        Pool { strings, numbers, instants }
    }

    pub fn string(&self, random: &mut Random) -> String {
        random.pick(&self.strings).clone()
    }

    pub fn number(&self, random: &mut Random) -> String {
        random.pick(&self.numbers).clone()
    }

    /// Mostly well-formed.
    pub fn instant(&self, random: &mut Random) -> String {
        if random.percent(6) { malformed_instant(random) } else { random.pick(&self.instants).clone() }
    }
}

pub fn malformed_instant(random: &mut Random) -> String {
    random.pick_str(MALFORMED_INSTANTS).to_owned()
}

fn letters(random: &mut Random) -> String {
    let length = random.between(1, 4);
    (0..length).map(|_| *random.pick(&['a', 'b', 'A', 'B', '1'])).collect()
}

fn any_text(random: &mut Random) -> String {
    let length = random.between(1, 5);
    (0..length).map(|_| any_char(random)).collect()
}

/// Any scalar value but those of [`added_later`].
fn any_char(random: &mut Random) -> char {
    loop {
        let bound = *random.pick(&[0x80, 0x250, 0x600, 0x3000, 0x10000, 0x20000, 0x110000]);
        match char::from_u32(random.below(bound) as u32) {
            Some(c) if !added_later(c) => return c,
            _ => {}
        }
    }
}

/// The blocks in which Unicode has got letters with case after version 14, to which F1 pins the fold and the standard
/// library does not.
fn added_later(c: char) -> bool {
    matches!(c, '\u{1c80}'..='\u{1c8f}' | '\u{a7ca}'..='\u{a7ff}' | '\u{10d40}'..='\u{10d8f}' | '\u{16e80}'..='\u{16eff}')
}

/// The text with the case of some of its letters changed, where that is one character again.
pub fn other_case(random: &mut Random, text: &str) -> String {
    let mut changed = String::new();
    for c in text.chars() {
        let upper: Vec<char> = c.to_uppercase().collect();
        let lower: Vec<char> = c.to_lowercase().collect();
        changed.push(match (upper.as_slice(), lower.as_slice()) {
            ([upper], _) if *upper != c && !added_later(*upper) && random.percent(60) => *upper,
            (_, [lower]) if random.percent(60) => *lower,
            _ => c,
        });
    }
    changed
}

fn any_double(random: &mut Random) -> String {
    loop {
        let double = f64::from_bits(random.next());
        if double.is_finite() {
            return format!("{double:e}");
        }
    }
}

/// A moment near noon of one of few days, in one of many spellings.
fn moment(random: &mut Random) -> String {
    let minute = *random.pick(&[0, 0, 30]);
    let offset = *random.pick(&[0, 0, 60, -120, 330, -570, 719, -719]);
    spelled(random, minute, offset)
}

/// Another spelling of a moment like those of [`moment`], by chance the same moment.
pub fn another_moment(random: &mut Random) -> String {
    moment(random)
}

fn spelled(random: &mut Random, minute: i32, offset: i32) -> String {
    let day = random.pick_str(&["2021-06-01", "2021-06-01", "2021-06-02", "1969-12-31"]);
    let local = 12 * 60 + minute + offset;
    let (local, offset) = if (0..24 * 60).contains(&local) { (local, offset) } else { (12 * 60 + minute, 0) };
    let second = random.pick_str(&["00", "00", "59"]);
    let fraction =
        random.pick_str(&["", "", ".0", ".5", ".500", ".123456", ".123456789", ".1234567891", ".000000000000"]);
    let zone = match (offset, random.below(4)) {
        (0, 0) => "z".to_owned(),
        (0, 1) => "+00:00".to_owned(),
        (0, _) => "Z".to_owned(),
        _ => {
            let sign = if offset < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
        }
    };
    let t = random.pick_str(&["T", "T", "T", "t"]);
    format!("{day}{t}{:02}:{:02}:{second}{fraction}{zone}", local / 60, local % 60)
}

/// Another way to write a number, or a number so near that a rounding reader takes it for the same.
pub fn respelled(random: &mut Random, number: &str) -> String {
    let plain = !number.contains(['.', 'e', 'E']);
    let fraction = number.contains('.') && !number.contains(['e', 'E']);
    match random.below(13) {
        0 if plain => format!("{number}.0"),
        1 if plain => format!("{number}.000e0"),
        2 if plain && number.trim_start_matches('-') != "0" => format!("{number}0e-1"),
        3 if plain => format!("{number}.0{}", "0".repeat(300)),
        4 if plain => format!("{number}.{}1", "0".repeat(random.between(1, 300))),
        5 if fraction => format!("{number}000E+0"),
        6 if fraction => format!("{number}00000000000000000001"),
        7 => number.replace('e', "E"),
        8 if plain && number.trim_start_matches('-') != "0" => {
            let zeros = random.between(1, 300);
            format!("{number}{}E-{zeros}", "0".repeat(zeros))
        }
        9 => random.pick_str(FAR_NUMBERS).to_owned(),
        10 if plain => {
            let digits = number.trim_start_matches('-');
            let sign = &number[..number.len() - digits.len()];
            let zeros = random.between(0, 300);
            format!("{sign}0.{}{digits}e+{}", "0".repeat(zeros), zeros + digits.len())
        }
        _ => number.to_owned(),
    }
}
