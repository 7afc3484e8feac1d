//! Finds the boundaries between events of a watch. A watch may end there: the API server itself ends watches
//! so after a while, and the client continues from its last resource version. A watch that ends within an
//! event has failed.

use http::{HeaderMap, Response, StatusCode, Uri, header};
use serde::{Deserialize, Serialize};

/// The encoding of a watch's events.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// One JSON document per line (`application/json`).
    Json,
    /// Protobuf messages, each after its length in four bytes, big-endian
    /// (`application/vnd.kubernetes.protobuf;stream=watch`).
    Protobuf,
}

impl Writing {
    /// The encoding, if this is the head of an answer to a watch; `None` where events cannot be told apart.
    #[must_use]
    pub fn of<B>(answer: &Response<B>) -> Option<Self> {
        let is_plain = !answer.headers().contains_key(header::CONTENT_ENCODING);
        if answer.status() != StatusCode::OK || !is_plain {
            return None;
        }
        match media_type(answer.headers())? {
            "application/json" => Some(Self::Json),
            "application/vnd.kubernetes.protobuf" => Some(Self::Protobuf),
            _ => None,
        }
    }
}

/// Follows the events of a watch.
#[derive(Clone, Debug)]
pub struct Events {
    writing: Writing,
    /// Whether an event has begun and not ended.
    is_within: bool,
    /// The part of a message's length that was read, and its size.
    length: u32,
    length_read: u8,
    /// How much of a message is still to come.
    rest: u32,
}

impl Events {
    /// The events of `answer` to a GET of `uri`, a path below `/k8s`, if it is a watch. An answer from a
    /// service, pod or node behind the API server is no watch.
    #[must_use]
    pub fn of<B>(uri: &Uri, answer: &Response<B>) -> Option<Self> {
        let is_resource = ["/k8s/api/", "/k8s/apis/"]
            .iter()
            .any(|prefix| uri.path().starts_with(prefix));
        let is_proxied = uri.path().split('/').any(|part| part == "proxy");
        let is_whole = answer.headers().contains_key(header::CONTENT_LENGTH);
        if !is_resource || is_proxied || is_whole || !asks_for_watch(uri) {
            return None;
        }
        Writing::of(answer).map(Self::new)
    }

    fn new(writing: Writing) -> Self {
        Self {
            writing,
            is_within: false,
            length: 0,
            length_read: 0,
            rest: 0,
        }
    }

    /// Whether the last event is complete and the next has not begun.
    #[must_use]
    pub fn is_between(&self) -> bool {
        !self.is_within
    }

    /// Reads `piece`. Returns how many of its bytes belong to the first event that ends in it.
    pub fn read(&mut self, piece: &[u8]) -> Option<usize> {
        let mut first = None;
        for (at, byte) in piece.iter().enumerate() {
            let ends = match self.writing {
                Writing::Json => *byte == b'\n',
                Writing::Protobuf => self.ends_message(*byte),
            };
            self.is_within = !ends;
            if ends && first.is_none() {
                first = Some(at + 1);
            }
        }
        first
    }

    /// Whether a message ends with this byte.
    fn ends_message(&mut self, byte: u8) -> bool {
        if self.length_read < 4 {
            self.length = self.length << 8 | u32::from(byte);
            self.length_read += 1;
            self.rest = self.length;
        } else {
            self.rest -= 1;
        }
        let ends = self.length_read == 4 && self.rest == 0;
        if ends {
            (self.length, self.length_read) = (0, 0);
        }
        ends
    }
}

/// Whether the query asks for a watch, as the API server reads it: any value but a denial means yes. A wrong
/// yes does no harm: an answer that is no watch has no events.
fn asks_for_watch(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut pairs = query.split('&');
    let value = pairs.find_map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name == "watch").then_some(value),
        None => (pair == "watch").then_some(""),
    });
    value.is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "false" | "0"))
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use http::{Response, Uri};

    use super::{Events, Writing};

    const JSON: &str = "application/json";
    const PROTOBUF: &str = "application/vnd.kubernetes.protobuf;stream=watch";

    fn events(uri: &str, headers: &[(&str, &str)], status: u16) -> Option<Events> {
        let mut answer = Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        Events::of(&uri.parse::<Uri>().unwrap(), &answer.body(()).unwrap())
    }

    #[test]
    fn a_watch_has_events() {
        for uri in [
            "/k8s/api/v1/pods?watch=true",
            "/k8s/api/v1/pods?limit=5&watch=1&x=y",
            "/k8s/apis/apps/v1/namespaces/a/deployments?watch",
            "/k8s/api/v1/pods?watch=TRUE",
        ] {
            for media_type in [JSON, PROTOBUF, "application/json; charset=utf-8"] {
                let head = [("content-type", media_type)];
                assert!(events(uri, &head, 200).is_some(), "{uri} {media_type}");
            }
        }
    }

    #[test]
    fn nothing_else_has() {
        let json = ("content-type", JSON);
        for uri in [
            "/k8s/api/v1/pods",
            "/k8s/api/v1/pods?watch=false",
            "/k8s/api/v1/pods?watch=0",
            "/k8s/api/v1/pods?watch=False",
            "/k8s/api/v1/pods?rewatch=true",
            "/k8s/api/v1/namespaces/a/services/b/proxy/list?watch=true",
            "/k8s/version?watch=true",
            "/whoami?watch=true",
        ] {
            assert!(events(uri, &[json], 200).is_none(), "{uri}");
        }
        let watch = "/k8s/api/v1/pods?watch=true";
        for (headers, status) in [
            (&[][..], 200),
            (&[("content-type", "text/plain")], 200),
            (&[("content-type", "application/cbor-seq")], 200),
            (&[json, ("content-encoding", "gzip")], 200),
            (&[json, ("content-length", "5")], 200),
            (&[json], 410),
        ] {
            assert!(
                events(watch, headers, status).is_none(),
                "{headers:?} {status}"
            );
        }
    }

    /// Reads a stream in pieces of each size; returns after which bytes it is between two events.
    fn ends(writing: Writing, stream: &[u8]) -> Vec<usize> {
        let mut all = Vec::new();
        for size in 1..=stream.len() {
            let mut events = Events::new(writing);
            let mut found = Vec::new();
            let mut read = 0;
            assert!(events.is_between());
            for piece in stream.chunks(size) {
                if let Some(end) = events.read(piece) {
                    found.push(read + end);
                }
                read += piece.len();
            }
            if size == 1 {
                all = found;
            } else {
                assert!(found.iter().all(|end| all.contains(end)), "{size}");
                assert_eq!(found.first(), all.first(), "{size}");
            }
            assert_eq!(events.is_between(), all.last() == Some(&stream.len()));
        }
        all
    }

    #[test]
    fn a_document_ends_with_its_line() {
        assert_eq!(ends(Writing::Json, b"{\"a\":\"\\n\"}\n{}\n"), [11, 14]);
        assert_eq!(ends(Writing::Json, b"{}\n{\"half\":"), [3]);
        assert_eq!(ends(Writing::Json, b"{\"half\":"), [0; 0]);
    }

    #[test]
    fn a_message_ends_where_its_length_says() {
        let message =
            |length: u32| [&length.to_be_bytes()[..], &vec![b'\n'; length as usize]].concat();
        let stream = [message(3), message(0), message(300)].concat();
        assert_eq!(ends(Writing::Protobuf, &stream), [7, 11, 315]);
        assert_eq!(ends(Writing::Protobuf, &stream[..20]), [7, 11]);
        assert_eq!(ends(Writing::Protobuf, &stream[..9]), [7]);
    }
}
