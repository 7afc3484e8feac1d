//! The audit line: who asked the API server or an app for what. Each request leaves one, whatever its
//! outcome.

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::RequestInfo;

/// What is known of a request at its end.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Audit {
    /// The name of the event.
    pub event: String,
    /// The function that answered.
    pub route: String,
    /// An [`Outcome`], or the kind of a problem.
    pub outcome: String,
    /// The request's id, which its answers have too.
    pub request_id: String,
    /// A fingerprint of the credential.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<String>,
    /// The owner's name for the credential.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential: Option<String>,
    /// The user's object id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub oid: Option<String>,
    /// The user's tenant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tid: Option<String>,
    /// The user's principal name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upn: Option<String>,
    /// The host of the app, if it is a request to one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app: Option<String>,
    /// The method, if the request is for an app.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<String>,
    /// What the client asks of the API server.
    #[serde(flatten)]
    pub request: Option<RequestInfo>,
    /// The user that the client wants to impersonate, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub impersonated_user: Option<String>,
    /// The status of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// Bytes of the body from the client.
    pub sent: u64,
    /// Bytes of the answer's body.
    pub received: u64,
    /// The time from the request to the end of the answer.
    pub milliseconds: u64,
    /// For the engineer on call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
}

/// The longest impersonated name that is logged, in characters.
const LONGEST_NAME: usize = 256;

impl Audit {
    /// For the request `request_id`. `event` says what has happened to it.
    #[must_use]
    pub fn begin(event: &str, route: &str, request_id: &str) -> Self {
        Self {
            event: event.to_owned(),
            route: route.to_owned(),
            request_id: request_id.to_owned(),
            ..Self::default()
        }
    }

    /// Notes what the client asks for, and which user it impersonates.
    pub fn asks(&mut self, request: RequestInfo, headers: &HeaderMap) {
        self.request = Some(request);
        let name = headers.get("impersonate-user");
        // The API server takes any text for a name.
        let name = name.map(|name| String::from_utf8_lossy(name.as_bytes()));
        self.impersonated_user = name.map(|name| name.chars().take(LONGEST_NAME).collect());
    }

    /// Notes the outcome. The carrier measures the time.
    pub fn ended(&mut self, ended: &Ended) {
        ended.outcome.as_str().clone_into(&mut self.outcome);
        self.status = ended.status;
        (self.sent, self.received) = (ended.sent, ended.received);
    }
}

/// The end of a request whose answer was carried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ended {
    /// The outcome.
    pub outcome: Outcome,
    /// The status of the answer; `None` if there was no answer.
    pub status: Option<u16>,
    /// How many bytes of the client's body were sent on.
    pub sent: u64,
    /// How many bytes of the answer's body came.
    pub received: u64,
}

/// How an answer ended after it had begun.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was carried to its end.
    Ok,
    /// The client has gone.
    ClientGone,
    /// The server cut it off, or nobody could say whether it might go on.
    CutOff,
    /// The client's credential has ended.
    SessionEnded,
    /// Its user had no place left for it.
    TooManyStreams,
}

impl Outcome {
    /// The outcome's name in the line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ClientGone => "client_gone",
            Self::CutOff => "cut_off",
            Self::SessionEnded => "session_ended",
            Self::TooManyStreams => "too_many_streams",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::collections::BTreeSet;

    use http::{HeaderMap, HeaderValue, Method};
    use serde_json::Value;

    use super::{Audit, RequestInfo};

    const DOCUMENT: &str = include_str!("../../../docs/logging.md");

    #[test]
    fn whoever_is_named_stands_in_the_line() {
        let long = "x".repeat(300);
        for (named, read) in [
            (&b"bob"[..], "bob"),
            ("b\u{f6}b".as_bytes(), "b\u{f6}b"),
            (b"b\xf6b", "b\u{fffd}b"),
            (long.as_bytes(), &long[..256]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("impersonate-user", HeaderValue::from_bytes(named).unwrap());
            let mut audit = Audit::begin("kubernetes", "kubernetes", "r");
            audit.asks(RequestInfo::parse(&Method::GET, "/api"), &headers);
            assert_eq!(audit.impersonated_user.as_deref(), Some(read));
        }
    }

    /// The names of all fields that a line can have.
    fn fields() -> BTreeSet<String> {
        let text = || "x".to_owned();
        let some = || Some(text());
        let audit = Audit {
            event: text(),
            route: text(),
            outcome: text(),
            request_id: text(),
            session: some(),
            credential: some(),
            oid: some(),
            tid: some(),
            upn: some(),
            app: some(),
            method: some(),
            request: None,
            impersonated_user: some(),
            status: Some(200),
            sent: 1,
            received: 1,
            milliseconds: 1,
            detail: some(),
        };
        let mut names = BTreeSet::new();
        let of_pod = "/api/v1/namespaces/demo/pods/a/log";
        for target in [of_pod, "/apis/apps/v1/deployments", "/healthz"] {
            let request = Some(RequestInfo::parse(&Method::GET, target));
            let line = serde_json::to_value(Audit {
                request,
                ..audit.clone()
            });
            let Value::Object(line) = line.unwrap() else {
                continue;
            };
            names.extend(line.into_iter().map(|(name, _)| name));
        }
        names
    }

    /// What stands in backquotes.
    fn quoted(text: &str) -> BTreeSet<String> {
        text.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_documentation_has_each_field_and_no_other() {
        let (_, rest) = DOCUMENT.split_once("\n## Fields\n").unwrap();
        let (sections, _) = rest.split_once("\n## Examples\n").unwrap();
        let all = quoted(&sections.replace("```", ""));
        let missing: Vec<_> = fields().difference(&all).cloned().collect();
        assert_eq!(missing, [""; 0]);
        let (_, table) = sections
            .split_once("\n## Requests to the API server\n")
            .unwrap();
        let (_, table) = table.split_once("|---|---|\n").unwrap();
        let rows = table.split("\n\n").next().unwrap();
        let first = rows.lines().filter_map(|row| row.split('|').nth(1));
        let documented: BTreeSet<String> = first.flat_map(quoted).collect();
        let unknown: Vec<_> = documented.difference(&fields()).cloned().collect();
        assert_eq!(unknown, [""; 0]);
    }
}
