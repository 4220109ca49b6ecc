//! What the service says of itself: RFC 7644 section 4, RFC 9865 section 2.3.

use scim_query::Schema;
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, GROUP, Server, USER};

#[tokio::test]
async fn the_service_describes_itself() {
    let server = Server::start("");
    let config = server.get("/ServiceProviderConfig").await.body;
    for (feature, supported) in
        [("patch", true), ("filter", true), ("sort", true), ("etag", true), ("bulk", false), ("changePassword", false)]
    {
        assert_eq!(config[feature]["supported"], supported, "{feature}");
    }
    assert_eq!(
        config["pagination"],
        json!({
            "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 100, "maxPageSize": 200,
        })
    );
    let schemas = server.get("/Schemas").await.body;
    let ids: Vec<&str> =
        schemas["Resources"].as_array().expect("schemas").iter().filter_map(|schema| schema["id"].as_str()).collect();
    assert_eq!((ids, &schemas["totalResults"]), (vec![USER, GROUP, ENTERPRISE], &json!(3)));
    for (schema, id) in schemas["Resources"].as_array().expect("schemas").iter().zip([USER, GROUP, ENTERPRISE]) {
        assert_eq!(server.get(&format!("/Schemas/{id}")).await.body, *schema);
        assert_eq!(schema["meta"]["location"], format!("https://scim.example/scim/v2/Schemas/{id}"));
    }
    // What is published is what the crate checks against.
    let published: Vec<Value> = schemas["Resources"].as_array().expect("schemas").clone();
    assert_eq!(Schema::from_json(&[published[0].clone(), published[2].clone()]).expect("a schema"), Schema::user());
    assert_eq!(Schema::from_json(&published[1..2]).expect("a schema"), Schema::group());
    let types = server.get("/ResourceTypes").await.body;
    for (resource_type, (name, schema)) in
        types["Resources"].as_array().expect("types").iter().zip([("User", USER), ("Group", GROUP)])
    {
        assert_eq!((&resource_type["name"], &resource_type["schema"]), (&json!(name), &json!(schema)));
        assert_eq!(server.get(&format!("/ResourceTypes/{name}")).await.body, *resource_type);
    }
}

#[tokio::test]
async fn discovery_is_not_filtered() {
    let server = Server::start("");
    for path in ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"] {
        assert_eq!(server.get(&format!("{path}?filter=id pr")).await.error(), (403, ""), "{path}");
        // Other parameters are ignored, right or wrong.
        assert_eq!(server.get(&format!("{path}?sortBy=nosuch&count=x&attributes=%FF")).await.status, 200);
        assert_eq!(server.delete(path).await.error(), (405, ""));
    }
    for path in ["/Schemas/urn:x:y", "/ResourceTypes/none", "/ServiceProviderConfig/1"] {
        assert_eq!(server.get(path).await.error(), (404, ""), "{path}");
    }
}
