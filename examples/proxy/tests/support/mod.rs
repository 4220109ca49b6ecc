//! Processes on ports of the system's choice, requests to them, and filters.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use reqwest::Client;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

pub mod upstream;

pub const REQUESTS: &str = "/governance/api/v2/requests";
/// The application whose requests the caller `owner` may list.
pub const RESOURCE: &str = "0oafxqCAJWWGELFTYASJ";

/// A process that tells its URL, and its folder.
pub struct Running {
    pub url: String,
    process: Child,
    folder: PathBuf,
}

impl Running {
    fn start(command: &mut Command, folder: PathBuf) -> Running {
        let log = fs::File::create(folder.join("log")).expect("a log");
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.join("log")).unwrap_or_default()));
        Running { url: url.to_owned(), process, folder }
    }

    pub fn access_requests() -> Running {
        let folder = folder();
        let database = format!("sqlite:{}", folder.join("requests.db").display());
        let mut server = Command::new(server("access-requests-server"));
        server.args(["--listen", "127.0.0.1:0", "--database", &database]).env("ACCESS_REQUESTS_TOKEN", "of-the-proxy");
        Running::start(&mut server, folder)
    }

    pub fn scim() -> Running {
        let folder = folder();
        let mut server = Command::new(server("scim-server"));
        server.args(["--listen", "127.0.0.1:0", "--database"]).arg(folder.join("scim.db"));
        Running::start(server.env("SCIM_TOKEN", "of-the-proxy"), folder)
    }

    /// The proxy, with lists whose callers are `owner`, `other` and `all`; their tokens are their names.
    pub fn proxy(lists: Value) -> Running {
        Running::proxy_of(&settings(lists))
    }

    pub fn proxy_of(settings: &Value) -> Running {
        let folder = folder();
        Running::start(&mut proxy(&folder, settings), folder)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    /// The most memory that the process ever held, in KiB.
    pub fn peak(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// A caller's request.
    pub async fn get(&self, caller: &str, path_and_query: &str) -> Answer {
        let path_and_query = path_and_query.strip_prefix(&self.url).unwrap_or(path_and_query);
        let request = Client::new().get(format!("{}{path_and_query}", self.url)).bearer_auth(caller);
        match request.send().await {
            Ok(response) => Answer::of(response).await,
            Err(_) => Answer { status: 0, headers: HeaderMap::new(), text: None },
        }
    }

    /// The ids of all pages, by their own links, with the pages. `data` or `Resources` hold them.
    pub async fn walk(&self, caller: &str, first: &str) -> (Vec<String>, Vec<Value>) {
        let (mut ids, mut pages, mut at) = (Vec::new(), Vec::new(), Some(first.to_owned()));
        while let Some(path) = at {
            let page = self.get(caller, &path).await.page();
            let resources = page.get("data").or(page.get("Resources")).and_then(Value::as_array).expect("resources");
            ids.extend(resources.iter().map(|one| one["id"].as_str().expect("an id").to_owned()));
            let cursor = page["nextCursor"].as_str().map(|cursor| {
                let (path, query) = path.split_once('?').expect("a query");
                let rest: Vec<&str> = query.split('&').filter(|one| !one.starts_with("cursor=")).collect();
                format!("{path}?{}&cursor={cursor}", rest.join("&"))
            });
            at = page["_links"]["next"]["href"].as_str().map(str::to_owned).or(cursor);
            pages.push(page);
        }
        (ids, pages)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[derive(Debug)]
pub struct Answer {
    /// 0 where there is none.
    pub status: u16,
    pub headers: HeaderMap,
    /// Nothing where the connection was cut.
    pub text: Option<String>,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.ok() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.text.as_deref().expect("a body")).expect("JSON")
    }

    pub fn page(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }
}

/// A folder of its own.
pub fn folder() -> PathBuf {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let name = format!("scim-proxy-{}-{}", std::process::id(), FOLDERS.fetch_add(1, Ordering::Relaxed));
    let folder = env::temp_dir().join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

pub fn settings(lists: Value) -> Value {
    let callers = json!({"owner": "TOKEN_OF_OWNER", "other": "TOKEN_OF_OTHER", "all": "TOKEN_OF_ALL"});
    json!({"listen": "127.0.0.1:0", "timeoutSeconds": 1, "callers": callers, "lists": lists})
}

pub fn proxy(folder: &Path, settings: &Value) -> Command {
    let file = folder.join("settings.json");
    fs::write(&file, settings.to_string()).expect("written");
    let mut proxy = Command::new(env!("CARGO_BIN_EXE_scim-proxy"));
    proxy.arg(file).env("UPSTREAM_TOKEN", "of-the-proxy").env("CURSOR_KEY", "sixteen bytes of");
    for name in ["owner", "other", "all"] {
        proxy.env(format!("TOKEN_OF_{}", name.to_uppercase()), name);
    }
    proxy
}

/// The requests of one application for `owner`, of another for `other`, and all for `all`.
pub fn requests(upstream: &str, can: Value) -> Value {
    let of = |resource: &str| json!({"clause": format!("resourceId eq \"{resource}\"")});
    json!({
        "path": REQUESTS, "profile": "okta", "schema": "access-requests", "upstream": format!("{upstream}{REQUESTS}"),
        "tokenFrom": "UPSTREAM_TOKEN", "upstreamCan": can, "names": {"state": "status", "applicant": "requestedFor"},
        "callers": {"owner": of(RESOURCE), "other": of("0oauI4IjrO9y5INQ8PQf"), "all": {"clause": null}},
    })
}

/// What an upstream is documented to do, one that does all, and one that does it for short filters.
pub fn abilities() -> [Value; 3] {
    let few = json!({"operators": ["eq"], "connectives": ["and"], "valuePaths": false});
    [few, json!({}), json!({"comparisons": 2, "nesting": 1})]
}

/// The binary of a server, which is built beside the proxy.
fn server(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    let folder = Path::new(env!("CARGO_BIN_EXE_scim-proxy")).parent().expect("a folder");
    BUILT.get_or_init(|| {
        for name in ["access-requests-server", "scim-server"] {
            let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("Cargo.toml");
            let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
            cargo.args(["build", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
            cargo.arg("--target-dir").arg(folder.parent().expect("a folder"));
            assert!(cargo.status().expect("cargo").success(), "{name} is not built");
        }
    });
    folder.join(name)
}

/// Everything but letters and digits encoded.
pub fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Numbers that are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    pub fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// A filter of these comparisons, joined and turned in any way.
    pub fn filter(&mut self, depth: usize, comparison: &mut impl FnMut(&mut Random) -> String) -> String {
        match self.below(if depth == 0 { 1 } else { 5 }) {
            0 | 1 => comparison(self),
            2 => format!("not ({})", self.filter(depth - 1, comparison)),
            3 => format!("{} and ({})", self.filter(depth - 1, comparison), self.filter(depth - 1, comparison)),
            _ => format!("({}) or {}", self.filter(depth - 1, comparison), self.filter(depth - 1, comparison)),
        }
    }
}
