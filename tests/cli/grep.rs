//! `filter` where it is used as grep is.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::run;

/// A folder of its own for the files of a test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("scim-query-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// The path of a file with that text.
    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(Path::new(&self.path(name)), text).unwrap();
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_filtered() {
    let folder = Folder::new("unreadable");
    let (one, two) = (folder.file("1", "{\"a\":1}\n"), folder.file("2", "{\"a\":2}\n"));
    let (missing, a_folder) = (folder.path("missing"), folder.path(""));
    let files = [&*one, &missing, &a_folder, &two];
    let ran = run(&[&["filter", "a pr"], &files[..]].concat(), "");
    assert_eq!((ran.code, &*ran.out), (2, "{\"a\":1}\n{\"a\":2}\n"));
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with(&format!("error: {missing}: ")), "{told:?}");
    assert!(told[1].starts_with(&format!("error: {a_folder}: ")), "{told:?}");
    // They are counted, and that something is missing is told by the exit code, also where nothing matches.
    let ran = run(&[&["filter", "--count", "a pr"], &files[..]].concat(), "");
    assert_eq!((ran.code, &*ran.out), (2, "2\n"));
    assert_eq!(run(&[&["filter", "a gt 2"], &files[..]].concat(), "").code, 2);
}

#[test]
fn a_broken_record_ends_the_run_without_a_count() {
    let folder = Folder::new("no-count");
    let (broken, whole) = (folder.file("1", "{\"a\":1}\n{\"a\":\n"), folder.file("2", "{\"a\":2}\n"));
    let ran = run(&["filter", "--count", "a pr", &whole, &broken, &whole], "");
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("line 2: "), "{}", ran.err);
    // With what goes on, the count is that of the rest.
    let ran = run(&["filter", "--count", "--skip-invalid", "a pr", &whole, &broken, &whole], "");
    assert_eq!((ran.code, &*ran.out), (0, "3\n"));
}

