//! `sql`, `load` and `list --db`.

use serde_json::{Value, json};

use super::run;
#[cfg(feature = "databases")]
use super::{REQUESTS, list};

#[test]
fn a_request_is_printed_as_sql() {
    let args = ["sql", "--filter", r#"status eq "PENDING""#, "--order-by", "created desc", "--limit", "5", "--dialect"];
    let ran = run(&[&args[..], &["postgres"]].concat(), "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let printed: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(printed["params"], json!(["PENDING"]));
    assert_eq!(printed["where"]["sql"], r#"("resources"."status" = $1::text)"#);
    assert_eq!(printed["orderBy"], r#""resources"."created" DESC, "resources"."id" DESC"#);
    let sql = printed["sql"].as_str().unwrap();
    assert!(sql.ends_with(r#"ORDER BY "resources"."created" DESC, "resources"."id" DESC LIMIT 6"#), "{sql}");

    let inline = run(&[&args[..], &["sqlite", "--inline"]].concat(), "");
    assert!(inline.out.starts_with("-- For reading only"), "{}", inline.out);
    assert!(inline.out.contains(r#""resources"."status" = 'PENDING'"#), "{}", inline.out);

    let ddl = run(&["sql", "--dialect", "mariadb", "--schema", "group", "--table", "groups", "--ddl"], "");
    assert!(ddl.out.contains("CREATE TABLE `groups_members`"), "{}", ddl.out);
    let unknown = run(&["sql", "--dialect", "oracle"], "");
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("write postgres, mysql, mariadb or sqlite"), "{}", unknown.err);
}

#[test]
fn a_mapping_is_read_from_toml() {
    let folder = std::env::temp_dir().join(format!("scim-query-columns-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("columns.toml");
    let toml = "table = \"req\"\n[attributes]\nid = { column = { name = \"id\", notNull = true } }\nstatus = { column = \"state\" }\n\
                created = { column = { name = \"made\", type = { epoch = { digits = 3 } }, notNull = true, indexed = true } }\n";
    std::fs::write(&file, toml).unwrap();
    let args = ["sql", "--dialect", "sqlite", "--columns", file.to_str().unwrap()];
    let filter = |filter| run(&[&args[..], &["--filter", filter]].concat(), "");
    let printed: Value = serde_json::from_str(&filter(r#"status eq "PENDING""#).out).unwrap();
    assert_eq!(printed["where"]["sql"], r#"("req"."state" = ?)"#);
    let refused = filter(r#"resourceId eq "x""#);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("cannot be used in the database"), "{}", refused.err);

    std::fs::write(&file, toml.replace("status", "stauts")).unwrap();
    let wrong = filter(r#"status eq "PENDING""#);
    assert!(wrong.err.contains("attribute `stauts`: the schema"), "{}", wrong.err);
    std::fs::write(&file, toml.replace("notNull", "notnull")).unwrap();
    assert!(filter("status pr").err.contains("unknown field `notnull`"), "{}", filter("status pr").err);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The guide's file is one that works.
#[test]
fn the_guides_mapping_is_read() {
    let guide = include_str!("../../docs/sql.md");
    let toml = guide.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("a file in the guide");
    let file = std::env::temp_dir().join(format!("scim-query-guide-{}.toml", std::process::id()));
    std::fs::write(&file, toml).unwrap();
    let args = ["sql", "--dialect", "postgres", "--schema", "user", "--columns", file.to_str().unwrap(), "--filter"];
    let ran = run(&[&args[..], &[r#"emails.value eq "a@example.com" and active eq true"#]].concat(), "");
    std::fs::remove_file(&file).unwrap();
    let printed: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    assert_eq!(printed["params"], json!(["a@example.com", true]));
}

/// Loaded and listed from each database that there is, the answers are those of the file.
#[cfg(feature = "databases")]
#[test]
fn a_database_answers_as_the_file() {
    let folder = std::env::temp_dir().join(format!("scim-query-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut urls = vec![format!("sqlite:{}", folder.join("requests.db").display())];
    urls.extend(["SCIM_QUERY_POSTGRES", "SCIM_QUERY_MARIADB"].into_iter().filter_map(|name| std::env::var(name).ok()));
    for url in urls {
        let table = format!("requests_{}", std::process::id());
        let stored = ["--db", &url, "--table", &table];
        let loaded = run(&[&["load"], &stored[..], &[REQUESTS]].concat(), "");
        assert_eq!((loaded.code, &*loaded.err), (0, ""), "{url}");
        assert!(loaded.out.starts_with("200 resources loaded"), "{}", loaded.out);
        let queries = [
            r#"filter=status eq "APPROVED"&orderBy=created desc&limit=5"#,
            r#"filter=not (grantStatus eq "GRANTED") and requestedFor pr&orderBy=lastUpdated&limit=50"#,
            "limit=200",
            r#"filter=status eq "NO_SUCH""#,
        ];
        for query in queries {
            let from_file = list(&["--query", query]);
            let ran = run(&[&["list"], &stored[..], &["--query", query]].concat(), "");
            assert_eq!(ran.code, 0, "{url}: {}", ran.err);
            assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), from_file, "{url}: {query}");
            let Some(last) = from_file["data"].as_array().unwrap().last() else { continue };
            let next = format!("{query}&after={}", last["id"].as_str().unwrap());
            let ran = run(&[&["list"], &stored[..], &["--query", &next]].concat(), "");
            assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), list(&["--query", &next]), "{url}: {next}");
        }
        let unknown = run(&[&["list"], &stored[..], &["--after", "req-unknown"]].concat(), "");
        assert!(unknown.code == 2 && unknown.err.contains("no resource has the id"), "{url}: {}", unknown.err);
        let again = run(&[&["load"], &stored[..], &[REQUESTS]].concat(), "");
        assert_eq!(again.code, 2, "a table that is there is not filled twice: {}", again.out);
    }
    // Nothing is made by looking for it, and nothing stays of what was not loaded whole.
    let missing = format!("sqlite:{}", folder.join("missing.db").display());
    assert_eq!(run(&["list", "--db", &missing, "--table", "t"], "").code, 2);
    assert!(!folder.join("missing.db").exists());
    let partly = "{\"id\": \"1\"}\n{\"id\": \"2\", \"status\": [\"A\", \"B\"]}\n";
    for url in [&*format!("sqlite:{}", folder.join("partly.db").display())]
        .into_iter()
        .map(str::to_owned)
        .chain(["SCIM_QUERY_POSTGRES", "SCIM_QUERY_MARIADB"].into_iter().filter_map(|name| std::env::var(name).ok()))
    {
        let table = format!("partly_{}", std::process::id());
        let load = |input: &str| run(&["load", "--db", &url, "--table", &table, "-"], input);
        let broken = load(partly);
        assert!(
            broken.code == 2 && broken.err.contains("line 2: attribute `status`: it has several"),
            "{}",
            broken.err
        );
        let whole = run(&["load", "--db", &url, "--table", &table, "--skip-invalid", "-"], partly);
        assert_eq!(whole.code, 0, "{url}: {}", whole.err);
        assert!(
            whole.err.contains("skipped: standard input line 2") && whole.out.starts_with("1 resources"),
            "{}",
            whole.out
        );
    }
    let none = run(&["list", "--db", "oracle://x", "--table", "t"], "");
    assert!(none.err.contains("write the database as sqlite:FILE"), "{}", none.err);
    std::fs::remove_dir_all(&folder).unwrap();
}
