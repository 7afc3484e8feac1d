//! Files and command lines, whole and broken.

use super::{TENANT, about, of_file, of_kube, of_line, settings};
use crate::{KUBE_OIDC_PROXY, OAUTH2_PROXY, convert};

#[test]
fn a_setting_becomes_ours() {
    let ours = [
        (
            format!("--oidc-issuer-url=https://login.microsoftonline.com/{TENANT}/v2.0"),
            vec![format!("TENANT_ID={TENANT}")],
        ),
        (
            format!("--azure-tenant {TENANT}"),
            vec![format!("TENANT_ID={TENANT}")],
        ),
        (
            "--cookie-expire=168h0m0s".to_owned(),
            vec!["SESSION_ABSOLUTE_TIMEOUT_SECONDS=604800".to_owned()],
        ),
        (
            "--cookie-expire 1m30s".to_owned(),
            vec![
                "SESSION_ABSOLUTE_TIMEOUT_SECONDS=90".to_owned(),
                "SESSION_IDLE_TIMEOUT_SECONDS=90".to_owned(),
            ],
        ),
        (
            "--cookie-expire=10000h".to_owned(),
            vec!["SESSION_ABSOLUTE_TIMEOUT_SECONDS=2592000".to_owned()],
        ),
        (
            "--cookie-secure=false".to_owned(),
            vec!["SESSION_COOKIE_SECURE=false".to_owned()],
        ),
        (
            "--cookie-secure --cookie-samesite lax".to_owned(),
            vec![
                "SESSION_COOKIE_SAMESITE=Lax".to_owned(),
                "SESSION_COOKIE_SECURE=true".to_owned(),
            ],
        ),
        (
            "--redirect-url=https://app.example/oauth2/callback".to_owned(),
            vec!["REDIRECT_URI=https://app.example/oauth2/callback".to_owned()],
        ),
        (
            "--redirect-url=https://app.example/auth/callback?a=b".to_owned(),
            vec!["REDIRECT_URI=https://app.example/callback".to_owned()],
        ),
        (
            "--scope=openid --trusted-proxy-ip=10.0.0.0/8,::1 --trusted-proxy-ip 10.1.2.3"
                .to_owned(),
            vec!["TRUSTED_PROXIES=10.0.0.0/8,::1,10.1.2.3".to_owned()],
        ),
        (
            "--trusted-proxy-ip=10.0.0.0/8,0.0.0.0/0".to_owned(),
            vec!["TRUSTED_PROXIES=10.0.0.0/8".to_owned()],
        ),
    ];
    for (line, wanted) in ours {
        let mut found = settings(&of_line(&line));
        found.sort();
        assert_eq!(found, wanted, "{line}");
    }
}

#[test]
fn an_issuer_of_another_cloud_names_it() {
    let line = format!("--oidc-issuer-url=https://login.microsoftonline.us/{TENANT}/v2.0");
    let wanted = [
        format!("TENANT_ID={TENANT}"),
        "AUTHORITY_HOST=https://login.microsoftonline.us".to_owned(),
    ];
    assert_eq!(settings(&of_line(&line)), wanted);
}

#[test]
fn what_cannot_be_taken_is_a_sentence_and_no_setting() {
    for (flag, value) in [
        ("oidc-issuer-url", "https://accounts.google.com"),
        (
            "oidc-issuer-url",
            "https://login.microsoftonline.com/common/v2.0",
        ),
        ("azure-tenant", "common"),
        ("client-id", "123456.apps.googleusercontent.com"),
        ("redirect-url", "/oauth2/callback"),
        ("cookie-expire", "soon"),
        ("cookie-expire", "0s"),
        ("cookie-samesite", "none"),
        ("allowed-group", "developers"),
        ("email-domain", "example.com"),
        ("provider", "github"),
        ("upstream", "http://127.0.0.1:8080/"),
        ("htpasswd-file", "/etc/htpasswd"),
    ] {
        let converted = of_line(&format!("--{flag}={value}"));
        assert_eq!(settings(&converted), [""; 0], "{flag}={value}");
        assert_eq!(about(&converted, flag).len(), 1, "{flag}={value}");
    }
}

#[test]
fn what_needs_nothing_is_silent() {
    let line = "--provider=entra-id --email-domain=* --scope=openid --session-store-type=redis";
    let text = of_line(line).environment();
    let sentences = text.lines().filter(|line| !line.starts_with("# to do: "));
    assert_eq!(sentences.count(), 1, "{text}");
}

#[test]
fn an_unknown_flag_is_named_and_its_value_is_not() {
    let converted = of_line(&format!(
        "--made-up hidden --azure-tenant={TENANT} --other=hidden stray"
    ));
    assert_eq!(settings(&converted), [format!("TENANT_ID={TENANT}")]);
    assert!(about(&converted, "made-up")[0].starts_with("unknown"));
    assert!(about(&converted, "other")[0].starts_with("unknown"));
    let text = converted.environment();
    assert!(
        text.contains("1 words of the command line belong to no flag"),
        "{text}"
    );
    for value in ["hidden", "stray"] {
        assert!(!text.contains(value), "{text}");
    }
    let file = of_file("made_up = \"hidden\"\n");
    assert!(about(&file, "made_up")[0].starts_with("unknown"));
    assert!(!file.environment().contains("hidden"));
}

