//! The API server at `/` of a host of its own.

use e2e::{ApiServer, Builder, Proxied, Staged};

#[test]
fn kubectl_works_at_the_root_of_a_host() {
    let Some(proxied) = Proxied::on_a_host_of_its_own() else {
        return;
    };
    let kubectl = proxied.kubectl_of("alice");
    let path = "--output=jsonpath={.clusters[0].cluster.server}";
    let server = kubectl.succeed(&["config", "view", path]);
    assert_eq!(server, proxied.proxy.origin());
    kubectl.succeed(&["--namespace=demo", "run", "idle", "--image=any"]);
    let wait = ["wait", "--for=condition=Ready", "pod/idle"];
    kubectl.succeed(&[&["--namespace=demo"], &wait[..]].concat());
    // The API server answers with a redirect to one of its own paths.
    kubectl.succeed(&["get", "--raw", "/openapi/v3/apis/apps/v1?hash=outdated"]);
    let exec = ["--namespace=demo", "exec", "idle", "--", "echo", "here"];
    assert_eq!(kubectl.succeed(&exec).trim(), "here");
}

#[test]
fn nothing_else_is_on_that_host_and_the_rest_is_where_it_was() {
    let builder = Builder::default().setting("KUBERNETES_HOST", "kube.example.com");
    let api = ApiServer::start(|seen, asker| {
        let line = seen.line().to_owned();
        asker.json("200 OK", &format!("{line:?}"))
    });
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let send = |host: &str, target: &str| {
        staged.send(format!(
            "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             authorization: Bearer {bearer}\r\n\r\n"
        ))
    };
    for target in [
        "/",
        "/whoami",
        "/healthz",
        "/-/tunnel",
        "/k8s/api",
        "/api?x=%2F",
    ] {
        for host in ["kube.example.com", "KUBE.example.com:8443"] {
            let heard = send(host, target);
            assert_eq!(heard.json(), format!("GET {target} HTTP/1.1"), "{host}");
        }
    }
    assert_eq!(send("kube.example.com", "/a/../b").status(), 400);
    assert_eq!(send("localhost", "/api").status(), 404);
    assert_eq!(send("localhost", "/healthz").status(), 200);
    assert_eq!(send("localhost", "/k8s/api").json(), "GET /api HTTP/1.1");
}
