//! Pages by hand: scopes, composite tie-breakers, residuals, pages by index, rows that come and go.

use scim_query::sql::{Column, Columns, Dialect, Elements, Param, Select, SelectPage, SqlFragment, SqlPage};
use scim_query::{AttributeDef, CheckedQuery, CursorKind, Cursors, ListError, ListQuery, Profile, Schema, Type, list};
use serde_json::{Value, json};

use super::engine::{self, Engine, Row};

pub fn ask(engine: &mut Engine, page: &SelectPage) -> Result<SqlPage<Row>, ListError> {
    let anchor = page.anchor.as_ref().map(|anchor| count(engine, anchor));
    let rows = engine.rows(&page.statement.sql, &page.statement.params);
    page.finish(rows, anchor, |row| row[row.len() - page.key_columns()..].to_vec())
}

/// The first columns of all pages, from the one that no cursor asks for to the last. `query` has `&after=..` appended to it.
pub fn walk(engine: &mut Engine, select: &Select, query: impl Fn(&str) -> CheckedQuery) -> Vec<Option<String>> {
    let (mut walked, mut after) = (Vec::new(), String::new());
    for _ in 0..1000 {
        let page = select.page(&query(&after)).unwrap_or_else(|error| panic!("{error}"));
        let found = ask(engine, &page).unwrap_or_else(|error| panic!("{error}\n{}", page.statement.inlined()));
        walked.extend(found.rows.into_iter().map(|row| row[0].clone()));
        match found.next {
            Some(next) => after = format!("&after={next}"),
            None => return walked,
        }
    }
    panic!("the walk does not end: {walked:?}");
}

fn count(engine: &mut Engine, fragment: &SqlFragment) -> i64 {
    let rows = engine.rows(&fragment.sql, &fragment.params);
    rows[0][0].as_deref().expect("a count").parse().expect("a number")
}

pub fn firsts(page: &SqlPage<Row>) -> Vec<String> {
    page.rows.iter().map(|row| row[0].clone().expect("a text")).collect()
}

fn query(schema: &Schema, profile: &Profile, text: &str) -> CheckedQuery {
    ListQuery::parse(text, profile)
        .and_then(|query| query.check(schema))
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn small(engine: &Engine, attributes: &[(&str, Type)], tie_breakers: &[&str]) -> (Schema, Columns) {
    let defs = attributes.iter().map(|(name, ty)| AttributeDef::new(*name, *ty).case_exact());
    let schema = Schema::builder("urn:example:2.0:Row").attributes(defs).tie_breakers(tie_breakers.iter().copied());
    let schema = schema.default_order(tie_breakers[0]).build().expect("a schema");
    let mut builder = Columns::builder(&schema, engine.dialect(), "small");
    for (name, ty) in attributes {
        let column = Column::new(*name).indexed();
        let column = if *ty == Type::String { column.max_length(50) } else { column };
        builder = builder.column(*name, if tie_breakers.contains(name) { column.not_null() } else { column });
    }
    (schema.clone(), builder.build().expect("columns"))
}

pub fn fill(engine: &mut Engine, columns: &Columns, rows: &[Value]) {
    columns.ddl().iter().for_each(|statement| engine.define(statement));
    for row in rows {
        let inserts = columns.inserts(row, "").expect("a row that can be stored");
        inserts.iter().for_each(|insert| engine.execute(&insert.sql, &insert.params));
    }
}

/// Every order, both cursors, every size: the walk is the list.
#[test]
fn composite_tie_breakers_are_walked() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let attributes = [("cost", Type::Integer), ("region", Type::String), ("number", Type::Integer)];
        let (schema, columns) = small(&engine, &attributes, &["region", "number"]);
        let rows: Vec<Value> = (0..30)
            .map(|at| match at % 3 {
                0 => json!({"region": (["north", "south"][at % 2]), "number": at}),
                _ => json!({"region": (["north", "south"][at % 2]), "number": at, "cost": at % 4}),
            })
            .collect();
        fill(&mut engine, &columns, &rows);
        let select = Select::new(&columns, "number");
        for order in ["cost", "cost desc", "region desc, cost", "cost desc, number", "number desc"] {
            for (size, longest) in [(1, 1024), (4, 1024), (4, 90), (30, 1024)] {
                let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
                let mut options = scim_query::Options::default();
                options.limits.cursor = longest;
                let checked = |after: &str, size: usize| {
                    let text = format!("orderBy={order}&limit={size}{after}");
                    let query = ListQuery::parse(&text, &profile).and_then(|query| query.check_with(&schema, &options));
                    query.unwrap_or_else(|error| panic!("{error}"))
                };
                let expected: Vec<Option<String>> = list(&rows, &checked("", 200))
                    .expect("a list")
                    .resources
                    .into_iter()
                    .map(|row| Some(row["number"].to_string()))
                    .collect();
                let walked = walk(&mut engine, &select, |after| checked(after, size));
                assert_eq!(walked, expected, "{name}, {order}, {size} each, cursors of {longest}");
            }
        }
    }
}

