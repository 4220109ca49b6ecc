//! Inputs that are made to cost more than their length: keys and texts that collide, texts that nearly match, long numbers and
//! dates, brackets without end, and cursors that say what no list said.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scim_query::{
    BodyFilter, CheckedFilter, CursorKind, Cursors, Filter, Limits, ListError, ListQuery, Options, OrderBy, Profile,
    Schema, attr, list,
};
use serde_json::{Map, Value, json};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::{on_a_small_stack, raised, within};
use crate::support::cases::test_user;

fn options() -> Options {
    Options::default().with_limits(raised())
}

fn checked(text: &str, schema: &Schema) -> CheckedFilter {
    let filter = Filter::parse_with(text, &options()).and_then(|filter| filter.check_with(schema, &options()));
    filter.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_million_terms_run() {
    let schema = Schema::user();
    for (term, same) in [("title pr", true), ("title eq \"x", false)] {
        let terms: Vec<String> =
            (0..1_000_000).map(|at| if same { term.to_owned() } else { format!("{term}{at}\"") }).collect();
        let text = terms.join(" or ");
        drop(terms);
        // The tree, what it is checked to, and what is compiled from that.
        within(1_200_000_000, || {
            let filter = checked(&text, &schema);
            assert!(filter.matches(&json!({"title": "x999999"})) && !filter.matches(&json!({"title": ""})));
        });
    }
}

/// Two texts of one sum under hashes that multiply by 31, again and again.
fn colliding(count: u32) -> Vec<String> {
    let bits = count.next_power_of_two().trailing_zeros();
    let text = |number: u32| (0..bits).map(|bit| if number >> bit & 1 == 1 { "Aa" } else { "BB" }).collect();
    (0..count).map(text).collect()
}

#[test]
fn texts_and_keys_that_collide_cost_no_more_than_others() {
    let texts = colliding(100_000);
    for (schema, name) in [(Schema::user(), "title"), (Schema::user(), "id"), (Schema::open(), "a")] {
        let terms = texts.iter().map(|text| format!("{name} eq \"{text}\"")).collect::<Vec<_>>().join(" or ");
        within(300_000_000, || {
            let filter = checked(&terms, &schema);
            assert!(texts.iter().all(|text| filter.matches(&json!({name: text}))));
            assert!(!filter.matches(&json!({name: "AaBB"})));
        });
    }
    // As the keys of a record: below what a filter asks, beside it, and instead of it.
    let members: Map<String, Value> = texts.iter().map(|text| (text.clone(), Value::Null)).collect();
    for (record, present) in [
        (json!({"a": members, "b": 1}), false),
        (json!({"a": [members.clone(), members]}), false),
        (json!({"a": {"AaAa": 1}}), true),
    ] {
        let text = record.to_string();
        within(60_000_000 + 10 * text.len(), || {
            let filter = checked("a pr", &Schema::open());
            assert_eq!(filter.matches(&record), present);
            let raw = filter.compile_raw();
            assert_eq!(raw.matches(text.as_bytes()), Ok(present));
            assert_eq!(raw.clone().validating().matches(text.as_bytes()), Ok(present));
            assert_eq!(raw.assume_unique_keys().matches(text.as_bytes()), Ok(present));
        });
    }
    // One key again and again: the last counts.
    let again = format!("{{{}\"a\":2}}", "\"a\":1,".repeat(500_000));
    within(1_000_000, || {
        let raw = checked("a eq 2", &Schema::open()).compile_raw();
        assert_eq!(raw.matches(again.as_bytes()), Ok(true));
        assert_eq!(raw.validating().matches(again.as_bytes()), Ok(true));
    });
}

#[test]
fn long_dates_and_stored_numbers_are_read_in_linear_time() {
    let digits = "7".repeat(5_000_000);
    let date = |rest: &str| format!("2024-01-15T10:30:45{rest}");
    let accepted = [date(&format!(".{digits}Z")), date(&format!(".{digits}+01:00"))];
    for text in &accepted {
        on_a_small_stack(|| {
            let filter = checked(&format!("meta.created eq \"{text}\""), &Schema::user());
            assert!(filter.matches(&json!({"meta": {"created": text}})), "the tenth digit does not count");
            assert!(!filter.matches(&json!({"meta": {"created": date(".777Z")}})));
        });
    }
    for text in [date(&format!(".{digits}")), date(&digits), format!("2024{digits}"), digits.clone()] {
        on_a_small_stack(|| {
            let filter = format!("meta.created eq \"{text}\"");
            let error = Filter::parse_with(&filter, &options())
                .and_then(|filter| filter.check_with(&Schema::user(), &options()));
            assert_eq!(error.expect_err("no dateTime").code(), "date_time_invalid");
            assert!(checked("meta.created eq null", &Schema::user()).matches(&json!({"meta": {"created": text}})));
        });
    }
    // A number of a megabyte is the double that it is nearest to, or none.
    for (number, expected) in [
        (format!("0.{digits}"), Ok(true)),
        (format!("0.{}1", "0".repeat(1_000_000)), Ok(false)),
        (format!("{digits}e-5000000"), Ok(true)),
        (digits.clone(), Err(())),
        (format!("1e{digits}"), Err(())),
        (format!("1e-{digits}"), Ok(false)),
    ] {
        let record = format!("{{\"score\":{number}}}");
        on_a_small_stack(|| {
            let filter = checked("score gt 0.5", &test_user());
            let raw = filter.compile_raw();
            let value = serde_json::from_str::<Value>(&record);
            // With numbers of any size, serde_json does not look how large they are.
            if !cfg!(feature = "test-arbitrary-precision") {
                let of_value = value.map(|value| filter.matches(&value)).map_err(drop);
                assert_eq!(of_value, expected, "{}", &number[..9]);
                assert_eq!(raw.matches(record.as_bytes()).map_err(drop), expected, "{}", &number[..9]);
                assert_eq!(raw.validating().matches(record.as_bytes()).map_err(drop), expected, "{}", &number[..9]);
            }
        });
    }
}

#[test]
fn texts_that_nearly_match_are_read_once() {
    let schema = Schema::user();
    for (op, wanted, stored) in [
        ("co", "a".repeat(500_000) + "b", "A".repeat(5_000_000)),
        ("co", "ab".repeat(250_000) + "b", "aB".repeat(2_500_000)),
        ("co", "\u{e9}".repeat(250_000) + "x", "\u{c9}".repeat(2_500_000)),
        ("ew", "b".to_owned() + &"a".repeat(500_000), "A".repeat(5_000_000)),
        ("sw", "a".repeat(500_000) + "b", "A".repeat(5_000_000)),
        ("eq", "\u{69}".repeat(2_500_000) + "b", "\u{130}".repeat(2_500_000) + "c"),
    ] {
        for name in ["title", "id"] {
            within(100_000_000, || {
                let filter = checked(&format!("{name} {op} \"{wanted}\""), &schema);
                assert!(!filter.matches(&json!({name: stored})), "{name} {op}");
                assert!(filter.matches(&json!({name: wanted})), "{name} {op}");
            });
        }
    }
}

#[test]
fn records_of_a_million_brackets_use_no_stack() {
    let filters = ["userName eq \"x\"", "not (emails.type pr)", "emails[type eq \"w\"] or title pr"];
    let open = ["a pr", "a.b eq 1", "not (a eq null)", "b eq 1"];
    for (start, end) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("{\"emails\":[", "]}")] {
        for closed in [true, false] {
            let deep =
                [&start.repeat(1_000_000), "1", &if closed { end.repeat(1_000_000) } else { String::new() }].concat();
            for record in [
                format!("{{\"emails\":{deep}}}"),
                format!("{{\"odd\":{deep},\"userName\":\"x\"}}"),
                format!("{{\"a\":{deep},\"b\":1}}"),
                deep,
            ] {
                let filters = filters.iter().map(|text| (text, Schema::user()));
                for (text, schema) in filters.chain(open.iter().map(|text| (text, Schema::open()))) {
                    within(20_000_000, || {
                        let raw = checked(text, &schema).compile_raw();
                        let found = raw.matches(record.as_bytes());
                        assert!(closed || found.is_err(), "{text}: what is cut off is no JSON");
                        // The readers that read all, or as little as they may: serde_json refuses what is deeper than 128.
                        assert!(raw.clone().validating().matches(record.as_bytes()).is_err(), "{text}");
                        let _ = raw.clone().assume_unique_keys().matches(record.as_bytes());
                        let (mut body, mut out) = (BodyFilter::new(raw), Vec::new());
                        let pushed = record.as_bytes().chunks(4096).try_for_each(|chunk| {
                            out.clear();
                            body.push(chunk, &mut out)
                        });
                        assert!(closed || pushed.is_err() || body.finish().is_err(), "{text}");
                    });
                }
            }
        }
    }
    on_a_small_stack(|| {
        let body = format!("{{\"filter\":{}", "[".repeat(1_000_000));
        assert_eq!(
            ListQuery::from_search_request(body.as_bytes(), &Profile::scim()).expect_err("deep").code(),
            "body_invalid"
        );
    });
}

