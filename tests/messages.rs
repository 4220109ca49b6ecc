//! Every way to be wrong, in every form it is told in: a snapshot of all, and what holds for each (L2).

mod samples;

use std::collections::BTreeSet;

use samples::{MARKER, Sample, samples};
use scim_query::http::{okta_error, scim_error};
use scim_query::{Error, ErrorKind, Filter, Options, OrderBy, Path, Quirks, Schema};

use crate::support::cases::{lines, scim_type, text};

fn told(sample: &Sample) -> String {
    let error = &sample.error;
    format!(
        "{}\n{:?}\n{error}\n{error:#}\n{}\n{}\n{}\n",
        error.code(),
        sample.input,
        scim_type(error),
        okta_error(error, "oae1"),
        scim_error(error)
    )
}

/// What holds for every error, whatever it is about.
fn holds(error: &Error, input: &str) {
    let one_line = error.to_string();
    assert!(!one_line.contains(['\n', '\r', '\t']), "more than one line: {one_line:?}");
    let quoted: Vec<&str> = one_line.split('`').skip(1).step_by(2).collect();
    for piece in quoted {
        assert!(piece.len() <= 64 + 40 && !piece.contains('\u{7f}'), "{input}: {one_line}");
    }
    let bodies = [one_line, okta_error(error, "oae1").to_string(), scim_error(error).to_string()];
    for body in &bodies {
        assert!(!body.contains(MARKER), "{input:?}: a literal is quoted: {body}");
        assert!(body.is_ascii(), "{input:?}: the request's text is quoted: {body}");
    }
    assert!(error.span().is_none_or(|span| span.start <= span.end && span.end as usize <= error.text().len()));
    assert!(ErrorKind::CODES.contains(&error.code()));
    assert_eq!(error.kind().code(), error.code());
    assert_eq!(format!("{error:?}"), format!("{error:#}"), "an unwrap is readable");
    error.others().iter().for_each(|other| holds(other, input));
}

#[test]
fn every_kind_is_reached_and_no_literal_is_quoted() {
    let mut reached = BTreeSet::new();
    let mut others = Vec::new();
    for sample in samples() {
        holds(&sample.error, &sample.input);
        reached.insert(sample.error.code());
        if sample.error.code() != sample.code {
            others.push(format!("{}: not {}, {}", sample.input, sample.code, sample.error));
        }
    }
    assert!(others.is_empty(), "of another kind:\n{}", others.join("\n"));
    let known: BTreeSet<&str> = ErrorKind::CODES.iter().copied().collect();
    assert_eq!(known.len(), ErrorKind::CODES.len(), "a code stands twice");
    // A cursor has an age only with a key.
    let unreachable = BTreeSet::from_iter((!cfg!(feature = "hmac")).then_some("cursor_expired"));
    let missing: Vec<_> = known.difference(&reached).filter(|code| !unreachable.contains(*code)).collect();
    assert!(missing.is_empty(), "codes that no input reaches: {missing:?}");
}

#[test]
fn every_message_is_as_it_was_read_last() {
    let (expired, others): (Vec<_>, Vec<_>) = samples().into_iter().partition(|sample| sample.code == "cursor_expired");
    let all = |samples: &[Sample]| samples.iter().map(told).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("messages", all(&others));
    if cfg!(feature = "hmac") {
        insta::assert_snapshot!("expired", all(&expired));
    }
}

/// The rows of an error's picture: the text with its place, and the carets under it.
fn picture(error: &Error) -> (Vec<char>, usize, usize) {
    let drawn = format!("{error:#}");
    let mut rows = drawn.lines();
    let line = rows.next().expect("the text").chars().collect();
    let carets = rows.next().expect("the carets");
    let indent = carets.chars().take_while(|c| *c == ' ').count();
    (line, indent, carets.chars().skip(indent).take_while(|c| *c == '^').count())
}

fn is_under_its_place(error: &Error) {
    let Some(span) = error.span() else { return };
    let place: Vec<char> = span.of(error.text()).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (line, indent, carets) = picture(error);
    if place.len() <= 80 {
        assert_eq!(carets, place.len().max(1), "{error:#}");
        assert_eq!(line[indent.min(line.len())..][..place.len()], place, "{error:#}");
    }
    assert!(indent >= 2 && line.iter().all(|c| !c.is_control()));
}

