//! The command line in a terminal and in a pipe: colour, width, completions, the manual, readers that go away.
#![cfg(feature = "cli")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

const REQUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/access-requests.ndjson");

fn command(args: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim-query"));
    command.args(args).stdin(Stdio::null());
    for name in ["CLICOLOR_FORCE", "NO_COLOR", "COLUMNS"] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied());
    command
}

fn run(args: &[&str], environment: &[(&str, &str)]) -> Output {
    command(args, environment).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn carets_have_colour_where_it_is_shown() {
    let wrong = ["check", "status eq APPROVED"];
    let plain = "error in filter:\n  status eq APPROVED\n            ^^^^^^^^ expected a string in double quotes, found \
                 a bare word: write \"APPROVED\"\n";
    assert_eq!(text(&run(&wrong, &[]).stderr), plain, "a pipe");
    assert_eq!(text(&run(&wrong, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).stderr), plain);
    let colored = run(&wrong, &[("CLICOLOR_FORCE", "1")]).stderr;
    assert!(text(&colored).starts_with("\x1b[1;31merror in filter:\x1b[0m\n  status"), "{}", text(&colored));
    assert!(text(&colored).contains(" \x1b[1;31m^^^^^^^^\x1b[0m expected"), "{}", text(&colored));
    // A text of the request's own colours nothing.
    let hostile = run(&["check", "status eq \"\x1b[2J\""], &[("CLICOLOR_FORCE", "1")]).stderr;
    assert!(!text(&hostile).contains("[2J\x1b"), "{}", text(&hostile));
    assert!(!text(&hostile).contains("\x1b[2J"), "{}", text(&hostile));
}

#[test]
fn a_table_fits_its_terminal() {
    let list = ["list", "--output", "table", "--query", "limit=20", REQUESTS];
    let whole = run(&list, &[]);
    assert!(text(&whole.stdout).lines().any(|line| line.len() > 150), "a pipe gets all");
    assert_eq!(text(&whole.stderr), "");
    for columns in ["200", "120", "80", "40", "1"] {
        let ran = run(&list, &[("COLUMNS", columns)]);
        let room = columns.parse::<usize>().unwrap().max(20);
        let lines: Vec<&str> = text(&ran.stdout).lines().collect();
        assert_eq!(lines.len(), 21);
        assert!(lines.iter().all(|line| line.chars().count() <= room), "{columns}: {lines:?}");
        for (line, of_whole) in lines.iter().zip(text(&whole.stdout).lines()) {
            assert_eq!(line.split(' ').next(), of_whole.split(' ').next(), "the id is whole");
        }
        // What is left out is told.
        let head = text(&whole.stdout).lines().next().unwrap();
        let shown = lines[0].split_whitespace().count();
        let left_out: Vec<&str> = head.split_whitespace().skip(shown).collect();
        let told =
            if left_out.is_empty() { String::new() } else { format!("note: no room for {}\n", left_out.join(", ")) };
        assert_eq!(text(&ran.stderr), told);
    }
}

#[test]
fn wide_characters_take_the_room_they_take() {
    let folder = std::env::temp_dir().join(format!("scim-query-wide-{}", std::process::id()));
    std::fs::write(&folder, "{\"id\":\"1\",\"a\":\"日本語日本語日本語日本語\",\"b\":\"x\"}\n").unwrap();
    let file = folder.to_str().unwrap();
    let ran = run(&["list", "--schema", "open", "--output", "table", file], &[("COLUMNS", "20")]);
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(text(&ran.stdout), "ID  A              B\n1   日本語日本語…  x\n");
}

#[test]
fn a_table_shows_any_text_on_one_line() {
    let file = std::env::temp_dir().join(format!("scim-query-any-{}", std::process::id()));
    let names = [
        "❤️".repeat(30),
        "\x1b[31mEVIL\x07".into(),
        "a\nb".into(),
        "\u{202e}x".into(),
        "👨\u{200d}👩\u{200d}👧".repeat(9),
    ];
    let mut record = serde_json::Map::new();
    for (at, name) in names.iter().enumerate() {
        record.insert(name.clone(), format!("{at}\u{0}{}\x1b]0;t\x07\u{9b}", "❤️".repeat(19)).into());
    }
    record.insert("id".into(), "x".repeat(60).into());
    std::fs::write(&file, serde_json::Value::Object(record).to_string()).unwrap();
    for columns in (0..130).map(|columns| columns.to_string()) {
        let args = ["list", "--schema", "open", "--output", "table", file.to_str().unwrap()];
        let ran = run(&args, &[("COLUMNS", &columns)]);
        assert!(ran.status.success(), "{columns}: {}", text(&ran.stderr));
        assert_eq!(text(&ran.stdout).lines().count(), 2, "{columns}");
        assert!(text(&ran.stdout).lines().last().unwrap().starts_with(&"x".repeat(60)), "an id is whole");
        let unseen = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text(&ran.stdout).contains(unseen) && !text(&ran.stderr).contains(unseen), "{columns}");
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn shells_and_readers_are_told_what_there_is() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell], &[]);
        assert!(ran.status.success());
        assert!(text(&ran.stdout).contains("order-by"), "{shell}");
    }
    let folder = std::env::temp_dir().join(format!("scim-query-man-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let ran = run(&["man", folder.to_str().unwrap()], &[]);
    assert!(ran.status.success());
    let pages: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|page| page.unwrap().path()).collect();
    assert!(pages.iter().any(|page| page.ends_with("scim-query-filter.1")), "{pages:?}");
    assert!(pages.iter().all(|page| std::fs::read_to_string(page).unwrap().contains(".SH NAME")));
    // The synopsis has the values and what may be given several times.
    let page = std::fs::read_to_string(folder.join("scim-query-filter.1")).unwrap();
    assert!(page.contains(".SH SYNOPSIS\nscim\\-query filter [OPTIONS] <F> [FILE]...\n.SH DESCRIPTION\n"), "{page}");
    std::fs::remove_dir_all(&folder).unwrap();
    let nowhere = run(&["man", folder.to_str().unwrap()], &[]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(text(&nowhere.stderr).starts_with("error: cannot write to "));
}

#[test]
fn every_command_has_an_example() {
    let help = run(&["--help"], &[]).stdout;
    let commands = text(&help).split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    for name in names.into_iter().filter(|name| *name != "help") {
        let help = run(&[name, "--help"], &[]).stdout;
        let help = text(&help);
        assert!(help.contains("Example") && help.contains(&format!("\n  scim-query {name} ")), "{name}: {help}");
    }
}

#[test]
fn lines_leave_when_they_are_there_and_a_reader_may_go_away() {
    let mut child = command(&["filter", "a pr"], &[]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut out) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut line = String::new();
    for number in 0..3 {
        // The next is written when this one has come out.
        writeln!(stdin, "{{\"a\":{number}}}").unwrap();
        line.clear();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, format!("{{\"a\":{number}}}\n"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());

    let mut child = command(&["filter", "id pr", REQUESTS], &[]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(text(&ended.stderr), "");
}
