//! Long texts.

use scim_query::{Error, Filter, Limits, ListQuery, Options, OrderBy, Part, Path, Profile, Quirks, Schema, list};
use serde_json::{Value, json};

use super::{on_a_small_stack, raised, within};
use crate::support::cases::test_user;

/// Strict and lenient, with the default limits and with all raised.
fn all_options() -> [Options; 4] {
    let lenient = Options::default().with_quirks(Quirks::ALL);
    [Options::default(), lenient.clone(), Options::default().with_limits(raised()), lenient.with_limits(raised())]
}

/// One error is told in every form, of a text of any length.
fn tell(error: &Error) -> usize {
    let one_line = error.to_string();
    assert!(!one_line.contains('\n') && one_line.len() < 2000, "{one_line}");
    format!("{error:#}{error:?}").len() + scim_query::http::scim_error(error).to_string().len()
}

/// Parses a text as everything that it could be; what a filter says in the end.
fn as_everything(text: &str, options: &Options) -> Result<(), Error> {
    for refused in [Path::parse_with(text, options).err(), OrderBy::parse_with(text, options).err()] {
        assert!(refused.is_none_or(|error| tell(&error) > 0));
    }
    let mut query = ListQuery::new(&Profile::scim());
    query.give(Part::Attributes, text).expect("the first");
    assert!(query.check_with(&Schema::user(), options).err().is_none_or(|error| tell(&error) > 0));
    let filter = Filter::parse_with(text, options)?;
    assert_eq!(Filter::parse_with(&filter.to_string(), options)?, filter, "printing is linear too");
    filter.check_with(&Schema::user(), options).map(drop)
}

/// With the default limits, in little memory: an error keeps 64 KiB of the text, and a list request has a copy of its own. With
/// all raised, in memory that goes with the text.
fn is_refused(text: &str, codes: [&str; 4]) {
    for (options, code) in all_options().iter().zip(codes) {
        let is_default = options.limits == Limits::default();
        let most = if is_default { text.len() * 2 + 500_000 } else { text.len() * 20 + 500_000 };
        if is_default {
            assert!(within(150_000, || Filter::parse_with(text, options)).is_err());
        }
        let error = within(most, || as_everything(text, options).expect_err("a text beyond the limits"));
        tell(&error);
        assert_eq!(error.code(), code, "{}..", text.chars().take(40).collect::<String>());
    }
}

const DEEP: usize = 1_000_000;

#[test]
fn a_million_brackets_are_refused() {
    let closed = |open: &str, close: &str| [&open.repeat(DEEP), "title pr", &close.repeat(DEEP)].concat();
    for text in [
        closed("(", ")"),
        "(".repeat(DEEP),
        closed("not(", ")"),
        closed("not (", ")"),
        closed("(not (", "))"),
        closed("title pr and (", ")"),
        closed("title pr or not(", ")"),
        ["not ", &"(".repeat(DEEP)].concat(),
    ] {
        is_refused(&text, ["text_too_long", "text_too_long", "too_deep", "too_deep"]);
    }
    is_refused(&"a[".repeat(DEEP), ["text_too_long", "text_too_long", "value_path_nested", "value_path_nested"]);
    is_refused(&closed("a[", "]"), ["text_too_long", "text_too_long", "value_path_nested", "value_path_nested"]);
    is_refused(&")".repeat(DEEP), ["text_too_long", "text_too_long", "attribute_expected", "attribute_expected"]);
    is_refused(&"[".repeat(DEEP), ["text_too_long", "text_too_long", "attribute_expected", "attribute_expected"]);
    is_refused(&"not ".repeat(DEEP), ["text_too_long", "text_too_long", "not_without_parentheses", "too_deep"]);
    let inside = ["emails[", &"(".repeat(DEEP), "type pr", &")".repeat(DEEP), "]"].concat();
    is_refused(&inside, ["text_too_long", "text_too_long", "too_deep", "too_deep"]);
}

