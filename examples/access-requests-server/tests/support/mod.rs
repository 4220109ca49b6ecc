//! Servers to test: each a process of its own, on a port of its own and a database of its own.

pub mod browser;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{Client, Response};
use serde_json::Value;
use sqlx::AnyConnection;
use sqlx::{Connection, any::install_default_drivers};

pub const TOKEN: &str = "a-token-that-may-write";
pub const READ_TOKEN: &str = "a-token-that-may-read";
pub const PATH: &str = "/governance/api/v2/requests";
/// An entry of the catalog.
pub const ENTRY: &str = "cen3qpimoKc7wCPyx8g6";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// The databases that are there: PostgreSQL where SCIM_QUERY_POSTGRES names a server.
pub fn databases() -> Vec<Database> {
    match std::env::var("SCIM_QUERY_POSTGRES") {
        Ok(url) if !url.is_empty() => vec![Database::Sqlite, Database::Postgres],
        _ => vec![Database::Sqlite],
    }
}

pub struct Server {
    pub database: Database,
    pub url: String,
    pub client: Client,
    options: Vec<String>,
    database_url: String,
    /// On PostgreSQL, where the tables are.
    schema: String,
    folder: PathBuf,
    process: Child,
}

impl Server {
    pub async fn start(database: Database, options: &[&str]) -> Server {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        install_default_drivers();
        let name = format!("access_requests_{}_{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(&name);
        fs::create_dir_all(&folder).expect("a folder");
        let database_url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.join("requests.db").display()),
            Database::Postgres => {
                let url = postgres_url();
                let mut connection = AnyConnection::connect(&url).await.expect("PostgreSQL");
                let sql = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"));
                sqlx::query(sql).execute(&mut connection).await.expect("a schema");
                let and = if url.contains('?') { '&' } else { '?' };
                format!("{url}{and}options=-c%20search_path%3D{name}")
            }
        };
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        let (process, url) = spawn(&database_url, &options, &folder);
        Server { database, url, client: Client::new(), options, database_url, schema: name, folder, process }
    }

    /// SIGKILL, and a new process on the same database.
    pub fn kill_and_restart(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
        (self.process, self.url) = spawn(&self.database_url, &self.options, &self.folder);
        self.client = Client::new();
    }

    /// SIGTERM; whether the process ended well.
    pub fn stop(&mut self) -> bool {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        self.process.wait().expect("gone").success()
    }

    pub async fn get(&self, path_and_query: &str) -> Response {
        let request = self.client.get(format!("{}{path_and_query}", self.url)).bearer_auth(TOKEN);
        request.send().await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(TOKEN);
        request.body(body.to_string()).send().await.expect("an answer")
    }

    /// The body of a page that has to be one.
    pub async fn page(&self, query: &str) -> Value {
        let response = self.get(&format!("{PATH}?{query}")).await;
        assert_eq!(response.status(), 200, "{query}");
        json(response).await
    }

    /// A connection to the server's database.
    pub async fn connect(&self) -> AnyConnection {
        let mut connection = AnyConnection::connect(&self.database_url).await.expect("the database");
        if self.database == Database::Sqlite {
            sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut connection).await.expect("a timeout");
        }
        connection
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    /// Ends the process and removes its database.
    pub async fn remove(mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if self.database == Database::Postgres {
            let mut connection = AnyConnection::connect(&postgres_url()).await.expect("PostgreSQL");
            let sql = sqlx::AssertSqlSafe(format!("DROP SCHEMA {} CASCADE", self.schema));
            sqlx::query(sql).execute(&mut connection).await.expect("dropped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn postgres_url() -> String {
    std::env::var("SCIM_QUERY_POSTGRES").expect("a server")
}

fn spawn(database_url: &str, options: &[String], folder: &Path) -> (Child, String) {
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).expect("a log");
    let mut process = Command::new(env!("CARGO_BIN_EXE_access-requests-server"))
        .args(["--listen", "127.0.0.1:0", "--database", database_url])
        .args(options)
        .env("ACCESS_REQUESTS_TOKEN", TOKEN)
        .env("ACCESS_REQUESTS_READ_TOKEN", READ_TOKEN)
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the server");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ");
    let url = url.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.join("log")).unwrap_or_default()));
    (process, url.to_owned())
}

pub async fn json(response: Response) -> Value {
    serde_json::from_str(&response.text().await.expect("a body")).expect("JSON")
}

pub fn ids(page: &Value) -> Vec<String> {
    let requests = page["data"].as_array().expect("an array");
    requests.iter().map(|request| request["id"].as_str().expect("an id").to_owned()).collect()
}

/// The query of a page's link to the next.
pub fn next(page: &Value) -> Option<String> {
    let href = page["_links"]["next"]["href"].as_str()?;
    Some(href.split_once('?').expect("a query").1.to_owned())
}

pub fn bundled() -> Vec<Value> {
    let lines = include_str!("../../../data/access-requests.ndjson").lines();
    lines.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A request body.
pub fn wanted(user: &str, entry: &str) -> Value {
    serde_json::json!({
        "requested": {"type": "CATALOG_ENTRY", "entryId": entry},
        "requestedFor": {"type": "OKTA_USER", "externalId": user},
    })
}
