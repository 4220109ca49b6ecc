//! The schemas that filters are checked against.

use std::sync::LazyLock;

use scim_query::Schema;
use serde_json::Value;

use super::people;

/// The documents of the tests, each with every type in some place.
const TEST_USER: &str = include_str!("../../../tests/schemas/test-user.json");
const ENTERPRISE_USER: &str = include_str!("../../../tests/schemas/enterprise-user.json");
const WIDGETS: [&str; 3] = [
    include_str!("../../../tests/schemas/widget.json"),
    include_str!("../../../tests/schemas/widget-a.json"),
    include_str!("../../../tests/schemas/widget-b.json"),
];

/// A schema's document.
pub fn document(text: &str) -> Value {
    serde_json::from_str(text).expect("a document of the tests")
}

/// The document of the tests that a filter about users needs.
pub fn test_user() -> Value {
    document(TEST_USER)
}

static ALL: LazyLock<[Schema; 5]> = LazyLock::new(|| {
    let user = [TEST_USER, ENTERPRISE_USER].map(document);
    [
        Schema::open(),
        Schema::from_json(&user).expect("users"),
        Schema::access_requests(),
        people::schema(),
        Schema::from_json(&WIDGETS.map(document)).expect("widgets"),
    ]
});

/// All of them; the first one is open.
pub fn all() -> &'static [Schema] {
    &*ALL
}

/// Those that declare something.
pub fn declared() -> &'static [Schema] {
    &ALL[1..]
}
