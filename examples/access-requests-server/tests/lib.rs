//! The server as its clients see it: over HTTP, on SQLite, and on PostgreSQL where SCIM_QUERY_POSTGRES names a server.

mod support;

mod changes;
mod creating;
mod errors;
mod listing;
mod operating;
mod playing;
