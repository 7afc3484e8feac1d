//! The pages with the keyboard alone.

use e2e::{RealBrowser, Stack};
use serde_json::json;

/// The keys, as WebDriver names them (WebDriver, section 17.4.2).
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// More than any page here has to focus.
const MOST: usize = 60;

/// Presses Tab until the focus is on what matches `selector`, and then Enter.
async fn enter(browser: &RealBrowser, selector: &str) {
    let is_there = format!("return document.activeElement.matches(\"{selector}\")");
    for _ in 0..MOST {
        press(browser, TAB).await;
        if browser.evaluate(&is_there).await == json!(true) {
            return press(browser, ENTER).await;
        }
    }
    panic!("no {selector} gets the focus");
}

async fn press(browser: &RealBrowser, key: &str) {
    let focused = browser.client.active_element().await.unwrap();
    focused.send_keys(key).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_signs_in_and_out_by_the_keyboard() {
    let stack = Stack::start();
    let browser = RealBrowser::start().await;
    let home = format!("{}/", stack.origin);
    browser.client.goto(&home).await.unwrap();
    enter(&browser, "a.button").await;
    browser.text_with("Pick an account").await;
    enter(&browser, "#account-alice").await;
    browser.text_with("Your sign-in").await;

    // The first key leads past the navigation.
    browser.client.goto(&home).await.unwrap();
    enter(&browser, "a.skip").await;
    let focused = browser.evaluate("return document.activeElement.id").await;
    assert_eq!(focused, "content");
    enter(&browser, "form[action='/kubeconfig'] button").await;
    let host = stack.origin.trim_start_matches("http://").replace(':', "-");
    browser
        .downloaded(&format!("kubeconfig-{host}.kubeconfig"))
        .await;
    browser.client.goto(&home).await.unwrap();
    enter(&browser, "button[aria-label='Revoke kubeconfig']").await;
    browser.gone("button[aria-label='Revoke kubeconfig']").await;
    // The button is gone before the next page is there whole.
    browser.client.goto(&home).await.unwrap();
    enter(&browser, "button[formaction='/logout?everywhere=1']").await;
    browser.text_with("Signed out").await;
    browser.close().await;
}
