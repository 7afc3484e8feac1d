//! Entra: the connection, the tenant, the registration.

use std::fs;
use std::net::TcpListener;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::json;
use tls::Files;

use super::world::{CLIENT, TENANT, World, free_port, nowhere};

#[test]
fn a_host_that_nobody_knows() {
    let nowhere = nowhere();
    let report = World::new().with("AUTHORITY_HOST", &nowhere).report();
    report.fails_only_at(
        "authority",
        &[&nowhere, "nobody knows an address", "AUTHORITY_HOST"],
    );
    for name in [
        "clock",
        "discovery",
        "keys",
        "client-assertion",
        "redirect-uri",
    ] {
        report.says(name, "skipped", &["authority failed"]);
    }
}

#[test]
fn a_host_at_which_nobody_listens() {
    let address = format!("http://127.0.0.1:{}", free_port());
    let report = World::new().with("AUTHORITY_HOST", &address).report();
    report.fails_only_at("authority", &[&address, "no connection", "NetworkPolicy"]);
}

/// The system accepts the connection, and nothing answers, as behind a firewall that drops packets.
#[test]
fn a_host_that_is_silent_costs_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let report = World::new().with("AUTHORITY_HOST", &address).report();
    report.fails_only_at("authority", &["did not answer in time", "firewall"]);
}

#[test]
fn an_authority_of_a_private_certificate() {
    let mut world = World::new();
    let entra = world.entra("https").to_owned();
    world.set("AUTHORITY_HOST", &entra);
    assert_eq!(world.report().with_status("failed"), [""; 0]);
    world.trust = "ca_use_webpki_roots = true".to_owned();
    let in_the_clear = world.api_server.http.clone();
    world.set("KUBERNETES_API_URL", &in_the_clear);
    let report = world.report();
    let parts = [
        "authority that is not trusted",
        "client_tls",
        "localhost",
        "ca_roots_file",
    ];
    report.fails_only_at("authority", &parts);
}

/// The server's certificate, the authority in `client_tls`, and the expected row.
fn with_certificate(name: &str, from: i32, to: i32, parts: &[&str]) {
    let mut world = World::new();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let files = Files {
        certificates: world.directory.path().join("tls.crt"),
        key: world.directory.path().join("tls.key"),
    };
    fs::write(&files.certificates, params.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&files.key, key.serialize_pem()).unwrap();
    let port = world.serve_tls(&files);
    world.trust = format!("ca_roots_file = \"{}\"", files.certificates.display());
    let in_the_clear = world.api_server.http.clone();
    world.set("KUBERNETES_API_URL", &in_the_clear);
    world.set("AUTHORITY_HOST", &format!("https://localhost:{port}"));
    world.report().fails_only_at("authority", parts);
}

#[test]
fn a_certificate_for_another_name_or_time() {
    with_certificate(
        "other.example",
        2020,
        2100,
        &["another name", "AUTHORITY_HOST"],
    );
    with_certificate("localhost", 2020, 2021, &["has ended", "renew", "clock"]);
    with_certificate("localhost", 2099, 2100, &["not valid yet", "clock"]);
}

#[test]
fn somebody_who_speaks_no_tls() {
    let mut world = World::new();
    world.set(
        "AUTHORITY_HOST",
        &world.entra("http").replace("http:", "https:"),
    );
    world
        .report()
        .fails_only_at("authority", &["no TLS", "AUTHORITY_HOST"]);
}

#[test]
fn an_entra_in_trouble() {
    let world = World::new();
    world.tell(
        "faults",
        &json!({ "at": "discovery", "kind": "status", "status": 503 }),
    );
    world
        .report()
        .fails_only_at("authority", &["answers 503", "try again"]);
}

#[test]
fn a_clock_that_is_wrong() {
    let world = World::new();
    // The first request also measures the clock.
    let fault = json!({
        "at": "discovery", "kind": "status", "status": 200,
        "headers": { "date": "Mon, 01 Jan 2024 00:00:00 GMT" },
    });
    world.tell("faults", &fault);
    let parts = [
        "seconds ahead of Entra's",
        "chrony",
        "CLOCK_TOLERANCE_SECONDS (60)",
    ];
    world.report().fails_only_at("clock", &parts);
}

#[test]
fn a_tenant_that_is_not_there() {
    let other = "11111111-2222-3333-4444-555555555555";
    let report = World::new().with("TENANT_ID", other).report();
    for name in ["discovery", "client-assertion"] {
        report.says(name, "failed", &["AADSTS90002", other, "TENANT_ID"]);
    }
    report.says("keys", "failed", &["TENANT_ID"]);
    report.says("authority", "ok", &[]);
}

