//! The Access Requests API over SQLite or PostgreSQL. Filter, order, page, links and the errors of a list are the crate's.
#![forbid(unsafe_code)]

mod admit;
mod create;
mod failure;
mod list;
mod openapi;
mod play;
mod settings;
mod store;

use std::future::IntoFuture;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use scim_query::Profile;
use tokio::net::TcpListener;

use admit::RateLimit;
use failure::Failure;
use settings::Settings;
use store::Store;

/// Why the server does not start.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Where the API's paths begin.
const REQUESTS: &str = "/governance/api/v2/requests";
/// No body of this API is larger.
const LARGEST_BODY: usize = 64 * 1024;
/// How long open requests may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every request is answered from.
struct App {
    settings: Settings,
    /// The scheme and authority of links. Not from the request's Host, which is the client's.
    base: String,
    profile: Profile,
    store: Store,
    rate_limit: Option<RateLimit>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(problem) => {
            eprintln!("access-requests-server: {problem}");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).init();
    match serve(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> Result<(), Problem> {
    let store = Store::open(&settings.database).await?;
    let listener = TcpListener::bind(&settings.listen).await;
    let listener = listener.map_err(|error| format!("--listen {}: {error}", settings.listen))?;
    let address = listener.local_addr()?;
    let base = settings.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let rate_limit = settings.rate_limit.map(RateLimit::new);
    let app = Arc::new(App { settings, base, profile: Profile::okta(), store, rate_limit });
    // Standard output has this line alone, for whoever started the server on a port of the system's choice.
    writeln!(std::io::stdout(), "listening on http://{address}")?;

    let served = axum::serve(listener, routes(app.clone()).into_make_service()).with_graceful_shutdown(stop());
    tokio::select! {
        served = served.into_future() => served?,
        () = async { stop().await; tokio::time::sleep(GRACE).await } => tracing::warn!("requests were still open"),
    }
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route(REQUESTS, get(list::list).post(create::request))
        .route(&format!("{REQUESTS}/{{id}}"), get(list::retrieve))
        .route(&format!("{REQUESTS}/{{id}}/messages"), post(create::message))
        .route_layer(from_fn_with_state(app.clone(), admit::admit))
        .route("/openapi.json", get(openapi::document))
        .merge(play::routes())
        .fallback(|| async { Failure::not_found() })
        .method_not_allowed_fallback(|| async { Failure::method_not_allowed() })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(admit::observe))
        .with_state(app)
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
