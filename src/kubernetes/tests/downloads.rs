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
