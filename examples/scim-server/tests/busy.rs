//! Large requests, and a database that is at work: others are answered, and are told when they are not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::support::{Server, USER};

fn emails(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers.map(|number| json!({"value": format!("{number}@example.com"), "type": "work"})).collect()
}

/// With a look at each element for each that is added, this would be 64 million looks, and take a quarter of a minute.
#[tokio::test]
async fn many_values_are_added_in_the_time_of_their_number() {
    let server = Server::start("");
    let path = format!("/Users/{}", server.user("ada", json!({})).await);
    let add = |value: Vec<Value>| json!([{"op": "add", "path": "emails", "value": value}]);
    let started = Instant::now();
    assert_eq!(server.patch(&path, add(emails(0..8000))).await.status, 200);
    // They are there: by their `value`, and by less than all of them.
    let again = emails(4000..8000).into_iter().map(|email| json!({"value": email["value"]})).collect();
    let answer = server.patch(&path, add(again)).await;
    assert_eq!(answer.body["emails"].as_array().map(Vec::len), Some(8000));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(server.patch(&path, add(emails(8000..10_001))).await.error(), (400, "invalidValue"));
    assert_eq!(server.patch(&path, add(emails(8000..10_000))).await.status, 200);
    // Without a `value`, each is compared with each: not without end.
    let value = (0..200).map(|number| json!({"display": number.to_string()})).collect();
    assert_eq!(server.patch(&path, add(value)).await.error(), (413, ""));
}

#[tokio::test]
async fn operations_on_many_values_are_bounded() {
    let server = Server::start("");
    let path = format!("/Users/{}", server.user("ada", json!({"emails": emails(0..2000)})).await);
    let one = |number: usize| json!({"op": "replace", "path": format!("emails[value eq \"{number}@example.com\"].type"), "value": "home"});
    let operations = |count: usize| Value::from((0..count).map(one).collect::<Vec<_>>());
    assert_eq!(server.patch(&path, operations(501)).await.error(), (413, ""));
    let answer = server.patch(&path, operations(100)).await;
    assert_eq!((answer.status, &answer.body["emails"][99]["type"]), (200, &json!("home")), "{}", answer.body);
}

#[tokio::test]
async fn while_another_writes_a_change_is_told_to_come_again() {
    let server = Server::start("");
    let id = server.user("ada", json!({})).await;
    let options = SqliteConnectOptions::new().filename(server.database());
    let other = SqlitePoolOptions::new().connect_with(options).await.expect("the database");
    let writes = other.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
    let user = json!({"schemas": [USER], "userName": "bob"});
    let answer = server.post("/Users", &user).await;
    assert_eq!(answer.error(), (503, ""));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(server.get(&format!("/Users/{id}")).await.status, 200);
    drop(writes);
    assert_eq!(server.post("/Users", &user).await.status, 201);
}

/// More searches over all resources than there are threads to answer requests on.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_in_memory_keeps_nobody_waiting() {
    let server = Arc::new(Server::start(""));
    for name in ["ada", "bob"] {
        server.user(name, json!({"emails": emails(0..4000)})).await;
    }
    let paths = (0..120).map(|number| format!(r#"emails[value eq "{number}" and type eq "x"]"#));
    let search = json!({"filter": paths.collect::<Vec<_>>().join(" or "), "count": 0});
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let searches: Vec<_> = (0..4 * threads)
        .map(|_| {
            let (server, search) = (server.clone(), search.clone());
            tokio::spawn(async move { server.post("/.search", &search).await.status })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.get("/ServiceProviderConfig").await.status, 200);
    assert!(searches.iter().all(|search| !search.is_finished()), "it came after a search");
    for search in searches {
        assert_eq!(search.await.expect("an answer"), 200);
    }
}
