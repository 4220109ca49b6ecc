//! Who may ask, how often, and what is noted of it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::failure::{Failure, Told, random_id};

/// Whom a token is of.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) user: String,
    pub(crate) may_write: bool,
}

/// Gives each request an id, and logs it: the path, and never the query, which has the values of the filter.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = random_id("", 24).unwrap_or_default();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let (status, micros) = (response.status().as_u16(), started.elapsed().as_micros() as u64);
    match response.extensions().get::<Told>() {
        Some(Told { error_id, detail }) if status >= 500 => {
            tracing::error!(id, %method, path, status, micros, error_id, detail);
        }
        Some(Told { error_id, detail }) => tracing::info!(id, %method, path, status, micros, error_id, detail),
        None => tracing::info!(id, %method, path, status, micros),
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-okta-request-id", id);
    }
    response
}

/// Lets in who has a token, as often as the limit has it.
pub(crate) async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some((token, caller)) = app.caller(request.headers()) else {
        return Failure::not_authenticated().into_response();
    };
    let window = app.rate_limit.as_ref().map(|limit| limit.count(token));
    let mut response = match &window {
        Some(window) if window.exceeded => Failure::too_many_requests().into_response(),
        _ => {
            request.extensions_mut().insert(caller.clone());
            next.run(request).await
        }
    };
    if let Some(window) = window {
        let headers = response.headers_mut();
        headers.insert("x-rate-limit-limit", window.limit.into());
        headers.insert("x-rate-limit-remaining", window.remaining.into());
        headers.insert("x-rate-limit-reset", window.reset.into());
    }
    response
}

impl App {
    fn caller(&self, headers: &HeaderMap) -> Option<(&str, &Caller)> {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let is = |known: &&(String, Caller)| scheme.eq_ignore_ascii_case("Bearer") && same(&known.0, token.trim());
        self.settings.callers.iter().find(is).map(|(token, caller)| (&**token, caller))
    }
}

/// In a time that does not depend on where they differ.
fn same(known: &str, given: &str) -> bool {
    let differ = known.bytes().zip(given.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    known.len() == given.len() && differ == 0
}

/// So many requests a minute for each token.
pub(crate) struct RateLimit {
    limit: u32,
    /// The minute that a token was last used in, and how often in it.
    used: Mutex<HashMap<String, (u64, u32)>>,
}

struct Window {
    limit: u32,
    remaining: u32,
    /// When the next begins, in seconds of Unix time.
    reset: u64,
    exceeded: bool,
}

impl RateLimit {
    pub(crate) fn new(limit: NonZeroU32) -> RateLimit {
        RateLimit { limit: limit.get(), used: Mutex::default() }
    }

    fn count(&self, token: &str) -> Window {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let minute = now / 60;
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, used) = all.entry(token.to_owned()).or_default();
        if *of != minute {
            (*of, *used) = (minute, 0);
        }
        let exceeded = *used >= self.limit;
        *used = used.saturating_add(1);
        let remaining = self.limit.saturating_sub(*used);
        Window { limit: self.limit, remaining, reset: (minute + 1) * 60, exceeded }
    }
}
