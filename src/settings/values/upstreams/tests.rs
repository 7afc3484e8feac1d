#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Upstream, UpstreamToken, list, read};

fn all(upstreams: &Value) -> Result<Vec<Upstream>, Vec<String>> {
    read(upstreams.as_array().unwrap().clone(), "https")
}

/// One upstream with these fields besides the two that it must have.
fn with(fields: &Value) -> Result<Upstream, Vec<String>> {
    let mut upstream = json!({ "host": "a.example.com", "url": "http://a.svc" });
    for (name, value) in fields.as_object().unwrap() {
        upstream[name] = value.clone();
    }
    all(&json!([upstream])).map(|mut upstreams| upstreams.remove(0))
}

#[test]
fn host_and_address_are_enough() {
    let upstream = with(&json!({})).unwrap();
    assert_eq!(upstream.app.as_str(), "https://a.example.com");
    assert_eq!(upstream.url.as_str(), "http://a.svc");
    assert_eq!(upstream.path.as_str(), "");
    assert_eq!(upstream.token, UpstreamToken::None);
    assert_eq!(upstream.limits.response, Some(Duration::from_secs(120)));
    assert!(upstream.rewrite.is_none() && upstream.methods.is_none() && !upstream.raw);
    assert!(upstream.websocket_origins.is_empty() && !upstream.keep_host);
}

