//! Forms and queries: each parameter once, as a browser encodes it.

#![no_main]

use aks_oauth_proxy_component::request::{Parameters, Request};
use http::{HeaderMap, Method};
use libfuzzer_sys::fuzz_target;
use url::Url;

const NAMES: [&str; 6] = ["rd", "name", "id", "state", "code", "error"];

fuzz_target!(|data: &[u8]| {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(data).into_owned().collect();
    let written = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&pairs)
        .finish();
    let request = Request {
        method: Method::GET,
        target: format!("/login?{written}"),
        authority: String::new(),
        headers: HeaderMap::new(),
    };
    let (form, again) = (
        Parameters::parse(data),
        Parameters::parse(written.as_bytes()),
    );
    let query = request.query();
    for name in NAMES {
        let mut values = pairs.iter().filter(|(known, _)| known == name);
        let expected = match (values.next(), values.next()) {
            (_, Some(_)) => None,
            (first, None) => Some(first.map(|(_, value)| value.as_str())),
        };
        for parameters in [&form, &again, &query] {
            assert_eq!(parameters.one(name).ok(), expected, "{name}");
        }
    }
    if let Ok(Some(path)) = form.return_path() {
        let page: Url = "https://proxy.example/login".parse().expect("an address");
        let led = page.join(path.as_str()).expect("it leads somewhere");
        assert_eq!(led.origin(), page.origin());
    }
});
