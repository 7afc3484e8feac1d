//! The worked examples of the guides, as they are printed there.

use std::collections::BTreeMap;

use aks_oauth_proxy_component::settings::check_all;

use super::arguments;
use crate::{KUBE_OIDC_PROXY, OAUTH2_PROXY, convert};

/// The fenced block after `mark`.
fn block<'a>(page: &'a str, mark: &str) -> &'a str {
    let (_, rest) = page.split_once(mark).unwrap();
    let (_, rest) = rest.split_once("\n```").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    block
}

/// What `serve` would say to these lines, with what the chart adds.
fn is_well(environment: &str, more: &[(&str, &str)]) {
    let lines = environment.lines().filter(|line| !line.starts_with('#'));
    let given = lines.map(|line| line.split_once('=').unwrap());
    let secret = "0123456789abcdef".repeat(4);
    let added = [
        ("SESSION_SECRET", secret.as_str()),
        ("SIDECAR_TOKEN", &secret),
        ("SIDECAR_URL", "http://127.0.0.1:8081"),
    ];
    let variables: BTreeMap<String, &str> = given
        .chain(added)
        .chain(more.iter().copied())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let source = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    assert!(check_all(&source).is_ok(), "{:?}", check_all(&source).err());
}

#[test]
fn the_example_of_oauth2_proxy() {
    let page = include_str!("../../../../docs/moving/from-oauth2-proxy.md");
    let theirs = block(page, "<!-- theirs -->");
    let converted = convert(&OAUTH2_PROXY, Some(theirs), &[]).unwrap();
    assert_eq!(converted.environment(), block(page, "<!-- environment -->"));
    assert_eq!(converted.values(), block(page, "<!-- values -->"));
    is_well(&converted.environment(), &[]);
}

#[test]
fn the_example_of_kube_oidc_proxy() {
    let page = include_str!("../../../../docs/moving/from-kube-oidc-proxy.md");
    let theirs = block(page, "<!-- theirs -->").replace("\\\n", " ");
    let (_, line) = theirs.split_once(" -- ").unwrap();
    let converted = convert(&KUBE_OIDC_PROXY, None, &arguments(line)).unwrap();
    assert_eq!(converted.environment(), block(page, "<!-- environment -->"));
    assert_eq!(converted.values(), block(page, "<!-- values -->"));
    is_well(
        &converted.environment(),
        &[("REDIRECT_URI", "https://aks.example.com/callback")],
    );
}
