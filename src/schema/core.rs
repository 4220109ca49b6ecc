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
    /// User with EnterpriseUser as its extension (RFC 7643 sections 4.1 and 4.3).
    pub fn user() -> Schema {
        static USER: LazyLock<Schema> =
            LazyLock::new(|| bundled(&[include_str!("user.json"), include_str!("enterprise-user.json")]));
        USER.clone()
    }

    /// Group (RFC 7643 section 4.2).
    pub fn group() -> Schema {
        static GROUP: LazyLock<Schema> = LazyLock::new(|| bundled(&[include_str!("group.json")]));
        GROUP.clone()
    }

    /// The schema documents of this crate (User, Group, EnterpriseUser) as JSON texts, to build on: the first two are
    /// core schemas, the third is User's extension.
    pub fn documents() -> [&'static str; 3] {
        [include_str!("user.json"), include_str!("group.json"), include_str!("enterprise-user.json")]
    }

    /// A schema without attributes: everything is unknown. What stands in for a bundled document that could not be
    /// read, which a test excludes.
    pub(super) fn open_to_nothing() -> Schema {
        Schema::builder("").build().unwrap_or_else(|_| Schema::open())
    }
}
