//! One request: who asks, what is asked of the upstream, and what of the answer passes.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::client::legacy::Error;
use tokio::time::timeout;

use crate::App;
use crate::ask::Ask;
use crate::body::Passing;
use crate::failure::Failure;
use crate::guard::Guard;
use crate::links::random;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Of the upstream's headers, those that are true of the caller's answer too. Links are made anew, and the others are of the
/// upstream, of its connection, or of a page before it was filtered.
const PASSED: [HeaderName; 6] = [
    CONTENT_TYPE,
    RETRY_AFTER,
    HeaderName::from_static("x-okta-request-id"),
    HeaderName::from_static("x-rate-limit-limit"),
    HeaderName::from_static("x-rate-limit-remaining"),
    HeaderName::from_static("x-rate-limit-reset"),
];

pub(crate) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let path = request.uri.path();
    let id = request.headers.get(REQUEST_ID).cloned().or_else(|| HeaderValue::try_from(random()).ok());
    let guard = app.guards.iter().find(|guard| guard.path == path);
    let mut response = answer(&app, guard, &request, id.as_ref()).await.unwrap_or_else(|failure| {
        let told = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();
        eprintln!("scim-proxy: {told}: {} {path}: {}: {}", request.method, failure.status(), failure.reason());
        failure.response(guard.or(app.guards.first()).is_some_and(|guard| guard.profile.is_okta()), told)
    });
    let headers = response.headers_mut();
    // What one caller may read must not be kept for another.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    id.into_iter().for_each(|id| drop(headers.insert(REQUEST_ID, id)));
    response
}

async fn answer(
    app: &App,
    guard: Option<&Guard>,
    request: &Parts,
    id: Option<&HeaderValue>,
) -> Result<Response, Failure> {
    // It has no chunks: what breaks off there looks complete.
    if request.version < Version::HTTP_11 {
        return Err(Failure::Status(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here"));
    }
    let caller = app.caller(&request.headers).ok_or(Failure::Status(StatusCode::UNAUTHORIZED, "no known token"))?;
    let guard = guard.ok_or(Failure::Status(StatusCode::NOT_FOUND, "there is no such list"))?;
    if request.method != Method::GET {
        return Err(Failure::Status(StatusCode::METHOD_NOT_ALLOWED, "lists are read here, by GET"));
    }
    let right = guard.rights.get(caller);
    let right = right.ok_or(Failure::Status(StatusCode::FORBIDDEN, "this list is not for you"))?;
    let query = request.uri.query().unwrap_or_default();
    let url = format!("{}{}", app.base, guard.path);
    match guard.plan(right, query, url, app.seal.of(caller, &guard.path))? {
        Err(body) => {
            let of_type = if guard.profile.is_okta() { "application/json" } else { "application/scim+json" };
            Ok(([(CONTENT_TYPE, of_type)], body.to_string()).into_response())
        }
        Ok(ask) => app.forward(guard, ask, id).await,
    }
}

impl App {
    /// In a time that does not depend on where they differ.
    fn caller(&self, headers: &HeaderMap) -> Option<&str> {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let same = |known: &str| {
            let differ = known.bytes().zip(token.trim().bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
            known.len() == token.trim().len() && differ == 0
        };
        let known = self.tokens.iter().find(|(token, _)| scheme.eq_ignore_ascii_case("Bearer") && same(token));
        known.map(|(_, caller)| &**caller)
    }

    /// A connection that was kept may be closed just as it is used again. To ask again changes nothing there (RFC 9110
    /// section 9.2.2).
    async fn send(&self, request: Request<Empty<Bytes>>) -> Result<Response<Incoming>, Error> {
        match self.client.request(request.clone()).await {
            Err(error) if !error.is_connect() => self.client.request(request).await,
            answer => answer,
        }
    }

    async fn forward(&self, guard: &Guard, ask: Ask, id: Option<&HeaderValue>) -> Result<Response, Failure> {
        let bad = |reason: String| Failure::Upstream(StatusCode::BAD_GATEWAY, reason);
        let url = guard.upstream.ask(&ask.query).ok_or_else(|| bad("the upstream has no such URL".into()))?;
        let mut request = Request::get(url)
            .header(ACCEPT, "application/scim+json, application/json")
            // What is encoded cannot be filtered.
            .header(ACCEPT_ENCODING, "identity")
            .body(Empty::new())
            .map_err(|error| bad(error.to_string()))?;
        let more = [(AUTHORIZATION, guard.authorization.as_ref()), (REQUEST_ID, id)];
        for (name, value) in more {
            value.into_iter().for_each(|value| drop(request.headers_mut().insert(name.clone(), value.clone())));
        }
        let upstream = timeout(self.timeout, self.send(request)).await;
        let upstream = upstream
            .map_err(|_| Failure::Upstream(StatusCode::GATEWAY_TIMEOUT, "the upstream does not answer".into()))?
            .map_err(|error| {
                bad(format!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string)))
            })?;

        let (head, body) = upstream.into_parts();
        let mut headers = HeaderMap::new();
        for name in PASSED {
            head.headers.get(&name).into_iter().for_each(|value| drop(headers.insert(&name, value.clone())));
        }
        let encoding = head.headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity");
        let filter = match head.status {
            StatusCode::OK if encoding.is_some() => return Err(bad("the upstream's answer is encoded".into())),
            StatusCode::OK if !is_json(&headers) => return Err(bad("the upstream's answer is no JSON".into())),
            StatusCode::OK => {
                let links = ask.links.headers(&head.headers, &mut headers);
                links.ok_or_else(|| bad("the upstream's links are not understood, or lead to no page".into()))?;
                Some(ask.body)
            }
            // It is the proxy's token that is refused, and not the caller's.
            StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                return Err(bad(format!("the upstream answers {}", head.status)));
            }
            status if status.is_client_error() || status.is_server_error() => {
                encoding.into_iter().for_each(|encoding| drop(headers.insert(CONTENT_ENCODING, encoding.clone())));
                None
            }
            status => return Err(bad(format!("the upstream answers {status}"))),
        };
        let body = Passing::begin(body, filter, self.timeout).await.map_err(|problem| bad(problem.to_string()))?;
        Ok((head.status, headers, Body::new(body)).into_response())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let of_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = of_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
