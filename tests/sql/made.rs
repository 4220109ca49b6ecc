//! What is made of a mapping: rows, statements behind cursors, and parameters in their other forms.

use chrono::{DateTime, Utc};
use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements, Param, Select, SqlFragment};
use scim_query::{AnyCase, AttributeDef, Filter, ListQuery, Profile, Schema, Type};
use serde_json::{Value, json};

use super::files::schema;

/// S11, D9: a number that serde_json reads with its `arbitrary_precision` alone is none that is kept.
#[test]
fn numbers_beyond_the_doubles_are_not_kept() {
    let attributes = [AttributeDef::new("id", Type::String).case_exact(), AttributeDef::new("score", Type::Decimal)];
    let schema = Schema::builder("urn:example:scores").attributes(attributes).build().expect("a schema");
    let columns = Columns::builder(&schema, Dialect::Postgres, "scores")
        .column("id", Column::new("id").not_null())
        .column("score", Column::new("score").of_type(ColumnType::Decimal { precision: 65, scale: 0 }))
        .build()
        .expect("columns");
    for (number, is_kept) in [("1e999", false), ("[[1e999]]", false), ("1e60", true)] {
        let resource = serde_json::from_str::<Value>(&format!(r#"{{"id": "a", "score": {number}}}"#));
        let told = resource.map_err(|error| error.to_string()).and_then(|resource| {
            let kept = columns.inserts(&resource, "").map(|inserts| inserts.len());
            let again = columns.inserts(AnyCase(&resource), "").map(|inserts| inserts.len());
            assert_eq!(kept, again);
            kept.map_err(|error| error.to_string())
        });
        match told {
            Ok(rows) => assert!(is_kept && rows == 1, "{number}"),
            Err(told) => assert!(!is_kept && (told.contains("out of range") || told.contains("(S11)")), "{told}"),
        }
    }
}

/// D9: a resource becomes rows, or is refused; an array is one parameter.
#[test]
fn rows_hold_what_the_resource_has() {
    let columns = Columns::builder(&schema(), Dialect::Postgres, "things")
        .column("id", Column::new("id").not_null().reversed("id_back"))
        .column("code", Column::new("code").folded("code_fold").max_length(3))
        .elements("tags", Elements::array("tags"))
        .elements("notes", Elements::json("doc", ["notes"]))
        .build()
        .expect("a mapping");
    let rows = |resource: Value| columns.inserts(&resource, "");
    let [insert] = &rows(json!({"id": "1", "code": "Abc", "tags": ["x", "y", 7], "notes": ["n"]})).expect("a row")[..]
    else {
        panic!("one row");
    };
    assert!(insert.params.contains(&Param::TextArray(vec!["x".into(), "y".into()])), "{insert}");
    assert!(insert.params.contains(&"abc".into()), "{insert}");
    assert!(insert.params.iter().any(|param| param.to_text().as_deref() == Some(r#"{"notes":["n"]}"#)), "{insert}");
    // What is case-exact is turned round as it is (S9).
    let [insert] = &rows(json!({"id": "aB"})).expect("a row")[..] else { panic!("one row") };
    assert!(insert.params.contains(&"aB".into()) && insert.params.contains(&"Ba".into()), "{insert}");
    let told = |resource: Value| rows(resource).unwrap_err().to_string();
    assert!(told(json!({"id": "1", "code": "abcd"})).contains("the text is longer than its column"));
    assert!(told(json!({"id": "a\0"})).contains("the database keeps no U+0000 in texts"));
    assert!(told(json!({"id": "1", "tags": ["a\0"]})).starts_with("attribute `tags`: "));
}

/// D5: a page behind a cursor is one statement for each type of key and each database, with a parameter for each placeholder.
#[test]
fn pages_behind_keys_of_each_type_are_statements() {
    for dialect in [Dialect::Postgres, Dialect::MariaDb, Dialect::MySql] {
        let columns = Columns::builder(&schema(), dialect, "things")
            .column("id", Column::new("id").not_null().max_length(40))
            .column("score", Column::new("score").of_type(ColumnType::Double))
            .column("made", Column::new("made").of_type(ColumnType::Timestamp { digits: 6 }))
            .column("on", Column::new("on"))
            .column("owner.given", Column::new("given").max_length(40))
            .build()
            .expect("a mapping");
        assert!(!columns.ddl().is_empty());
        let opaque = Profile::scim().with_cursors(scim_query::CursorKind::Opaque(scim_query::Cursors::new()));
        for (key, value) in
            [("score", "x3ff8000000000000"), ("made", "1653401722500000"), ("on", "1"), ("owner.given", "a")]
        {
            for order in ["ascending", "descending"] {
                for value in [Some(value), None] {
                    let page = |cursor: &str| {
                        let text = format!("sortBy={key}&sortOrder={order}&count=1&cursor={cursor}");
                        let query = ListQuery::parse(&text, &opaque).and_then(|query| query.check(&schema()));
                        Select::new(&columns, "id").page(&query.expect("a query")).expect("a statement")
                    };
                    let row = |id: &str| vec![value.map(str::to_owned), Some(id.to_owned())];
                    let first = page("").finish(vec![row("1"), row("2")], None, Clone::clone).expect("a page");
                    let second = page(&first.next.expect("a cursor")).statement;
                    let placeholders = match dialect {
                        Dialect::Postgres => (1..).take_while(|n| second.sql.contains(&format!("${n}"))).count(),
                        _ => second.sql.matches('?').count(),
                    };
                    assert_eq!(placeholders, second.params.len(), "{dialect} {key} {order} {value:?}: {second}");
                    assert!(placeholders > 0 && second.sql.contains("ORDER BY"), "{second}");
                }
            }
        }
    }
}

/// D6: a literal that is finer than the column is rounded, and its operator is made right.
#[test]
fn decimals_finer_than_their_column_are_rounded_as_the_operator_needs() {
    let columns = Columns::builder(&schema(), Dialect::Postgres, "t")
        .column("id", Column::new("id").not_null())
        .column("score", Column::new("score").of_type(ColumnType::Decimal { precision: 6, scale: 2 }))
        .build()
        .expect("a mapping");
    let sql = |text: &str| {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&schema())).expect(text);
        let fragment = filter.where_sql(&columns).expect(text);
        let params: Vec<String> = fragment.params.iter().filter_map(Param::to_text).collect();
        let op = ["<=", ">=", "<", ">"].into_iter().find(|op| fragment.sql.contains(op)).unwrap_or("=");
        format!("{op} {}", params.join(" "))
    };
    // Each column value on the one side of the literal is on that side of what it is compared with.
    for literal in ["1.255", "-1.255", "-1.995", "-9.999", "0.001", "-0.001", "1.25", "-1.25", "0.999", "-0.999"] {
        let exact: f64 = literal.parse().expect("a number");
        for (op, holds) in [
            ("gt", (|column, exact| column > exact) as fn(f64, f64) -> bool),
            ("ge", |column, exact| column >= exact),
            ("lt", |column, exact| column < exact),
            ("le", |column, exact| column <= exact),
        ] {
            let said = sql(&format!("score {op} {literal}"));
            let (written, bound) = said.split_once(' ').expect("an operator and a value");
            let bound: f64 = bound.parse().unwrap_or_else(|_| panic!("{said}"));
            for cents in -1100..=1100 {
                let column = f64::from(cents) / 100.0;
                let kept = match written {
                    "<=" => column <= bound,
                    ">=" => column >= bound,
                    "<" => column < bound,
                    _ => column > bound,
                };
                assert_eq!(kept, holds(column, exact), "{column} {op} {literal}: {said}");
            }
        }
    }
    assert_eq!(sql("score eq 1.255"), "= ", "nothing in the column is equal");
}

#[test]
fn parameters_have_texts_and_placeholders() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().map(Param::Timestamp).expect("an instant");
    for (param, text) in [
        (Param::Null, None),
        (Param::from(true), Some("true")),
        (Param::from(-7), Some("-7")),
        (Param::F64(0.1), Some("0.1")),
        (Param::from("x"), Some("x")),
        (Param::from(String::from("y")), Some("y")),
        (at("2022-05-24T14:15:22.5Z"), Some("2022-05-24 14:15:22.500000+00")),
        (at("0000-02-29T00:00:00Z"), Some("0001-02-29 00:00:00.000000+00 BC")),
        (Param::TextArray(vec!["a".into(), "b \"\\".into()]), Some(r#"{"a","b \"\\"}"#)),
        (Param::I64Array(vec![1, -2]), Some("{1,-2}")),
    ] {
        assert_eq!(param.to_text().as_deref(), text, "{param:?}");
    }
    let scope = |sql: &str, params: Vec<Param>| SqlFragment::new(Dialect::Postgres, sql, params);
    let fragment = scope("tags ?? ? AND n = ?", vec!["a".into(), 7.into()]).expect("two of each");
    assert_eq!((&*fragment.sql, fragment.params.len()), ("tags ? $1 AND n = $2", 2));
    assert_eq!(fragment.clone().starting_at(5).sql, "tags ? $5 AND n = $6");
    for (sql, params) in [("n = ?", vec![]), ("n = 1", vec![Param::Null]), ("n ?? 1", vec![Param::Null])] {
        let told = scope(sql, params).unwrap_err().to_string();
        assert!(told.contains("placeholders for"), "{told}");
    }
    let literal = |param| SqlFragment::new(Dialect::MySql, "?", vec![param]).expect("one").inlined().to_string();
    assert_eq!(literal(Param::Null), "NULL");
    assert_eq!(literal(Param::Bool(false)), "FALSE");
    assert_eq!(literal("a'\\b".into()), r"'a''\\b'");
}

/// What comes back from a database that is not as the statement asked is an error of the data, and no wrong cursor.
#[test]
fn rows_that_are_not_as_the_statement_says_are_told() {
    let columns = Columns::builder(&schema(), Dialect::Postgres, "t")
        .column("id", Column::new("id").not_null())
        .column("score", Column::new("score").of_type(ColumnType::Decimal { precision: 30, scale: 2 }))
        .column("made", Column::new("made").of_type(ColumnType::Timestamp { digits: 6 }))
        .column("on", Column::new("on"))
        .build()
        .expect("a mapping");
    let opaque = Profile::scim().with_cursors(scim_query::CursorKind::Opaque(scim_query::Cursors::new()));
    let next = |key: &str, last: &[Option<&str>], beyond: &[Option<&str>]| {
        let query = ListQuery::parse(&format!("sortBy={key}&count=1&cursor="), &opaque).expect("a query");
        let page = Select::new(&columns, "id").page(&query.check(&schema()).expect("a query")).expect("a statement");
        let rows: Vec<Vec<Option<String>>> =
            [last, beyond].map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).into();
        page.finish(rows, None, Clone::clone).map(|page| page.next.is_some()).map_err(|error| error.to_string())
    };
    let (one, two) = (Some("1"), Some("2"));
    for (key, value) in [
        ("score", "123456789012345.25"),
        // Left out of the cursor, and looked up.
        ("score", "12345678901234567890123456.25"),
        ("made", "1653401722500000"),
        ("made", "2022-05-24 14:15:22.500000"),
        ("on", "1"),
        ("on", "0"),
    ] {
        assert_eq!(next(key, &[Some(value), one], &[Some(value), two]), Ok(true), "{key} {value}");
        assert_eq!(next(key, &[None, one], &[None, two]), Ok(true), "{key}");
    }
    for (key, value) in [("on", "t"), ("made", "yesterday")] {
        let told = next(key, &[Some(value), one], &[Some(value), two]).unwrap_err();
        assert!(told.contains("has a sort key that is not as the statement gives it"), "{told}");
    }
    let told = next("on", &[one, one], &[one, one]).unwrap_err();
    assert!(told.contains("shares its tie-breaker with the one behind it"), "{told}");
    let told = next("on", &[one], &[two]).unwrap_err();
    assert!(told.contains("has not the sort keys of the statement"), "{told}");
    let told = next("on", &[one, None], &[one, one]).map(|_| ()).unwrap_err();
    assert!(told.contains("tie-breaker"), "{told}");
}

/// The forms that PostgreSQL is sent: those that it asks for, and no others.
#[test]
fn postgres_is_sent_what_it_asks_for() {
    use postgres_types::private::BytesMut;
    use postgres_types::{IsNull, ToSql, Type};
    let sent = |param: &Param, ty: &Type| {
        let mut bytes = BytesMut::new();
        param.to_sql_checked(ty, &mut bytes).map(|null| match null {
            IsNull::Yes => None,
            IsNull::No => Some(bytes.to_vec()),
        })
    };
    assert_eq!(sent(&Param::Null, &Type::TEXT).ok(), Some(None));
    assert_eq!(sent(&Param::Bool(true), &Type::BOOL).ok(), Some(Some(vec![1])));
    assert_eq!(sent(&Param::I64(7), &Type::INT8).ok(), Some(Some(vec![0, 0, 0, 0, 0, 0, 0, 7])));
    assert_eq!(sent(&Param::I64(7), &Type::INT4).ok(), Some(Some(vec![0, 0, 0, 7])));
    assert_eq!(sent(&Param::I64(7), &Type::INT2).ok(), Some(Some(vec![0, 7])));
    assert!(sent(&Param::I64(1 << 40), &Type::INT4).is_err(), "never cut");
    assert_eq!(sent(&Param::F64(1.0), &Type::FLOAT8).ok(), Some(Some(1.0f64.to_be_bytes().to_vec())));
    assert_eq!(sent(&"x".into(), &Type::VARCHAR).ok(), Some(Some(b"x".to_vec())));
    let second = Param::Timestamp("2000-01-01T00:00:01Z".parse().expect("an instant"));
    assert_eq!(sent(&second, &Type::TIMESTAMPTZ).ok(), Some(Some(1_000_000i64.to_be_bytes().to_vec())));
    for (list, ty) in
        [(Param::TextArray(vec!["x".into()]), Type::TEXT_ARRAY), (Param::I64Array(vec![1]), Type::INT8_ARRAY)]
    {
        assert!(sent(&list, &ty).is_ok_and(|bytes| bytes.is_some()), "{list:?}");
    }
    assert!(sent(&Param::Bool(true), &Type::JSON).is_err());
    // SQLite has no such types: it is sent their texts.
    let connection = rusqlite::Connection::open_in_memory().expect("SQLite");
    let shown = |param: Param| connection.query_row("SELECT ?", [param], |row| row.get::<_, String>(0));
    assert_eq!(shown(Param::I64Array(vec![1, 2])).ok().as_deref(), Some("{1,2}"));
}
