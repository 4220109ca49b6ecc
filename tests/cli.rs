//! The command line, driven as a person would: arguments in, text and exit code out.
#![cfg(feature = "cli")]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

mod databases;
mod forms;
mod grep;

const REQUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/access-requests.ndjson");

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run(args: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scim-query"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // The program may stop reading before the end.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn list(args: &[&str]) -> Value {
    let ran = run(&[&["list"], args, &[REQUESTS]].concat(), "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_readmes_command_lists_approved_requests() {
    let page = list(&["--query", "filter=status%20eq%20%22APPROVED%22&orderBy=created%20desc&limit=5"]);
    let data = page["data"].as_array().unwrap();
    assert_eq!(data.len(), 5);
    assert!(data.iter().all(|request| request["status"] == "APPROVED"));
    let last = data[4]["id"].as_str().unwrap();
    assert_eq!(
        page["_links"],
        json!({
            "self": {"href": "?filter=status%20eq%20%22APPROVED%22&orderBy=created%20desc&limit=5"},
            "next": {"href": format!("?filter=status%20eq%20%22APPROVED%22&orderBy=created%20desc&after={last}&limit=5")},
        })
    );
}

#[test]
fn a_parameter_that_is_unknown_is_told_once() {
    let ran = run(&["list", "--query", "Filter=x&offset=3&limit=1", "--output", "ids", REQUESTS], "");
    assert_eq!(
        ran.err,
        "warning in query: the unknown parameter `Filter` has no effect, did you mean `filter`?\n\
         warning in query: the parameter `offset` is unknown and has no effect\n"
    );
}

#[test]
fn next_links_lead_through_all() {
    let all: Vec<String> = ids(&list(&["--limit", "200"]));
    assert_eq!(all.len(), 200);
    let mut walked = Vec::new();
    let mut query = "limit=33".to_owned();
    loop {
        let page = list(&["--query", &query]);
        walked.extend(ids(&page));
        match page["_links"].get("next") {
            Some(next) => query = next["href"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(walked, all);
}

#[test]
fn list_prints_records_as_they_were_written() {
    let record = r#"{"id":"1",  "status":"PENDING","created":"2020-01-01T00:00:00Z","x":1.50}"#;
    let ran = run(&["list", "--output", "ndjson"], record);
    assert_eq!((ran.code, ran.out.as_str()), (0, format!("{record}\n").as_str()));
    let ran = run(&["list", "--output", "ids"], record);
    assert_eq!(ran.out, "1\n");
    let ran = run(&["list", "--output", "table"], record);
    assert_eq!(ran.out, "ID  STATUS   CREATED\n1   PENDING  2020-01-01T00:00:00Z\n");
}

#[test]
fn list_of_a_scim_schema_is_a_list_response() {
    let users = r#"[{"id":"1","userName":"b","password":"x"},{"id":"2","userName":"A"},{"id":"3","userName":"c"}]"#;
    let ran = run(&["list", "--schema", "user", "--query", "sortBy=userName&count=2"], users);
    let page: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(page["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    assert_eq!((&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!(page["Resources"], json!([{"id": "2", "userName": "A"}, {"id": "1", "userName": "b"}]));

    let ran = run(&["list", "--schema", "user", "--order-by", "userName", "--limit", "2"], users);
    let page: Value = serde_json::from_str(&ran.out).unwrap();
    let cursor = page["nextCursor"].as_str().unwrap();
    let next = ["list", "--schema", "user", "--order-by", "userName", "--after", cursor, "--output", "ids"];
    assert_eq!(run(&next, users).out, "3\n");
}

#[test]
fn filter_answers_as_grep_does() {
    let records = "{\"a\":1}\n\n{\"a\" : 2}\r\n{\"a\":3}\n";
    let ran = run(&["filter", "a ge 2"], records);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"a\" : 2}\n{\"a\":3}\n"));
    assert_eq!(run(&["filter", "a gt 3"], records).code, 1);
    assert_eq!(run(&["filter", "--count", "a ge 2"], records).out, "2\n");
    assert_eq!(run(&["filter", "-v", "a ge 2"], records).out, "{\"a\":1}\n");
    let wrong = run(&["filter", "a >= 2"], records);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert_eq!(wrong.err, "error in filter:\n  a >= 2\n    ^^ unknown operator: write `ge`\n");
}

#[test]
fn input_may_be_lines_an_array_or_an_envelope() {
    for input in [
        "{\"a\":1}\n{\"a\":2}\n",
        "[{\"a\":1},{\"a\":2}]",
        "  [\n  {\n    \"a\": 1\n  },\n  {\"a\":2}\n]\n",
        "{\"data\":[{\"a\":1},{\"a\":2}],\"_links\":{}}",
        "{\n  \"totalResults\": 2,\n  \"Resources\": [\n    {\"a\": 1},\n    {\"a\":2}\n  ]\n}\n",
        "{\"value\":[{\"a\":1},{\"a\":2}]}\n",
        "\u{FEFF}{\"a\":1}\n{\"a\":2}\n",
    ] {
        let ran = run(&["filter", "a pr"], input);
        assert_eq!((ran.code, ran.out.replace(' ', "").as_str()), (0, "{\"a\":1}\n{\"a\":2}\n"), "{input} {}", ran.err);
    }
    // A line break inside a string is an escape, so joining the lines of a record changes nothing in it.
    let ran = run(&["filter", "a pr"], "[{\"a\":\n\"x \\\" \\n y\"}]");
    assert_eq!(ran.out, "{\"a\":\"x \\\" \\n y\"}\n");
    for one in ["{\"a\":1}", "{\n  \"a\": 1\n}\n", "\n\n\u{FEFF}{\"a\":1}", "{\"a\":1}\n\n\n", "{\"a\":\n1}"] {
        assert_eq!(run(&["filter", "a pr"], one).out, "{\"a\":1}\n", "{one}");
    }
    assert_eq!(run(&["filter", "a.b pr"], "{\"a\":\n{\"b\":1}}").out, "{\"a\":{\"b\":1}}\n");
    // A broken record before a whole one is told as such.
    let ran = run(&["filter", "--skip-invalid", "a pr"], "{\"a\":\n{\"a\":2}\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"a\":2}\n"));
    // As `jq .` prints them.
    assert_eq!(run(&["filter", "--count", "a pr"], "{\n\"a\": 1\n}\n{\n\"a\": 2,\n\"value\": 1\n}\n").out, "2\n");
}

#[test]
fn a_broken_record_is_told_with_its_line() {
    let records = "{\"a\":1}\n{\"a\":\n{\"a\":1e999}\n3\n{\"a\":2}\n";
    // What matched before it is printed by then.
    let ran = run(&["filter", "a pr"], records);
    assert_eq!((ran.code, ran.out.as_str()), (2, "{\"a\":1}\n"));
    assert!(ran.err.starts_with("error: standard input line 2: EOF while parsing a value"), "{}", ran.err);
    // What the filter does not need of NDJSON is not read.
    let ran = run(&["filter", "--skip-invalid", "a pr"], records);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"a\":1}\n{\"a\":2}\n"));
    assert_eq!(ran.err.lines().count(), 2, "{}", ran.err);
    let ran = run(&["filter", "--skip-invalid", "--validate", "a pr"], records);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"a\":1}\n{\"a\":2}\n"));
    let told: Vec<&str> = ran.err.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(told, ["standard input line 2", "standard input line 3", "standard input line 4"]);
    assert_eq!(run(&["filter", "a pr", "no-such-file"], "").code, 2);
}

