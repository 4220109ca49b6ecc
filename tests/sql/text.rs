//! What the text is, without running it: no byte of a literal, the same for every literal, always in parentheses; and as it
//! was read last, for all dialects side by side.

use std::collections::HashMap;

use scim_query::sql::{Column, Columns, Dialect, Elements, Param, Select, SqlLimits};
use scim_query::{CheckedFilter, Filter, Limits, ListQuery, Options, OrderBy, Profile, Schema};

use super::differential::schemas;
use super::layout;
use crate::reference::filter::{Filter as Tree, Literal};
use crate::reference::generate::World;
use crate::reference::random::Random;

/// The tree with another literal of the same kind at each place, chosen by the number of the place.
fn with_literals(tree: &Tree, next: &mut dyn FnMut(&Literal) -> Literal) -> Tree {
    match tree {
        Tree::And(terms) => Tree::And(terms.iter().map(|term| with_literals(term, next)).collect()),
        Tree::Or(terms) => Tree::Or(terms.iter().map(|term| with_literals(term, next)).collect()),
        Tree::Not(inner) => Tree::Not(Box::new(with_literals(inner, next))),
        Tree::ValuePath(name, inner) => Tree::ValuePath(name.clone(), Box::new(with_literals(inner, next))),
        Tree::Compare(comparison) => {
            let mut comparison = comparison.clone();
            comparison.literal = next(&comparison.literal);
            Tree::Compare(comparison)
        }
    }
}

/// Every text and number is one that nothing else holds.
fn marked(seed: usize) -> impl FnMut(&Literal) -> Literal {
    let mut number = 0;
    move |literal| {
        number += 1;
        match literal {
            Literal::Null => Literal::Null,
            Literal::Bool(value) => Literal::Bool(*value),
            // A dateTime stays one.
            Literal::Text(text) if crate::reference::scalar::instant(text).is_some() => {
                Literal::Text(format!("20{:02}-03-04T05:06:{:02}Z", 10 + seed, number % 60))
            }
            Literal::Text(_) => Literal::Text(format!("z9x{seed}q{number}'\"`\\;--/*$1?")),
            Literal::Number(_) => Literal::Number(format!("{}", 7_770_000 + seed * 1000 + number)),
        }
    }
}

#[test]
fn no_byte_of_a_literal_is_in_the_text_and_the_text_is_that_of_the_shape() {
    let schemas = schemas();
    let mut compared = 0;
    for seed in 0..60u64 {
        let schema = &schemas[seed as usize % schemas.len()];
        for dialect in [Dialect::Postgres, Dialect::MariaDb, Dialect::Sqlite] {
            let mut world = World::new(seed, &schema.reference, 10);
            let columns = layout::any(&mut Random::new(seed), &schema.ours, dialect);
            let mut filters = world.filters(&schema.reference);
            for _ in 0..40 {
                let tree = filters.filter();
                let text = |seed| {
                    let tree = with_literals(&tree, &mut marked(seed));
                    let text = schema.print(&mut Random::new(0), &tree);
                    schema.check(&text).ok()?.where_sql(&columns).ok()
                };
                let (Some(one), Some(other)) = (text(1), text(2)) else { continue };
                for part in ["z9x", "777", "05:06", "--", "/*", ";"] {
                    assert!(!one.sql.contains(part), "{part} in {one}");
                }
                assert_eq!(one.sql, other.sql, "{}", schema.print(&mut Random::new(0), &tree));
                is_closed(&one.sql);
                compared += 1;
            }
        }
    }
    assert!(compared > 3000, "{compared}");
}

/// The first parenthesis is closed by the last one.
fn is_closed(sql: &str) {
    let mut open = 0;
    for (at, c) in sql.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        assert!(open > 0 || at == sql.len() - 1, "open at {at}: {sql}");
    }
    assert_eq!(open, 0, "{sql}");
}

