//! What the client sends after the head.

use super::*;
use crate::platform::HttpError;

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";

/// How a body is passed on whose stated length is `length`.
pub(super) fn payload(
    proxy: &Proxy,
    method: &Method,
    length: Option<&str>,
) -> Result<Payload, Box<Told>> {
    let authorization = format!("Bearer {}", proxy.bearer);
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(length.map(|length| ("content-length", length)));
    let told = proxy.send(method, PODS, &headers);
    if told.is_carried() {
        Ok(proxy.relayed().into_body())
    } else {
        Err(Box::new(told))
    }
}

#[test]
fn a_short_body_is_read_and_any_other_is_carried_as_it_comes() {
    let proxy = Proxy::new();
    let whole = |bytes: &[u8]| Some(Payload::Whole(bytes.to_vec()));
    let carried = Some(Payload::Client { limit: 104_857_600 });
    for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
        proxy.world.body.replace(Some(b"body".to_vec()));
        assert_eq!(payload(&proxy, &method, Some("0")).ok(), whole(b""));
        assert_eq!(payload(&proxy, &method, Some("4")).ok(), whole(b"body"));
        assert_eq!(payload(&proxy, &method, Some("65537")).ok(), carried);
        assert_eq!(payload(&proxy, &method, None).ok(), carried);
        proxy.world.body.replace(Some(Vec::new()));
        assert_eq!(payload(&proxy, &method, None).ok(), whole(b""));
    }
}

#[test]
fn a_body_that_is_too_long_or_cut_off_goes_nowhere() {
    let proxy = Proxy::with(&[("kubernetes_max_body_bytes", "1000000")]);
    let kind = |length| payload(&proxy, &Method::POST, length).err().unwrap().kind();
    assert_eq!(kind(Some("1000001")), "body-too-large");
    proxy.world.body.replace(None);
    assert_eq!(kind(Some("10")), "body-cut-off");
    assert_eq!(kind(None), "body-cut-off");
    assert_eq!(proxy.count(), 0);
    proxy.world.body.replace(Some(b"body".to_vec()));
    proxy.world.serves(|_| Err(HttpError::TooLarge));
    assert_eq!(kind(None), "body-too-large");
    proxy.world.serves(|_| Err(HttpError::ClientFailed));
    assert_eq!(kind(None), "body-cut-off");
}

/// A short body that does not come keeps an instance as well as a long one.
#[test]
fn a_body_that_lets_others_wait_takes_a_place() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    proxy.world.body.replace(Some(b"body".to_vec()));
    let place = proxy.take_place(1).unwrap();
    assert!(
        payload(&proxy, &Method::POST, Some("4")).is_ok(),
        "it comes at once"
    );
    proxy.world.body_is_slow.set(true);
    let told = payload(&proxy, &Method::POST, Some("4")).err().unwrap();
    assert_eq!(told.kind(), "too-many-streams");
    proxy.world.body_is_slow.set(true);
    let told = payload(&proxy, &Method::GET, None).err().unwrap();
    assert_eq!(told.kind(), "too-many-streams");
    run(place.release(&proxy.records())).ok().unwrap();
    for _ in 0..2 {
        proxy.world.body_is_slow.set(true);
        assert!(
            payload(&proxy, &Method::POST, Some("4")).is_ok(),
            "its place is given back"
        );
    }
}
