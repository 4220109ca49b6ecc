//! What the server is started with: options, and secrets from the environment.

use std::env;
use std::num::NonZeroU32;

use axum::http::Uri;

use crate::admit::Caller;

const USAGE: &str = "usage: access-requests-server [--database URL] [--listen ADDRESS] [--base-url URL]
         [--rate-limit REQUESTS_A_MINUTE] [--request-on-behalf-of]
environment: ACCESS_REQUESTS_TOKEN, ACCESS_REQUESTS_READ_TOKEN, ACCESS_REQUESTS_USER, DATABASE_URL";

pub(crate) struct Settings {
    /// `sqlite:FILE` or `postgres://..`.
    pub(crate) database: String,
    pub(crate) listen: String,
    pub(crate) base_url: Option<String>,
    /// Requests a minute for each token.
    pub(crate) rate_limit: Option<NonZeroU32>,
    /// Whether a request may be made by another than it is for.
    pub(crate) request_on_behalf_of: bool,
    /// The tokens that are let in.
    pub(crate) callers: Vec<(String, Caller)>,
}

impl Settings {
    pub(crate) fn read() -> Result<Settings, String> {
        let user = env::var("ACCESS_REQUESTS_USER").unwrap_or_else(|_| "00ub0oNGTSWTBKOLGLNR".into());
        let caller = |name: &str, may_write| {
            let token = env::var(name).ok().filter(|token| !token.is_empty())?;
            Some((token, Caller { user: user.clone(), may_write }))
        };
        let callers = [caller("ACCESS_REQUESTS_TOKEN", true), caller("ACCESS_REQUESTS_READ_TOKEN", false)];
        let mut settings = Settings {
            database: env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:access-requests.db".into()),
            listen: "127.0.0.1:8080".into(),
            base_url: None,
            rate_limit: None,
            request_on_behalf_of: false,
            callers: callers.into_iter().flatten().collect(),
        };
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"));
            match &*name {
                "--database" => settings.database = value()?,
                "--listen" => settings.listen = value()?,
                "--base-url" => settings.base_url = Some(base_url(&value()?)?),
                "--rate-limit" => {
                    let number = value()?.parse().map_err(|_| "--rate-limit needs a number from 1 on")?;
                    settings.rate_limit = Some(number);
                }
                "--request-on-behalf-of" => settings.request_on_behalf_of = true,
                _ => return Err(format!("there is no option {name}\n{USAGE}")),
            }
        }
        if settings.callers.is_empty() {
            return Err("set ACCESS_REQUESTS_TOKEN, or ACCESS_REQUESTS_READ_TOKEN, to a secret of your choice".into());
        }
        Ok(settings)
    }
}

/// What links, which are in headers too, can begin with.
fn base_url(text: &str) -> Result<String, String> {
    let is_base = |url: Uri| matches!(url.scheme_str(), Some("http" | "https")) && !text.contains(['?', '#']);
    match text.parse().is_ok_and(is_base) {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("--base-url needs a URL with a host, and no query".into()),
    }
}
