//! The settings, as their file has them. What they have to agree with is checked in `guard.rs`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::{env, fs};

use scim_query::Capabilities;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::once::Once;

/// An hour.
const LONGEST_TIMEOUT: u64 = 3600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Settings {
    #[serde(default = "listen")]
    pub(crate) listen: String,
    /// What links begin with, where that is not the address.
    pub(crate) base_url: Option<String>,
    /// How long the upstream may take to answer, and to go on with an answer.
    #[serde(default = "timeout")]
    pub(crate) timeout_seconds: u64,
    /// The environment variable with the key that cursors are sealed with. Without one, a start ends all walks.
    pub(crate) cursor_key_from: Option<String>,
    /// By name, the environment variable with the caller's bearer token.
    pub(crate) callers: BTreeMap<String, String>,
    pub(crate) lists: Vec<List>,
}

/// A list endpoint that is guarded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct List {
    pub(crate) path: String,
    pub(crate) profile: Style,
    /// `user`, `group`, `access-requests`, or documents of RFC 7643 section 7.
    pub(crate) schema: Value,
    /// The URL of the same list there.
    pub(crate) upstream: String,
    /// The environment variable with the bearer token that the upstream lets in.
    pub(crate) token_from: Option<String>,
    /// What the upstream can filter by; the rest is filtered here.
    #[serde(default)]
    pub(crate) upstream_can: Capabilities,
    /// Other names for attributes: from the callers' to the upstream's.
    #[serde(default)]
    pub(crate) names: BTreeMap<String, String>,
    /// The most bytes of one resource.
    #[serde(default = "max_element")]
    pub(crate) max_element: usize,
    /// Who may list, by name.
    pub(crate) callers: BTreeMap<String, Rights>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Style {
    Okta,
    Scim,
}

/// What a caller may list, and ask.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Rights {
    /// Which resources, as a filter of the upstream's; `null` are all. To forget it is an error.
    #[serde(deserialize_with = "given")]
    pub(crate) clause: Option<String>,
    /// By the callers' names.
    #[serde(default)]
    pub(crate) capabilities: Capabilities,
    /// Attributes that may not be read, by the upstream's names.
    #[serde(default)]
    pub(crate) hidden: Vec<String>,
}

/// With a function of its own, a member that is missing is not `None`.
fn given<'de, D: Deserializer<'de>>(clause: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(clause)
}

fn listen() -> String {
    "127.0.0.1:8070".into()
}

fn timeout() -> u64 {
    10
}

fn max_element() -> usize {
    1 << 20
}

impl Settings {
    pub(crate) fn read() -> Result<Settings, String> {
        let file = env::args().nth(1).ok_or("usage: scim-proxy SETTINGS")?;
        let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let wrong = |problem: &dyn Display| format!("{file}: {problem}");
        serde_json::from_str::<Once>(&text).map_err(|error| wrong(&error))?;
        let settings: Settings = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
        settings.check().map_err(|problem| wrong(&problem))?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        if !(1..=LONGEST_TIMEOUT).contains(&self.timeout_seconds) {
            return Err(format!("timeoutSeconds: it is from 1 to {LONGEST_TIMEOUT}"));
        }
        if self.lists.is_empty() {
            return Err("lists: there is none".into());
        }
        match self.lists.iter().find(|list| list.max_element == 0) {
            Some(list) => Err(format!("{}: maxElement: no resource has 0 bytes", list.path)),
            None => Ok(()),
        }
    }
}

/// A secret from the environment.
pub(crate) fn secret(variable: &str) -> Result<String, String> {
    let value = env::var(variable).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("set {variable} to a secret of your choice"))
}
