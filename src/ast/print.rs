//! Trees as text: canonical, so that it parses to the same tree; or with the values hidden.

use std::fmt::{self, Display, Write};

use super::tree::{Event, Node};
use super::{AttrExp, AttrPath, AttrTest, CompValue, Expr, Filter};

impl fmt::Display for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr().fmt(f)
    }
}

impl fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({self})")
    }
}

impl Filter<'_> {
    /// The filter with `?` for every value: for logs, whether they print it by `{}` or by `{:?}`.
    ///
    /// ```
    /// # use scim_query::Filter;
    /// let filter = Filter::parse(r#"userName eq "bjensen" and active eq true"#)?;
    /// assert_eq!(filter.redacted().to_string(), "userName eq ? and active eq ?");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn redacted(&self) -> impl fmt::Display + fmt::Debug + '_ {
        Redacted(self.expr())
    }

    /// The canonical text percent-encoded, as the value of a query parameter: everything but RFC 3986's unreserved
    /// characters is encoded.
    ///
    /// ```
    /// # use scim_query::Filter;
    /// let filter = Filter::parse(r#"status eq "APPROVED""#)?;
    /// assert_eq!(filter.to_query_value(), "status%20eq%20%22APPROVED%22");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn to_query_value(&self) -> String {
        percent_encode(&self.to_string())
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                encoded.extend(['%', char::from(HEX[usize::from(byte >> 4)]), char::from(HEX[usize::from(byte & 15)])]);
            }
        }
    }
    encoded
}

struct Redacted<'a>(Expr<'a>);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.0, f, true)
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Expr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(*self, f, false)
    }
}

fn print(expr: Expr<'_>, f: &mut fmt::Formatter<'_>, redacted: bool) -> fmt::Result {
    expr.walk(|event| match event {
        Event::Enter { node, joined_by, bracketed } => {
            if let Some(word) = joined_by {
                write!(f, " {word} ")?;
            }
            match node {
                Node::Attr(exp) if redacted && matches!(exp.test, AttrTest::Compare(..)) => {
                    write!(f, "{} {} ?", exp.path, exp.test.op().as_str())
                }
                Node::Attr(exp) => exp.fmt(f),
                Node::Not { .. } => f.write_str("not ("),
                Node::ValuePath { path, .. } => write!(f, "{path}["),
                Node::And { .. } | Node::Or { .. } if bracketed => f.write_str("("),
                Node::And { .. } | Node::Or { .. } => Ok(()),
            }
        }
        Event::Leave { node: Node::ValuePath { .. }, .. } => f.write_str("]"),
        Event::Leave { bracketed: true, .. } => f.write_str(")"),
        Event::Leave { .. } => Ok(()),
    })
}

impl fmt::Display for AttrExp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.test {
            AttrTest::Present => write!(f, "{} pr", self.path),
            AttrTest::Compare(op, value) => write!(f, "{} {op} {value}", self.path),
        }
    }
}

impl fmt::Display for AttrPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.uri {
            Some(uri) => write!(f, "{uri}:{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Display for CompValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompValue::Null => f.write_str("null"),
            CompValue::Bool(value) => value.fmt(f),
            CompValue::Number(text) => f.write_str(text),
            CompValue::String(text) => write_json_string(f, text),
        }
    }
}

/// A JSON string with no more escapes than JSON requires.
pub(crate) fn write_json_string(f: &mut impl Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0C => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        f.write_str(&text[plain..at])?;
        if escape.is_empty() {
            write!(f, "\\u{byte:04x}")?;
        } else {
            f.write_str(escape)?;
        }
        plain = at + 1;
    }
    f.write_str(&text[plain..])?;
    f.write_char('"')
}
