//! How a request is carried: its destination, and the rules for it and its answer.

use std::time::Duration;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method};
use serde::{Deserialize, Serialize};

use crate::headers::{orders, without_set_cookies};
use crate::location::{lead_back_from, lead_through};
use crate::written;

/// How often a carrier asks about the answers to one request, at most. The first question may bring another
/// token; the second only says what the client gets.
pub const QUESTIONS: usize = 2;

/// The destination and head of a request, and the rules for its answer.
#[derive(Clone, Deserialize, Serialize)]
pub struct Forward {
    /// The server: `https://host:port`. A native carrier connects only to servers on its list.
    pub origin: String,
    /// The value of `Host` (RFC 9110, section 7.2), if it is not that of [`Forward::origin`]. A component
    /// cannot set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The method.
    #[serde(with = "written::text")]
    pub method: Method,
    /// Path and query, unchanged.
    #[serde(with = "written::target")]
    pub target: PathAndQuery,
    /// All headers except hop-by-hop ones. `Content-Length` is the client's.
    #[serde(with = "written::headers")]
    pub headers: HeaderMap,
    /// The headers that are removed from the answer, besides hop-by-hop ones. By default, those that give
    /// orders about our origin.
    #[serde(with = "written::names", default = "orders")]
    pub removed: Vec<HeaderName>,
    /// Headers that replace those of the same names in the answer.
    #[serde(
        with = "written::headers",
        default,
        skip_serializing_if = "HeaderMap::is_empty"
    )]
    pub set: HeaderMap,
    /// The path prefix below which the client reaches the server. Addresses in answers get this prefix.
    /// Without it, they stay as they are.
    #[serde(default)]
    pub location_prefix: Option<String>,
    /// Used with [`Forward::location_prefix`]: the path on the server below which the app is
    /// ([`lead_back_from`]); `None` if the server is no app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_base: Option<String>,
    /// The cookies that the answer may not set: names, and prefixes of names, which end in `_`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// The statuses about which the carrier asks again before the client gets the answer.
    #[serde(default = "unauthorized")]
    pub asks_again: Vec<u16>,
}

fn unauthorized() -> Vec<u16> {
    vec![401]
}

impl Forward {
    /// Turns the head of an answer into the client's. The carrier itself removes hop-by-hop headers.
    pub fn lead_back(&self, head: &mut HeaderMap) {
        for name in &self.removed {
            head.remove(name);
        }
        without_set_cookies(head, &self.cookies);
        head.extend(self.set.clone());
        match (&self.location_prefix, &self.location_base) {
            (Some(prefix), Some(base)) => lead_back_from(head, &self.origin, base, prefix),
            (Some(prefix), None) => lead_through(head, &self.origin, prefix),
            (None, _) => {}
        }
    }
}

/// Further rules for a request that is no upgrade. Upgrades have their carrier's limits.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rules {
    /// The rules for the client's body.
    pub body: BodyRules,
    /// The server's time limits.
    pub limits: Limits,
    /// How the request is looked at while it lasts.
    pub looks: Looks,
    /// Whether the answer may be a stream of events, after which a last one may be added.
    pub events: bool,
    /// Whether the answer's frames may be written by others than the server. Then the request shares no
    /// connection: each HTTP/2 frame that waits for its reader costs some hundred bytes, and too many small
    /// frames end the connection for all.
    #[serde(default)]
    pub apart: bool,
}

/// How much of a client's body is sent on, and how.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BodyRules {
    /// The most bytes. A longer body ends the request.
    pub most: u64,
    /// A body whose announced length (RFC 9110, section 8.6) is at most this, in bytes, is read before it is
    /// sent, so that it can be sent again. Any other is streamed.
    pub kept: u64,
    /// A body that takes longer to arrive needs a place.
    #[serde(with = "written::milliseconds")]
    pub at_once: Duration,
    /// How long a body that is read first may take with a place.
    #[serde(with = "written::milliseconds")]
    pub patience: Duration,
}

