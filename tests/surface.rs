//! What the crate offers, as a snapshot: a change of it is seen in review, and is a change of the version. Read from the sources, so
//! that it needs no other toolchain than the tests do. Items that macros make stand there as the macro's input.

use std::collections::BTreeSet;
use std::fs;

use crate::layering::{code_of, files, source};

/// An item: its attributes, what stands before its body, and the body.
struct Item<'c> {
    attributes: String,
    head: String,
    body: &'c str,
}

fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.replace("( ", "(").replace(", )", ")").replace(" )", ")").replace(",)", ")")
}

/// Where the bracket that the text begins with is closed, behind it.
fn closed(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + c.len_utf8();
        }
    }
    panic!("no end: {text}")
}

/// Without characters in quotes, which may be brackets.
fn without_characters(code: &str) -> String {
    let mut kept = String::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        let mut next = chars.clone();
        if c == '\'' && next.next().is_some() && next.next() == Some('\'') {
            chars.nth(1);
        } else {
            kept.push(c);
        }
    }
    kept
}

/// The items of a block, one behind the other.
fn items(code: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut rest = code.trim_start();
    let mut attributes = String::new();
    while !rest.is_empty() {
        if rest.starts_with('#') {
            let open = rest.find('[').expect("an attribute");
            let end = open + closed(&rest[open..]);
            let attribute = one_line(&rest[..end]);
            if attribute.starts_with("#[derive")
                || attribute.starts_with("#[cfg")
                || attribute.contains("non_exhaustive")
                || attribute.contains("macro_export")
            {
                attributes += &format!("{attribute} ");
            }
            rest = rest[end..].trim_start();
            continue;
        }
        // A constant goes on to its semicolon, whatever braces its value has.
        let words = ["const", "static", "use"];
        let after_pub = rest.strip_prefix("pub").map_or(rest, |after| match after.starts_with('(') {
            true => after[closed(after)..].trim_start(),
            false => after.trim_start(),
        });
        let is_value =
            words.iter().any(|word| after_pub.split(' ').next() == Some(word)) && !after_pub.starts_with("const fn");
        let mut at = 0;
        let (body, end) = loop {
            match rest[at..].chars().next() {
                Some('{') if !is_value => {
                    let end = at + closed(&rest[at..]);
                    break (at + 1..end - 1, end);
                }
                Some('(' | '[' | '{') => at += closed(&rest[at..]),
                Some(',') if !is_value && !open_angles(&rest[..at]) => break (at..at, at + 1),
                Some(';') => break (at..at, at + 1),
                None => break (at..at, at),
                Some(c) => at += c.len_utf8(),
            }
        };
        let head = if is_value { rest[..at].split(" = ").next().unwrap_or("") } else { &rest[..at] };
        items.push(Item { attributes: std::mem::take(&mut attributes), head: one_line(head), body: &rest[body] });
        rest = rest[end..].trim_start_matches([',', ';', ' ', '\n']);
    }
    items
}

/// Whether a list in `<` and `>` is open; an arrow closes none.
fn open_angles(text: &str) -> bool {
    let text = text.replace("->", "").replace("=>", "");
    text.matches('<').count() > text.matches('>').count()
}

/// The public names: those that the root and the public modules hand on.
fn exported(code: &str) -> BTreeSet<String> {
    let uses = code.split("pub use ").skip(1).filter_map(|rest| rest.split_once(';'));
    let words = uses.flat_map(|(path, _)| path.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| word.starts_with(|c: char| c.is_uppercase())).map(str::to_owned).collect()
}

/// The last name of a type before its parameters.
fn type_name(text: &str) -> &str {
    let path = text.trim_start_matches('&').split(['<', ' ']).next().unwrap_or("");
    path.rsplit("::").next().unwrap_or("")
}

/// The head of an `impl` without its parameters.
fn of_impl(head: &str) -> Option<&str> {
    let rest = head.strip_prefix("impl")?;
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if !rest[..at].ends_with('-') => depth -= 1,
            _ => {}
        }
        if depth == 0 && c != '<' {
            return Some(rest[if c == '>' { at + 1 } else { at }..].trim_start());
        }
    }
    None
}

fn is_public(item: &Item<'_>) -> bool {
    item.head.starts_with("pub ")
}

