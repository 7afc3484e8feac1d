//! Failed sign-ins in large numbers are limited by client address, and lock out nobody else.

use std::net::Ipv4Addr;
use std::sync::Arc;

use e2e::{Builder, Elsewhere, Stack};

const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_elsewhere_does_not_keep_alice_out() {
    let builder = Builder::default().clock();
    let stack = builder.setting("FAILED_SIGN_INS_PER_MINUTE", "5").start();
    stack.at_a_new_minute();
    let stack = Arc::new(stack);
    let flood = Elsewhere::new(ELSEWHERE, &stack.origin);
    let shared = stack.clone();
    let alice = tokio::task::spawn_blocking(move || {
        [(); 5].map(|()| shared.signed_in("alice").get("/whoami").status)
    });
    let mut statuses = Vec::new();
    while !alice.is_finished() || statuses.len() < 20 {
        statuses.push(flood.fail(&[]).await.status);
    }
    assert_eq!(alice.await.unwrap(), [200; 5]);
    let refused = statuses.iter().filter(|status| **status == 400).count();
    assert_eq!(refused, 5);
    assert!(statuses.iter().all(|status| [400, 429].contains(status)));
    let redeemed = stack.count("token:authorization_code");
    assert_eq!(redeemed, 5 + 5, "the others did not reach Entra");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_minute_one_may_try_again() {
    let builder = Builder::default().clock();
    let stack = builder.setting("FAILED_SIGN_INS_PER_MINUTE", "1").start();
    let start = stack.at_a_new_minute();
    let client = Elsewhere::new(ELSEWHERE, &stack.origin);
    assert_eq!(client.fail(&[]).await.status, 400);
    let limited = client.fail(&[]).await;
    assert_eq!(
        (limited.status, limited.cookie.as_str()),
        (429, ""),
        "the attempt is kept"
    );
    let wait = limited.retry_after.unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    stack.at(start + i64::try_from(wait).unwrap());
    assert_eq!(client.fail(&[]).await.status, 400);
}

/// An `error` from Entra counts as well, and is always shown: a user who cancels gets their page.
#[test]
fn refusals_by_entra_count_and_are_always_told() {
    let builder = Builder::default().clock();
    let stack = builder.setting("FAILED_SIGN_INS_PER_MINUTE", "3").start();
    stack.at_a_new_minute();
    for _ in 0..5 {
        let mut browser = stack.browser().html();
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        let state = callback.split("state=").nth(1).unwrap();
        let cancelled = browser.get(&format!("/callback?error=access_denied&state={state}"));
        assert_eq!(cancelled.status, 400, "{cancelled:?}");
        assert!(cancelled.body.contains("declined"), "{}", cancelled.body);
    }
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    assert_eq!(browser.get(&callback).status, 429);
    assert_eq!(stack.count("token"), 0);
}

/// Behind an ingress all connections come from one address.
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_who_it_is() {
    let stack = Builder::default()
        .clock()
        .setting("FAILED_SIGN_INS_PER_MINUTE", "2")
        .setting("TRUSTED_PROXIES", "127.0.0.2")
        .start();
    stack.at_a_new_minute();
    let ingress = Elsewhere::new(ELSEWHERE, &stack.origin);
    let other = Elsewhere::new(Ipv4Addr::new(127, 0, 0, 3), &stack.origin);
    let flood = async |client: &Elsewhere, forwarded: &str| {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(client.fail(&[("x-forwarded-for", forwarded)]).await.status);
        }
        statuses
    };
    assert_eq!(flood(&ingress, "203.0.113.1").await, [400, 400, 429]);
    let spoofed = ingress
        .fail(&[("x-forwarded-for", "203.0.113.2, 203.0.113.1")])
        .await;
    assert_eq!(
        spoofed.status, 429,
        "what the client wrote itself does not count"
    );
    let innocent = ingress.fail(&[("x-forwarded-for", "203.0.113.2")]).await;
    assert_eq!(innocent.status, 400);
    assert_eq!(flood(&other, "203.0.113.4").await, [400, 400, 429]);
    let another = other.fail(&[("x-forwarded-for", "203.0.113.5")]).await;
    assert_eq!(another.status, 429, "nobody trusts this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_limit_there_is_none() {
    let stack = Stack::start();
    let client = Elsewhere::new(ELSEWHERE, &stack.origin);
    for _ in 0..30 {
        assert_eq!(client.fail(&[]).await.status, 400);
    }
}
