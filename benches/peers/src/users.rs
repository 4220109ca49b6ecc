//! Made-up users, for the filter that is about users.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::record::MANY;

pub static USERS: LazyLock<Vec<Value>> = LazyLock::new(|| (0..MANY).map(user).collect());

/// The number scattered, so that what a user has does not repeat in step with anything else.
fn scattered(at: usize) -> u64 {
    (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 16
}

fn user(at: usize) -> Value {
    let chance = scattered(at);
    let name = format!("{}user{at}", ["a", "Anna.", "b", "charles", "D.", "e"][(chance % 6) as usize]);
    let mut emails = Vec::new();
    let hosts = ["example.com", "example.org", "EXAMPLE.com", "mail.example.net"];
    for (shift, kind) in [(8, "work"), (16, "home"), (24, "Work")] {
        if chance >> shift & 3 > 0 {
            let host = hosts[(chance >> (shift + 2) & 3) as usize];
            emails.push(json!({"value": format!("{name}@{host}"), "type": kind, "primary": emails.is_empty()}));
        }
    }
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": format!("{chance:016x}"),
        "userName": name,
        "name": {"familyName": "Jensen", "givenName": "Barbara"},
        "active": chance >> 32 & 1 == 1,
        "emails": emails,
        "meta": {"resourceType": "User", "created": "2022-05-24T14:15:22Z"},
    })
}