#[test]
fn carets_stand_under_their_place() {
    samples().iter().filter(|sample| sample.error.others().is_empty()).for_each(|s| is_under_its_place(&s.error));
    let check = |text: &str| Filter::parse(text).and_then(|filter| filter.check(&Schema::user())).expect_err(text);
    for (text, start, carets) in [
        (r#"title eq "é😀" and titel eq "x""#, 18, 5),
        (r#"titel eq "é😀""#, 0, 5),
        (r#"title eq "é😀" and title eq bob"#, 27, 3),
        (r#"title eq "é😀" and active gt true"#, 25, 2),
        (r#"title eq "😀é" or é eq "x""#, 17, 1),
        (r#"title eq "é😀" or title eq "é😀\q""#, 29, 2),
        (r#"title eq "😀😀😀" 😀"#, 15, 1),
        ("title\teq \"x\"", 5, 1),
        (r#"title eq "é😀"#, 9, 3),
        (r#"title eq "é😀" and"#, 14, 3),
    ] {
        let error = check(text);
        is_under_its_place(&error);
        let (_, indent, found) = picture(&error);
        assert_eq!((indent - 2, found), (start, carets), "{error:#}");
    }
    for end in 0..200 {
        // A long line is cut around its place.
        let error = check(&format!(r#"title eq "{}" and titel eq "{}""#, "é".repeat(end), "😀".repeat(end)));
        let (line, indent, carets) = picture(&error);
        assert_eq!(line[indent..][..carets].iter().collect::<String>(), "titel", "{error:#}");
        assert!(line.len() < 140, "{error:#}");
    }
}

#[test]
fn a_picture_does_not_move_the_terminals_cursor_or_turn_its_text() {
    for sign in ["\u{1b}[31m", "\r", "\u{202e}", "\u{2066}", "\u{200f}", "\u{85}", "\u{9b}"] {
        let text = format!("title eq \"{sign}\" and titel eq \"x\"");
        let error = Filter::parse(&text).and_then(|filter| filter.check(&Schema::user())).expect_err("an error");
        let drawn = format!("{error:#}");
        assert!(!drawn.contains(sign), "{drawn:?}");
        assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
    }
}

/// Each text of the grammar's cases, its literals replaced by the marker, cut at every place and with every character
/// left out.
#[test]
fn no_slip_makes_a_literal_a_name() {
    let mut refused = 0;
    for case in lines(include_str!("cases/grammar.jsonl")) {
        let pieces: Vec<&str> = text(&case, "text").split('"').collect();
        if pieces.len() < 3 || text(&case, "text").len() > 400 {
            continue;
        }
        let marked: Vec<&str> =
            pieces.iter().enumerate().map(|(at, piece)| if at % 2 == 1 { MARKER } else { *piece }).collect();
        let marked = marked.join("\"");
        let cuts = marked.char_indices().flat_map(|(at, c)| {
            let (head, tail) = marked.split_at(at);
            [head.to_owned(), format!("{head}{}", &tail[c.len_utf8()..]), format!("{head}\"{tail}")]
        });
        for cut in cuts.chain([marked.clone()]) {
            for options in [Options::default(), Options::default().with_quirks(Quirks::ALL)] {
                let filter = Filter::parse_with(&cut, &options)
                    .and_then(|filter| filter.check_with(&Schema::user(), &options).map(drop))
                    .err();
                let path = Path::parse_with(&cut, &options).err();
                let order = OrderBy::parse_with(&cut, &options).err();
                for error in [filter, path, order].into_iter().flatten() {
                    if !error.to_string().contains(MARKER) {
                        refused += 1;
                        continue;
                    }
                    panic!("{cut:?}: {error}");
                }
            }
        }
    }
    assert!(refused > 1000);
}

#[test]
fn a_misspelt_part_is_told_the_part() {
    let error = |text: &str| Filter::parse(text).unwrap().check(&Schema::user()).unwrap_err().message();
    assert_eq!(error("emails.valeu pr"), "unknown attribute `emails.valeu`: did you mean `emails.value`?");
    assert_eq!(error("name.famlyName pr"), "unknown attribute `name.famlyName`: did you mean `name.familyName`?");
    assert_eq!(error("userName.value pr"), "unknown attribute `userName.value`: did you mean `userName`?");
}

#[test]
fn each_error_is_told_alone() {
    let error = Filter::parse("titel pr and emials pr").unwrap().check(&Schema::user()).unwrap_err();
    assert_eq!(error.to_string(), "unknown attribute `titel` at 0..5: did you mean `title`? (and 1 more error)");
    let each: Vec<String> = error.each().map(|error| error.to_string()).collect();
    assert_eq!(
        each,
        [
            "unknown attribute `titel` at 0..5: did you mean `title`?",
            "unknown attribute `emials` at 13..19: did you mean `emails`?"
        ]
    );
}
