//! What reviews found, each once, so that it stays mended.

use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements, Param, Select};
use scim_query::{AttributeDef, CursorKind, Cursors, Filter, Limits, ListQuery, Options, Profile, Schema, Type};
use serde_json::{Value, json};

use super::engine::{self, Engine};
use super::pages::{ask, fill, firsts, walk};
use crate::support::cases::encode;

fn check(schema: &Schema, text: &str) -> scim_query::CheckedFilter {
    Filter::parse(text).and_then(|filter| filter.check(schema)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The ids that a table has for a filter, and memory.
fn both(engine: &mut Engine, columns: &Columns, rows: &[Value], text: &str) -> (Vec<String>, Vec<String>) {
    let schema = columns.schema();
    let query = ListQuery::parse(&format!("filter={}&limit=200&orderBy=id", encode(text)), &Profile::okta());
    let query = query.and_then(|query| query.check(schema)).unwrap_or_else(|error| panic!("{text}: {error}"));
    let page = Select::new(columns, format!("{}.id", columns.dialect().quote(columns.alias()))).page(&query);
    let page = page.unwrap_or_else(|error| panic!("{text}: {error}"));
    let found = firsts(&ask(engine, &page).unwrap_or_else(|error| panic!("{text}: {error}")));
    let matching =
        rows.iter().filter(|row| query.filter().matches(*row)).map(|row| row["id"].as_str().expect("an id").into());
    let mut expected: Vec<String> = matching.collect();
    expected.sort();
    (found, expected)
}

fn agree(engine: &mut Engine, columns: &Columns, rows: &[Value], filters: &[&str]) {
    for text in filters {
        let (found, expected) = both(engine, columns, rows, text);
        assert_eq!(found, expected, "{}: {text}", columns.dialect());
    }
}

/// PostgreSQL's planner took minutes for 256 joined sub-queries.
#[test]
fn many_tests_of_elements_are_planned_soon() {
    let schema = Schema::user();
    for (_, connect) in engine::all() {
        let mut engine = connect();
        let columns = Columns::standard(&schema, engine.dialect(), "users").expect("columns");
        let rows = [json!({"id": "1", "emails": [{"value": "0123456789"}]}), json!({"id": "2"})];
        fill(&mut engine, &columns, &rows);
        let tests =
            |word: &str| (0..250).map(|at| format!(r#"emails {word} "{}""#, at % 10)).collect::<Vec<_>>().join(" and ");
        for word in ["co", "eq", "sw"] {
            agree(&mut engine, &columns, &rows, &[&tests(word)]);
        }
    }
}

/// A tie-breaker that is unique in its tenant only: the other tenant's rows stay out of every page.
/// A second scope does not take the place of the first.
/// A cursor of one scope is none of another (O7), and neither is one whose values are of other types.
/// The folded form of a column may be the column itself.
#[test]
fn texts_that_are_kept_folded() {
    let schema = Schema::user();
    for (_, connect) in engine::all() {
        let mut engine = connect();
        let columns = Columns::builder(&schema, engine.dialect(), "users")
            .column("id", Column::new("id").not_null().max_length(20))
            .column("title", Column::new("title").folded("title"))
            .elements("emails", Elements::table("e").key("owner", "id").position("position").never_empty())
            .column("emails.type", Column::new("type").folded("type"))
            .build()
            .expect("columns");
        let rows = [
            json!({"id": "1", "title": "Boss", "emails": [{"type": "Work"}]}),
            json!({"id": "2", "title": "boss", "emails": [{"type": "work"}, {"type": "home"}]}),
        ];
        fill(&mut engine, &columns, &rows);
        let filters =
            [r#"title eq "BOSS""#, r#"title sw "Bo""#, r#"emails.type ne "work""#, r#"emails[type eq "WORK"]"#];
        agree(&mut engine, &columns, &rows, &filters);
    }
}

/// Names that the standard mapping uses itself, and that two attributes have.
#[test]
fn the_standard_mapping_keeps_names_apart() {
    let text = |name: &str| AttributeDef::new(name, Type::String);
    let schema = Schema::builder("urn:example:2.0:Person")
        .attribute(text("id").case_exact())
        .attributes([text("userName"), text("userNameFold"), text("document")])
        .attribute(AttributeDef::new("jobs", Type::Complex).multi_valued().sub_attributes([
            text("position"),
            text("value"),
            text("valueFold"),
            text("resourceId"),
        ]))
        .attribute(text("tags").multi_valued())
        .extension("urn:example:2.0:Ext", [text("tags").multi_valued(), text("userName"), text("people")])
        .build()
        .expect("a schema");
    let rows = [
        json!({"id": "1", "userName": "A", "userNameFold": "B", "document": "d", "jobs": [{"position": "CEO", "value": "v", "valueFold": "w",
            "resourceId": "r"}], "tags": ["a"], "urn:example:2.0:Ext": {"tags": ["b"], "userName": "C"}}),
        json!({"id": "2", "userName": "B", "tags": ["b"], "urn:example:2.0:Ext": {"tags": ["a"]}}),
    ];
    for (_, connect) in engine::all() {
        let mut engine = connect();
        let columns = Columns::standard(&schema, engine.dialect(), "people").expect("columns");
        fill(&mut engine, &columns, &rows);
        let filters = [
            r#"jobs.position eq "ceo""#,
            r#"jobs.valueFold eq "w""#,
            r#"jobs.resourceId eq "R""#,
            r#"tags eq "a""#,
            r#"urn:example:2.0:Ext:tags eq "a""#,
            r#"userName eq "b""#,
            r#"userNameFold eq "b""#,
            r#"urn:example:2.0:Ext:userName eq "c""#,
            r#"document eq "D""#,
        ];
        agree(&mut engine, &columns, &rows, &filters);
    }
}

/// How many digits a double's text has is a setting of PostgreSQL.
#[test]
fn doubles_are_walked_under_any_setting() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::builder("urn:example:2.0:Row")
            .attribute(AttributeDef::new("id", Type::String).case_exact())
            .attribute(AttributeDef::new("ratio", Type::Decimal))
            .build()
            .expect("a schema");
        let columns = Columns::builder(&schema, engine.dialect(), "small")
            .column("id", Column::new("id").not_null().max_length(20))
            .column("ratio", Column::new("ratio").of_type(ColumnType::Double))
            .build()
            .expect("columns");
        let mut ratio = 0.1f64;
        let mut rows = Vec::new();
        for at in 0..6 {
            rows.push(json!({"id": format!("r{at}"), "ratio": ratio}));
            ratio = ratio.next_up();
        }
        fill(&mut engine, &columns, &rows);
        if engine.dialect() == Dialect::Postgres {
            engine.define("SET extra_float_digits = 0");
        }
        let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
        let walked = walk(&mut engine, &Select::new(&columns, "id"), |after| {
            let query = ListQuery::parse(&format!("orderBy=ratio&limit=1{after}"), &profile);
            query.and_then(|query| query.check(&schema)).expect("a query")
        });
        assert_eq!(walked, ["r0", "r1", "r2", "r3", "r4", "r5"].map(|id| Some(id.to_owned())), "{name}");
    }
}

/// Elements that are found by a column that may be NULL.
#[test]
fn keys_of_elements_that_are_null() {
    let schema = Schema::user();
    for (_, connect) in engine::all() {
        let mut engine = connect();
        let columns = Columns::builder(&schema, engine.dialect(), "users")
            .column("id", Column::new("id").not_null().max_length(20))
            .column("externalId", Column::new("external_id").max_length(20))
            .elements("emails", Elements::table("e").key("ext", "external_id").never_empty())
            .column("emails.value", Column::new("value").folded("value_fold").max_length(50).indexed())
            .build()
            .expect("columns");
        let rows = [
            json!({"id": "1", "externalId": "x", "emails": [{"value": "a"}]}),
            json!({"id": "2"}),
            json!({"id": "3", "externalId": "y", "emails": [{"value": "b"}]}),
        ];
        fill(&mut engine, &columns, &rows);
        let filters = [
            r#"emails.value eq "a""#,
            r#"not (emails.value eq "a")"#,
            r#"not (emails[value sw "a"])"#,
            "emails eq null",
        ];
        agree(&mut engine, &columns, &rows, &filters);
    }
}

/// What others put into JSON columns, within S2.
#[test]
fn json_of_other_types_is_unassigned() {
    for (_, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::builder("urn:example:2.0:Row")
            .attribute(AttributeDef::new("id", Type::String).case_exact())
            .attribute(AttributeDef::new("n", Type::Integer))
            .attribute(AttributeDef::new("s", Type::String).case_exact())
            .attribute(AttributeDef::new("b", Type::Boolean))
            .attribute(AttributeDef::new("list", Type::Integer).multi_valued())
            .build()
            .expect("a schema");
        let columns = Columns::builder(&schema, engine.dialect(), "small")
            .column("id", Column::new("id").not_null().max_length(20))
            .column("n", Column::json("doc", ["n"]))
            .column("s", Column::json("doc", ["s"]))
            .column("b", Column::json("doc", ["b"]))
            .elements("list", Elements::json("doc", ["list"]))
            .build()
            .expect("columns");
        columns.ddl().iter().for_each(|statement| engine.define(statement));
        let mut rows = Vec::new();
        for (at, doc) in [
            json!({"n": 5, "s": "x", "b": true, "list": [1, "1", null, 2]}),
            json!({"n": "5", "s": 5, "b": "true", "list": 7}),
            json!({"n": null, "s": null, "b": null, "list": null}),
            json!({"n": true, "s": true, "b": 1, "list": []}),
            json!({"n": 5.5, "s": {"x": 1}, "b": {}, "list": [true, {"value": 1}]}),
            json!({"n": [[5]], "s": "", "list": [-9223372036854775808i64, 9223372036854775807i64]}),
            json!({}),
        ]
        .into_iter()
        .enumerate()
        {
            let id = format!("r{at}");
            let cast = if engine.dialect() == Dialect::Postgres { "$2::text::jsonb" } else { "?" };
            let first = if engine.dialect() == Dialect::Postgres { "$1::text" } else { "?" };
            let sql = format!("INSERT INTO small (id, doc) VALUES ({first}, {cast})");
            engine.execute(&sql, &[Param::from(&*id), Param::Text(doc.to_string())]);
            let mut row = doc;
            row["id"] = json!(id);
            rows.push(row);
        }
        // Beyond i64 it is none, whoever wrote it.
        for (id, number) in [("big", "123456789012345678901234567890"), ("u64", "18446744073709551615")] {
            let json = Param::Text(format!(r#"{{"n": {number}, "list": [{number}]}}"#));
            let (first, second) =
                if engine.dialect() == Dialect::Postgres { ("$1::text", "$2::text::jsonb") } else { ("?", "?") };
            engine
                .execute(&format!("INSERT INTO small (id, doc) VALUES ({first}, {second})"), &[Param::from(id), json]);
            rows.push(json!({"id": id}));
        }
        let filters = [
            "n pr",
            "n eq null",
            "n eq 5",
            "n le 0",
            "n ge 0",
            "not (n gt 5)",
            "s pr",
            "s eq null",
            r#"s eq "x""#,
            r#"s ge """#,
            "b eq true",
            "b ne true",
            "b eq null",
            "list eq 7",
            "list eq 1",
            "list pr",
            "list eq null",
            "list ne 1",
            "not (list gt 1)",
            "list lt 0",
        ];
        agree(&mut engine, &columns, &rows, &filters);
    }
}

/// A record id that two rows have, by one column of a composite tie-breaker, is refused by its count.
/// An id that is compared without regard to case is given out as it is stored.
/// D7: what is not refused is taken by the database, as wide and as deep as it may be.
#[test]
fn what_is_within_the_limits_runs() {
    let schema = Schema::user();
    let limits = Limits { text: 10 << 20, comparisons: 100_000, ..Limits::default() };
    let options = Options::default().with_limits(limits);
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let columns = Columns::standard(&schema, engine.dialect(), "users").expect("columns");
        let rows = [json!({"id": "1", "externalId": "x1", "title": "x", "active": true}), json!({"id": "2"})];
        fill(&mut engine, &columns, &rows);
        let mut run = |text: &str| {
            let filter = Filter::parse_with(text, &options).and_then(|filter| filter.check_with(&schema, &options));
            let fragment = filter.expect("a filter").where_sql(&columns)?;
            let sql = format!("SELECT COUNT(*) FROM {} WHERE {fragment}", columns.dialect().quote("users"));
            Ok::<_, scim_query::Error>(engine.rows(&sql, &fragment.params)[0][0].clone())
        };
        let list =
            |count: usize| (0..count).map(|at| format!(r#"externalId eq "x{at}""#)).collect::<Vec<_>>().join(" or ");
        let widest = if columns.dialect() == Dialect::Sqlite { 32_000 } else { 65_000 };
        assert_eq!(run(&list(widest)).expect("a list"), Some("1".into()), "{name}");
        let mut deepest = 0;
        for depth in 1..=31 {
            let text =
                format!("{}title pr{}", "(active eq true and (title co \"q\" or ".repeat(depth), "))".repeat(depth));
            match run(&text) {
                Ok(found) => assert_eq!(found, Some("1".into()), "{name}, {depth} deep"),
                Err(error) => {
                    assert_eq!(error.code(), "sql_too_deep");
                    break;
                }
            }
            deepest = depth;
        }
        assert!(deepest >= 11, "{name}: {deepest}");
    }
}

/// A program's own scope over columns of other integers and texts.
#[test]
fn names_with_parentheses_are_not_deep() {
    let schema = Schema::access_requests();
    let columns = Columns::builder(&schema, Dialect::Sqlite, "a((((((((((((((((((((((((((")
        .column("id", Column::new("id").not_null())
        .column("status", Column::new("sta)\"(tus"))
        .build()
        .expect("columns");
    assert!(check(&schema, r#"status eq "A""#).where_sql(&columns).is_ok());
}
