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
