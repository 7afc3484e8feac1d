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

/// The API server does not know our prefix. kubectl follows its redirect.
#[test]
fn a_redirect_of_the_api_server_leads_through_the_proxy() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let document = alice.succeed(&["get", "--raw", "/openapi/v3/apis/apps/v1?hash=outdated"]);
    assert!(document.contains("\"openapi\""), "{document}");
}

/// Two credentials in two files each keep their own context.
#[test]
fn kubeconfigs_merge() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    proxied.stack.consent("alice");
    let mut browser = proxied.stack.signed_in("alice");
    let laptop = proxied.kubectl_named(&mut browser, "laptop");
    let desk = proxied.kubectl_named(&mut browser, "desk");
    let both = laptop.merged_with(&desk);
    let contexts = both.succeed(&["config", "get-contexts", "--output=name"]);
    let contexts: Vec<_> = contexts.lines().collect();
    assert!(
        matches!(contexts[..], [desk, laptop] if desk.starts_with("desk@") && laptop.starts_with("laptop@")),
        "{contexts:?}"
    );
    for context in &contexts {
        both.succeed(&["--context", context, "get", "namespaces"]);
    }
    let listed = browser.get("/kubeconfig/credentials").json();
    let credentials = listed["credentials"].as_array().unwrap();
    let of_laptop = credentials.iter().find(|one| one["name"] == "laptop");
    let id = &of_laptop.unwrap()["id"];
    let address = format!("/kubeconfig/credentials?id={id}");
    assert_eq!(browser.send("DELETE", &address, &[], "").status, 204);
    both.succeed(&["--context", contexts[0], "get", "namespaces"]);
    both.fail(&["--context", contexts[1], "get", "namespaces"]);
}
