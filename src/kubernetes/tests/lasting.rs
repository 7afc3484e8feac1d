//! Requests that last: their places, and their ends.

use super::bodies::payload;
use super::*;
use crate::platform::Progress;
use crate::session::streams::{Holder, take};

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";
const WATCH: &str = "/k8s/api/v1/namespaces/demo/pods?watch=1";
const PROXIED: &str = "/k8s/api/v1/namespaces/demo/services/s/proxy/poll";

#[test]
fn a_person_has_so_many_at_once() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "2")]);
    let take = || proxy.take_place(2);
    let (one, _two) = (take().unwrap(), take().unwrap());
    let told = proxy.get(WATCH, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (429, "too-many-streams")
    );
    assert_eq!(told.status()["reason"], "TooManyRequests");
    assert_eq!(told.status()["details"]["retryAfterSeconds"], 5);
    assert_eq!(told.0.as_ref().unwrap().headers()["retry-after"], "5");
    assert!(proxy.get(PODS, &[]).is_carried(), "a list is not long");
    run(one.release(&proxy.records())).ok().unwrap();
    assert!(proxy.get(WATCH, &[]).is_carried());
    assert!(
        proxy.get(WATCH, &[]).is_carried(),
        "its place was given back"
    );
    // Long bodies last too, and so do short answers that are read slowly.
    let three = take().unwrap();
    proxy.world.body.replace(Some(b"body".to_vec()));
    let told = payload(&proxy, &Method::POST, None).err().unwrap();
    assert_eq!(told.kind(), "too-many-streams");
    proxy.world.body.replace(Some(Vec::new()));
    let slow = || {
        let looks = [Progress::Open, Progress::Ended];
        proxy.world.progress.replace(looks.into());
        assert!(proxy.get(PODS, &[]).is_carried());
        proxy.audit()["outcome"].clone()
    };
    assert_eq!(slow(), "too_many_streams");
    run(three.release(&proxy.records())).ok().unwrap();
    assert_eq!(slow(), "ok");
    proxy.world.body.replace(Some(b"body".to_vec()));
    assert!(payload(&proxy, &Method::POST, None).is_ok());
}

/// Who signs in once more has no second share.
#[test]
fn another_sign_in_of_the_same_person_has_no_places_of_its_own() {
    let mut proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    let _place = proxy.take_place(1).unwrap();
    let first = proxy.bearer.clone();
    proxy.sign_in_again();
    assert_ne!(proxy.bearer, first);
    assert_eq!(proxy.get(WATCH, &[]).kind(), "too-many-streams");
}

/// The API server has not refused such a token by the first look.
#[test]
fn a_token_of_ones_own_has_places_too() {
    let proxy = Proxy::with(&[
        ("kubernetes_max_streams", "1"),
        ("kubernetes_token_passthrough", "true"),
    ]);
    let authorization = format!("Bearer {}", jwt(7));
    let headers = [("authorization", authorization.as_str())];
    let watch = || {
        let told = proxy.send(&Method::GET, WATCH, &headers);
        assert!(told.is_carried());
        proxy.audit()["outcome"].clone()
    };
    let before = proxy.world.writes.get();
    assert_eq!(watch(), "ok");
    assert_eq!(
        proxy.world.writes.get(),
        before,
        "a short one leaves nothing"
    );
    let looks = [Progress::Open, Progress::Open, Progress::Ended];
    proxy.world.progress.replace(looks.clone().into());
    assert_eq!(watch(), "ok");
    let token = Secret::new(jwt(7));
    let holder = Holder::of_token(&token);
    let records = proxy.records();
    let _place = run(take(&records, &holder, "", 1)).ok().unwrap().unwrap();
    proxy.world.progress.replace(looks.into());
    assert_eq!(watch(), "too_many_streams");
}

