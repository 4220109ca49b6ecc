//! Any text as a PATCH path: spans on character boundaries, what is accepted prints to a text that parses to the same path, and
//! a filter in brackets selects what the filter itself does.

use scim_query::{Filter, Options, Path, PathTarget, Quirks};
use serde_json::{Value, json};

use super::{look_at, schemas};

pub fn check(data: &[u8]) {
    let grown = super::grown(data, |grower| {
        let schema = grower.pick(schemas::declared());
        let filter = grower.filter(schema)?.to_string();
        // A value path by itself is a path, and may have a sub-attribute behind it.
        let sub = grower.pick(&["", ".value", ".type", ".x"]);
        Some(format!("{filter}{sub}").into_bytes())
    });
    let Ok(text) = std::str::from_utf8(&grown) else { return };
    let lenient = Options::default().with_quirks(Quirks::ALL);
    let path = match Path::parse(text) {
        Ok(path) => path,
        Err(error) => {
            look_at(&error);
            if let Err(error) = Path::parse_with(text, &lenient) {
                look_at(&error);
            }
            return;
        }
    };
    let printed = path.to_string();
    let again = Path::parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again, path);
    assert_eq!(again.to_string(), printed);
    assert_eq!(Path::parse_with(text, &lenient).expect("a strict text is accepted by every quirk"), path);
    let _ = path.equalities();
    for schema in schemas::all() {
        match path.check(schema) {
            Ok(checked) => {
                if let PathTarget::Attribute(id) = checked.target() {
                    let _ = schema.attribute(*id);
                }
                assert_eq!(checked.has_filter(), path.filter().is_some());
                elements(&path, &checked);
            }
            Err(error) => look_at(&error),
        }
    }
}

/// S7: a filter in brackets says the same of an element as `a[...]` of a resource that has this element alone.
fn elements(path: &Path<'_>, checked: &scim_query::CheckedPath) {
    let PathTarget::Attribute(id) = checked.target() else { return };
    let schema = checked.schema();
    let attribute = schema.attribute(*id);
    let Some(filter) = path.filter() else {
        assert!(checked.selects(&Value::Null), "without brackets every element is meant");
        return;
    };
    let text = format!("{}[{filter}]", path.attr_path());
    let Ok(filter) = Filter::parse(&text).and_then(|filter| filter.check(schema)) else { return };
    let keys: Vec<&str> = attribute.keys().collect();
    if attribute.parent().is_some() || keys.len() != 1 {
        return;
    }
    for element in [json!({"type": "work", "value": "a"}), json!({"value": "b", "primary": true}), json!("a"), json!(1)]
    {
        let resource = json!({(keys[0]): [element]});
        // An element that is not assigned is none of the attribute's (S2), and the path is not asked about it.
        let is_assigned =
            Filter::parse(&format!("{} ne null", path.attr_path())).and_then(|filter| filter.check(schema));
        if is_assigned.is_ok_and(|filter| filter.matches(&resource)) {
            assert_eq!(checked.selects(&element), filter.matches(&resource), "{text}, {element}");
        }
    }
}
