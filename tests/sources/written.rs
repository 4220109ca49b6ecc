//! One value of JSON written in many ways.

use serde_json::{Map, Value};

use crate::reference::random::Random;

/// A text that reads as the value: with white space, escapes and numbers spelt otherwise, and earlier members of the same
/// name that do not count.
pub(super) fn written(value: &Value, random: &mut Random) -> String {
    let mut text = String::new();
    Writer { random, unique_keys: false }.value(value, &mut text);
    text
}

/// The same, but no key comes twice.
pub(super) fn written_with_unique_keys(value: &Value, random: &mut Random) -> String {
    let mut text = String::new();
    Writer { random, unique_keys: true }.value(value, &mut text);
    text
}

struct Writer<'r> {
    random: &'r mut Random,
    unique_keys: bool,
}

impl Writer<'_> {
    fn space(&mut self, text: &mut String) {
        while self.random.percent(10) {
            text.push_str(self.random.pick_str(&[" ", "\t", "\r", "\n", "                    "]));
        }
    }

    fn value(&mut self, value: &Value, text: &mut String) {
        self.space(text);
        match value {
            Value::Null | Value::Bool(_) => text.push_str(&value.to_string()),
            Value::Number(number) => self.number(number, text),
            Value::String(string) => self.string(string, text),
            Value::Array(elements) => {
                text.push('[');
                for (at, element) in elements.iter().enumerate() {
                    text.push_str(if at == 0 { "" } else { "," });
                    self.value(element, text);
                }
                self.space(text);
                text.push(']');
            }
            Value::Object(members) => self.object(members, text),
        }
        self.space(text);
    }

    fn object(&mut self, members: &Map<String, Value>, text: &mut String) {
        let names: Vec<&String> = members.keys().collect();
        let mut listed: Vec<(&str, Value)> = members.iter().map(|(name, value)| (&**name, value.clone())).collect();
        // The order of members means nothing.
        for at in (1..listed.len()).rev() {
            listed.swap(at, self.random.below(at + 1));
        }
        while !self.unique_keys && !names.is_empty() && self.random.percent(15) {
            let decoys = [
                Value::Null,
                Value::from("decoy \" } ] , :"),
                Value::from(7),
                Value::Array(vec![Value::from("x"), Value::from(members.clone())]),
                Value::from(members.clone()),
            ];
            let name = *self.random.pick(&names);
            let at = listed.iter().position(|(listed, _)| listed == name).unwrap_or(0);
            listed.insert(self.random.below(at + 1), (name, self.random.pick(&decoys).clone()));
        }
        text.push('{');
        for (at, (name, value)) in listed.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "," });
            self.space(text);
            self.string(name, text);
            self.space(text);
            text.push(':');
            self.value(value, text);
        }
        if listed.is_empty() {
            self.space(text);
        }
        text.push('}');
    }

    fn string(&mut self, string: &str, text: &mut String) {
        let escapes = if self.random.percent(20) { 50 } else { 0 };
        text.push('"');
        for c in string.chars() {
            let short = match c {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\n' => Some("\\n"),
                '\t' => Some("\\t"),
                _ => None,
            };
            let must = c < ' ' || c == '"' || c == '\\';
            match short {
                _ if !must && !self.random.percent(escapes) => text.push(c),
                Some(short) if self.random.percent(50) => text.push_str(short),
                _ => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let escape =
                            if self.random.percent(50) { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
                        text.push_str(&escape);
                    }
                }
            }
        }
        text.push('"');
    }

    fn number(&mut self, number: &serde_json::Number, text: &mut String) {
        let written = number.to_string();
        let is_short = written.len() < 12 && !written.contains(['e', '.']);
        match self.random.below(6) {
            0 if is_short => text.push_str(&format!("{written}.0")),
            1 if is_short => text.push_str(&format!("{written}e0")),
            2 if is_short && !matches!(&*written, "0" | "-0") => text.push_str(&format!("{written}0E-1")),
            _ => text.push_str(&written),
        }
    }
}