/// A file is filtered in pieces by several threads: in order, with the same lines, counts and errors as a pipe.
#[test]
fn a_long_file_is_filtered_as_a_pipe_is() {
    let line = |at: usize| match at % 1000 {
        // Longer than a piece.
        500 if at < 1000 => format!("{{\"id\":{at},\"kind\":\"k{}\",\"pad\":\"{}\"}}", at % 3, "x".repeat(3 << 20)),
        7 => String::new(),
        _ => format!("{{\"id\":{at},\"kind\":\"k{}\",\"note\":\"\\u00e9 {}\"}}  \r", at % 3, "y".repeat(at % 97)),
    };
    let mut text = (0..60_000).map(line).collect::<Vec<_>>().join("\n");
    let path = std::env::temp_dir().join(format!("scim-query-long-{}.ndjson", std::process::id()));
    let file = path.to_str().unwrap();
    let compare = |text: &str, args: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let (of_pipe, of_file) = (run(args, text), run(&[args, &[file]].concat(), ""));
        assert_eq!((of_file.code, of_file.out.len()), (of_pipe.code, of_pipe.out.len()), "{args:?}: {}", of_file.err);
        assert!(of_file.out == of_pipe.out, "{args:?}");
        let told = |err: &str| err.replace(file, "standard input");
        assert_eq!(told(&of_file.err), told(&of_pipe.err));
        of_file
    };
    let ran = compare(&text, &["filter", "kind eq \"k1\""]);
    let expected = text.lines().map(str::trim).filter(|line| line.contains("\"k1\""));
    assert!(ran.out.lines().eq(expected));
    assert_eq!(compare(&text, &["filter", "--count", "kind eq \"k1\""]).out, "19980\n");
    compare(&text, &["filter", "-v", "kind eq \"k1\""]);
    compare(&text, &["filter", "--validate", "id lt 5"]);
    text += "\n{\"kind\":\"k1";
    let ran = compare(&text, &["filter", "kind eq \"k1\""]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("line 60001: EOF while parsing a string"), "{}", ran.err);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn parse_and_check_print_canonical_text_trees_and_warnings() {
    let parse = |args: &[&str]| run(&[&["parse"], args].concat(), "").out;
    assert_eq!(parse(&["a EQ 1 AND(b pr)"]), "a eq 1 and b pr\n");
    assert_eq!(parse(&["--order-by", "a DESC,b"]), "a desc, b asc\n");
    assert_eq!(parse(&["--path", "a[b eq 1].c"]), "a[b eq 1].c\n");
    let tree: Value = serde_json::from_str(&parse(&["--ast", "not (a.b eq -1.50)"])).unwrap();
    let exp = json!({"type": "attrExp", "attrPath": {"name": "a", "subAttr": "b"}, "op": "eq",
                     "compValue": {"type": "number", "text": "-1.50"}});
    assert_eq!(tree, json!({"type": "not", "filter": exp}));
    assert_eq!(run(&["parse", "-"], "a pr\n").out, "a pr\n");

    let ran = run(&["parse", "--quirk", "Q2", "a eq bob"], "");
    assert_eq!(ran.out, "a eq \"bob\"\n");
    assert_eq!(ran.err, "warning in filter: a value without quotes, read as a string (Q2) at 5..8\n");
    assert_eq!(run(&["parse", "--lenient", "not a pr"], "").out, "not (a pr)\n");
    assert_eq!(run(&["parse", "a eq bob"], "").code, 2);

    let ran = run(&["check", "--schema", "user", "emails ne \"x\""], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, "emails.value ne \"x\"\n"));
    assert!(ran.err.starts_with("warning in filter: `ne` is true when any value differs"), "{}", ran.err);
    let ran = run(&["check", "--schema", "user", "nosuch pr and foo pr"], "");
    assert_eq!((ran.code, ran.err.matches("unknown attribute").count()), (2, 2));
    let ran = run(&["check", "--schema", "user", "--alias", "email=emails", "email pr"], "");
    assert_eq!(ran.out, "emails pr\n");
    assert_eq!(run(&["check", "--strict", "status eq \"RESOLVED\""], "").code, 2);
}

