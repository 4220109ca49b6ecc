//! F1 over every code point: where each database's own fold differs from ours, compared with the list in the repository; and
//! that the columns compare and order as memory does.

use scim_query::fold;
use scim_query::sql::{Dialect, Param};

use super::engine::{self, Engine};

fn every_char() -> impl Iterator<Item = char> {
    ('\u{1}'..=char::MAX).filter(|c| *c != '\0')
}

/// The characters that the expression maps otherwise than the fold does.
fn differing(engine: &mut Engine, expression: &str) -> Vec<char> {
    let rows = engine.rows(&format!("SELECT c, {expression} FROM code_points"), &[]);
    assert_eq!(rows.len(), every_char().count());
    let mut differing = Vec::new();
    for row in rows {
        let (c, folded) = (row[0].clone().expect("a text"), row[1].clone().expect("a text"));
        if *fold(&c) != folded {
            differing.extend(c.chars());
        }
    }
    differing.sort_unstable();
    differing
}

fn fill(engine: &mut Engine) {
    let column = match engine.dialect() {
        Dialect::Postgres => "text COLLATE \"C\"",
        Dialect::Sqlite => "TEXT",
        _ => "varchar(2) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    };
    engine.define(&format!("CREATE TABLE code_points (c {column})"));
    engine.define("BEGIN");
    let chars: Vec<char> = every_char().collect();
    for chunk in chars.chunks(30_000) {
        let params: Vec<Param> = chunk.iter().map(|c| Param::Text(c.to_string())).collect();
        let values: Vec<String> = match engine.dialect() {
            Dialect::Postgres => (1..=chunk.len()).map(|at| format!("(${at}::text)")).collect(),
            _ => chunk.iter().map(|_| "(?)".to_owned()).collect(),
        };
        engine.execute(&format!("INSERT INTO code_points VALUES {}", values.join(", ")), &params);
    }
    engine.define("COMMIT");
}

/// How many of the characters each engine's own functions map otherwise, and which, when they are few.
fn told(name: &str, differing: &[char]) -> String {
    match differing {
        few if few.len() <= 3 => {
            let codes: Vec<String> = few.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
            format!("{name}: {} {}", few.len(), codes.join(" ")).trim_end().to_owned()
        }
        many => {
            let ascii = many.iter().filter(|c| c.is_ascii()).count();
            format!("{name}: {} of which {ascii} are ASCII", many.len())
        }
    }
}

#[test]
fn folds_differ_where_the_list_says() {
    let list = include_str!("../../docs/folds.txt");
    for (_, connect) in engine::all() {
        let mut engine = connect();
        fill(&mut engine);
        let functions: Vec<(&str, &str)> = match engine.dialect() {
            Dialect::Postgres => {
                let schema = scim_query::Schema::user();
                let columns =
                    scim_query::sql::Columns::standard(&schema, Dialect::Postgres, "unused").expect("columns");
                engine.define(&columns.ddl()[0]);
                vec![
                    ("postgres scim_fold", "scim_fold(c)"),
                    ("postgres lower, collation C", "lower(c COLLATE \"C\")"),
                    ("postgres lower, collation C.utf8", "lower(c COLLATE \"C.utf8\")"),
                    ("postgres lower, collation und-x-icu", "lower(c COLLATE \"und-x-icu\")"),
                ]
            }
            Dialect::Sqlite => vec![("sqlite scim_fold", "scim_fold(c)"), ("sqlite lower", "lower(c)")],
            _ => vec![
                ("mariadb LOWER, collation utf8mb4_uca1400_ai_ci", "LOWER(c COLLATE utf8mb4_uca1400_ai_ci)"),
                ("mariadb LOWER, collation utf8mb4_general_ci", "LOWER(c COLLATE utf8mb4_general_ci)"),
                ("mariadb LOWER, collation utf8mb4_nopad_bin", "LOWER(c)"),
            ],
        };
        for (name, expression) in functions {
            let line = told(name, &differing(&mut engine, expression));
            assert!(list.lines().any(|listed| listed == line), "docs/folds.txt has no line `{line}`");
        }
        // The order of the column is that of code points.
        let rows = engine.rows("SELECT c FROM code_points ORDER BY c", &[]);
        let ordered: Vec<char> = rows.iter().flat_map(|row| row[0].as_deref().expect("a text").chars()).collect();
        assert!(ordered.iter().copied().eq(every_char()), "another order than by code point");
    }
}
