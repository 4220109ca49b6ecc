//! The proxy as its callers see it: over HTTP, in front of both servers, and of an upstream that does what no server should.

mod support;

#[path = "../src/link_header.rs"]
mod link_header;
#[path = "../src/schema.rs"]
mod schema;

mod connections;
mod cursors;
mod hidden;
mod odd;
mod okta;
mod scim;
mod settings;
mod shapes;
