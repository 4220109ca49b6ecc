//! Okta's Access Requests API, `GET /governance/api/v2/requests`: the filter's names are aliases of places in the
//! resource, case-exact, and what may be filtered on is not what may be ordered by.

use std::sync::LazyLock;

use super::{AttributeDef, Schema, Type};
use crate::op::{CompareOp, OperatorSet};

/// The URI of the schema; the API has none of its own.
const URI: &str = "urn:okta:governance:access-requests:2.0:Request";

const STATUS: [&str; 7] = ["SUBMITTED", "REJECTED", "PENDING", "APPROVED", "DENIED", "CANCELED", "EXPIRED"];
const GRANT_STATUS: [&str; 4] = ["PENDING", "GRANTED", "FAILED", "MANUAL_REQUIRED"];
/// Every value that the API publishes for it, in the filter's, the response's and the prose's list.
const RESOURCE_TYPE: [&str; 7] = [
    "APPLICATION",
    "REQUEST_TYPE",
    "GROUP",
    "GOVERNANCE_LABEL_VALUE",
    "APP_SERVICE_ACCOUNT",
    "OKTA_SERVICE_ACCOUNT",
    "COLLECTION",
];
const ACCESS_SCOPE_TYPE: [&str; 4] = ["ENTITLEMENT_BUNDLE", "GROUP", "APPLICATION", "REQUEST_TYPE"];

impl Schema {
    /// Okta access requests, every filterable attribute with every operator of its type. Ordered by `created desc`
    /// unless a request says otherwise; `created`, `lastUpdated` and `id` can be ordered by.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = r#"requestedFor eq "00ub0oNGTSWTBKOLGLNR""#; // an alias of requestedFor.externalId
    /// let filter = Filter::parse(filter)?.check(&Schema::access_requests())?;
    /// assert!(filter.matches(&serde_json::json!({"requestedFor": {"externalId": "00ub0oNGTSWTBKOLGLNR"}})));
    /// # Ok::<(), scim_query::Error>(())
    /// ```
    pub fn access_requests() -> Schema {
        static OPEN: LazyLock<Schema> = LazyLock::new(|| build(false));
        OPEN.clone()
    }

    /// Okta access requests exactly as documented: `eq`, and `gt` for `lastUpdated`; ordered by `created` or
    /// `lastUpdated`.
    pub fn access_requests_documented() -> Schema {
        static DOCUMENTED: LazyLock<Schema> = LazyLock::new(|| build(true));
        DOCUMENTED.clone()
    }
}

fn build(documented: bool) -> Schema {
    let operators = |op: CompareOp| if documented { OperatorSet::of([op.into()]) } else { OperatorSet::ALL };
    let text = |name: &str| {
        AttributeDef::new(name, Type::String).case_exact().operators(operators(CompareOp::Eq)).not_sortable()
    };
    // Part of a request, neither filtered on nor ordered by.
    let shown = |name: &str, ty| AttributeDef::new(name, ty).case_exact().not_filterable().not_sortable();
    let id = AttributeDef::new("id", Type::String).case_exact().not_filterable();
    let schema = Schema::builder(URI)
        .case_exact_names()
        .attribute(text("status").canonical_values(STATUS))
        .attribute(text("grantStatus").canonical_values(GRANT_STATUS))
        .attribute(AttributeDef::new("lastUpdated", Type::DateTime).operators(operators(CompareOp::Gt)))
        .attribute(text("requestedFor").at(["requestedFor", "externalId"]))
        .attribute(text("resourceId").at(["requested", "resourceId"]))
        .attribute(text("resourceType").at(["requested", "resourceType"]).canonical_values(RESOURCE_TYPE))
        .attribute(text("accessScopeId").at(["requested", "accessScopeId"]))
        .attribute(text("accessScopeType").at(["requested", "accessScopeType"]).canonical_values(ACCESS_SCOPE_TYPE))
        .attribute(AttributeDef::new("created", Type::DateTime).not_filterable())
        .attribute(if documented { id.not_sortable() } else { id })
        .attribute(shown("createdBy", Type::String))
        .attribute(shown("lastUpdatedBy", Type::String))
        .attribute(shown("resolved", Type::DateTime))
        .attribute(shown("granted", Type::DateTime))
        .attribute(shown("revocationStatus", Type::String))
        .attribute(shown("revoked", Type::DateTime))
        .default_order("created desc")
        .build();
    // A test builds both; a schema without attributes would refuse every filter.
    schema.unwrap_or_else(|_| Schema::open_to_nothing())
}
