//! A browser, driven by chromedriver over WebDriver (W3C).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
}

impl Browser {
    /// A new one of this size, if SCIM_QUERY_CHROMEDRIVER names its driver.
    pub async fn start(width: u32, height: u32, dark: bool) -> Option<Browser> {
        let path = std::env::var("SCIM_QUERY_CHROMEDRIVER").ok().filter(|path| !path.is_empty())?;
        let mut driver = Command::new(path).arg("--port=0").stdout(Stdio::piped()).spawn().expect("chromedriver");
        let mut lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let port = line.split_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>();
            Some(port.expect("a port"))
        });
        // What it goes on to say is of no use, but a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let client = Client::new();
        let mut arguments = vec![
            "--headless".into(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            format!("--window-size={width},{height}"),
        ];
        if dark {
            arguments.push("--blink-settings=preferredColorScheme=0".into());
        }
        let mut browser =
            Browser { driver, client, session: format!("http://127.0.0.1:{}/session", port.expect("a port")) };
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}});
        let session = browser.post("", wanted).await["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/{session}", browser.session);
        // A headless window may not be as narrow as a telephone; what it emulates may.
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        let emulate = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics});
        browser.post("/goog/cdp/execute", emulate).await;
        let scheme = json!([{"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }}]);
        let emulate = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": scheme}});
        browser.post("/goog/cdp/execute", emulate).await;
        Some(browser)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let sent = self.client.post(format!("{}{path}", self.session)).body(body.to_string()).send().await;
        let answer: Value =
            serde_json::from_slice(&sent.expect("a driver").bytes().await.expect("a body")).expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{answer:#}");
        answer["value"].clone()
    }

    pub async fn open(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// What a function body returns.
    pub async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []})).await
    }

    /// Until an expression is true.
    pub async fn wait_for(&self, expression: &str) {
        for _ in 0..200 {
            if self.run(&format!("return Boolean({expression})")).await == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not within ten seconds: {expression}; the page: {}", self.run("return document.body.innerText").await);
    }

    /// Keys, pressed wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]})).await;
    }

    /// A picture of the page, in the folder that SCIM_QUERY_SCREENSHOTS names, if it does.
    pub async fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("SCIM_QUERY_SCREENSHOTS") else { return };
        let height = self.run("return document.documentElement.scrollHeight").await;
        let width = self.run("return innerWidth").await;
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let take = json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true, "clip": clip}});
        let taken = self.post("/goog/cdp/execute", take).await;
        let path = std::path::Path::new(&folder).join(format!("{name}.base64"));
        std::fs::write(path, taken["data"].as_str().expect("a picture")).expect("a file");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its driver's session; a killed driver leaves it.
        let session = self.session.clone();
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(async { Client::new().delete(session).send().await.is_ok() }))
        });
        let _ = ended.join();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