#[test]
fn a_scope_holds_for_rows_and_for_what_cursors_name() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let (schema, columns) = small(&engine, &[("id", Type::String), ("rank", Type::Integer)], &["id"]);
        let rows: Vec<Value> = (0..10).map(|at| json!({"id": format!("r{at}"), "rank": at / 2})).collect();
        fill(&mut engine, &columns, &rows);
        // A tenant's rows; the `or` would let all through if the parts were not in parentheses.
        let scope = |tenant: &str| {
            let params = vec![Param::from(tenant), Param::from("none")];
            SqlFragment::new(engine_dialect(&columns), "id LIKE ? OR id = ?", params).expect("a scope")
        };
        let of = |tenant: &str| Select::new(&columns, "id").scope(scope(tenant));
        let profile = Profile::okta();
        let ask_for = |engine: &mut Engine, select: &Select, text: &str| {
            let page = select.page(&query(&schema, &profile, text)).unwrap_or_else(|error| panic!("{error}"));
            ask(engine, &page).map(|page| (firsts(&page), page.next))
        };
        let r1 = of("r1%");
        assert_eq!(ask_for(&mut engine, &r1, "").expect("a page"), (vec!["r1".into()], None), "{name}");
        let odd = Select::new(&columns, "id")
            .scope(SqlFragment::new(engine_dialect(&columns), "rank = 1", vec![]).expect("a scope"));
        let page = ask_for(&mut engine, &odd, "filter=rank ge 0&orderBy=rank desc&limit=1").expect("a page");
        assert_eq!(page, (vec!["r3".into()], Some("r3".into())), "{name}");
        let next = ask_for(&mut engine, &odd, "filter=rank ge 0&orderBy=rank desc&limit=1&after=r3").expect("a page");
        assert_eq!(next, (vec!["r2".into()], None), "{name}");
        // A row of another scope is no position, and neither is one that is not there.
        for foreign in ["r5", "nothing"] {
            let error = ask_for(&mut engine, &odd, &format!("limit=1&after={foreign}")).expect_err("refused");
            assert!(matches!(&error, ListError::Query(error) if error.code() == "record_unknown"), "{name}: {error}");
        }
        // It does not have to match the filter.
        let next = ask_for(&mut engine, &odd, "filter=id eq \"r2\"&orderBy=id desc&after=r3").expect("a page");
        assert_eq!(next.0, ["r2"], "{name}");
        // A position that was not looked up is none.
        let page = odd.page(&query(&schema, &profile, "after=r3")).expect("a page");
        assert!(page.finish(Vec::<Row>::new(), None, Clone::clone).is_err());
    }
}

fn engine_dialect(columns: &Columns) -> Dialect {
    columns.dialect()
}