#[test]
fn a_tenant_of_another_cloud() {
    let world = World::new();
    let document = json!({
        "issuer": format!("https://login.microsoftonline.us/{TENANT}/v2.0"),
        "token_endpoint": format!("https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"),
    });
    let fault = json!({
        "at": "discovery", "kind": "status", "status": 200, "times": 2, "body": document.to_string(),
    });
    world.tell("faults", &fault);
    let remedy = "AUTHORITY_HOST=https://login.microsoftonline.us";
    world
        .report()
        .fails_only_at("discovery", &["that cloud", remedy]);
}

#[test]
fn a_discovery_document_that_is_none_or_another_tenants() {
    let other = json!({
        "issuer": "https://login.example/11111111-2222-3333-4444-555555555555/v2.0",
        "token_endpoint": "https://login.example/token",
    });
    for (body, part) in [
        ("<html>".to_owned(), "somebody else"),
        (other.to_string(), "TENANT_ID"),
    ] {
        let world = World::new();
        let fault = json!({
            "at": "discovery", "kind": "status", "status": 200, "times": 2, "body": body,
        });
        world.tell("faults", &fault);
        world.report().fails_only_at("discovery", &[part]);
    }
}

#[test]
fn keys_that_do_not_sign() {
    for body in [
        json!({ "keys": [] }),
        json!({ "keys": [{ "kid": "a", "kty": "EC" }] }),
    ] {
        let world = World::new();
        let fault = json!({
            "at": "keys", "kind": "status", "status": 200, "body": body.to_string(),
        });
        world.tell("faults", &fault);
        world.report().fails_only_at("keys", &["no key that signs"]);
    }
}

/// Each code has its own remedy, with the presented credential.
#[test]
fn what_entra_says_of_the_application_and_its_credential() {
    let world = World::new();
    let issuer = "https://cluster.issuer.invalid/";
    let subject = "system:serviceaccount:aks-oauth-proxy:aks-oauth-proxy";
    let audience = "api://AzureADTokenExchange";
    for (code, parts) in [
        (
            700_211,
            &[issuer, CLIENT, "exactly this issuer", "some minutes"][..],
        ),
        (700_212, &[audience, CLIENT, "some minutes"]),
        (
            700_213,
            &[subject, CLIENT, "exactly this subject", "some minutes"],
        ),
        (7_002_138, &[subject, "same case"]),
        (70021, &[issuer, subject, audience, "some minutes"]),
        (7_000_272, &[issuer, subject, audience, "some minutes"]),
        (700_016, &[CLIENT, TENANT, "CLIENT_ID"]),
        (7_000_229, &["az ad sp create", CLIENT]),
        (90002, &[TENANT, "TENANT_ID"]),
        (50049, &["AUTHORITY_HOST"]),
        (90038, &["another cloud", "AUTHORITY_HOST"]),
        (
            90061,
            &["issuer.invalid/.well-known/openid-configuration", "public"],
        ),
        (700_024, &["clock"]),
        (50013, &["signing keys", "jwks"]),
        (700_222, &["AZURE_FEDERATED_TOKEN_FILE"]),
        (7_000_218, &["federated credential", "Web"]),
        (500_011, &["GRAPH_URL"]),
        (53003, &["Conditional Access"]),
        (90033, &["try again in a minute"]),
        (50105, &["not assigned", "login.microsoftonline.com/error"]),
    ] {
        world.refuse(code);
        let report = world.report();
        let seen = [format!("AADSTS{code}"), "87654321-1234".to_owned()];
        let seen = seen.iter().map(String::as_str);
        let parts: Vec<&str> = parts.iter().copied().chain(seen).collect();
        report.fails_only_at("client-assertion", &parts);
    }
}

/// entra-sim compares the credential as Entra does.
#[test]
fn a_credential_that_does_not_fit() {
    let world = World::new();
    for (claims, code, part) in [
        (
            json!({ "iss": "https://other.example/" }),
            "AADSTS700211",
            "https://other.example/",
        ),
        (
            json!({ "sub": "system:serviceaccount:other:other" }),
            "AADSTS700213",
            "system:serviceaccount:other:other",
        ),
        (
            json!({ "aud": ["api://AzureADTokenExchangeOther"] }),
            "AADSTS700212",
            "api://AzureADTokenExchangeOther",
        ),
    ] {
        world.tell("federated-token", &claims);
        world
            .report()
            .fails_only_at("client-assertion", &[code, part]);
    }
}

#[test]
fn a_client_that_is_not_there() {
    let other = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    let report = World::new().with("CLIENT_ID", other).report();
    report.fails_only_at("client-assertion", &["AADSTS700016", other]);
    // Without the application its redirect URIs are unknown.
    report.says("redirect-uri", "warning", &["does not say"]);
}

#[test]
fn a_redirect_uri_that_is_not_registered() {
    let uri = format!("{}/callback", nowhere());
    let report = World::new().with("REDIRECT_URI", &uri).report();
    report.fails_only_at("redirect-uri", &[&uri, "not registered", "Web", CLIENT]);
}
