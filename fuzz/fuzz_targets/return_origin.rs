//! Return addresses of apps (`rd`): an accepted one leads to an allowed origin. An input is the value, for a
//! browser at our own origin, at an app's, and at one that is not allowed.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::apps::ReturnOrigins;
use aks_oauth_proxy_component::settings::AppOrigins;
use aks_oauth_proxy_component::terms::Origin;
use aks_oauth_proxy_fuzz::settings;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use url::Url;

const APPS: (&str, &str) = (
    "allowed_return_origins",
    "https://podinfo.example.com *.apps.example.com:8443 http://dev.localhost:8080",
);

static ORIGINS: LazyLock<AppOrigins> =
    LazyLock::new(|| settings::with(&[APPS], |reader| AppOrigins::read(None, reader)));

/// Our own origin, an app's, and another one.
static BASES: LazyLock<[Origin; 3]> = LazyLock::new(|| {
    [
        settings::SITE,
        "https://podinfo.example.com",
        "https://evil.example",
    ]
    .map(|base| {
        let url = Url::parse(base).expect("a base is a URL");
        Origin::of(&url).expect("a base has an origin")
    })
});

fuzz_target!(|text: &str| {
    let [own, ..] = &*BASES;
    let origins = ReturnOrigins::new(own, &ORIGINS);
    for base in BASES.iter() {
        let Ok(to) = origins.admit(text, base) else {
            continue;
        };
        let location = to.as_str();
        assert!(
            location.bytes().all(|byte| byte.is_ascii_graphic()),
            "{location:?}"
        );
        assert!(HeaderValue::from_str(location).is_ok(), "{location:?}");
        let url = Url::parse(location).expect("an accepted address leads somewhere");
        assert!(is_allowed(&url), "{location:?}");
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{location:?}"
        );
        assert_eq!(url.fragment(), None, "{location:?}");
        assert_eq!(url.origin().ascii_serialization(), to.origin());
        assert_eq!([to.origin(), to.path()].concat(), location);
        assert!(
            to.path().starts_with('/') && to.path().len() <= 1024,
            "{location:?}"
        );
        // The value is checked again when it returns with the browser.
        assert_eq!(
            origins.admit(location, own).as_ref(),
            Ok(&to),
            "{location:?}"
        );
    }
});

/// By the URL Standard, without our own types.
fn is_allowed(url: &Url) -> bool {
    let origin = url.origin().ascii_serialization();
    let exact = [
        settings::SITE,
        "https://podinfo.example.com",
        "http://dev.localhost:8080",
    ];
    let below = origin
        .strip_prefix("https://")
        .and_then(|host| host.strip_suffix(".apps.example.com:8443"));
    let is_name = |name: &str| {
        name.split('.')
            .all(|label| !label.is_empty() && !label.contains(':'))
    };
    exact.contains(&origin.as_str()) || below.is_some_and(is_name)
}
