//! The apps on the first page, in a real browser.

use base64ct::{Base64, Encoding};
use e2e::{Axe, Builder, Echo, RealBrowser};
use serde_json::json;

/// A group of alice's, and one without members.
const HERS: &str = "6700d000-0000-4000-8000-000000000002";
const NOBODYS: &str = "6700d000-0000-4000-8000-000000000009";

/// A picture that tries to send a request to `elsewhere`.
fn hostile(elsewhere: &str) -> String {
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 2 2" onload="fetch('{elsewhere}/onload')">
<style>@import url('{elsewhere}/style'); circle {{ fill: url('{elsewhere}/fill') }}</style>
<script>fetch('{elsewhere}/script'); location = '{elsewhere}/gone'</script>
<script href="{elsewhere}/script.js"/>
<image href="{elsewhere}/image" xlink:href="{elsewhere}/image" width="1" height="1"/>
<use href="{elsewhere}/use#x"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{elsewhere}/frame"/></foreignObject>
<circle cx="1" cy="1" r="1"/></svg>"#
    );
    let content = Base64::encode_string(svg.as_bytes());
    format!("data:image/svg+xml;base64,{content}")
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_have_names_and_icons_and_no_icon_does_anything() {
    let third_party = Echo::start();
    let icon = hostile(&format!("http://{}", third_party.address()));
    let apps = json!([
        { "url": "https://grafana.example.com/", "name": "Grafana", "icon": icon, "check": { "groups": [HERS] } },
        { "url": "https://vault.example.com/", "name": "Vault <b>", "check": { "groups": [NOBODYS] } },
    ]);
    let stack = Builder::default()
        .setting(
            "ALLOWED_RETURN_ORIGINS",
            "https://grafana.example.com https://vault.example.com",
        )
        .setting("APPS", &apps.to_string())
        .setting("SHOW_DENIED_APPS", "true")
        .start();
    let browser = RealBrowser::start().await;
    let home = format!("{}/", stack.origin);
    browser.client.goto(&home).await.unwrap();
    browser.click("a.button").await;
    browser.click("#account-alice").await;
    let page = browser.text_with("Grafana").await;
    let (_, denied) = page.split_once("Apps that you may not open").unwrap();
    assert!(denied.contains("Vault <b>") && denied.contains("allowed_groups"));
    assert!(!denied.contains("Grafana"), "{denied}");
    let links = browser
        .evaluate("return [...document.querySelectorAll('.apps a')].map((link) => link.href)")
        .await;
    assert_eq!(links, json!(["https://grafana.example.com/"]));
    browser
        .examine("20-home-with-apps", Axe::read().as_ref())
        .await;

    // It is shown, in the page and at its own address.
    let icon = browser.client.execute_async(ICON, Vec::new()).await;
    let icon = icon.unwrap();
    assert_eq!(icon["shown"], true, "{icon}");
    let address = icon["address"].as_str().unwrap();
    browser.client.goto(address).await.unwrap();
    let here = browser.client.current_url().await.unwrap();
    assert_eq!(here.as_str(), address, "its script leads nowhere");
    browser.client.goto(&home).await.unwrap();
    browser.text_with("Grafana").await;
    let told = third_party.take();
    assert!(told.is_empty(), "{told:?}");
    browser.close().await;
}

/// Whether the icon has loaded with a size, and its address.
const ICON: &str = "
    const [done] = arguments;
    const icon = document.querySelector('img.icon');
    const told = () => done({ shown: icon.naturalWidth > 0, address: icon.src });
    icon.scrollIntoView();
    if (icon.complete) told();
    else icon.onload = icon.onerror = told;
";