/// The seal of a cursor without a key stops accidents, not a forger: what is inside may be anything.
fn sealed(body: &[u8]) -> String {
    let mut hasher = SipHasher13::new();
    std::hash::Hasher::write(&mut hasher, body);
    URL_SAFE_NO_PAD.encode([body, &hasher.finish128().as_bytes()].concat())
}

#[test]
fn a_forged_cursor_is_a_position_or_refused() {
    let things: Vec<Value> = (0..5).map(|at| json!({"id": format!("{at}"), "title": format!("t{at}")})).collect();
    let profile = Profile::scim().with_cursors(CursorKind::Opaque(Cursors::new()));
    let options = Options::default().with_limits(Limits { cursor: 1 << 17, ..Limits::default() });
    let ask = |cursor: &str| {
        let query = format!("sortBy=title&count=2&cursor={cursor}");
        let query = ListQuery::parse(&query, &profile).and_then(|query| query.check_with(&Schema::user(), &options))?;
        list(&things, &query).map(|page| page.resources.len()).map_err(|error| match error {
            ListError::Query(error) => error,
            ListError::Data(error) => panic!("{error}"),
        })
    };
    let query =
        ListQuery::parse("sortBy=title&count=2&cursor=", &profile).and_then(|query| query.check(&Schema::user()));
    let first = list(&things, &query.expect("a query")).map(|page| page.next).expect("a page").expect("a cursor");
    let made = URL_SAFE_NO_PAD.decode(&first).expect("its own encoding");
    let body = &made[..made.len() - 16];
    assert_eq!(sealed(body), first, "the seal is the one that is given out");
    // Version and flags, then the digest of the query: what follows is free.
    let head = &body[..18];
    let mut tried = 0;
    let mut try_with = |rest: &[u8]| {
        let found = within(2_000_000, || ask(&sealed(&[head, rest].concat())));
        tried += 1;
        if let Err(error) = found {
            assert_eq!(error.code(), "cursor_invalid");
            assert!(error.to_string().len() < 200);
        }
    };
    // Each kind of value, each cut, each length that it may claim to have.
    let kinds = 0..=10u8;
    for (one, other) in kinds.clone().flat_map(|one| kinds.clone().map(move |other| (one, other))) {
        for fill in [0, 0x7f, 0xff] {
            for length in [0, 1, 4, 8, 12, 20] {
                let value = |kind: u8| [&[kind][..], &vec![fill; length]].concat();
                try_with(&[value(one), value(other)].concat());
            }
        }
    }
    for length in [0u32, 1, 2, 1000, 49_000, 1 << 16, i32::MAX as u32, u32::MAX] {
        let text = |claimed: u32, held: usize| [&[7][..], &claimed.to_be_bytes(), &vec![b'x'; held]].concat();
        try_with(&[text(1, 1), text(length, 49_000)].concat());
        try_with(&[text(length, 0), text(length, length.min(20_000) as usize)].concat());
    }
    (0..body.len() - 18).for_each(|end| try_with(&body[18..18 + end]));
    assert!(tried > 2000);
    // 64 KiB of anything.
    for cursor in ["A".repeat(1 << 16), "_-".repeat(1 << 15), "%00".repeat(1 << 14), "=".repeat(1 << 16)] {
        assert_eq!(within(2_000_000, || ask(&cursor)).expect_err("no cursor").code(), "cursor_invalid");
    }
    // Neither does a list of ids read what it names.
    let by_id = Profile::okta();
    let query = ListQuery::parse(&format!("after={}", "x".repeat(1 << 16)), &by_id);
    let found = query.and_then(|query| query.check_with(&Schema::user(), &options)).map(|query| list(&things, &query));
    assert!(matches!(found, Ok(Err(ListError::Query(error))) if error.code() == "record_unknown"));
}

