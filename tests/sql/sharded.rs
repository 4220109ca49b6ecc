//! One machine outgrown: the same text on a PostgreSQL whose table is hash-partitioned over three others by postgres_fdw. The
//! servers are those of `tests/sharded`; without them there is nothing to ask.

use scim_query::sql::{Columns, Dialect, Select, SqlFragment};
use scim_query::{CheckedQuery, CursorKind, Cursors, ListQuery, Part, Profile, Schema, list};
use serde_json::Value;

use super::engine::Engine;
use crate::differential::Both;
use crate::reference::filter::eval;
use crate::reference::generate::{Filters, Pool};
use crate::reference::random::Random;
use crate::support::cases::access_requests;

const FILTERS: usize = 300;

struct Sharded {
    coordinator: Engine,
    columns: Columns,
    requests: Vec<Value>,
}

impl Sharded {
    /// The servers that the environment names, with the access requests spread over them.
    fn new() -> Option<Sharded> {
        let shards = std::env::var("SCIM_QUERY_SHARDS").ok()?;
        let coordinator = std::env::var("SCIM_QUERY_COORDINATOR").ok()?;
        let columns = Columns::standard(&Schema::access_requests(), Dialect::Postgres, "requests").expect("columns");
        let mut coordinator = Engine::new(&coordinator);
        coordinator.define("SET search_path = public; CREATE EXTENSION IF NOT EXISTS postgres_fdw");
        let ddl = columns.ddl();
        let table = ddl.iter().find(|statement| statement.starts_with("CREATE TABLE")).expect("a table");
        // The key is the shards' business: a table that is spread over foreign ones has none.
        let spread = table.replace(",\n  PRIMARY KEY (\"id\")", "");
        coordinator.define(&format!("{spread} PARTITION BY HASH (\"id\")"));
        let mut rows = 0;
        for (number, url) in shards.split(' ').enumerate() {
            let mut shard = Engine::new(url);
            shard.define("SET search_path = public");
            ddl.iter().for_each(|statement| shard.define(statement));
            let address = url.rsplit_once('@').expect("an address").1;
            let (host, name) = address.split_once('/').expect("a database");
            let (host, port) = host.split_once(':').expect("a port");
            coordinator.define(&format!(
                "CREATE SERVER shard{number} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{host}', port '{port}', dbname \
                 '{name}', use_remote_estimate 'true', async_capable 'true'); CREATE USER MAPPING FOR CURRENT_USER SERVER \
                 shard{number} OPTIONS (user 'postgres'); CREATE FOREIGN TABLE requests_{number} PARTITION OF requests FOR \
                 VALUES WITH (MODULUS 3, REMAINDER {number}) SERVER shard{number} OPTIONS (table_name 'requests')"
            ));
            rows += 1;
        }
        assert_eq!(rows, 3);
        let requests = access_requests();
        for request in &requests {
            for insert in columns.inserts(request, "").expect("a request that can be stored") {
                coordinator.execute(&insert.sql, &insert.params);
            }
        }
        for number in 0..3 {
            let count = coordinator.rows(&format!("SELECT COUNT(*) FROM requests_{number}"), &[])[0][0].clone();
            let count: usize = count.expect("a count").parse().expect("a number");
            assert!(count > 40, "{count} requests on shard {number}");
        }
        coordinator.define("ANALYZE requests");
        Some(Sharded { coordinator, columns, requests })
    }

    /// The lines of the plan.
    fn plan(&mut self, statement: &SqlFragment) -> Vec<String> {
        let rows = self.coordinator.rows(&format!("EXPLAIN (VERBOSE, COSTS OFF) {}", statement.inlined()), &[]);
        rows.into_iter().map(|row| row[0].clone().expect("a line")).collect()
    }

    /// Everything that restricts the rows is in the texts that the shards are sent, and each word is in each of them.
    fn is_shipped(&mut self, statement: &SqlFragment, words: &[&str]) {
        let plan = self.plan(statement);
        let all = plan.join("\n");
        let remote: Vec<&String> = plan.iter().filter(|line| line.contains("Remote SQL:")).collect();
        let of_pages = remote.iter().filter(|line| words.iter().all(|word| line.contains(word))).count();
        assert!(of_pages >= 3, "{words:?} are not sent to each shard:\n{all}");
        assert!(!plan.iter().any(|line| line.trim_start().starts_with("Filter:")), "filtered here:\n{all}");
    }
}

fn query(filter: &str, order: &str, limit: usize, after: Option<&str>, cursors: CursorKind) -> CheckedQuery {
    let mut query = ListQuery::new(&Profile::okta().with_cursors(cursors));
    let limit = limit.to_string();
    let parts = [
        (Part::Filter, Some(filter)),
        (Part::OrderBy, Some(order)),
        (Part::Limit, Some(&*limit)),
        (Part::After, after),
    ];
    for (part, value) in parts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.give(part, value).expect("once");
        }
    }
    query.check(&Schema::access_requests()).unwrap_or_else(|error| panic!("{error:#}"))
}

