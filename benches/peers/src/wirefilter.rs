//! The same questions in the language of wirefilter-engine, which has texts and 32-bit numbers and neither instants nor
//! lists: an instant is a number of seconds, rounded up so that `>` is exact, and F4 cannot be asked.

use serde_json::Value;
use wirefilter::{ExecutionContext, Scheme, Type};

use crate::by_hand::moment;
use crate::filters::{RESOURCE_ID, SINCE, ids};

pub fn scheme() -> Scheme {
    let mut scheme = Scheme::new();
    for name in ["id", "status", "resourceId", "resourceType"] {
        scheme.add_field(name.to_owned(), Type::Bytes).expect("a new name");
    }
    scheme.add_field("lastUpdated".to_owned(), Type::Int).expect("a new name");
    scheme
}

/// The filter of this name as it is written.
pub fn text(name: &str) -> Option<String> {
    Some(match name {
        "F1" => r#"status == "APPROVED""#.to_owned(),
        "F2" => format!(r#"status == "APPROVED" and resourceId == "{RESOURCE_ID}""#),
        "F3" => format!(
            r#"lastUpdated > {SINCE} and (status == "PENDING" or status == "SUBMITTED") and not (resourceType == "APPLICATION")"#
        ),
        "F5" => ids().iter().map(|id| format!(r#"id == "{id}""#)).collect::<Vec<_>>().join(" or "),
        _ => return None,
    })
}

/// Copies from a record what the filter of this name looks at.
pub fn fill<'a>(name: &str, context: &mut ExecutionContext<'a>, record: &'a Value) {
    let text = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or("");
    let requested = |key: &str| text(record.get("requested").and_then(|requested| requested.get(key)));
    let mut set = |name: &str, value: &'a str| context.set_field_value(name, value).expect("a text");
    match name {
        "F1" => set("status", text(record.get("status"))),
        "F2" => {
            set("status", text(record.get("status")));
            set("resourceId", requested("resourceId"));
        }
        "F3" => {
            set("status", text(record.get("status")));
            set("resourceType", requested("resourceType"));
            let (seconds, nanos) = moment(text(record.get("lastUpdated")));
            let seconds = i32::try_from(seconds + i64::from(nanos > 0)).expect("a year before 2038");
            context.set_field_value("lastUpdated", seconds).expect("a number");
        }
        _ => set("id", text(record.get("id"))),
    }
}
