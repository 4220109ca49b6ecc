//! `serde_json::Value` as a source.

use std::borrow::Cow;

use serde_json::Value;

use super::name::Name;
use super::{Node, Number, Scalar};

impl<'a> Node<'a> for &'a Value {
    fn get(self, key: &str) -> Option<Self> {
        self.as_object()?.get(&key as &dyn Name)
    }

    #[inline]
    fn text(self) -> Option<&'a str> {
        self.as_str()
    }

    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        match self {
            Value::Array(elements) => elements.iter().any(test),
            one => test(one),
        }
    }

    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        self.as_object().is_some_and(|members| members.values().any(test))
    }

    fn scalar(self) -> Scalar<'a> {
        match self {
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Number(number) => number_of(number).map_or(Scalar::Null, Scalar::Number),
            Value::String(text) => Scalar::String(Cow::Borrowed(text)),
            Value::Array(_) => Scalar::Array,
            Value::Object(_) => Scalar::Object,
        }
    }

    fn is_readable(self) -> bool {
        is_readable(self)
    }
}

/// Whether every number of a resource is one that all sources can hold (S11). serde_json refuses others when it reads them,
/// unless its `arbitrary_precision` is on: then a source has to ask, and to treat such a record as not readable. Raw bytes are
/// refused where one is read, and [`Columns::inserts`](crate::sql::Columns::inserts) refuses the record; `matches` and
/// [`list`](crate::list()) of a `Value` do not ask, and see no value there.
///
/// ```
/// assert!(scim_query::is_readable(&serde_json::json!({"a": [1, {"b": 1.5e300}]})));
/// ```
pub fn is_readable(resource: &Value) -> bool {
    let mut waiting = vec![resource];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Number(number) if number_of(number).is_none() => return false,
            Value::Array(elements) => waiting.extend(elements),
            Value::Object(members) => waiting.extend(members.values()),
            _ => {}
        }
    }
    true
}

/// S11. With serde_json's `arbitrary_precision` a number may lie beyond a double's range, which no other source can hold:
/// such a record is not readable, and here the number is no value.
pub(super) fn number_of(number: &serde_json::Number) -> Option<Number> {
    if let Some(integer) = number.as_i64() {
        return Some(Number::I64(integer));
    }
    if let Some(integer) = number.as_u64() {
        return Some(Number::U64(integer));
    }
    number.as_f64().filter(|double| double.is_finite()).map(Number::F64)
}

/// A resource whose keys may be in any case. Resources as RFC 7643 defines them have the declared names exactly; this is
/// for stores that did not keep to that. Where several keys differ only in case, the exact one counts, else the last.
///
/// ```
/// use scim_query::{AnyCase, Filter, Schema};
///
/// let filter = Filter::parse(r#"userName eq "bjensen""#)?.check(&Schema::user())?;
/// let user = serde_json::json!({"UserName": "bjensen"});
/// assert!(!filter.matches(&user));
/// assert!(filter.matches(AnyCase(&user)));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AnyCase<'a>(pub &'a Value);

impl<'a> Node<'a> for AnyCase<'a> {
    fn get(self, key: &str) -> Option<Self> {
        let members = self.0.as_object()?;
        let exact = members.get(&key as &dyn Name);
        let last =
            || members.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value).next_back();
        exact.or_else(last).map(AnyCase)
    }

    #[inline]
    fn text(self) -> Option<&'a str> {
        self.0.text()
    }

    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        self.0.any(&mut |value| test(AnyCase(value)))
    }

    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        self.0.any_member(&mut |value| test(AnyCase(value)))
    }

    fn scalar(self) -> Scalar<'a> {
        self.0.scalar()
    }

    fn is_readable(self) -> bool {
        is_readable(self.0)
    }
}