/// Filters that show each form once.
const FILTERS: [&str; 34] = [
    r#"userName eq "Bob""#,
    r#"userName ne "Bob""#,
    r#"not (userName eq "Bob")"#,
    r#"userName sw "J""#,
    r#"not (userName sw "J")"#,
    "userName sw \"\u{10ffff}\"",
    r#"userName co "o%b""#,
    r#"userName ew "ob""#,
    r#"userName co """#,
    r#"id gt "5""#,
    r#"title pr"#,
    r#"not (title pr)"#,
    r#"title eq null"#,
    r#"title ne null"#,
    r#"userName eq "a" or userName eq "b" or userName eq "c""#,
    r#"not (userName eq "a" or userName eq "b")"#,
    r#"userName ne "a" and userName ne "b" and title pr"#,
    r#"active eq true"#,
    r#"not (active eq true)"#,
    r#"meta.created gt "2022-05-24T14:15:22Z""#,
    r#"meta.created ge "2022-05-24T14:15:22.123456789Z""#,
    r#"meta.created eq "2022-05-24T14:15:22.123456789Z""#,
    r#"emails.type eq "work""#,
    r#"emails.type ne "work""#,
    r#"not (emails.type ne "work")"#,
    r#"emails[type eq "work" and value ew "@example.com"]"#,
    r#"not (emails[type eq "work"])"#,
    r#"emails[not (type eq "work")]"#,
    r#"emails.primary eq false"#,
    r#"emails pr"#,
    r#"emails eq null"#,
    r#"emails.value eq "a@x" or userName eq "b""#,
    r#"name eq null or name[familyName eq "x"]"#,
    r#"(userName eq "a" or title pr) and not (active eq false and nickName sw "n")"#,
];

fn check(schema: &Schema, text: &str) -> CheckedFilter {
    Filter::parse(text).and_then(|filter| filter.check(schema)).unwrap_or_else(|error| panic!("{error:#}"))
}

/// MySQL's texts are not run here, so they are read.
#[test]
fn texts_are_as_they_were_read_last() {
    let schema = Schema::user();
    let mut all = String::new();
    for filter in FILTERS {
        all += &format!("{filter}\n");
        let mut before = String::new();
        for dialect in Dialect::ALL {
            let columns = Columns::standard(&schema, dialect, "u").expect("the standard mapping");
            let fragment = check(&schema, filter).where_sql(&columns).unwrap_or_else(|error| panic!("{error}"));
            let text = format!("{} {:?}", fragment.sql, fragment.params);
            // MariaDB's text is MySQL's, but for functions.
            all += &if text == before { format!("  {dialect}: the same\n") } else { format!("  {dialect}: {text}\n") };
            before = text;
        }
    }
    insta::assert_snapshot!("texts", all);
}

#[test]
fn json_arrays_and_pages_are_as_they_were_read_last() {
    let schema = Schema::user();
    let mut all = String::new();
    for dialect in Dialect::ALL {
        let twin = |name: &str| Column::json("doc", [name]).folded(format!("{name}_fold"));
        let mut builder = Columns::builder(&schema, dialect, "users")
            .alias("u")
            .column("id", Column::new("id").not_null().max_length(40))
            .column("title", twin("title"))
            .column("active", Column::json("doc", ["active"]))
            .column("userName", Column::new("user_name").other_collation().folded("user_name_fold"))
            .column("externalId", Column::new("external_id").other_collation().max_length(100))
            .elements("emails", Elements::json("doc", ["emails"]));
        if dialect == Dialect::Postgres {
            builder = builder.elements("schemas", Elements::array("schemas"));
        }
        let columns = builder.build().unwrap_or_else(|error| panic!("{error}"));
        for filter in [
            r#"title eq "x""#,
            r#"title pr"#,
            "active eq true",
            r#"externalId eq "E""#,
            r#"externalId sw "E""#,
            r#"schemas eq "urn:x""#,
        ] {
            match check(&schema, filter).where_sql(&columns) {
                Ok(fragment) => all += &format!("{dialect}: {filter}\n  {} {:?}\n", fragment.sql, fragment.params),
                Err(error) => all += &format!("{dialect}: {filter}\n  {error}\n"),
            }
        }
        let select = Select::new(&columns, "doc");
        for (query, profile) in [
            ("filter=title pr&sortBy=externalId&count=2&cursor=", Profile::scim()),
            ("sortBy=externalId&sortOrder=descending&startIndex=21&count=20", Profile::scim()),
            ("orderBy=externalId desc&after=u1&limit=2", Profile::okta()),
        ] {
            let query = ListQuery::parse(query, &profile).and_then(|query| query.check(&schema)).expect("a query");
            let page = select.page(&query).unwrap_or_else(|error| panic!("{error}"));
            all += &format!("{dialect}: {}\n  {}\n", query.ordering(), page.statement.inlined());
        }
        all += &format!(
            "{dialect}:\n{}\n\n",
            columns.ddl().join(";\n").lines().filter(|line| !line.starts_with("    '")).collect::<Vec<_>>().join("\n")
        );
    }
    insta::assert_snapshot!("mapped", all);
}

