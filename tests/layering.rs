//! The rooms of the house (ARCHITECTURE.md) and their order: a file uses only its own room and those above it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the top: a room may use those before it.
const ORDER: [&str; 28] = [
    "span",
    "lanes",
    "op",
    "limits",
    "quirks",
    "error",
    "warning",
    "ast",
    "capabilities",
    "options",
    "parse",
    "build",
    "schema",
    "decimal",
    "instant",
    "fold",
    "check",
    "eval",
    "stream",
    "analyze",
    "set",
    "order",
    "page",
    "project",
    "query",
    "list",
    "sql",
    "http",
];

fn place(room: &str) -> usize {
    ORDER.iter().position(|known| *known == room).unwrap_or_else(|| panic!("`{room}` is no room of the list"))
}

pub(crate) fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

pub(crate) fn files(under: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(under).unwrap_or_else(|error| panic!("{}: {error}", under.display()));
    let mut found = Vec::new();
    for entry in entries.map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// The modules that a file is in, outermost first: `src/query/check.rs` is `query`, `check`.
fn modules(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(source()).expect("a file of src").with_extension("");
    let mut modules: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if modules.last().is_some_and(|last| last == "mod") {
        modules.pop();
    }
    modules
}

/// The code without comments and the insides of strings, which may name anything.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix('r').map(|raw| raw.trim_start_matches('#'))
            && raw.starts_with('"')
            && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            let signs = rest.len() - raw.len() - 1;
            let end = format!("\"{}", "#".repeat(signs));
            raw[1..].find(&end).map_or(rest.len(), |at| signs + 2 + at + end.len())
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let was = std::mem::replace(&mut escaped, false);
                escaped = c == '\\' && !was;
                c == '"' && !was
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            rest[2..].find('\'').map_or(rest.len(), |end| end + 3)
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// The names that a path goes on with: one, or each of a list in braces.
fn next_names(path: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let Some(list) = path.strip_prefix('{') else { return vec![&path[..word(path)]] };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let name = list[start..at].trim();
                names.extend((!name.is_empty()).then(|| &name[..word(name)]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// The rooms that a file's code names.
fn rooms(file: &Path, code: &str) -> BTreeSet<String> {
    let modules = modules(file);
    let mut found = BTreeSet::new();
    // `$crate::` is what an exported macro writes into its caller's code.
    let starts_a_word =
        |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '$'));
    for (at, path) in code.match_indices("crate::").filter(|(at, _)| starts_a_word(*at)) {
        found.extend(next_names(&code[at + path.len()..]).into_iter().map(str::to_owned));
    }
    for (at, _) in code.match_indices("super::").filter(|(at, _)| starts_a_word(*at)) {
        let path = code[at..].trim_start_matches("super::");
        let ups = (code.len() - at - path.len()) / "super::".len();
        match modules.len().checked_sub(ups) {
            // Still in its own room.
            Some(1..) => {}
            Some(0) => found.extend(next_names(path).into_iter().map(str::to_owned)),
            None => panic!("{}: too many `super`", file.display()),
        }
    }
    found
}

#[test]
fn a_file_uses_only_the_rooms_above_its_own() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files(&source()) {
        let modules = modules(&file);
        // The crate's root names every room, and the program uses the library from outside.
        if modules == ["lib"] || modules[0] == "bin" {
            continue;
        }
        let room = &modules[0];
        seen.insert(room.clone());
        let code = code_of(&fs::read_to_string(&file).expect("a source file"));
        for used in rooms(&file, &code) {
            if used != *room && place(&used) >= place(room) {
                wrong.push(format!("{} uses `{used}`, which lies below `{room}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known: BTreeSet<String> = ORDER.iter().map(|room| (*room).to_owned()).collect();
    assert_eq!(seen, known, "the list is that of the rooms there are");
}

#[test]
fn the_reader_of_files_sees_what_a_file_uses() {
    let uses =
        |path: &str, code: &str| -> Vec<String> { rooms(&source().join(path), &code_of(code)).into_iter().collect() };
    assert_eq!(uses("check/expr.rs", "use crate::ast::{self, Filter}; let x = crate::op::Eq;"), ["ast", "op"]);
    assert_eq!(uses("check/expr.rs", "use crate::{ast::{a, b}, eval, list::Page};"), ["ast", "eval", "list"]);
    assert_eq!(uses("check/expr.rs", "use super::resolve; use super::super::http::x;"), ["http"]);
    assert_eq!(uses("check/mod.rs", "use super::eval::Node; pub(crate) fn x() {}"), ["eval"]);
    assert_eq!(uses("span.rs", "// crate::a\n/* crate::b */ \"crate::c\" r#\"crate::\"d\"# '\"' crate::e::f"), ["e"]);
    assert_eq!(uses("span.rs", "'\\'' \"\\\"crate::a\" mycrate::b x::crate::c"), [""; 0]);
}