#[test]
fn programs_that_are_careless_get_errors() {
    on_a_small_stack(|| {
        // Names and values that no text has.
        for name in ["", " ", "a b", "a\"b", "é", "a.", ".a", "a..b", "urn:", ":a", "a[b", "a eq \"x\" or b"] {
            assert!(attr(name).eq("x").build().is_err(), "{name:?}");
            assert!(attr("emails").any(attr(name).present()).build().is_err(), "{name:?}");
        }
        let filter = attr("title").eq("\" or title pr or title eq \"").build().expect("any text is a value");
        assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter), "and stays one");
        // Limits of nothing refuse everything and break nothing.
        let none = Limits { text: 0, nesting: 0, comparisons: 0, sort_keys: 0, cursor: 0 };
        let none = Options::default().with_limits(none);
        assert!(Filter::parse_with("title pr", &none).is_err() && OrderBy::parse_with("title", &none).is_err());
        let query = ListQuery::parse("count=1&cursor=", &Profile::scim()).expect("a query");
        let checked = query.check_with(&Schema::user(), &none).expect("nothing is asked");
        let things = [json!({"id": "1"}), json!({"id": "2"})];
        assert!(matches!(list(&things, &checked), Err(ListError::Data(_))), "no cursor fits");
        // Pages of sizes that no list has.
        for (default, max) in [(0, 0), (usize::MAX, usize::MAX), (5, 1)] {
            let profile = Profile::scim().with_sizes(default, max);
            for text in ["", "count=99999999999999999999&startIndex=99999999999999999999", "count=-1&startIndex=-1"] {
                let query = ListQuery::parse(text, &profile).and_then(|query| query.check(&Schema::user()));
                if let Ok(query) = query {
                    assert!(list(&things, &query).is_ok_and(|page| page.resources.len() <= 2), "{text}");
                }
            }
        }
    });
}
