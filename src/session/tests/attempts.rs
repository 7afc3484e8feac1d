//! Attempts, and their cookies.

use super::*;
use crate::session::attempt::{self, Purpose};
use crate::session::{Attempt, claim_attempt, cookies};

#[test]
fn an_attempt_opens_under_its_own_name_for_ten_minutes() {
    let (world, keyring, settings) = (World::new(), keyring(ONE), cookie_settings(true));
    let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let name = attempt.cookie_name(&settings);
    assert!(name.starts_with("__Host-s_attempt_"), "{name}");
    let sealed = attempt.seal(&keyring, &settings, &world);
    let open = |name: &str| {
        Attempt::open(&keyring, name, sealed.reveal())
            .filter(|attempt| !attempt.is_over(world.now()))
    };
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

/// RFC 7636, appendix B, shows the method. This shows that the challenge is the verifier's.
#[test]
fn the_challenge_is_s256_of_the_verifier() {
    use sha2::{Digest, Sha256};
    let attempt = Attempt::begin(&World::new(), Purpose::SignIn, ReturnPath::whoami());
    let digest = Sha256::digest(attempt.verifier().reveal());
    assert_eq!(
        attempt.challenge(),
        crate::terms::encoding::base64url(&digest)
    );
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
            same_site: SameSite::Strict,
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

#[test]
fn an_attempt_is_claimed_once() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let attempt = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let other = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let claim = |attempt| run(claim_attempt(&records, attempt)).ok().unwrap();
    assert!(claim(&attempt));
    assert!(!claim(&attempt) && !claim(&attempt));
    assert!(claim(&other));
}
