//! The pages in a browser. Pictures are left in `target/screenshots`.

use e2e::{Axe, Builder, RealBrowser, Stack, kubelogin};
use fantoccini::Locator;

/// The application for whose tokens `/whoami` shows data.
const AKS_SERVER: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

#[tokio::test(flavor = "multi_thread")]
async fn bob_picks_his_account_consents_sees_his_token_and_signs_out() {
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);

    browser.client.goto(&here("/whoami")).await.unwrap();
    browser.text_with("Pick an account").await;
    browser.screenshot("1-account-picker").await;
    browser.click("#account-bob").await;
    browser.text_with("Permissions requested").await;
    browser.screenshot("2-consent").await;
    browser.click("#accept").await;
    // The consent page shows bob's name too, so the test waits for text that only /whoami has.
    let whoami = browser.text_with(AKS_SERVER).await;
    assert!(whoami.contains("bob@contoso.example"), "{whoami}");
    assert_eq!(
        browser.client.current_url().await.unwrap().as_str(),
        here("/whoami")
    );
    browser.examine("3-whoami", Axe::read().as_ref()).await;

    browser.client.goto(&here("/logout")).await.unwrap();
    browser.text_with("bob@contoso.example").await;
    browser.examine("4-sign-out", Axe::read().as_ref()).await;
    browser.click("button[type=submit]").await;
    browser.text_with("Signed out").await;
    browser.examine("5-signed-out", Axe::read().as_ref()).await;
    browser.client.goto(&here("/whoami")).await.unwrap();
    browser.text_with("Pick an account").await;
    browser.close().await;
}

