//! Mappings in documents, the tables of a mapping, and parameters in their other forms.

use chrono::{DateTime, Utc};
use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements, Param, Select, SqlFragment};
use scim_query::{AnyCase, AttributeDef, Filter, ListQuery, Profile, Schema, Type};
use serde_json::{Value, json};

fn schema() -> Schema {
    let of = AttributeDef::new;
    Schema::builder("urn:x:Thing")
        .attributes([
            of("id", Type::String).case_exact(),
            of("name", Type::String),
            of("code", Type::String),
            of("score", Type::Decimal),
            of("made", Type::DateTime),
            of("on", Type::Boolean),
            of("tags", Type::String).case_exact().multi_valued(),
            of("notes", Type::String).case_exact().multi_valued(),
            of("owner", Type::Complex).sub_attributes([of("given", Type::String).case_exact()]),
            of("parts", Type::Complex)
                .multi_valued()
                .sub_attributes([of("value", Type::String).case_exact(), of("size", Type::Integer)]),
        ])
        .build()
        .expect("a schema")
}

/// What the document says is what the builder's calls say.
#[test]
fn a_document_says_what_the_builder_says() {
    let document = json!({
        "table": "things", "alias": "t", "document": "doc",
        "attributes": {
            "id": {"column": {"name": "id", "notNull": true}},
            "name": {"column": {"name": "name", "foldedByDatabase": "name_fold", "reversed": "name_back", "indexed": true,
                                "trigram": true, "maxLength": 100}, "sort": {"name": "name_sort", "folded": "name_sort_fold"}},
            "code": {"column": {"name": "code", "foldedByFunction": true, "otherCollation": true}},
            "score": {"column": {"name": "score", "type": {"decimal": {"precision": 10, "scale": 2}}}},
            "on": {"column": {"name": "attrs", "path": ["on"]}},
            "tags": {"elements": {"array": "tags"}},
            "notes": {"elements": {"json": {"column": "attrs2", "path": ["notes"]}, "neverEmpty": true}},
            "owner": {"presence": "has_owner"},
            "owner.given": {"column": "given"},
            "parts": {"elements": {"table": "parts", "keys": {"thing": "id"}, "position": "at"}},
            "parts.value": {"column": "value"},
            "parts.size": {"column": "size"},
        }
    });
    let read = Columns::from_json(&schema(), Dialect::Postgres, &document).expect("a mapping");
    let name = Column::new("name").folded_by_database("name_fold").reversed("name_back").indexed().trigram();
    let built = Columns::builder(&schema(), Dialect::Postgres, "things")
        .alias("t")
        .document("doc")
        .column("id", Column::new("id").not_null())
        .column("name", name.max_length(100))
        .sort_column("name", Column::new("name_sort").folded("name_sort_fold"))
        .column("code", Column::new("code").folded_by_function().other_collation())
        .column("score", Column::new("score").of_type(ColumnType::Decimal { precision: 10, scale: 2 }))
        .column("on", Column::json("attrs", ["on"]))
        .elements("tags", Elements::array("tags"))
        .elements("notes", Elements::json("attrs2", ["notes"]).never_empty())
        .presence("owner", "has_owner")
        .column("owner.given", Column::new("given"))
        .elements("parts", Elements::table("parts").key("thing", "id").position("at"))
        .column("parts.value", Column::new("value"))
        .column("parts.size", Column::new("size"))
        .build()
        .expect("a mapping");
    assert_eq!(read.ddl(), built.ddl());
    assert_eq!((read.alias(), read.document()), ("t", Some("\"t\".\"doc\"".to_owned())));
    for filter in
        ["name ew \"x\"", "code co \"y\"", "score gt 1.005", "on eq true", "tags eq \"a\"", "notes pr", "owner pr"]
    {
        let filter = Filter::parse(filter).and_then(|filter| filter.check(&schema())).expect("a filter");
        assert_eq!(filter.where_sql(&read).ok(), filter.where_sql(&built).ok(), "{filter}");
        assert!(filter.where_sql(&read).is_ok(), "{filter}");
    }

    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        Columns::from_json(&schema(), Dialect::Postgres, &document).unwrap_err().to_string()
    };
    let two_folds = wrong(&|it| it["attributes"]["name"]["column"]["folded"] = "x".into());
    assert!(two_folds.contains("give one of folded, foldedByDatabase, foldedByFunction"), "{two_folds}");
    let two_places = wrong(&|it| it["attributes"]["tags"]["elements"]["table"] = "x".into());
    assert!(two_places.contains("its elements are in one of table, json, array"), "{two_places}");
    let presence = wrong(&|it| it["attributes"]["on"]["presence"] = "x".into());
    assert!(presence.contains("only a complex attribute has a presence column"), "{presence}");
    let told = |change: &dyn Fn(&mut Value), expected: &str| assert_eq!(wrong(change), expected);
    told(
        &|it| it["attributes"]["name"]["colunm"] = "x".into(),
        "attribute `name`: unknown field `colunm`: write one of column, elements, presence, sort",
    );
    told(&|it| *it = json!([]), "columns: expected an object, found an array");
    told(&|it| it["table"] = Value::Null, "columns: `table` is missing");
    told(&|it| it["alias"] = 1.into(), "columns: `alias`: expected a string, found a number");
    told(&|it| it["attributes"] = "x".into(), "columns: `attributes`: expected an object, found a string");
    told(&|it| it["attributes"]["on"] = true.into(), "attribute `on`: expected an object, found a boolean");
    let of_column = |key: &str, value: Value, expected: &str| {
        told(
            &|it| it["attributes"]["score"]["column"][key] = value.clone(),
            &format!("attribute `score`: `column`: {expected}"),
        );
    };
    of_column("name", Value::Null, "`name` is missing");
    of_column("path", json!(["a", 1]), "`path`: expected a string, found a number");
    of_column("path", json!("a"), "`path`: expected an array of strings, found a string");
    of_column("indexed", json!("yes"), "`indexed`: expected true or false, found a string");
    of_column("maxLength", json!(-1), "`maxLength`: expected a small whole number, found -1");
    of_column("type", json!({"epoch": {}}), "`type`: `digits` is missing");
    of_column("type", json!({"epoch": {"digits": 256}}), "`type`: `digits`: expected a small whole number, found 256");
    of_column("type", json!({"text": {"digits": 3}}), "`type`: unknown field `digits`: this one takes none");
    of_column("type", json!({"text": {}, "double": {}}), "`type`: expected one type");
    let types = "text, boolean, integer, double, decimal, timestamp, timestampText, epoch";
    of_column("type", json!("date"), &format!("`type`: unknown type `date`: write one of {types}"));
    told(
        &|it| it["attributes"]["notes"]["elements"]["keys"] = json!({"thing": "id"}),
        "attribute `notes`: `elements`: `keys` are those of a table",
    );
    told(
        &|it| it["attributes"]["parts"]["elements"]["keys"] = json!({"thing": 1}),
        "attribute `parts`: `elements`: `keys`: expected a string, found a number",
    );
    for entry in [json!({}), json!({"column": null})] {
        let told = wrong(&|it| it["attributes"]["nosuch"] = entry.clone());
        assert_eq!(told, "attribute `nosuch`: nothing is said of it: write column, elements, presence or sort");
    }
    // What is null is as if it were not there.
    let mut nulls = document.clone();
    nulls["attributes"]["name"]["presence"] = Value::Null;
    assert_eq!(Columns::from_json(&schema(), Dialect::Postgres, &nulls).map(|read| read.ddl()).ok(), Some(read.ddl()));
}

