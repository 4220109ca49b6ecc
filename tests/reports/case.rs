//! One case, and what is common to all kinds of it.

use scim_query::http::{okta_error, scim_error};
use scim_query::{Capabilities, Error, Options, Quirks, Schema, Warning, WarningKind};
use serde_json::{Map, Value};

use super::schemas;
use crate::support::cases::{scim_type, text};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Strict,
    Lenient,
}

/// Its keys are taken out as they are read.
#[derive(Clone)]
pub struct Case {
    pub id: String,
    modes: &'static [Mode],
    mode: Mode,
    pub input: Map<String, Value>,
    pub expect: Map<String, Value>,
    resource: Option<Value>,
    rows: Option<Vec<Value>>,
}

/// Choices of ours where the RFCs are silent, and where each is seen: in the other expectations of its case.
const POLICIES: [&str; 7] = [
    "any-element",
    "absent-ne-true",
    "leap-second",
    "truncate-to-ns",
    "strip-or-reject",
    "1.0 equals 1",
    "some services ignore an unknown sortBy; do not",
];
/// A policy that is one of the caller's.
const UNREADABLE: (&str, &str) = ("caller may not read employeeNumber", "employeeNumber");

const FLAGS: [(&str, &str); 8] = [
    ("VALUE_PATH_TRAILING_OP", "Q1"),
    ("UNQUOTED_STRING", "Q2"),
    ("SINGLE_QUOTED", "Q3"),
    ("NUMBER_FOR_STRING", "Q4"),
    ("DATETIME_NO_ZONE", "Q6"),
    ("DOUBLE_PREFIX", "Q7"),
    ("SORT_ORDER_ALIAS", "Q7"),
    ("EMPTY_FILTER", "Q7"),
];
const HINTS: [(&str, &str); 2] =
    [("VALUE_PATH_TRAILING_SUBATTR", "value_path_trailing"), ("UNQUOTED_STRING", "value_unquoted")];
