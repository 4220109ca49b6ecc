//! What a proxy does with a filter before it sends it on: it is checked, held to what the caller may ask, narrowed to the caller's
//! tenant, renamed for the upstream, and split into what the upstream can do and what is left for the proxy.

use std::error::Error;

use scim_query::{AttributeDef, Capabilities, CompareOp, Filter, Operator, Options, Schema, SplitPart, Type, attr};

fn main() -> Result<(), Box<dyn Error>> {
    let ours = Schema::access_requests();
    let text = |name| AttributeDef::new(name, Type::String).case_exact();
    let upstream = Schema::builder("urn:example:2.0:Ticket")
        .attributes([text("id"), text("state"), text("owner"), text("app")])
        .build()?;

    let parsed = Filter::parse(r#"status eq "PENDING" or resourceId sw "0oa""#)?;
    let capabilities = r#"{"attributes": ["status", "resourceId"], "operators": ["eq", "sw"]}"#;
    let options = Options::default().with_capabilities(serde_json::from_str::<Capabilities>(capabilities)?);
    let asked = parsed.check_with(&ours, &options)?;

    // Joined as a tree: no `or` of the caller's gets around it.
    let tenant = attr("requestedFor").eq("u-17").build()?.check(&ours)?;
    let scoped = tenant.and_with(&asked)?;
    println!("scoped:   {scoped}");

    let renamed = scoped.map_attributes(&upstream, |name| {
        let name = match name {
            "status" => "state",
            "requestedFor" => "owner",
            "resourceId" => "app",
            _ => return None,
        };
        Some(name.to_owned())
    })?;
    println!("renamed:  {renamed}");

    // This upstream knows `eq`, and `and`.
    let can = |part| matches!(part, SplitPart::Test(_, Operator::Compare(CompareOp::Eq)));
    let split = renamed.split(can);
    println!("sent:     filter={}", split.pushed.to_filter().ok_or("nothing to send")?.to_query_value());
    println!("residual: {}", split.residual);
    Ok(())
}
