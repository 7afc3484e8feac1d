//! The formats of what is sealed: each replica reads what any other one writes.

use super::*;
use crate::store::Context;
use crate::terms::encoding::{base64url, from_base64url};

/// `text` in each format, as an implementation in another language seals it: HKDF of Python's `hmac`,
/// ChaCha20-Poly1305 of its package `cryptography`, and HChaCha20 by the draft's own text
/// (draft-irtf-cfrg-xchacha, section 2.2).
const SEALED: [(&str, &str); 2] = [
    (
        "1",
        "AXMwZ0RfUQEAAAAAAAAAAQAAAAAAAAABAAAAAAAAAJSuI_uXZomUw6a7yPoCSpYJq4yt",
    ),
    (
        "2",
        "AnMwZ0RfUQEAAAAAAAAAAQAAAAAAAAABAAAAAAAAAFZNm7SMuxzRC0pPVX7sa-W4T2L_",
    ),
];

fn context<'a>() -> Context<'a> {
    Context {
        kind: "kind",
        name: "name",
        salt: b"salt",
    }
}

/// A release that seals something else under the same version signs everybody out.
#[test]
fn each_format_is_written_to_the_byte_as_it_always_was() {
    for (format, known) in SEALED {
        let sealed = writing(format, ONE).seal(&context(), b"text", &World::new());
        assert_eq!(base64url(&sealed), known, "format {format}");
    }
}

#[test]
fn each_format_is_read_whatever_is_written() {
    for format in ["1", "2"] {
        for (known, sealed) in SEALED {
            let opened = writing(format, ONE).open(&context(), &from_base64url(sealed).unwrap());
            assert_eq!(plain(opened), Some(b"text".to_vec()), "{known} by {format}");
        }
    }
}

#[test]
fn the_older_format_is_written_unless_the_setting_says_otherwise() {
    let source = |name: &str| (name == "session_secret").then(|| ONE.to_owned());
    let keyring = Keyring::read(&mut Reader::new(&source)).unwrap();
    assert_eq!(keyring.seal(&context(), b"text", &World::new())[0], 1);
}

#[test]
fn a_record_of_one_format_is_none_of_the_other() {
    for ((_, sealed), other) in SEALED.into_iter().zip([2, 1]) {
        let mut sealed = from_base64url(sealed).unwrap();
        sealed[0] = other;
        assert_eq!(plain(keyring(ONE).open(&context(), &sealed)), None);
    }
}

#[test]
fn a_newer_releases_record_is_told_apart_from_one_of_nobody() {
    let mut sealed = from_base64url(SEALED[1].1).unwrap();
    sealed[0] = 3;
    let newer = keyring(ONE).open(&context(), &sealed);
    assert!(matches!(newer, Opened::Newer));
    for nobody in [0, 4, 255] {
        sealed[0] = nobody;
        let opened = keyring(ONE).open(&context(), &sealed);
        assert!(matches!(opened, Opened::Not), "{nobody}");
    }
}

/// What a newer release wrote is neither read nor touched, and signs nobody out.
#[test]
fn a_session_with_a_newer_releases_record_waits_for_that_release() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let relabel = |from: u8, to: u8| {
        for value in world.store.borrow_mut().values_mut() {
            if value[0] == from && value.len() > 8 {
                value[0] = to;
            }
        }
    };
    relabel(1, 3);
    let before = world.store.borrow().clone();
    let waits = run(resume(&records, handle.clone(), IDLE));
    assert!(matches!(waits, Err(StoreFailure::NewerFormat)));
    assert!(*world.store.borrow() == before);
    relabel(3, 1);
    assert!(is_live(&records, &handle));
}
