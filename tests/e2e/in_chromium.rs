//! The pages, as people meet them. Pictures are left in `target/screenshots`.

use e2e::{Axe, Builder, Chromium, Stack, kubelogin};
use fantoccini::Locator;
use serde_json::json;

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
        .goto(&format!("{}/", stack.origin))
        .await
        .unwrap();
    chromium.screenshot("17-welcome").await;
    chromium.click("a.button").await;
    chromium.click("#account-alice").await;
    let home = chromium.text_with("Your sign-in").await;
    assert!(home.contains("Valid for"), "{home}");
    // The script has run: the policy lets it.
    chromium.gone("button[data-copy][hidden]").await;
    chromium.screenshot("18-home").await;
    let axe = Axe::read();
    for path in ["/", "/whoami", "/kubeconfig", "/sign-ins", "/logout", "/x"] {
        let address = format!("{}{path}", stack.origin);
        chromium.client.goto(&address).await.unwrap();
        adapts(&chromium, path).await;
        if let Some(axe) = &axe {
            assert_eq!(axe.findings(&chromium).await, json!([]), "{path}");
        }
    }
    let home = format!("{}/", stack.origin);
    chromium.client.goto(&home).await.unwrap();
    chromium.click("button[lang=de]").await;
    chromium.text_with("Ihre Anmeldung").await;
    chromium.screenshot("19-home-in-german").await;
    chromium
        .client
        .goto(&format!("{}/logout", stack.origin))
        .await
        .unwrap();
    chromium.click("button[formaction='/logout?entra=1']").await;
    chromium.text_with("Mit Microsoft anmelden").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn carol_enters_a_device_code_and_the_page_goes_on_by_itself() {
    let Some(program) = kubelogin() else { return };
    let stack = Builder::default().kubelogin(&program).start();
    let chromium = Chromium::start().await;
    let client = &chromium.client;
    let whoami = format!("{}/whoami", stack.origin);
    client.goto(&whoami).await.unwrap();
    chromium.click("#account-carol").await;
    chromium.text_with("Approval required").await;
    // Entra's page may never lead back: the next visit offers both ways.
    client.goto(&whoami).await.unwrap();
    chromium.text_with("A permission is missing").await;
    chromium.screenshot("8-consent-or-device-code").await;
    chromium.click("form button").await;
    let page = chromium.text_with("Time left").await;
    assert!(page.contains("carol@contoso.example"), "{page}");
    chromium.screenshot("9-device-code").await;
    let code = client.find(Locator::Css(".code code")).await.unwrap();
    let code = code.text().await.unwrap();
    let here = client.window().await.unwrap();

    let link = client.find(Locator::Css("a.button")).await.unwrap();
    let address = link.attr("href").await.unwrap().unwrap();
    let window = client.new_window(true).await.unwrap();
    client.switch_to_window(window.handle).await.unwrap();
    client.goto(&address).await.unwrap();
    let field = client.find(Locator::Css("#otc")).await.unwrap();
    field.send_keys(&code).await.unwrap();
    chromium.click("#next").await;
    chromium.click("#account-carol").await;
    chromium.click("#continue").await;
    chromium.text_with("You may now close this window").await;

    client.switch_to_window(here).await.unwrap();
    let shown = chromium.text_with(AKS_SERVER).await;
    assert!(shown.contains("kubelogin"), "{shown}");
    assert_eq!(client.current_url().await.unwrap().as_str(), whoami);
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_approval_is_told_on_the_page() {
    let Some(program) = kubelogin() else { return };
    let builder = Builder::default().kubelogin(&program);
    let stack = builder.setting("AKS_CONSENT", "kubelogin").start();
    let chromium = Chromium::start().await;
    let whoami = format!("{}/whoami", stack.origin);
    chromium.client.goto(&whoami).await.unwrap();
    chromium.click("#account-carol").await;
    chromium.text_with("Time left").await;
    let code = chromium.client.find(Locator::Css(".code code")).await;
    let code = code.unwrap().text().await.unwrap();
    stack.enter(&code, "alice", true);
    chromium.text_with("Another account entered the code").await;
    chromium.screenshot("10-another-account").await;
    chromium.click("form button").await;
    chromium.text_with("Time left").await;
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_downloads_a_kubeconfig_and_revokes_it() {
    let stack = Stack::start();
    let chromium = Chromium::start().await;
    let here = |path: &str| format!("{}{path}", stack.origin);
    chromium.client.goto(&here("/kubeconfig")).await.unwrap();
    chromium.click("#account-alice").await;
    let page = chromium.text_with("Get a kubeconfig").await;
    assert!(page.contains("alice@contoso.example"), "{page}");
    chromium.screenshot("15-kubeconfig").await;
    let name = chromium.client.find(Locator::Css("#name")).await.unwrap();
    name.send_keys("my laptop").await.unwrap();
    chromium.click("button[type=submit]").await;
    let host = stack.origin.trim_start_matches("http://").replace(':', "-");
    let file = format!("my-laptop-{host}.kubeconfig");
    let kubeconfig = chromium.downloaded(&file).await;
    assert!(kubeconfig.contains("kind: Config"), "{kubeconfig}");
    let server = format!("server: \"{}\"", here("/k8s"));
    assert!(kubeconfig.contains(&server), "{kubeconfig}");

    chromium.client.goto(&here("/kubeconfig")).await.unwrap();
    let page = chromium.text_with("my laptop").await;
    assert!(page.contains("last used never"), "{page}");
    chromium.screenshot("16-kubeconfigs-in-force").await;
    let revoke = "button[aria-label='Revoke my laptop']";
    chromium.click(revoke).await;
    chromium.gone(revoke).await;
    chromium.text_with("Get a kubeconfig").await;
    let source = chromium.client.source().await.unwrap();
    assert!(!source.contains("my laptop"), "{source}");
    chromium.close().await;
}

/// The page is whole on a small screen, at a zoom of 200 %, and in the colours of the user.
async fn adapts(chromium: &Chromium, path: &str) {
    for (width, scale) in [(320, 1), (640, 2)] {
        chromium.resize(width, scale).await;
        let page = "const page = document.documentElement;
            return [page.scrollWidth <= page.clientWidth, innerWidth, devicePixelRatio]";
        let expected = json!([true, width, scale]);
        assert_eq!(chromium.evaluate(page).await, expected, "{path}");
    }
    chromium.resize(900, 1).await;
    chromium.prefer("forced-colors", "active").await;
    let unseen = chromium.evaluate(UNSEEN).await;
    assert_eq!(unseen, json!([]), "{path}");
    chromium.prefer("forced-colors", "").await;
    chromium.prefer("prefers-reduced-motion", "reduce").await;
    let moving = chromium
        .evaluate("return document.getAnimations().length")
        .await;
    assert_eq!(moving, json!(0), "{path}");
    chromium.prefer("prefers-reduced-motion", "").await;
}

/// The buttons and fields that have no edge, and no outline when they have the focus, where the user has
/// chosen all colours; and a word if that is not so.
const UNSEEN: &str = "
    const unseen = matchMedia('(forced-colors: active)').matches ? [] : ['no forced colours'];
    for (const element of document.querySelectorAll('button:not([hidden]), .button, input:not([type=hidden])')) {
        const ground = getComputedStyle(document.body).backgroundColor;
        const edge = getComputedStyle(element);
        if (edge.borderTopStyle !== 'solid' || edge.borderTopColor === ground) unseen.push(element.outerHTML);
        element.focus({ focusVisible: true });
        const outline = getComputedStyle(element);
        if (outline.outlineStyle !== 'solid' || outline.outlineColor === ground) unseen.push(element.outerHTML);
    }
    return unseen;
";
