//! Somebody who sees the pages for the first time, and reads nothing else.

use std::fs;

use e2e::{Apps, Builder, Certificates, Echo, Kubernetes, RealBrowser, free_port};
use fantoccini::Locator;

/// Clicks the link or the button with this text.
async fn press(browser: &RealBrowser, text: &str) {
    let path = format!("//*[self::a or self::button][normalize-space() = '{text}']");
    let found = browser.client.find(Locator::XPath(&path)).await;
    found.unwrap().click().await.unwrap();
}

async fn signed_in(apps: &Apps) -> RealBrowser {
    let browser = RealBrowser::start().await;
    browser.client.goto(&apps.at("auth", "/")).await.unwrap();
    press(&browser, "Sign in with Microsoft").await;
    browser.click("#account-alice").await;
    browser.text_with("Your sign-in").await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_finds_everything_from_the_sign_in_to_the_sign_out() {
    let (app, certificates, port) = (Echo::start(), Certificates::make(), free_port());
    let authority = fs::read_to_string(certificates.authority()).unwrap();
    let builder = Builder::default()
        .setting("PUBLIC_URL", &format!("https://localhost:{port}"))
        .setting("PUBLIC_CA", &authority);
    let apps = Apps::with(builder, &app.address(), &app.address());
    let Some(kubernetes) = Kubernetes::start(&apps.stack) else {
        return;
    };
    let settings = [
        ("KUBERNETES_API_URL", kubernetes.url()),
        ("KUBERNETES_CA_FILE", kubernetes.ca_file().to_str().unwrap()),
    ];
    let ca_file = kubernetes.ca_file();
    let _for_kubectl = apps
        .stack
        .replica_over_tls(port, &settings, &certificates, ca_file);

    // She signs in, and another browser of hers too.
    let browser = signed_in(&apps).await;
    let other = signed_in(&apps).await;

    // She gets a kubeconfig, and runs what the page says.
    let name = browser.client.find(Locator::Css("#name")).await.unwrap();
    name.send_keys("my laptop").await.unwrap();
    press(&browser, "Download").await;
    let file = format!("my-laptop-localhost-{port}.kubeconfig");
    let downloaded = browser.downloaded(&file).await;
    let directory = tempfile::tempdir().unwrap();
    let kubeconfig = directory.path().join(&file);
    fs::write(&kubeconfig, downloaded).unwrap();
    let kubectl = kubernetes.kubectl(&kubeconfig);
    let page = browser.text_with("kubectl get namespaces").await;
    for line in page.lines().filter(|line| line.starts_with("kubectl ")) {
        let arguments: Vec<&str> = line.split(' ').skip(1).collect();
        kubectl.succeed(&arguments);
    }

    // She opens an app, without another sign-in.
    let host = apps.at("podinfo", "").replace("https://", "");
    press(&browser, &host).await;
    let shown = browser.text_with("X-Auth-Request-User").await;
    assert!(shown.contains("GET / "), "{shown}");

    // She revokes the kubeconfig.
    browser.client.back().await.unwrap();
    browser.client.refresh().await.unwrap();
    browser.text_with("my laptop").await;
    press(&browser, "Revoke").await;
    browser.gone("button[aria-label='Revoke my laptop']").await;
    kubectl.fail(&["get", "namespaces"]);

    // She signs out everywhere.
    press(&browser, "Sign out everywhere").await;
    browser.text_with("Signed out").await;
    for signed_out in [&browser, &other] {
        let complaints = signed_out.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
        signed_out.client.goto(&apps.at("auth", "/")).await.unwrap();
        signed_out.text_with("Sign in with Microsoft").await;
    }
    browser.client.goto(&apps.at("podinfo", "/")).await.unwrap();
    browser.text_with("Pick an account").await;
    browser.close().await;
    other.close().await;
}
