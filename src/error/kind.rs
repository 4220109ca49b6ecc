//! Every way in which a query can be wrong: its stable code, its sentence, the way out.

use super::found::{Found, Name};
use super::snippet;
use crate::op::{CompareOp, OperatorSet};
use crate::span::Span;

macro_rules! kinds {
    ($($(#[$doc:meta])* $code:literal $variant:ident $({ $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? })?,)*) => {
        /// What is wrong with a query. [`ErrorKind::code`] is stable; the sentences may improve.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* #[doc = concat!("\n\nCode `", $code, "`.")] $variant $({ $($(#[$field_doc])* $field: $ty),* })?,)*
        }

        impl ErrorKind {
            /// Every code, in the order of the variants.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// A stable name of the kind, for programs and metrics.
            pub fn code(&self) -> &'static str {
                match self {
                    $(ErrorKind::$variant { .. } => $code,)*
                }
            }
        }
    };
}

kinds! {
    /// The text is longer than [`Limits::text`](crate::Limits::text).
    "text_too_long" TextTooLong { /// The most bytes.
        limit: usize },
    /// More parentheses and brackets are open at once than [`Limits::nesting`](crate::Limits::nesting).
    "too_deep" TooDeep { /// The most levels.
        limit: usize },
    /// The filter has more comparisons than [`Limits::comparisons`](crate::Limits::comparisons).
    "too_many_comparisons" TooManyComparisons { /// The most comparisons.
        limit: usize },
    /// The filter is empty or blank (G10).
    "filter_empty" FilterEmpty,
    /// The text begins with `filter=` (lenient: Q7).
    "prefix_doubled" PrefixDoubled,
    /// No attribute name where one is needed.
    "attribute_expected" AttributeExpected { /// What stands there.
        found: Found },
    /// An attribute name with a character that names do not have (G4).
    "name_invalid" NameInvalid,
    /// A prefix before a colon that is no absolute URI (G5).
    "schema_uri_invalid" SchemaUriInvalid,
    /// An attribute without an operator.
    "operator_expected" OperatorExpected { /// What stands there.
        found: Found },
    /// A word or sign that is no operator of SCIM.
    "operator_unknown" OperatorUnknown { /// What was written.
        found: Name, /// What to write.
        instead: Option<&'static str> },
    /// No space where one is required (G2).
    "space_expected" SpaceExpected { /// After what.
        after: &'static str },
    /// White space other than U+0020 between tokens (G2; lenient for tabs and newlines: Q7).
    "white_space_invalid" WhiteSpaceInvalid,
    /// An operator without a value.
    "value_expected" ValueExpected { /// What stands there.
        found: Found },
    /// A value without quotes (lenient: Q2).
    "value_unquoted" ValueUnquoted,
    /// A value in single quotes (lenient: Q3).
    "value_single_quoted" ValueSingleQuoted,
    /// `True`, `NULL` and the like (G1).
    "literal_case" LiteralCase { /// The right spelling.
        instead: &'static str },
    /// A number that JSON does not know (G7).
    "number_invalid" NumberInvalid,
    /// A string without its closing quote.
    "string_unclosed" StringUnclosed,
    /// A backslash that starts no JSON escape (G6; lenient: Q3).
    "escape_invalid" EscapeInvalid,
    /// Half of a surrogate pair (G6).
    "surrogate_lone" SurrogateLone,
    /// A raw control character in a string (G6).
    "control_character" ControlCharacter,
    /// `not` without parentheses (G3; lenient: Q9).
    "not_without_parentheses" NotWithoutParentheses,
    /// A parenthesis or bracket that is never closed; the place is the one that is open.
    "unclosed" Unclosed { /// `(` or `[`.
        open: char },
    /// A parenthesis or bracket that closes nothing.
    "close_unexpected" CloseUnexpected { /// `)` or `]`.
        close: char },
    /// `()` or `[]`.
    "group_empty" GroupEmpty,
    /// A value path inside a value path (G9).
    "value_path_nested" ValuePathNested,
    /// A sub-attribute or an operator after `]` (G9; lenient: Q1).
    "value_path_trailing" ValuePathTrailing,
    /// `and` or `or` without a right side.
    "right_side_missing" RightSideMissing { /// `and` or `or`.
        connective: &'static str },
    /// `and` or `or` without a left side.
    "left_side_missing" LeftSideMissing { /// `and` or `or`.
        connective: &'static str },
    /// Text after a complete expression that is neither `and` nor `or`.
    "connective_expected" ConnectiveExpected { /// What stands there.
        found: Found },
    /// The PATCH path is empty.
    "path_empty" PathEmpty,
    /// A space outside the brackets of a PATCH path (G9).
    "path_space" PathSpace,
    /// Text after a complete PATCH path, or a comparison where a path belongs.
    "path_trailing" PathTrailing { /// What stands there.
        found: Found },
    /// The ordering, or one key of it, is empty.
    "order_empty" OrderEmpty,
    /// A direction that is none of `asc desc ascending descending` (O1).
    "direction_unknown" DirectionUnknown { /// What was written.
        found: Name },
    /// Something else than a comma between two sort keys.
    "comma_expected" CommaExpected { /// What stands there.
        found: Found },
    /// More sort keys than [`Limits::sort_keys`](crate::Limits::sort_keys).
    "too_many_sort_keys" TooManySortKeys { /// The most keys.
        limit: usize },
    /// The same attribute twice in one ordering (O1).
    "sort_key_repeated" SortKeyRepeated { /// The attribute.
        name: Name },
    /// More than one attribute in `sortBy` (O1).
    "sort_by_trailing" SortByTrailing,
    /// `sortOrder` is neither `ascending` nor `descending` (O1; lenient: Q7).
    "sort_order_unknown" SortOrderUnknown { /// What was written.
        found: Name },
    /// The schema has no such attribute (S15).
    "attribute_unknown" AttributeUnknown { /// The attribute.
        name: Name, /// The nearest name that may be used.
        nearest: Option<Box<str>> },
    /// A schema's URI where an attribute is needed: a schema has no value of its own (G5).
    "schema_uri_alone" SchemaUriAlone { /// The URI.
        name: Name, /// One of its attributes that may be used.
        instead: Option<Box<str>> },
    /// Several extensions have an attribute of this short name (S17).
    "attribute_ambiguous" AttributeAmbiguous { /// The attribute.
        name: Name, /// The full names to choose from.
        candidates: Box<[Box<str>]> },
    /// The schema, or the caller's capabilities, do not let this attribute be filtered on (S15, S16).
    "attribute_not_filterable" AttributeNotFilterable { /// The attribute.
        name: Name },
    /// The schema does not let this attribute be sorted by (S16, O1).
    "attribute_not_sortable" AttributeNotSortable { /// The attribute.
        name: Name },
    /// The attribute does not have this operator (S11, S12, S15).
    "operator_not_allowed" OperatorNotAllowed { /// The operator.
        op: &'static str, /// The attribute.
        name: Name, /// The operators that it has.
        allowed: OperatorSet },
    /// A complex attribute where a simple value is needed (S8; lenient: Q10).
    "sub_attribute_needed" SubAttributeNeeded { /// The attribute.
        name: Name, /// One to write instead.
        instead: Option<Box<str>> },
    /// Brackets after an attribute that has no sub-attributes (S7).
    "value_path_on_simple" ValuePathOnSimple { /// The attribute.
        name: Name },
    /// `null` with another operator than `eq` and `ne` (S6).
    "null_not_allowed" NullNotAllowed { /// The operator.
        op: CompareOp },
    /// A literal of another kind than the attribute's type (S14; lenient: Q4, Q5).
    "kind_mismatch" KindMismatch { /// What the attribute's type needs.
        expected: &'static str, /// What was written.
        found: &'static str },
    /// A string that is no dateTime where one is declared (S10; lenient: Q6).
    "date_time_invalid" DateTimeInvalid { /// What is wrong with it.
        reason: &'static str },
    /// A value outside the attribute's `canonicalValues`, refused on demand (S14).
    "value_not_canonical" ValueNotCanonical { /// The values that the schema lists.
        allowed: Box<[Box<str>]> },
    /// The caller's capabilities do not have this operator (S16).
    "operator_denied" OperatorDenied { /// The operator.
        op: &'static str, /// The operators that it may use.
        allowed: OperatorSet },
    /// The caller's capabilities do not have this: `and`, `or`, `not` or a value path (S16).
    "form_denied" FormDenied { /// What was written.
        form: &'static str },
    /// The database's mapping says nothing of this attribute (D8).
    "attribute_unmapped" AttributeUnmapped { /// The attribute's full name.
        name: Name },
    /// In SQL, the query has more parameters than the database takes in one statement (D7).
    "sql_too_many_params" SqlTooManyParams { /// The most parameters.
        limit: usize },
    /// In SQL, the query has more nested parentheses than the database takes (D7).
    "sql_too_deep" SqlTooDeep { /// The most that are open at once.
        limit: usize },
    /// The query was checked against another schema than the database's mapping is of. The program's mistake.
    "schema_differs" SchemaDiffers,
    /// The schema is for filters alone: it has no tie-breaker, so its resources have no order (O5).
    "tie_breaker_missing" TieBreakerMissing,
    /// A parameter that was given twice.
    "parameter_repeated" ParameterRepeated,
    /// A parameter that this kind of list request does not have: given by a program, or refused because it looks like one
    /// that it has ([`Options::with_strict_parameters`](crate::Options::with_strict_parameters)).
    "parameter_unknown" ParameterUnknown { /// What was written.
        name: Name, /// What it looks like.
        meant: Option<&'static str> },
    /// A `%` that is not followed by two hexadecimal digits.
    "percent_invalid" PercentInvalid,
    /// Bytes that are not UTF-8.
    "utf8_invalid" Utf8Invalid,
    /// A value that is no integer (O8).
    "integer_invalid" IntegerInvalid,
    /// An integer outside the range of the parameter (O8).
    "out_of_range" OutOfRange { /// The least.
        min: usize, /// The most.
        max: usize },
    /// A bad `count` beside a `cursor` (RFC 9865).
    "count_invalid" CountInvalid,
    /// `cursor` together with `startIndex` (RFC 9865).
    "cursor_with_index" CursorWithIndex,
    /// `attributes` together with `excludedAttributes` (RFC 7644 section 3.4.2.5).
    "attributes_with_excluded" AttributesWithExcluded,
    /// The body is no SearchRequest (RFC 7644 section 3.4.3).
    "body_invalid" BodyInvalid { /// What is wrong, without the body's text.
        reason: Box<str> },
    /// `after` without a value.
    "after_empty" AfterEmpty,
    /// No resource has the id that the cursor names (O7).
    "record_unknown" RecordUnknown,
    /// Several resources have the id that the cursor names (O5).
    "record_repeated" RecordRepeated,
    /// A cursor that this query did not make (O7).
    "cursor_invalid" CursorInvalid { /// Why.
        reason: &'static str },
    /// A cursor older than the age limit (O7, RFC 9865).
    "cursor_expired" CursorExpired,
}

impl ErrorKind {
    /// One sentence: what is wrong or expected, where (`span`), what was found, and the way out. `quoted` is the text at
    /// the place, when it may be repeated.
    pub(super) fn sentence(&self, span: Option<Span>, quoted: Option<&str>) -> String {
        let mut sentence = self.what();
        if let Some(span) = span {
            sentence.push_str(&format!(" at {span}"));
        }
        if let Some(found) = self.found() {
            sentence.push_str(&format!(", found {found}"));
        }
        // What cannot be shown as it is cannot be told as what to write.
        let quotable = |text: &&str| text.chars().count() <= 80 && text.chars().all(snippet::is_visible);
        if let Some(way_out) = self.way_out(quoted.filter(quotable)) {
            sentence.push_str(&format!(": {way_out}"));
        }
        sentence
    }

    fn what(&self) -> String {
        use ErrorKind::*;
        match self {
            TextTooLong { limit } => format!("the text is longer than {limit} bytes"),
            TooDeep { limit } => format!("more than {limit} parentheses and brackets are open at once"),
            TooManyComparisons { limit } => format!("the filter has more than {limit} comparisons"),
            FilterEmpty => "the filter is empty".into(),
            PrefixDoubled => "the filter begins with `filter=`".into(),
            AttributeExpected { .. } => "expected an attribute name".into(),
            NameInvalid => "expected an attribute name: an ASCII letter, then letters, digits, `-` and `_`".into(),
            SchemaUriInvalid => "expected an absolute URI before the attribute's colon".into(),
            OperatorExpected { .. } => "expected an operator after the attribute".into(),
            OperatorUnknown { found, .. } => format!("unknown operator{found}"),
            SpaceExpected { after } => format!("expected a space after {after}"),
            WhiteSpaceInvalid => "white space of another kind where a space is needed".into(),
            ValueExpected { .. } => "expected a value after the operator".into(),
            ValueUnquoted => "expected a string in double quotes".into(),
            ValueSingleQuoted => "expected a string in double quotes".into(),
            LiteralCase { .. } => "expected `true`, `false` or `null` in lower case".into(),
            NumberInvalid => "expected a number as in JSON".into(),
            StringUnclosed => "the string is not closed".into(),
            EscapeInvalid => "expected a JSON escape after the backslash".into(),
            SurrogateLone => "half of a surrogate pair".into(),
            ControlCharacter => "a raw control character in a string".into(),
            NotWithoutParentheses => "missing parenthesis after `not`".into(),
            Unclosed { open } => format!("`{open}` is never closed"),
            CloseUnexpected { close } => format!("`{close}` closes nothing"),
            GroupEmpty => "expected a filter between the brackets".into(),
            ValuePathNested => "a value path inside a value path".into(),
            ValuePathTrailing => "nothing may follow `]` but `and`, `or` and `)`".into(),
            RightSideMissing { connective } => format!("`{connective}` without a right side"),
            LeftSideMissing { connective } => format!("`{connective}` without a left side"),
            ConnectiveExpected { .. } => "expected `and`, `or` or the end of the filter".into(),
            PathEmpty => "the path is empty".into(),
            PathSpace => "a path has no spaces outside its brackets".into(),
            PathTrailing { .. } => "expected the end of the path".into(),
            OrderEmpty => "expected an attribute to order by".into(),
            DirectionUnknown { found } => format!("unknown direction{found}"),
            CommaExpected { .. } => "expected a comma or the end of the ordering".into(),
            TooManySortKeys { limit } => format!("the ordering has more than {limit} keys"),
            SortKeyRepeated { name } => format!("the attribute{name} is ordered by twice"),
            SortByTrailing => "`sortBy` takes one attribute".into(),
            SortOrderUnknown { found } => format!("unknown sort order{found}"),
            AttributeUnknown { name, .. } => format!("unknown attribute{name}"),
            SchemaUriAlone { name, .. } => format!("the URI{name} is a schema's, and no attribute"),
            AttributeAmbiguous { name, .. } => format!("several extensions have an attribute{name}"),
            AttributeNotFilterable { name } => format!("the attribute{name} cannot be filtered on"),
            AttributeNotSortable { name } => format!("the attribute{name} cannot be ordered by"),
            OperatorNotAllowed { op, name, .. } => format!("the attribute{name} does not have the operator `{op}`"),
            SubAttributeNeeded { name, .. } => format!("the attribute{name} is complex and stands for no single value"),
            ValuePathOnSimple { name } => format!("the attribute{name} has no sub-attributes"),
            NullNotAllowed { op } => format!("`null` cannot be compared by `{op}`"),
            KindMismatch { expected, .. } => format!("expected {expected}"),
            DateTimeInvalid { reason } => format!("expected a dateTime: {reason}"),
            ValueNotCanonical { .. } => "expected one of the attribute's canonical values".into(),
            OperatorDenied { op, .. } => format!("the operator `{op}` is not supported here"),
            FormDenied { form } => format!("{form} is not supported here"),
            AttributeUnmapped { name } => format!("the attribute{name} cannot be used in the database"),
            SqlTooManyParams { limit } => {
                format!("the query takes more than the {limit} values that the database allows")
            }
            SqlTooDeep { limit } => {
                format!("in SQL the query is nested deeper than the {limit} levels that the database allows")
            }
            TieBreakerMissing => "the schema has no attribute that tells any two resources apart".into(),
            SchemaDiffers => "the query was checked against another schema than the columns are of".into(),
            ParameterRepeated => "the parameter is given twice".into(),
            ParameterUnknown { name, .. } => format!("the list request does not have the parameter{name}"),
            PercentInvalid => "expected two hexadecimal digits after `%`".into(),
            Utf8Invalid => "the text is not UTF-8".into(),
            IntegerInvalid => "expected an integer".into(),
            OutOfRange { min, max } => format!("expected an integer from {min} to {max}"),
            CountInvalid => "expected an integer as the count beside a cursor".into(),
            CursorWithIndex => "`cursor` and `startIndex` exclude each other".into(),
            AttributesWithExcluded => "`attributes` and `excludedAttributes` exclude each other".into(),
            BodyInvalid { reason } => format!("the body is no SearchRequest: {reason}"),
            AfterEmpty => "`after` has no value".into(),
            RecordUnknown => "no resource has the id that the cursor names".into(),
            RecordRepeated => "several resources have the id that the cursor names".into(),
            CursorInvalid { reason } => format!("the cursor is refused: {reason}"),
            CursorExpired => "the cursor is too old".into(),
        }
    }

    fn found(&self) -> Option<String> {
        use ErrorKind::*;
        match self {
            AttributeExpected { found }
            | OperatorExpected { found }
            | ValueExpected { found }
            | ConnectiveExpected { found }
            | PathTrailing { found }
            | CommaExpected { found } => Some(found.to_string()),
            ValueUnquoted => Some("a bare word".into()),
            ValueSingleQuoted => Some("single quotes".into()),
            KindMismatch { found, .. } => Some((*found).into()),
            _ => None,
        }
    }
}
