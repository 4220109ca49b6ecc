//! All integration tests, one program.

mod analysis;
mod checks;
mod cli;
mod differential;
mod docs;
mod forms;
mod grammar;
mod hidden;
mod instants;
mod laws;
mod layering;
mod limits;
mod meaning;
mod messages;
mod pages;
mod queries;
mod reference;
mod regressions;
mod reports;
mod schema;
mod seed;
mod semantics;
mod sets;
mod sources;
#[cfg(feature = "databases")]
mod sql;
mod stream;
mod support;
mod surface;
mod terminal;
mod windows;
