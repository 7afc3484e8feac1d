//! WebSocket over HTTP/2 (RFC 8441): an extended CONNECT takes the place of an upgrade. The servers behind
//! the tunnel speak HTTP/1.1, so the tunnel turns the CONNECT into an upgrade. It adds the key and checks the
//! server's answer to it (RFC 6455, section 4).

use base64ct::{Base64, Encoding};
use http::header::{CONNECTION, COOKIE, HOST, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::request::Parts;
use http::uri::Uri;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Version};
use hyper::ext::Protocol;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom, SystemRandom};

use crate::failure::Failure;
use crate::incoming::join;
use crate::kind::Kind;
use crate::relay::Body;

/// What the answer to a key is made with (RFC 6455, section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Marks a request that came as an extended CONNECT. Its answer has no key and no `Upgrade`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Extended {
    /// The answer to our key that the origin must give.
    accept: String,
}

/// Turns a CONNECT for WebSocket into the upgrade that an HTTP/1.1 client would have sent. Other requests
/// stay as they are.
pub fn lead(request: &mut Parts) {
    let is_websocket = request
        .extensions
        .get::<Protocol>()
        .is_some_and(|protocol| protocol.as_str() == "websocket");
    if request.version != Version::HTTP_2 || request.method != Method::CONNECT || !is_websocket {
        return;
    }
    let (Some(key), Some(host), Some(target)) = (
        key(),
        request
            .uri
            .authority()
            .and_then(|host| HeaderValue::from_str(host.as_str()).ok()),
        request.uri.path_and_query().cloned(),
    ) else {
        return;
    };
    let accept = accept(&key);
    request.method = Method::GET;
    request.version = Version::HTTP_11;
    request.uri = Uri::from(target);
    let headers = &mut request.headers;
    // These headers have a meaning only in HTTP/1.1, so the client's values are replaced.
    for (name, value) in [
        (HOST, Some(host)),
        (CONNECTION, Some(HeaderValue::from_static("Upgrade"))),
        (UPGRADE, Some(HeaderValue::from_static("websocket"))),
        (SEC_WEBSOCKET_KEY, HeaderValue::from_str(&key).ok()),
    ] {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    // HTTP/2 may have split them (RFC 9113, section 8.2.3).
    join(headers, &COOKIE, b"; ");
    request.extensions.insert(Extended { accept });
}

/// The answer to an extended CONNECT that leads neither to the API server nor to an app. No page of the proxy's
/// own is a WebSocket, and a 200 would say that it is one (RFC 8441, section 5).
pub fn refuse<B>(request: &Request<B>) -> Option<Response<Body>> {
    request.extensions().get::<Extended>()?;
    let failure = Failure::bad_request("there is no WebSocket at this address");
    Some(failure.kept_response(Kind::App))
}

impl Extended {
    /// Whether the origin has answered our key.
    pub(crate) fn is_accepted(&self, head: &HeaderMap) -> bool {
        let mut accepts = head.get_all(SEC_WEBSOCKET_ACCEPT).iter();
        let (accept, others) = (accepts.next(), accepts.next());
        others.is_none() && accept.is_some_and(|accept| accept == self.accept.as_str())
    }

    /// Turns the head of a 101 into that of a 200.
    pub(crate) fn answer(head: &mut HeaderMap) {
        for name in [CONNECTION, UPGRADE, SEC_WEBSOCKET_ACCEPT] {
            head.remove(name);
        }
    }
}

/// A random key: 16 bytes in base64.
fn key() -> Option<String> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(Base64::encode_string(&bytes))
}

fn accept(key: &str) -> String {
    let text = [key, GUID].concat();
    Base64::encode_string(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use http::header::SEC_WEBSOCKET_ACCEPT;
    use http::request::Parts;
    use http::{HeaderMap, HeaderValue, Method, Request, Version};
    use hyper::ext::Protocol;

    use super::{Extended, accept, lead};
    use crate::is_upgrade;

    fn connect(protocol: Option<&'static str>) -> Parts {
        let mut request = Request::connect("https://aks.example/k8s/x?y=z")
            .version(Version::HTTP_2)
            .header("sec-websocket-key", "the client's")
            .header("sec-websocket-protocol", "v5.channel.k8s.io")
            .header("cookie", "a=1")
            .header("cookie", "b=2")
            .body(())
            .unwrap();
        if let Some(protocol) = protocol {
            let protocol = Protocol::from_static(protocol);
            request.extensions_mut().insert(protocol);
        }
        request.into_parts().0
    }

    /// The example of RFC 6455, section 1.3.
    #[test]
    fn the_answer_to_a_key_is_the_standards() {
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        assert_eq!(accept(key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn it_becomes_the_upgrade_that_it_stands_for() {
        let mut request = connect(Some("websocket"));
        lead(&mut request);
        assert!(is_upgrade(&request));
        assert_eq!(request.method, Method::GET);
        assert_eq!(request.uri, "/k8s/x?y=z");
        assert_eq!(request.headers["host"], "aks.example");
        assert_eq!(request.headers["upgrade"], "websocket");
        assert_eq!(
            request.headers["sec-websocket-protocol"],
            "v5.channel.k8s.io"
        );
        let cookies: Vec<_> = request.headers.get_all("cookie").iter().collect();
        assert_eq!(cookies, ["a=1; b=2"]);
        let keys: Vec<_> = request
            .headers
            .get_all("sec-websocket-key")
            .iter()
            .collect();
        assert_eq!(keys.len(), 1);
        let key = keys[0].to_str().unwrap();
        let extended = request.extensions.get::<Extended>().unwrap();
        let answer = |accept: &str| {
            let accept = HeaderValue::from_str(accept).unwrap();
            HeaderMap::from_iter([(SEC_WEBSOCKET_ACCEPT, accept)])
        };
        assert!(extended.is_accepted(&answer(&accept(key))));
        assert!(!extended.is_accepted(&answer("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
        assert!(!extended.is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn others_stay_as_they_are() {
        for protocol in [None, Some("connect-udp")] {
            let mut request = connect(protocol);
            lead(&mut request);
            assert_eq!(request.method, Method::CONNECT);
            assert!(!is_upgrade(&request));
        }
    }
}
