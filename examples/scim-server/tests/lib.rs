//! The service as its clients see it: over HTTP, each test on a process and a database of its own.

mod support;

mod busy;
mod discovery;
mod entra;
mod errors;
mod lists;
mod okta;
mod patching;
mod writing;