#[test]
fn who_waits_for_an_answer_holds_a_place_and_ends_with_the_session() {
    let proxy = Proxy::with(&[("kubernetes_max_streams", "1")]);
    let place = proxy.take_place(1).unwrap();
    proxy.world.silent.set(1);
    assert_eq!(proxy.get(PODS, &[]).kind(), "too-many-streams");
    run(place.release(&proxy.records())).ok().unwrap();
    proxy.world.silent.set(1);
    assert!(proxy.get(PODS, &[]).is_carried());
    proxy.world.silent.set(2);
    proxy.sign_out();
    assert_eq!(proxy.get(PODS, &[]).kind(), "credential-ended");
}

#[test]
fn the_api_server_may_be_silent_for_so_long_and_what_stands_behind_it_for_longer() {
    let proxy = Proxy::with(&[("kubernetes_response_timeout_seconds", "40")]);
    proxy.world.silent.set(3);
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (504, "api-server-silent")
    );
    assert_eq!(proxy.world.silent.get(), 0, "15, 30, 40 seconds");
    proxy.world.silent.set(2);
    assert!(proxy.get(PODS, &[]).is_carried());
    proxy.world.silent.set(40);
    assert!(proxy.get(PROXIED, &[]).is_carried(), "ten minutes");
}

/// The answer to a watch of this media type, and what it ends with when its user signs out.
fn last_words(media_type: &'static str, target: &str) -> Vec<Vec<u8>> {
    let proxy = Proxy::new();
    proxy.world.serves(move |_| {
        let answer = Response::builder().header("content-type", media_type);
        Ok(answer.body(()).unwrap())
    });
    let looks = [Progress::Open, Progress::Open, Progress::Ended];
    proxy.world.progress.replace(looks.into());
    proxy
        .world
        .does_meanwhile(|world| world.store.borrow_mut().clear());
    assert!(proxy.get(target, &[]).is_carried());
    assert_eq!(proxy.audit()["outcome"], "session_ended");
    proxy.world.last.take()
}

#[test]
fn a_watch_that_ends_with_its_session_says_so_in_its_last_event() {
    let last = last_words("application/json;stream=watch", WATCH);
    let [event] = last.as_slice() else {
        unreachable!("{last:?}");
    };
    assert_eq!((event[0], event[event.len() - 1]), (b'\n', b'\n'));
    let event: Value = serde_json::from_slice(event).unwrap();
    let status = &event["object"];
    assert_eq!(event["type"], "ERROR");
    assert_eq!(
        (&status["kind"], &status["apiVersion"]),
        (&json!("Status"), &json!("v1"))
    );
    assert_eq!(
        (&status["code"], &status["reason"]),
        (&json!(401), &json!("Unauthorized"))
    );
    let message = status["message"].as_str().unwrap();
    assert!(message.contains("https://proxy.example"), "{message}");
}

#[test]
fn what_is_no_stream_of_events_ends_without_words() {
    for (media_type, target) in [
        ("application/json", PODS),
        (
            "text/plain",
            "/k8s/api/v1/namespaces/demo/pods/p/log?follow=true",
        ),
        ("application/cbor-seq", WATCH),
    ] {
        let last = last_words(media_type, target);
        assert!(last.is_empty(), "{media_type}");
    }
}

/// Bytes by `protoc --encode`, but for the lengths in between.
#[test]
fn the_last_event_may_be_protobuf() {
    let last = last_words("application/vnd.kubernetes.protobuf;stream=watch", WATCH).remove(0);
    let (length, event) = last.split_at(4);
    assert_eq!(
        u32::from_be_bytes(length.try_into().unwrap()) as usize,
        event.len()
    );
    assert_eq!(&event[..7], b"\x0a\x05ERROR");
    let text = String::from_utf8_lossy(event);
    assert!(
        text.contains("k8s\0\n\u{c}\n\u{2}v1\u{12}\u{6}Status"),
        "{text:?}"
    );
    assert!(text.contains("\u{12}\u{7}Failure\u{1a}"), "{text:?}");
    // The reason, and 401 as the code.
    assert!(
        event.ends_with(b"\x22\x0cUnauthorized\x30\x91\x03"),
        "{text:?}"
    );
}