#[test]
fn errors_can_be_the_bodies_of_an_endpoint() {
    let ran = run(&["list", "--filter", "nosuch eq 1", "--error-format", "okta", REQUESTS], "");
    let body: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &body["errorCode"]), (2, &json!("E0000053")));
    assert_eq!(body["errorCauses"][0]["location"], "/filter");
    let ran = run(&["list", "--query", "limit=201", "--error-format", "okta", REQUESTS], "");
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["errorCode"], "E0000029");
    let ran = run(&["filter", "a eq", "--error-format", "scim"], "");
    let body: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&body["status"], &body["scimType"]), (&json!("400"), &json!("invalidFilter")));
}

#[test]
fn schemas_are_names_or_files_and_have_tables() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas");
    let (test_user, enterprise) = (format!("{folder}/test-user.json"), format!("{folder}/enterprise-user.json"));
    let args = ["check", "--schema", &test_user, "--schema", &enterprise, "age gt 1 and department eq \"X\""];
    assert_eq!(
        run(&args, "").out,
        "age gt 1 and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"x\"\n"
    );
    let table = run(&["schema", "access-requests-documented"], "").out;
    assert!(
        table.starts_with(
            "NAME              TYPE      OPERATORS  SORTABLE\nstatus            string    eq         no\n"
        )
    );
    assert!(table.contains("lastUpdated       dateTime  gt         yes\n"));
    assert_eq!(run(&["schema", "nosuch.json"], "").code, 2);
    assert!(!run(&["schema", "user"], "").out.contains("password"));
}

