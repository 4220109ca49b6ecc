//! SQL gives the answers of memory: generated resources, mappings and filters, on SQLite in this process, and on PostgreSQL
//! and MariaDB where SCIM_QUERY_POSTGRES and SCIM_QUERY_MARIADB name servers (`tests/databases` starts some).
//!
//! `SCIM_QUERY_SQL_FILTERS` sets how many filters run on each engine: 10,000 by default.

mod cases;
mod code_points;
mod differential;
mod engine;
mod files;
mod found;
mod laws;
mod layout;
mod made;
mod pages;
mod scopes;
mod sharded;
mod text;
