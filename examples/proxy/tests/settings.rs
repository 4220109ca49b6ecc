//! Mistakes in the settings are told at the start.

use serde_json::{Value, json};

use crate::support::{abilities, folder, proxy, requests, settings};

fn told(change: impl FnOnce(&mut Value)) -> String {
    let [few, ..] = abilities();
    let mut all = settings(json!([requests("http://127.0.0.1:1", few)]));
    change(&mut all);
    let folder = folder();
    let ended = proxy(&folder, &all).output().expect("a process");
    assert!(!ended.status.success(), "it started: {all}");
    std::fs::remove_dir_all(&folder).expect("removed");
    String::from_utf8(ended.stderr).expect("text").replace(&folder.display().to_string(), "")
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let list = |pointer: &'static str, value: Value| {
        told(move |all| {
            let (above, name) = pointer.rsplit_once('/').expect("a place");
            let above = all.pointer_mut(&format!("/lists/0{above}")).expect("a place");
            above.as_object_mut().expect("an object").insert(name.into(), value);
        })
    };
    for (told, wanted) in [
        (list("/callers/owner", json!({})), "missing field `clause`"),
        (
            list("/callers/owner/clause", json!("resourceId eq x")),
            "caller owner: clause:\n  resourceId eq x\n                ^ expected a string",
        ),
        (list("/callers/owner/clause", json!("state eq \"PENDING\"")), "unknown attribute `state`"),
        (list("/callers/owner/clause", json!("status eq \"Pending\"")), "status"),
        (
            list("/callers/owner/clause", json!("resourceId sw \"x\"")),
            "caller owner: clause: it is more than the upstream can do",
        ),
        (
            list("/callers/owner/clause", json!("status eq \"DENIED\" or resourceId eq \"x\"")),
            "more than the upstream can do",
        ),
        (list("/callers/owner/hidden", json!(["state"])), "there is no attribute `state`"),
        (list("/callers/owner/capabilities", json!({"attributes": ["status"]})), "there is no attribute `status`"),
        (list("/callers/owner/capabilities", json!({"operator": ["eq"]})), "unknown field `operator`"),
        (list("/callers/nobody", json!({"clause": null})), "there is no caller nobody"),
        (list("/names", json!({"state": "stat"})), "there is no attribute `stat`"),
        (list("/names", json!({"state": "status", "stage": "status"})), "`status` has two names"),
        (list("/names", json!({"resourceId": "status"})), "the name stands twice"),
        (list("/names", json!({"a b": "status"})), "a name is an ASCII letter"),
        (list("/upstreamCan", json!({"attributes": ["x"]})), "there is no attribute `x`"),
        (list("/upstreamCan", json!({"connectives": ["or"]})), "without `and`"),
        (list("/upstream", json!("https://example.com/x")), "http://"),
        (list("/upstream", json!("http://example.com/x?filter=y")), "no query"),
        // Each would send requests to another place, or without the clause in the query.
        (list("/upstream", json!("http://example.com/x#a")), "upstream: a URL has no query and no fragment"),
        (list("/upstream", json!("http://example.com/x#")), "upstream: a URL has no query and no fragment"),
        (list("/upstream", json!("http://example.com/x?")), "upstream: a URL has no query and no fragment"),
        (list("/upstream", json!("http://me@example.com/x")), "upstream: a URL has a host here"),
        (list("/upstream", json!("http://:80/x")), "upstream: "),
        (list("/upstream", json!("http://example.com:99999/x")), "upstream: "),
        (list("/upstream", json!("http://example.com/a b")), "upstream: "),
        (list("/upstream", json!("/x")), "upstream: "),
        (list("/path", json!("x")), "begins with a slash"),
        (list("/path", json!("/x?y")), "is no more than a path"),
        (list("/path", json!("/x#y")), "is no more than a path"),
        (list("/maxElement", json!(0)), "maxElement"),
        (told(|all| all["timeoutSeconds"] = json!(0)), "timeoutSeconds: it is from 1 to 3600"),
        (told(|all| all["timeoutSeconds"] = json!(1_u64 << 63)), "timeoutSeconds: it is from 1 to 3600"),
        (told(|all| all["baseUrl"] = json!("http://example.com\r\nx: y")), "baseUrl: "),
        (told(|all| all["baseUrl"] = json!("ftp://example.com")), "baseUrl: "),
        (told(|all| all["listen"] = json!("x")), "listen: x: "),
        (told(|all| all["lists"] = json!([])), "lists: there is none"),
        (list("/schema", json!("users")), "\"users\" is not one of"),
        (list("/schema", json!([{"id": "urn:x"}])), "a list of `attributes`"),
        (list("/profile", json!("odata")), "unknown variant `odata`"),
        (list("/tokenFrom", json!("NO_SUCH_TOKEN")), "set NO_SUCH_TOKEN to a secret"),
        (told(|all| all["callers"]["owner"] = json!("TOKEN_OF_ALL")), "another one has the same token"),
        (told(|all| all["cursorKeyFrom"] = json!("TOKEN_OF_ALL")), "at least 16 bytes"),
        (
            told(|all| {
                let list = all["lists"][0].clone();
                all["lists"].as_array_mut().expect("lists").push(list)
            }),
            "given twice",
        ),
        (told(|all| all["list"] = json!([])), "unknown field `list`"),
    ] {
        assert!(told.starts_with("scim-proxy: ") && told.contains(wanted), "{wanted:?} is not in {told}");
    }
}

/// Of two values, the last would count: another clause than the one that is read first.
#[test]
fn a_name_that_stands_twice_is_refused() {
    let [few, ..] = abilities();
    let all = settings(json!([requests("http://127.0.0.1:1", few)])).to_string();
    for twice in [
        all.replacen(r#""other":{"#, r#""owner":{"clause":null},"other":{"#, 1),
        all.replacen(r#""other":"TOKEN_OF_OTHER""#, r#""other":"TOKEN_OF_ALL","other":"TOKEN_OF_OTHER""#, 1),
        all.replacen(r#""state":"status""#, r#""state":"status","state":"status""#, 1),
    ] {
        assert_ne!(twice, all);
        let folder = folder();
        let mut process = proxy(&folder, &json!({}));
        std::fs::write(folder.join("settings.json"), &twice).expect("written");
        let ended = process.output().expect("a process");
        let told = String::from_utf8(ended.stderr).expect("text");
        assert!(!ended.status.success() && told.contains("` stands twice at line 1"), "{told}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
