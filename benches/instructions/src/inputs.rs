//! Inputs of any size.

use scim_query::Limits;

/// Four attributes, `or` in `and` in `or`, with values that repeat and values that do not.
pub fn mixed(comparisons: usize) -> String {
    let group = |at: usize| {
        format!(
            r#"userName eq "user{at}" and (title co "x{}" or not (active eq true)) and emails[type eq "work" and value sw "a{at}"]"#,
            at % 7
        )
    };
    (0..comparisons / 5).map(group).collect::<Vec<_>>().join(" or ")
}

/// The same term over and over.
pub fn equal(comparisons: usize) -> String {
    vec![r#"userName eq "bob""#; comparisons].join(" or ")
}

/// Terms of one attribute, none like another.
pub fn distinct(comparisons: usize) -> String {
    (0..comparisons).map(|at| format!(r#"userName eq "user{at}""#)).collect::<Vec<_>>().join(" or ")
}

/// As deep as can be asked for, whatever the size: parentheses in parentheses with terms in each. What each level costs is of
/// all that is in it, so it is the depth that bounds that, and here it does.
pub fn nested(comparisons: usize) -> String {
    let levels = Limits::MAX_NESTING / 2;
    let terms = vec![r#"title co "q""#; comparisons / levels].join(" or ");
    let level = |inner: String, _| format!("{terms} or (active eq true and ({inner}))");
    (0..levels).fold(r#"userName eq "bob""#.to_owned(), level)
}

/// A user of so many characters that are written as escapes, in a value that is read and in one that is passed over.
pub fn escapes(count: usize) -> String {
    let text = r#"\u0041\"\\\n"#.repeat(count);
    format!(r#"{{"displayName":"{text}","userName":"{text}","title":"t"}}"#)
}

/// A list response of so many users, some of them with brackets and quotes in their strings.
pub fn body(users: usize) -> String {
    let user = |at: usize| format!(r#"{{"userName":"user{at}","title":"[{{\"}}","emails":[{{"value":"a{at}"}}]}}"#);
    format!(r#"{{"totalResults":{users},"Resources":[{}]}}"#, (0..users).map(user).collect::<Vec<_>>().join(","))
}
