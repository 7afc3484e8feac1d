//! The component's decision, as the tunnel carries it out.

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use verdict::{Answer, Forward, Plain, Together, Verdict, remove_hop_by_hop};

use crate::Origin;
use crate::relay::{self, Body};

/// The decision on a request.
pub(crate) enum Decision {
    /// Carry the request there.
    Connect(Box<Connect>),
    /// Give the client this answer.
    Answer(Response<Body>),
}

/// Where a request goes, and with which head.
pub(crate) struct Connect {
    pub(crate) origin: Origin,
    /// The decided head, without the headers that the tunnel sets itself.
    pub(crate) forward: Forward,
    pub(crate) ticket: String,
    /// The group in whose looks it is included.
    pub(crate) together: Option<Together>,
    /// Whether a person asks whose lasting requests the component counts.
    pub(crate) is_known: bool,
    /// Further rules for a plain request.
    pub(crate) plain: Option<Plain>,
}

impl Decision {
    /// Reads the component's answer to a request to upgrade or to a 401. `None`: the client gets the origin's
    /// answer.
    pub(crate) fn parse(body: &[u8]) -> Result<Option<Self>, String> {
        // The error does not quote the answer, which holds a token.
        let verdict: Verdict = serde_json::from_slice(body).map_err(|_| "is no decision")?;
        match verdict {
            Verdict::Connect(connect) => {
                let connect = Connect::of(*connect)?;
                Ok(Some(Self::Connect(Box::new(connect))))
            }
            Verdict::Answer(answer) => respond(answer).map(Self::Answer).map(Some),
            Verdict::Pass {} => Ok(None),
        }
    }
}

impl Connect {
    fn of(verdict: verdict::Connect) -> Result<Self, String> {
        let verdict::Connect {
            mut forward,
            ticket,
            together,
            is_known,
            plain,
        } = verdict;
        let origin: Origin = forward.origin.parse().map_err(|_| "has no valid origin")?;
        forward.origin = origin.to_string();
        // The tunnel sets it itself.
        forward.headers.remove(header::HOST);
        if plain.is_none() {
            // An upgrade has no body.
            forward.headers.remove(header::CONTENT_LENGTH);
        }
        remove_hop_by_hop(&mut forward.headers);
        Ok(Self {
            origin,
            forward,
            ticket,
            together,
            is_known,
            plain,
        })
    }

    /// The value of `Host` for the origin: its own authority, unless another was decided on.
    pub(crate) fn host(&self) -> String {
        let host = self.forward.host.clone();
        host.unwrap_or_else(|| self.origin.authority())
    }

    /// Turns the head of the origin's answer into the client's.
    pub(crate) fn lead_back(&self, head: &mut HeaderMap) {
        remove_hop_by_hop(head);
        self.forward.lead_back(head);
    }
}

/// `answer` as a response.
pub(crate) fn respond(answer: Answer) -> Result<Response<Body>, String> {
    let status = StatusCode::from_u16(answer.status).ok();
    let status = status.filter(|status| !status.is_informational());
    let mut headers = parse_headers(&answer.headers)?;
    remove_hop_by_hop(&mut headers);
    headers.remove(header::CONTENT_LENGTH);
    let mut response = Response::new(relay::full(answer.body));
    *response.status_mut() = status.ok_or("has no valid status")?;
    *response.headers_mut() = headers;
    Ok(response)
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
            Ok(Some(Decision::Connect(connect))) => Some(*connect),
            _ => None,
        }
    }

    #[test]
    fn a_decision_is_read() {
        let read = parsed(&connect()).unwrap();
        assert_eq!(read.origin.to_string(), "https://10.0.0.1:6443");
        let forward = read.forward;
        assert_eq!(forward.method, "POST");
        assert_eq!(
            forward.target,
            "/api/v1/namespaces/a/pods/p/exec?command=sh"
        );
        assert_eq!(forward.headers.get_all("x-a").iter().count(), 2);
        assert_eq!(forward.location_prefix.as_deref(), Some("/below"));
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
        assert!(parsed(&decision).unwrap().forward.headers.is_empty());
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
