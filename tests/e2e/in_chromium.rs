//! The pages, as people meet them. Pictures are left in `target/screenshots`.

use e2e::{Builder, Chromium, Stack};

/// The application whose tokens `/whoami` shows.
const AKS_SERVER: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

#[tokio::test(flavor = "multi_thread")]
async fn bob_picks_his_account_consents_sees_his_token_and_signs_out() {
    let stack = Stack::start();
    let chromium = Chromium::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);

    chromium.client.goto(&here("/whoami")).await.unwrap();
    chromium.text_with("Pick an account").await;
    chromium.screenshot("1-account-picker").await;
    chromium.click("#account-bob").await;
    chromium.text_with("Permissions requested").await;
    chromium.screenshot("2-consent").await;
    chromium.click("#accept").await;
    // The consent page names bob too: what only /whoami says is waited for.
    let whoami = chromium.text_with(AKS_SERVER).await;
    assert!(whoami.contains("bob@contoso.example"), "{whoami}");
    assert_eq!(
        chromium.client.current_url().await.unwrap().as_str(),
        here("/whoami")
    );
    chromium.screenshot("3-whoami").await;

    chromium.client.goto(&here("/logout")).await.unwrap();
    chromium.text_with("bob@contoso.example").await;
    chromium.screenshot("4-sign-out").await;
    chromium.click("button[type=submit]").await;
    chromium.text_with("Signed out").await;
    chromium.screenshot("5-signed-out").await;
    chromium.client.goto(&here("/whoami")).await.unwrap();
    chromium.text_with("Pick an account").await;
    chromium.close().await;
}

/// entra-sim is another site than `localhost`, so a strict cookie does not come along with its redirect.
#[tokio::test(flavor = "multi_thread")]
async fn bob_signs_in_and_consents_with_a_strict_cookie() {
    let stack = Builder::default()
        .setting("SESSION_COOKIE_SAMESITE", "Strict")
        .start();
    let chromium = Chromium::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);
    chromium.client.goto(&here("/whoami")).await.unwrap();
    chromium.click("#account-bob").await;
    chromium.click("#accept").await;
    let whoami = chromium.text_with(AKS_SERVER).await;
    assert!(whoami.contains("bob@contoso.example"), "{whoami}");
    let address = chromium.client.current_url().await.unwrap();
    assert_eq!(address.as_str(), here("/whoami"));
    assert_eq!(
        stack.count("token:authorization_code"),
        2,
        "each code was redeemed once"
    );
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carol_is_told_that_an_administrator_is_needed() {
    let stack = Stack::start();
    let chromium = Chromium::start().await;
    chromium
        .client
        .goto(&format!("{}/whoami", stack.origin))
        .await
        .unwrap();
    chromium.click("#account-carol").await;
    chromium.text_with("Approval required").await;
    chromium.click("#return").await;
    let page = chromium.text_with("No token for AKS").await;
    assert!(page.contains("administrator"), "{page}");
    chromium.screenshot("6-no-token").await;
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_of_microsoft_leads_through_entra_and_back() {
    let stack = Stack::start();
    let chromium = Chromium::start().await;
    chromium
        .client
        .goto(&format!("{}/whoami", stack.origin))
        .await
        .unwrap();
    chromium.click("#account-alice").await;
    chromium.text_with(AKS_SERVER).await;
    chromium
        .client
        .goto(&format!("{}/logout", stack.origin))
        .await
        .unwrap();
    chromium.click("button[name=entra]").await;
    chromium.text_with("aks-oauth-proxy").await;
    assert_eq!(stack.count("logout"), 1);
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_admitted_can_use_another_account() {
    let stack = Builder::default()
        .setting("ALLOWED_GROUPS", "6700d000-0000-4000-8000-000000000002")
        .start();
    let chromium = Chromium::start().await;
    let whoami = format!("{}/whoami", stack.origin);
    chromium.client.goto(&whoami).await.unwrap();
    chromium.click("#account-dave").await;
    let page = chromium
        .text_with("This account may not sign in here")
        .await;
    assert!(page.contains("dave@fabrikam.example"), "{page}");
    chromium.screenshot("7-not-admitted").await;
    chromium.click("a.button").await;
    chromium.click("#account-alice").await;
    chromium.text_with(AKS_SERVER).await;
    chromium.close().await;
}