/// Each type of columns has its word in a document.
#[test]
fn a_document_has_all_types_of_columns() {
    for (written, ty) in [
        (json!("text"), ColumnType::Text),
        (json!({"boolean": {}}), ColumnType::Boolean),
        (json!("integer"), ColumnType::Integer),
        (json!("double"), ColumnType::Double),
        (json!({"decimal": {"precision": 65, "scale": 30}}), ColumnType::Decimal { precision: 65, scale: 30 }),
        (json!({"timestamp": {"digits": 6}}), ColumnType::Timestamp { digits: 6 }),
        (json!({"timestampText": {"digits": 9}}), ColumnType::TimestampText { digits: 9 }),
        (json!({"epoch": {"digits": 0}}), ColumnType::Epoch { digits: 0 }),
    ] {
        let name = match ty {
            ColumnType::Text => "code",
            ColumnType::Boolean => "on",
            ColumnType::Integer | ColumnType::Double | ColumnType::Decimal { .. } => "score",
            _ => "made",
        };
        let mut attributes = json!({"id": {"column": "id"}});
        attributes[name] = json!({"column": {"name": "x", "type": written}});
        let read = Columns::from_json(&schema(), Dialect::Postgres, &json!({"table": "t", "attributes": attributes}));
        let built = Columns::builder(&schema(), Dialect::Postgres, "t")
            .column("id", Column::new("id"))
            .column(name, Column::new("x").of_type(ty))
            .build();
        let ddl = |columns: Result<Columns, scim_query::BindError>| {
            columns.map(|columns| columns.ddl()).map_err(|error| error.to_string())
        };
        assert_eq!(ddl(read), ddl(built), "{ty:?}");
    }
}

