//! Kubeconfigs: YAML with exactly the given names and token, whatever the names are. An input is a digit that
//! chooses the patterns, the user's name and the credential's, with NUL between them.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::fuzzing::kubernetes;
use aks_oauth_proxy_component::settings::{KubeconfigSettings, Lifetimes, Site};
use aks_oauth_proxy_component::terms::{Origin, Secret};
use aks_oauth_proxy_fuzz::{input, settings};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const CA: &str = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----";

/// Settings, and what they make of a user and a name.
type Case = (KubeconfigSettings, fn(&str, &str) -> [String; 3]);

static CASES: LazyLock<[Case; 3]> = LazyLock::new(|| {
    [
        (given(&[]), |user, name| {
            let cluster = "proxy.example";
            [
                cluster.to_owned(),
                format!("{name}@{cluster}"),
                format!("{user}/{name}@{cluster}"),
            ]
        }),
        (
            given(&[
                ("kubeconfig_cluster", "aks"),
                ("kubeconfig_context", "{name}"),
                ("kubeconfig_user", "{user}"),
                ("public_ca", CA),
            ]),
            |user, name| ["aks".to_owned(), name.to_owned(), user.to_owned()],
        ),
        (
            given(&[
                ("kubeconfig_context", "{user}{name}"),
                ("kubeconfig_user", "{name}{user}"),
            ]),
            |user, name| {
                let cluster = "proxy.example".to_owned();
                [cluster, format!("{user}{name}"), format!("{name}{user}")]
            },
        ),
    ]
});

fuzz_target!(|text: &str| {
    let [choice, user, name] = input::fields(text);
    let choice = usize::from(choice.bytes().next().unwrap_or_default());
    let (settings, names) = &CASES[choice % CASES.len()];
    let token = format!("1.abcdef.{}", "A".repeat(43));
    let (written, context) =
        kubernetes::kubeconfig(settings, &public_url(), user, name, &Secret::new(&token));
    let [cluster, expected, by] = names(user, name);
    assert_eq!(context, expected);
    let mut server = json!({ "server": "https://proxy.example/k8s" });
    if settings.public_ca.is_some() {
        server["certificate-authority-data"] = json!(base64(&format!("{CA}\n")));
    }
    let expected = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "clusters": [{ "name": cluster, "cluster": server }],
        "contexts": [{ "name": context, "context": { "cluster": cluster, "user": by } }],
        "users": [{ "name": by, "user": { "token": token } }],
    });
    let read: Result<Value, _> = serde_yaml_ng::from_str(&written);
    assert_eq!(read.expect("it is YAML"), expected, "{written}");
    let lines = 18 + usize::from(settings.public_ca.is_some());
    assert_eq!(written.lines().count(), lines, "{written}");
    assert!(
        written.chars().all(|one| one == '\n' || !one.is_control()),
        "{written:?}"
    );
});

fn given(given: &[(&str, &str)]) -> KubeconfigSettings {
    settings::with(given, |reader| {
        let lifetimes = Lifetimes::read(reader);
        KubeconfigSettings::read(lifetimes.as_ref(), reader)
    })
}

fn public_url() -> Origin {
    settings::read(|reader| {
        let site = Site::read(reader);
        Site::read_public_url(site.as_ref(), reader)
    })
}

fn base64(text: &str) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(text.as_bytes())
}
