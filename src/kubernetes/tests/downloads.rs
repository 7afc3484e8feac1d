//! Kubeconfigs as they are downloaded.

use super::*;

/// The kubeconfig that a form gives.
fn download(proxy: &Proxy, form: &str) -> String {
    let told = proxy.browse("kubeconfig", &Method::POST, "/kubeconfig", form);
    assert_eq!(told.code(), 200);
    String::from_utf8(told.0.unwrap().into_body()).unwrap()
}

#[test]
fn a_credential_without_a_name_has_the_default_one() {
    for (form, name) in [
        ("", "kubeconfig"),
        ("name=", "kubeconfig"),
        ("name=++", "kubeconfig"),
        ("name=laptop", "laptop"),
        ("name=+laptop+", "laptop"),
    ] {
        let proxy = Proxy::new();
        let written = download(&proxy, form);
        let head = format!("# Credential \"{name}\" of \"alice@contoso.example\",");
        assert!(written.starts_with(&head), "{form}: {written}");
        assert_eq!(proxy.audit()["detail"], name);
    }
}

/// Names tell apart what `KUBECONFIG=a:b` merges: proxies, users, credentials.
#[test]
fn names_tell_kubeconfigs_apart() {
    let proxy = Proxy::new();
    let written = download(&proxy, "name=my+laptop");
    for line in [
        "current-context: \"my laptop@proxy.example\"",
        "- name: \"proxy.example\"",
        "    cluster: \"proxy.example\"",
        "    user: \"alice@contoso.example/my laptop@proxy.example\"",
        "- name: \"alice@contoso.example/my laptop@proxy.example\"",
    ] {
        assert!(written.lines().any(|written| written == line), "{written}");
    }
    let patterns = [
        ("kubeconfig_cluster", "prod"),
        ("kubeconfig_context", "{cluster}"),
        ("kubeconfig_user", "{user}@{cluster}"),
    ];
    let written = download(&Proxy::with(&patterns), "name=laptop");
    assert!(written.contains("current-context: \"prod\""), "{written}");
    assert!(
        written.contains("user: \"alice@contoso.example@prod\""),
        "{written}"
    );
}

#[test]
fn a_kubeconfig_leads_to_the_api_servers_own_host() {
    let lines = |settings: &[(&str, &str)]| {
        let written = download(&Proxy::with(settings), "");
        let server = written.lines().find(|line| line.contains("server:"));
        server.unwrap().trim().to_owned()
    };
    assert_eq!(lines(&[]), "server: \"https://proxy.example/k8s\"");
    let own = ("kubernetes_host", "kube.example.com");
    assert_eq!(lines(&[own]), "server: \"https://kube.example.com\"");
}

/// The owner chooses the name; what is in a header, and what a system makes a file of, are not theirs.
#[test]
fn a_file_name_is_plain_whatever_the_credential_is_called() {
    for (form, file) in [
        ("name=laptop", "laptop-proxy.example.kubeconfig"),
        (
            "name=a%22b%2Fc%5Cd%3Be",
            "a-b-c-d-e-proxy.example.kubeconfig",
        ),
        ("name=..%2Fx", "-x-proxy.example.kubeconfig"),
        ("name=%C3%A9", "--proxy.example.kubeconfig"),
    ] {
        let proxy = Proxy::new();
        let told = proxy.browse("kubeconfig", &Method::POST, "/kubeconfig", form);
        let response = told.0.unwrap();
        let expected = format!("attachment; filename=\"{file}\"");
        assert_eq!(response.headers()["content-disposition"], expected);
    }
}
