//! A callback of an old tab, whose attempt is over.

use super::costs::SETTINGS;
use super::pages::{BROWSER, Proxy, header, text};
use crate::session::Attempt;
use crate::session::attempt::Purpose;
use crate::settings::{CookieSettings, Reader};
use crate::store::Keyring;
use crate::terms::ReturnPath;

/// Where the person was going.
const LED_TO: &str = "/sign-ins?x=1";

/// The address at which a browser comes back from Entra whose attempt began eleven minutes ago. The browser
/// has its cookie.
fn late(proxy: &mut Proxy) -> String {
    let source = |name: &str| {
        let known = SETTINGS.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| (*value).to_owned())
    };
    let mut reader = Reader::new(&source);
    let keyring = Keyring::read(&mut reader).unwrap();
    let cookies = CookieSettings::read(&mut reader).unwrap();
    let led_to = ReturnPath::parse(LED_TO).unwrap();
    let attempt = Attempt::begin(&proxy.world, Purpose::SignIn, led_to);
    let sealed = attempt.seal(&keyring, &cookies, &proxy.world);
    let own = format!("{}={}", attempt.cookie_name(&cookies), sealed.reveal());
    proxy.cookie = match proxy.cookie.as_str() {
        "" => own,
        others => format!("{others}; {own}"),
    };
    proxy.world.pass(660);
    format!("/callback?state={}&code=x", attempt.state().reveal())
}

#[test]
fn who_has_a_session_goes_on_to_where_they_were_going() {
    let mut proxy = Proxy::signed_in(&serde_json::json!({}));
    let callback = late(&mut proxy);
    let answer = proxy.get("callback", &callback, BROWSER);
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "location")),
        (302, LED_TO)
    );
}

#[test]
fn who_has_none_is_offered_the_sign_in_that_ends_there() {
    let mut proxy = Proxy::new();
    let callback = late(&mut proxy);
    let page = proxy.get("callback", &callback, BROWSER);
    assert_eq!(page.status(), 400);
    let page = text(&page);
    assert!(page.contains("/login?rd=%2Fsign-ins%3Fx%3D1"), "{page}");
}
