//! Filters made by programs: only well-formed trees, values escaped by printing.

use chrono::{DateTime, SecondsFormat, TimeZone};

use crate::ast::{AttrExp, AttrPath, AttrTest, CompValue, Draft, Filter};
use crate::error::{Error, ErrorKind, Part};
use crate::limits::Limits;
use crate::op::CompareOp;
use crate::options::{Options, STRICT};
use crate::parse::attr_path;
use crate::span::Span;

/// An attribute of a filter in the making; the name may have a schema URI and dots, as in a filter.
///
/// ```
/// use scim_query::attr;
///
/// let user = "a\" or id pr or userName eq \"b"; // a value is a value, whatever it holds
/// let filter = attr("userName").eq(user).and(attr("active").eq(true).or(attr("age").ge(18))).build()?;
/// assert_eq!(
///     filter.to_string(),
///     r#"userName eq "a\" or id pr or userName eq \"b" and (active eq true or age ge 18)"#
/// );
/// let filter = attr("emails").any(attr("type").eq("work").and(attr("value").ew("@example.com"))).build()?;
/// assert_eq!(filter.to_string(), r#"emails[type eq "work" and value ew "@example.com"]"#);
/// # Ok::<(), scim_query::Error>(())
/// ```
pub fn attr(name: impl Into<String>) -> AttrBuilder {
    let name = name.into();
    let parsed = attr_path(&name, &STRICT, Part::Filter).map(AttrPath::into_owned);
    AttrBuilder(parsed.map(|path| AttrPath { span: Span::default(), ..path }))
}

/// Made by [`attr`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AttrBuilder(Result<AttrPath<'static>, Error>);

macro_rules! comparisons {
    ($($method:ident $op:ident $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub fn $method(self, value: impl ToCompValue) -> FilterBuilder {
                self.compare(CompareOp::$op, value)
            }
        )*
    };
}

impl AttrBuilder {
    comparisons! {
        eq Eq "`eq`: some value equals. `None` is `null`: unassigned (S6).";
        ne Ne "`ne`: no value, or some value differs (S4).";
        co Co "`co`: some value contains the string.";
        sw Sw "`sw`: some value starts with the string.";
        ew Ew "`ew`: some value ends with the string.";
        gt Gt "`gt`: some value is greater.";
        ge Ge "`ge`: some value is greater or equal.";
        lt Lt "`lt`: some value is less.";
        le Le "`le`: some value is less or equal.";
    }

    /// The operator and the value.
    pub fn compare(self, op: CompareOp, value: impl ToCompValue) -> FilterBuilder {
        self.test(AttrTest::Compare(op, value.to_comp_value()))
    }

    /// `pr`: some value is not empty (S5).
    pub fn present(self) -> FilterBuilder {
        self.test(AttrTest::Present)
    }

    /// `name[...]`: one element satisfies all of the filter by itself (S7).
    pub fn any(self, filter: FilterBuilder) -> FilterBuilder {
        FilterBuilder(self.0.and_then(|path| {
            let draft = filter.0?;
            if draft.has_value_path() {
                return Err(Error::new(ErrorKind::ValuePathNested, Part::Filter, None, &path.to_string()));
            }
            Ok(draft.value_path(path))
        }))
    }

    fn test(self, test: AttrTest<'static>) -> FilterBuilder {
        FilterBuilder(
            self.0
                .map(|path| Draft::attr(AttrExp { path, test, op_span: Span::default(), value_span: Span::default() })),
        )
    }
}

/// A filter in the making. An error of any part, such as a name that is none, is kept until
/// [`build`](FilterBuilder::build).
///
/// Joining costs the size of the smaller side, and no depth of joining uses up the stack.
#[derive(Clone, Debug)]
#[must_use]
pub struct FilterBuilder(Result<Draft<'static>, Error>);

impl FilterBuilder {
    /// Both.
    pub fn and(self, other: FilterBuilder) -> FilterBuilder {
        FilterBuilder(self.0.and_then(|draft| Ok(draft.and(other.0?))))
    }

    /// Either.
    pub fn or(self, other: FilterBuilder) -> FilterBuilder {
        FilterBuilder(self.0.and_then(|draft| Ok(draft.or(other.0?))))
    }

    /// `not (...)`.
    #[allow(clippy::should_implement_trait)] // It stands in a chain with `and` and `or`.
    pub fn not(self) -> FilterBuilder {
        FilterBuilder(self.0.map(|draft| draft.not(Span::default())))
    }

    /// The filter.
    ///
    /// # Errors
    /// Where a name is none by the grammar, or a value path stands in another (G9). Limits are for
    /// [`Filter::check`] to apply.
    pub fn build(self) -> Result<Filter<'static>, Error> {
        let nodes = self.0?.finish();
        let built = Filter { text: "".into(), nodes, warnings: Vec::new() };
        let text = built.to_string();
        // The text parses to the same tree, now with places for errors of `check` to point at. A tree deeper than any
        // text may be has none; `check` refuses it as a whole.
        let any_size = Limits { text: usize::MAX, nesting: usize::MAX, comparisons: usize::MAX, ..Limits::DEFAULT };
        match Filter::parse_with(&text, &Options::default().with_limits(any_size)) {
            Ok(parsed) => Ok(parsed.into_owned()),
            Err(_) => Ok(Filter { text: text.into(), ..built }),
        }
    }
}

/// What can stand on the right of an operator.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use scim_query::attr;
///
/// let since = Utc.with_ymd_and_hms(2022, 5, 24, 14, 15, 22).unwrap();
/// let filter = attr("lastUpdated").gt(since).and(attr("level").le(3)).and(attr("owner").eq(None::<&str>)).build()?;
/// assert_eq!(filter.to_string(), r#"lastUpdated gt "2022-05-24T14:15:22Z" and level le 3 and owner eq null"#);
/// # Ok::<(), scim_query::Error>(())
/// ```
pub trait ToCompValue {
    /// As a value of a filter.
    fn to_comp_value(self) -> CompValue<'static>;
}

impl ToCompValue for CompValue<'_> {
    fn to_comp_value(self) -> CompValue<'static> {
        self.into_owned()
    }
}

impl ToCompValue for &str {
    fn to_comp_value(self) -> CompValue<'static> {
        CompValue::String(self.to_owned().into())
    }
}

impl ToCompValue for String {
    fn to_comp_value(self) -> CompValue<'static> {
        CompValue::String(self.into())
    }
}

impl ToCompValue for &String {
    fn to_comp_value(self) -> CompValue<'static> {
        self.as_str().to_comp_value()
    }
}

impl ToCompValue for bool {
    fn to_comp_value(self) -> CompValue<'static> {
        CompValue::Bool(self)
    }
}

/// `None` is `null`.
impl<T: ToCompValue> ToCompValue for Option<T> {
    fn to_comp_value(self) -> CompValue<'static> {
        self.map_or(CompValue::Null, T::to_comp_value)
    }
}

/// An RFC 3339 string, to the nanosecond.
impl<Tz: TimeZone> ToCompValue for DateTime<Tz> {
    fn to_comp_value(self) -> CompValue<'static> {
        CompValue::String(self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(
            impl ToCompValue for $integer {
                fn to_comp_value(self) -> CompValue<'static> {
                    CompValue::Number(self.to_string().into())
                }
            }
        )*
    };
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
