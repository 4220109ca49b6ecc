//! Structs, by position and by name, and what serde writes of them, against the value that serde makes of them.

mod people;

use scim_query::{
    AttributeDef, CheckedFilter, Fields, Filter, ListQuery, OrderBy, Profile, Schema, Type, list, resource,
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use self::people::{FILTERS, Name, Person, person, schema};
use crate::reference::random::Random;

fn checked(text: &str) -> CheckedFilter {
    let filter = Filter::parse(text).and_then(|filter| filter.check(&schema()));
    filter.unwrap_or_else(|error| panic!("{error:#}"))
}

#[test]
fn structs_match_as_their_json_does() {
    let mut random = Random::new(4);
    let people: Vec<Person> = (0..400).map(|id| person(&mut random, id)).collect();
    schema().covers::<Person>().expect("a struct for the schema");
    for text in FILTERS {
        let filter = checked(text);
        let (by_value, by_position) = (filter.compile(), filter.compile_for::<Person>().expect("its attributes"));
        let raw = filter.compile_raw();
        let mut matches = 0;
        for person in &people {
            let value = serde_json::to_value(person).expect("JSON");
            let expected = by_value.matches(&value);
            matches += usize::from(expected);
            assert_eq!(by_position.matches(person), expected, "{text}, by position: {value}");
            assert_eq!(by_value.matches(Fields::of(person)), expected, "{text}, by name: {value}");
            assert_eq!(raw.matches_serialized(person).expect("JSON"), expected, "{text}, serialized: {value}");
            assert_eq!(raw.matches(value.to_string().as_bytes()), Ok(expected), "{text}, raw: {value}");
        }
        assert!((1..people.len()).contains(&matches), "{text}: {matches} matches");
    }
}

/// The same filters joined at random, as many pairs as `SCIM_QUERY_PAIRS` says.
#[test]
fn structs_match_joined_filters_as_their_json_does() {
    let pairs: usize = std::env::var("SCIM_QUERY_PAIRS").ok().map_or(1_000_000, |text| text.parse().expect("a number"));
    let mut random = Random::new(6);
    let people: Vec<Person> = (0..400).map(|id| person(&mut random, id)).collect();
    let values: Vec<Value> = people.iter().map(|person| serde_json::to_value(person).expect("JSON")).collect();
    let mut matches = 0;
    let rounds = pairs.div_ceil(people.len());
    for _ in 0..rounds {
        let mut text = format!("({})", random.pick(&FILTERS));
        for _ in 0..random.below(4) {
            let [open, word] = [random.pick_str(&["(", "not ("]), random.pick_str(&["and", "or"])];
            text = format!("{open}{text}) {word} {open}{})", random.pick(&FILTERS));
        }
        let filter = checked(&text);
        let (by_value, by_position) = (filter.compile(), filter.compile_for::<Person>().expect("its attributes"));
        let raw = filter.compile_raw();
        for (person, value) in people.iter().zip(&values) {
            let expected = by_value.matches(value);
            matches += usize::from(expected);
            assert_eq!(by_position.matches(person), expected, "{text}, by position: {value}");
            assert_eq!(by_value.matches(Fields::of(person)), expected, "{text}, by name: {value}");
            assert_eq!(raw.matches_serialized(person).expect("JSON"), expected, "{text}, serialized: {value}");
        }
    }
    let all = rounds * people.len();
    println!("{all} pairs, {matches} matches");
    assert!((all / 10..all / 10 * 9).contains(&matches), "{matches} of {all} match");
}

#[test]
fn structs_are_ordered_as_their_json_is() {
    let mut random = Random::new(5);
    let people: Vec<Person> = (0..200).map(|id| person(&mut random, id)).collect();
    let values: Vec<Value> = people.iter().map(|person| serde_json::to_value(person).expect("JSON")).collect();
    for text in [
        "created desc",
        "changed",
        "userName, created desc",
        "title desc, age",
        "weight",
        "emails",
        "tags desc",
        "given",
    ] {
        let order = OrderBy::parse(text).and_then(|order| order.check(&schema()));
        let order = order.unwrap_or_else(|error| panic!("{error:#}"));
        for left in 0..people.len() {
            let right = random.below(people.len());
            assert_eq!(
                order.compare(Fields::of(&people[left]), Fields::of(&people[right])),
                order.compare(&values[left], &values[right]),
                "{text}: {} {}",
                values[left],
                values[right],
            );
        }
    }
}

struct Row {
    id: u32,
    name: String,
}

resource! { impl Resource for Row { "id" => id, "name" => name } }

fn rows() -> Schema {
    let [id, name] = [AttributeDef::new("id", Type::Integer), AttributeDef::new("name", Type::String)];
    Schema::builder("urn:test:Row").attributes([id, name]).build().expect("a schema")
}

#[test]
fn structs_are_listed() {
    let rows_of: Vec<Row> = (0..100).map(|id| Row { id, name: format!("n{}", id % 10) }).collect();
    let query = ListQuery::parse("filter=name ne \"n3\"&orderBy=name desc&limit=12", &Profile::okta())
        .and_then(|query| query.check(&rows()))
        .expect("a query");
    let page = list(rows_of.iter().map(Fields::of), &query).expect("a page");
    let ids: Vec<u32> = page.resources.iter().filter_map(|fields| fields.get_ref()).map(|row| row.id).collect();
    assert_eq!(ids, [99, 89, 79, 69, 59, 49, 39, 29, 19, 9, 98, 88]);
    assert_eq!(page.total, 90);
}

#[test]
fn what_a_struct_lacks_is_told_when_it_is_compiled() {
    struct Small {
        user_name: u32,
        name: String,
    }
    resource! { impl Resource for Small { "userName" => user_name, "name" => name } }
    struct Extra {
        id: u32,
        nam: String,
    }
    resource! { impl Resource for Extra { "id" => id, "nam" => nam } }
    let without_module =
        |error: scim_query::BindError| error.to_string().rsplit("::").next().unwrap_or_default().to_owned();
    let told = |text: &str| without_module(checked(text).compile_for::<Small>().expect_err("a refusal"));
    let mut all = String::new();
    for text in
        ["age gt 3", "userName eq \"x\"", "given eq \"x\"", "emails[type eq \"x\"]", "not (active pr) or name pr"]
    {
        all += &format!("{text}\n  {}\n", told(text));
    }
    all += &format!("covers\n  {}\n", without_module(rows().covers::<Extra>().expect_err("a refusal")));
    all += &format!("covers\n  {}\n", without_module(schema().covers::<Row>().expect_err("a refusal")));
    all += &format!("covers\n  {}\n", without_module(rows().covers::<Name>().expect_err("a refusal")));
    insta::assert_snapshot!(all);
}

/// What is asked for by name only is not visited; what serde does to names and values is done.
#[test]
fn serializing_goes_only_where_the_filter_looks() {
    struct Trap;
    impl Serialize for Trap {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("visited"))
        }
    }
    #[derive(Serialize)]
    struct Inner {
        id: u32,
        trap: Trap,
    }
    #[derive(Serialize)]
    struct Flat {
        level: u8,
    }
    #[derive(Serialize)]
    struct Outer {
        trap: Trap,
        #[serde(rename = "in")]
        inner: Vec<Inner>,
        #[serde(flatten)]
        flat: Flat,
        map: std::collections::BTreeMap<u8, &'static str>,
        kind: Result<u8, Trap>,
        raw: Value,
    }
    let outer = || Outer {
        trap: Trap,
        inner: vec![Inner { id: 1, trap: Trap }, Inner { id: 2, trap: Trap }],
        flat: Flat { level: 3 },
        map: [(7, "seven")].into(),
        kind: Ok(5),
        raw: json!({"deep": [{"x": 1.5}, null]}),
    };
    let matches = |text: &str| {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&Schema::open())).expect("a filter");
        filter.compile_raw().matches_serialized(&outer())
    };
    for text in
        ["in.id eq 2", "level eq 3", "kind.Ok eq 5", "raw.deep.x gt 1", "not (in.id eq 3)", "map pr", "missing eq null"]
    {
        assert!(matches(text).unwrap_or_else(|error| panic!("{text}: {error}")), "{text}");
    }
    assert_eq!(matches("trap pr").expect_err("visited").to_string(), "visited");
    assert_eq!(matches("in[id eq 2]").expect_err("an element is asked whether it is assigned").to_string(), "visited");
}

