//! Apps behind a real nginx over TLS, in a real browser.

use e2e::{Apps, Echo, RealBrowser};
use fantoccini::Locator;

/// Alice's oid, which only she knows.
const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";

const FORM: &str = r#"<!doctype html><title>A form</title>
<form method="post" action="/sent"><textarea name="said" id="said"></textarea><button id="send">Send</button></form>"#;

/// A hostile page of an app, which tries to read everything. `#loot` has its results as JSON. It runs at a
/// click, which lets it open windows.
const HOSTILE: &str = r#"<!doctype html><title>An app</title><button id="go">Go</button><pre id="loot"></pre>
<iframe name="sink"></iframe>
<script>
const own = "OWN";
const pages = ["/kubeconfig", "/whoami", "/", "/login/app?app=" + encodeURIComponent(location.origin) + "&challenge=x"];
const attempt = async (name, way) => {
  try { return [name, String(await way())]; } catch (error) { return [name, "refused: " + error.name]; }
};
const loaded = (element) => new Promise((done) => { element.onload = done; });
document.getElementById("go").onclick = async () => {
  const opened = pages.map((page) => window.open(own + page));
  const loot = [["cookies", document.cookie]];
  for (const page of pages) {
    for (const mode of ["cors", "no-cors"]) {
      loot.push(await attempt(mode + page, async () => {
        const answer = await fetch(own + page, { credentials: "include", mode });
        return answer.type + answer.status + await answer.text();
      }));
    }
    const frame = document.createElement("iframe");
    frame.src = own + page;
    const whole = loaded(frame);
    document.body.append(frame);
    await whole;
    loot.push(await attempt("frame" + page, () => frame.contentWindow.document.body.innerHTML));
  }
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: own + "/kubeconfig", target: "sink" });
  document.body.append(form);
  const sent = loaded(document.getElementsByName("sink")[0]);
  form.submit();
  await sent;
  loot.push(await attempt("posted", () => frames.sink.document.body.innerHTML));
  loot.push(await attempt("post", async () => (await fetch(own + "/kubeconfig", { method: "POST", credentials: "include", mode: "no-cors" })).type));
  for (const [index, page] of pages.entries()) {
    loot.push(await attempt("window" + page, () => opened[index].document.body.innerHTML));
  }
  document.getElementById("loot").textContent = JSON.stringify(loot);
};
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn five_tabs_a_form_and_the_way_back() {
    let app = Echo::with_pages(vec![("/form".to_owned(), FORM.to_owned())]);
    let apps = Apps::start(&app.address(), &app.address());
    let browser = RealBrowser::start().await;
    let client = &browser.client;

    // Five tabs begin before the sign-in, and each ends at its own page.
    let mut tabs = Vec::new();
    for number in 0..5 {
        if number > 0 {
            let tab = client.new_window(true).await.unwrap();
            client.switch_to_window(tab.handle).await.unwrap();
        }
        let page = apps.at("podinfo", &format!("/page?number={number}&c=%26d"));
        client.goto(&page).await.unwrap();
        tabs.push((client.window().await.unwrap(), page));
    }
    for (tab, page) in &tabs {
        client.switch_to_window(tab.clone()).await.unwrap();
        browser.click("#account-alice").await;
        browser.text_with("X-Auth-Request-User").await;
        assert_eq!(client.current_url().await.unwrap().as_str(), page);
    }

    // Another app needs no new sign-in.
    client.goto(&apps.at("b", "/other")).await.unwrap();
    browser.text_with("GET /other").await;
    // Back leads to the page, not into the sign-in.
    client.back().await.unwrap();
    browser.text_with("GET /page?number=4").await;

    // The session ends while a form is filled in: the input is not lost.
    client.goto(&apps.at("podinfo", "/form")).await.unwrap();
    let field = client.find(Locator::Css("#said")).await.unwrap();
    field.send_keys("a long text").await.unwrap();
    apps.stack.at(40_000);
    app.take();
    browser.click("#send").await;
    let page = browser.text_with("Not signed in").await;
    assert!(page.contains("/oauth2/start"), "{page}");
    assert!(app.take().is_empty(), "nothing is sent for nobody");
    let form = client.window().await.unwrap();
    client.switch_to_window(tabs[0].0.clone()).await.unwrap();
    client.goto(&apps.at("podinfo", "/again")).await.unwrap();
    browser.click("#account-alice").await;
    browser.text_with("GET /again").await;
    client.switch_to_window(form).await.unwrap();
    client.back().await.unwrap();
    browser.click("#send").await;
    browser.text_with("POST /sent").await;
    let told = app.take();
    let sent = told.iter().find(|told| told.head.starts_with("POST"));
    assert_eq!(sent.unwrap().body, "said=a+long+text");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_in_an_app_gets_nothing_of_the_proxys() {
    let podinfo = Echo::start();
    // The page needs the proxy's origin, whose port is known only at run time.
    let own = "https://auth.apps.localhost:\" + location.port + \"";
    let page = HOSTILE.replace("OWN", own);
    let hostile = Echo::with_pages(vec![("/hostile".to_owned(), page)]);
    let apps = Apps::start(&podinfo.address(), &hostile.address());
    let browser = RealBrowser::start().await;
    let client = &browser.client;

    // The victim has a full session.
    client.goto(&apps.at("auth", "/whoami")).await.unwrap();
    browser.click("#account-alice").await;
    browser.text_with(ALICE).await;
    client.goto(&apps.at("b", "/hostile")).await.unwrap();
    let here = client.window().await.unwrap();
    browser.click("#go").await;
    client.switch_to_window(here).await.unwrap();
    browser.text_with("window/login/app").await;
    let loot = client.find(Locator::Css("#loot")).await.unwrap();
    let loot: Vec<(String, String)> = serde_json::from_str(&loot.text().await.unwrap()).unwrap();
    assert_eq!(loot.len(), 1 + 4 * 3 + 2 + 4, "{loot:?}");
    for (name, got) in &loot {
        let nothing =
            ["", "opaque0", "opaque"].contains(&got.as_str()) || got.starts_with("refused: ");
        assert!(nothing, "{name}: {got}");
    }
    // The existing session could have been used for them all: no kubeconfig was made.
    client.goto(&apps.at("auth", "/kubeconfig")).await.unwrap();
    let page = browser.text_with("Get a kubeconfig").await;
    assert!(!page.contains("Last used"), "{page}");
    // The requests that the app gets contain nothing of use either.
    for told in hostile.take() {
        let cookies = told.values("cookie").join("; ");
        let names: Vec<_> = cookies
            .split("; ")
            .filter_map(|pair| pair.split('=').next())
            .collect();
        assert!(
            names
                .iter()
                .all(|name| name.is_empty() || name.ends_with("_app")),
            "{names:?}"
        );
    }
    browser.close().await;
}
