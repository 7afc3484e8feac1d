#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use http::{HeaderMap, HeaderValue, Method, header};

use super::attempt::{self, Purpose};
use super::keyring::{Context, Keyring, Opened};
use super::{
    Attempt, Handle, Records, Tokens, claim_attempt, cookies, create, end, find, peek, resume,
};
use crate::identity::User;
use crate::platform::double::{World, run};
use crate::platform::{Clock, UnixTime};
use crate::request::Request;
use crate::return_path::ReturnPath;
use crate::settings::{CookieSettings, Reader};

const ONE: &str = "11111111111111111111111111111111";
const TWO: &str = "22222222222222222222222222222222";
const IDLE: u64 = 1800;
const ABSOLUTE: u64 = 28_800;

fn keyring(secrets: &str) -> Keyring {
    let source = |_: &str| Some(secrets.to_owned());
    Keyring::read(&mut Reader::new(&source)).unwrap()
}

fn plain(opened: Opened) -> Option<Vec<u8>> {
    match opened {
        Opened::Plain(bytes) => Some(bytes.to_vec()),
        Opened::Not | Opened::Newer => None,
    }
}

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
fn a_newer_releases_record_is_told_apart() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let mut sealed = keyring.seal(&context(), b"text", &world);
    sealed[0] = 2;
    assert!(matches!(keyring.open(&context(), &sealed), Opened::Newer));
}

#[test]
fn a_handle_is_read_as_it_is_written() {
    let keyring = keyring(ONE);
    let handle = Handle::new([7; 32]);
    let text = handle.write(&keyring).reveal().to_owned();
    assert!(text.len() < 200);
    let read = Handle::parse(&text).unwrap();
    assert_eq!(read.fingerprint(), handle.fingerprint());
    assert!(!text.contains(&handle.fingerprint()));
}

#[test]
fn what_is_no_handle_is_refused() {
    let secret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    assert!(Handle::parse(&format!("1.abcdef.{secret}")).is_some());
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
        assert!(Handle::parse(&text).is_none(), "{text}");
    }
}

fn cookie_settings(secure: bool) -> CookieSettings {
    CookieSettings {
        name: "s".to_owned(),
        secure,
    }
}

fn request(cookies: &[String]) -> Request {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        headers.append(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
    }
    Request {
        method: Method::GET,
        target: "/".to_owned(),
        headers,
        body: Some(Vec::new()),
    }
}

#[test]
fn an_attempt_opens_under_its_own_name_for_ten_minutes() {
    let (world, keyring, settings) = (World::new(), keyring(ONE), cookie_settings(true));
    let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let name = attempt.cookie_name(&settings);
    assert!(name.starts_with("__Host-s_attempt_"), "{name}");
    let sealed = attempt.seal(&keyring, &settings, &world);
    let open = |name: &str| Attempt::open(&keyring, name, sealed.reveal(), world.now());
    let opened = open(&name).unwrap();
    assert!(opened.has_state(attempt.state().reveal()));
    assert!(!opened.has_state("") && !opened.has_state(attempt.nonce().reveal()));
    assert!(open("s_attempt_x").is_none());
    world.pass(attempt::LIFETIME - 1);
    assert!(open(&name).is_some());
    world.pass(1);
    assert!(open(&name).is_none());
}

#[test]
fn state_nonce_and_verifier_are_different_and_256_bits() {
    let attempt = Attempt::begin(&World::new(), Purpose::SignIn, ReturnPath::whoami());
    let (state, nonce, verifier) = (attempt.state(), attempt.nonce(), attempt.verifier());
    let all = [state.reveal(), nonce.reveal(), verifier.reveal()];
    assert!(all.iter().all(|value| value.len() == 43));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
}

/// RFC 7636, appendix B, shows the method; here that the challenge is the verifier's.
#[test]
fn the_challenge_is_s256_of_the_verifier() {
    use sha2::{Digest, Sha256};
    let attempt = Attempt::begin(&World::new(), Purpose::SignIn, ReturnPath::whoami());
    let digest = Sha256::digest(attempt.verifier().reveal());
    assert_eq!(attempt.challenge(), crate::encoding::base64url(&digest));
}

#[test]
fn at_most_five_attempts_are_kept_and_the_oldest_goes() {
    let (world, keyring, settings) = (World::new(), keyring(ONE), cookie_settings(false));
    let mut kept: Vec<String> = Vec::new();
    let mut names = Vec::new();
    for _ in 0..6 {
        world.pass(1);
        let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
        names.push(attempt.cookie_name(&settings));
        let request = request(&[kept.join("; ")]);
        let set =
            cookies::set_attempt(&request, &settings, &keyring, &attempt, world.now(), &world);
        for cookie in set {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let name = pair.split_once('=').unwrap().0;
            kept.retain(|kept| !kept.starts_with(&format!("{name}=")));
            if !attributes.contains("Max-Age=0") {
                kept.push(pair.to_owned());
            }
        }
    }
    assert_eq!(kept.len(), 5);
    assert!(!kept.iter().any(|cookie| cookie.starts_with(&names[0])));
    assert!(kept.iter().map(String::len).sum::<usize>() < 4096);
}

