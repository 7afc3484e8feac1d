//! How a request is carried: where it goes, and what holds for it and for its answer.

use std::time::Duration;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method};
use serde::{Deserialize, Serialize};

use crate::headers::{orders, without_set_cookies};
use crate::location::{lead_back_from, lead_through};
use crate::written;

/// How often a carrier asks about the answers to one request, at most. The first time there may be another
/// token for it; the second time it is only said what the client gets.
pub const QUESTIONS: usize = 2;

/// Where a request goes, with which head, and what its client gets of the answer.
#[derive(Clone, Deserialize, Serialize)]
pub struct Forward {
    /// The server: `https://host:port`. A carrier of its own has a list of those that it reaches.
    pub origin: String,
    /// The host that the server is asked for (RFC 9110, section 7.2), if it is not that of [`Forward::origin`].
    /// A component cannot say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The method.
    #[serde(with = "written::text")]
    pub method: Method,
    /// Path and query, byte for byte.
    #[serde(with = "written::target")]
    pub target: PathAndQuery,
    /// The whole head, but for what is about the connection. Its `Content-Length` is the client's.
    #[serde(with = "written::headers")]
    pub headers: HeaderMap,
    /// The headers of the answer that the client does not get, besides those about the connection. If
    /// nothing is said, those that give orders about our origin.
    #[serde(with = "written::names", default = "orders")]
    pub removed: Vec<HeaderName>,
    /// The headers that the answer to the client has instead of its own of these names.
    #[serde(
        with = "written::headers",
        default,
        skip_serializing_if = "HeaderMap::is_empty"
    )]
    pub set: HeaderMap,
    /// Below which path the client reaches the server, so that addresses in answers lead there. If nothing
    /// is said, they stay as they are.
    #[serde(default)]
    pub location_prefix: Option<String>,
    /// With [`Forward::location_prefix`], the path below which the server is an app that the client reaches
    /// so ([`lead_back_from`]); nothing if it is no app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_base: Option<String>,
    /// The cookies that the answer may not set: names, and beginnings of names, which end in `_`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// The statuses of answers that the client does not get before whoever decided has been asked again.
    #[serde(default = "unauthorized")]
    pub asks_again: Vec<u16>,
}

fn unauthorized() -> Vec<u16> {
    vec![401]
}

impl Forward {
    /// Makes of the head of an answer the one that the client gets. What is about the connection is for
    /// the carrier to remove.
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

/// What else holds for a request that is no upgrade. Those are carried within the limits of their carrier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rules {
    /// The client's body.
    pub body: BodyRules,
    /// How long the server may take.
    pub limits: Limits,
    /// How it is looked at while it lasts.
    pub looks: Looks,
    /// Whether the answer may be a stream of events, after which there may be a last one.
    pub events: bool,
    /// Whether the answer's pieces are somebody else's than the server's to cut. A carrier has no connection
    /// with others for it: each frame of HTTP/2 that waits for its reader costs some hundred bytes, however
    /// small it is, and too many of them end the connection for all.
    #[serde(default)]
    pub apart: bool,
}

/// How much of a client's body goes on, and how.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BodyRules {
    /// The most bytes. A longer body cuts the request off.
    pub most: u64,
    /// One whose announced length (RFC 9110, section 8.6) is at most this, in bytes, is read before it is
    /// sent, so that it can be sent again. Any other is taken as it comes.
    pub kept: u64,
    /// What takes longer to arrive needs a place.
    #[serde(with = "written::milliseconds")]
    pub at_once: Duration,
    /// How long a body that is kept may take with a place.
    #[serde(with = "written::milliseconds")]
    pub patience: Duration,
}

/// How long a server may take.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Limits {
    /// The time to connect.
    #[serde(with = "written::milliseconds")]
    pub connect: Duration,
    /// The time to take a body that was kept.
    #[serde(with = "written::milliseconds")]
    pub send: Duration,
    /// The time without an answer and without a byte of the request; nothing, if that is not limited.
    #[serde(with = "written::milliseconds_if_any")]
    pub answer: Option<Duration>,
}

/// How a request is looked at while it lasts: whether its client is still there, and whether it may go on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Looks {
    /// How often.
    #[serde(with = "written::milliseconds")]
    pub every: Duration,
    /// How long it goes on while nobody can say whether it may.
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

    /// An older decider says none of it.
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
