//! What reviews found of scopes and cursors, each once, so that it stays mended.

use scim_query::sql::{Column, ColumnType, Columns, Dialect, Param, Select, SqlFragment};
use scim_query::{AttributeDef, CursorKind, Cursors, ListQuery, Options, Profile, Schema, Type, list};
use serde_json::json;

use super::engine;
use super::pages::{ask, fill, firsts, walk};

#[test]
fn a_scope_holds_for_pages_of_segments() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::builder("urn:example:2.0:Row")
            .attribute(AttributeDef::new("id", Type::String).case_exact())
            .attribute(AttributeDef::new("status", Type::String).case_exact())
            .build()
            .expect("a schema");
        let short = |column: &str| Column::new(column).max_length(20);
        let columns = Columns::builder(&schema, engine.dialect(), "small")
            .column("id", short("id").not_null())
            .column("status", short("status").indexed())
            .build()
            .expect("columns");
        engine.define("CREATE TABLE small (tenant int NOT NULL, id varchar(20) NOT NULL, status varchar(20), PRIMARY KEY (tenant, id))");
        engine.define(
            "INSERT INTO small VALUES (1, '1', 'A'), (1, '2', NULL), (2, '1', 'SECRET'), (2, '2', NULL), (2, '3', 'A')",
        );
        let scope = SqlFragment::new(engine.dialect(), "tenant = ?", vec![Param::I64(1)]).expect("a scope");
        let select = Select::new(&columns, "status").scope(scope);
        for (cursors, text) in [
            (CursorKind::RecordId, "orderBy=status&limit=1"),
            (CursorKind::RecordId, "orderBy=status desc&limit=1"),
            (CursorKind::Opaque(Cursors::new()), "orderBy=status desc&limit=1"),
            (CursorKind::RecordId, "filter=status eq \"A\"&orderBy=status desc&limit=5"),
            (CursorKind::RecordId, "orderBy=status&limit=5"),
        ] {
            let profile = Profile::okta().with_cursors(cursors);
            let seen = walk(&mut engine, &select, |after| {
                let query = ListQuery::parse(&format!("{text}{after}"), &profile);
                query.and_then(|query| query.check(&schema)).expect("a query")
            });
            assert!(!seen.contains(&Some("SECRET".into())), "{name}: {text}: {seen:?}");
            assert_eq!(seen.len(), if text.contains("filter") { 1 } else { 2 }, "{name}: {text}");
        }
    }
}

#[test]
fn several_scopes_all_hold() {
    let schema = Schema::access_requests();
    let columns = Columns::standard(&schema, Dialect::Sqlite, "requests").expect("columns");
    let scope = |sql: &str, params| SqlFragment::new(Dialect::Sqlite, sql, params).expect("a scope");
    let kept = Select::new(&columns, "document").scope(scope("NOT deleted OR kept", Vec::new()));
    let both = kept.clone().scope(scope("tenant = ?", vec![Param::I64(7)]));
    let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
    let query = |text: &str| ListQuery::parse(text, &profile).and_then(|query| query.check(&schema)).expect("a query");
    let page = both.page(&query("limit=1")).expect("a page");
    assert!(
        page.statement.sql.contains("WHERE (NOT deleted OR kept) AND (tenant = ?) ORDER BY"),
        "{}",
        page.statement.sql
    );
    assert_eq!(page.count().expect("a count").params, [Param::I64(7)]);
    let keys = |id: &str| vec![Some("2026-11-26T00:00:00.000000000Z".to_owned()), Some(id.to_owned())];
    let next = page.finish(vec!["b", "a"], None, |id| keys(id)).expect("rows").next.expect("a cursor");
    let after = query(&format!("limit=1&after={next}"));
    assert!(both.page(&after).is_ok());
    assert_eq!(kept.page(&after).expect_err("of another scope").code(), "cursor_invalid");
}

