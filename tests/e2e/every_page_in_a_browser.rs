//! Every page in a browser: on every screen, in every language, and whatever others wrote.

use e2e::{Axe, Pages, RealBrowser, Stack};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_without_flaws_on_every_screen() {
    let Some(pages) = Pages::serve() else { return };
    let browser = RealBrowser::start().await;
    let axe = Axe::read();
    let mut flaws = Vec::new();
    for page in pages.all() {
        browser.client.goto(&page).await.unwrap();
        let found = browser.flaws(axe.as_ref()).await;
        flaws.extend(found.into_iter().map(|flaw| format!("{page}: {flaw}")));
    }
    assert!(flaws.is_empty(), "{flaws:#?}");
    browser.close().await;
}

/// A script that ran would open an alert, and then the next command fails. One that the policy has stopped would be in
/// the browser's log.
#[tokio::test(flavor = "multi_thread")]
async fn no_name_is_a_script_on_any_page() {
    let Some(pages) = Pages::serve() else { return };
    let browser = RealBrowser::start().await;
    for page in pages.hostile() {
        browser.client.goto(&page).await.unwrap();
        let complaints = browser.complaints().await;
        assert!(complaints.is_empty(), "{page}: {complaints:#?}");
    }
    browser.close().await;
}

/// Addresses with a place for a hostile text.
const ADDRESSES: [&str; 17] = [
    "/{}",
    "/?x={}",
    "/whoami?format={}",
    "/login?rd={}",
    "/login?rd=/{}",
    "/login/app?app={}&challenge={}",
    "/callback?code={}&state={}",
    "/callback?error={}&error_description={}&state={}",
    "/kubeconfig?name={}",
    "/kubeconfig/credentials?id={}",
    "/sign-ins?id={}&rd={}",
    "/kubelogin/device-code?x={}",
    "/logout?entra={}",
    "/language?to={}&rd={}",
    "/oauth2/start?rd={}",
    "/oauth2/ticket?ticket={}",
    "/oauth2/sign_out?rd={}",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_claim_an_address_or_a_header_is_a_script() {
    let Some(pages) = Pages::serve() else { return };
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    let script = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>";
    let claims = json!({ "name": script, "preferred_username": script, "email": script });
    stack.control("id-token", &json!({ "claims": claims }));
    if browser.has_devtools() {
        browser.call_itself(script).await;
    }
    let here = |path: &str| format!("{}{path}", stack.origin);
    browser.client.goto(&here("/whoami")).await.unwrap();
    browser.click("#account-alice").await;
    browser.text_with("<script>alert(1)</script>").await;
    for text in pages.corpus() {
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for address in ADDRESSES {
            let address = here(&address.replace("{}", &text));
            browser.client.goto(&address).await.unwrap();
            let complaints = browser.complaints().await;
            assert!(complaints.is_empty(), "{address}: {complaints:#?}");
        }
    }
    browser.close().await;
}
