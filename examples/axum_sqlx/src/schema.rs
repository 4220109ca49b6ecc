//! What clients may ask about, and where it is kept.

use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements};
use scim_query::{AttributeDef, BindError, Schema, Type};

/// The tenant of an invoice is no attribute: nobody may ask about it.
pub fn schema() -> Result<Schema, BindError> {
    let text = |name| AttributeDef::new(name, Type::String);
    Schema::builder("urn:example:Invoice")
        .attribute(text("id").case_exact())
        .attribute(text("status").case_exact().canonical_values(["OPEN", "PAID", "VOID"]))
        .attribute(AttributeDef::new("amountCents", Type::Integer))
        .attribute(AttributeDef::new("customer", Type::Complex).sub_attributes([text("name")]).not_sortable())
        .attribute(text("tags").case_exact().multi_valued().not_sortable())
        .attribute(AttributeDef::new("issuedAt", Type::DateTime))
        .default_order("issuedAt desc")
        .build()
}

pub fn columns(schema: &Schema) -> Result<Columns, BindError> {
    let instant = ColumnType::TimestampText { digits: 0 };
    let columns = Columns::builder(schema, Dialect::Sqlite, "invoices")
        .column("id", Column::new("id").not_null())
        .column("status", Column::new("status").not_null())
        .column("amountCents", Column::new("amount_cents").not_null())
        // Without regard to case: another column has `scim_query::fold(name)`.
        .column("customer.name", Column::new("customer").not_null().folded("customer_fold"))
        .elements("tags", Elements::table("invoice_tags").key("invoice_id", "id").never_empty())
        .column("tags", Column::new("tag").not_null())
        .column("issuedAt", Column::new("issued_at").of_type(instant).not_null().indexed())
        .build()?;
    columns.covers()?;
    Ok(columns)
}

/// The index begins with what every list asks for.
pub const TABLES: &str = "
    CREATE TABLE invoices (id TEXT PRIMARY KEY, tenant INTEGER NOT NULL, status TEXT NOT NULL, amount_cents INTEGER NOT NULL,
        customer TEXT NOT NULL, customer_fold TEXT NOT NULL, issued_at TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX invoices_issued ON invoices (tenant, issued_at, id);
    CREATE TABLE invoice_tags (invoice_id TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (invoice_id, tag));";
