//! The names of a map's members.

use std::fmt::{self, Write};

use serde::ser::{Error, Impossible, Serialize, Serializer};

/// Writes the name of a map's member as serde_json would: strings, and what JSON writes in one word.
pub(super) struct NameWriter<'n> {
    pub(super) name: &'n mut String,
}

/// Why a key is no name.
#[derive(Debug)]
pub(super) struct NoName(String);

impl fmt::Display for NoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoName {}

impl Error for NoName {
    fn custom<T: fmt::Display>(message: T) -> NoName {
        NoName(message.to_string())
    }
}

fn no_name() -> NoName {
    NoName("key must be a string".into())
}

macro_rules! in_words {
    ($($method:ident($type:ty)),* $(,)?) => { $(
        fn $method(self, value: $type) -> Result<(), NoName> {
            write!(self.name, "{value}").map_err(NoName::custom)
        }
    )* };
}

macro_rules! no_names {
    ($($method:ident($($type:ty),*) -> $ok:ty),* $(,)?) => { $(
        fn $method(self, $(_: $type),*) -> Result<$ok, NoName> {
            Err(no_name())
        }
    )* };
}

type NoParts = Impossible<(), NoName>;

impl Serializer for NameWriter<'_> {
    type Ok = ();
    type Error = NoName;
    type SerializeSeq = NoParts;
    type SerializeTuple = NoParts;
    type SerializeTupleStruct = NoParts;
    type SerializeTupleVariant = NoParts;
    type SerializeMap = NoParts;
    type SerializeStruct = NoParts;
    type SerializeStructVariant = NoParts;

    in_words!(
        serialize_str(&str),
        serialize_char(char),
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_i128(i128),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_u128(u128),
    );

    no_names!(
        serialize_bytes(&[u8]) -> (),
        serialize_none() -> (),
        serialize_unit() -> (),
        serialize_unit_struct(&'static str) -> (),
        serialize_seq(Option<usize>) -> NoParts,
        serialize_tuple(usize) -> NoParts,
        serialize_tuple_struct(&'static str, usize) -> NoParts,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> NoParts,
        serialize_map(Option<usize>) -> NoParts,
        serialize_struct(&'static str, usize) -> NoParts,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> NoParts,
    );

    /// As serde_json writes doubles in names: with a point.
    fn serialize_f32(self, value: f32) -> Result<(), NoName> {
        if value.is_finite() { write!(self.name, "{value:?}").map_err(NoName::custom) } else { Err(no_name()) }
    }

    fn serialize_f64(self, value: f64) -> Result<(), NoName> {
        if value.is_finite() { write!(self.name, "{value:?}").map_err(NoName::custom) } else { Err(no_name()) }
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NoName> {
        self.serialize_str(variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NoName> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NoName> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NoName> {
        Err(no_name())
    }
}
