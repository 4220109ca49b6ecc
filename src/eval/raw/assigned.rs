//! Whether something is assigned in an object without declarations (S2, S5), at any depth: in one pass, because going down from
//! each object to its members would read the innermost as often as it is deep.

use std::collections::HashMap;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::number::{InRange, is_number};
use super::scan::Scanner;
use super::{JsonError, Problem};

/// Of the object at a bracket.
///
/// # Errors
/// What serde_json does not read, also for its depth (128 levels).
pub(super) fn in_object(text: &[u8], start: usize, non_empty: bool) -> Result<bool, JsonError> {
    let mut scanner = Scanner::new(text, start);
    let end = scanner.container_end(start).ok_or_else(|| scanner.failure_at_end())?;
    let object = text.get(start..=end).unwrap_or_default();
    let mut json = serde_json::Deserializer::from_slice(object);
    let found = Assigned { non_empty, in_array: false }.deserialize(&mut json);
    // Where in its lines serde_json stopped is not where in the text.
    found.map_err(|_| JsonError::new(Problem::Invalid, start))
}

#[derive(Clone, Copy)]
struct Assigned {
    non_empty: bool,
    /// An array in an array is no value.
    in_array: bool,
}

impl<'de> DeserializeSeed<'de> for Assigned {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Assigned {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        Ok(!self.non_empty || !text.is_empty())
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let mut found = false;
        if self.in_array {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        } else {
            while let Some(one) = seq.next_element_seed(Assigned { in_array: true, ..self })? {
                found |= one;
            }
        }
        Ok(found)
    }

    /// Of duplicate keys the last counts.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut members: HashMap<String, bool> = HashMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.is_empty() && is_number(&name) {
                return map.next_value_seed(InRange).map(|()| true);
            }
            members.insert(name, map.next_value_seed(Assigned { in_array: false, ..self })?);
        }
        Ok(members.into_values().any(|found| found))
    }
}
