//! Numbers as serde_json gives them to a visitor with its `arbitrary_precision`, which any crate of a program can turn on: as an
//! object whose first key says so, with the text of the number.

use std::fmt;
use std::sync::LazyLock;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};
use serde_json::Number;

use crate::eval::value::number_of;

/// Whether a first key says that the object is a number.
pub(super) fn is_number(first_key: &str) -> bool {
    // Whether the feature is on can only be tried.
    static IS_ON: LazyLock<bool> = LazyLock::new(|| serde_json::from_str::<Number>("1e999").is_ok());
    first_key == "$serde_json::private::Number" && *IS_ON
}

/// Reads a first key, and says the same of it.
pub(super) struct FirstKey;

impl<'de> DeserializeSeed<'de> for FirstKey {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for FirstKey {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(is_number(key))
    }
}

/// Reads the text of such a number, which has to be one that all sources can hold (S11).
pub(super) struct InRange;

impl<'de> DeserializeSeed<'de> for InRange {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for InRange {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in the range of doubles")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let number: Option<Number> = text.parse().ok();
        number.and_then(|number| number_of(&number)).map(drop).ok_or_else(|| E::custom("number out of range"))
    }
}
