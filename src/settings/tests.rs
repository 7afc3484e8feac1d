#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};

use super::{Fallback, Misconfigured, check_all, native, table};

const GOOD: [(&str, &str); 6] = [
    ("tenant_id", "11111111-2222-3333-4444-555555555555"),
    ("client_id", "AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee"),
    ("redirect_uri", "https://aks.example.com/callback"),
    ("session_secret", "0123456789abcdef0123456789abcdef"),
    ("sidecar_url", "http://127.0.0.1:8081"),
    ("sidecar_token", "0123456789abcdef0123456789abcdef"),
];

fn check(changes: &[(&str, &str)]) -> Result<(), Misconfigured> {
    let values: BTreeMap<_, _> = GOOD.into_iter().chain(changes.iter().copied()).collect();
    check_all(&|name| values.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn the_required_settings_are_enough() {
    assert_eq!(check(&[]), Ok(()));
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let faults = check_all(&|_| None).unwrap_err().faults;
    let missing: Vec<&str> = faults.iter().map(|fault| fault.setting).collect();
    let required = [
        "TENANT_ID",
        "CLIENT_ID",
        "REDIRECT_URI",
        "SESSION_SECRET",
        "SIDECAR_URL",
        "SIDECAR_TOKEN",
    ];
    assert_eq!(missing, required);
}

/// Each case is one setting with a wrong value, and a part of what is said about it.
#[test]
fn what_is_wrong_is_said_with_the_setting_and_an_example() {
    let wrong = [
        ("tenant_id", "contoso.onmicrosoft.com", "not a GUID"),
        ("tenant_id", "common", "not a GUID"),
        (
            "client_id",
            "11111111-2222-3333-4444-55555555555g",
            "not a GUID",
        ),
        (
            "redirect_uri",
            "http://aks.example.com/callback",
            "only on localhost",
        ),
        (
            "redirect_uri",
            "http://localhost.example.com/callback",
            "only on localhost",
        ),
        ("redirect_uri", "https://aks.example.com/", "/callback"),
        (
            "redirect_uri",
            "https://aks.example.com/callback?x=y",
            "/callback",
        ),
        (
            "redirect_uri",
            "https://u:p@aks.example.com/callback",
            "password",
        ),
        (
            "redirect_uri",
            "HTTPS://aks.example.com/callback",
            "write https://aks",
        ),
        ("redirect_uri", "callback", "not a URL"),
        (
            "post_logout_redirect_uri",
            "http://www.example.com/",
            "only on localhost",
        ),
        ("post_logout_redirect_uri", "/goodbye", "not a URL"),
        ("bearer_audiences", "podinfo", "App ID URI"),
        (
            "bearer_audiences",
            "6DAE42F8-4368-4678-94ff-3960e28e3630",
            "every cluster",
        ),
        (
            "post_logout_redirect_uri",
            "javascript:alert(1)",
            "https is wanted",
        ),
        (
            "post_logout_redirect_uri",
            "https://u@www.example.com/",
            "user name",
        ),
        (
            "post_logout_redirect_uri",
            "https://www.example.com",
            "write https://www.example.com/",
        ),
        (
            "post_logout_redirect_uri",
            "https://www.example.com/#x",
            "fragment",
        ),
        ("session_secret", "change-me", "openssl rand -hex 32"),
        (
            "session_secret",
            "0123456789abcdef0123456789abcdef short",
            "openssl rand -hex 32",
        ),
        ("app_name", "a\nb", "a line of at most 60"),
        ("app_name", "AKS\u{202e}ylno", "a line of at most 60"),
        ("support_url", "http://help.example.com", "neither an https"),
        ("support_url", "javascript:alert(1)", "neither an https"),
        ("accent_color", "blue", "not a colour"),
        ("accent_color", "#ffcc00", "contrast"),
        ("logo", "logo.svg", "begins neither"),
        ("apps", "[{}]", "[0].url: is missing"),
        (
            "apps",
            "[{\"url\":\"https://grafana.example.com/\"}]",
            "ALLOWED_RETURN_ORIGINS",
        ),
        ("show_denied_apps", "yes", "true"),
        ("show_group_names", "yes", "true"),
        ("session_record_format", "3", "neither `1` nor `2`"),
        ("session_cookie_name", "a b", "character"),
        ("session_cookie_name", "a;b", "character"),
        ("session_cookie_secure", "yes", "true"),
        ("session_cookie_samesite", "None", "neither `Lax` nor"),
        ("session_idle_timeout_seconds", "0", "positive"),
        ("session_idle_timeout_seconds", "-1", "positive"),
        (
            "session_idle_timeout_seconds",
            "99999",
            "longer than SESSION_ABSOLUTE_TIMEOUT_SECONDS",
        ),
        ("session_absolute_timeout_seconds", "8h", "positive"),
        ("oidc_scopes", "openid profile", "offline_access"),
        ("aks_server_id", "aks", "not a GUID"),
        ("token_refresh_margin_seconds", "x", "positive"),
        ("expose_access_token", "1", "true"),
        (
            "authority_host",
            "https://login.microsoftonline.com/",
            "write https://login",
        ),
        (
            "authority_host",
            "https://login.microsoftonline.com/common",
            "write https://login",
        ),
        (
            "authority_host",
            "http://login.microsoftonline.com",
            "only on localhost",
        ),
        ("authority_host", "login.microsoftonline.com", "not a URL"),
        ("allowed_users", "alice", "`alice`, which is neither"),
        ("allowed_users", "alice@", "neither"),
        ("allowed_users", ", ,", "lists nothing"),
        ("allowed_roles", ",", "lists nothing"),
        ("allowed_groups", "\t,", "lists nothing"),
        ("trusted_proxies", ",", "lists nothing"),
        ("allowed_users", "@contoso.example", "neither"),
        ("allowed_users", "a@b@contoso.example", "neither"),
        ("allowed_users", "\u{430}lice@contoso.example", "neither"),
        (
            "allowed_users",
            "alice@contoso.example dave_fabrikam.example#ext#@contoso.example",
            "a guest",
        ),
        ("allowed_groups", "platform-team", "not an object id"),
        ("failed_sign_ins_per_minute", "-1", "not a whole number"),
        (
            "trusted_proxies",
            "10.0.0.0/8 ingress",
            "`ingress`, which is neither",
        ),
        ("trusted_proxies", "10.0.0.0/33", "neither"),
        ("trusted_proxies", "::/0", "everybody"),
        ("forward_auth_profile", "apache", "`haproxy`"),
        ("allowed_return_origins", "*.com", "anybody"),
        ("allowed_return_origins", "app.example.com", "not a URL"),
        ("cookie_domains", "com", "browsers take no cookies"),
        ("cookie_domains", "10.0.0.1", "an address"),
        (
            "allowed_return_origins",
            "https://aks.example.com",
            "kubeconfig",
        ),
        (
            "graph_url",
            "https://graph.microsoft.com/v1.0",
            "write https",
        ),
        (
            "public_url",
            "https://aks.example.com/app",
            "write https://aks.example.com",
        ),
        ("sidecar_url", "http://10.0.0.1:8081", "only on localhost"),
        ("sidecar_token", "short", "32 bytes"),
        ("aks_consent", "never", "`kubelogin`"),
        ("kubelogin_url", "http://10.0.0.1:8081", "only on localhost"),
        (
            "kubelogin_url",
            "https://kubelogin.example/v1",
            "write https",
        ),
        (
            "sidecar_token",
            "0123456789abcdef 0123456789abcdef",
            "character",
        ),
        ("kubernetes_api_url", "http://10.0.0.1", "only on localhost"),
        (
            "kubernetes_host",
            "https://kube.example.com",
            "without https",
        ),
        ("kubernetes_auth", "both", "`impersonate`"),
        ("kubernetes_user_claim", "email", "`oid`"),
        ("kubernetes_user_prefix", "system:", "cluster's own"),
        ("kubernetes_group_prefix", "a b", "not a name"),
        ("kubernetes_client_impersonation", "yes", "true"),
        ("kubernetes_token_passthrough", "1", "true"),
        ("kubernetes_max_streams", "0", "positive"),
        ("kubernetes_max_body_bytes", "3Mi", "positive"),
        ("kubeconfig_cluster", "my cluster", "not a name"),
        ("kubeconfig_cluster", "{name}", "than {host}"),
        ("kubeconfig_context", "{oid}", "{name}"),
        ("kubeconfig_user", "{user", "{name}"),
        (
            "kubeconfig_lifetime_seconds",
            "99999",
            "longer than SESSION",
        ),
        ("kubeconfig_idle_timeout_seconds", "-1", "whole number"),
        ("public_ca", "/etc/ca.pem", "not a certificate"),
        ("tunnel_token", "short", "32 bytes"),
    ];
    for (name, value, said) in wrong {
        let faults = check(&[(name, value)]).unwrap_err().faults;
        assert_eq!(faults.len(), 1, "{name}={value}: {faults:?}");
        assert_eq!(faults[0].setting, name.to_ascii_uppercase());
        let text = faults[0].to_string();
        assert!(text.contains(said) && text.contains("example:"), "{text}");
    }
}

#[test]
fn the_pages_keep_a_host_of_their_own() {
    let page = ("redirect_uri", "https://aks.example.com/callback");
    for host in ["aks.example.com", "AKS.example.com"] {
        let faults = check(&[page, ("kubernetes_host", host)]);
        let fault = faults.unwrap_err().faults.remove(0).to_string();
        assert!(
            fault.contains("KUBERNETES_HOST") && fault.contains("REDIRECT_URI"),
            "{fault}"
        );
    }
    for host in ["kube.example.com", "aks.example.com:6443"] {
        assert_eq!(check(&[page, ("kubernetes_host", host)]), Ok(()));
    }
}

#[test]
fn groups_are_not_asked_for_in_another_cloud() {
    let elsewhere = ("authority_host", "https://login.microsoftonline.us");
    let group = ("allowed_groups", "11111111-2222-3333-4444-555555555555");
    let faults = check(&[elsewhere, group]).unwrap_err().faults;
    assert_eq!((faults.len(), faults[0].setting), (1, "GRAPH_URL"));
    let graph = ("graph_url", "https://graph.microsoft.us");
    assert_eq!(check(&[elsewhere, group, graph]), Ok(()));
    assert_eq!(check(&[elsewhere]), Ok(()));
    let names = ("show_group_names", "true");
    let faults = check(&[elsewhere, names]).unwrap_err().faults;
    assert_eq!((faults.len(), faults[0].setting), (1, "GRAPH_URL"));
    assert_eq!(check(&[elsewhere, names, graph]), Ok(()));
}

#[test]
fn what_is_unusual_and_right_is_accepted() {
    for change in [
        ("failed_sign_ins_per_minute", "10"),
        ("forward_auth_profile", "traefik"),
        (
            "allowed_return_origins",
            "*.apps.example.com, https://podinfo.example.com:8443",
        ),
        ("cookie_domains", ".apps.example.com"),
        ("trusted_proxies", "10.0.0.1,10.1.0.0/16\n2001:db8::/32"),
        ("redirect_uri", "http://localhost:8080/callback"),
        ("redirect_uri", "http://aks.localhost/callback"),
        ("redirect_uri", "http://127.0.0.1:8080/callback"),
        (
            "session_secret",
            "0123456789abcdef0123456789abcdef  abcdef0123456789abcdef0123456789\n",
        ),
        ("session_cookie_name", "__Host-proxy_session"),
        ("authority_host", "https://login.partner.microsoftonline.cn"),
        (
            "oidc_scopes",
            "email offline_access openid profile User.Read",
        ),
    ] {
        assert_eq!(check(&[change]), Ok(()), "{change:?}");
    }
}

#[test]
fn a_kubelogin_elsewhere_has_a_bearer_of_its_own() {
    let url = ("kubelogin_url", "https://kubelogin.example:8443");
    let faults = check(&[url]).unwrap_err().faults;
    assert_eq!((faults.len(), faults[0].setting), (1, "KUBELOGIN_TOKEN"));
    let token = ("kubelogin_token", "0123456789abcdef0123456789abcdef");
    assert_eq!(check(&[url, token]), Ok(()));
}

#[test]
fn who_chooses_kubelogin_needs_it() {
    let disabled = ("kubelogin_enabled", "false");
    for way in ["ask", "kubelogin"] {
        let faults = check(&[disabled, ("aks_consent", way)]).unwrap_err().faults;
        assert_eq!((faults.len(), faults[0].setting), (1, "AKS_CONSENT"));
    }
    assert_eq!(check(&[disabled]), Ok(()));
}

#[test]
fn a_host_prefix_needs_secure() {
    let name = ("session_cookie_name", "__Host-s");
    let faults = check(&[name, ("session_cookie_secure", "false")])
        .unwrap_err()
        .faults;
    assert_eq!(faults[0].setting, "SESSION_COOKIE_NAME");
}

#[test]
fn a_secret_is_not_repeated() {
    let error = check(&[
        ("session_secret", "hunter2hunter2"),
        ("sidecar_token", "swordfish"),
    ]);
    let text = error.unwrap_err().to_string();
    assert!(
        !text.contains("hunter2") && !text.contains("swordfish"),
        "{text}"
    );
}

fn manifest() -> toml::Table {
    include_str!("../../spin.toml").parse().unwrap()
}

#[test]
fn the_manifests_variables_are_the_tables() {
    let manifest = manifest();
    let variables = manifest["variables"].as_table().unwrap();
    let names: BTreeSet<String> = variables.keys().cloned().collect();
    let known = table::COMPONENT
        .iter()
        .map(|setting| setting.name().to_ascii_lowercase());
    assert_eq!(names, known.collect());
    for setting in table::COMPONENT {
        let default = variables[&setting.name().to_ascii_lowercase()]["default"]
            .as_str()
            .unwrap();
        match setting.fallback() {
            Fallback::Value(value) => assert_eq!(default, value, "{}", setting.name()),
            // Spin refuses an outbound grant that does not parse, so this origin stands for an
            // absent one.
            Fallback::Derived(_)
                if ["SIDECAR_URL", "KUBELOGIN_URL"].contains(&setting.name())
                    || setting.name().starts_with("UPSTREAM_ORIGIN") =>
            {
                assert_eq!(default, "http://127.0.0.1:1");
            }
            Fallback::Required | Fallback::Derived(_) => {
                assert_eq!(default, "", "{}", setting.name())
            }
        }
    }
}

/// `cargo xtask chart` writes them into the table of docs/settings.md, and into the chart.
#[test]
fn every_summary_fits_into_a_table() {
    for setting in table::COMPONENT.iter().chain(native::NATIVE) {
        let summary = setting.summary();
        assert!(summary.ends_with('.'), "{}", setting.name());
        assert!(!summary.contains(['|', '\n']), "{}", setting.name());
    }
}