/// S11: exact, whatever its scale.
#[cfg(feature = "rust_decimal")]
#[test]
fn decimals_of_structs_are_exact() {
    use rust_decimal::Decimal;

    struct Price {
        id: u32,
        amount: Decimal,
    }
    resource! { impl Resource for Price { "id" => id, "amount" => amount } }

    let [id, amount] = [AttributeDef::new("id", Type::Integer), AttributeDef::new("amount", Type::Decimal)];
    let schema = Schema::builder("urn:test:Price").attributes([id, amount]).build().expect("a schema");
    let of = |amount: &str| Price { id: amount.len() as u32, amount: amount.parse().expect("a decimal") };
    let matches = |text: &str, price: &Price| {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&schema)).expect("a filter");
        let by_name = filter.matches(Fields::of(price));
        assert_eq!(filter.compile_for::<Price>().expect("its attributes").matches(price), by_name);
        by_name
    };
    let long = of("79228162514264337593543950.335");
    assert!(matches("amount eq 79228162514264337593543950.3350", &long));
    assert!(matches("amount gt 79228162514264337593543950.33499999", &long));
    assert!(matches("amount lt 79228162514264337593543950.335000001", &long));
    assert!(matches("amount eq 0.1 and amount ge 1e-1", &of("0.100")));
    assert!(matches("amount eq 0", &of("-0.00")));
    assert!(matches("amount lt -1e-28", &of("-0.0000000000000000000000000002")));

    let mut prices = [of("2.50"), of("-1"), of("2.5000001"), of("100")];
    prices.sort_by(|left, right| {
        let order = OrderBy::parse("amount desc").and_then(|order| order.check(&schema)).expect("an order");
        order.compare(Fields::of(left), Fields::of(right))
    });
    let query = ListQuery::parse("orderBy=amount&limit=4", &Profile::okta()).and_then(|query| query.check(&schema));
    let query = query.expect("a query");
    let page = list(prices.iter().map(Fields::of), &query).expect("a page");
    let listed: Vec<Decimal> = page.resources.iter().filter_map(|one| one.get_ref()).map(|one| one.amount).collect();
    let sorted: Vec<Decimal> = prices.iter().rev().map(|one| one.amount).collect();
    assert_eq!(listed, sorted);
    assert!(listed.is_sorted());
}