#[test]
fn a_million_dots_are_refused() {
    let dotted = |parts: usize| ["a", &".a".repeat(parts - 1), " pr"].concat();
    is_refused(&dotted(DEEP), ["text_too_long", "text_too_long", "too_deep", "too_deep"]);
    is_refused(&".".repeat(DEEP), ["text_too_long", "text_too_long", "name_invalid", "name_invalid"]);
    is_refused(&["a", &".".repeat(DEEP)].concat(), ["text_too_long", "text_too_long", "name_invalid", "name_invalid"]);
    let uri = ["urn:", &"a:".repeat(DEEP), "b pr"].concat();
    is_refused(&uri, ["text_too_long", "text_too_long", "attribute_unknown", "attribute_unknown"]);
    let slashes = ["https://", &"a/".repeat(DEEP), ":b pr"].concat();
    is_refused(&slashes, ["text_too_long", "text_too_long", "attribute_unknown", "attribute_unknown"]);
    // Each dot is a level of the resource, so their number has the limit of brackets; the open schema has names that deep.
    let options = Options::default().with_limits(raised());
    on_a_small_stack(|| {
        let deepest = dotted(Limits::MAX_NESTING);
        let filter = Filter::parse_with(&deepest, &options).expect("a name").check_with(&Schema::open(), &options);
        let filter = filter.expect("any name");
        let resource = (0..Limits::MAX_NESTING).fold(json!(1), |inner, _| json!({"a": [inner]}));
        assert!(filter.matches(&resource) && !filter.matches(&resource["a"][0]));
        assert_eq!(filter.to_string(), deepest);
        let deeper = dotted(Limits::MAX_NESTING + 1);
        assert_eq!(Filter::parse_with(&deeper, &options).expect_err("deeper").code(), "too_deep");
    });
}

#[test]
fn ten_megabytes_of_text_are_refused() {
    let size = 10_000_000;
    let too_long = ["text_too_long"; 4];
    let [strict, lenient, ..] = too_long;
    is_refused(&" ".repeat(size), [strict, lenient, "filter_empty", "filter_empty"]);
    is_refused(&"a".repeat(size), [strict, lenient, "operator_expected", "operator_expected"]);
    is_refused(&"é".repeat(size / 2), [strict, lenient, "attribute_expected", "attribute_expected"]);
    is_refused(&"\t".repeat(size), [strict, lenient, "white_space_invalid", "filter_empty"]);
    is_refused(&"\"".repeat(size), [strict, lenient, "attribute_expected", "attribute_expected"]);
    is_refused(&["title eq ", &"'".repeat(size)].concat(), [strict, lenient, "value_single_quoted", "space_expected"]);
    is_refused(&["title eq \"", &"\\".repeat(size)].concat(), [strict, lenient, "string_unclosed", "string_unclosed"]);
    is_refused(&["title eq ", &"a".repeat(size), "\""].concat(), [strict, lenient, "space_expected", "space_expected"]);
    is_refused(&["active eq ", &"9".repeat(size)].concat(), [strict, lenient, "kind_mismatch", "kind_mismatch"]);
    is_refused(&["title ", &"=".repeat(size)].concat(), [strict, lenient, "operator_unknown", "operator_unknown"]);
    is_refused(
        &["title pr", &" ".repeat(size), "x"].concat(),
        [strict, lenient, "connective_expected", "connective_expected"],
    );
}

#[test]
fn ten_megabytes_that_are_a_filter_are_one() {
    let long = "é".repeat(5_000_000);
    let text = format!("title eq \"{long}\"");
    let strict = Options::default();
    let error = on_a_small_stack(|| as_everything(&text, &strict).expect_err("beyond the limit"));
    assert_eq!(error.code(), "text_too_long");
    let options = strict.with_limits(raised());
    on_a_small_stack(|| {
        as_everything(&text, &options).expect("within the raised limits");
        let filter = Filter::parse_with(&text, &options).expect("a filter");
        let filter = filter.check_with(&Schema::user(), &options).expect("a filter");
        assert!(filter.matches(&json!({"title": long.to_uppercase()})));
        assert!(!filter.matches(&json!({"title": "é"})));
    });
}

