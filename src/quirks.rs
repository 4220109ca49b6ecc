//! The lenient quirks (docs/semantics.md, Q1 to Q10): what a client of some product sends that the RFC refuses.

use std::fmt;

/// One lenient reading. Each is off unless asked for, and each use is reported as a warning. The law: a text that is
/// accepted without a quirk keeps its meaning under every quirk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quirk {
    /// `emails[type eq "work"].value eq "x"` and `emails[type eq "work"] eq "x"`.
    Q1,
    /// A bare word as a value: `userName eq bob`.
    Q2,
    /// `'single quotes'`, and a backslash that starts no JSON escape.
    Q3,
    /// A number, `true` or `false` where a string is declared.
    Q4,
    /// `"True"`, `"false"` and `True` where a boolean is declared.
    Q5,
    /// A dateTime without an offset where one is declared, read as UTC. (Under the open schema it is a string.)
    Q6,
    /// Tabs and newlines between tokens; a doubled `filter=`; an empty `filter=` or `count=`; `sortOrder=desc`.
    Q7,
    /// A host's table of aliases, [`Options::with_alias`](crate::Options::with_alias).
    Q8,
    /// `not x eq 1` without parentheses.
    Q9,
    /// A bare singular complex attribute in a comparison stands for its `value`.
    Q10,
}

impl Quirk {
    /// All of them.
    pub const ALL: [Quirk; 10] =
        [Quirk::Q1, Quirk::Q2, Quirk::Q3, Quirk::Q4, Quirk::Q5, Quirk::Q6, Quirk::Q7, Quirk::Q8, Quirk::Q9, Quirk::Q10];

    /// What the client wrote, in words, for a warning.
    pub fn describe(self) -> &'static str {
        match self {
            Quirk::Q1 => "text after a value path's bracket, read as part of its filter",
            Quirk::Q2 => "a value without quotes, read as a string",
            Quirk::Q3 => "a string that is not JSON, read literally",
            Quirk::Q4 => "a number or boolean where a string is declared, read as its text",
            Quirk::Q5 => "a string where a boolean is declared, read as the boolean",
            Quirk::Q6 => "a dateTime without an offset, read as UTC",
            Quirk::Q7 => "a spelling of the parameter that the RFC does not know",
            Quirk::Q8 => "an alias of an attribute",
            Quirk::Q9 => "`not` without parentheses",
            Quirk::Q10 => "a complex attribute, read as its `value`",
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A set of quirks. Empty by default: strict.
///
/// ```
/// use scim_query::{Filter, Options, Quirk, Quirks};
///
/// assert!(Filter::parse("userName eq bob").is_err());
/// let lenient = Options::default().with_quirks(Quirks::ENTRA);
/// let filter = Filter::parse_with("userName eq bob", &lenient)?;
/// assert_eq!(filter, Filter::parse(r#"userName eq "bob""#)?);
/// assert_eq!(filter.warnings()[0].to_string(), "a value without quotes, read as a string (Q2) at 12..15");
/// assert_eq!("entra".parse(), Ok(Quirks::ENTRA));
/// assert_eq!("Q1,Q5".parse(), Ok(Quirks::of([Quirk::Q1, Quirk::Q5])));
/// # Ok::<(), scim_query::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u16);

impl Quirks {
    /// None: strict.
    pub const NONE: Quirks = Quirks(0);
    /// All of them.
    pub const ALL: Quirks = Quirks((1 << 10) - 1);
    /// What Microsoft Entra ID sends: Q1 Q2 Q5 Q7 Q10.
    pub const ENTRA: Quirks =
        Quirks(bit(Quirk::Q1) | bit(Quirk::Q2) | bit(Quirk::Q5) | bit(Quirk::Q7) | bit(Quirk::Q10));
    /// What Okta sends: Q6 Q7.
    pub const OKTA: Quirks = Quirks(bit(Quirk::Q6) | bit(Quirk::Q7));

    /// The set of these.
    pub fn of(quirks: impl IntoIterator<Item = Quirk>) -> Quirks {
        Quirks(quirks.into_iter().fold(0, |set, quirk| set | bit(quirk)))
    }

    /// Whether it holds the quirk.
    pub fn has(self, quirk: Quirk) -> bool {
        self.0 & bit(quirk) != 0
    }

    /// What either set holds.
    pub fn or(self, other: Quirks) -> Quirks {
        Quirks(self.0 | other.0)
    }
}

const fn bit(quirk: Quirk) -> u16 {
    1 << quirk as u16
}

impl std::str::FromStr for Quirks {
    type Err = String;

    /// Ids and presets (`entra`, `okta`, `all`) in any case, separated by commas.
    fn from_str(text: &str) -> Result<Quirks, String> {
        text.split(',').map(str::trim).try_fold(Quirks::NONE, |set, word| {
            let one = match word.to_ascii_lowercase().as_str() {
                "entra" => Quirks::ENTRA,
                "okta" => Quirks::OKTA,
                "all" => Quirks::ALL,
                lower => Quirk::ALL
                    .into_iter()
                    .find(|quirk| quirk.to_string().eq_ignore_ascii_case(lower))
                    .map(|quirk| Quirks::of([quirk]))
                    .ok_or_else(|| format!("`{word}` is not a quirk: write Q1 to Q10, entra, okta or all"))?,
            };
            Ok(set.or(one))
        })
    }
}