#[test]
fn cursors_are_bound_to_the_scope_and_to_types() {
    let of = |ty| {
        Schema::builder("urn:example:2.0:Row")
            .attribute(AttributeDef::new("id", Type::String).case_exact())
            .attribute(AttributeDef::new("rank", ty).case_exact())
            .build()
            .expect("a schema")
    };
    let (numbers, texts) = (of(Type::Integer), of(Type::String));
    let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
    let query = |schema: &Schema, after: &str| {
        let text = format!("orderBy=rank&limit=1{after}");
        ListQuery::parse(&text, &profile).and_then(|query| query.check(schema)).expect("a query")
    };
    let rows = [json!({"id": "1", "rank": "a\u{0}"}), json!({"id": "2", "rank": "b"})];
    let forged = list(&rows, &query(&texts, "")).expect("a list").next.expect("a cursor");
    for dialect in Dialect::ALL {
        let columns = Columns::standard(&numbers, dialect, "small").expect("columns");
        let error =
            Select::new(&columns, "id").page(&query(&numbers, &format!("&after={forged}"))).expect_err("refused");
        assert_eq!(error.code(), "cursor_invalid", "{dialect}");

        let scoped = |tenant| {
            let scope = SqlFragment::new(dialect, "tenant = ?", vec![Param::I64(tenant)]).expect("a scope");
            Select::new(&columns, "id").scope(scope)
        };
        let first = scoped(1).page(&query(&numbers, "")).expect("a page");
        let keys = |id: &str| vec![Some("5".to_owned()), Some(id.to_owned())];
        let next =
            first.finish(vec![keys("1"), keys("2")], None, Clone::clone).expect("a page").next.expect("a cursor");
        let next = query(&numbers, &format!("&after={next}"));
        assert!(scoped(1).page(&next).is_ok());
        assert_eq!(scoped(2).page(&next).expect_err("refused").code(), "cursor_invalid");
    }
}

#[test]
fn a_record_id_of_several_rows_is_refused() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let text = |name: &str| AttributeDef::new(name, Type::String).case_exact();
        let schema = Schema::builder("urn:example:2.0:Row").attributes([text("region"), text("number")]);
        let schema = schema.tie_breakers(["region", "number"]).default_order("region").build().expect("a schema");
        let short = |column: &str| Column::new(column).not_null().max_length(20);
        let columns = Columns::builder(&schema, engine.dialect(), "small")
            .column("region", short("region"))
            .column("number", short("number"))
            .build()
            .expect("columns");
        let rows = [
            json!({"region": "n", "number": "1"}),
            json!({"region": "s", "number": "1"}),
            json!({"region": "s", "number": "2"}),
        ];
        fill(&mut engine, &columns, &rows);
        let query = ListQuery::parse("after=1", &Profile::okta())
            .and_then(|query| query.check_with(&schema, &Options::default()));
        let page = Select::new(&columns, "number").page(&query.expect("a query")).expect("a page");
        let error = ask(&mut engine, &page).expect_err("two rows");
        assert!(error.to_string().contains("several resources have the id"), "{name}: {error}");
    }
}

#[test]
fn record_ids_are_ids_as_they_are_stored() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::builder("urn:example:2.0:Row").attribute(AttributeDef::new("id", Type::String));
        let schema = schema.build().expect("a schema");
        let columns = Columns::standard(&schema, engine.dialect(), "small").expect("columns");
        let rows = ["A1", "b2", "C3"].map(|id| json!({"id": id}));
        fill(&mut engine, &columns, &rows);
        let query = |after: &str| {
            let query = ListQuery::parse(&format!("limit=1{after}"), &Profile::okta());
            query.and_then(|query| query.check(&schema)).expect("a query")
        };
        let select = Select::new(&columns, "id");
        let mut after = String::new();
        for id in ["A1", "b2", "C3"] {
            let page = ask(&mut engine, &select.page(&query(&after)).expect("a page")).expect("a page");
            assert_eq!(firsts(&page), [id], "{name}");
            assert_eq!(page.next, list(&rows, &query(&after)).expect("a list").next, "{name}");
            after = format!("&after={}", page.next.unwrap_or_default());
        }
    }
}