/// The lines of a block: what is public in it.
fn surface(code: &str, known: &BTreeSet<String>, lines: &mut Vec<String>) {
    for item in items(code) {
        let head = &item.head;
        let line = format!("{}{head}", item.attributes);
        let words: Vec<&str> = head.split(' ').collect();
        let kind = if words.first() == Some(&"pub") { words.get(1) } else { words.first() };
        match kind.copied().unwrap_or("") {
            "use" if is_public(&item) => lines.push(line),
            "mod" if is_public(&item) => {
                lines.push(line);
                surface(item.body, known, lines);
            }
            "struct" if is_public(&item) => {
                lines.push(line);
                let fields = items(item.body).into_iter().filter(is_public);
                lines.extend(fields.map(|field| format!("    {}{}", field.attributes, field.head)));
            }
            "enum" if is_public(&item) => {
                lines.push(line);
                let variants = items(item.body).into_iter();
                lines.extend(variants.map(|variant| match variant.body {
                    "" => format!("    {}", variant.head),
                    fields => format!("    {} {{ {} }}", variant.head, one_line(fields).trim_end_matches(',')),
                }));
            }
            "trait" if is_public(&item) => {
                lines.push(line);
                lines.extend(items(item.body).into_iter().map(|method| {
                    let provided = if method.body.is_empty() { "" } else { " { .. }" };
                    format!("    {}{provided}", method.head)
                }));
            }
            "fn" | "const" | "static" | "type" | "async" | "unsafe" if is_public(&item) => lines.push(line),
            _ if head.starts_with("impl") => {
                let Some(of) = of_impl(head) else { continue };
                match of.split_once(" for ") {
                    // Of one of ours, or one of ours for others.
                    Some((of_trait, ty)) if known.contains(type_name(ty)) || known.contains(type_name(of_trait)) => {
                        lines.push(line);
                    }
                    Some(_) => {}
                    None if known.contains(type_name(of)) => {
                        let methods: Vec<String> = items(item.body)
                            .into_iter()
                            .filter(is_public)
                            .map(|one| format!("    {}{}", one.attributes, one.head))
                            .collect();
                        if !methods.is_empty() {
                            lines.push(line);
                            lines.extend(methods);
                        }
                    }
                    None => {}
                }
            }
            _ if head.starts_with("macro_rules!") && item.attributes.contains("macro_export") => lines.push(line),
            // What a macro makes: its input.
            _ if head.ends_with('!') && !head.starts_with("macro_rules!") && head != "thread_local!" => {
                lines.push(format!("{line} {{ {} }}", one_line(item.body)));
            }
            _ => {}
        }
    }
}

#[test]
fn the_public_surface_is_as_it_was_seen_last() {
    let mut known = BTreeSet::new();
    let sources: Vec<(String, String)> = files(&source())
        .into_iter()
        .filter(|file| !file.starts_with(source().join("bin")))
        .map(|file| {
            let name = file.strip_prefix(source()).expect("a file of src").display().to_string();
            (name, without_characters(&code_of(&fs::read_to_string(&file).expect("a source file"))))
        })
        .collect();
    for (name, code) in &sources {
        if ["lib.rs", "sql/mod.rs", "http/mod.rs", "http.rs"].contains(&name.as_str()) {
            known.extend(exported(code));
        }
    }
    assert!(known.contains("CheckedFilter") && known.contains("SqlFragment"), "{known:?}");
    let mut all = String::new();
    for (name, code) in &sources {
        let mut lines = Vec::new();
        surface(code, &known, &mut lines);
        if !lines.is_empty() {
            all +=
                &format!("{name}\n{}\n\n", lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_reader_of_items_sees_what_is_public() {
    let of = |code: &str| {
        let known = BTreeSet::from(["A".to_owned(), "T".to_owned()]);
        let mut lines = Vec::new();
        surface(&code_of(code), &known, &mut lines);
        lines
    };
    assert_eq!(
        of("pub fn a(x: &[u8; 4]) -> B<C, D> where C: E { let pub_ = 1; } fn b() {}"),
        ["pub fn a(x: &[u8; 4]) -> B<C, D> where C: E"]
    );
    assert_eq!(
        of("#[derive(Clone)] pub struct A<'a> { /// One.\n pub b: Vec<(u8, u8)>, c: u8, }"),
        ["#[derive(Clone)] pub struct A<'a>", "    pub b: Vec<(u8, u8)>"]
    );
    assert_eq!(
        of("pub enum A { B, C(u8, u8), D { e: u8 }, }"),
        ["pub enum A", "    B", "    C(u8, u8)", "    D { e: u8 }"]
    );
    assert_eq!(
        of("impl<'a, X: Y<Z>> A<'a> { pub fn b(self) {} pub(crate) fn c() {} } impl B { pub fn d() {} }"),
        ["impl<'a, X: Y<Z>> A<'a>", "    pub fn b(self)"]
    );
    assert_eq!(
        of("impl fmt::Debug for A<'_> { fn f() {} } impl fmt::Debug for B {} impl T for u8 {}"),
        ["impl fmt::Debug for A<'_>", "impl T for u8"]
    );
    assert_eq!(
        of("pub trait T { fn a(&self); fn b() -> u8 { 1 } }"),
        ["pub trait T", "    fn a(&self)", "    fn b() -> u8 { .. }"]
    );
    assert_eq!(
        of("pub const A: B = B { c: 1 }; const D: u8 = 1; pub use e::{F, g::H}; use i::J; pub(crate) fn k() {}"),
        ["pub const A: B", "pub use e::{F, g::H}"]
    );
    assert_eq!(
        of("macro_rules! a { () => {} } #[macro_export] macro_rules! b { () => {} } c! { d \"x\" E, }"),
        ["#[macro_export] macro_rules! b", "c! { d E, }"]
    );
}
