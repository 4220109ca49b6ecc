//! The reader of the common layout of dateTimes and the general one are one reader. The first takes `T` only, so that the same
//! text with `t` goes through the second.

use scim_query::{Filter, Schema};

use crate::support::random::Random;

/// The instant in its one spelling, or what is wrong.
fn read(schema: &Schema, text: &str) -> Result<String, String> {
    let filter = format!(r#"meta.created eq "{text}""#);
    let checked = Filter::parse(&filter).and_then(|filter| filter.check(schema));
    checked.map(|filter| filter.to_string()).map_err(|error| error.to_string())
}

fn assert_same(schema: &Schema, text: &str) {
    assert_eq!(read(schema, text), read(schema, &text.replacen('T', "t", 1)), "{text}");
}

#[test]
fn every_day_of_years_of_each_kind_is_the_same_day() {
    let schema = Schema::user();
    let years = [0..=5, 95..=105, 395..=405, 1582..=1583, 1896..=1904, 1968..=2004, 2096..=2104, 9995..=9999];
    for year in years.into_iter().flatten() {
        for month in 0..=13 {
            for day in 0..=32 {
                assert_same(&schema, &format!("{year:04}-{month:02}-{day:02}T14:15:22Z"));
            }
        }
    }
}

#[test]
fn generated_texts_are_the_same_instant_or_the_same_mistake() {
    let schema = Schema::user();
    let mut random = Random::new(9);
    for _ in 0..100_000 {
        let mut text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            random.below(10_000),
            random.between(1, 12),
            random.between(1, 31),
            random.below(25),
            random.below(61),
            random.below(62),
        );
        if random.percent(60) {
            text.push('.');
            (0..random.below(13)).for_each(|_| text.push(char::from(b'0' + random.below(10) as u8)));
        }
        match random.below(6) {
            0 => {}
            1..=2 => text.push('Z'),
            3 => text.push('z'),
            _ => text += &format!("{}{:02}:{:02}", random.pick_str(&["+", "-"]), random.below(26), random.below(62)),
        }
        if random.percent(30) {
            let at = random.below(text.len());
            let new = random.pick_str(&["", "0", "9", ":", "-", "+", ".", "T", "Z", "/", " ", "é"]);
            text.replace_range(at..at + 1, new);
        }
        assert_same(&schema, &text);
    }
}
