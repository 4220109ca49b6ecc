//! Pages: joined they are the sorted list, whatever their size (O5 to O9), and a cursor belongs to its list alone.

mod changes;
mod cursors;
#[cfg(feature = "hmac")]
mod keys;
mod top;
mod users;
mod walks;

use scim_query::{CheckedQuery, CursorKind, Cursors, Error, ListError, ListQuery, Page, Profile, Schema, list};
use serde_json::Value;

use crate::support::cases::text;

fn opaque() -> CursorKind {
    CursorKind::Opaque(Cursors::new())
}

fn parse(query: &str, profile: &Profile) -> ListQuery {
    ListQuery::parse(query, profile).unwrap_or_else(|error| panic!("{query}\n{error:#}"))
}

fn check(query: &ListQuery, schema: &Schema) -> CheckedQuery {
    query.check(schema).unwrap_or_else(|error| panic!("{}\n{error:#}", query.to_query_string()))
}

/// The page of a query, or what is wrong with its cursor.
fn page<'r>(rows: &'r [Value], query: &ListQuery, schema: &Schema) -> Result<Page<&'r Value>, Error> {
    list(rows, &query.check(schema)?).map_err(|error| match error {
        ListError::Query(error) => error,
        ListError::Data(error) => panic!("{error}"),
    })
}

fn ids<'r>(rows: impl IntoIterator<Item = &'r Value>) -> Vec<&'r str> {
    rows.into_iter().map(|row| text(row, "id")).collect()
}

/// RFC 3986 section 2.3.
fn is_unreserved(cursor: &str) -> bool {
    !cursor.is_empty() && cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

/// Follows the cursors; checks each page on the way: full but for the last, with a next one only where it is needed.
fn walk<'r>(rows: &'r [Value], first: &ListQuery, schema: &Schema) -> Vec<&'r Value> {
    let mut joined = Vec::new();
    let mut query = first.clone();
    loop {
        let checked = check(&query, schema);
        let size = checked.paging().size();
        let page = list(rows, &checked).unwrap_or_else(|error| panic!("{}\n{error}", query.to_query_string()));
        joined.extend(&page.resources);
        let more = joined.len() < page.total;
        assert_eq!(page.resources.len() == size, more || page.resources.len() == size, "a page is not full");
        assert_eq!(page.next.is_some(), more, "O9: {} of {}", joined.len(), page.total);
        let Some(next) = page.next else { return joined };
        assert!(is_unreserved(&next), "{next}");
        query = parse(&first.next_query_string(&next), first.profile());
    }
}
