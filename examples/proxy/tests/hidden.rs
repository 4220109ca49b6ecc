//! Attributes that a caller may not read.

use std::collections::BTreeMap;

use scim_query::{Attribute, Filter, Schema};
use serde_json::json;

use crate::schema::seen;
use crate::support::{REQUESTS, Running, abilities, encoded, requests};

#[tokio::test]
async fn what_is_hidden_is_in_no_answer_and_no_filter_tells_of_it() {
    let server = Running::access_requests();
    for can in abilities() {
        let mut list = requests(&server.url, can);
        list["callers"]["owner"]["hidden"] = json!(["grantStatus", "requestedFor", "createdBy", "lastUpdated"]);
        let proxy = Running::proxy(json!([list]));
        for query in ["limit=200", "filter=state+sw+%22A%22&limit=200"] {
            let page = proxy.get("owner", &format!("{REQUESTS}?{query}")).await.page();
            let requests = page["data"].as_array().expect("an array");
            assert!(!requests.is_empty());
            for request in requests {
                for name in ["grantStatus", "createdBy", "lastUpdated"] {
                    assert_eq!(request.get(name), None, "{request}");
                }
                assert_eq!((request["requestedFor"].get("externalId"), request["status"].is_string()), (None, true));
            }
        }
        for filter in [
            r#"grantStatus eq "GRANTED""#,
            r#"state pr or not (grantStatus pr)"#,
            r#"applicant pr"#,
            r#"lastUpdated gt "2022-01-01T00:00:00Z""#,
        ] {
            let answer = proxy.get("owner", &format!("{REQUESTS}?filter={}", encoded(filter))).await;
            assert_eq!(answer.status, 400, "{filter}");
        }
        let answer = proxy.get("owner", &format!("{REQUESTS}?filter=grantStatu+pr")).await;
        assert!(
            answer.status == 400 && !answer.text.expect("a body").contains("grantStatus"),
            "no suggestion names it"
        );
        assert_eq!(proxy.get("owner", &format!("{REQUESTS}?orderBy=lastUpdated")).await.status, 400);
        // Another caller may.
        let page = proxy.get("all", &format!("{REQUESTS}?filter=applicant+pr&orderBy=lastUpdated")).await.page();
        assert!(page["data"][0]["requestedFor"]["externalId"].is_string());
    }
}

#[test]
fn a_schema_without_changes_is_seen_as_it_is() {
    for schema in [Schema::user(), Schema::group(), Schema::access_requests(), Schema::access_requests_documented()] {
        let seen = seen(&schema, &BTreeMap::new(), &[]).expect("a schema");
        for ((_, seen), (_, own)) in seen.attributes().zip(schema.attributes()) {
            let names =
                |one: &Attribute| (one.full_name().to_owned(), one.keys().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(names(seen), names(own));
            let values =
                |one: &Attribute| (one.ty(), one.is_multi_valued(), one.is_case_exact(), one.is_assumed_false());
            assert_eq!((values(seen), seen.canonical_values()), (values(own), own.canonical_values()), "{own:?}");
            let asked = |one: &Attribute| (one.is_readable(), one.is_filterable(), one.is_sortable(), one.operators());
            assert_eq!((asked(seen), seen.returned()), (asked(own), own.returned()), "{own:?}");
        }
        assert_eq!(seen.attributes().count(), schema.attributes().count());
    }
    let names = BTreeMap::from([("mail".to_owned(), "emails".to_owned())]);
    let user = seen(&Schema::user(), &names, &["title".into()]).expect("a schema");
    for (filter, fits) in [
        (r#"mail[type eq "work"] and mail.value pr"#, true),
        (r#"employeeNumber pr"#, true),
        (r#"emails pr"#, false),
        (r#"title pr"#, false),
        (r#"password pr"#, false),
    ] {
        assert_eq!(Filter::parse(filter).and_then(|filter| filter.check(&user)).is_ok(), fits, "{filter}");
    }
}