#[test]
fn a_hundred_thousand_terms_are_refused_or_run() {
    let terms = 100_000;
    let pairs = [
        ("title eq \"x\"", " or "),
        ("title pr", " and "),
        ("not (title eq \"x\")", " or "),
        ("emails[type eq \"work\"]", " or "),
        ("(title pr or active eq true)", " and "),
        ("emails.type ne \"work\"", " and "),
    ];
    for (term, connective) in pairs {
        let text = vec![term; terms].join(connective);
        for options in [Options::default(), Options::default().with_quirks(Quirks::ALL)] {
            let error = on_a_small_stack(|| as_everything(&text, &options).expect_err("beyond the limits"));
            assert_eq!(error.code(), "text_too_long");
            let options = options.with_limits(Limits { text: usize::MAX, ..Default::default() });
            let error = on_a_small_stack(|| as_everything(&text, &options).expect_err("beyond the limits"));
            assert_eq!(error.code(), "too_many_comparisons");
            let options = options.with_limits(raised());
            on_a_small_stack(|| {
                as_everything(&text, &options).expect("within the raised limits");
                let filter = Filter::parse_with(&text, &options).expect("a filter");
                let filter = filter.check_with(&Schema::user(), &options).expect("a filter");
                let found = filter.matches(&json!({"title": "y", "emails": [{"type": "home"}]}));
                assert_eq!(found, !text.starts_with("title eq") && !text.starts_with("emails["), "{term}");
                assert_eq!(filter.to_string().len(), filter.clone().to_string().len());
            });
        }
    }
}

/// Each term uses a quirk, or is wrong.
#[test]
fn quirks_and_errors_are_told_in_linear_time() {
    let options = Options::default().with_quirks(Quirks::ALL).with_limits(raised());
    for (term, accepted) in [
        ("title eq x", true),
        ("active eq True", true),
        ("title eq 5", true),
        ("title eq 'x'", true),
        ("emails[type eq work].value eq x", true),
        ("not title\teq\n\"x\"", true),
        ("manager eq \"x\"", true),
        ("titel eq \"x\"", false),
        ("active gt true", false),
        ("emails[titel eq x]", false),
    ] {
        let count = if accepted { 400_000 } else { 100_000 };
        let text = vec![term; count].join(" or ");
        let checked = on_a_small_stack(|| {
            Filter::parse_with(&text, &options).expect("a filter").check_with(&Schema::user(), &options)
        });
        match checked {
            Ok(filter) => assert!(accepted && filter.warnings().len() >= count, "{term}"),
            Err(error) => assert!(!accepted && tell(&error) > 0, "{term}: {error}"),
        }
    }
}

#[test]
fn a_string_of_a_million_escapes_is_one_string() {
    let options = Options::default().with_limits(raised());
    for (escape, meant) in [("\\n", "\n"), ("\\u00e9", "é"), ("\\ud83d\\ude00", "😀"), ("\\\\", "\\"), ("\\/", "/")]
    {
        let text = format!("title eq \"{}\"", escape.repeat(1_000_000));
        on_a_small_stack(|| {
            assert_eq!(as_everything(&text, &Options::default()).expect_err("too long").code(), "text_too_long");
            let filter = Filter::parse_with(&text, &options).expect("a filter");
            let filter = filter.check_with(&Schema::user(), &options).expect("a filter");
            assert!(filter.matches(&json!({"title": meant.repeat(1_000_000)})));
            assert!(!filter.matches(&json!({"title": meant.repeat(999_999)})));
        });
    }
}