#[test]
fn two_different_cookies_of_one_name_count_as_none() {
    let keyring = keyring(ONE);
    let settings = cookie_settings(false);
    let cookie = |byte| format!("s={}", Handle::new([byte; 32]).write(&keyring).reveal());
    assert!(cookies::session_handle(&request(&[cookie(1)]), &settings).is_some());
    assert!(cookies::session_handle(&request(&[cookie(1), cookie(1)]), &settings).is_some());
    assert!(cookies::session_handle(&request(&[cookie(1), cookie(2)]), &settings).is_none());
    let joined = format!("{}; {}", cookie(1), cookie(2));
    assert!(cookies::session_handle(&request(&[joined]), &settings).is_none());
}

fn user() -> User {
    User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: None,
        login_hint: None,
    }
}

/// A session that was made now, as its cookie's handle.
fn session(records: &Records<'_, World>) -> Handle {
    let end = UnixTime(records.platform.now.get() + ABSOLUTE);
    let tokens = Tokens::default();
    let made = create(
        records,
        user(),
        end,
        &tokens,
        String::new(),
        ReturnPath::whoami(),
    );
    run(made).ok().unwrap().handle
}

fn is_live(records: &Records<'_, World>, handle: &Handle) -> bool {
    run(resume(records, handle.clone(), IDLE))
        .ok()
        .unwrap()
        .is_some()
}

#[test]
fn a_session_idles_out() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    for _ in 0..3 {
        world.pass(IDLE - 1);
        assert!(is_live(&records, &handle));
    }
    world.pass(IDLE);
    assert!(!is_live(&records, &handle));
}

#[test]
fn a_session_ends_however_much_it_is_used() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    for _ in 0..ABSOLUTE / 900 - 1 {
        world.pass(900);
        assert!(is_live(&records, &handle));
    }
    world.pass(899);
    assert!(is_live(&records, &handle));
    world.pass(1);
    assert!(!is_live(&records, &handle));
}

#[test]
fn the_idle_mark_is_moved_at_most_once_a_minute() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    let before = world.writes.get();
    world.pass(59);
    assert!(is_live(&records, &handle));
    assert_eq!(world.writes.get(), before);
    world.pass(1);
    assert!(is_live(&records, &handle) && is_live(&records, &handle));
    assert_eq!(world.writes.get(), before + 1);
}

#[test]
fn a_sign_out_ends_it_even_where_deletions_are_lost() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    let backup = world.store.borrow().clone();
    let live = run(find(&records, handle.clone())).ok().unwrap().unwrap();
    run(end(&records, &live)).ok().unwrap();
    assert!(!is_live(&records, &handle));
    world.store.borrow_mut().extend(backup);
    assert!(!is_live(&records, &handle), "the closing counter stands");
}

#[test]
fn a_store_that_is_down_is_an_error_and_ends_nothing() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    world.store_is_down.set(true);
    assert!(run(resume(&records, handle.clone(), IDLE)).is_err());
    world.store_is_down.set(false);
    assert!(is_live(&records, &handle));
}

#[test]
fn another_secret_or_another_handle_opens_nothing() {
    let (world, one, two) = (World::new(), keyring(ONE), keyring(TWO));
    let records = Records {
        platform: &world,
        keyring: &one,
    };
    let handle = session(&records);
    assert!(!is_live(&records, &Handle::new([9; 32])));
    assert!(!is_live(
        &Records {
            platform: &world,
            keyring: &two
        },
        &handle
    ));
}

#[test]
fn records_say_nothing_and_cannot_be_exchanged() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let (mine, theirs) = (session(&records), session(&records));
    let names: Vec<String> = world
        .store
        .borrow()
        .keys()
        .filter(|key| key.starts_with("aop-session-"))
        .cloned()
        .collect();
    assert_eq!(names.len(), 2);
    let swapped: Vec<Vec<u8>> = names
        .iter()
        .rev()
        .map(|name| world.store.borrow()[name].clone())
        .collect();
    world
        .store
        .borrow_mut()
        .extend(names.into_iter().zip(swapped));
    assert!(!is_live(&records, &mine) && !is_live(&records, &theirs));
    for (key, value) in world.store.borrow().iter() {
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
            "{key}"
        );
        assert!(!String::from_utf8_lossy(value).contains("whoami"));
    }
}

