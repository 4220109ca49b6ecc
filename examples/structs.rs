//! Structs of one's own, without JSON: what a filter names and a struct lacks is found when the filter is compiled.

use std::error::Error;

use chrono::{DateTime, Utc};
use scim_query::{AttributeDef, Fields, Filter, ListQuery, Profile, Schema, Type, list, resource};

struct Device {
    id: u32,
    name: String,
    seen: Option<DateTime<Utc>>,
    ports: Vec<Port>,
}

struct Port {
    number: u16,
    open: bool,
}

resource! { impl Resource for Device { "id" => id, "name" => name, "seen" => seen, "ports" => ports } }
resource! { impl Resource for Port { "number" => number, "open" => open } }

fn main() -> Result<(), Box<dyn Error>> {
    let port = [AttributeDef::new("number", Type::Integer), AttributeDef::new("open", Type::Boolean)];
    let schema = Schema::builder("urn:example:2.0:Device")
        .attributes([AttributeDef::new("id", Type::Integer), AttributeDef::new("name", Type::String)])
        .attribute(AttributeDef::new("seen", Type::DateTime))
        .attribute(AttributeDef::new("ports", Type::Complex).multi_valued().sub_attributes(port))
        .attribute(AttributeDef::new("rack", Type::String))
        .build()?;
    let device = |id, name: &str, seen: &str, ports: &[(u16, bool)]| Device {
        id,
        name: name.into(),
        seen: seen.parse().ok(),
        ports: ports.iter().map(|(number, open)| Port { number: *number, open: *open }).collect(),
    };
    let devices = [
        device(1, "gate", "2022-05-24T14:15:22Z", &[(22, true), (80, false)]),
        device(2, "Printer", "", &[(22, false), (631, true)]),
        device(3, "camera", "2022-05-25T00:00:00+02:00", &[(22, true)]),
    ];

    let open = Filter::parse("ports[number lt 100 and open eq true]")?.check(&schema)?.compile_for::<Device>()?;
    let found: Vec<&str> = devices.iter().filter(|device| open.matches(device)).map(|device| &*device.name).collect();
    println!("{found:?}");

    let query =
        ListQuery::parse("filter=not%20(name%20eq%20%22gate%22)&sortBy=seen", &Profile::scim())?.check(&schema)?;
    let page = list(devices.iter().map(Fields::of), &query)?;
    let ids: Vec<u32> = page.resources.iter().filter_map(|device| Some(device.get_ref()?.id)).collect();
    println!("{ids:?} of {}", page.total);

    let rack = Filter::parse(r#"rack eq "7""#)?.check(&schema)?;
    println!("{}", rack.compile_for::<Device>().err().ok_or("it has a rack")?);
    println!("{}", schema.covers::<Device>().err().ok_or("it has a rack")?);
    Ok(())
}
