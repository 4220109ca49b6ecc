//! Whether a program's own options fit its schema: asked once, at start-up.

use crate::error::{BindError, Part};
use crate::options::{Options, STRICT};
use crate::parse::attr_path;
use crate::schema::Schema;

impl Options {
    /// Checks the alias table and the capabilities against a schema, so that a wrong name is found at start-up and not as a
    /// client's error.
    ///
    /// # Errors
    /// An alias of an attribute that the schema does not have, a capability for an attribute that it does not have by that
    /// full name.
    ///
    /// ```
    /// use scim_query::{Options, Schema};
    ///
    /// let options = Options::default().with_alias("email", "email.value");
    /// assert_eq!(
    ///     options.verify(&Schema::user()).unwrap_err().to_string(),
    ///     "the alias `email` is of `email.value`, which the schema does not have"
    /// );
    /// ```
    pub fn verify(&self, schema: &Schema) -> Result<(), BindError> {
        if schema.is_open() {
            return Ok(());
        }
        let find = |name: &str| {
            let path = attr_path(name, &STRICT, Part::Filter).ok()?;
            schema.find(path.uri(), path.dotted())
        };
        if let Some((alias, name)) = self.aliases.iter().find(|(_, name)| find(name).is_none()) {
            return Err(BindError::new(format!("the alias `{alias}` is of `{name}`, which the schema does not have")));
        }
        for name in self.capabilities.iter().flat_map(|capabilities| capabilities.attributes.iter().flatten()) {
            let full = find(name).map(|id| schema.attribute(id).full_name());
            if full.is_none_or(|full| !schema.same_name(full, name)) {
                let hint = full.map(|full| format!(", write `{full}`")).unwrap_or_default();
                return Err(BindError::new(format!(
                    "the capabilities name `{name}`, which the schema does not have{hint}"
                )));
            }
        }
        Ok(())
    }
}
