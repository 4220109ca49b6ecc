//! Walks while others write, many clients at once, and what is left after SIGKILL.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use sqlx::AnyConnection;
use tokio::task::JoinSet;

use crate::support::{ENTRY, PATH, Server, TOKEN, bundled, databases, ids, json as body_of, next, wanted};

/// A request as another one is, but for its id.
const COPY: &str = "INSERT INTO requests (id, created, last_updated, status, grant_status, requested_for, resource_id, \
    resource_type, access_scope_id, access_scope_type, document) SELECT $1, created, last_updated, status, grant_status, \
    requested_for, resource_id, resource_type, access_scope_id, access_scope_type, replace(document, id, $1) \
    FROM requests WHERE id = $2";

/// Inserts copies of the bundled requests, all over the order, and deletes them again.
async fn churn(mut connection: AnyConnection, done: Arc<AtomicBool>) -> usize {
    let requests = bundled();
    let mut there = std::collections::VecDeque::new();
    let mut inserted = 0;
    while !done.load(Ordering::Relaxed) {
        // 61 and 200 have no common factor: all places are hit, none in turn.
        let like = requests[inserted * 61 % requests.len()]["id"].as_str().expect("an id").to_owned();
        let id = format!("reqNew{inserted:014}");
        let copied = sqlx::query(COPY).bind(id.clone()).bind(like).execute(&mut connection).await.expect("copied");
        assert_eq!(copied.rows_affected(), 1);
        inserted += 1;
        there.push_back(id);
        if there.len() > 40 {
            let id = there.pop_front();
            sqlx::query("DELETE FROM requests WHERE id = $1").bind(id).execute(&mut connection).await.expect("deleted");
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    inserted
}

/// All pages. Where the request that a cursor names is gone, the walk goes on behind the last that is still there.
async fn walk(server: &Server, query: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut at = Some(query.to_owned());
    while let Some(text) = at {
        let response = server.get(&format!("{PATH}?{text}")).await;
        let status = response.status();
        let page = body_of(response).await;
        if status == 200 {
            found.extend(ids(&page));
            at = next(&page);
            continue;
        }
        assert_eq!(page["errorCauses"][0]["reason"], "IDENTIFIER_NOT_FOUND", "{text}: {page}");
        let mut back = found.iter().rev().skip(1);
        at = loop {
            let Some(id) = back.next() else { break Some(query.to_owned()) };
            if server.get(&format!("{PATH}/{id}")).await.status() == 200 {
                break Some(format!("{query}&after={id}"));
            }
        };
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_among_changes_gives_each_request_once() {
    for database in databases() {
        let server = Server::start(database, &[]).await;
        let queries = [
            "limit=7",
            "orderBy=created&limit=7",
            "orderBy=lastUpdated+desc&limit=7",
            "filter=status+eq+%22PENDING%22&limit=3",
        ];
        let mut before = Vec::new();
        for query in queries {
            before.push(walk(&server, query).await);
        }
        let done = Arc::new(AtomicBool::new(false));
        let churning = tokio::spawn(churn(server.connect().await, done.clone()));
        for (query, untouched) in queries.iter().zip(&before).cycle().take(3 * queries.len()) {
            let found = walk(&server, query).await;
            let distinct: HashSet<&String> = found.iter().collect();
            assert_eq!(distinct.len(), found.len(), "{query}: a request was given twice");
            let kept: Vec<&String> = found.iter().filter(|id| untouched.contains(id)).collect();
            assert_eq!(kept, untouched.iter().collect::<Vec<_>>(), "{query}: a request is missing");
        }
        done.store(true, Ordering::Relaxed);
        assert!(churning.await.expect("no failure") > 40, "some were deleted");
        server.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_clients_at_once_are_answered() {
    const CLIENTS: usize = 1000;
    for database in databases() {
        let server = Arc::new(Server::start(database, &[]).await);
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let server = server.clone();
            clients.spawn(async move {
                let page = server.page("filter=status+eq+%22APPROVED%22&orderBy=lastUpdated+desc&limit=5").await;
                assert_eq!(ids(&page).len(), 5);
                let user = format!("00uClient{client}");
                let response = server.post(PATH, &wanted(&user, ENTRY)).await;
                assert_eq!(response.status(), 202);
                let id = body_of(response).await["id"].as_str().expect("an id").to_owned();
                let page = server.page(&format!(r#"filter=requestedFor eq "{user}""#)).await;
                assert_eq!(ids(&page), [id]);
            });
        }
        while let Some(ended) = clients.join_next().await {
            ended.expect("no failure");
        }
        let found: HashSet<String> = walk(&server, "limit=200").await.into_iter().collect();
        assert_eq!(found.len(), 200 + CLIENTS);
        Arc::into_inner(server).expect("no client is left").remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    for database in databases() {
        let mut server = Server::start(database, &[]).await;
        let mut acknowledged: Vec<Value> = Vec::new();
        let mut asked = 0;
        for round in 1..=3 {
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for writer in 0..8 {
                let (sender, client) = (sender.clone(), server.client.clone());
                let url = format!("{}{PATH}", server.url);
                tokio::spawn(async move {
                    for number in 0.. {
                        let body = wanted(&format!("00uR{round}W{writer}N{number}"), ENTRY).to_string();
                        let Ok(response) = client.post(&url).bearer_auth(TOKEN).body(body).send().await else { return };
                        let (status, Ok(text)) = (response.status(), response.text().await) else { return };
                        assert_eq!(status, 202);
                        if sender.send(text).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            while acknowledged.len() < round * 100 {
                let text = receiver.recv().await.expect("the writers go on");
                acknowledged.push(serde_json::from_str(&text).expect("JSON"));
            }
            server.kill_and_restart();
            // What came in while the server died is acknowledged, too.
            while let Some(text) = receiver.recv().await {
                acknowledged.push(serde_json::from_str(&text).expect("JSON"));
            }
            asked = acknowledged.len();
        }
        for request in &acknowledged {
            let response = server.get(&format!("{PATH}/{}", request["id"].as_str().expect("an id"))).await;
            assert_eq!(response.status(), 200, "{request} is lost");
            assert_eq!(body_of(response).await, *request);
        }
        let listed: HashSet<String> = walk(&server, "limit=200").await.into_iter().collect();
        // At most one more for each writer of each round was kept without an answer.
        assert!((200 + asked..=200 + asked + 24).contains(&listed.len()), "{} of {asked}", listed.len());
        // None was kept by half: what is open is there.
        let mut connection = server.connect().await;
        let halves = "SELECT COUNT(*) FROM open_requests WHERE request_id NOT IN (SELECT id FROM requests)";
        let halves: i64 = sqlx::query_scalar(halves).fetch_one(&mut connection).await.expect("a count");
        assert_eq!(halves, 0);
        drop(connection);
        server.remove().await;
    }
}