#[test]
fn a_table_spread_over_three_servers_answers_as_one_and_ships_its_conditions() {
    let Some(mut sharded) = Sharded::new() else { return };
    let schema = Both::all().into_iter().find(|both| both.name == "access requests").expect("the schema");
    let requests = sharded.requests.clone();
    let single = std::env::var("SCIM_QUERY_SHARDS").expect("shards").split(' ').next().map(|url| {
        // One of the servers once more, with all rows in a table of its own.
        let mut engine = Engine::new(url);
        let columns = Columns::standard(&schema.ours, Dialect::Postgres, "alone").expect("columns");
        columns.ddl().iter().for_each(|statement| engine.define(statement));
        for request in &requests {
            for insert in columns.inserts(request, "").expect("a request that can be stored") {
                engine.execute(&insert.sql, &insert.params);
            }
        }
        (engine, columns)
    });
    let (mut single, alone) = single.expect("a server");

    // Filters: three answers, one meaning.
    let mut random = Random::new(300);
    let pool = Pool::new(&mut random);
    let mut filters = Filters::new(&mut random, &schema.reference, &pool, &requests);
    let mut run = 0;
    while run < FILTERS {
        let tree = filters.filter();
        let text = schema.print(filters.random, &tree);
        let Ok(checked) = schema.check(&text) else { continue };
        run += 1;
        let ids = |engine: &mut Engine, columns: &Columns, table: &str| -> Vec<String> {
            let fragment = checked.where_sql(columns).unwrap_or_else(|error| panic!("{text}: {error}"));
            let sql = format!("SELECT id FROM {table} WHERE {fragment} ORDER BY id COLLATE \"C\"");
            engine.rows(&sql, &fragment.params).into_iter().map(|row| row[0].clone().expect("an id")).collect()
        };
        let spread = ids(&mut sharded.coordinator, &sharded.columns, "requests");
        assert_eq!(spread, ids(&mut single, &alone, "alone"), "{text}");
        let matching = requests.iter().filter(|request| eval(&schema.reference, &tree, request).expect("accepted"));
        let mut expected: Vec<&str> = matching.map(|request| request["id"].as_str().expect("an id")).collect();
        expected.sort_unstable();
        assert_eq!(spread, expected, "{text}");
    }

    // Pages, walked.
    for cursors in [CursorKind::RecordId, CursorKind::Opaque(Cursors::new())] {
        let filter = r#"status eq "APPROVED" or status eq "PENDING""#;
        let order = "lastUpdated desc";
        let all = query(filter, order, 200, None, cursors.clone());
        let expected = list(&requests, &all).expect("a list").resources;
        let expected: Vec<&str> = expected.into_iter().map(|request| request["id"].as_str().expect("an id")).collect();
        let select = Select::new(&sharded.columns, "id");
        let (mut walked, mut cursor) = (Vec::new(), None);
        loop {
            let page = select.page(&query(filter, order, 7, cursor.as_deref(), cursors.clone())).expect("a page");
            let mut count = |fragment: &SqlFragment| -> i64 {
                let rows = sharded.coordinator.rows(&fragment.sql, &fragment.params);
                rows[0][0].as_deref().expect("a count").parse().expect("a number")
            };
            let anchor = page.anchor.as_ref().map(&mut count);
            let rows = sharded.coordinator.rows(&page.statement.sql, &page.statement.params);
            let found = page.finish(rows, anchor, |row| row[1..].to_vec()).expect("a page");
            walked.extend(found.rows.into_iter().map(|row| row[0].clone().expect("an id")));
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(walked, expected);
    }

    // Plans.
    let statement = |filter: &str, order: &str, after: Option<&str>| {
        let query = query(filter, order, 20, after, CursorKind::Opaque(Cursors::new()));
        Select::new(&sharded.columns, "id").page(&query).expect("a page").statement
    };
    let first = statement(r#"status eq "APPROVED""#, "lastUpdated desc", None);
    let list = statement(r#"status eq "APPROVED" or status eq "DENIED""#, "", None);
    let prefix = statement(r#"resourceId sw "0oa" and not (grantStatus eq "GRANTED")"#, "", None);
    let instant = statement(r#"lastUpdated gt "2022-06-01T00:00:00Z""#, "", None);
    sharded.is_shipped(&first, &["status = 'APPROVED'"]);
    sharded.is_shipped(&list, &["status = ANY"]);
    sharded
        .is_shipped(&prefix, &["resource_id >= '0oa'", "resource_id < '0ob'", "grant_status <> 'GRANTED'", "IS NULL"]);
    sharded.is_shipped(&instant, &["last_updated > '2022-06-01"]);
    // The page behind a cursor.
    let begin = query("", "created desc", 20, None, CursorKind::Opaque(Cursors::new()));
    let page = Select::new(&sharded.columns, "id").page(&begin).expect("a page");
    let rows = sharded.coordinator.rows(&page.statement.sql, &page.statement.params);
    let next = page.finish(rows, None, |row| row[1..].to_vec()).expect("a page").next;
    let behind = query("", "created desc", 20, next.as_deref(), CursorKind::Opaque(Cursors::new()));
    let behind = Select::new(&sharded.columns, "id").page(&behind).expect("a page").statement;
    sharded.is_shipped(&behind, &["created <= '", "created < '", "id < '"]);
    println!("{FILTERS} filters and two walks agree; filters, lists and pages are shipped");
    for line in sharded.plan(&behind) {
        println!("  {line}");
    }
}
