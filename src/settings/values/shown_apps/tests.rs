#![allow(clippy::unwrap_used, reason = "a test may")]

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{ShownApp, icon, list, read};

fn svg(text: &str) -> String {
    let content = Base64::encode_string(text.as_bytes());
    format!("data:image/svg+xml;base64,{content}")
}

fn one(fields: &Value) -> Result<ShownApp, Vec<String>> {
    let mut entry = json!({ "url": "https://grafana.example.com/d/home?orgId=1" });
    let changed = entry.as_object_mut().unwrap();
    changed.extend(fields.as_object().unwrap().clone());
    read(vec![entry]).map(|mut apps| apps.remove(0))
}

#[test]
fn an_app_has_a_name_a_picture_and_the_rules_of_its_check() {
    let app = one(&json!({})).unwrap();
    assert_eq!(app.name, "grafana.example.com");
    assert!(app.icon.is_none() && app.check.is_none());
    let whole = one(&json!({
        "name": "Grafana", "icon": svg("<svg/>"),
        "check": { "match": "any", "groups": ["g"], "roles": ["r"] },
    }));
    let app = whole.unwrap();
    assert_eq!(app.name, "Grafana");
    assert_eq!(app.icon.unwrap().media_type, "image/svg+xml");
    assert!(app.check.unwrap().any);
    assert!(one(&json!({ "url": "http://grafana.localhost:8080/" })).is_ok());
}

/// One field that is wrong, and a part of what is said about it.
#[test]
fn each_field_is_checked() {
    let large = svg(&format!("<svg>{}", "x".repeat(8 * 1024)));
    for (fields, place, what) in [
        (json!({ "url": "grafana" }), "[0].url", "not a URL"),
        (
            json!({ "url": "http://a.example.com/" }),
            "[0].url",
            "only on localhost",
        ),
        (
            json!({ "url": "javascript:alert(1)" }),
            "[0].url",
            "https is wanted",
        ),
        (
            json!({ "url": "https://u:p@a.example.com/" }),
            "[0].url",
            "password",
        ),
        (
            json!({ "url": "https://a.example.com/#x" }),
            "[0].url",
            "fragment",
        ),
        (json!({ "name": " " }), "[0].name", "empty"),
        (json!({ "name": "a\u{202e}b" }), "[0].name", "a line of"),
        (json!({ "name": "a\nb" }), "[0].name", "a line of"),
        (json!({ "name": "x".repeat(61) }), "[0].name", "a line of"),
        (json!({ "name": 1 }), "[0].name", "text"),
        (
            json!({ "icon": "https://cdn.example.com/a.svg" }),
            "[0].icon",
            "begins neither",
        ),
        (json!({ "icon": svg("<html>") }), "[0].icon", "is no image"),
        (json!({ "icon": large }), "[0].icon", "8192 are the most"),
        (
            json!({ "check": { "groups": [] } }),
            "[0].check.groups",
            "lists nothing",
        ),
        (
            json!({ "check": { "group": ["g"] } }),
            "[0].check.group",
            "no field",
        ),
        (json!({ "policy": {} }), "[0].policy", "no field"),
    ] {
        let said = one(&fields).unwrap_err();
        assert_eq!(said.len(), 1, "{said:?}");
        let (at, said) = said.first().unwrap().split_once(": ").unwrap();
        assert!(at == place && said.contains(what), "{fields}: {at}: {said}");
    }
    let said = read(vec![json!({ "name": "Grafana" }), json!("x")]).unwrap_err();
    assert_eq!(said, ["[0].url: is missing", "[1]: must be an object"]);
}

#[test]
fn no_two_entries_are_of_one_address() {
    let entry = json!({ "url": "https://a.example.com" });
    let same = json!({ "url": "https://a.example.com/" });
    let said = read(vec![entry, same]).unwrap_err();
    assert_eq!(said, ["[1].url: is that of another entry"]);
}

#[test]
fn what_is_no_list_is_none() {
    for text in ["{}", "[", "null", "[]"] {
        assert!(list(text).is_err(), "{text}");
    }
    let many = Value::Array(vec![json!({}); 51]).to_string();
    assert!(list(&many).unwrap_err().contains("more than 50"));
    let long = format!("[\"{}\"]", "x".repeat(120 * 1024));
    assert!(list(&long).unwrap_err().contains("smaller icons"));
}

#[test]
fn a_picture_is_found_by_its_digest() {
    let (one, other) = (svg("<svg/>"), svg("<svg></svg>"));
    let entries = [
        json!({ "icon": one }),
        json!("x"),
        json!({ "icon": 1 }),
        json!({ "icon": other }),
        json!({ "icon": "no picture" }),
    ];
    let digest = super::encoding::sha256(&other);
    let found = icon(&entries, digest.get(..16).unwrap()).unwrap();
    assert_eq!(found.content, b"<svg></svg>");
    let broken = super::encoding::sha256("no picture");
    assert!(icon(&entries, &broken).is_none());
    assert!(icon(&entries, "0000000000000000").is_none());
}
