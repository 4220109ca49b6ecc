//! A body through `BodyFilter`: wherever its chunks are cut, the same bytes pass and the same error ends them; and what passes
//! is the body without the elements that do not match.
//!
//! The filter is on the first line, where to cut is on the second (numbers), the body is behind them.

use scim_query::{BodyCounts, BodyError, BodyFilter, Filter, RawPredicate};
use serde_json::Value;

use super::{first_line, grown, schemas};

/// Small, so that an element can be too large.
const MOST: usize = 400;

pub fn check(data: &[u8]) {
    let input = grown(data, |grower| {
        let schema = grower.pick(schemas::all());
        let filter = grower.filter(schema)?;
        let cuts = [grower.below(256), grower.below(256), grower.below(256)].map(|cut| cut.to_string()).join(" ");
        let mut elements = Vec::new();
        for _ in 0..grower.below(5) {
            let resource = grower.resource(schema);
            elements.push(grower.written(&resource));
        }
        let list = format!("[{}]", elements.join(","));
        let body = match grower.below(4) {
            0 => list,
            1 => format!(r#"{{"data":{list},"n":[{{"data":[1]}}]}}"#),
            2 => format!(r#"{{"totalResults":0,"Resources":{list}, "x":"\"]"}}"#),
            _ => format!(r#"{{"R\u0065sources":{list},"data":null}}"#),
        };
        let body = grower.broken(body);
        Some([format!("{filter}\n{cuts}\n").as_bytes(), &body].concat())
    });
    let Some((filter, rest)) = first_line(&input) else { return };
    let Some((cuts, body)) = first_line(rest) else { return };
    let Ok(filter) = Filter::parse(filter) else { return };
    // Not the open one, which is the first, where another does: what is declared is read in more ways.
    let Some(filter) = schemas::accepting(&filter).last() else { return };
    let mut cuts: Vec<usize> =
        cuts.split(' ').filter_map(|cut| cut.parse().ok()).filter(|cut| *cut <= body.len()).collect();
    cuts.sort_unstable();
    let predicate = filter.compile_raw();
    for predicate in [predicate.clone().validating(), predicate] {
        let new = || BodyFilter::new(predicate.clone()).max_element(MOST);
        let whole = through(new(), body, &[]);
        let each: Vec<usize> = (0..body.len()).collect();
        assert_eq!(through(new(), body, &cuts), whole, "{}, cut at {cuts:?}", String::from_utf8_lossy(body));
        assert_eq!(through(new(), body, &each), whole, "{}, byte by byte", String::from_utf8_lossy(body));
        // An edit that changes nothing changes nothing, but for a value that is too large to be kept.
        let same = |written: &[u8]| Some(written.to_vec());
        let edited = || new().edit_member("totalResults", same).edit_member("n", same).edit_elements(same);
        let by_edits = through(edited(), body, &cuts);
        assert_eq!(through(edited(), body, &each), by_edits, "{}, edited", String::from_utf8_lossy(body));
        if by_edits.1.is_ok() {
            assert_eq!(by_edits, whole, "{}, edited", String::from_utf8_lossy(body));
        }
        if let (out, Ok(counts)) = whole {
            passed(body, &out, counts, &predicate);
        }
    }
}

/// The body through a filter, in chunks that end at these places.
pub fn through(mut filter: BodyFilter, body: &[u8], cuts: &[usize]) -> (Vec<u8>, Result<BodyCounts, BodyError>) {
    let mut out = Vec::new();
    let mut start = 0;
    for end in cuts.iter().copied().chain([body.len()]) {
        if let Err(error) = filter.push(&body[start..end], &mut out) {
            assert_eq!(filter.push(b" ", &mut out), Err(error), "an error stays");
            assert_eq!(filter.finish(), Err(error));
            return (out, Err(error));
        }
        start = end;
    }
    (out, filter.finish())
}

fn passed(body: &[u8], out: &[u8], counts: BodyCounts, predicate: &RawPredicate) {
    let shown = || format!("{} became {}", String::from_utf8_lossy(body), String::from_utf8_lossy(out));
    if counts.dropped == 0 {
        assert_eq!(out, body, "everything stays as it is");
    }
    let Some(mut left) = super::value(body) else { return };
    let filter = |list: &mut Value| {
        if let Some(elements) = list.as_array_mut() {
            elements.retain(|element| predicate.matches(element.to_string().as_bytes()).expect("JSON"));
        }
    };
    if left.is_array() {
        filter(&mut left);
    }
    for name in ["data", "Resources"] {
        left.get_mut(name).into_iter().for_each(filter);
    }
    let passed = serde_json::from_slice::<Value>(out).unwrap_or_else(|error| panic!("{error}: {}", shown()));
    assert_eq!(passed, left, "{}", shown());
}
