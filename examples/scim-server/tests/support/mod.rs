//! Servers to test, and requests to them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::{Value, json};

pub const TOKEN: &str = "a-token";
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub struct Server {
    pub url: String,
    pub client: Client,
    folder: PathBuf,
    process: Child,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// `null` where there is none.
    pub body: Value,
}

impl Server {
    pub fn start(quirks: &str) -> Server {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let name = format!("scim-server-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let (process, url) = spawn(&folder, quirks);
        Server { url, client: Client::new(), folder, process }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("scim.db")
    }

    /// SIGKILL, and a new process on the same database.
    pub fn kill_and_restart(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
        (self.process, self.url) = spawn(&self.folder, "");
        self.client = Client::new();
    }

    pub async fn send(&self, method: Method, path: &str, body: &str, header: Option<(&str, &str)>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(TOKEN);
        if !body.is_empty() {
            request = request.header("content-type", "application/scim+json").body(body.to_owned());
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        if !text.is_empty() {
            assert_eq!(headers["content-type"], "application/scim+json");
        }
        Answer { status, headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &body.to_string(), None).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, &body.to_string(), None).await
    }

    /// A PATCH of these operations.
    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, path, &body.to_string(), None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", None).await
    }

    /// A list that has to be one.
    pub async fn list(&self, path: &str, query: &str) -> Value {
        let answer = self.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.body
    }

    /// The id of a new user of this name, with more of it.
    pub async fn user(&self, name: &str, more: Value) -> String {
        let mut user = json!({"schemas": [USER], "userName": name});
        user.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        self.created("/Users", &user).await
    }

    /// The id of a new group with these members.
    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        self.created("/Groups", &json!({"schemas": [GROUP], "displayName": name, "members": members})).await
    }

    async fn created(&self, path: &str, resource: &Value) -> String {
        let answer = self.post(path, resource).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().expect("an id").to_owned()
    }
}

impl Answer {
    /// The status and the detail code of an error, whose body has to be one.
    pub fn error(&self) -> (u16, &str) {
        assert_eq!(self.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{self:?}");
        assert_eq!(self.body["status"], self.status.to_string());
        (self.status, self.body["scimType"].as_str().unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn spawn(folder: &Path, quirks: &str) -> (Child, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_scim-server"))
        .args(["--listen", "127.0.0.1:0", "--base-url", "https://scim.example"])
        .arg("--database")
        .arg(folder.join("scim.db"))
        .env("SCIM_TOKEN", TOKEN)
        .env("SCIM_QUIRKS", quirks)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
    (process, url)
}

/// Of each resource of a list, one attribute.
pub fn each(list: &Value, name: &str) -> Vec<String> {
    let resources = list["Resources"].as_array().expect("an array");
    resources.iter().map(|resource| resource[name].as_str().unwrap_or_default().to_owned()).collect()
}
