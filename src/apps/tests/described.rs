//! What a proxy says of the request that it asks about.

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::apps::{Described, Undescribed};
use crate::request::Request;
use crate::settings::{ForwardAuth, ForwardAuthProfile};

pub(super) const PROXY: &str = "10.1.2.3:4711";

pub(super) fn check(target: &str, headers: &[(&str, &str)]) -> Request {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    Request {
        method: Method::GET,
        target: target.to_owned(),
        authority: "auth.example.com".to_owned(),
        headers: map,
    }
}

pub(super) fn settings(profile: Option<ForwardAuthProfile>) -> ForwardAuth {
    ForwardAuth {
        profile,
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
    }
}

/// What each proxy sends of `POST https://App.example.com:8443/a/b?c=%2F;d//e`.
pub(super) fn checks() -> Vec<(ForwardAuthProfile, Request)> {
    let forwarded = [
        ("x-forwarded-method", "POST"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "App.example.com:8443"),
        ("x-forwarded-uri", "/a/b?c=%2F;d//e"),
        ("spin-client-addr", PROXY),
    ];
    let mut envoy = check(
        "/oauth2/auth/a/b?c=%2F;d//e",
        &[("x-forwarded-proto", "https"), ("spin-client-addr", PROXY)],
    );
    envoy.method = Method::POST;
    envoy.authority = "App.example.com:8443".to_owned();
    vec![
        (
            ForwardAuthProfile::Nginx,
            check(
                "/oauth2/auth",
                &[
                    ("x-original-method", "POST"),
                    (
                        "x-original-url",
                        "https://App.example.com:8443/a/b?c=%2F;d//e",
                    ),
                    ("spin-client-addr", PROXY),
                ],
            ),
        ),
        (
            ForwardAuthProfile::Traefik,
            check("/oauth2/auth", &forwarded),
        ),
        (ForwardAuthProfile::Caddy, check("/oauth2/auth", &forwarded)),
        (
            ForwardAuthProfile::HaProxy,
            check("/oauth2/auth", &forwarded),
        ),
        (ForwardAuthProfile::Envoy, envoy),
    ]
}

/// The names of the headers that a profile believes.
fn believed(profile: ForwardAuthProfile) -> &'static [&'static str] {
    match profile {
        ForwardAuthProfile::Nginx => &["x-original-method", "x-original-url"],
        ForwardAuthProfile::Traefik | ForwardAuthProfile::Caddy | ForwardAuthProfile::HaProxy => &[
            "x-forwarded-method",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-uri",
        ],
        ForwardAuthProfile::Envoy => &["x-forwarded-proto"],
    }
}

/// All that is known of the request, or the first reason why something is not.
pub(super) fn told(
    request: &Request,
    settings: &ForwardAuth,
) -> Result<(Method, String), Undescribed> {
    let described = Described::by(request, settings);
    let address = [described.origin()?.as_str(), described.uri()?].concat();
    Ok((described.method()?, address))
}

fn wanted() -> Result<(Method, String), Undescribed> {
    let address = "https://App.example.com:8443/a/b?c=%2F;d//e";
    Ok((Method::POST, address.to_owned()))
}

#[test]
fn each_proxy_is_understood_in_its_own_headers() {
    for (profile, request) in checks() {
        assert_eq!(
            told(&request, &settings(Some(profile))),
            wanted(),
            "{profile:?}"
        );
    }
}

#[test]
fn the_headers_of_others_change_nothing() {
    let all = [
        "x-original-method",
        "x-original-url",
        "x-original-uri",
        "x-forwarded-method",
        "x-forwarded-proto",
        "x-forwarded-host",
        "x-forwarded-uri",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-path",
        "x_forwarded_host",
        "x_original_url",
        "x-original-host",
        "x-envoy-original-path",
        "x-auth-request-redirect",
        "x-scheme",
        "x-rewrite-url",
        "x-http-method-override",
        "forwarded",
        "host",
        "user-agent",
    ];
    for (profile, mut request) in checks() {
        for name in all.iter().filter(|name| !believed(profile).contains(name)) {
            request
                .headers
                .append(*name, HeaderValue::from_static("evil.example"));
        }
        assert_eq!(
            told(&request, &settings(Some(profile))),
            wanted(),
            "{profile:?}"
        );
    }
}

