//! The schemas of RFC 7643, read from their documents with the published errata applied (section 8.7.1; errata 5368,
//! 8472, and case-exact references and binary values by sections 2.3.6 and 2.3.7).

use std::sync::LazyLock;

use serde_json::Value;

use super::Schema;

/// The documents are part of the crate; a test loads each.
fn bundled(documents: &[&str]) -> Schema {
    let documents: Vec<Value> = documents.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    Schema::from_json(&documents).unwrap_or_else(|_| Schema::open_to_nothing())
}

impl Schema {
    /// User with EnterpriseUser as its extension (RFC 7643 sections 4.1 and 4.3), as section 8.7.1 has them with the published
    /// errata. By these (5368, 8472) and by sections 2.3.6 and 2.3.7 ids of other resources, references and binary values are
    /// case-exact: `profileUrl`, `photos.value`, `groups.value`, `x509Certificates.value` and `manager.value`, besides the
    /// common `id`, `externalId` and `meta`.
    pub fn user() -> Schema {
        static USER: LazyLock<Schema> =
            LazyLock::new(|| bundled(&[include_str!("user.json"), include_str!("enterprise-user.json")]));
        USER.clone()
    }

    /// Group (RFC 7643 section 4.2), likewise: `members.value` is case-exact.
    pub fn group() -> Schema {
        static GROUP: LazyLock<Schema> = LazyLock::new(|| bundled(&[include_str!("group.json")]));
        GROUP.clone()
    }

    /// The schema documents of this crate (User, Group, EnterpriseUser) as JSON texts, to build on: the first two are
    /// core schemas, the third is User's extension.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    /// use serde_json::{Value, json};
    ///
    /// let [user, _, enterprise] = Schema::documents();
    /// let [user, enterprise]: [Value; 2] = [serde_json::from_str(user)?, serde_json::from_str(enterprise)?];
    /// let badge = json!({"name": "badge", "type": "string", "caseExact": true});
    /// let own = json!({"id": "urn:example:2.0:User", "name": "Badges", "attributes": [badge]});
    /// let schema = Schema::from_json(&[user, enterprise, own])?;
    /// let filter = Filter::parse(r#"urn:example:2.0:User:badge eq "B7" and department pr"#)?.check(&schema)?;
    /// let person = json!({
    ///     "urn:example:2.0:User": {"badge": "B7"},
    ///     "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
    /// });
    /// assert!(filter.matches(&person));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn documents() -> [&'static str; 3] {
        [include_str!("user.json"), include_str!("group.json"), include_str!("enterprise-user.json")]
    }

    /// A schema without attributes: everything is unknown. What stands in for a bundled document that could not be
    /// read, which a test excludes.
    pub(super) fn open_to_nothing() -> Schema {
        Schema::builder("").build().unwrap_or_else(|_| Schema::open())
    }
}
