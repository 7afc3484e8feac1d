//! `KUBERNETES_AUTH=impersonate` with a real API server: the proxy's service account asks, and the API server
//! decides by the impersonated user.

use std::fs;

use e2e::{Builder, Kubernetes, Proxied};
use serde_json::Value;
use tempfile::TempDir;

/// The minimal role in docs/kubernetes.md.
const ROLE: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: aks-oauth-proxy }
rules:
- { apiGroups: [''], resources: [users, groups], verbs: [impersonate] }
- { apiGroups: [authentication.k8s.io], resources: [uids, userextras/oid, userextras/tid], verbs: [impersonate] }
- { apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create] }
";

/// A proxy with the service account `kube-system/proxy` and these settings; and the directory of its token.
fn start(settings: &[(&str, &str)]) -> Option<(Proxied, TempDir)> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let builder = Builder::default()
        .setting("KUBERNETES_AUTH", "impersonate")
        .setting("KUBERNETES_TOKEN_FILE", file.to_str().unwrap());
    let proxied = Proxied::with(builder, settings)?;
    let administrator = proxied.kubernetes.administrator();
    administrator.succeed(&["create", "serviceaccount", "proxy", "-n", "kube-system"]);
    administrator.succeed_with(&["apply", "-f", "-"], ROLE);
    administrator.succeed(&[
        "create",
        "clusterrolebinding",
        "proxy",
        "--clusterrole=aks-oauth-proxy",
        "--serviceaccount=kube-system:proxy",
    ]);
    let token = administrator.succeed(&["create", "token", "proxy", "-n", "kube-system"]);
    fs::write(&file, token).unwrap();
    Some((proxied, directory))
}

/// The API server's audit entries for this verb and resource: the caller, and the impersonated user.
fn audited(kubernetes: &Kubernetes, verb: &str, resource: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = kubernetes.audit().into_iter();
    events
        .filter(|event| event["verb"] == verb && event["objectRef"]["resource"] == resource)
        .map(|event| {
            (
                text(&event["user"]["username"]),
                text(&event["impersonatedUser"]["username"]),
            )
        })
        .collect()
}

#[test]
fn the_api_server_decides_by_the_user_whom_the_proxy_names() {
    let Some((proxied, _token)) = start(&[]) else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let whoami = alice.succeed(&["auth", "whoami", "-o", "json"]);
    let whoami: Value = serde_json::from_str(&whoami).unwrap();
    let user = &whoami["status"]["userInfo"];
    assert_eq!(user["username"], "alice@contoso.example");
    assert_eq!(user["uid"], "a11ce000-0000-4000-8000-000000000001");
    let groups = user["groups"].as_array().unwrap();
    assert!(
        groups.contains(&"system:authenticated".into()),
        "{groups:?}"
    );
    assert!(groups.len() > 1, "her own are there too: {groups:?}");
    alice.succeed(&["get", "pods", "-n", "demo"]);
    let refused = alice.fail(&["get", "pods", "-n", "kube-system"]);
    assert!(
        refused.contains("\"alice@contoso.example\" cannot list"),
        "{refused}"
    );
    let refused = alice.fail(&["get", "pods", "-n", "demo", "--as=bob@contoso.example"]);
    assert!(
        refused.contains("does not let you act as somebody else"),
        "{refused}"
    );
    let bob = proxied.kubectl_of("bob");
    let refused = bob.fail(&["get", "pods", "-n", "demo"]);
    assert!(
        refused.contains("\"bob@contoso.example\" cannot list"),
        "{refused}"
    );
    let account = "system:serviceaccount:kube-system:proxy".to_owned();
    let asked = audited(&proxied.kubernetes, "list", "pods");
    assert!(
        asked.contains(&(account, "alice@contoso.example".to_owned())),
        "{asked:?}"
    );
}

#[test]
fn who_may_act_as_somebody_else_may_do_so_here_where_that_is_allowed() {
    let Some((proxied, _token)) = start(&[("KUBERNETES_CLIENT_IMPERSONATION", "true")]) else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    let as_bob = alice.fail(&["get", "pods", "-n", "demo", "--as=bob@contoso.example"]);
    assert!(
        as_bob.contains("\"bob@contoso.example\" cannot list"),
        "{as_bob}"
    );
    let masters = "--as-group=system:masters";
    for others in [
        &["--as=erin@contoso.example"][..],
        &["--as=bob@contoso.example", masters],
    ] {
        let refused = alice.fail(&[&["get", "pods", "-n", "demo"][..], others].concat());
        assert!(
            refused.contains("does not let you act as somebody else"),
            "{refused}"
        );
    }
    alice.succeed(&["get", "pods", "-n", "demo"]);
}

/// An empty name impersonates nobody, even for a user with all rights, and so would use the proxy's own
/// account.
#[test]
fn an_empty_name_is_refused_even_to_who_may_name_anybody() {
    let Some((proxied, _token)) = start(&[("KUBERNETES_CLIENT_IMPERSONATION", "true")]) else {
        return;
    };
    let administrator = proxied.kubernetes.administrator();
    administrator.succeed(&[
        "create",
        "clusterrolebinding",
        "alice",
        "--clusterrole=cluster-admin",
        "--user=alice@contoso.example",
    ]);
    // It adds the credential, and passes on every header.
    let alice = proxied.kubectl_of("alice");
    let kubectl = alice.start(&["proxy", "--port=0", "--append-server-path"]);
    let line = kubectl.line("Starting to serve on ");
    let address = line.rsplit(' ').next().unwrap().trim().to_owned();
    let ask = |names: &[(&str, &str)]| {
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        let review = r#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"#;
        let headers = [names, &[("content-type", "application/json")]].concat();
        let mut browser = proxied.stack.browser_at(&format!("http://{address}"));
        browser.send("POST", path, &headers, review)
    };
    let bob = ask(&[("impersonate-user", "bob@contoso.example")]);
    assert_eq!(bob.status, 201, "{}", bob.body);
    assert!(bob.body.contains("bob@contoso.example"), "{}", bob.body);
    for names in [
        &[("impersonate-user", "")][..],
        &[("impersonate-user", " ")],
        &[("impersonate-user", "bob"), ("impersonate-user", "carol")],
        &[("impersonate-user", "bob"), ("impersonate-group", "")],
        &[("impersonate-user", "bob"), ("impersonate-uid", "")],
    ] {
        let refused = ask(names);
        assert_eq!(refused.status, 403, "{names:?}: {}", refused.body);
        assert!(
            refused.body.contains("impersonation-refused"),
            "{}",
            refused.body
        );
    }
}
