//! The table of conversations with apps (`crates/verdict/conversations-of-apps.json`): the decisions for a
//! native carrier, and the component's own carrying. With the same verdict and the same answer, the native
//! carrier gives its client the same (`crates/tunnel/tests/carry/conversations.rs`).

use super::native::{Native, told};
use super::*;
use crate::carrier::conversations::{comparable, merged, pairs, served, sorted};

const TABLE: &str = include_str!("../../../../crates/verdict/conversations-of-apps.json");

/// All rows with the defaults, each with a proxy of its own and a signed-in user's cookie.
fn each(check: impl Fn(&Value, &Value, &Native)) {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let rows = table["conversations"].as_array().unwrap();
    assert!(rows.len() > 8);
    for row in rows {
        let upstream = row.get("upstream").cloned();
        let native = Native::new(upstream.unwrap_or_else(|| json!({})));
        let text = row.to_string().replace("$COOKIE", &native.cookie);
        check(
            &serde_json::from_str(&text).unwrap(),
            &table["usual"],
            &native,
        );
    }
}

/// Status and problem type of a client's answer, if it is ours.
fn ours(written: &Value) -> Option<(u16, String)> {
    let kind = written.get("kind")?.as_str().unwrap();
    let status = written["status"].as_u64().unwrap();
    Some((u16::try_from(status).unwrap(), kind.to_owned()))
}

#[test]
fn what_is_decided_for_a_native_carrier_is_what_the_table_says() {
    each(|row, usual, native| {
        let (name, request) = (&row["name"], &row["request"]);
        let mut headers = request["headers"].as_array().unwrap().clone();
        headers.push(json!(["host", request["host"]]));
        let mut decided = native.says(&json!({ "open": {
            "method": request["method"], "target": request["target"], "headers": headers,
            "client": "192.0.2.7:4711", "plain": true,
        }}));
        if let Some(ours) = ours(&row["verdict"]["answer"]) {
            return assert_eq!(told(&decided), ours, "{name}");
        }
        let connect = decided["connect"].as_object_mut().unwrap();
        let ticket = connect.remove("ticket").unwrap();
        let audit = connect["plain"]["audit"].as_object_mut().unwrap();
        audit.remove("request_id");
        audit.remove("session");
        let expected = merged(usual, &row["verdict"]);
        assert_eq!(comparable(&decided), comparable(&expected), "{name}");
        if let Some(ours) = ours(&row["client"]) {
            let fault = &row["client"]["fault"];
            let failed = json!({ "failed": { "ticket": ticket, "fault": fault } });
            assert_eq!(told(&native.says(&failed)), ours, "{name}");
        }
    });
}

#[test]
fn what_the_component_carries_is_what_the_table_says() {
    each(|row, usual, native| {
        let (name, request, proxy) = (&row["name"], &row["request"], &native.proxy);
        if let Some(answer) = row["answers"].get(0).cloned() {
            proxy.world.serves(move |_| served(&answer));
        }
        let mut headers = sorted(&request["headers"]);
        headers.push(("spin-client-addr".to_owned(), "192.0.2.7:4711".to_owned()));
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let method = request["method"].as_str().unwrap().parse().unwrap();
        let target = request["target"].as_str().unwrap();
        let target = target.strip_prefix("/-/apps").unwrap();
        let function = ("function".to_owned(), "apps".to_owned());
        proxy.world.variables.borrow_mut().extend([function]);
        let answer = proxy.ask_at(APP, method, target, &headers);
        if let Some(ours) = ours(&row["client"]) {
            return assert_eq!(answer.problem(), ours, "{name}");
        }
        assert!(answer.is_carried(), "{name}");
        let expected = &merged(usual, &row["verdict"])["connect"];
        let sent = pairs(proxy.relayed().headers());
        assert_eq!(sorted(&sent), sorted(&expected["headers"]), "{name}");
        let begun = proxy.begun();
        assert_eq!(
            json!(begun.status().as_u16()),
            row["client"]["status"],
            "{name}"
        );
        let got = pairs(begun.headers());
        assert_eq!(sorted(&got), sorted(&row["client"]["headers"]), "{name}");
        let line = proxy.line();
        for (field, value) in row["audit"].as_object().unwrap() {
            assert_eq!(&line[field], value, "{name}: {line}");
        }
    });
}
