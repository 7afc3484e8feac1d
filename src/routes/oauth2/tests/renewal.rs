//! A user's claims are renewed while they use an app.

use serde_json::json;

use super::app_tokens::{alice_at_the_app, use_for};
use super::*;

/// After an hour, the ID token's claims are renewed and the rules checked.
#[test]
fn what_is_known_of_the_user_is_renewed() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    use_for(&proxy, &browser, &entra, 3000);
    assert_eq!(entra.asked(), Vec::<String>::new());
    *entra.says.borrow_mut() = json!({ "groups": ["another"], "name": "Alicia" });
    use_for(&proxy, &browser, &entra, 600);
    let told = proxy.check(&browser, APP);
    assert_eq!(told.header("x-auth-request-groups"), "another");
    assert_eq!(entra.asked(), ["openid profile offline_access"]);
    let userinfo = proxy.get(&browser, "https://app.example.com/oauth2/userinfo");
    assert!(userinfo.body.contains("another"), "{}", userinfo.body);
}

#[test]
fn who_has_left_an_allowed_group_is_signed_out_within_the_hour() {
    for path in ["oauth2/auth", "oauth2/userinfo"] {
        let (proxy, browser, entra) = alice_at_the_app(&[("allowed_groups", GROUP)]);
        let ask = || proxy.ask(&browser, Method::GET, &format!("https://{APP}/{path}"), &[]);
        *entra.says.borrow_mut() = json!({ "groups": ["another"] });
        use_for(&proxy, &browser, &entra, 3000);
        assert!(ask().status < 300, "{path}");
        entra.pass(&proxy.world, 600);
        let told = ask();
        assert_eq!(
            (told.status, told.kind().as_str()),
            (403, "not-admitted"),
            "{path}"
        );
        assert_eq!(ask().status, 401, "{path}");
    }
}

/// A rule of the query takes effect as soon as the new claims are known.
#[test]
fn rules_of_the_query_are_asked_about_what_is_new() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    *entra.says.borrow_mut() = json!({ "roles": [] });
    use_for(&proxy, &browser, &entra, 3000);
    entra.pass(&proxy.world, 600);
    let address = format!("https://{APP}/oauth2/auth?allowed_roles=cluster-user");
    let told = proxy.ask(&browser, Method::GET, &address, &[]);
    assert_eq!((told.status, told.kind().as_str()), (403, "app-denied"));
}

/// A user who has joined a group is admitted within the hour, without a new sign-in.
#[test]
fn who_was_denied_is_asked_about_anew() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    let group = "6700d000-0000-4000-8000-000000000007";
    *entra.says.borrow_mut() = json!({ "groups": [group] });
    let address = format!("https://{APP}/oauth2/auth?allowed_groups={group}");
    let ask = || proxy.ask(&browser, Method::GET, &address, &[]).status;
    for _ in 0..5 {
        entra.pass(&proxy.world, 600);
        assert_eq!(ask(), 403);
    }
    entra.pass(&proxy.world, 600);
    assert_eq!(ask(), 202);
}

/// While Entra is unavailable, old claims suffice for the rules of admission for another hour.
#[test]
fn what_is_stale_admits_nobody() {
    for (rules, expected) in [(&[][..], 202), (&[("allowed_groups", GROUP)][..], 503)] {
        let (proxy, browser, entra) = alice_at_the_app(rules);
        *entra.refusal.borrow_mut() = Some((503, json!({})));
        use_for(&proxy, &browser, &entra, 6600);
        assert_eq!(proxy.check(&browser, APP).status, 202);
        use_for(&proxy, &browser, &entra, 1200);
        assert_eq!(proxy.check(&browser, APP).status, expected);
        *entra.refusal.borrow_mut() = None;
        entra.pass(&proxy.world, 60);
        assert_eq!(
            proxy.check(&browser, APP).status,
            202,
            "nobody was signed out"
        );
    }
}

/// Entra no longer knows the user, so the grant ends.
#[test]
fn who_is_gone_at_entra_is_signed_out() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    let gone = json!({ "error": "invalid_grant", "error_description": "AADSTS700082: revoked" });
    *entra.refusal.borrow_mut() = Some((400, gone));
    use_for(&proxy, &browser, &entra, 3600);
    assert_eq!(proxy.check(&browser, APP).status, 401);
}
