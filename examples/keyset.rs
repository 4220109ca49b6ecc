//! A walk from page to page while resources come and go: each page begins behind the last resource of the one before it, so nothing
//! is listed twice and nothing is passed over. Offsets do neither.

use std::error::Error;

use scim_query::{CursorKind, Cursors, ListQuery, Profile, Schema, list};
use serde_json::{Value, json};

fn request(id: usize) -> Value {
    json!({"id": format!("req{id:02}"), "status": "PENDING", "created": format!("2022-05-24T14:{id:02}:00Z")})
}

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Schema::access_requests();
    // The feature `hmac` has cursors that cannot be forged and that expire.
    let profile = Profile::okta().with_cursors(CursorKind::Opaque(Cursors::new()));
    let mut requests: Vec<Value> = (0..12).map(request).collect();

    let mut query = ListQuery::parse("filter=status%20eq%20%22PENDING%22&orderBy=created%20desc&limit=5", &profile)?;
    loop {
        let page = list(&requests, &query.check(&schema)?)?;
        let ids: Vec<&str> = page.resources.iter().filter_map(|request| request["id"].as_str()).collect();
        println!("{}", ids.join(" "));
        let Some(next) = page.next else { break };
        query = ListQuery::parse(&query.next_query_string(&next), &profile)?;
        // One that was listed is gone, and a newer one is there: neither moves the next page.
        requests.retain(|request| request["id"] != "req07");
        requests.push(request(30));
    }

    // A cursor belongs to its filter and its order.
    let page = list(&requests, &ListQuery::parse("orderBy=created%20desc&limit=5", &profile)?.check(&schema)?)?;
    let stolen = format!("orderBy=created%20asc&limit=5&after={}", page.next.unwrap_or_default());
    if let Err(error) = list(&requests, &ListQuery::parse(&stolen, &profile)?.check(&schema)?) {
        println!("{error}");
    }
    Ok(())
}