#[test]
fn numbers_of_any_size_compare_exactly_and_quickly() {
    let options = Options::default().with_limits(raised());
    let (zeros, nines) = ("0".repeat(300_000), "9".repeat(300_000));
    let far = "9".repeat(300_000);
    let numbers = [
        (format!("1{zeros}"), 1),
        (format!("-{nines}"), -1),
        (format!("0.{zeros}1"), 0),
        (format!("5.{zeros}"), 2),
        (format!("5.{zeros}1"), 3),
        (format!("4.{nines}"), 4),
        ("1e999999999".to_owned(), 1),
        ("-1e999999999".to_owned(), -1),
        ("1e-999999999".to_owned(), 0),
        ("0e999999999".to_owned(), 5),
        (format!("1e{far}"), 1),
        (format!("-1e{far}"), -1),
        (format!("1e-{far}"), 0),
        (format!("0e{far}"), 5),
        (format!("{nines}e-{zeros}299999"), 6),
    ];
    // What is greater, equal and less: `lt`, `eq`, `gt` over each value.
    let values =
        [json!(0), json!(5), json!(5.0), json!(-5), json!(u64::MAX), json!(f64::MAX), json!(f64::MIN_POSITIVE)];
    let size = |value: &Value| value.as_f64().expect("a number");
    for (number, class) in &numbers {
        let expected = |value: &Value| match class {
            1 => std::cmp::Ordering::Less,
            -1 => std::cmp::Ordering::Greater,
            0 if size(value) > 0.0 => std::cmp::Ordering::Greater,
            0 => std::cmp::Ordering::Less,
            2 => size(value).total_cmp(&5.0),
            3 if size(value) > 5.0 => std::cmp::Ordering::Greater,
            3 => std::cmp::Ordering::Less,
            4 if size(value) >= 5.0 => std::cmp::Ordering::Greater,
            4 => std::cmp::Ordering::Less,
            5 => size(value).total_cmp(&0.0),
            // 9.99.. with as many digits
            6 if size(value) >= 10.0 => std::cmp::Ordering::Greater,
            _ => std::cmp::Ordering::Less,
        };
        on_a_small_stack(|| {
            for (op, wanted) in
                [("lt", [true, false, false]), ("eq", [false, true, false]), ("gt", [false, false, true])]
            {
                let text = format!("score {op} {number}");
                let filter = Filter::parse_with(&text, &options).expect("a number");
                let filter = filter.check_with(&test_user(), &options).expect("a number");
                for value in &values {
                    let resource = json!({"score": value});
                    let place = [-1_i8, 0, 1].iter().position(|sign| *sign == expected(value) as i8).expect("an order");
                    assert_eq!(filter.matches(&resource), wanted[place], "{value} {op} {}..", &number[..9]);
                    assert!((0..2_000).all(|_| filter.matches(&resource) == wanted[place]));
                }
            }
        });
    }
}

#[test]
fn an_ordering_and_a_query_have_limits_too() {
    let long = vec!["title"; 1_000_000].join(",");
    let code = |order: &str, options: &Options| {
        on_a_small_stack(|| OrderBy::parse_with(order, options).expect_err("beyond the limits").code())
    };
    assert_eq!(code(&long, &Options::default()), "text_too_long");
    let text = Options::default().with_limits(Limits { text: usize::MAX, ..Default::default() });
    assert_eq!(code(&long, &text), "too_many_sort_keys");
    assert_eq!(code("a,b,c,d,e,f,g,h,i", &Options::default()), "too_many_sort_keys");
    assert!(OrderBy::parse("a,b,c,d,e,f,g,h").is_ok());

    let many = "x=1&".repeat(1_000_000) + "filter=title+pr";
    let query = ListQuery::parse(&many, &Profile::scim()).expect("unknown parameters");
    assert_eq!(query.unknown().len(), 1_000_000);
    let checked = query.check(&Schema::user()).expect("a query");
    assert_eq!(list(&[json!({"id": "1", "title": "x"})], &checked).expect("a page").total, 1);

    for (profile, parameter) in [(Profile::okta(), "after"), (Profile::scim(), "cursor")] {
        let cursor = |size: usize| format!("{parameter}={}", "A".repeat(size));
        let check =
            |size: usize| ListQuery::parse(&cursor(size), &profile).and_then(|query| query.check(&Schema::user()));
        assert!(check(1024).is_ok());
        for size in [1025, 10_000_000] {
            assert_eq!(check(size).expect_err("too long").code(), "cursor_invalid");
        }
    }
}
