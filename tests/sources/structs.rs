//! Structs, by position and by name, and what serde writes of them, against the value that serde makes of them.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use scim_query::{
    Attr, AttrValue, AttributeDef, CheckedFilter, Fields, Filter, ListQuery, Member, OrderBy, Profile, Resource,
    Schema, Shape, Type, list, resource,
};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::reference::random::Random;

/// One of everything that a member can be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person<'a> {
    id: u64,
    user_name: &'a str,
    title: Option<String>,
    nick: Cow<'a, str>,
    #[serde(serialize_with = "shared")]
    shared: Arc<str>,
    active: bool,
    age: Option<i32>,
    weight: f64,
    created: DateTime<Utc>,
    changed: Option<DateTime<FixedOffset>>,
    state: State,
    name: Option<Name>,
    emails: Vec<Email<'a>>,
    tags: Option<Vec<&'a str>>,
    scores: [u8; 3],
    /// Of no attribute.
    secret: &'a str,
}

fn shared<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

resource! { impl<'a> Resource for Person<'a> {
    "id" => id, "userName" => user_name, "title" => title, "nick" => nick, "shared" => shared, "active" => active, "age" => age,
    "weight" => weight, "created" => created, "changed" => changed, "state" => state, "name" => name, "emails" => emails,
    "tags" => tags, "scores" => scores,
} }

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum State {
    Open,
    Closed,
}

impl AttrValue for State {
    const SHAPE: Shape = Shape::TEXT;

    fn attr(&self) -> Attr<'_> {
        Attr::String(match self {
            State::Open => "OPEN",
            State::Closed => "CLOSED",
        })
    }
}

#[derive(Serialize)]
struct Name {
    family: Option<String>,
    given: String,
}

resource! { impl Resource for Name { "family" => family, "given" => given } }

struct Email<'a> {
    value: &'a str,
    kind: Option<&'a str>,
    primary: Option<bool>,
}

/// By hand, as a map, so that members can be left out and computed.
impl Serialize for Email<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("value", self.value)?;
        if let Some(kind) = self.kind {
            map.serialize_entry("type", kind)?;
        }
        map.serialize_entry("primary", &self.primary)?;
        map.serialize_entry("length", &self.value.len())?;
        map.end()
    }
}

impl Resource for Email<'_> {
    fn members() -> &'static [Member] {
        const {
            &[
                Member::of("value", |email: &Self| &email.value),
                Member::of("type", |email: &Self| &email.kind),
                Member::of("primary", |email: &Self| &email.primary),
                Member::computed("length", Shape::NUMBER),
            ]
        }
    }

    fn member(&self, position: usize) -> Attr<'_> {
        match position {
            0 => self.value.attr(),
            1 => self.kind.attr(),
            2 => self.primary.attr(),
            3 => Attr::Number(scim_query::Number::I64(self.value.len() as i64)),
            _ => Attr::Unassigned,
        }
    }
}

fn schema() -> Schema {
    let of = AttributeDef::new;
    let email = [
        of("value", Type::String),
        of("type", Type::String),
        of("primary", Type::Boolean),
        of("length", Type::Integer),
    ];
    Schema::builder("urn:test:Person")
        .attributes([
            of("id", Type::Integer),
            of("userName", Type::String),
            of("title", Type::String),
            of("nick", Type::String).case_exact(),
            of("shared", Type::String),
            of("active", Type::Boolean),
            of("age", Type::Integer),
            of("weight", Type::Decimal),
            of("created", Type::DateTime),
            of("changed", Type::DateTime),
            of("state", Type::String).case_exact(),
            of("name", Type::Complex).sub_attributes([of("family", Type::String), of("given", Type::String)]),
            of("given", Type::String).at(["name", "given"]),
            of("emails", Type::Complex).multi_valued().sub_attributes(email),
            of("tags", Type::String).multi_valued(),
            of("scores", Type::Integer).multi_valued(),
        ])
        .build()
        .expect("a schema")
}