/// The server's time limits.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Limits {
    /// The time limit for connecting.
    #[serde(with = "written::milliseconds")]
    pub connect: Duration,
    /// The time limit for sending a body that was read first.
    #[serde(with = "written::milliseconds")]
    pub send: Duration,
    /// How long the server may take to answer, without a byte of the request moving; `None`: no limit.
    #[serde(with = "written::milliseconds_if_any")]
    pub answer: Option<Duration>,
}

/// How a request is looked at while it lasts: whether its client is still there, and whether it may go on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Looks {
    /// How often.
    #[serde(with = "written::milliseconds")]
    pub every: Duration,
    /// How long it goes on without an answer.
    #[serde(with = "written::milliseconds")]
    pub patience: Duration,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::{Value, json};

    use super::Forward;

    fn forward(more: &Value) -> Result<Forward, serde_json::Error> {
        let mut forward = json!({
            "origin": "https://api.example:6443",
            "method": "GET",
            "target": "/api/v1/pods?limit=1",
            "headers": [["authorization", "Bearer t"], ["x-a", "1"], ["x-a", "2"]],
        });
        for (name, value) in more.as_object().unwrap() {
            forward
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone());
        }
        serde_json::from_value(forward)
    }

    fn left(forward: &Forward, head: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in head {
            headers.append(*name, HeaderValue::from_static(value));
        }
        forward.lead_back(&mut headers);
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        headers.iter().map(line).collect()
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        let more = json!({
            "set": [["x-set", "1"]], "removed": ["x-gone"], "asks_again": [], "host": "app.example",
        });
        let read = forward(&more).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        let again: Forward = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), written);
        assert_eq!(read.headers.get_all("x-a").iter().count(), 2);
        assert_eq!(read.target.as_str(), "/api/v1/pods?limit=1");
    }

    #[test]
    fn one_that_is_broken_is_none() {
        for (field, value) in [
            ("method", json!("GE T")),
            ("target", json!("https://evil.example/")),
            ("target", json!("api")),
            ("target", json!("/a b")),
            ("target", json!("*")),
            ("target", json!("")),
            ("headers", json!([["a b", "c"]])),
            ("headers", json!([["a", "b\r\nc: d"]])),
            ("headers", json!({ "a": "b" })),
            ("removed", json!(["a b"])),
            ("set", json!([["a", "\n"]])),
            ("asks_again", json!(["401"])),
        ] {
            assert!(
                forward(&json!({ field: value })).is_err(),
                "{field} {value}"
            );
        }
    }

    #[test]
    fn an_answer_goes_back_as_it_says() {
        let head = [
            ("set-cookie", "a=b"),
            ("x-gone", "1"),
            ("x-set", "theirs"),
            ("location", "https://api.example:6443/x"),
            ("warning", "a"),
            ("warning", "b"),
        ];
        let more = json!({
            "removed": ["set-cookie", "x-gone"], "set": [["x-set", "ours"]], "location_prefix": "/k8s",
        });
        let mut led = left(&forward(&more).unwrap(), &head);
        led.sort();
        assert_eq!(
            led,
            [
                "location: /k8s/x",
                "warning: a",
                "warning: b",
                "x-set: ours"
            ]
        );
        let app = json!({
            "cookies": ["ours", "ours_"], "removed": [], "location_prefix": "/a", "location_base": "",
        });
        let head = [
            ("set-cookie", "ours=1"),
            ("set-cookie", "ours_x=1"),
            ("set-cookie", "theirs=1"),
            ("location", "https://api.example:6443/x"),
        ];
        let mut led = left(&forward(&app).unwrap(), &head);
        led.sort();
        assert_eq!(led, ["location: /a/x", "set-cookie: theirs=1"]);
    }

    /// An older component sends none of these fields.
    #[test]
    fn what_is_not_said_is_what_older_carriers_did() {
        let head = [
            ("set-cookie", "a=b"),
            ("x-gone", "1"),
            ("x-set", "theirs"),
            ("location", "https://api.example:6443/x"),
            ("warning", "a"),
            ("warning", "b"),
        ];
        let led = left(&forward(&json!({})).unwrap(), &head);
        assert_eq!(led.len(), 5);
        assert!(!led.contains(&"set-cookie: a=b".to_owned()));
        assert!(led.contains(&"location: https://api.example:6443/x".to_owned()));
    }
}
