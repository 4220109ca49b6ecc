//! A schema of one's own, from the documents that `/Schemas` serves (RFC 7643 section 7): a core schema and an extension.

use std::error::Error;

use scim_query::{Filter, OrderBy, Schema};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let device = json!({
        "id": "urn:example:schemas:2.0:Device",
        "attributes": [
            {"name": "serialNumber", "type": "string", "caseExact": true},
            {"name": "memory", "type": "integer"},
            {"name": "warrantyEnd", "type": "dateTime"},
            {"name": "pin", "type": "string", "returned": "never"},
            {"name": "addresses", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "string"},
                {"name": "type", "type": "string", "canonicalValues": ["mac", "ip"]}
            ]}
        ]
    });
    let fleet = json!({
        "id": "urn:example:schemas:extension:2.0:Fleet",
        "attributes": [{"name": "site", "type": "string"}]
    });
    let schema = Schema::from_json(&[device, fleet])?;
    for (_, attribute) in schema.attributes() {
        println!("{} {}", attribute.full_name(), attribute.ty().as_str());
    }

    let filter = r#"memory ge 8 and addresses[type eq "ip" and value sw "10."] and site eq "Oslo""#;
    let filter = Filter::parse(filter)?.check(&schema)?;
    let device = json!({
        "id": "d1", "memory": 16, "addresses": [{"type": "ip", "value": "10.0.0.7"}],
        "urn:example:schemas:extension:2.0:Fleet": {"site": "oslo"}
    });
    println!("{filter}: {}", filter.matches(&device));

    // What the schema does not allow is told with its place.
    for wrong in [r#"pin eq "0000""#, r#"memory sw "1""#, r#"addresses.type eq "mca""#, "warantyEnd pr"] {
        if let Err(error) = Filter::parse(wrong)?.check(&schema) {
            println!("{error:#}");
        }
    }
    println!("{}", OrderBy::parse("warrantyEnd desc")?.check(&schema)?);
    Ok(())
}
