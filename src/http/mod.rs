//! What goes over the wire around a list: envelopes, links, error bodies.

mod okta;
mod scim;

pub use okta::{link_header, okta_envelope, okta_error, okta_status_error};
pub use scim::{scim_error, scim_list_response, scim_status_error};
