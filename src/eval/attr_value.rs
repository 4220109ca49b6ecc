//! Types that members of structs have, and what each of them says to filters.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeZone};

use super::Number;
use super::resource::{Attr, Elements, Resource, Shape};

/// A type that a member of a [`Resource`] can have. To be implemented for enums and newtypes; its values must be of its
/// `SHAPE`, complex ones of the one type that it names, because their members are found by position:
///
/// ```
/// use scim_query::{Attr, AttrValue, Shape};
///
/// enum Status { Open, Closed }
///
/// impl AttrValue for Status {
///     const SHAPE: Shape = Shape::TEXT;
///
///     fn attr(&self) -> Attr<'_> {
///         Attr::String(match self { Status::Open => "OPEN", Status::Closed => "CLOSED" })
///     }
/// }
/// ```
pub trait AttrValue {
    /// What kind of values it has.
    const SHAPE: Shape;

    /// The value.
    fn attr(&self) -> Attr<'_>;

    /// The string that it is, or that the member `below` it is: as [`Resource::text_at`]. To be left as it is.
    #[inline]
    fn text(&self, below: Option<usize>) -> Option<Option<&str>> {
        self.attr().text(below)
    }
}

impl<R: Resource> AttrValue for R {
    const SHAPE: Shape = Shape::complex::<R>();

    #[inline]
    fn attr(&self) -> Attr<'_> {
        Attr::complex(self)
    }

    #[inline(always)]
    fn text(&self, below: Option<usize>) -> Option<Option<&str>> {
        self.text_at(below?, None)
    }
}

impl AttrValue for bool {
    const SHAPE: Shape = Shape::BOOLEAN;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        Attr::Bool(*self)
    }
}

macro_rules! texts {
    ($($type:ty),*) => { $(
        impl AttrValue for $type {
            const SHAPE: Shape = Shape::TEXT;

            #[inline]
            fn attr(&self) -> Attr<'_> {
                Attr::String(self)
            }

            #[inline(always)]
            fn text(&self, below: Option<usize>) -> Option<Option<&str>> {
                Some(below.is_none().then_some(self))
            }
        }
    )* };
}

texts!(String, &str, Box<str>, Arc<str>, Rc<str>, Cow<'_, str>);

macro_rules! numbers {
    ($variant:ident($wide:ty): $($type:ty),*) => { $(
        impl AttrValue for $type {
            const SHAPE: Shape = Shape::NUMBER;

            #[inline]
            fn attr(&self) -> Attr<'_> {
                Attr::Number(Number::$variant(<$wide>::from(*self)))
            }
        }
    )* };
}

numbers!(I64(i64): i8, i16, i32, i64, u8, u16, u32);

impl AttrValue for isize {
    const SHAPE: Shape = Shape::NUMBER;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        // No processor has more than 64 bits.
        Attr::Number(Number::I64(i64::try_from(*self).unwrap_or(i64::MAX)))
    }
}

impl AttrValue for usize {
    const SHAPE: Shape = Shape::NUMBER;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        Attr::Number(i64::try_from(*self).map_or(Number::U64(*self as u64), Number::I64))
    }
}

impl AttrValue for u64 {
    const SHAPE: Shape = Shape::NUMBER;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        Attr::Number(i64::try_from(*self).map_or(Number::U64(*self), Number::I64))
    }
}

/// One that is infinite or no number is unassigned: JSON has none.
impl AttrValue for f64 {
    const SHAPE: Shape = Shape::NUMBER;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        if self.is_finite() { Attr::Number(Number::F64(*self)) } else { Attr::Unassigned }
    }
}

#[cfg(feature = "rust_decimal")]
impl AttrValue for rust_decimal::Decimal {
    const SHAPE: Shape = Shape::NUMBER;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        Attr::Number(Number::Decimal { mantissa: self.mantissa(), scale: self.scale() })
    }
}

/// One of a year that RFC 3339 cannot write, before 0000 or after 9999 in its own time zone, is unassigned.
impl<Z: TimeZone> AttrValue for DateTime<Z> {
    const SHAPE: Shape = Shape::DATE_TIME;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        if (0..=9999).contains(&self.year()) { Attr::DateTime(self.to_utc()) } else { Attr::Unassigned }
    }
}

impl<V: AttrValue> AttrValue for Option<V> {
    const SHAPE: Shape = V::SHAPE;

    #[inline]
    fn attr(&self) -> Attr<'_> {
        self.as_ref().map_or(Attr::Unassigned, AttrValue::attr)
    }

    #[inline(always)]
    fn text(&self, below: Option<usize>) -> Option<Option<&str>> {
        self.as_ref().map_or(Some(None), |value| value.text(below))
    }
}

macro_rules! lists {
    ($([$($generic:tt)*] $type:ty),*) => { $(
        impl<V: AttrValue, $($generic)*> AttrValue for $type {
            const SHAPE: Shape = V::SHAPE;

            #[inline]
            fn attr(&self) -> Attr<'_> {
                Attr::Many(self)
            }
        }

        impl<V: AttrValue, $($generic)*> Elements for $type {
            fn count(&self) -> usize {
                self.len()
            }

            fn element(&self, at: usize) -> Attr<'_> {
                self.get(at).map_or(Attr::Unassigned, AttrValue::attr)
            }
        }
    )* };
}

lists!([] Vec<V>, [] &[V], [] Box<[V]>, [const N: usize] [V; N]);