#[test]
fn a_file_has_underscores_and_plurals() {
    let text = format!(
        "azure_tenant = \"{TENANT}\"\ntrusted_proxy_ips = [\"10.1.2.3\", \"::1\"]\ncookie_secure = false\nupstreams = \"http://a/\"\n"
    );
    let converted = of_file(&text);
    let wanted = [
        format!("TENANT_ID={TENANT}"),
        "SESSION_COOKIE_SECURE=false".to_owned(),
        "TRUSTED_PROXIES=10.1.2.3,::1".to_owned(),
    ];
    assert_eq!(settings(&converted), wanted);
    assert_eq!(about(&converted, "upstream").len(), 1);
    let scopes = of_file("scope = \"openid email\"\n");
    let wanted = ["OIDC_SCOPES=openid profile offline_access email"];
    assert_eq!(settings(&scopes), wanted);
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = "cookie_secure = true\ntrusted_proxy_ips = [\"::1\"]\n";
    let line =
        super::arguments("/bin/oauth2-proxy --cookie-secure=false --trusted-proxy-ip=10.1.2.3");
    let converted = convert(&OAUTH2_PROXY, Some(file), &line).unwrap();
    assert_eq!(
        settings(&converted),
        ["SESSION_COOKIE_SECURE=false", "TRUSTED_PROXIES=10.1.2.3"]
    );
}

#[test]
fn no_secret_is_printed() {
    let converted = of_file(
        "client_secret = \"hidden\"\ncookie_secret = \"hidden\"\nredis_password = \"hidden\"\nbasic_auth_password = \"hidden\"\n\
         redis_sentinel_password = \"hidden\"\nredis_connection_url = \"rediss://me:hidden@redis.example:6380/3\"\n",
    );
    for text in [converted.environment(), converted.values()] {
        assert!(!text.contains("hidden"), "{text}");
        assert!(text.contains("\"rediss://redis.example:6380/3\""), "{text}");
    }
    assert_eq!(settings(&converted), ["REDIS_USERNAME=me"]);
}

#[test]
fn sentinels_are_named_by_host_and_port() {
    let converted = of_line(
        "--redis-use-sentinel --redis-sentinel-master-name=main --redis-sentinel-connection-urls=rediss://a:1,rediss://b",
    );
    assert_eq!(
        settings(&converted),
        ["REDIS_SENTINELS=a:1,b:26379", "REDIS_SENTINEL_SERVICE=main"]
    );
    assert!(converted.values().contains("\"rediss://a:1/0\""));
}

#[test]
fn two_flags_that_contradict_each_other_are_told() {
    let line =
        format!("--oidc-issuer-url=https://sts.windows.net/{TENANT}/ --azure-tenant={TENANT}");
    assert_eq!(about(&of_line(&line), "azure-tenant"), [""; 0]);
    let other = TENANT.replace('1', "9");
    let converted = of_line(&line.replace(
        &format!("azure-tenant={TENANT}"),
        &format!("azure-tenant={other}"),
    ));
    assert_eq!(settings(&converted), [format!("TENANT_ID={TENANT}")]);
    assert!(about(&converted, "azure-tenant")[0].starts_with("not taken"));
}

#[test]
fn a_value_cannot_make_a_line_of_its_own() {
    let converted = of_file("redis_username = \"me\\nSESSION_COOKIE_SECURE=false\"\n");
    assert_eq!(settings(&converted), [""; 0]);
    assert_eq!(about(&converted, "redis-username").len(), 1);
    let groups = of_file("allowed_groups = [\"a\\nSESSION_COOKIE_SECURE=false\"]\n");
    assert_eq!(settings(&groups), [""; 0]);
}

#[test]
fn a_file_that_is_none_is_refused_without_its_line() {
    let refused = |text: &str| convert(&OAUTH2_PROXY, Some(text), &[]).unwrap_err().0;
    assert!(refused("upstreamConfig:\n  upstreams: []\n").contains("alpha"));
    assert!(refused("providers:\n- id: a\n").contains("alpha"));
    let broken = refused("client_id = \"a\"\nclient_secret = hidden\n");
    assert!(broken.starts_with("it is no TOML: line 2: "), "{broken}");
    assert!(!broken.contains("hidden"), "{broken}");
    let file = convert(&KUBE_OIDC_PROXY, Some(""), &[]).unwrap_err().0;
    assert!(file.contains("has no configuration file"), "{file}");
}

#[test]
fn kube_oidc_proxy_impersonates_unless_it_does_not() {
    assert_eq!(settings(&of_kube("")), ["KUBERNETES_AUTH=impersonate"]);
    assert_eq!(
        settings(&of_kube("--disable-impersonation=false")),
        ["KUBERNETES_AUTH=impersonate"]
    );
    assert_eq!(
        settings(&of_kube("--disable-impersonation")),
        ["KUBERNETES_AUTH=token"]
    );
}

#[test]
fn identities_of_kube_oidc_proxy_become_ours() {
    let all = of_kube(
        "--oidc-username-claim=oid --oidc-username-prefix=entra: --oidc-groups-claim=groups --oidc-groups-prefix=- --token-passthrough --server=https://api.example:6443/",
    );
    let wanted = [
        "KUBERNETES_USER_CLAIM=oid",
        "KUBERNETES_USER_PREFIX=entra:",
        "KUBERNETES_TOKEN_PASSTHROUGH=true",
        "KUBERNETES_API_URL=https://api.example:6443",
        "KUBERNETES_AUTH=impersonate",
    ];
    assert_eq!(settings(&all), wanted);
    for (flag, value) in [
        ("oidc-username-claim", "email"),
        ("oidc-groups-claim", "roles"),
        ("server", "https://a/b"),
    ] {
        let converted = of_kube(&format!("--{flag}={value}"));
        assert_eq!(about(&converted, flag).len(), 1, "{flag}");
        assert_eq!(
            settings(&converted),
            ["KUBERNETES_AUTH=impersonate"],
            "{flag}"
        );
    }
}