#[test]
fn pages_by_index_and_totals() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let (schema, columns) = small(&engine, &[("id", Type::String), ("rank", Type::Integer)], &["id"]);
        let rows: Vec<Value> = (0..9).map(|at| json!({"id": format!("r{at}"), "rank": 9 - at})).collect();
        fill(&mut engine, &columns, &rows);
        let select = Select::new(&columns, "id");
        for text in [
            "sortBy=rank&startIndex=1&count=4",
            "sortBy=rank&startIndex=5&count=4",
            "sortBy=rank&startIndex=9&count=4",
            "sortBy=rank&startIndex=100&count=4",
            "filter=rank gt 3&sortBy=rank&sortOrder=descending&startIndex=2&count=3",
            "count=0",
            "filter=rank gt 100",
        ] {
            let checked = query(&schema, &Profile::scim(), text);
            let expected = list(&rows, &checked).expect("a list");
            let page = select.page(&checked).expect("a page");
            let total = count(&mut engine, &page.count().expect("a count"));
            let found = ask(&mut engine, &page).expect("a page");
            let ids: Vec<&str> = expected.resources.iter().map(|row| row["id"].as_str().expect("an id")).collect();
            assert_eq!(firsts(&found), ids, "{name}: {text}");
            assert_eq!((total, found.start_index), (expected.total as i64, expected.start_index), "{name}: {text}");
            assert_eq!(found.next, expected.next, "{name}: {text}");
        }
    }
}

/// O6: rows that come and go between the pages neither repeat nor lose another one.
#[test]
fn a_walk_survives_changes() {
    for (name, connect) in engine::all() {
        for cursors in [CursorKind::RecordId, CursorKind::Opaque(Cursors::new())] {
            let mut engine = connect();
            let (schema, columns) = small(&engine, &[("id", Type::String), ("rank", Type::Integer)], &["id"]);
            let row = |at: i64| json!({"id": format!("r{at:03}"), "rank": at % 7});
            let rows: Vec<Value> = (0..60).filter(|at| at % 2 == 0).map(row).collect();
            fill(&mut engine, &columns, &rows);
            let select = Select::new(&columns, "id");
            let profile = Profile::okta().with_cursors(cursors.clone());
            let (mut seen, mut cursor, mut round) = (Vec::new(), None::<String>, 0);
            loop {
                let after = cursor.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
                let page = select.page(&query(&schema, &profile, &format!("orderBy=rank desc&limit=4{after}")));
                let found = ask(&mut engine, &page.expect("a page")).unwrap_or_else(|error| panic!("{name}: {error}"));
                seen.extend(firsts(&found));
                cursor = found.next;
                if cursor.is_none() {
                    break;
                }
                // One comes; the first that was seen goes, which is not the one that the cursor names.
                round += 1;
                for insert in columns.inserts(&row(round * 2 - 1), "").expect("a row") {
                    engine.execute(&insert.sql, &insert.params);
                }
                engine.define(&format!("DELETE FROM {} WHERE id = '{}'", columns.dialect().quote("small"), seen[0]));
            }
            let mut unique = seen.clone();
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), seen.len(), "{name}: {seen:?}");
            let of_the_first: Vec<&String> =
                seen.iter().filter(|id| id[1..].parse::<u32>().expect("a number") % 2 == 0).collect();
            assert_eq!(of_the_first.len(), rows.len(), "{name}: {seen:?}");
        }
    }
}