/// entra-sim is another site than `localhost`, so its redirect sends no strict cookie.
#[tokio::test(flavor = "multi_thread")]
async fn bob_signs_in_and_consents_with_a_strict_cookie() {
    let stack = Builder::default()
        .setting("SESSION_COOKIE_SAMESITE", "Strict")
        .start();
    let browser = RealBrowser::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);
    browser.client.goto(&here("/whoami")).await.unwrap();
    browser.click("#account-bob").await;
    browser.click("#accept").await;
    let whoami = browser.text_with(AKS_SERVER).await;
    assert!(whoami.contains("bob@contoso.example"), "{whoami}");
    let address = browser.client.current_url().await.unwrap();
    assert_eq!(address.as_str(), here("/whoami"));
    assert_eq!(
        stack.count("token:authorization_code"),
        2,
        "each code was redeemed once"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carol_is_told_that_an_administrator_is_needed() {
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    browser
        .client
        .goto(&format!("{}/whoami", stack.origin))
        .await
        .unwrap();
    browser.click("#account-carol").await;
    browser.text_with("Approval required").await;
    browser.click("#return").await;
    let page = browser.text_with("No token for AKS").await;
    assert!(page.contains("administrator"), "{page}");
    browser.examine("6-no-token", Axe::read().as_ref()).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_of_microsoft_leads_through_entra_and_back() {
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    browser
        .client
        .goto(&format!("{}/", stack.origin))
        .await
        .unwrap();
    browser.examine("17-welcome", Axe::read().as_ref()).await;
    browser.click("a.button").await;
    browser.click("#account-alice").await;
    let home = browser.text_with("Your sign-in").await;
    assert!(home.contains("Valid for"), "{home}");
    // The script has run, as the policy allows.
    browser.gone("button[data-copy][hidden]").await;
    browser.click("button[data-copy=commands]").await;
    browser.text_with("Copied").await;
    browser.screenshot("18-home").await;
    let axe = Axe::read();
    for path in ["/", "/whoami", "/kubeconfig", "/sign-ins", "/logout", "/x"] {
        let address = format!("{}{path}", stack.origin);
        browser.client.goto(&address).await.unwrap();
        let flaws = browser.flaws(axe.as_ref()).await;
        assert!(flaws.is_empty(), "{path}: {flaws:#?}");
    }
    let home = format!("{}/", stack.origin);
    browser.client.goto(&home).await.unwrap();
    browser.click("button[lang=de]").await;
    browser.text_with("Ihre Anmeldung").await;
    browser
        .examine("19-home-in-german", Axe::read().as_ref())
        .await;
    browser
        .client
        .goto(&format!("{}/logout", stack.origin))
        .await
        .unwrap();
    browser.click("button[formaction='/logout?entra=1']").await;
    browser.text_with("Mit Microsoft anmelden").await;
    assert_eq!(stack.count("logout"), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_admitted_can_use_another_account() {
    let stack = Builder::default()
        .setting("ALLOWED_GROUPS", "6700d000-0000-4000-8000-000000000002")
        .start();
    let browser = RealBrowser::start().await;
    let whoami = format!("{}/whoami", stack.origin);
    browser.client.goto(&whoami).await.unwrap();
    browser.click("#account-dave").await;
    let page = browser.text_with("This account may not sign in here").await;
    assert!(page.contains("dave@fabrikam.example"), "{page}");
    browser
        .examine("7-not-admitted", Axe::read().as_ref())
        .await;
    browser.click("a.button").await;
    browser.click("#account-alice").await;
    browser.text_with(AKS_SERVER).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn carol_enters_a_device_code_and_the_page_goes_on_by_itself() {
    let Some(program) = kubelogin() else { return };
    let stack = Builder::default().kubelogin(&program).start();
    let browser = RealBrowser::start().await;
    let client = &browser.client;
    let whoami = format!("{}/whoami", stack.origin);
    client.goto(&whoami).await.unwrap();
    browser.click("#account-carol").await;
    browser.text_with("Approval required").await;
    // The user may never return from Entra: the next visit offers both ways.
    client.goto(&whoami).await.unwrap();
    browser.text_with("A permission is missing").await;
    browser
        .examine("8-consent-or-device-code", Axe::read().as_ref())
        .await;
    browser.click("form button").await;
    let page = browser.text_with("Time left").await;
    assert!(page.contains("carol@contoso.example"), "{page}");
    browser.examine("9-device-code", Axe::read().as_ref()).await;
    let code = browser.device_code().await;
    let here = client.window().await.unwrap();

    let link = client.find(Locator::Css("a.button")).await.unwrap();
    let address = link.attr("href").await.unwrap().unwrap();
    let window = client.new_window(true).await.unwrap();
    client.switch_to_window(window.handle).await.unwrap();
    client.goto(&address).await.unwrap();
    let field = client.find(Locator::Css("#otc")).await.unwrap();
    field.send_keys(&code).await.unwrap();
    browser.click("#next").await;
    browser.click("#account-carol").await;
    browser.click("#continue").await;
    browser.text_with("You may now close this window").await;

    client.switch_to_window(here).await.unwrap();
    let shown = browser.text_with(AKS_SERVER).await;
    assert!(shown.contains("kubelogin"), "{shown}");
    assert_eq!(client.current_url().await.unwrap().as_str(), whoami);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_approval_is_told_on_the_page() {
    let Some(program) = kubelogin() else { return };
    let builder = Builder::default().kubelogin(&program);
    let stack = builder.setting("AKS_CONSENT", "kubelogin").start();
    let browser = RealBrowser::start().await;
    let whoami = format!("{}/whoami", stack.origin);
    browser.client.goto(&whoami).await.unwrap();
    browser.click("#account-carol").await;
    browser.text_with("Time left").await;
    let code = browser.device_code().await;
    stack.enter(&code, "alice", true);
    browser.text_with("Another account entered the code").await;
    browser
        .examine("10-another-account", Axe::read().as_ref())
        .await;
    browser.click("form button").await;
    browser.text_with("Time left").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_downloads_a_kubeconfig_and_revokes_it() {
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);
    browser.client.goto(&here("/kubeconfig")).await.unwrap();
    browser.click("#account-alice").await;
    let page = browser.text_with("Get a kubeconfig").await;
    assert!(page.contains("alice@contoso.example"), "{page}");
    browser.examine("15-kubeconfig", Axe::read().as_ref()).await;
    let name = browser.client.find(Locator::Css("#name")).await.unwrap();
    name.send_keys("my laptop").await.unwrap();
    browser.click("button[type=submit]").await;
    let host = stack.origin.trim_start_matches("http://").replace(':', "-");
    let file = format!("my-laptop-{host}.kubeconfig");
    let kubeconfig = browser.downloaded(&file).await;
    assert!(kubeconfig.contains("kind: Config"), "{kubeconfig}");
    let server = format!("server: \"{}\"", here("/k8s"));
    assert!(kubeconfig.contains(&server), "{kubeconfig}");

    browser.client.goto(&here("/kubeconfig")).await.unwrap();
    let page = browser.text_with("my laptop").await;
    assert!(page.contains("Last used: never"), "{page}");
    browser
        .examine("16-kubeconfigs-in-force", Axe::read().as_ref())
        .await;
    let revoke = "button[aria-label='Revoke my laptop']";
    browser.click(revoke).await;
    browser.gone(revoke).await;
    browser.text_with("Get a kubeconfig").await;
    let source = browser.client.source().await.unwrap();
    assert!(!source.contains("my laptop"), "{source}");
    browser.close().await;
}
