//! The caps on text that strangers send (L1).

/// Caps on the texts of a request. Time and memory are linear in the text, so a cap bounds both.
///
/// ```
/// use scim_query::{Filter, Limits, Options};
///
/// let options = Options::default().with_limits(Limits { comparisons: 2, ..Limits::default() });
/// assert!(Filter::parse_with("a pr and b pr", &options).is_ok());
/// let error = Filter::parse_with("a pr and b pr and c pr", &options).unwrap_err();
/// assert_eq!(error.code(), "too_many_comparisons");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest filter, path, ordering or attribute list, in bytes of its decoded text. Default 8192.
    pub text: usize,
    /// How many parentheses and brackets may be open at once, and how many dotted parts a name may have. Default 64; more
    /// than [`Limits::MAX_NESTING`] is read as that: parsing, checking, running, printing and dropping then fit a thread of
    /// 256 KiB in a build without optimisation, and rewriting and analysis fit Rust's default of 2 MiB.
    pub nesting: usize,
    /// How many comparisons (`pr` included) a filter may have. Default 256.
    pub comparisons: usize,
    /// How many keys an ordering may have, tie-breakers apart. Default 8.
    pub sort_keys: usize,
    /// The longest cursor, in bytes. Default 1024.
    pub cursor: usize,
}

impl Limits {
    /// The deepest nesting that can be asked for.
    pub const MAX_NESTING: usize = 64;

    /// The defaults, in one place.
    pub const DEFAULT: Limits = Limits { text: 8192, nesting: 64, comparisons: 256, sort_keys: 8, cursor: 1024 };

    pub(crate) fn nesting_cap(&self) -> usize {
        self.nesting.min(Limits::MAX_NESTING)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
