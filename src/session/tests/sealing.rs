//! What is sealed, and how handles are written.

use super::*;
use crate::store::Context;

fn context<'a>() -> Context<'a> {
    Context {
        kind: "kind",
        name: "name",
        salt: b"salt",
    }
}

#[test]
fn what_was_sealed_opens_in_its_own_place_only() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let sealed = keyring.seal(&context(), b"text", &world);
    assert_eq!(
        plain(keyring.open(&context(), &sealed)),
        Some(b"text".to_vec())
    );
    for other in [
        Context {
            kind: "other",
            ..context()
        },
        Context {
            name: "other",
            ..context()
        },
        Context {
            salt: b"other",
            ..context()
        },
    ] {
        assert_eq!(plain(keyring.open(&other, &sealed)), None);
    }
}

#[test]
fn one_changed_bit_anywhere_and_it_does_not_open() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let sealed = keyring.seal(&context(), b"text", &world);
    for position in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        assert_eq!(
            plain(keyring.open(&context(), &changed)),
            None,
            "{position}"
        );
    }
    for length in 0..sealed.len() {
        assert_eq!(
            plain(keyring.open(&context(), &sealed[..length])),
            None,
            "{length}"
        );
    }
}

#[test]
fn the_first_secret_seals_and_all_open() {
    let world = World::new();
    let (old, both, new) = (keyring(ONE), keyring(&format!("{TWO} {ONE}")), keyring(TWO));
    let sealed_by_old = old.seal(&context(), b"text", &world);
    let sealed_by_both = both.seal(&context(), b"text", &world);
    assert!(plain(both.open(&context(), &sealed_by_old)).is_some());
    assert!(plain(new.open(&context(), &sealed_by_both)).is_some());
    assert!(plain(new.open(&context(), &sealed_by_old)).is_none());
    assert_eq!((both.kid(), both.kid().len()), (new.kid(), 6));
}

#[test]
fn a_handle_is_read_as_it_is_written() {
    let keyring = keyring(ONE);
    let handle = Handle::<HandleRecord>::new([7; 32]);
    let text = handle.write(&keyring).reveal().to_owned();
    assert!(text.len() < 200);
    let read = Handle::<HandleRecord>::parse(&text).unwrap();
    assert_eq!(read.fingerprint(), handle.fingerprint());
    assert!(!text.contains(&handle.fingerprint()));
}

#[test]
fn what_is_no_handle_is_refused() {
    let secret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    assert!(Handle::<HandleRecord>::parse(&format!("1.abcdef.{secret}")).is_some());
    for text in [
        String::new(),
        "1".to_owned(),
        "1.abcdef".to_owned(),
        format!("2.abcdef.{secret}"),
        format!("1.abcde.{secret}"),
        format!("1.abcdef.{secret}.x"),
        format!("1.abcdef.{secret}x"),
        format!("1.abcdef.{}", &secret[1..]),
        format!("1.abcdef.{secret}="),
        format!("1.abcdef.{}", "x".repeat(5000)),
    ] {
        assert!(Handle::<HandleRecord>::parse(&text).is_none(), "{text}");
    }
}