/// Whoever has the store and the secret, and no cookie, does not learn which grants there are.
#[test]
fn what_opens_without_a_handle_names_no_grant() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let live = run(find(&records, session(&records)))
        .ok()
        .unwrap()
        .unwrap();
    run(end(&records, &live)).ok().unwrap();
    let grant = String::from(live.record.grant.clone());
    let mut opened = 0;
    for (name, sealed) in world.store.borrow().iter() {
        let kind = name.split('-').nth(1).unwrap();
        let context = Context {
            kind,
            name,
            salt: &[],
        };
        if let Some(text) = plain(keyring.open(&context, sealed)) {
            opened += 1;
            assert!(!String::from_utf8(text).unwrap().contains(&grant), "{name}");
        }
    }
    assert!(opened > 0);
}

#[test]
fn an_attempt_is_claimed_once() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let other = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let claim = |attempt| run(claim_attempt(&records, attempt)).ok().unwrap();
    assert!(claim(&attempt));
    assert!(!claim(&attempt) && !claim(&attempt));
    assert!(claim(&other));
}

#[test]
fn a_session_with_a_short_idle_timeout_lives_while_it_is_used() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    for _ in 0..20 {
        world.pass(2);
        let used = run(resume(&records, handle.clone(), 10)).ok().unwrap();
        assert!(used.is_some());
    }
    world.pass(10);
    let used = run(resume(&records, handle, 10)).ok().unwrap();
    assert!(used.is_none());
}

#[test]
fn to_peek_is_no_use_and_opens_only_what_is_in_force() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = Records {
        platform: &world,
        keyring: &keyring,
    };
    let handle = session(&records);
    let peeked = || run(peek(&records, handle.clone(), IDLE)).ok().unwrap();
    let before = world.writes.get();
    world.pass(IDLE - 1);
    assert!(peeked().is_some());
    assert_eq!(world.writes.get(), before);
    world.pass(1);
    assert!(peeked().is_none(), "it has idled out all the same");
    let handle = session(&records);
    let live = run(find(&records, handle.clone())).ok().unwrap().unwrap();
    let backup = world.store.borrow().clone();
    run(end(&records, &live)).ok().unwrap();
    world.store.borrow_mut().extend(backup);
    let peeked = run(peek(&records, handle, IDLE)).ok().unwrap();
    assert!(peeked.is_none(), "its grant is closing");
}

#[test]
fn another_applications_cookie_hides_none_of_ours() {
    let (keyring, settings) = (keyring(ONE), cookie_settings(false));
    let ours = format!("s={}", Handle::new([1; 32]).write(&keyring).reveal());
    for line in [
        format!("n=José; {ours}"),
        format!("{ours}; \u{a0}=x"),
        format!("=; ;; {ours};"),
        format!("{ours}; \"=\""),
    ] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert!(
            cookies::session_handle(&request, &settings).is_some(),
            "{line}"
        );
    }
}

/// A no-break space before a name must not be trimmed away: RFC 6265bis' prefixes would be worthless.
#[test]
fn a_name_is_not_trimmed_into_one_with_a_prefix() {
    for line in ["\u{a0}__Host-s=x", "\u{2003}__Host-s=x", "é__Host-s=x"] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert_eq!(request.cookie("__Host-s"), None, "{line}");
    }
}

#[test]
fn attempts_have_the_host_prefix_whatever_the_session_cookie_is_called() {
    let attempt = Attempt::begin(&World::new(), Purpose::SignIn, ReturnPath::whoami());
    for name in [
        "s",
        "__s",
        "__Host-s",
        "__host-s",
        "__Secure-s",
        "__sEcUrE-s",
    ] {
        let settings = CookieSettings {
            name: name.to_owned(),
            secure: true,
        };
        let name = attempt.cookie_name(&settings);
        assert!(name.starts_with("__Host-"), "{name}");
        assert_eq!(
            name.matches("__").count(),
            1 + usize::from(name.contains("__s_")),
            "{name}"
        );
    }
}

#[test]
fn only_attempts_of_the_right_shape_are_cleared_and_not_too_many() {
    let (world, keyring, settings) = (World::new(), keyring(ONE), cookie_settings(false));
    let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let set = |cookies: String| {
        let request = request(&[cookies]);
        cookies::set_attempt(&request, &settings, &keyring, &attempt, world.now(), &world).len()
    };
    let many = |name: fn(usize) -> String| {
        let pairs: Vec<String> = (0..2000).map(|n| format!("{}=a", name(n))).collect();
        set(pairs.join("; "))
    };
    assert_eq!(many(|n| format!("s_attempt_{n:08}")), 11);
    assert_eq!(many(|n| format!("s_attempt_{n:07}")), 1);
    assert_eq!(many(|n| format!("s_attempt_{n:06}.=")), 1);
}
