//! The store alone reveals nothing.

use std::collections::BTreeMap;

use e2e::{Builder, Redis, Stack};

#[test]
fn nothing_in_the_file_can_be_read() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let whoami = alice.get("/whoami").body;
    let mut bob = stack.browser();
    stack.sign_in(&mut bob, "bob");
    let store = stack.store();
    for (key, value) in store.records() {
        let name = key.strip_prefix("aop-").unwrap();
        // A hyphen, and 256 bits in base64url.
        let (kind, hash) = name.split_at(name.len() - 44);
        let is_plain = |b: u8| b.is_ascii_lowercase() || b == b'-';
        assert!(kind.bytes().all(is_plain), "{key}");
        assert!(hash.starts_with('-'), "{key}");
        // Counters are Spin's 8 bytes; everything else is sealed: version, kid, nonce, text, tag.
        assert!(
            value.len() == 8 || value[0] == 1 && value.len() > 47,
            "{key}"
        );
    }
    let bytes = store.bytes();
    let text = String::from_utf8_lossy(&bytes);
    let handle = alice.cookies["proxy_session"]
        .rsplit('.')
        .next()
        .unwrap()
        .to_owned();
    for secret in [
        "alice",
        "Alice",
        "contoso",
        "eyJ",
        "access_token",
        "refresh",
        "whoami",
        "a11ce000",
        "nonce",
        "https://",
        "6dae42f8",
        "issuer",
        &handle,
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(whoami.contains("alice"));
}

#[test]
fn a_record_of_another_session_opens_nothing() {
    let stack = Stack::start();
    let (mut alice, mut bob) = (stack.signed_in("alice"), stack.signed_in("bob"));
    let store = stack.store();
    let sessions: Vec<_> = store
        .records()
        .into_iter()
        .filter(|(key, _)| key.starts_with("aop-session-"))
        .collect();
    assert_eq!(sessions.len(), 2);
    store.write(&sessions[0].0, &sessions[1].1);
    store.write(&sessions[1].0, &sessions[0].1);
    assert_eq!(alice.get("/whoami").problem().0, 401);
    assert_eq!(bob.get("/whoami").problem().0, 401);
}

#[test]
fn a_planted_key_set_is_not_believed() {
    let stack = Stack::start();
    stack.signed_in("alice");
    let store = stack.store();
    let fetched = stack.count("keys");
    let metadata: Vec<_> = store
        .records()
        .into_iter()
        .filter(|(key, _)| key.starts_with("aop-metadata-"))
        .collect();
    let (key, mut value) = metadata[0].clone();
    let last = value.len() - 1;
    value[last] ^= 1;
    store.write(&key, &value);
    stack.signed_in("alice");
    assert_eq!(stack.count("keys"), fetched + 1, "fetched anew");
}

/// Each use of a session costs two reads: the handle's record, and all records of its grant together. Once a
/// minute it costs one write, however many sessions there are.
#[test]
fn a_use_of_a_session_asks_the_store_twice() {
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    let mut alice = stack.signed_in("alice");
    let mut asked = || {
        redis.commands();
        assert_eq!(alice.get("/whoami").status, 200);
        let mut commands = redis.commands();
        // Commands of this test itself.
        for other in ["select", "info", "config", "config|resetstat"] {
            commands.remove(other);
        }
        commands
    };
    let expected = |commands: &[(&str, u64)]| -> BTreeMap<String, u64> {
        let named = commands
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        named.collect()
    };
    assert_eq!(asked(), expected(&[("get", 1), ("mget", 1)]));
    stack.at(61);
    assert_eq!(asked(), expected(&[("get", 1), ("mget", 1), ("set", 1)]));
    assert_eq!(asked(), expected(&[("get", 1), ("mget", 1)]));
}
