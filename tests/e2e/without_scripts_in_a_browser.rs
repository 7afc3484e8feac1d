//! The pages in a browser that runs no scripts.

use e2e::{Builder, RealBrowser, Stack, kubelogin};
use fantoccini::Locator;

#[tokio::test(flavor = "multi_thread")]
async fn bob_does_everything_without_scripts() {
    let stack = Stack::start();
    let browser = RealBrowser::without_scripts().await;
    let client = &browser.client;
    let here = |path: &str| format!("{}{path}", stack.origin);
    client.goto(&here("/whoami")).await.unwrap();
    browser.click("#account-bob").await;
    browser.click("#accept").await;
    browser.text_with("Claims").await;

    client.goto(&here("/")).await.unwrap();
    let home = browser.text_with("Get a kubeconfig").await;
    assert!(!home.contains("Copy"), "without a script nothing can copy");
    let name = client.find(Locator::Css("#name")).await.unwrap();
    name.send_keys("laptop").await.unwrap();
    browser.click("form[action='/kubeconfig'] button").await;
    let host = stack.origin.trim_start_matches("http://").replace(':', "-");
    let file = format!("laptop-{host}.kubeconfig");
    browser.downloaded(&file).await;
    client.goto(&here("/")).await.unwrap();
    browser.click("button[aria-label='Revoke laptop']").await;
    browser.gone("button[aria-label='Revoke laptop']").await;

    browser.click("button[lang=de]").await;
    browser.text_with("Ihre Anmeldung").await;
    browser.click("button[lang=en]").await;
    browser.text_with("Your sign-in").await;
    browser
        .click("button[formaction='/logout?everywhere=1']")
        .await;
    browser.text_with("Signed out").await;
    browser.close().await;
}

/// The page is loaded again until the code has been entered.
#[tokio::test(flavor = "multi_thread")]
async fn carol_waits_for_a_device_code_without_scripts() {
    let Some(program) = kubelogin() else { return };
    let builder = Builder::default().kubelogin(&program);
    let stack = builder.setting("AKS_CONSENT", "kubelogin").start();
    let browser = RealBrowser::without_scripts().await;
    let whoami = format!("{}/whoami", stack.origin);
    browser.client.goto(&whoami).await.unwrap();
    browser.click("#account-carol").await;
    browser.text_with("Time left").await;
    let code = browser.device_code().await;
    stack.enter(&code, "carol", true);
    let shown = browser.text_with("kubelogin").await;
    assert!(shown.contains("carol@contoso.example"), "{shown}");
    browser.close().await;
}