const FILTERS: [&str; 44] = [
    "id eq 3",
    "id gt 18446744073709551614",
    "userName sw \"B\"",
    "userName co \"o\" and not (title pr)",
    "title eq null",
    "title ne null or title eq \"\"",
    "title ne \"Boss\"",
    "nick eq \"bo\"",
    "nick eq \"bo\" or nick eq \"Bo\" or nick eq \"x\" or nick eq \"y\" or nick eq \"z\" or nick eq \"zz\"",
    "shared ew \"E\"",
    "active eq true",
    "not (active eq false and age lt 40)",
    "age ge 18 and age le 65",
    "age pr",
    "age eq null",
    "weight gt 70.25",
    "weight eq 0.1 or weight lt -1e300",
    "weight pr",
    "created ge \"2022-05-24T14:15:22Z\"",
    "created lt \"2022-05-24T16:15:22.000000001+02:00\"",
    "created eq \"2022-05-24T14:15:22Z\" or created eq \"2022-05-24T14:15:23Z\"",
    "changed pr and changed le \"2023-01-01T00:00:00Z\"",
    "changed ne \"2022-05-24T14:15:22Z\"",
    "state eq \"OPEN\"",
    "state ne \"OPEN\" and active eq true",
    "name pr",
    "name eq null",
    "name.family eq \"SMITH\"",
    "name[family co \"smi\" and given sw \"a\"]",
    "name.given eq \"Ann\" or given eq \"bob\"",
    "given co \"N\"",
    "emails pr",
    "emails eq null",
    "emails co \"@example.com\"",
    "emails.type eq \"work\"",
    "emails.type ne \"work\"",
    "not (emails.type eq \"work\")",
    "emails[type eq \"work\" and value co \"@example.com\"]",
    "emails[primary eq true] and emails[primary eq false]",
    "emails.primary eq false",
    "emails[length gt 12 and not (type pr)]",
    "tags eq \"Red\" and not (tags eq \"blue\")",
    "tags pr or scores eq 3",
    "scores gt 250 and (scores lt 3 or userName eq \"bob\")",
];

fn person(random: &mut Random, id: u64) -> Person<'static> {
    let seconds = 1_653_401_722 + random.below(3) as i64 * [1, 86_400 * 365][random.below(2)] - random.below(2) as i64;
    let created = DateTime::from_timestamp(seconds, random.below(2) as u32 * 500_000_000).expect("an instant");
    // No text of RFC 3339 can write these.
    let far =
        [-70_000_000_000, 253_402_300_800].map(|seconds| DateTime::from_timestamp(seconds, 0).expect("an instant"));
    let created = if random.percent(8) { *random.pick(&far) } else { created };
    let offset = FixedOffset::east_opt(random.below(24) as i32 * 1800 - 20_040).expect("an offset");
    let name = |random: &mut Random| Name {
        family: random.percent(70).then(|| random.pick_str(&["Smith", "smi", ""]).to_owned()),
        given: random.pick_str(&["Ann", "bob", ""]).to_owned(),
    };
    let email = |random: &mut Random| Email {
        value: random.pick_str(&["bob@example.com", "a@example.org", ""]),
        kind: random.percent(70).then(|| random.pick_str(&["work", "Home"])),
        primary: random.percent(50).then(|| random.percent(50)),
    };
    Person {
        id: if random.percent(10) { u64::MAX } else { id % 7 },
        user_name: random.pick_str(&["bob", "Bo", "ann", "", "J\u{f6}rg \"x\""]),
        title: random.percent(60).then(|| random.pick_str(&["Boss", "boss", "", "Clerk"]).to_owned()),
        nick: random.pick_str(&["bo", "Bo", "x", "\\"]).into(),
        shared: random.pick_str(&["e", "E", "the", "x"]).into(),
        active: random.percent(50),
        age: random.percent(70).then(|| random.below(80) as i32),
        weight: *random.pick(&[70.25, 70.5, 0.1, -1e301, f64::NAN, f64::INFINITY, -0.0]),
        created,
        changed: random.percent(60).then(|| created.with_timezone(&offset)),
        state: *random.pick(&[State::Open, State::Closed]),
        name: random.percent(70).then(|| name(random)),
        emails: (0..random.below(4)).map(|_| email(random)).collect(),
        tags: random.percent(60).then(|| (0..random.below(3)).map(|_| random.pick_str(&["red", "BLUE", ""])).collect()),
        scores: [random.below(4) as u8, 7, 250 + random.below(6) as u8],
        secret: "OPEN",
    }
}

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
