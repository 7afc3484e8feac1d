//! `KUBERNETES_AUTH=impersonate`: as whom a request is sent, by mode, setting and what the client
//! says.

use super::*;
use crate::session::{Identity, lease};

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";

/// A proxy whose service account names users, and lets them name others if `allowed`.
fn naming(allowed: bool, groups: &[&str]) -> Proxy {
    let allowed = if allowed { "true" } else { "false" };
    let proxy = Proxy::with(&[
        ("kubernetes_auth", "impersonate"),
        ("kubernetes_client_impersonation", allowed),
    ]);
    let identity = Identity {
        upn: Some("alice@contoso.example".to_owned()),
        groups: groups.iter().map(ToString::to_string).collect(),
    };
    let (records, holder) = (proxy.records(), proxy.session.holder());
    let known = |tokens: &mut Tokens| tokens.identity = Some(identity.clone());
    run(lease::change(&records, 60, &holder, known))
        .ok()
        .unwrap();
    proxy
}

/// Lets the sidecar give the account's token, and the API server allow users to name `allowed`.
fn reviews(proxy: &Proxy, allowed: &'static str) {
    proxy.world.answers(move |request| {
        if request.uri().path() == "/v1/service-account-token" {
            let body = json!({ "token": "service.account.token" }).to_string();
            return Ok(Response::new(body.into_bytes()));
        }
        let review: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(review["spec"]["user"], "alice@contoso.example");
        assert_eq!(
            request.headers()["authorization"],
            "Bearer service.account.token"
        );
        let allowed = review["spec"]["resourceAttributes"]["name"] == allowed;
        let body = json!({ "status": { "allowed": allowed } }).to_string();
        Ok(Response::builder()
            .status(201)
            .body(body.into_bytes())
            .unwrap())
    });
}

/// The values of `name` in the last request that was passed on.
fn values(proxy: &Proxy, name: &str) -> Vec<String> {
    let relayed = proxy.relayed();
    let values = relayed.headers().get_all(name).iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_proxys_account_names_the_user() {
    let proxy = naming(false, &["g1"]);
    reviews(&proxy, "");
    assert!(proxy.get(PODS, &[]).is_carried());
    assert_eq!(
        values(&proxy, "authorization"),
        ["Bearer service.account.token"]
    );
    assert_eq!(
        values(&proxy, "impersonate-user"),
        ["alice@contoso.example"]
    );
    assert_eq!(
        values(&proxy, "impersonate-group"),
        ["g1", "system:authenticated"]
    );
    assert_eq!(values(&proxy, "impersonate-uid"), ["o"]);
    assert_eq!(values(&proxy, "impersonate-extra-tid"), ["t"]);
}

/// What the client names, and the result: in token mode, in this mode, and where users may name
/// others.
#[test]
fn what_the_client_names_is_decided_by_mode_and_setting() {
    let cases: [(&str, &[(&str, &str)]); 6] = [
        ("nobody", &[]),
        ("bob", &[("impersonate-user", "bob")]),
        ("carol", &[("impersonate-user", "carol")]),
        ("a group alone", &[("impersonate-group", "system:masters")]),
        (
            "bob and a group",
            &[
                ("impersonate-user", "bob"),
                ("impersonate-group", "system:masters"),
            ],
        ),
        (
            "in another spelling",
            &[
                ("impersonate_user", "bob"),
                ("impersonate.group", "system:masters"),
            ],
        ),
    ];
    for (what, headers) in cases {
        let proxy = Proxy::new();
        assert!(proxy.get(PODS, headers).is_carried(), "token mode, {what}");
        let named = headers
            .iter()
            .filter(|(name, _)| name.starts_with("impersonate-"))
            .count();
        let gone_on = proxy
            .relayed()
            .headers()
            .keys()
            .filter(|name| name.as_str().starts_with("impersonate"))
            .count();
        assert_eq!(gone_on, named, "token mode, {what}");

        let proxy = naming(false, &[]);
        reviews(&proxy, "bob");
        let told = proxy.get(PODS, headers);
        let by_name = named > 0;
        assert_eq!(told.is_carried(), !by_name, "users may not, {what}");
        if by_name {
            assert_eq!(
                (told.code(), told.kind().as_str()),
                (403, "impersonation-refused")
            );
        } else {
            assert_eq!(
                values(&proxy, "impersonate-user"),
                ["alice@contoso.example"],
                "{what}"
            );
            assert_eq!(
                values(&proxy, "impersonate-group"),
                ["system:authenticated"],
                "{what}"
            );
        }

        let proxy = naming(true, &[]);
        reviews(&proxy, "bob");
        let told = proxy.get(PODS, headers);
        let may = ["nobody", "bob", "in another spelling"].contains(&what);
        assert_eq!(told.is_carried(), may, "users may, {what}");
        if what == "bob" {
            assert_eq!(values(&proxy, "impersonate-user"), ["bob"]);
            assert!(values(&proxy, "impersonate-group").is_empty());
            assert!(values(&proxy, "impersonate-uid").is_empty());
        }
    }
}

#[test]
fn no_claim_makes_anybody_one_of_the_clusters_own() {
    let proxy = naming(false, &["g1", "system:masters"]);
    reviews(&proxy, "");
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (403, "system-identity")
    );
    assert_eq!(proxy.count(), 0);
}

#[test]
fn a_session_from_before_has_to_begin_again() {
    let proxy = Proxy::with(&[("kubernetes_auth", "impersonate")]);
    assert_eq!(proxy.get(PODS, &[]).kind(), "credential-ended");
}

#[test]
fn without_the_accounts_token_nothing_goes_on() {
    let proxy = naming(false, &[]);
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (503, "sidecar-unavailable")
    );
    reviews(&proxy, "");
    proxy.world.serves(|_| answer(401, &[]));
    assert_eq!(proxy.get(PODS, &[]).kind(), "token-refused");
}

#[test]
fn a_token_of_ones_own_is_not_the_proxys() {
    let proxy = Proxy::with(&[
        ("kubernetes_auth", "impersonate"),
        ("kubernetes_token_passthrough", "true"),
    ]);
    let token = format!("Bearer {}", jwt(7));
    let headers = [
        ("authorization", token.as_str()),
        ("impersonate-user", "bob"),
    ];
    assert!(proxy.send(&Method::GET, PODS, &headers).is_carried());
    assert_eq!(values(&proxy, "authorization"), [token]);
    assert_eq!(values(&proxy, "impersonate-user"), ["bob"]);
}
