//! Sessions that end while a request is under way.

use super::*;
use crate::session::lease;

/// Signs the user out as another replica would: the tokens are gone.
fn sign_out_elsewhere(world: &World) {
    let mut store = world.store.borrow_mut();
    store.retain(|key, _| !key.starts_with("aop-tokens-"));
}

/// Drops the AKS token, and lets Entra want consent for a new one.
fn entra_wants_consent(proxy: &Proxy) {
    let (records, holder) = (proxy.records(), proxy.session.holder());
    let forget = |tokens: &mut Tokens| tokens.access_tokens.clear();
    run(lease::change(&records, 60, &holder, forget))
        .ok()
        .unwrap();
    proxy.world.answers(|request| {
        let (status, body) = match request.uri().path() {
            "/v1/federated-token" => (200, r#"{"token":"a.b.c"}"#),
            _ => (
                400,
                r#"{"error":"invalid_grant","suberror":"consent_required"}"#,
            ),
        };
        let answer = Response::builder().status(status);
        Ok(answer.body(body.into()).unwrap())
    });
    // A program is told so, and the refusal is kept.
    let cookie = proxy.session.handle.write(&proxy.keyring);
    let cookie = format!("proxy_session={}", cookie.reveal());
    let told = proxy.ask("whoami", &Method::GET, "/whoami", &[("cookie", &cookie)]);
    assert_eq!(told.code(), 400);
}

/// Where `/whoami` sends the browser, if the session ends before the store is asked this often.
fn location(ends_at: usize) -> String {
    let proxy = Proxy::new();
    entra_wants_consent(&proxy);
    proxy.world.reads.set(0);
    proxy.world.does_before_reads(move |world| {
        if world.reads.get() == ends_at {
            sign_out_elsewhere(world);
        }
    });
    let told = proxy.browse("whoami", &Method::GET, "/whoami", "");
    let response = told.0.unwrap();
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// Reads 1 to 4 are of the session's record, its closing counter, its idle mark and the tokens.
/// Read 5 is of the tokens again, to note in them that the browser is sent to Entra.
#[test]
fn nobody_is_sent_to_entra_for_a_session_that_has_ended() {
    assert!(location(usize::MAX).contains("/oauth2/v2.0/authorize?"));
    for ends_at in 4..=5 {
        assert_eq!(location(ends_at), "/login?rd=%2Fwhoami", "{ends_at}");
    }
}

#[test]
fn no_stronger_sign_in_is_asked_of_a_session_that_has_ended() {
    let challenge = concat!(
        r#"Bearer error="insufficient_claims", claims=""#,
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19\""
    );
    for (ends, kind) in [(false, "stronger-sign-in"), (true, "credential-ended")] {
        let proxy = Proxy::new();
        proxy
            .world
            .serves(move |_| answer(401, &[("www-authenticate", challenge)]));
        proxy.world.does_before_reads(move |world| {
            if ends && !world.relayed.borrow().is_empty() {
                sign_out_elsewhere(world);
            }
        });
        assert_eq!(proxy.get("/k8s/api", &[]).kind(), kind);
    }
}
