//! What the server is started with: options, and the secret from the environment.

use std::env;

use axum::http::Uri;
use scim_query::{Options, Quirks};

const USAGE: &str = "usage: scim-server [--database FILE] [--listen ADDRESS] [--base-url URL] [--quirks NAMES]
environment: SCIM_TOKEN, SCIM_QUIRKS";

pub(crate) struct Settings {
    /// The file of the database.
    pub(crate) database: String,
    pub(crate) listen: String,
    pub(crate) base_url: Option<String>,
    pub(crate) lenient: Lenient,
    /// The bearer token that is let in.
    pub(crate) token: String,
}

/// How much is forgiven.
pub(crate) struct Lenient {
    /// Of filters and paths: what the crate knows by the names Q1 to Q10.
    pub(crate) options: Options,
    /// Of bodies: the forms of a PATCH that Entra sends, about which the crate's quirks say nothing.
    pub(crate) entra: bool,
}

impl Settings {
    pub(crate) fn read() -> Result<Settings, String> {
        let mut settings = Settings {
            database: "scim.db".into(),
            listen: "127.0.0.1:8080".into(),
            base_url: None,
            lenient: Lenient::read(&env::var("SCIM_QUIRKS").unwrap_or_default())?,
            token: env::var("SCIM_TOKEN").unwrap_or_default(),
        };
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"));
            match &*name {
                "--database" => settings.database = value()?,
                "--listen" => settings.listen = value()?,
                "--base-url" => settings.base_url = Some(base_url(&value()?)?),
                "--quirks" => settings.lenient = Lenient::read(&value()?)?,
                _ => return Err(format!("there is no option {name}\n{USAGE}")),
            }
        }
        if settings.token.is_empty() {
            return Err("set SCIM_TOKEN to a secret of your choice".into());
        }
        Ok(settings)
    }
}

/// What locations, which are in headers too, can begin with.
fn base_url(text: &str) -> Result<String, String> {
    let is_base = |url: Uri| matches!(url.scheme_str(), Some("http" | "https")) && !text.contains(['?', '#']);
    match text.parse().is_ok_and(is_base) {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("--base-url needs a URL with a host, and no query".into()),
    }
}

impl Lenient {
    fn read(names: &str) -> Result<Lenient, String> {
        let quirks = if names.trim().is_empty() { Quirks::NONE } else { names.parse()? };
        let is_entra = |name: &str| ["entra", "all"].iter().any(|known| name.trim().eq_ignore_ascii_case(known));
        Ok(Lenient { options: Options::default().with_quirks(quirks), entra: names.split(',').any(is_entra) })
    }
}
