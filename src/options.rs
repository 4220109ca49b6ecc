//! What a caller may choose: limits, quirks, aliases.

use crate::capabilities::Capabilities;
use crate::limits::Limits;
use crate::quirks::Quirks;

/// How texts are read and checked. The default is strict, with the default [`Limits`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Caps on texts.
    pub limits: Limits,
    /// Lenient readings; none by default.
    pub quirks: Quirks,
    /// Whether a literal outside an attribute's `canonicalValues` is refused instead of warned about (S14).
    pub strict_values: bool,
    /// Whether a parameter that looks like a known one, as in [`WarningKind::ParameterLooksLike`](crate::WarningKind), is
    /// refused instead of warned about.
    pub strict_parameters: bool,
    /// A host's table of other names for attributes, with the names that they stand for (Q8). Used only for names that
    /// the schema does not have, and only when the quirk is on.
    pub aliases: Vec<(String, String)>,
    /// What this caller may ask for, if that is less than the schema allows (S16).
    pub capabilities: Option<Capabilities>,
}

/// The default, made once: nothing of it is made or dropped for each text.
pub(crate) static STRICT: Options = Options {
    limits: Limits::DEFAULT,
    quirks: Quirks::NONE,
    strict_values: false,
    strict_parameters: false,
    aliases: Vec::new(),
    capabilities: None,
};

impl Options {
    /// With these limits.
    pub fn with_limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }

    /// With these quirks, and no others.
    pub fn with_quirks(mut self, quirks: Quirks) -> Options {
        self.quirks = quirks;
        self
    }

    /// With literals outside `canonicalValues` refused.
    pub fn with_strict_values(mut self) -> Options {
        self.strict_values = true;
        self
    }

    /// With parameters refused that look like one that the list request has, and are none: `Filter=..`, `fliter=..`, in SCIM's
    /// profile `orderBy=..`. Without this they have a warning and no effect, since RFC 7644 section 3.4.2 wants unknown
    /// parameters ignored; but who wrote `Filter` for `filter` would get everything. Parameters of your own stay allowed: none
    /// that is called otherwise is refused. To refuse all, look at [`ListQuery::unknown`](crate::ListQuery::unknown).
    ///
    /// ```
    /// use scim_query::{ListQuery, Options, Profile, Schema};
    ///
    /// let query = ListQuery::parse("Filter=title%20pr&tenant=7", &Profile::scim())?;
    /// assert!(query.check(&Schema::user())?.filter().is_everything());
    /// let error = query.check_with(&Schema::user(), &Options::default().with_strict_parameters()).unwrap_err();
    /// assert_eq!(error.to_string(), "the list request does not have the parameter `Filter`: did you mean `filter`?");
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn with_strict_parameters(mut self) -> Options {
        self.strict_parameters = true;
        self
    }

    /// With one more alias, and the quirk Q8 on: `with_alias("email", "emails")`.
    ///
    /// ```
    /// use scim_query::{Filter, Options, Schema};
    ///
    /// let options = Options::default().with_alias("email", "emails").with_alias("name.family", "name.familyName");
    /// let filter = Filter::parse_with(r#"email co "example""#, &options)?.check_with(&Schema::user(), &options)?;
    /// assert_eq!(filter, Filter::parse(r#"emails co "example""#)?.check(&Schema::user())?);
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn with_alias(mut self, alias: impl Into<String>, attribute: impl Into<String>) -> Options {
        self.aliases.push((alias.into(), attribute.into()));
        self.quirks = self.quirks.or(Quirks::of([crate::quirks::Quirk::Q8]));
        self
    }

    /// With these capabilities.
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Options {
        self.capabilities = Some(capabilities);
        self
    }
}
