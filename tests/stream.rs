//! List responses that stream through.

use scim_query::{BodyFilter, Filter, RawPredicate, Schema};
use serde_json::Value;

use crate::checks::stream::through;
use crate::reference::random::Random;

fn predicate(filter: &str) -> RawPredicate {
    let filter = Filter::parse(filter).and_then(|filter| filter.check(&Schema::open()));
    filter.unwrap_or_else(|error| panic!("{error:#}")).compile_raw()
}

const BODIES: [&str; 12] = [
    r#"{"Resources":[{"a":1},{"a":2},{"a":1,"b":"]}\""}],"totalResults":3}"#,
    r#" { "x" : [ 1 , {"data": [{"a": 2}]} ] , "d\u0061ta" : [ {"a":2} , {"a":1} ,	{"a":1} ] , "y" : "\\" } "#,
    r#"[{"a":2},{"a":2}, {"a":1} ]"#,
    r#"[ ]"#,
    r#"{"data":[],"Resources":[ {"a": 1} ]}"#,
    r#"{"data":[7,"x\"]",null,true,[{"a":1}],{"a":[2,1]},{"a":1.0}],"n":-1.5e3}"#,
    r#"{"data":[{"a":1}],"data":[{"a":2},{"a":1}]}"#,
    r#"{"totalResults":0}"#,
    r#"{"Resources":null,"b":false}"#,
    r#"{"data":[{"deep":{"deep":[[[{}]]]},"a":1},{"deep":{"deep":[[[{}]]]},"a":2}],"_links":{"self":{"href":"[\"]"}}}"#,
    "{\"data\":[\n  {\"a\": 2},\n  {\"a\": 1},\n  {\"a\": 2},\n  {\"a\": 1}\n]}\n",
    "{\"Data\":{\"data\":[1]},\"data\":[\"\u{e9}\u{1f600}\",{\"a\":1,\"\u{e9}\":\"\u{1f600}\"}]}",
];

/// What should be left: the elements of the members that match, and everything else.
fn expected(body: &str, predicate: &RawPredicate) -> Value {
    let mut value: Value = serde_json::from_str(body).expect("a body");
    let filter = |list: &mut Value| {
        if let Some(elements) = list.as_array_mut() {
            elements.retain(|element| predicate.matches(element.to_string().as_bytes()).expect("JSON"));
        }
    };
    if value.is_array() {
        filter(&mut value);
    }
    for name in ["data", "Resources"] {
        value.get_mut(name).into_iter().for_each(filter);
    }
    value
}

#[test]
fn elements_that_match_stay_wherever_the_chunks_are_cut() {
    for filter in ["a eq 1", "a eq 2", "a pr", "not (a pr)", "b co \"]\""] {
        let predicate = predicate(filter);
        for body in BODIES {
            let new = || BodyFilter::new(predicate.clone());
            let (whole, counts) = through(new(), body.as_bytes(), &[]);
            let counts = counts.unwrap_or_else(|error| panic!("{body}: {error}"));
            let text = String::from_utf8(whole.clone()).expect("UTF-8");
            let left: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{filter}, {body}: {error}: {text}"));
            assert_eq!(left, expected(body, &predicate), "{filter}, {body}");
            if counts.dropped == 0 {
                assert_eq!(text, body, "{filter}: everything stays as it is");
            }
            for cut in 0..=body.len() {
                assert_eq!(through(new(), body.as_bytes(), &[cut]), (whole.clone(), Ok(counts)), "{body} cut at {cut}");
            }
            let each: Vec<usize> = (0..body.len()).collect();
            assert_eq!(through(new(), body.as_bytes(), &each), (whole, Ok(counts)), "{body} byte by byte");
        }
    }
}

