//! Places on the web, as the settings name them: checked at the start, and put together of their parts, not of text.

use axum::http::Uri;
use axum::http::uri::{Authority, Scheme};

/// Where a list is asked for.
pub(crate) struct Upstream {
    authority: Authority,
    path: String,
}

impl Upstream {
    pub(crate) fn new(text: &str) -> Result<Upstream, String> {
        let url = url(text)?;
        match (url.scheme(), url.authority()) {
            (Some(scheme), Some(authority)) if *scheme == Scheme::HTTP => {
                Ok(Upstream { authority: authority.clone(), path: url.path().to_owned() })
            }
            _ => Err("a URL begins with http:// here".into()),
        }
    }

    /// With a query that arrives as it is, or not at all: a clause is in it.
    pub(crate) fn ask(&self, query: &str) -> Option<Uri> {
        let question = if query.is_empty() { "" } else { "?" };
        let target = format!("{}{question}{query}", self.path);
        let url = Uri::builder().scheme(Scheme::HTTP).authority(self.authority.clone()).path_and_query(target);
        url.build().ok().filter(|url| url.query().unwrap_or_default() == query && url.path() == self.path)
    }
}

/// What links begin with.
pub(crate) fn base(text: &str) -> Result<&str, String> {
    let url = url(text)?;
    match url.scheme_str() {
        Some("http" | "https") => Ok(text.trim_end_matches('/')),
        _ => Err("a URL begins with http:// or https://".into()),
    }
}

/// The path of a list, as requests have it.
pub(crate) fn path(text: &str) -> Result<(), String> {
    match text.parse::<Uri>() {
        Ok(url) if text.starts_with('/') && url.path() == text => Ok(()),
        _ => Err("a path begins with a slash, and is no more than a path, percent-encoded".into()),
    }
}

/// A URL of a scheme, a host, perhaps a port and a path. A fragment would be dropped in silence, with the query behind it.
fn url(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|error| format!("{error}"))?;
    let authority = url.authority().ok_or("a URL begins with its scheme and a host")?;
    if text.contains(['?', '#']) {
        return Err("a URL has no query and no fragment here".into());
    }
    // What is behind the host is the port, or the user that stands before it.
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or("@");
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    if authority.host().is_empty() || !is_port {
        return Err("a URL has a host here, perhaps a port, and no user".into());
    }
    Ok(url)
}