#[test]
fn tables_have_their_columns_and_indexes() {
    let long = "a_name_that_is_so_long_that_no_index_of_it_can_be_called_by_it";
    let ddl = |dialect, name: Column| {
        let made = match dialect {
            Dialect::Sqlite => Column::new("made"),
            _ => Column::new("made").of_type(ColumnType::Timestamp { digits: 3 }),
        };
        let builder = Columns::builder(&schema(), dialect, long)
            .column("id", Column::new("id").not_null().max_length(40))
            .column("made", made.indexed())
            .column("name", name)
            .column("on", Column::new("on"))
            .presence("owner", "has_owner")
            .elements("parts", Elements::table("parts").key("thing", "id").key("tenant", "tenant").position("at"))
            .column("parts.value", Column::new("value").indexed())
            .column("parts.size", Column::new("size"));
        builder.build().expect("a mapping").ddl().join(";\n")
    };
    let generated = || Column::new("name").folded_by_database("name_fold").reversed("name_back").indexed();
    let postgres = ddl(Dialect::Postgres, generated().trigram());
    for part in [
        "CREATE OR REPLACE FUNCTION scim_fold(text)",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "\"made\" timestamptz(3)",
        "GENERATED ALWAYS AS (REVERSE(",
        "\"tenant\" bigint NOT NULL",
        "\"has_owner\" boolean NOT NULL",
        "USING gin (\"name_fold\" gin_trgm_ops)",
        "PRIMARY KEY (\"thing\", \"tenant\", \"at\")",
    ] {
        assert!(postgres.contains(part), "{part}: {postgres}");
    }
    let mariadb = ddl(Dialect::MariaDb, Column::new("name").folded_by_database("name_fold").indexed());
    for part in ["`made` datetime(3)", "`name_fold`(191)", "`on` boolean"] {
        assert!(mariadb.contains(part), "{part}: {mariadb}");
    }
    let sqlite = ddl(Dialect::Sqlite, Column::new("name").folded("name_fold").reversed("name_back"));
    assert!(sqlite.contains("\"name_back\""), "{sqlite}");
    // A database cuts names that are too long for it, and two cut names would be one.
    for (sql, longest) in [(&postgres, 63), (&mariadb, 64)] {
        let names = sql.lines().filter_map(|line| {
            line.strip_prefix("CREATE INDEX ")?.split([' ', '"', '`']).find(|name| !name.is_empty())
        });
        let names: Vec<&str> = names.collect();
        assert!(names.len() > 1 && names.iter().all(|name| name.len() <= longest), "{names:?}");
        let different: std::collections::BTreeSet<&&str> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }
}

/// What stands in a mapping is looked at before any statement is made of it: names, JSON keys, types, places of elements.
#[test]
fn what_no_database_takes_is_refused_at_start_up() {
    let told = |dialect, change: &dyn Fn(scim_query::sql::ColumnsBuilder) -> scim_query::sql::ColumnsBuilder| {
        let builder = Columns::builder(&schema(), dialect, "things").column("id", Column::new("id").not_null());
        change(builder).build().map(|columns| columns.ddl()).unwrap_err().to_string()
    };
    let postgres = |change: &dyn Fn(scim_query::sql::ColumnsBuilder) -> scim_query::sql::ColumnsBuilder| {
        told(Dialect::Postgres, change)
    };
    for (name, longest) in [("", 63), ("a\0b", 63), (&*"x".repeat(64), 63)] {
        let expected = format!("`{name}` is no name of 1 to {longest} bytes for a table or column");
        assert_eq!(postgres(&|it| it.column("on", Column::new(name))), expected);
        assert_eq!(postgres(&|it| it.document(name)), expected);
        assert_eq!(postgres(&|it| it.alias(name)), expected);
    }
    assert!(told(Dialect::MySql, &|it| it.column("on", Column::new("x".repeat(65)))).contains("of 1 to 64 bytes"));
    for key in ["", "a\"", "a\\", "a\0"] {
        let told = postgres(&|it| it.column("on", Column::json("attrs", ["x", key])));
        assert!(told.contains("is empty or has a character that paths do not quote alike"), "{told}");
    }
    let decimal = |precision, scale| Column::new("score").of_type(ColumnType::Decimal { precision, scale });
    for (precision, scale) in [(66, 0), (40, 31), (5, 6), (0, 0)] {
        let told = postgres(&|it| it.column("score", decimal(precision, scale)));
        assert!(told.contains("a decimal has 1 to 65 digits in all"), "{told}");
    }
    for column in [Column::new("on").folded("x"), Column::new("on").reversed("x"), Column::new("on").trigram()] {
        let told = postgres(&|it| it.column("on", column.clone()));
        assert!(told.contains("only text has folded, reversed or trigram forms"), "{told}");
    }
    let told = postgres(&|it| it.column("on", Column::new("on").max_length(9)));
    assert!(told.contains("only text has a `max_length`"), "{told}");
    let told = postgres(&|it| it.column("id", Column::new("id").not_null().max_length(0)));
    assert!(told.contains("its column has room for no text"), "{told}");
    let told = postgres(&|it| it.column("owner", Column::new("x")));
    assert!(told.contains("a complex attribute has no column: map its parts"), "{told}");
    let told = postgres(&|it| it.elements("tags", Elements::array("tags")).column("tags", Column::new("x")));
    assert!(told.contains("its values are the array's: give them no `column`"), "{told}");
    let json = |it: scim_query::sql::ColumnsBuilder| it.elements("parts", Elements::json("doc", ["parts"]));
    let told = postgres(&|it| json(it).column("parts.value", Column::new("x")));
    assert!(told.contains("its elements are JSON: map it with `Column::json`"), "{told}");
}

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
