//! One of everything that a member can be, its schema, and filters about it.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use scim_query::{Attr, AttrValue, AttributeDef, Member, Resource, Schema, Shape, Type, resource};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::reference::random::Random;

/// One of everything that a member can be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person<'a> {
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

pub fn shared<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

resource! { impl<'a> Resource for Person<'a> {
    "id" => id, "userName" => user_name, "title" => title, "nick" => nick, "shared" => shared, "active" => active, "age" => age,
    "weight" => weight, "created" => created, "changed" => changed, "state" => state, "name" => name, "emails" => emails,
    "tags" => tags, "scores" => scores,
} }

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
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
pub struct Name {
    family: Option<String>,
    given: String,
}

resource! { impl Resource for Name { "family" => family, "given" => given } }

pub struct Email<'a> {
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

pub fn schema() -> Schema {
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

pub const FILTERS: [&str; 44] = [
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

pub fn person(random: &mut Random, id: u64) -> Person<'static> {
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
