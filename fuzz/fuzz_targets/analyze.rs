#![no_main]

scim_query_fuzz::target!("analyze");
