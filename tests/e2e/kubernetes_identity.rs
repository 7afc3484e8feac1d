//! RBAC decides about the users themselves, and both audit logs have their names.

use e2e::{Kubernetes, Process, Proxied};
use serde_json::Value;

const ALICE: &str = "alice@contoso.example";
const BOB: &str = "bob@contoso.example";

const PODS: [&str; 3] = ["get", "pods", "--namespace=demo"];

#[test]
fn rbac_decides_about_the_user_and_both_logs_name_who_it_was() {
    let Some(proxied) = Proxied::start() else {
        return;
    };
    let (alice, bob) = (proxied.kubectl_of("alice"), proxied.kubectl_of("bob"));
    alice.succeed(&PODS);
    let refused = bob.fail(&PODS);
    let cannot = format!("User \"{BOB}\" cannot list");
    assert!(refused.contains(&cannot), "{refused}");
    // alice may impersonate bob, and nobody else.
    let as_bob = format!("--as={BOB}");
    let told = alice.succeed(&["auth", "whoami", &as_bob]);
    assert!(told.contains(BOB) && !told.contains(ALICE), "{told}");
    let refused = alice.fail(&[&PODS[..], &[&as_bob]].concat());
    assert!(refused.contains(&cannot), "{refused}");
    let refused = alice.fail(&[&PODS[..], &["--as=erin@contoso.example"]].concat());
    assert!(refused.contains("cannot impersonate"), "{refused}");

    let proxy = &proxied.proxy.process;
    for (user, as_whom, status) in [
        (ALICE, None, 200),
        (BOB, None, 403),
        (ALICE, Some(BOB), 403),
        (ALICE, Some("erin@contoso.example"), 403),
    ] {
        let seen = said_of_itself(proxy, user, as_whom, status);
        assert_eq!(seen["credential"], "test", "{seen}");
    }
    let cluster = &proxied.kubernetes;
    assert!(cluster_saw(cluster, ALICE, None, 200));
    assert!(cluster_saw(cluster, BOB, None, 403));
    assert!(cluster_saw(cluster, ALICE, Some(BOB), 403));
    // Only the users have asked for these pods, and no account of the proxy.
    let others = cluster.audit().into_iter().filter(|event| {
        let user = &event["user"]["username"];
        is_list_of_pods(&event["verb"], &event["objectRef"]) && user != ALICE && user != BOB
    });
    assert_eq!(others.count(), 0);
}

/// The proxy's own audit line for a list of pods.
fn said_of_itself(proxy: &Process, user: &str, as_whom: Option<&str>, status: u64) -> Value {
    // The members of a line have this order; not all are always present.
    let of_user = format!("\"upn\":\"{user}\",\"verb\":\"list\",\"api_version\":\"v1\"");
    let outcome = format!("\"status\":{status},");
    let as_whom = as_whom.map_or(String::new(), |whom| {
        format!("\"impersonated_user\":\"{whom}\"")
    });
    let line = proxy.line_with(&[&of_user, "\"resource\":\"pods\"", &as_whom, &outcome]);
    serde_json::from_str(&line).unwrap()
}

fn cluster_saw(cluster: &Kubernetes, user: &str, as_whom: Option<&str>, status: u64) -> bool {
    cluster.audit().iter().any(|event| {
        is_list_of_pods(&event["verb"], &event["objectRef"])
            && event["user"]["username"] == user
            && event["impersonatedUser"]["username"].as_str() == as_whom
            && event["responseStatus"]["code"] == status
    })
}

fn is_list_of_pods(verb: &Value, object: &Value) -> bool {
    verb == "list" && object["resource"] == "pods" && object["namespace"] == "demo"
}