#[test]
fn scopes_over_small_columns() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        engine.define("CREATE TABLE small (id varchar(20) NOT NULL, tenant integer, region varchar(5), kind smallint)");
        engine.define("INSERT INTO small VALUES ('a', 7, 'eu', 1), ('b', 8, 'eu', 1)");
        let params = vec![Param::I64(7), Param::from("eu"), Param::I64(1)];
        let scope =
            SqlFragment::new(engine.dialect(), "tenant = ? AND region = ? AND kind = ?", params).expect("a scope");
        let rows = engine.rows(&format!("SELECT id FROM small WHERE {scope}"), &scope.params);
        assert_eq!(rows, [[Some("a".to_owned())]], "{name}");
    }
}

/// What a database gives back as a sort key is a value of the column, or refused: a driver may read other columns than those of
/// the statement.
#[test]
fn a_sort_key_that_is_none_of_its_column_is_told() {
    use ColumnType::{Boolean, Decimal, Double, Epoch, Integer, Timestamp, TimestampText};
    let decimal = Decimal { precision: 20, scale: 4 };
    let none = [
        "",
        "-",
        ".",
        "NaN",
        "nan",
        "-Infinity",
        "inf",
        "x",
        "abc",
        "true",
        "\u{e4}\u{10ffff}",
        "\0",
        "\u{7f}",
        "--1",
        "1.5.5",
    ];
    let columns: [(ColumnType, Type, &[&str], &[&str]); 7] = [
        (Boolean, Type::Boolean, &["2", "-1"], &["0", "1"]),
        (Integer, Type::Integer, &["1.", "9223372036854775808"], &["0", "-7"]),
        (
            Double,
            Type::Decimal,
            &["x7ff0000000000000", "xfff8000000000001", "1e999"],
            &["1.5", "x3ff8000000000000", "-1e-300"],
        ),
        (
            decimal,
            Type::Decimal,
            &["1.", ".5", "-.5", "1-", "+1", "1e5"],
            &["0", "-0.0000", "12.5000", "007", "99999999999999999999.0001"],
        ),
        (
            Timestamp { digits: 6 },
            Type::DateTime,
            &["2022-13-01 00:00:00"],
            &["1653401722000000", "2022-05-24 14:15:22.000000"],
        ),
        (TimestampText { digits: 9 }, Type::DateTime, &["1653401722000000"], &["2022-05-24T14:15:22.000000000Z"]),
        (Epoch { digits: 3 }, Type::DateTime, &["1653401722.5"], &["1653401722000", "-1"]),
    ];
    let mut asked = 0;
    for dialect in Dialect::ALL {
        for (ty, of, refused, accepted) in &columns {
            let schema = Schema::builder("urn:x:y")
                .attribute(AttributeDef::new("id", Type::String).case_exact())
                .attribute(AttributeDef::new("k", *of))
                .build()
                .expect("a schema");
            let id = Column::new("id").not_null().max_length(30);
            let key = Column::new("k").of_type(*ty).not_null();
            let columns = Columns::builder(&schema, dialect, "t").column("id", id).column("k", key).build();
            // Not every database has every type.
            let Ok(columns) = columns else { continue };
            let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
            let query = ListQuery::parse("orderBy=k&limit=1", &profile).and_then(|query| query.check(&schema));
            let page = Select::new(&columns, "id").page(&query.expect("a query")).expect("a page");
            let next = |key: &str| {
                let row = |id: &str| vec![Some(key.to_owned()), Some(id.to_owned())];
                page.finish(vec![row("1"), row("2")], None, Clone::clone)
            };
            for text in none.iter().chain(*refused) {
                let told = next(text).expect_err(text).to_string();
                assert!(
                    told.contains("a sort key that is not as the statement gives it"),
                    "{dialect} {ty:?} {text:?}: {told}"
                );
            }
            for text in *accepted {
                assert!(next(text).is_ok_and(|page| page.next.is_some()), "{dialect} {ty:?} {text:?}");
            }
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
}
