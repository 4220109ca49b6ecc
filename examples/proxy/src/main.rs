//! A proxy in front of list endpoints. What a filter means, what of it the upstream can do, and what is left is the crate's.
#![forbid(unsafe_code)]

mod ask;
mod body;
mod envelope;
mod failure;
mod forward;
mod guard;
mod hidden;
mod link_header;
mod links;
mod once;
mod place;
mod schema;
mod settings;

use std::future::IntoFuture;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use guard::Guard;
use links::{Seal, random};
use settings::{Settings, secret};

/// Why the proxy does not start, or a response not end.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The most bytes of the head of the upstream's answer.
const LARGEST_HEAD: usize = 64 * 1024;
/// How long open requests may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every request is answered from.
struct App {
    /// The scheme and authority of links. Not from the request's Host, which is the client's.
    base: String,
    guards: Vec<Guard>,
    /// With the callers whose they are.
    tokens: Vec<(String, String)>,
    seal: Seal,
    timeout: Duration,
    client: Client<HttpConnector, Empty<Bytes>>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scim-proxy: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Problem> {
    let settings = Settings::read()?;
    let mut tokens: Vec<(String, String)> = Vec::new();
    for (name, variable) in &settings.callers {
        let token = secret(variable)?;
        if tokens.iter().any(|(known, _)| *known == token) {
            return Err(format!("caller {name}: another one has the same token").into());
        }
        tokens.push((token, name.clone()));
    }
    let mut guards: Vec<Guard> = Vec::new();
    for list in &settings.lists {
        if let Some(name) = list.callers.keys().find(|name| !settings.callers.contains_key(*name)) {
            return Err(format!("{}: there is no caller {name}", list.path).into());
        }
        if guards.iter().any(|guard| guard.path == list.path) {
            return Err(format!("{}: the list is given twice", list.path).into());
        }
        guards.push(Guard::new(list)?);
    }
    let key = settings.cursor_key_from.as_deref().map_or_else(|| Ok(random()), secret)?;
    let seal = Seal::new(key.as_bytes()).filter(|_| key.len() >= 16).ok_or("a key has at least 16 bytes")?;
    let client = Client::builder(TokioExecutor::new()).http1_max_buf_size(LARGEST_HEAD).build_http();

    let listen = TcpListener::bind(&settings.listen).await;
    let listener = listen.map_err(|error| format!("listen: {}: {error}", settings.listen))?;
    let address = listener.local_addr()?;
    let base = match &settings.base_url {
        Some(url) => place::base(url).map_err(|problem| format!("baseUrl: {problem}"))?.to_owned(),
        None => format!("http://{address}"),
    };
    let timeout = Duration::from_secs(settings.timeout_seconds);
    let app = Arc::new(App { base, guards, tokens, seal, timeout, client });
    // Standard output has this line alone, for whoever started the proxy on a port of the system's choice.
    writeln!(std::io::stdout(), "listening on http://{address}")?;

    let routes = Router::new().fallback(forward::handle).with_state(app);
    let served = axum::serve(listener, routes.into_make_service()).with_graceful_shutdown(stop());
    tokio::select! {
        served = served.into_future() => served?,
        () = async { stop().await; tokio::time::sleep(GRACE).await } => eprintln!("scim-proxy: requests were still open"),
    }
    Ok(())
}

/// Until the process is told to stop.
async fn stop() {
    let terminated = async {
        #[cfg(unix)]
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