#[test]
fn without_a_profile_nothing_is_believed() {
    for (_, request) in checks() {
        assert_eq!(told(&request, &settings(None)), Err(Undescribed::NoProfile));
    }
}

#[test]
fn cve_2026_76835_no_proxy_is_trusted_by_default() {
    for (profile, request) in checks() {
        let nobody = ForwardAuth {
            profile: Some(profile),
            trusted_proxies: Vec::new(),
        };
        assert_eq!(told(&request, &nobody), Err(Undescribed::NotTrusted));
    }
}

/// GHSA-7x63-xv5r-3p2x: what a client says of its own request decides nothing.
#[test]
fn ghsa_7x63_xv5r_3p2x_only_a_trusted_proxy_is_believed() {
    for (profile, mut request) in checks() {
        for (senders, is_believed) in [
            ("203.0.113.9:1", false),
            ("", false),
            ("nobody", false),
            // A client has sent the first one, and the host the last.
            ("10.1.2.3:4711 203.0.113.9:1", false),
            ("203.0.113.9:1 10.1.2.3:4711", true),
            ("[::ffff:10.0.0.1]:1", true),
        ] {
            request.headers.remove("spin-client-addr");
            for sender in senders.split_ascii_whitespace() {
                let value = HeaderValue::from_static(sender);
                request.headers.append("spin-client-addr", value);
            }
            // That another proxy has forwarded it is not asked: it is the sender that counts.
            let forwarded_for = HeaderValue::from_static("10.0.0.9");
            request.headers.insert("x-forwarded-for", forwarded_for);
            let told = told(&request, &settings(Some(profile)));
            assert_eq!(told.is_ok(), is_believed, "{profile:?} {senders:?}");
        }
    }
}

#[test]
fn what_is_missing_or_came_twice_is_an_error_where_it_is_needed() {
    for (profile, request) in checks() {
        let settings = settings(Some(profile));
        for &name in believed(profile) {
            let mut without = check(&request.target, &[]);
            without.method = request.method.clone();
            without.authority.clone_from(&request.authority);
            without.headers = request.headers.clone();
            without.headers.remove(name);
            assert_eq!(told(&without, &settings), Err(Undescribed::Missing(name)));
            without.headers.insert(name, HeaderValue::from_static(""));
            assert_eq!(told(&without, &settings), Err(Undescribed::Missing(name)));
            let value = request.headers.get(name).unwrap();
            for _ in 0..2 {
                without.headers.append(name, value.clone());
            }
            assert_eq!(told(&without, &settings), Err(Undescribed::Repeated(name)));
        }
    }
}

#[test]
fn what_one_does_not_need_may_be_missing() {
    let host = [
        ("x-forwarded-host", "a.example.com"),
        ("x-forwarded-proto", "https"),
        ("spin-client-addr", PROXY),
    ];
    let request = check("/oauth2/auth", &host);
    let settings = settings(Some(ForwardAuthProfile::Traefik));
    let described = Described::by(&request, &settings);
    assert_eq!(described.origin().unwrap(), "https://a.example.com");
    let missing = Err(Undescribed::Missing("x-forwarded-method"));
    assert_eq!(described.method(), missing);
}

/// Whoever reads the documentation sets these headers, and no others.
#[test]
fn the_documentation_names_the_headers_of_each_proxy() {
    let document = include_str!("../../../docs/http-apps.md");
    let row = |name: &str| {
        let begin = format!("| `{name}` |");
        let row = document.lines().find(|line| line.starts_with(&begin));
        row.unwrap().to_ascii_lowercase()
    };
    for (name, profile) in [
        ("nginx", ForwardAuthProfile::Nginx),
        ("traefik", ForwardAuthProfile::Traefik),
        ("caddy", ForwardAuthProfile::Caddy),
        ("haproxy", ForwardAuthProfile::HaProxy),
        ("envoy", ForwardAuthProfile::Envoy),
    ] {
        let row = row(name);
        let headers = row.split('`').filter(|word| word.starts_with("x-"));
        let mut documented: Vec<&str> = headers.collect();
        documented.sort_unstable();
        documented.dedup();
        let mut wanted = believed(profile).to_vec();
        wanted.sort_unstable();
        assert_eq!(documented, wanted, "{name}");
    }
}
