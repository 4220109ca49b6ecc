//! A list endpoint over a `Vec` in memory: what a client sends, what it gets, and what it gets for a mistake.

use std::error::Error;

use scim_query::http::{scim_error, scim_list_response};
use scim_query::{ListError, ListQuery, Profile, Schema, list};
use serde_json::{Value, json};

fn answer(users: &[Value], query: &str) -> Result<Value, ListError> {
    let query = ListQuery::parse(query, &Profile::scim())?.check(&Schema::user())?;
    let page = list(users, &query)?;
    Ok(scim_list_response(page.projected(&query), page.total, page.start_index, page.next.as_deref()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let users = [
        json!({"id": "1", "userName": "bjensen", "title": "Tour guide", "password": "t1meMa$heen"}),
        json!({"id": "2", "userName": "JSmith", "emails": [{"value": "jsmith@example.com", "type": "work"}]}),
        json!({"id": "3", "userName": "jdoe", "emails": [{"value": "jd@example.org", "type": "home"}]}),
    ];
    // `JSmith` is among them: `userName` has no case. Nobody gets to see a password.
    let queries = [
        "filter=userName%20sw%20%22j%22&sortBy=userName&attributes=userName",
        "filter=title%20pr&count=1",
        "filter=password%20pr",
        "filter=title%20eq%20Manager",
    ];
    for query in queries {
        println!("GET /Users?{query}");
        match answer(&users, query) {
            Ok(body) => println!("{body:#}"),
            Err(ListError::Query(error)) => println!("{:#}", scim_error(&error)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
