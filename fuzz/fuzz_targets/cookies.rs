//! Cookies: ours are read back whatever other applications have set, and those that we set are well formed.
//! Each line of an input is a `Cookie` header.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::platform::UnixTime;
use aks_oauth_proxy_component::request::Request;
use aks_oauth_proxy_component::session::attempt::{self, Attempt, Purpose};
use aks_oauth_proxy_component::session::{Handle, HandleRecord, cookies};
use aks_oauth_proxy_component::settings::CookieSettings;
use aks_oauth_proxy_component::store::Keyring;
use aks_oauth_proxy_component::terms::ReturnPath;
use aks_oauth_proxy_fuzz::world::{NOW, World};
use aks_oauth_proxy_fuzz::{input, settings};
use cookie::Cookie;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;

static SETTINGS: LazyLock<CookieSettings> = LazyLock::new(|| settings::read(CookieSettings::read));
static KEYRING: LazyLock<Keyring> = LazyLock::new(|| settings::read(Keyring::read));

fuzz_target!(|data: &[u8]| {
    let others = input::values(COOKIE, data);
    let handle = format!("1.abcdef.{}", "A".repeat(43));
    let handle = Handle::<HandleRecord>::parse(&handle).expect("it has the form");
    let set = cookies::set_session(&SETTINGS, &handle, &KEYRING, 60);
    is_well_formed(&set);
    let ours = Cookie::parse(set.as_str()).expect("it is a cookie");
    let pair = format!("{}={}", ours.name(), ours.value());

    // Our cookie comes after others, in the same header or in its own.
    let without = request(others.clone());
    let planted = without
        .cookies_named(ours.name())
        .any(|value| value != ours.value());
    let expected = (!planted).then(|| handle.fingerprint());
    let read = |headers| {
        let read = cookies::session_handle(&request(headers), &SETTINGS);
        read.map(|handle| handle.fingerprint())
    };
    let mut apart = others.clone();
    if apart.try_append(COOKIE, value(&pair)).is_ok() {
        assert_eq!(read(apart), expected);
    }
    if let Some(first) = others.get(COOKIE) {
        let mut together = others.clone();
        let line = [first.as_bytes(), b"; ", pair.as_bytes()].concat();
        together.insert(
            COOKIE,
            HeaderValue::from_bytes(&line).expect("both are values"),
        );
        for line in others.get_all(COOKIE).iter().skip(1) {
            let _ = together.try_append(COOKIE, line.clone());
        }
        assert_eq!(read(together), expected);
    }
    attempts(others);
});

/// An attempt's cookie opens, and making room for it removes only our own.
fn attempts(others: HeaderMap) {
    let world = World::default();
    let begun = Attempt::begin(&world, Purpose::SignIn, ReturnPath::whoami());
    let request = request(others);
    let set = cookies::set_attempt(&request, &SETTINGS, &KEYRING, &begun, UnixTime(NOW), &world);
    assert!((1..=11).contains(&set.len()));
    let prefix = attempt::cookie_prefix(&SETTINGS);
    for (index, line) in set.iter().enumerate() {
        is_well_formed(line);
        let cookie = Cookie::parse(line.as_str()).expect("it is a cookie");
        assert!(cookie.name().starts_with(&prefix), "{line}");
        assert_eq!(
            cookie.value().is_empty(),
            index > 0,
            "the first is the attempt's: {line}"
        );
        if index == 0 {
            let opened = Attempt::open(&KEYRING, cookie.name(), cookie.value());
            assert!(opened.is_some_and(|opened| opened.has_state(begun.state().reveal())));
        }
    }
}

fn is_well_formed(line: &str) {
    assert!(HeaderValue::from_str(line).is_ok(), "{line:?}");
    let attributes = ["HttpOnly", "Path=/", "Secure", "SameSite=Lax"];
    assert!(attributes.iter().all(|one| line.contains(one)), "{line:?}");
    assert!(!line.contains("Domain"), "{line:?}");
    assert!(
        line.bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic()),
        "{line:?}"
    );
}

fn request(headers: HeaderMap) -> Request {
    Request {
        method: Method::GET,
        target: "/whoami".to_owned(),
        authority: String::new(),
        headers,
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("our cookies are values")
}
