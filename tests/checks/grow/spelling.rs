//! Values as JSON text, in any of its spellings, and broken.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Grower;

impl Grower<'_> {
    /// A text that reads as the value, in one of many spellings.
    pub fn written(&mut self, value: &Value) -> String {
        let mut text = String::new();
        self.write(value, &mut text);
        text
    }

    fn write(&mut self, value: &Value, text: &mut String) {
        match value {
            Value::Object(members) => {
                text.push('{');
                for (at, (name, member)) in members.iter().enumerate() {
                    text.push_str(if at == 0 { "" } else { "," });
                    if self.percent(3) {
                        // A member of the same name that does not count (S2).
                        let _ = write!(text, "{}:{},", json!(name), self.anything(1));
                    }
                    self.string(name, text);
                    text.push(':');
                    self.write(member, text);
                }
                text.push('}');
            }
            Value::Array(elements) => {
                text.push('[');
                for (at, element) in elements.iter().enumerate() {
                    text.push_str(if at == 0 { "" } else { "," });
                    self.write(element, text);
                }
                text.push(']');
            }
            Value::String(string) => self.string(string, text),
            other => {
                let _ = write!(text, "{other}");
            }
        }
        if self.percent(5) {
            text.push_str(self.pick::<&str>(&[" ", "\t", "\r", "                "]));
        }
    }

    fn string(&mut self, string: &str, text: &mut String) {
        if !self.percent(10) {
            let _ = write!(text, "{}", json!(string));
            return;
        }
        text.push('"');
        for unit in string.encode_utf16() {
            let _ = write!(text, "\\u{unit:04x}");
        }
        text.push('"');
    }

    /// Mostly the same text; else one that is cut, or has another byte somewhere.
    pub fn broken(&mut self, text: String) -> Vec<u8> {
        let mut bytes = text.into_bytes();
        if bytes.is_empty() || !self.percent(25) {
            return bytes;
        }
        let at = usize::from(self.choices.arbitrary::<u16>().unwrap_or_default()) % bytes.len();
        match self.below(4) {
            0 => bytes.truncate(at),
            1 => _ = bytes.remove(at),
            2 => bytes[at] = *self.pick(b"\"\\{}[]:,u0e\x01\xff 1"),
            _ => bytes.insert(at, *self.pick(b"\"\\{}[]:,u0e\x01\xc3 1")),
        }
        bytes
    }
}