#[test]
fn a_closed_pipe_is_quiet() {
    // More than a pipe holds, to a reader that reads nothing.
    let mut child = Command::new(env!("CARGO_BIN_EXE_scim-query"))
        .args(["filter", "id pr", REQUESTS, REQUESTS, REQUESTS, REQUESTS, REQUESTS])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

/// Broken lines are counted on from each other, and errors say nothing of bytes in the piece.
#[test]
fn many_broken_lines_are_told_one_by_one() {
    let text = "{\"a\":1}\n".to_owned() + &"x\n".repeat(100_000) + "{\"a\":1}\n\x0c{\"a\":1}\n";
    let ran = run(&["filter", "--skip-invalid", "--count", "a eq 1"], &text);
    assert_eq!((ran.code, ran.out.as_str()), (0, "2\n"));
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), 100_001);
    assert!(told[99_999].contains(" line 100001: "), "{}", told[99_999]);
    assert!(told[100_000].ends_with(" line 100003: not JSON: no value where one has to be"), "{}", told[100_000]);
}

#[test]
fn a_record_that_cannot_be_ordered_is_told_by_its_number() {
    let records = "{\"a\":1,\"id\":\"x\"}\n{\"a\":2,\"id\":\"y\"}\n{\"a\":3}\n";
    let args = ["list", "--schema", "open", "--order-by", "a desc", "--filter"];
    let ran = run(&[&args[..], &["a gt 1"]].concat(), records);
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("error: standard input: record 3 has no value for the tie-breaker"), "{}", ran.err);
    // What does not match is not looked at, but for a cursor that names it.
    let ran = run(&[&args[..], &["a lt 3", "--output", "ids"]].concat(), records);
    assert_eq!((ran.code, &*ran.out), (0, "y\nx\n"));
    let ran = run(
        &[&args[..], &["a lt 2", "--output", "ids", "--after", "y"]].concat(),
        "{\"a\":1,\"id\":\"x\"}\n{\"a\":2,\"id\":\"y\"}\n",
    );
    assert_eq!((ran.code, &*ran.out), (0, "x\n"), "{}", ran.err);
}

#[test]
fn an_unknown_attribute_is_told_with_the_schema_that_was_not_chosen() {
    for command in ["list --filter", "check", "explain", "sql --dialect sqlite --filter"] {
        let args: Vec<&str> = command.split(' ').chain([r#"level eq "x""#]).collect();
        let ran = run(&args, "");
        assert_eq!(ran.code, 2, "{command}");
        assert!(ran.err.contains("note: without --schema the attributes are those of access-requests"), "{}", ran.err);
        let ran = run(&[&args[..], &["--schema", "user"]].concat(), "");
        assert!(ran.code == 2 && !ran.err.contains("note:"), "{command}: {}", ran.err);
    }
}
