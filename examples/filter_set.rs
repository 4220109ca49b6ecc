//! Subscriptions: which of ten thousand filters match what just happened? Only those are tested that the event's own values lead to.

use std::error::Error;

use scim_query::{Filter, FilterSet, Schema};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let schema = Schema::access_requests();
    let one = |user: usize| format!(r#"requestedFor eq "u{user}" and (status eq "APPROVED" or status eq "DENIED")"#);
    let texts = (0..10_000).map(one).chain([
        r#"status eq "DENIED""#.to_owned(),
        r#"lastUpdated ge "2022-06-01T00:00:00Z""#.to_owned(),
        r#"not (resourceType eq "APPLICATION")"#.to_owned(),
    ]);
    let filters = texts.map(|text| Filter::parse(&text)?.check(&schema)).collect::<Result<Vec<_>, _>>()?;
    let set = FilterSet::new(filters)?;
    println!("{} filters, {} of them tested for every event", set.len(), set.always_tested());

    let event = json!({
        "id": "req1", "status": "DENIED", "lastUpdated": "2022-05-24T14:15:22Z",
        "requestedFor": {"externalId": "u4711"}, "requested": {"resourceType": "APPLICATION"}
    });
    for number in set.matches(&event) {
        println!("{number}: {}", set.get(number).ok_or("no such filter")?);
    }
    Ok(())
}