const LINES: &str = "{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":3}\n{\"a\":4}\n";

/// What is printed of lines by a pipe, and by the threads that read a file.
fn both(folder: &Folder, args: &[&str], text: &str) -> (i32, String) {
    let file = folder.file("both", text);
    let (of_pipe, of_file) = (run(args, text), run(&[args, &[&*file]].concat(), ""));
    let told = |text: &str| text.replace("(standard input)", &file).replace("standard input", &file);
    assert_eq!((of_file.code, &of_file.out), (of_pipe.code, &told(&of_pipe.out)), "{args:?}");
    assert_eq!(of_file.err, told(&of_pipe.err), "{args:?}");
    (of_file.code, of_file.out.replace(&file, "F"))
}

#[test]
fn filter_stops_after_so_many_records() {
    let folder = Folder::new("max");
    for (args, code, out) in [
        (&["-m", "2", "a ge 2"][..], 0, "{\"a\":2}\n{\"a\":3}\n"),
        (&["-m1", "-v", "a le 2"], 0, "{\"a\":3}\n"),
        (&["-m1", "--validate", "a ge 2"], 0, "{\"a\":2}\n"),
        (&["--max-count=9", "a ge 4"], 0, "{\"a\":4}\n"),
        (&["-c", "-m", "2", "a pr"], 0, "2\n"),
        (&["-c", "-m", "2", "a gt 9"], 1, "0\n"),
        (&["-m", "0", "a pr"], 1, ""),
    ] {
        assert_eq!(both(&folder, &[&["filter"], args].concat(), LINES), (code, out.to_owned()), "{args:?}");
        let array = format!("[{}]", LINES.trim().replace("\r\n", ",").replace("}\n", "},"));
        assert_eq!(
            both(&folder, &[&["filter"], args].concat(), &array),
            (code, out.to_owned()),
            "{args:?} of an array"
        );
    }
    // Of each file, as grep counts.
    let file = folder.file("1", LINES);
    assert_eq!(run(&["filter", "-m1", "a gt 1", &file, &file], "").out, "{\"a\":2}\n{\"a\":2}\n");
    assert_eq!(run(&["filter", "-c", "-m1", "a gt 1", &file, &file], "").out, "2\n");
    // What stands behind the last one is not looked at, what stands before it is.
    let broken = format!("{LINES}x\n{LINES}");
    assert_eq!(both(&folder, &["filter", "-m", "4", "-c", "a pr"], &broken), (0, "4\n".into()));
    assert_eq!(both(&folder, &["filter", "-m", "5", "-n", "a pr"], &broken).0, 2);
    let ran = run(&["filter", "--skip-invalid", "-n", "-m", "5", "a pr"], &format!("{broken}y\n"));
    assert_eq!((ran.code, ran.out.lines().last()), (0, Some("7:{\"a\":1}")));
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(run(&["filter", "-m", "x", "a pr"], "").code == 2);
}

/// More pieces than one, with what is wanted in any of them.
#[test]
fn places_are_told_across_the_pieces_of_a_file() {
    let folder = Folder::new("pieces");
    let line = |at: usize| format!("{{\"a\":{at},\"pad\":\"{}\"}}\n", "x".repeat(at % 90));
    let text: String = (1..=100_000).map(line).collect();
    for (args, lines) in [
        (&["filter", "-n", "a ge 60000"][..], 60_000..=100_000),
        (&["filter", "-n", "-m", "3", "a ge 99000"], 99_000..=99_002),
        (&["filter", "-n", "-v", "-m", "70000", "a gt 90000"], 1..=70_000),
    ] {
        let (code, out) = both(&folder, args, &text);
        let expected: String = lines.map(|at| format!("{at}:{}", line(at))).collect();
        assert!(code == 0 && out == expected, "{args:?}");
    }
    assert_eq!(both(&folder, &["filter", "-c", "-m", "70000", "a pr"], &text), (0, "70000\n".into()));
    assert_eq!(both(&folder, &["filter", "-q", "a eq 100000"], &text), (0, String::new()));
    assert_eq!(both(&folder, &["filter", "-l", "a eq 100000"], &text), (0, "F\n".into()));
}

#[test]
fn quiet_is_told_by_the_exit_code() {
    let folder = Folder::new("quiet");
    assert_eq!(both(&folder, &["filter", "-q", "a eq 3"], LINES), (0, String::new()));
    assert_eq!(both(&folder, &["filter", "--quiet", "a eq 9"], LINES), (1, String::new()));
    assert_eq!(both(&folder, &["filter", "-qv", "a pr"], LINES), (1, String::new()));
    // As grep has it: found is found, also after a file that is missing; else that is an error.
    let (file, missing) = (folder.file("1", LINES), folder.path("missing"));
    assert_eq!(run(&["filter", "-q", "a eq 3", &missing, &file], "").code, 0);
    assert_eq!(run(&["filter", "-q", "a eq 9", &missing, &file], "").code, 2);
    // No file is read after the first that has one.
    assert_eq!(run(&["filter", "-q", "a eq 3", &file, &missing], "").err, "");
}

#[test]
fn lines_and_files_are_told_before_records() {
    let folder = Folder::new("lines");
    let args = |options: &'static str| ["filter", options, "a ge 3"];
    assert_eq!(both(&folder, &args("-n"), LINES).1, "4:{\"a\":3}\n5:{\"a\":4}\n");
    assert_eq!(both(&folder, &args("-nv"), LINES).1, "1:{\"a\":1}\n3:{\"a\":2}\n");
    assert_eq!(both(&folder, &args("-H"), LINES).1, "F:{\"a\":3}\nF:{\"a\":4}\n");
    assert_eq!(both(&folder, &args("-nH"), LINES).1, "F:4:{\"a\":3}\nF:5:{\"a\":4}\n");
    assert_eq!(both(&folder, &args("-cH"), LINES).1, "F:2\n");
    assert_eq!(both(&folder, &args("-l"), LINES).1, "F\n");
    assert_eq!(both(&folder, &["filter", "-l", "a eq 9"], LINES), (1, String::new()));
    // Where a record begins in what is no NDJSON.
    for (json, lines) in [
        ("\n[\n{\"a\":1},\n{\"a\":\n2},{\"a\":3}\n]\n", ["3", "4", "5"]),
        ("[{\"a\":1},{\"a\":2},\r\n{\"a\":3}]", ["1", "1", "2"]),
        ("{\n\"x\":\"\",\n\"data\":[\n{\"a\":1},\n{\"a\":\n2},{\"a\":3}]}", ["4", "5", "6"]),
        ("{\n\"a\":1}\n\n{\"a\":2\n}{\"a\":3}", ["1", "4", "5"]),
        ("\u{FEFF}\n{\n\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", ["2", "4", "6"]),
    ] {
        let expected: String = lines.iter().zip(1..).map(|(line, a)| format!("{line}:{{\"a\":{a}}}\n")).collect();
        assert_eq!(both(&folder, &["filter", "-n", "a pr"], json).1, expected, "{json}");
        assert_eq!(both(&folder, &["filter", "-nv", "a eq 2"], json).1.lines().count(), 2, "{json}");
    }
}

#[test]
fn options_that_say_nothing_beside_each_other_are_refused() {
    for options in ["-qc", "-qn", "-qH", "-ql", "-lc", "-ln", "-lH", "-nc", "-qm1", "-lm1"] {
        let ran = run(&["filter", options, "a pr"], LINES);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{options}");
        assert!(ran.err.contains("cannot be used with"), "{options}: {}", ran.err);
    }
}

/// A log that is still written has no end: what was asked for is told before it.
#[test]
fn a_pipe_is_not_waited_for_once_enough_was_read() {
    for options in ["-m1", "-nm1", "-q", "-l"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scim-query"))
            .args(["filter", options, "a eq 1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"{\"a\":1}\n").unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines().count();
        assert_eq!((child.wait().unwrap().code(), out), (Some(0), usize::from(options != "-q")), "{options}");
        // It was open until then.
        drop(stdin);
    }
}

/// What looks like the answer of an endpoint may be a record.
#[test]
fn the_form_of_the_input_can_be_said() {
    let folder = Folder::new("input");
    let ran = |input: &str, text: &str| both(&folder, &["filter", "--input", input, "data pr or a pr"], text);
    let line = "{\"id\":1,\"data\":[{\"a\":1},{\"a\":2}]}\n";
    let elements = "{\"a\":1}\n{\"a\":2}\n".to_owned();
    assert_eq!(ran("auto", line), (0, elements.clone()));
    assert_eq!(ran("ndjson", line), (0, line.into()));
    assert_eq!(ran("json", line), (0, line.into()));
    let pretty = line.replace(',', ",\n");
    assert_eq!(ran("auto", &pretty), (0, elements));
    assert_eq!(ran("json", &pretty), (0, line.into()));
    // Two are no answer.
    assert_eq!(ran("auto", &pretty.repeat(2)), (0, line.repeat(2)));
    assert_eq!(ran("auto", &line.repeat(2)), (0, line.repeat(2)));
    assert_eq!(ran("json", &format!("\u{FEFF}[{pretty}]")), (0, line.into()));
    assert_eq!(ran("ndjson", &format!("\n\u{FEFF}{line}")), (0, line.into()));
    // Of NDJSON a record does not go on in the next line, and is no array.
    let told = |input: &str, text: &str| run(&["filter", "--validate", "--input", input, "a pr"], text).err;
    assert!(told("ndjson", &pretty).contains("line 1: EOF while parsing"), "{}", told("ndjson", &pretty));
    assert!(told("ndjson", "[{\"a\":1}]").contains("line 1: not a JSON object"));
    assert!(told("json", "3 {\"a\":1}").contains("record 1: not a JSON object"));
    assert_eq!(run(&["list", "--schema", "open", "--input", "ndjson", "--output", "ndjson"], line).out, line);
    assert_eq!(
        run(&["explain", "--schema", "open", "--input", "ndjson", "--record", "-", "a pr"], line).out.lines().count(),
        1
    );
}