#[test]
fn everything_can_be_said() {
    let upstream = with(&json!({
        "path": "/app/", "rewrite": "/base",
        "policy": { "match": "any", "groups": ["g"], "roles": ["r"], "users": ["u"],
            "emails": ["e@x.example"], "email_domains": ["x.example"] },
        "methods": ["GET", "POST"],
        "public": ["/app/healthz", { "path": "/app/hooks/", "methods": ["POST"] }],
        "headers": { "X-Forwarded-User": "preferred_username", "Remote-Groups": "groups" },
        "paths": "plain", "access_token": "aks",
        "websocket_origins": ["https://shell.example.com"], "keep_host": true,
        "connect_timeout_seconds": 1, "response_timeout_seconds": 0, "max_body_bytes": 1,
    }));
    let upstream = upstream.unwrap();
    assert_eq!(upstream.path.as_str(), "/app");
    assert_eq!(upstream.methods, Some(vec![Method::GET, Method::POST]));
    assert_eq!(upstream.headers.len(), 2);
    assert_eq!(upstream.limits.response, None);
    assert_eq!(upstream.token, UpstreamToken::Aks);
    assert!(upstream.policy.any && upstream.public.len() == 2 && upstream.keep_host);
    assert_eq!(
        upstream.websocket_origins[0].as_str(),
        "https://shell.example.com"
    );
    let upstream = with(&json!({ "access_token": "api://podinfo/.default" }));
    assert!(matches!(upstream.unwrap().token, UpstreamToken::Of(_)));
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place() {
    let said = all(&json!([
        { "host": "https://a.example.com", "url": "a.svc", "polcy": {} },
        "b",
        { "url": "http://c.svc", "policy": { "groups": ["", 1], "group": [] }, "public": [{ "paths": "/x" }] },
    ]))
    .unwrap_err();
    let places: Vec<&str> = said
        .iter()
        .map(|what| what.split(": ").next().unwrap())
        .collect();
    let expected = [
        "[0].host",
        "[0].url",
        "[0].polcy",
        "[1]",
        "[2].host",
        "[2].policy.groups[0]",
        "[2].policy.groups[1]",
        "[2].policy.group",
        "[2].public[0].path",
        "[2].public[0].paths",
    ];
    assert_eq!(places, expected, "{said:#?}");
}

/// One field that is wrong, and a part of what is said about it.
#[test]
fn each_field_is_checked() {
    for (fields, place, what) in [
        (json!({ "host": "A.example.com" }), "[0].host", "lower case"),
        (json!({ "host": "a.example.com/x" }), "[0].host", "a host"),
        (json!({ "host": "*.example.com" }), "[0].host", "a host"),
        (json!({ "host": "u@a.example.com" }), "[0].host", "a host"),
        (json!({ "host": "a.example.com:443" }), "[0].host", "a host"),
        (json!({ "host": 1 }), "[0].host", "text"),
        (
            json!({ "url": "http://a.svc/" }),
            "[0].url",
            "more than an origin",
        ),
        (
            json!({ "url": "http://a.svc/base" }),
            "[0].url",
            "more than an origin",
        ),
        (json!({ "url": "unix:/run/a" }), "[0].url", "not an http"),
        (json!({ "path": "app" }), "[0].path", "slash"),
        (json!({ "path": "/a/../b" }), "[0].path", "two ways"),
        (json!({ "path": "/a?b" }), "[0].path", "query"),
        (
            json!({ "rewrite": "http://b.svc/" }),
            "[0].rewrite",
            "slash",
        ),
        (json!({ "policy": [] }), "[0].policy", "an object"),
        (
            json!({ "policy": { "match": "one" } }),
            "[0].policy.match",
            "`any`",
        ),
        (
            json!({ "policy": { "roles": [] } }),
            "[0].policy.roles",
            "lists nothing",
        ),
        (
            json!({ "policy": { "roles": "admin" } }),
            "[0].policy.roles",
            "a list",
        ),
        (json!({ "methods": ["get"] }), "[0].methods[0]", "GET"),
        (json!({ "methods": ["TRACE"] }), "[0].methods[0]", "GET"),
        (json!({ "methods": [] }), "[0].methods", "lists nothing"),
        (json!({ "public": ["/a//b"] }), "[0].public[0]", "two ways"),
        (json!({ "public": [1] }), "[0].public[0]", "an object"),
        (
            json!({ "headers": { "X-A": "groups", "X-B": "password" } }),
            "[0].headers.X-B",
            "none of oid",
        ),
        (
            json!({ "headers": { "Host": "upn" } }),
            "[0].headers.Host",
            "X- or Remote-",
        ),
        (
            json!({ "headers": { "X_Forwarded.For": "upn" } }),
            "[0].headers.X_Forwarded.For",
            "X- or Remote-",
        ),
        (
            json!({ "headers": { "X-Auth-Request-User": "upn" } }),
            "[0].headers.X-Auth-Request-User",
            "for all apps",
        ),
        (
            json!({ "headers": { "x a": "upn" } }),
            "[0].headers.x a",
            "no name",
        ),
        (json!({ "paths": "any" }), "[0].paths", "`raw`"),
        (
            json!({ "paths": "raw", "path": "/a" }),
            "[0].paths",
            "nothing is decided",
        ),
        (
            json!({ "paths": "raw", "public": ["/a"] }),
            "[0].paths",
            "nothing is decided",
        ),
        (
            json!({ "access_token": "podinfo" }),
            "[0].access_token",
            "no scope of an API",
        ),
        (
            json!({ "connect_timeout_seconds": 0 }),
            "[0].connect_timeout_seconds",
            "more than 0",
        ),
        (
            json!({ "max_body_bytes": "1" }),
            "[0].max_body_bytes",
            "whole number",
        ),
        (
            json!({ "websocket_origins": ["https://shell.example.com/"] }),
            "[0].websocket_origins[0]",
            "trailing slash",
        ),
        (
            json!({ "websocket_origins": ["*"] }),
            "[0].websocket_origins[0]",
            "not a URL",
        ),
        (
            json!({ "websocket_origins": [] }),
            "[0].websocket_origins",
            "lists nothing",
        ),
        (
            json!({ "keep_host": "true" }),
            "[0].keep_host",
            "true or false",
        ),
        (
            json!({ "response_timeout_seconds": -1 }),
            "[0].response_timeout_seconds",
            "whole number",
        ),
    ] {
        let said = with(&fields).unwrap_err();
        assert_eq!(said.len(), 1, "{said:#?}");
        let (at, said) = said[0].split_once(": ").unwrap();
        assert!(at == place && said.contains(what), "{fields}: {at}: {said}");
    }
}

#[test]
fn two_of_a_host_have_different_paths_and_none_is_raw() {
    let said = all(&json!([
        { "host": "a.example.com", "url": "http://a.svc", "path": "/x/" },
        { "host": "a.example.com", "url": "http://b.svc", "path": "/x" },
        { "host": "b.example.com", "url": "http://b.svc", "paths": "raw" },
        { "host": "b.example.com", "url": "http://b.svc", "path": "/y" },
        { "host": "c.example.com", "url": "http://b.svc", "paths": "raw" },
    ]))
    .unwrap_err();
    let places: Vec<&str> = said
        .iter()
        .map(|what| what.split(": ").next().unwrap())
        .collect();
    assert_eq!(places, ["[0].path", "[1].path", "[2].paths"]);
}

#[test]
fn plain_http_is_for_this_machine() {
    let upstreams = |host: &str| vec![json!({ "host": host, "url": "http://a.svc" })];
    assert!(read(upstreams("a.localhost:8080"), "http").is_ok());
    let said = read(upstreams("a.example.com"), "http").unwrap_err();
    assert!(said[0].contains("REDIRECT_URI is http"), "{said:?}");
}

/// What a deployment has, in both ways.
const JSON: &str = r#"
 [ { "host": "a.example.com", "url": "http://a.svc", "methods": ["GET"], "max_body_bytes": 5,
     "policy": { "match": "any", "groups": ["g"] },
     "public": ["/healthz", { "path": "/hooks/", "methods": ["POST"] }],
     "headers": { "X-Team": "roles" } },
   { "host": "b.example.com", "url": "http://b.svc" } ]"#;
const TOML: &str = r#"
# Where apps are.
[[upstream]]
host = "a.example.com"
url = "http://a.svc"
methods = ["GET"]
max_body_bytes = 5
public = ["/healthz", { path = "/hooks/", methods = ["POST"] }]
headers = { X-Team = "roles" }
[upstream.policy]
match = "any"
groups = ["g"]

[[upstream]]
host = "b.example.com"
url = "http://b.svc"
"#;

#[test]
fn a_list_is_the_same_in_json_and_in_toml() {
    let (json, toml) = (list(JSON).unwrap(), list(TOML).unwrap());
    assert_eq!(json, toml);
    assert_eq!(read(toml, "https").unwrap().len(), 2);
    let inline = r#"upstream = [{ host = "a.example.com", url = "http://a.svc" }]"#;
    assert_eq!(list(inline).unwrap().len(), 1);
}

#[test]
fn what_is_wrong_in_toml_is_said_at_once_and_by_line() {
    let wrong = TOML
        .replace("methods", "methodes")
        .replace("\"g\"", "1979-05-27")
        .replace("http://b.svc", "b.svc");
    let said = read(list(&wrong).unwrap(), "https").unwrap_err();
    let places: Vec<&str> = said
        .iter()
        .map(|what| what.split(": ").next().unwrap())
        .collect();
    let expected = [
        "[0].policy.groups[0]",
        "[0].public[1].methodes",
        "[0].methodes",
        "[1].url",
    ];
    assert_eq!(places, expected, "{said:#?}");
    for (old, new, what) in [
        ("b.svc\"", "b.svc", "at line 16"),
        (
            "[[upstream]]\nhost = \"b",
            "[[upstreams]]\nhost = \"b",
            "unknown field `upstreams`",
        ),
        ("methods = [", "methods = ", "at line 6"),
    ] {
        let said = list(&TOML.replacen(old, new, 1)).unwrap_err();
        assert!(
            said.starts_with("is no TOML") && said.contains(what) && !said.contains('\n'),
            "{said}"
        );
    }
}

#[test]
fn what_is_no_list_is_none() {
    for text in [
        "",
        "{}",
        "[",
        "null",
        "[]",
        "[[]]",
        "upstream = []",
        "upstream = 1",
        "[upstream]",
        "[[upstream]]\n[[other]]",
        "host = \"a.example.com\"",
    ] {
        assert!(list(text).is_err(), "{text}");
    }
    let many = Value::Array(vec![json!({}); 101]).to_string();
    assert!(list(&many).unwrap_err().contains("more than 100"));
}
