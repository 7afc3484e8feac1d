//! What tunnel and component say to each other, as JSON.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use serde::{Deserialize, Serialize};

use crate::Origin;
use crate::relay::{self, Body};

/// What the component is asked or told.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Message<'a> {
    /// A client wants this.
    Open(&'a Open),
    /// The origin has answered with 401. What now?
    Refused(Refused<'a>),
    /// May this go on?
    Look { ticket: &'a str },
    /// This has ended.
    Closed(Closed<'a>),
}

/// A request to upgrade.
#[derive(Serialize)]
pub(crate) struct Open {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) client: String,
}

/// The origin's 401.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Refused<'a> {
    pub(crate) ticket: &'a str,
    pub(crate) open: &'a Open,
    /// The values of `WWW-Authenticate`.
    pub(crate) challenges: &'a [String],
}

/// What has become of it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Closed<'a> {
    pub(crate) ticket: &'a str,
    pub(crate) status: Option<u16>,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) milliseconds: u64,
}

/// The answer to a look.
#[derive(Deserialize)]
pub(crate) struct Looked {
    pub(crate) go_on: bool,
}

/// What is to be done.
pub(crate) enum Decision {
    /// Carry it there.
    Connect(Connect),
    /// The client gets this.
    Answer(Response<Body>),
}

/// Where a request goes on, and as what.
pub(crate) struct Connect {
    pub(crate) origin: Origin,
    pub(crate) method: Method,
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
    /// Below which path the client reaches the origin, so that addresses in answers lead there. An older
    /// component does not say it.
    pub(crate) location_prefix: Option<String>,
    pub(crate) ticket: String,
}

impl Decision {
    /// Reads the component's answer to a request to upgrade, or to a 401. Nothing if the client gets the
    /// origin's answer.
    pub(crate) fn parse(body: &[u8]) -> Result<Option<Self>, String> {
        let written: Written = serde_json::from_slice(body).map_err(|_| "is no decision")?;
        match written {
            Written::Connect(written) => written.parse().map(Self::Connect).map(Some),
            Written::Answer(written) => written.parse().map(Self::Answer).map(Some),
            Written::Pass {} => Ok(None),
        }
    }
}

/// As it is written.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Written {
    Connect(WrittenConnect),
    Answer(WrittenAnswer),
    Pass {},
}

#[derive(Deserialize)]
struct WrittenConnect {
    origin: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    location_prefix: Option<String>,
    ticket: String,
}

#[derive(Deserialize)]
struct WrittenAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl WrittenConnect {
    fn parse(self) -> Result<Connect, String> {
        let target: Uri = self.target.parse().map_err(|_| "has no valid target")?;
        if target.authority().is_some() || !target.path().starts_with('/') {
            return Err("has a target that is no path".to_owned());
        }
        let mut headers = parse_headers(&self.headers)?;
        // The tunnel's own, or of no meaning without a body.
        for name in [header::HOST, header::CONTENT_LENGTH] {
            headers.remove(name);
        }
        verdict::remove_hop_by_hop(&mut headers);
        Ok(Connect {
            origin: self.origin.parse().map_err(|_| "has no valid origin")?,
            method: self.method.parse().map_err(|_| "has no valid method")?,
            target,
            headers,
            location_prefix: self.location_prefix,
            ticket: self.ticket,
        })
    }
}

impl WrittenAnswer {
    /// As a response after which the connection is closed: nothing that came after the client's head
    /// may be taken for another request.
    fn parse(self) -> Result<Response<Body>, String> {
        let status = StatusCode::from_u16(self.status).ok();
        let status = status.filter(|status| !status.is_informational());
        let mut headers = parse_headers(&self.headers)?;
        verdict::remove_hop_by_hop(&mut headers);
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        let mut response = Response::new(relay::full(self.body));
        *response.status_mut() = status.ok_or("has no valid status")?;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

fn parse_headers(written: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        let parsed = name
            .parse::<HeaderName>()
            .ok()
            .zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let (name, value) = parsed.ok_or("has a header that is none")?;
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use serde_json::{Value, json};

    use super::{Connect, Decision};

    fn connect() -> Value {
        json!({ "connect": {
            "origin": "https://10.0.0.1:6443",
            "method": "POST",
            "target": "/api/v1/namespaces/a/pods/p/exec?command=sh",
            "headers": [["authorization", "Bearer t"], ["x-a", "1"], ["x-a", "2"]],
            "location_prefix": "/below",
            "ticket": "t",
            "audit": true,
        }})
    }

    fn parsed(decision: &Value) -> Option<Connect> {
        match Decision::parse(decision.to_string().as_bytes()) {
            Ok(Some(Decision::Connect(connect))) => Some(connect),
            _ => None,
        }
    }

    #[test]
    fn a_decision_is_read() {
        let read = parsed(&connect()).unwrap();
        assert_eq!(read.origin.to_string(), "https://10.0.0.1:6443");
        assert_eq!(read.method, "POST");
        assert_eq!(read.target, "/api/v1/namespaces/a/pods/p/exec?command=sh");
        assert_eq!(read.headers.get_all("x-a").iter().count(), 2);
        assert_eq!(read.location_prefix.as_deref(), Some("/below"));
        assert_eq!(read.ticket, "t");
    }

    #[test]
    fn one_that_is_broken_is_none() {
        let cases = [
            ("origin", json!("10.0.0.1")),
            ("origin", json!("https://10.0.0.1/path")),
            ("method", json!("GE T")),
            ("target", json!("https://evil.example/")),
            ("target", json!("api")),
            ("target", json!("/a b")),
            ("target", json!("*")),
            ("headers", json!([["a b", "c"]])),
            ("headers", json!([["a", "b\r\nc: d"]])),
            ("headers", json!({ "a": "b" })),
            ("ticket", json!(1)),
        ];
        for (field, value) in cases {
            let mut decision = connect();
            decision["connect"][field] = value;
            assert!(parsed(&decision).is_none(), "{decision}");
        }
        for text in ["", "{}", "[]", "{\"open\":{}}"] {
            assert!(Decision::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_tunnels_own_headers_are_not_the_components_to_say() {
        let mut decision = connect();
        decision["connect"]["headers"] = json!([
            ["host", "evil.example"],
            ["connection", "x"],
            ["upgrade", "h2c"],
            ["transfer-encoding", "chunked"],
            ["content-length", "5"],
        ]);
        assert!(parsed(&decision).unwrap().headers.is_empty());
    }

    #[test]
    fn an_answer_cannot_upgrade() {
        for (status, valid) in [
            (401, true),
            (200, true),
            (101, false),
            (100, false),
            (99, false),
        ] {
            let answer = json!({ "answer": { "status": status, "headers": [], "body": "" } });
            let parsed = Decision::parse(answer.to_string().as_bytes());
            assert_eq!(parsed.is_ok(), valid, "{status}");
        }
    }
}