/// D8: what the columns do not serve is told, and a walk with it finds what the list has.
#[test]
fn a_residual_is_told_and_walked() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::builder("urn:example:2.0:Row")
            .attribute(AttributeDef::new("id", Type::String).case_exact())
            .attribute(AttributeDef::new("rank", Type::Integer))
            .attribute(AttributeDef::new("note", Type::String))
            .build()
            .expect("a schema");
        let columns = Columns::builder(&schema, engine.dialect(), "small")
            .column("id", Column::new("id").not_null().max_length(50))
            .column("rank", Column::new("rank"))
            .document("doc")
            .build()
            .expect("columns");
        let rows: Vec<Value> = (0..40)
            .map(|at| json!({"id": format!("r{at:02}"), "rank": at, "note": (["a", "b", "c"][at % 3])}))
            .collect();
        columns.ddl().iter().for_each(|statement| engine.define(statement));
        for row in &rows {
            for insert in columns.inserts(row, &row.to_string()).expect("a row") {
                engine.execute(&insert.sql, &insert.params);
            }
        }
        let text = r#"filter=rank ge 10 and note eq "B"&orderBy=rank desc&limit=3"#;
        let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
        let refused = Select::new(&columns, "doc").page(&query(&schema, &profile, text)).expect_err("refused");
        assert_eq!(refused.code(), "attribute_unmapped");
        let select = Select::new(&columns, "doc").allow_residual();
        let (mut walked, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let after = cursor.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
            let page = select.page(&query(&schema, &profile, &format!("{text}{after}"))).expect("a page");
            assert!(page.count().is_none(), "a count of rows would not be one of resources");
            let residual = page.residual.clone().expect("a residual");
            assert_eq!(residual.to_string(), r#"note eq "b""#);
            let of = |row: &Row| serde_json::from_str::<Value>(row[0].as_deref().expect("a text")).expect("JSON");
            let rows = engine.rows(&page.statement.sql, &page.statement.params);
            let keys = |row: &Row| row[1..].to_vec();
            assert!(page.finish(rows.clone(), None, keys).is_err(), "the residual is forgotten");
            let found = page.finish_matching(rows, None, keys, |row, residual| residual.matches(&of(row)));
            let found = found.expect("a page");
            walked.extend(found.rows.iter().map(|row| of(row)["id"].clone()));
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        let all = query(&schema, &profile, &text.replace("limit=3", "limit=200"));
        let expected: Vec<Value> =
            list(&rows, &all).expect("a list").resources.iter().map(|row| row["id"].clone()).collect();
        assert_eq!(walked, expected, "{name}");
    }
}

/// O3: by the first primary element, else the first; and by a column that the mapping names for it.
#[test]
fn orders_by_attributes_of_several_values() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        let schema = Schema::user();
        let long = |column: &str| Column::new(column).max_length(60);
        let columns = Columns::builder(&schema, engine.dialect(), "users")
            .column("id", long("id").not_null())
            .elements("emails", Elements::table("user_emails").key("user_id", "id").position("position").never_empty())
            .column("emails.value", long("value").folded("value_fold"))
            .column("emails.type", long("type").folded("type_fold"))
            .column("emails.primary", Column::new("is_primary"))
            .column("emails.display", long("display").folded("display_fold"))
            .elements("phoneNumbers", Elements::table("user_phones").key("user_id", "id"))
            .column("phoneNumbers.value", long("value").folded("value_fold"))
            .sort_column("phoneNumbers.value", long("first_phone").folded("first_phone"))
            .build()
            .expect("columns");
        let rows = [
            json!({"id": "1", "emails": [{"value": "z@x"}, {"value": "B@x", "primary": true}], "phoneNumbers": [{"value": "9"}]}),
            json!({"id": "2", "emails": [{"value": "c@x"}, {"value": "a@x"}]}),
            json!({"id": "3", "emails": [{"type": "work"}, {"value": "a@x"}], "phoneNumbers": [{"value": "1"}, {"value": "7"}]}),
            json!({"id": "4"}),
            json!({"id": "5", "emails": [{"value": "A@x", "primary": false}]}),
        ];
        fill(&mut engine, &columns, &rows);
        let select = Select::new(&columns, "id");
        for order in ["emails", "emails desc", "emails.type desc", "phoneNumbers", "phoneNumbers desc, emails"] {
            for size in [2, 10] {
                let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
                let all = query(&schema, &profile, &format!("orderBy={order}&limit=200"));
                let expected: Vec<&str> = list(&rows, &all)
                    .expect("a list")
                    .resources
                    .iter()
                    .map(|row| row["id"].as_str().expect("an id"))
                    .collect();
                let walked = walk(&mut engine, &select, |after| {
                    query(&schema, &profile, &format!("orderBy={order}&limit={size}{after}"))
                });
                let walked: Vec<&str> = walked.iter().map(|id| id.as_deref().expect("an id")).collect();
                assert_eq!(walked, expected, "{name}, {order}");
            }
        }
    }
}

