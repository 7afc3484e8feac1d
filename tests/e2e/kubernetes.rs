//! The API server through the proxy: sign in, download a kubeconfig, done.

use e2e::Proxied;

#[test]
fn who_has_signed_in_needs_nothing_but_the_kubeconfig() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let whoami = alice.succeed(&["auth", "whoami"]);
    assert!(whoami.contains("alice@contoso.example"), "{whoami}");
    alice.succeed(&["get", "namespaces"]);
    let bob = proxied.kubectl_of("bob");
    let refused = bob.fail(&["get", "pods", "--namespace=demo"]);
    let cannot = "User \"bob@contoso.example\" cannot list";
    assert!(refused.contains(cannot), "{refused}");
}

/// The API server knows nothing of our prefix. kubectl follows its redirect.
#[test]
fn a_redirect_of_the_api_server_leads_through_the_proxy() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let document = alice.succeed(&["get", "--raw", "/openapi/v3/apis/apps/v1?hash=outdated"]);
    assert!(document.contains("\"openapi\""), "{document}");
}