const LIMITS: [(&str, &[&str]); 3] = [
    ("depth", &["too_deep"]),
    ("depth or bytes", &["too_deep", "text_too_long"]),
    ("terms or bytes", &["too_many_comparisons", "text_too_long"]),
];
const PROFILES: [(&str, &str); 3] = [
    ("ops=eq", r#"{"operators": ["eq"]}"#),
    ("aws: ops=eq, connectives=and", r#"{"operators": ["eq"], "connectives": ["and"]}"#),
    ("aws", r#"{"operators": ["eq"], "connectives": ["and"]}"#),
];

fn look_up<T: Copy>(table: &[(&str, T)], name: &str) -> Result<T, String> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| format!("unknown: {name}"))
}

impl Case {
    pub fn read(line: &Value) -> Case {
        let known = ["id", "bug", "class", "mode", "input", "resource", "rows", "expect", "note"];
        let members = line.as_object().expect("a case is an object");
        assert!(members.keys().all(|key| known.contains(&key.as_str())), "nobody reads a key of {line}");
        let object = |key: &str| line[key].as_object().expect("an object").clone();
        let modes: &[Mode] = match text(line, "mode") {
            "strict" => &[Mode::Strict],
            "lenient" => &[Mode::Lenient],
            "both" => &[Mode::Strict, Mode::Lenient],
            other => panic!("unknown mode {other}"),
        };
        Case {
            id: text(line, "id").to_owned(),
            modes,
            mode: modes[0],
            input: object("input"),
            expect: object("expect"),
            resource: line.get("resource").cloned(),
            rows: line.get("rows").map(|rows| rows.as_array().expect("a list of rows").clone()),
        }
    }

    pub fn modes(&self) -> &'static [Mode] {
        self.modes
    }

    pub fn in_mode(&self, mode: Mode) -> Case {
        Case { mode, ..self.clone() }
    }

    /// Whether the same text is accepted without quirks too, and so has to mean the same with them.
    pub fn is_strict_too(&self) -> bool {
        self.modes.contains(&Mode::Strict)
    }

    pub fn text(&mut self, key: &str) -> Result<String, String> {
        match self.input.remove(key) {
            Some(Value::String(text)) => Ok(text),
            other => Err(format!("`{key}` is no string: {other:?}")),
        }
    }

    pub fn expected_text(&mut self, key: &str) -> Option<String> {
        let value = self.expect.remove(key)?;
        Some(value.as_str().unwrap_or_else(|| panic!("{}: `{key}` is no string", self.id)).to_owned())
    }

    pub fn resource(&mut self) -> Result<Value, String> {
        self.resource.take().ok_or_else(|| "the case has no resource".to_owned())
    }

    pub fn rows(&mut self) -> Option<Vec<Value>> {
        self.rows.take()
    }

    /// The schema that declares what the case names. `needs_schema` is `name:type`.
    pub fn schema(&mut self) -> Result<Schema, String> {
        let needed = self.expect.remove("needs_schema");
        schemas::of(&self.id, needed.as_ref().and_then(Value::as_str))
    }

    /// How texts are read in this mode, by whom.
    pub fn options(&mut self, schema: &Schema) -> Result<Options, String> {
        let quirks = if self.mode == Mode::Strict { Quirks::NONE } else { Quirks::ALL };
        let mut options = Options::default().with_quirks(quirks);
        if let Some(profile) = self.expected_text("profile") {
            let json = look_up(&PROFILES, &profile)?;
            options = options.with_capabilities(serde_json::from_str(json).expect("capabilities"));
        }
        match self.expected_text("policy") {
            Some(policy) if policy == UNREADABLE.0 => {
                let readable = schema.roots().map(|(_, attribute)| attribute.full_name().to_owned());
                let mut capabilities = Capabilities::default();
                capabilities.attributes = Some(readable.filter(|name| !name.ends_with(UNREADABLE.1)).collect());
                options = options.with_capabilities(capabilities);
            }
            Some(policy) if !POLICIES.contains(&policy.as_str()) => return Err(format!("unknown policy: {policy}")),
            _ => {}
        }
        Ok(options)
    }

    /// What the case says of an error; whether it expects one.
    pub fn expects_error(&mut self, found: Option<&Error>) -> Result<bool, String> {
        let Some(expected) = self.expected_text("error") else {
            return match found {
                Some(error) => Err(format!("refused:\n{error:#}")),
                None => Ok(false),
            };
        };
        let error = found.ok_or_else(|| format!("accepted instead of {expected}"))?;
        let same = |what: &str, left: &str, right: &str| match left == right {
            true => Ok(()),
            false => Err(format!("{what} is {left}, not {right}: {error}")),
        };
        same("the type", &scim_type(error), &expected)?;
        let body = scim_error(error);
        same("the body's type", body["scimType"].as_str().unwrap_or("none"), &expected)?;
        if let Some(status) = self.expect.remove("status") {
            same("the status", body["status"].as_str().unwrap_or("none"), &status.to_string())?;
        }
        if let Some(offset) = self.expect.remove("offset") {
            let start = error.span().map_or_else(|| "none".to_owned(), |span| span.start.to_string());
            same("the offset", &start, &offset.to_string())?;
        }
        if let Some(hint) = self.expected_text("hint") {
            same("the code", error.code(), look_up(&HINTS, &hint)?)?;
        }
        if let Some(limit) = self.expected_text("limit")
            && !look_up(&LIMITS, &limit)?.contains(&error.code())
        {
            return Err(format!("the code is {}, not a limit's: {error}", error.code()));
        }
        let details = [error.to_string(), body.to_string(), okta_error(error, "id").to_string()];
        if let Some(name) = self.expected_text("detail_names")
            && !details.iter().all(|detail| detail.contains(&name))
        {
            return Err(format!("{name} is not named: {details:?}"));
        }
        if let Some(secret) = self.expected_text("detail_not_contains")
            && details.iter().any(|detail| detail.contains(&secret))
        {
            return Err(format!("{secret} is quoted: {details:?}"));
        }
        Ok(true)
    }

    /// The quirks that were used are exactly those of the flags, where the case has them.
    pub fn expects_flags<'w>(&mut self, warnings: impl Iterator<Item = &'w Warning>) -> Result<(), String> {
        let Some(flags) = self.expect.remove("flags") else { return Ok(()) };
        let flags = flags.as_array().expect("a list of flags").iter();
        let mut expected: Vec<&str> =
            flags.map(|flag| look_up(&FLAGS, flag.as_str().expect("a flag"))).collect::<Result<_, _>>()?;
        let quirks = warnings.filter(|warning| matches!(warning.kind(), WarningKind::Quirk(_)));
        let mut found: Vec<&str> = quirks.map(Warning::code).collect();
        for list in [&mut expected, &mut found] {
            list.sort_unstable();
            list.dedup();
        }
        if found == expected { Ok(()) } else { Err(format!("the quirks are {found:?}, not {expected:?}")) }
    }

    /// Prose, which nothing depends on, may be left; nothing else.
    pub fn nothing_left(mut self) -> Result<(), String> {
        self.expect.remove("note");
        let left: Vec<&String> = self.input.keys().chain(self.expect.keys()).collect();
        if !left.is_empty() {
            return Err(format!("nobody reads {left:?}"));
        }
        if self.resource.is_some() || self.rows.is_some() {
            return Err("nobody reads the resources".to_owned());
        }
        Ok(())
    }
}
