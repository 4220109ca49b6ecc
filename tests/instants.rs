//! The reader of the common layout of dateTimes and the general one are one reader. The first takes `T` only, so that the same
//! text with `t` goes through the second.

use scim_query::{AttributeDef, Fields, Filter, ListQuery, Profile, Schema, Type, list, resource};
use serde_json::json;

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
        assert_same(&schema, &written(&mut random));
    }
}

/// A dateTime in one of its spellings, or nearly one.
fn written(random: &mut Random) -> String {
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
    text
}

/// The same with another character, or with one less.
fn changed(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    let at = random.below(text.len());
    if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
        text.replace_range(
            at..at + 1,
            random.pick_str(&["", "0", "1", "2", "3", "8", "9", ":", "-", "+", ".", "Z", "/"]),
        );
    }
    text
}

struct Dated {
    id: u32,
    at: String,
}
resource! { impl Resource for Dated { "id" => id, "at" => at } }

fn dated() -> Schema {
    let attributes = [AttributeDef::new("id", Type::Integer), AttributeDef::new("at", Type::DateTime)];
    let schema = attributes.into_iter().fold(Schema::builder("urn:x:dated"), |schema, one| schema.attribute(one));
    schema.build().expect("a schema")
}

/// What is told by its digits and what is computed are in one order: the text with `t` is always computed.
#[test]
fn texts_are_before_and_behind_an_instant_by_what_they_say() {
    let (schema, mut random) = (dated(), Random::new(10));
    let mut seen = [0; 4];
    for _ in 0..20_000 {
        let known = written(&mut random);
        let Ok(filters) = ["eq", "ne", "gt", "ge", "lt", "le"]
            .map(|op| Filter::parse(&format!(r#"at {op} "{known}""#)).and_then(|filter| filter.check(&schema)))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
        else {
            continue;
        };
        for _ in 0..5 {
            let at = if random.percent(70) { changed(&known, &mut random) } else { written(&mut random) };
            let computed = Dated { id: 1, at: at.replacen('T', "t", 1) };
            let told = Dated { id: 1, at };
            let answers = filters.iter().map(|filter| {
                let predicate = filter.compile_for::<Dated>().expect("a struct of the schema");
                let answer = predicate.matches(&told);
                let value = json!({"id": 1, "at": told.at});
                assert_eq!(answer, predicate.matches(&computed), "{filter}: {}", told.at);
                assert_eq!(answer, filter.matches(&value), "{filter}: {value}");
                assert_eq!(
                    answer,
                    filter.compile_raw().matches(value.to_string().as_bytes()).unwrap(),
                    "{filter}: {value}"
                );
                answer
            });
            match answers.collect::<Vec<bool>>()[..] {
                [true, false, false, true, false, true] => seen[0] += 1,
                [false, true, true, true, false, false] => seen[1] += 1,
                [false, true, false, false, true, true] => seen[2] += 1,
                // No dateTime.
                [false, true, false, false, false, false] => seen[3] += 1,
                ref other => panic!("{other:?}: {} {known}", told.at),
            }
        }
    }
    assert!(seen.iter().all(|times| *times > 1_000), "{seen:?}");
}

/// A page passes over most resources by comparing their texts with one.
#[test]
fn a_page_is_the_beginning_of_all_in_order() {
    let (schema, mut random) = (dated(), Random::new(11));
    for round in 0..60 {
        let middle = written(&mut random);
        let all: Vec<Dated> = (0..1_000)
            .map(|id| {
                let at = if random.percent(80) { changed(&middle, &mut random) } else { written(&mut random) };
                Dated { id, at }
            })
            .collect();
        let direction = random.pick_str(&["asc", "desc"]);
        let query = ListQuery::parse(&format!("orderBy=at {direction}&limit=20"), &Profile::okta());
        let query = query.and_then(|query| query.check(&schema)).expect("a query");
        let page = list(all.iter().map(Fields::of), &query).expect("ids").resources;
        // By texts that are all computed.
        let computed: Vec<Dated> =
            all.iter().map(|one| Dated { id: one.id, at: one.at.replacen('T', "t", 1) }).collect();
        let mut sorted: Vec<_> = computed.iter().map(Fields::of).collect();
        query.ordering().sort(&mut sorted);
        let ids = |some: &[Fields<'_, Dated>]| -> Vec<u32> {
            some.iter().filter_map(|fields| fields.get_ref()).map(|one| one.id).collect()
        };
        assert_eq!(ids(&page), ids(&sorted[..20]), "{round}: {middle} {direction}");
    }
}
