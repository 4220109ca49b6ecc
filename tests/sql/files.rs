//! Mappings in documents, what is refused of them, and their tables.

use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements};
use scim_query::{AttributeDef, Filter, Schema, Type};
use serde_json::{Value, json};

pub fn schema() -> Schema {
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
