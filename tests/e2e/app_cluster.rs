//! An app that acts in the cluster as its user, as Headlamp and the Kubernetes Dashboard do: a real API server is asked
//! with what the app has got.

use e2e::{Builder, Echo, Kubernetes};
use serde_json::json;

const HOST: &str = "headlamp.apps.localhost";

#[test]
fn a_dashboard_acts_in_the_cluster_as_its_user() {
    let dashboard = Echo::start();
    let upstream = json!([{
        "host": HOST, "url": format!("http://{}", dashboard.address()), "access_token": "aks",
    }]);
    let stack = Builder::default()
        .setting("UPSTREAMS", &upstream.to_string())
        .setting("FORWARD_AUTH_AKS_TOKEN", "true")
        .start();
    let Some(kubernetes) = Kubernetes::start(&stack) else {
        return;
    };
    kubernetes.namespace("dashboards");
    stack.consent("alice");
    let mut alice = stack.browser().html();
    alice.headers.push(("host".to_owned(), HOST.to_owned()));
    let page = stack.open_app(&mut alice, HOST, "/pods?namespace=dashboards");
    assert_eq!(page.status, 200, "{page:?}");
    let told = dashboard.take();
    let [told] = &told[..] else {
        panic!("{told:?}");
    };
    let carried = told.values("authorization")[0]
        .strip_prefix("Bearer ")
        .unwrap();
    // The proxy in front of another dashboard gets the same by its check.
    let check = alice.get("/oauth2/auth");
    assert_eq!(check.status, 202, "{check:?}");
    let checked = check.header("x-auth-request-access-token");
    for token in [carried, checked] {
        let dashboard = kubernetes.direct(token);
        let whoami = dashboard.succeed(&["auth", "whoami"]);
        assert!(whoami.contains("alice@contoso.example"), "{whoami}");
        dashboard.succeed(&["get", "pods", "--namespace=dashboards"]);
        // What alice may not do, it may not either.
        let refused = dashboard.fail(&["get", "secrets", "--namespace=kube-system"]);
        assert!(refused.contains("alice@contoso.example"), "{refused}");
    }
}
