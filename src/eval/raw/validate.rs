//! Whether bytes are JSON, all of them, as serde_json reads it.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::number::{FirstKey, InRange};
use super::{JsonError, Problem};

/// # Errors
/// Where the text is not UTF-8, not JSON, or nested deeper than serde_json reads (128 levels).
pub(super) fn validate(text: &[u8]) -> Result<(), JsonError> {
    let text = std::str::from_utf8(text).map_err(|error| JsonError::new(Problem::NotUtf8, error.valid_up_to()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Anything.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| {
        let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let offset = (line_start + error.column().saturating_sub(1)).min(text.len());
        JsonError::new(if error.is_eof() { Problem::End } else { Problem::Invalid }, offset)
    })
}

/// Reads any value and keeps nothing, but does read it: numbers are in range.
#[derive(Clone, Copy)]
struct Anything;

impl<'de> DeserializeSeed<'de> for Anything {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Anything {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(is_number) = map.next_key_seed(FirstKey)? else { return Ok(()) };
        if is_number {
            return map.next_value_seed(InRange);
        }
        map.next_value_seed(self)?;
        while map.next_key_seed(self)?.is_some() {
            map.next_value_seed(self)?;
        }
        Ok(())
    }
}
