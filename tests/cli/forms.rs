//! What the command line prints and refuses, command by command.

use serde_json::{Value, json};

use super::{REQUESTS, run};

fn json(args: &[&str]) -> Value {
    let ran = run(args, "");
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{args:?}: {error}: {}{}", ran.out, ran.err))
}

#[test]
fn a_filter_is_explained_in_words() {
    let filter = r#"status eq "PENDING" and not (resourceId pr)"#;
    let words = "all of these:\n  status is \"PENDING\"\n  not: resourceId is present\n";
    assert_eq!(run(&["explain", filter], "").out, words);
    assert_eq!(run(&["explain", "-"], &format!("{filter}\n")).out, words);
    assert_eq!(run(&["explain", "--redacted", filter], "").out, words.replace("\"PENDING\"", "?"));
    let nothing = r#"status eq "PENDING" and status eq "DENIED""#;
    assert_eq!(run(&["explain", "--simplify", nothing], "").out, "nothing\n");

    // Of records, with the exit code of `filter`.
    let records = "{\"status\":\"PENDING\"}\n{\"status\":\"DENIED\"}\n";
    let ran = run(&["explain", "--record", "-", r#"status eq "PENDING""#], records);
    assert_eq!(
        (ran.code, &*ran.out),
        (
            0,
            "line 1:\n[yes] status is \"PENDING\" (stored: \"PENDING\")\n\n\
             line 2:\n[no]  status is \"PENDING\" (stored: \"DENIED\")\n"
        )
    );
    let redacted = run(&["explain", "--redacted", "--record", "-", r#"status eq "PENDING""#], records);
    assert_eq!(redacted.out, "line 1:\n[yes] status is ?\n\nline 2:\n[no]  status is ?\n");
    // One is not named, also when what follows is broken.
    let ran = run(&["explain", "--record", "-", "status pr"], "{\"status\":\"x\"}\n3\n");
    assert_eq!((ran.code, &*ran.out), (2, "[yes] status is present (stored: \"x\")\n"));
    let ran = run(&["explain", "--record", REQUESTS, r#"status eq "NO_SUCH""#], "");
    assert_eq!((ran.code, ran.out.lines().count()), (1, 3 * 200 - 1));
    let ran = run(&["explain", "--record", "-", "--skip-invalid", "status pr"], "3\n{\"status\":\"x\"}\n");
    assert_eq!((ran.code, &*ran.out), (0, "[yes] status is present (stored: \"x\")\n"));
    assert!(ran.err.starts_with("skipped: standard input line 1: not a JSON object"), "{}", ran.err);

    let both = run(&["explain", "--record", "-", "-"], "");
    assert_eq!((both.code, both.err.contains("the filter is read from standard input")), (2, true), "{}", both.err);
    // L2: where values are to be hidden, the refused text is not quoted.
    let secret = r#"nosuch eq "s3cret""#;
    assert!(run(&["explain", secret], "").err.contains("s3cret"));
    let redacted = run(&["explain", "--redacted", secret], "");
    assert!(redacted.code == 2 && !redacted.err.contains("s3cret"), "{}", redacted.err);
    let warned = run(&["explain", "--schema", "user", r#"emails ne "x""#], "");
    assert!(warned.err.starts_with("warning in filter: `ne` is true when any value differs"), "{}", warned.err);
}

#[test]
fn trees_are_printed_as_json() {
    let parse = |args: &[&str]| json(&[&["parse", "--ast"], args].concat());
    let exp = |name: &str, op: &str, value: Value| json!({"type": "attrExp", "attrPath": {"name": name}, "op": op, "compValue": value});
    assert_eq!(
        parse(&[r#"a eq null or b[c ne true and d eq "x"]"#]),
        json!({"type": "or", "terms": [
            exp("a", "eq", json!({"type": "null"})),
            {"type": "valuePath", "attrPath": {"name": "b"}, "valFilter": {"type": "and", "terms": [
                exp("c", "ne", json!({"type": "boolean", "value": true})),
                exp("d", "eq", json!({"type": "string", "value": "x"})),
            ]}},
        ]})
    );
    assert_eq!(parse(&["urn:x:y:a pr"])["attrPath"], json!({"uri": "urn:x:y", "name": "a"}));
    assert_eq!(
        parse(&["--order-by", "a desc, b.c"]),
        json!({"type": "orderBy", "keys": [
            {"attrPath": {"name": "a"}, "direction": "desc"},
            {"attrPath": {"name": "b", "subAttr": "c"}, "direction": "asc"},
        ]})
    );
    let path = parse(&["--path", "a[b eq 1].c"]);
    assert_eq!((&path["type"], &path["subAttr"]), (&json!("path"), &json!("c")));
    assert_eq!(path["equalities"], json!({"b": {"type": "number", "text": "1"}}));
    assert_eq!(path["valFilter"]["op"], "eq");
    assert_eq!(parse(&["--path", "urn:x:y:z"])["mayBeSchema"], "urn:x:y:z");

    // Checked, they are those of the schema.
    assert_eq!(run(&["check", "--order-by", "created DESC"], "").out, "created desc, id desc\n");
    assert_eq!(run(&["check", "--path", "--schema", "user", "emails[type eq \"work\"].value"], "").code, 0);
    assert_eq!(run(&["check", "--order-by", "nosuch"], "").code, 2);
}

#[test]
fn schemas_and_tables_are_chosen() {
    let told = |args: &[&str]| {
        let ran = run(args, "");
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.out);
        ran.err
    };
    let extension = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/widget-a.json");
    let with_extension = run(&["schema", "user", extension], "");
    assert!(with_extension.code == 0 && with_extension.out.contains("userName"), "{}", with_extension.err);
    assert!(told(&["schema", "user", "group"]).contains("--schema group is no extension: give it first"));
    assert!(told(&["schema", "open", extension]).contains("--schema open stands alone"));
    assert!(told(&["schema", REQUESTS]).contains("not JSON"));
    let none = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/meaning-resource.json");
    assert!(told(&["schema", none]).contains("a schema document has a list of `attributes`"));
    assert!(run(&["schema", "open"], "").out.starts_with("the open schema declares nothing"));
    assert!(told(&["check", "--alias", "email", "id pr"]).contains("write it as email=emails"));
    assert!(told(&["check", "--schema", "user", "--alias", "email=nosuch", "id pr"]).contains("nosuch"));

    // Of the open schema, a column for each name; long cells are cut, and a cell is one line.
    let records = format!(
        "{{\"id\":\"1\",\"n\":1.5,\"b\":true,\"o\":{{}}}}\n{{\"id\":\"2\",\"t\":\"a\\nb\",\"l\":\"{}\"}}\n",
        "x".repeat(50)
    );
    let table = run(&["list", "--schema", "open", "--output", "table"], &records).out;
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["ID", "B", "L", "N", "T"]);
    assert_eq!(lines[1], ["1", "true", "1.5"]);
    assert_eq!(lines[2], ["2", &*format!("{}…", "x".repeat(39)), "a", "b"]);
}

#[test]
fn a_list_request_has_a_profile_and_unknown_parameters() {
    let profile = |name: &str, query: &str| run(&["list", "--profile", name, "--query", query, REQUESTS], "");
    let page: Value = serde_json::from_str(&profile("scim", "count=2").out).unwrap();
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(200), &json!(2)));
    let page: Value = serde_json::from_str(&profile("okta", "limit=2").out).unwrap();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(2));
    let ran = profile("okta", "limit=2&tenant=x&fliter=x");
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("the parameter `tenant` is unknown and has no effect"), "{}", ran.err);
    assert!(ran.err.contains("the unknown parameter `fliter` has no effect, did you mean `filter`?"), "{}", ran.err);
    for args in [["list", "--filter", "-"], ["filter", "-", "--count"]] {
        let ran = run(&args, "");
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("the filter is read from standard input, so the records need a FILE"), "{}", ran.err);
    }
    assert_eq!(run(&["filter", "-", REQUESTS], "status eq \"NO_SUCH\"\n").code, 1);
    // O5: without a tie-breaker there is no order.
    let ran = run(&["list"], "{\"status\":\"PENDING\"}\n");
    assert_eq!((ran.code, ran.err.contains("has no value for the tie-breaker")), (2, true), "{}", ran.err);
}

#[test]
fn input_that_is_none_is_told_with_its_place() {
    let bytes = std::env::temp_dir().join(format!("scim-query-bytes-{}.ndjson", std::process::id()));
    std::fs::write(&bytes, b"{\"a\":1}\n{\"a\":\"\xff\"}\n{\"a\":2}\n").unwrap();
    let file = bytes.to_str().unwrap();
    for args in [&["filter", "--count", "a pr", file][..], &["filter", "--count", "--validate", "a pr", file]] {
        let ran = run(args, "");
        assert!(ran.code == 2 && ran.err.contains("line 2: not UTF-8"), "{}", ran.err);
    }
    let ran = run(&["list", "--schema", "open", "--skip-invalid", "--output", "ndjson", file], "");
    assert_eq!((ran.code, &*ran.out), (0, "{\"a\":1}\n{\"a\":2}\n"), "{}", ran.err);
    assert!(ran.err.contains("line 2: not UTF-8"), "{}", ran.err);
    std::fs::remove_file(&bytes).unwrap();
    for (input, told) in [
        ("[{\"a\":1},", "EOF while parsing"),
        ("{\"a\":1}\n{\"a\":}\n", "line 2: expected value"),
        ("[{\"a\":1}] x", "trailing characters"),
        ("[{\"a\":1},2]", "element 2: not a JSON object"),
        ("{\"data\":[{\"a\":1},2]}", "element 2: not a JSON object"),
        ("{\n\"data\":[{\"a\":1},2]}", "element 2: not a JSON object"),
        ("{\n\"a\":1}\nx", "expected value"),
    ] {
        let ran = run(&["list", "--schema", "open"], input);
        assert!(ran.code == 2 && ran.err.contains(told), "{input}: {}", ran.err);
    }
}

#[test]
fn parameters_of_each_kind_are_printed() {
    let sql =
        |dialect: &str, filter: &str| json(&["sql", "--schema", "user", "--dialect", dialect, "--filter", filter]);
    assert_eq!(sql("postgres", r#"userName eq "a" or userName eq "b""#)["params"], json!([["a", "b"]]));
    assert_eq!(sql("sqlite", "active eq true")["params"], json!([true]));
    let instant = sql("sqlite", r#"meta.created gt "2022-05-24T14:15:22Z""#);
    assert_eq!(instant["params"].as_array().map(Vec::len), Some(1), "{instant}");
    let paged = json(&["sql", "--schema", "user", "--dialect", "sqlite", "--query", "startIndex=3&count=2"]);
    assert!(paged["count"]["sql"].as_str().is_some_and(|sql| sql.contains("COUNT(*)")), "{paged}");
    let after = json(&["sql", "--dialect", "sqlite", "--query", "limit=2&after=x"]);
    assert!(after["anchor"]["sql"].is_string(), "{after}");
    let none = run(&["sql", "--dialect", "sqlite", "--columns", "nosuch.toml"], "");
    assert!(none.code == 2 && none.err.contains("--columns nosuch.toml: "), "{}", none.err);
}
