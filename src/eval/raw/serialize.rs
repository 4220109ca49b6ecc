//! Anything that serializes as a source: what the filter needs of it is written as JSON, the rest is not visited, and the
//! filter runs over those few bytes.

use std::cell::Cell;
use std::fmt;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct, Serializer,
};

use super::RawPredicate;
use super::names::NameWriter;
use super::paths::Paths;

thread_local! {
    /// Kept, so that a resource takes no memory of its own.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What is kept for the next resource.
const KEPT: usize = 1 << 16;

impl RawPredicate {
    /// Whether a resource matches, as serde writes it in JSON: renamed, flattened and skipped as it says. Only the members
    /// that the filter asks about are visited, and no [`Value`](serde_json::Value) is made. A struct with
    /// [`Resource`](crate::Resource) is faster. What is written is JSON: [`validating`](RawPredicate::validating) has nothing to
    /// say of it. As in all JSON text, an `f32` is the shortest decimal that reads back to it.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct User { user_name: String, active: bool }
    ///
    /// let filter = Filter::parse(r#"userName eq "BOB" and active eq true"#)?.check(&Schema::user())?;
    /// let predicate = filter.compile_raw();
    /// assert!(predicate.matches_serialized(&User { user_name: "bob".into(), active: true })?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the value's own `Serialize`, and a number beyond the range of doubles.
    pub fn matches_serialized<T: Serialize + ?Sized>(&self, resource: &T) -> Result<bool, serde_json::Error> {
        let mut json = BUFFER.take();
        json.clear();
        let written = serde_json::to_writer(&mut json, &Selected { value: resource, paths: &self.paths, path: 0 });
        let result = written.and_then(|()| self.run_any(&json).map_err(serde_json::Error::custom));
        if json.capacity() <= KEPT {
            BUFFER.set(json);
        }
        result
    }
}

/// A value of which only the members at these paths are written.
struct Selected<'p, T: ?Sized> {
    value: &'p T,
    paths: &'p Paths,
    path: u32,
}

impl<T: Serialize + ?Sized> Serialize for Selected<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.paths.is_whole(self.path) {
            return self.value.serialize(serializer);
        }
        self.value.serialize(Selector { inner: serializer, paths: self.paths, path: self.path })
    }
}

struct Selector<'p, S> {
    inner: S,
    paths: &'p Paths,
    path: u32,
}

impl<'p, S> Selector<'p, S> {
    /// A member, if it is wanted.
    fn member<'v, T: ?Sized>(&self, name: &str, value: &'v T) -> Option<Selected<'v, T>>
    where
        'p: 'v,
    {
        Some(Selected { value, paths: self.paths, path: self.paths.find(self.path, name)? })
    }
}

macro_rules! as_it_is {
    ($($method:ident($($name:ident: $type:ty),*)),* $(,)?) => { $(
        fn $method(self, $($name: $type),*) -> Result<S::Ok, S::Error> {
            self.inner.$method($($name),*)
        }
    )* };
}

/// What serde_json gives structs that stand for something else, such as raw JSON.
const PRIVATE: &str = "$serde_json::private::";

impl<'p, S: Serializer> Serializer for Selector<'p, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Selector<'p, S::SerializeSeq>;
    type SerializeTuple = Selector<'p, S::SerializeTuple>;
    type SerializeTupleStruct = Selector<'p, S::SerializeTupleStruct>;
    type SerializeTupleVariant = S::SerializeTupleVariant;
    type SerializeMap = Members<'p, S::SerializeMap>;
    type SerializeStruct = Fields<'p, S>;
    type SerializeStructVariant = S::SerializeStructVariant;

    as_it_is!(
        serialize_bool(value: bool),
        serialize_i8(value: i8),
        serialize_i16(value: i16),
        serialize_i32(value: i32),
        serialize_i64(value: i64),
        serialize_i128(value: i128),
        serialize_u8(value: u8),
        serialize_u16(value: u16),
        serialize_u32(value: u32),
        serialize_u64(value: u64),
        serialize_u128(value: u128),
        serialize_f32(value: f32),
        serialize_f64(value: f64),
        serialize_char(value: char),
        serialize_str(value: &str),
        serialize_bytes(value: &[u8]),
        serialize_none(),
        serialize_unit(),
        serialize_unit_struct(name: &'static str),
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str),
    );

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    /// An object with one member.
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let member = self.member(variant, value);
        let mut map = self.inner.serialize_map(None)?;
        if let Some(member) = member {
            map.serialize_entry(variant, &member)?;
        }
        map.end()
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Selector { inner: self.inner.serialize_seq(len)?, paths: self.paths, path: self.path })
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Ok(Selector { inner: self.inner.serialize_tuple(len)?, paths: self.paths, path: self.path })
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        Ok(Selector { inner: self.inner.serialize_tuple_struct(name, len)?, paths: self.paths, path: self.path })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.inner.serialize_tuple_variant(name, index, variant, len)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.inner.serialize_struct_variant(name, index, variant, len)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let (paths, path) = (self.paths, self.path);
        let members = Selector { inner: self.inner.serialize_map(None)?, paths, path };
        Ok(Members { members, name: String::new() })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        if name.starts_with(PRIVATE) {
            return Ok(Fields::Whole(self.inner.serialize_struct(name, len)?));
        }
        let (paths, path) = (self.paths, self.path);
        Ok(Fields::Members(Selector { inner: self.inner.serialize_map(None)?, paths, path }))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// The elements of an array lie where it does.
macro_rules! elements {
    ($($kind:ident::$method:ident),*) => { $(
        impl<S: $kind> $kind for Selector<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                let element = Selected { value, paths: self.paths, path: self.path };
                self.inner.$method(&element)
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        }
    )* };
}

elements!(SerializeSeq::serialize_element, SerializeTuple::serialize_element, SerializeTupleStruct::serialize_field);

/// The members of a map.
struct Members<'p, S> {
    members: Selector<'p, S>,
    /// The one whose value comes next.
    name: String,
}

impl<S: SerializeMap> SerializeMap for Members<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.name.clear();
        key.serialize(NameWriter { name: &mut self.name }).map_err(S::Error::custom)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        match self.members.member(&self.name, value) {
            Some(member) => self.members.inner.serialize_entry(&self.name, &member),
            None => Ok(()),
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.members.inner.end()
    }
}

/// The fields of a struct.
enum Fields<'p, S: Serializer> {
    Members(Selector<'p, S::SerializeMap>),
    Whole(S::SerializeStruct),
}

impl<S: Serializer> SerializeStruct for Fields<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        match self {
            Fields::Whole(inner) => inner.serialize_field(name, value),
            Fields::Members(members) => match members.member(name, value) {
                Some(member) => members.inner.serialize_entry(name, &member),
                None => Ok(()),
            },
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Fields::Whole(inner) => inner.end(),
            Fields::Members(members) => members.inner.end(),
        }
    }
}