#[test]
fn a_condition_stands_behind_parameters_of_the_programs_own() {
    let schema = Schema::user();
    let columns = Columns::standard(&schema, Dialect::Postgres, "users").expect("the standard mapping");
    let fragment = check(&schema, r#"title eq "a" and nickName eq "b" or active eq true"#)
        .where_sql(&columns)
        .expect("a condition");
    let numbers = |sql: &str| -> Vec<usize> {
        let parts = sql.split('$').skip(1);
        parts
            .map(|part| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number"))
            .collect()
    };
    assert_eq!(numbers(&fragment.sql), [1, 2, 3]);
    assert_eq!(numbers(&fragment.clone().starting_at(7).sql), [7, 8, 9]);
    assert_eq!(fragment.params, [Param::from("a"), Param::from("b"), Param::Bool(true)]);
}

/// Lists and chains that are long are whole, or refused before they are sent (D7).
#[test]
fn what_a_database_does_not_take_is_refused() {
    let schema = Schema::user();
    let options = Options::default().with_limits(Limits { text: 10 << 20, comparisons: 100_000, ..Limits::default() });
    let long = |count: usize, term: &dyn Fn(usize) -> String| {
        let text = (0..count).map(term).collect::<Vec<_>>().join(" or ");
        Filter::parse_with(&text, &options).and_then(|filter| filter.check_with(&schema, &options)).expect("a filter")
    };
    let list = long(40_000, &|at| format!(r#"externalId eq "{at}""#));
    let chain = long(40_000, &|at| format!(r#"externalId co "{at}""#));
    let code = |filter: &CheckedFilter, dialect| {
        let columns = Columns::standard(&schema, dialect, "users").expect("the standard mapping");
        filter.where_sql(&columns).map(|fragment| fragment.params.len()).map_err(|error| error.code())
    };
    assert_eq!(code(&list, Dialect::Postgres), Ok(1));
    assert_eq!(code(&list, Dialect::MariaDb), Ok(40_000));
    assert_eq!(code(&list, Dialect::Sqlite), Err("sql_too_many_params"));
    assert_eq!(code(&chain, Dialect::Postgres), Ok(40_000));
    assert_eq!(code(&chain, Dialect::Sqlite), Err("sql_too_many_params"));
    let deep = format!("{}title pr{}", "(active eq true and (title pr or ".repeat(25), "))".repeat(25));
    let deep = check(&schema, &deep);
    assert_eq!(code(&deep, Dialect::Sqlite), Err("sql_too_deep"));
    let wide = SqlLimits { params: 32_000, depth: 100 };
    let columns =
        Columns::builder(&schema, Dialect::Sqlite, "users").limits(wide).column("id", Column::new("id").not_null());
    let columns = columns.column("active", Column::new("active")).column("title", Column::new("title").folded("t"));
    assert!(deep.where_sql(&columns.build().expect("columns")).is_ok());
}

/// Wrong mappings are told at start-up, with the attribute.
#[test]
fn wrong_mappings_name_the_attribute() {
    let schema = Schema::user();
    let mut messages = HashMap::new();
    type Change = fn(scim_query::sql::ColumnsBuilder) -> scim_query::sql::ColumnsBuilder;
    let changes: [(&str, Dialect, Change); 27] = [
        ("unknown", Dialect::Postgres, |b| b.column("usrName", Column::new("x"))),
        ("twice", Dialect::Postgres, |b| b.column("active", Column::new("x")).column("ACTIVE", Column::new("y"))),
        ("no fold", Dialect::Postgres, |b| b.column("title", Column::new("x"))),
        ("a fold too many", Dialect::Postgres, |b| b.column("externalId", Column::new("x").folded("y"))),
        ("a fold of MySQL", Dialect::MySql, |b| b.column("title", Column::new("x").folded_by_function())),
        ("a fold by SQLite", Dialect::Sqlite, |b| b.column("title", Column::new("x").folded_by_database("y"))),
        ("complex", Dialect::Postgres, |b| b.column("name", Column::new("x"))),
        ("of another type", Dialect::Postgres, |b| {
            b.column("active", Column::new("x").of_type(scim_query::sql::ColumnType::Text))
        }),
        ("a timestamp in SQLite", Dialect::Sqlite, |b| {
            b.column("meta.created", Column::new("x").of_type(scim_query::sql::ColumnType::Timestamp { digits: 3 }))
        }),
        ("an instant in JSON", Dialect::Postgres, |b| b.column("meta.created", Column::json("x", ["created"]))),
        ("elements nowhere", Dialect::Postgres, |b| b.column("emails.value", Column::new("x").folded("y"))),
        ("elements of one", Dialect::Postgres, |b| b.elements("name", Elements::table("x").key("a", "id"))),
        ("elements of nobody", Dialect::Postgres, |b| b.elements("emails", Elements::table("x"))),
        ("elements without columns", Dialect::Postgres, |b| b.elements("emails", Elements::table("x").key("a", "id"))),
        ("an array of objects", Dialect::Postgres, |b| b.elements("emails", Elements::array("x"))),
        ("an array in SQLite", Dialect::Sqlite, |b| b.elements("schemas", Elements::array("x"))),
        ("one column twice", Dialect::Postgres, |b| b.column("active", Column::new("id"))),
        ("no name", Dialect::Postgres, |b| b.column("active", Column::new(""))),
        ("a fold of JSON by the database", Dialect::Postgres, |b| {
            b.column("title", Column::json("doc", ["title"]).folded_by_database("x"))
        }),
        ("a twin twice", Dialect::Sqlite, |b| {
            b.column("title", Column::new("a").folded("x")).column("nickName", Column::new("b").folded("x"))
        }),
        ("a document in JSON", Dialect::Sqlite, |b| {
            b.document("doc").column("active", Column::json("doc", ["active"]))
        }),
        ("trigrams of a function", Dialect::Postgres, |b| {
            b.column("title", Column::new("a").folded_by_function().trigram())
        }),
        ("an index of a function", Dialect::MariaDb, |b| {
            b.column("title", Column::new("a").folded_by_function().indexed())
        }),
        ("a folded column of JSON elements", Dialect::Postgres, |b| {
            b.elements("emails", Elements::json("doc", ["emails"]))
                .column("emails.type", Column::json("doc", ["type"]).folded("x"))
        }),
        ("a position in JSON", Dialect::Postgres, |b| {
            b.elements("emails", Elements::json("doc", ["emails"]).position("p"))
        }),
        ("a key of JSON with a quote", Dialect::Postgres, |b| {
            b.column("nickName", Column::json("doc", ["nick\"Name"]).folded_by_function())
        }),
        ("trigrams in SQLite", Dialect::Sqlite, |b| b.column("title", Column::new("x").folded("y").trigram())),
    ];
    for (what, dialect, change) in changes {
        let builder = Columns::builder(&schema, dialect, "users").column("id", Column::new("id").not_null());
        messages.insert(what, change(builder).build().expect_err(what).to_string());
    }
    let none = Columns::builder(&schema, Dialect::Postgres, "users");
    messages.insert("no tie-breaker", none.clone().build().expect_err("no id").to_string());
    messages.insert(
        "a tie-breaker that may be NULL",
        none.column("id", Column::new("id")).build().expect_err("NULL").to_string(),
    );
    let of_mariadb = Columns::builder(&schema, Dialect::MariaDb, "users");
    let message =
        of_mariadb.column("id", Column::new("id").not_null()).build().expect_err("a long tie-breaker").to_string();
    messages.insert("a long tie-breaker", message);
    let json =
        Columns::builder(&schema, Dialect::Postgres, "users").column("id", Column::json("doc", ["id"]).not_null());
    messages.insert("a tie-breaker in JSON", json.build().expect_err("JSON").to_string());
    messages.insert("open", Columns::standard(&Schema::open(), Dialect::Sqlite, "x").expect_err("open").to_string());
    let mut sorted: Vec<_> = messages.into_iter().map(|(what, message)| format!("{what}: {message}")).collect();
    sorted.sort();
    insta::assert_snapshot!("bind_errors", sorted.join("\n"));
}

/// An `or` of selective tests is one, so that SQLite begins with the rows of its indexes.
#[test]
fn an_or_within_brackets_is_selective_where_each_term_is() {
    let schema = Schema::user();
    let columns = Columns::builder(&schema, Dialect::Sqlite, "users")
        .column("id", Column::new("id").not_null())
        .elements("emails", Elements::table("user_emails").key("user_id", "id"))
        .column("emails.value", Column::new("value").folded("value_fold").indexed())
        .column("emails.display", Column::new("display").folded("display_fold").indexed())
        .column("emails.type", Column::new("type").folded("type"));
    let columns = columns.build().expect("columns");
    for (text, is_selective) in [
        (r#"emails[value eq "a" or display eq "b"]"#, true),
        (r#"emails[value eq "a" or type eq "b"]"#, false),
        (r#"emails[value eq "a" and type eq "b"]"#, true),
    ] {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&schema)).expect(text);
        let sql = filter.where_sql(&columns).expect(text).sql;
        assert_eq!(sql.contains("\"id\" IN (SELECT"), is_selective, "{text}: {sql}");
        assert_eq!(sql.contains("EXISTS"), !is_selective, "{text}: {sql}");
    }
}

/// A column that says whether a complex attribute is assigned does not say whether it is present.
#[test]
fn what_is_told_by_a_presence_column_is_pushed() {
    let schema = Schema::user();
    let columns = Columns::builder(&schema, Dialect::Sqlite, "users")
        .column("id", Column::new("id").not_null())
        .column("name.familyName", Column::new("family").folded("family_fold"))
        .presence("name", "has_name");
    let columns = columns.build().expect("columns");
    for (text, pushed) in [("name eq null and title pr", "name eq null"), ("name pr and title pr", "")] {
        let filter = Filter::parse(text).and_then(|filter| filter.check(&schema)).expect(text);
        let split = columns.split(&filter);
        let told = if split.pushed.is_everything() { String::new() } else { split.pushed.to_string() };
        assert_eq!(told, pushed, "{text}");
    }
}

#[test]
fn an_ordering_that_the_database_would_not_keep_is_refused() {
    let schema = Schema::user();
    let order = OrderBy::parse("title").and_then(|order| order.check(&schema)).expect("an ordering");
    let columns =
        Columns::builder(&schema, Dialect::MariaDb, "users").column("id", Column::new("id").not_null().max_length(40));
    let columns = columns.column("title", Column::new("title").folded("title_fold")).build().expect("columns");
    let error = order.order_by_sql(&columns).unwrap_err();
    assert_eq!(error.code(), "attribute_not_sortable");
    assert_eq!(format!("{error:#}"), "  title\n  ^^^^^ the attribute `title` cannot be ordered by");
}