/// Whatever a request says, and however careless the program is with its sizes: a page or a refusal, and no error of the database.
#[test]
fn hostile_requests_are_pages_or_refusals() {
    for (name, connect) in engine::all() {
        let mut engine = connect();
        for ty in [Type::String, Type::Integer] {
            let (schema, columns) =
                small(&engine, &[("id", ty), ("rank", Type::Integer), ("title", Type::String)], &["id"]);
            engine.define("DROP TABLE IF EXISTS small");
            let id = |at: usize| if ty == Type::String { json!(format!("{at}")) } else { json!(at) };
            let rows: Vec<Value> = (0..5).map(|at| json!({"id": id(at), "rank": at, "title": "t"})).collect();
            fill(&mut engine, &columns, &rows);
            let select = Select::new(&columns, "id");
            let (okta, scim) = (Profile::okta(), Profile::scim());
            let opaque = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
            let huge = [
                Profile::scim().with_sizes(usize::MAX, usize::MAX),
                Profile::okta().with_sizes(usize::MAX, usize::MAX),
            ];
            let requests = [
                "after=%00",
                "after=1%00",
                "after=%20",
                "after=01",
                "after=1e0",
                "after=%2B1",
                "after=-0",
                "after='",
                "after=\\",
                "after=99999999999999999999999",
                "after=%F0%9F%98%80",
                "after=%EF%BF%BF",
                "after=NULL",
                "after=1&orderBy=title%20desc",
                "startIndex=9223372036854775807",
                "startIndex=99999999999999999999&count=200",
                "startIndex=2&count=99999999999999999999",
                "limit=99999999999999999999",
                "count=0&startIndex=-9223372036854775808",
                "startIndex=3",
                "",
                "filter=title%20eq%20%22%00%22",
                "filter=title%20eq%20%22%5Cu0000%22%20or%20title%20co%20%22%5Cu0000%22",
                "filter=rank%20lt%201e400%20and%20rank%20gt%20-1e400",
                "filter=rank%20eq%2018446744073709551616",
                "filter=title%20sw%20%22%F4%8F%BF%BF%22%20or%20title%20gt%20%22%EE%80%80%22",
            ];
            for text in requests {
                for profile in [&okta, &scim, &opaque, &huge[0], &huge[1]] {
                    let Ok(checked) = ListQuery::parse(text, profile).and_then(|query| query.check(&schema)) else {
                        continue;
                    };
                    let Ok(page) = select.page(&checked) else { continue };
                    match (ask(&mut engine, &page), list(&rows, &checked)) {
                        (Ok(found), Ok(expected)) => {
                            let expected: Vec<Value> = expected.resources.iter().map(|row| row["id"].clone()).collect();
                            let found: Vec<Value> = firsts(&found)
                                .into_iter()
                                .map(|id| {
                                    if ty == Type::String {
                                        json!(id)
                                    } else {
                                        json!(id.parse::<i64>().expect("a number"))
                                    }
                                })
                                .collect();
                            assert_eq!(found, expected, "{name}: {text} {profile:?}");
                        }
                        (Err(ListError::Query(found)), Err(ListError::Query(expected))) => {
                            assert_eq!(found.code(), expected.code(), "{name}: {text}");
                        }
                        (found, expected) => panic!("{name}: {text}: {found:?}, {expected:?}"),
                    }
                }
            }
        }
    }
}