#[test]
fn a_body_that_cannot_be_filtered_ends_in_an_error_at_its_place() {
    let mut told = String::new();
    for body in [
        "",
        "  ",
        "7",
        "\"data\"",
        "{",
        "{}",
        "{\"data\"",
        "{\"data\":",
        "{\"data\":[",
        "{\"data\":[{\"a\":1}",
        "{\"data\":[{\"a\":1},",
        "{\"data\":[{\"a\":1}]",
        "{\"data\":[{\"a\":1}]} x",
        "{\"data\":{\"a\":1}}",
        "{\"data\":\"x\"}",
        "{\"data\":nope}",
        "{\"data\":n[{\"a\":2}]}",
        "{\"data\":nullx}",
        "{\"totalResults\":0.5,\"items\":[1]}",
        "{\"totalResults\":05}",
        "{\"other\":[{\"a\":1}]}",
        "{\"totalResults\":1}",
        "{\"data\" []}",
        "{\"data\":[,]}",
        "{\"data\":[{\"a\":1},]}",
        "{\"data\":[{\"a\":1} {\"a\":1}]}",
        "{\"data\":[{\"a\":1}}",
        "{\"data\":[{\"a\":01}]}",
        "{\"data\":[{\"a\":\"\\x\"}]}",
        "{\"x\":1,}",
        "{\"x\":}",
        "{x:1}",
        "[1,2]]",
    ] {
        let (out, result) = through(BodyFilter::new(predicate("a eq 1")), body.as_bytes(), &[]);
        let error = result.expect_err(body);
        told += &format!("{body}\n  {error}\n  passed: {}\n", String::from_utf8_lossy(&out));
        for cut in 0..body.len() {
            let (cut_out, cut_result) = through(BodyFilter::new(predicate("a eq 1")), body.as_bytes(), &[cut]);
            assert_eq!((cut_result, cut_out), (Err(error), out.clone()), "{body} cut at {cut}");
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn memory_is_that_of_one_element() {
    let small = || BodyFilter::new(predicate("a eq 1")).max_element(20);
    let (out, result) = through(small(), br#"{"data":[{"a":1},{"a":1,"b":"0123456789012"}]}"#, &[30]);
    assert_eq!(String::from_utf8_lossy(&out), r#"{"data":[{"a":1}"#);
    assert!(result.expect_err("too large").to_string().contains("max_element"));
    assert!(through(small(), format!("[{}", " ".repeat(21)).as_bytes(), &[]).1.is_err());
    // Too large is the byte behind the limit, which white space before the element counts to.
    let body = format!(r#"[1,   {{"a":"{}"}}]"#, "x".repeat(30));
    for cut in 0..=body.len() {
        let error = through(small(), body.as_bytes(), &[cut]).1.expect_err("too large");
        assert_eq!(error.offset(), "[1".len() + 20, "cut at {cut}");
    }
    // Outside the list nothing is kept, whatever its size.
    let long = format!(r#"{{"{}":"{}","data":[{{"a":1}}]}}"#, "n".repeat(100_000), "x".repeat(1_000_000));
    let (out, result) = through(small(), long.as_bytes(), &[500, 5_000, 50_000]);
    assert_eq!((out.len(), result.map(|counts| counts.kept)), (long.len(), Ok(1)));
    let deep = format!(r#"{{"x":{}{},"data":[{{"a":1}}]}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(through(small(), deep.as_bytes(), &[]).1.map(|counts| counts.kept), Ok(1));
}

#[test]
fn other_members_can_be_named() {
    let of = |names: [&str; 1]| BodyFilter::new(predicate("a eq 1")).members(names);
    let body = br#"{"value":[{"a":2}],"data":[{"a":2}]}"#;
    assert_eq!(through(of(["value"]), body, &[]).0, br#"{"value":[],"data":[{"a":2}]}"#);
    assert!(through(of(["items"]), body, &[]).1.is_err());
}

/// Sorts the members of each element, writes a total as a string, and refuses what is no JSON.
fn edited(predicate: &RawPredicate) -> BodyFilter {
    let again = |written: &[u8]| Some(serde_json::from_slice::<Value>(written).ok()?.to_string().into_bytes());
    let quoted = move |written: &[u8]| Some(format!("\"{}\"", String::from_utf8(again(written)?).ok()?).into_bytes());
    BodyFilter::new(predicate.clone()).edit_elements(again).edit_member("totalResults", quoted).max_element(40)
}

#[test]
fn edits_stand_in_the_place_of_members_and_elements_wherever_the_chunks_are_cut() {
    let predicate = predicate("a eq 1");
    for (body, wanted) in [
        (
            r#"{"totalResults": 3 ,"Resources":[{"a":2} , {"b":{"a": 2}, "a":1} , {"a": 1}],"x": 1}"#,
            Ok(r#"{"totalResults": "3" ,"Resources":[  {"a":1,"b":{"a":2}} , {"a":1}],"x": 1}"#),
        ),
        (
            r#"{"total\u0052esults":[ ] ,"data":[],"totalResults":1.5}"#,
            Ok(r#"{"total\u0052esults":"[]" ,"data":[],"totalResults":"1.5"}"#),
        ),
        (r#"{"n":{"totalResults":1},"totalResults":0}"#, Ok(r#"{"n":{"totalResults":1},"totalResults":"0"}"#)),
        // Nothing of what is refused passes, nor of what is too large.
        (r#"{"totalResults":01,"data":[]}"#, Err((16, r#"{"totalResults":"#))),
        (r#"{"data":[{"a":1},{"a":1,"b":01}]}"#, Err((17, r#"{"data":[{"a":1}"#))),
        (r#"{"totalResults":"0123456789012345678901234567890123456789","data":[]}"#, Err((56, r#"{"totalResults":"#))),
        (r#"{"totalResults":,"data":[]}"#, Err((16, r#"{"totalResults":"#))),
    ] {
        let each: Vec<usize> = (0..body.len()).collect();
        for cuts in (0..=body.len()).map(|cut| vec![cut]).chain([each]) {
            let (out, result) = through(edited(&predicate), body.as_bytes(), &cuts);
            let out = String::from_utf8(out).expect("UTF-8");
            let told = result.map(|_| &*out).map_err(|error| (error.offset(), &*out));
            assert_eq!(told, wanted, "{body} cut at {cuts:?}");
        }
    }
}

/// Whatever the bytes and the cuts are: the same answer, and no panic.
#[test]
fn broken_bodies_end_alike_wherever_they_are_cut() {
    let mut random = Random::new(77);
    let predicate = predicate("a eq 1");
    for _ in 0..20_000 {
        let mut body = random.pick(&BODIES).as_bytes().to_vec();
        for _ in 0..random.between(0, 3) {
            let at = random.below(body.len());
            match random.below(3) {
                0 => _ = body.remove(at),
                1 => body[at] = *random.pick(b"\"\\{}[]:,ax0 \xff"),
                _ => body.insert(at, *random.pick(b"\"\\{}[]:,ax0 \xff")),
            }
            if body.is_empty() {
                break;
            }
        }
        let whole = through(BodyFilter::new(predicate.clone()), &body, &[]);
        let mut cuts: Vec<usize> = (0..random.between(1, 5)).map(|_| random.below(body.len() + 1)).collect();
        cuts.sort_unstable();
        let cut = through(BodyFilter::new(predicate.clone()), &body, &cuts);
        assert_eq!(cut, whole, "{} {cuts:?}", String::from_utf8_lossy(&body));
        if let (Ok(before), Ok(_)) = (serde_json::from_slice::<Value>(&body), &whole.1) {
            let after: Value = serde_json::from_slice(&whole.0).expect("JSON");
            assert_eq!(before.is_array(), after.is_array());
        }
    }
}
