//! What to write instead, for the kinds of errors that have one.

use serde_json::Value;

use super::ErrorKind;
use super::found::Found;
use crate::op::OperatorSet;

impl ErrorKind {
    /// `quoted` is what stands at the place.
    pub(super) fn way_out(&self, quoted: Option<&str>) -> Option<String> {
        use ErrorKind::*;
        let json = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            FilterEmpty => {
                Some("leave the parameter out to have all resources, or ask for what all have, as in `id pr`".into())
            }
            PrefixDoubled => Some("write what follows it".into()),
            SchemaUriInvalid => Some("as in `urn:ietf:params:scim:schemas:core:2.0:User:userName`".into()),
            AttributeExpected { found: Found::Sign('!') } => Some("in a filter, write `not (...)`".into()),
            AttributeExpected { found: Found::Sign('@' | '$' | '.' | '_') } => {
                Some("a name begins with an ASCII letter".into())
            }
            AttributeExpected { found: Found::String } => Some("a name has no quotes, as in `title eq \"x\"`".into()),
            OperatorExpected { .. } => Some(format!("write one of {}", OperatorSet::ALL)),
            OperatorUnknown { instead: Some(instead), .. } => Some(format!("write {instead}")),
            OperatorUnknown { instead: None, .. } => Some(format!("write one of {}", OperatorSet::ALL)),
            ValueExpected { found: Found::Sign('[' | '(') } => {
                Some("SCIM has no lists, write `a eq \"x\" or a eq \"y\"`".into())
            }
            ValueExpected { .. } => Some("a string in double quotes, a number, true, false or null".into()),
            ValueUnquoted => {
                let text = json(quoted?);
                Some(match quoted?.strip_suffix(';').filter(|value| is_literal(value)) {
                    Some(value) => format!("write `{value}` with nothing behind it, or {text} if it is a string"),
                    None => format!("write {text}"),
                })
            }
            ValueSingleQuoted => {
                let inner = quoted?.strip_prefix('\'')?.strip_suffix('\'')?;
                let plain = !inner.contains(['\'', '"', '\\']);
                Some(if plain { format!("write {}", json(inner)) } else { "write it as a JSON string".into() })
            }
            LiteralCase { instead } => Some(format!("write `{instead}`, or a string in double quotes")),
            WhiteSpaceInvalid => Some("write a space (U+0020)".into()),
            NumberInvalid => Some("as in 0, -7, 1.5 or 2e9".into()),
            EscapeInvalid => Some("write `\\\\` for a backslash".into()),
            SurrogateLone => Some("write both halves, as in `\\ud83d\\ude00`".into()),
            ControlCharacter => Some("write it as `\\n`, `\\t` or `\\u00XX`".into()),
            NotWithoutParentheses => Some("write `not (...)`".into()),
            ValuePathNested => Some("a value path holds comparisons of sub-attributes only".into()),
            ValuePathTrailing => Some("move it inside, as in `emails[type eq \"work\" and value eq \"x\"]`".into()),
            ConnectiveExpected { found: Found::Sign('&') } => Some("write `and`".into()),
            ConnectiveExpected { found: Found::Sign('|') } => Some("write `or`".into()),
            ConnectiveExpected { found: Found::Sign(',' | ';') } => Some("write `and` or `or`".into()),
            ConnectiveExpected { found: Found::End } => None,
            PathEmpty => Some("write an attribute, as in `name.familyName`".into()),
            DirectionUnknown { .. } => Some("write asc, desc, ascending or descending".into()),
            SortByTrailing => Some("its direction is in `sortOrder`".into()),
            SortOrderUnknown { .. } => Some("write ascending or descending".into()),
            AttributeUnknown { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            SchemaUriAlone { instead: Some(instead), .. } => {
                Some(format!("write one of its attributes, as `{instead}`"))
            }
            AttributeAmbiguous { candidates, .. } => Some(format!("write {}", list(candidates, "`"))),
            OperatorNotAllowed { allowed, .. } | OperatorDenied { allowed, .. } if *allowed != OperatorSet::NONE => {
                Some(format!("write one of {allowed}"))
            }
            SubAttributeNeeded { instead: Some(instead), .. } => Some(format!("write `{instead}`")),
            NullNotAllowed { .. } => Some("write `eq null` or `ne null`".into()),
            DateTimeInvalid { .. } => Some("as in \"2022-05-24T14:15:22Z\"".into()),
            ValueNotCanonical { allowed } => Some(list(allowed, "\"")),
            SqlTooManyParams { .. } => Some("ask with fewer values".into()),
            SqlTooDeep { .. } => {
                Some("write it with fewer parentheses, brackets and changes between `and` and `or`".into())
            }
            TieBreakerMissing => Some("give it one by `SchemaBuilder::tie_breakers`".into()),
            ParameterRepeated => Some("give it once".into()),
            ParameterUnknown { meant: Some(meant), .. } => Some(format!("did you mean `{meant}`?")),
            PercentInvalid => Some("write `%25` for a percent sign".into()),
            RecordUnknown => Some("begin again without it".into()),
            CursorInvalid { .. } | CursorExpired => Some("begin again without it".into()),
            AttributesWithExcluded => Some("give one of them".into()),
            CursorWithIndex => Some("give one of them".into()),
            _ => None,
        }
    }
}

/// What stands without quotes.
fn is_literal(value: &str) -> bool {
    matches!(serde_json::from_str(value), Ok(Value::Null | Value::Bool(_) | Value::Number(_)))
}

fn list(names: &[Box<str>], quote: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{quote}{name}{quote}")).collect();
    quoted.join(" or ")
}
