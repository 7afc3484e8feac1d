//! Limits, back-off and deadlines.

use super::*;
use crate::session::lease::BUDGET;

#[test]
fn nothing_is_asked_once_the_time_of_a_request_is_over() {
    let tenant = Tenant::new();
    tenant.with(async |entra, records| {
        tenant.world.pause(BUDGET).await;
        let away = entra.metadata(records).await.err().unwrap();
        assert!(away.reason.contains("time of this request"), "{away:?}");
    });
    assert!(tenant.world.called.borrow().is_empty());
    assert!(tenant.metadata().is_ok(), "the next request has its own");
}

#[test]
fn throttling_is_retried_inside_the_deadline() {
    let tenant = Tenant::new();
    tenant.fail(429);
    let away = tenant.metadata().err().unwrap();
    assert!(away.reason.contains("429"));
    let tries = tenant.world.called.borrow().len();
    assert!((2..=5).contains(&tries), "{tries}");
}

#[test]
fn retry_after_beyond_the_deadline_is_passed_on() {
    let tenant = Tenant::new();
    *tenant.world.answer.borrow_mut() = Box::new(|_| {
        Ok(Response::builder()
            .status(429)
            .header("retry-after", "90")
            .body(Vec::new())
            .unwrap())
    });
    let away = tenant.metadata().err().unwrap();
    assert_eq!(
        (away.retry_after, tenant.world.called.borrow().len()),
        (Some(90), 1)
    );
}

/// RFC 6749, section 4.1.2: a code is used once. Entra takes the tokens of a code that is used
/// twice for stolen.
#[test]
fn a_code_that_may_have_been_taken_is_not_sent_again() {
    let sent = |error: HttpError| {
        let tenant = Tenant::new();
        *tenant.world.answer.borrow_mut() = Box::new(move |_| Err(error.clone()));
        let grant = Grant::AuthorizationCode {
            code: "c",
            redirect_uri: "http://localhost/callback",
            verifier: &Secret::new("v"),
        };
        let assertion = Secret::new("a");
        let asked = tenant.with(async |entra, _| entra.tokens(grant, "openid", &assertion).await);
        assert!(asked.is_err());
        tenant.world.called.borrow().len()
    };
    assert_eq!(sent(HttpError::TooLarge), 1);
    assert_eq!(sent(HttpError::TimedOut), 1);
    assert_eq!(sent(HttpError::Failed("cut off".to_owned())), 1);
    assert!(sent(HttpError::Unreachable("refused".to_owned())) > 1);
}
