//! Return addresses (`rd`): an accepted one stays on our origin, byte for byte.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::addresses;
use aks_oauth_proxy_component::terms::ReturnPath;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use url::Url;

/// Pages from which a browser may be redirected.
static PAGES: LazyLock<[Url; 3]> = LazyLock::new(|| {
    [
        "https://proxy.example/callback?state=x",
        "https://proxy.example:8443/a/b/",
        "http://localhost:8080",
    ]
    .map(|page| page.parse().expect("a page has an address"))
});

fuzz_target!(|text: &str| {
    let Ok(path) = ReturnPath::parse(text) else {
        return;
    };
    let to = path.as_str();
    assert!(to.starts_with('/') && to.len() <= 1024, "{to:?}");
    assert!(to.bytes().all(|byte| byte.is_ascii_graphic()), "{to:?}");
    assert!(HeaderValue::from_str(to).is_ok(), "{to:?}");
    for page in PAGES.iter() {
        let url = page.join(to).expect("an accepted path leads somewhere");
        assert_eq!(url.origin(), page.origin(), "{to:?}");
        assert_eq!(url.fragment(), None, "{to:?}");
    }
    assert_eq!(ReturnPath::parse(to).as_ref(), Ok(&path), "{to:?}");
    let plain = text.split('#').next().unwrap_or_default();
    if plain.bytes().all(|byte| byte.is_ascii_graphic()) {
        let cut = plain.split('?').next().unwrap_or_default();
        assert!(to == plain || (plain.len() > 1024 && to == cut), "{to:?}");
    }
    let login = PAGES[0]
        .join(&addresses::login(&path, true))
        .expect("our own");
    let mut led = login.query_pairs().filter(|(name, _)| name == "rd");
    assert_eq!(led.next().expect("it is there").1, to);
    assert!(led.next().is_none() && login.fragment().is_none());
});
