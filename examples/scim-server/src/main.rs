//! A SCIM service over SQLite. Filters, orders, pages, cursors, projections and PATCH paths are the crate's.
#![forbid(unsafe_code)]

mod ask;
mod body;
mod change;
mod discovery;
mod elements;
mod failure;
mod kind;
mod patch;
mod resources;
mod settings;
mod store;
mod value;
mod versions;

use std::future::IntoFuture;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use scim_query::{Profile, Schema};
use tokio::net::TcpListener;

use ask::Ask;
use discovery::Discovery;
use failure::Failure;
use kind::Kind;
use settings::Settings;
use store::Store;

/// Why the server does not start.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Where the service's paths begin.
const BASE: &str = "/scim/v2";
const LARGEST_BODY: usize = 1024 * 1024;
/// How long open requests may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every request is answered from.
struct App {
    settings: Settings,
    /// What locations begin with. Not from the request's Host, which is the client's.
    base: String,
    profile: Profile,
    kinds: [Kind; 2],
    /// The attributes of both kinds, for a search over all resources.
    all: Schema,
    discovery: Discovery,
    store: Store,
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(problem) => {
            eprintln!("scim-server: {problem}");
            return ExitCode::from(2);
        }
    };
    match serve(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scim-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Settings) -> Result<(), Problem> {
    let documents = kind::documents()?;
    let kinds = kind::kinds(&documents)?;
    let store = Store::open(&settings.database, &kinds).await?;
    let listener = TcpListener::bind(&settings.listen).await;
    let listener = listener.map_err(|error| format!("--listen {}: {error}", settings.listen))?;
    let address = listener.local_addr()?;
    let base = format!("{}{BASE}", settings.base_url.clone().unwrap_or_else(|| format!("http://{address}")));
    let profile = Profile::scim();
    let all = kind::all(&documents)?;
    let discovery = Discovery::new(&base, &profile, documents)?;
    let app = Arc::new(App { settings, base, profile, kinds, all, discovery, store });
    // Standard output has this line alone, for whoever started the server on a port of the system's choice.
    writeln!(std::io::stdout(), "listening on http://{address}{BASE}")?;

    let served = axum::serve(listener, routes(app.clone()).into_make_service()).with_graceful_shutdown(stop());
    tokio::select! {
        served = served.into_future() => served?,
        () = async { stop().await; tokio::time::sleep(GRACE).await } => eprintln!("scim-server: requests were still open"),
    }
    app.store.close().await;
    Ok(())
}

fn routes(app: Arc<App>) -> Router {
    let service = Router::new()
        .route("/ServiceProviderConfig", get(discovery::config))
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/{id}", get(discovery::schema))
        .route("/ResourceTypes", get(discovery::resource_types))
        .route("/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/.search", post(resources::search_all))
        .route("/Bulk", any(|| async { Failure::not_implemented("/Bulk") }))
        .route("/Me", any(|| async { Failure::not_implemented("/Me") }))
        .route("/{kind}", get(resources::list_kind).post(resources::create).fallback(no_such_method))
        .route("/{kind}/.search", post(resources::search_kind).fallback(no_such_method))
        .route(
            "/{kind}/{id}",
            get(resources::retrieve)
                .put(change::replace)
                .patch(change::modify)
                .delete(change::delete)
                .fallback(no_such_method),
        );
    Router::new()
        .nest(BASE, service)
        .fallback(|| async { Failure::not_found() })
        .method_not_allowed_fallback(|| async { Failure::no_such_method() })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(app.clone(), admit))
        .with_state(app)
}

/// Of users and groups: of other kinds there is nothing at all, by any method.
async fn no_such_method(_: Ask) -> Failure {
    Failure::no_such_method()
}

/// Lets in who has the token.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let credentials = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    let is_known = credentials.is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("Bearer") && is_same(&app.settings.token, token.trim())
    });
    if is_known {
        return next.run(request).await;
    }
    let mut response = Failure::new(StatusCode::UNAUTHORIZED, None, "no known token").into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// In a time that does not depend on where they differ.
fn is_same(known: &str, given: &str) -> bool {
    let differ = known.bytes().zip(given.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    known.len() == given.len() && differ == 0
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
