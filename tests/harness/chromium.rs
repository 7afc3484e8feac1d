//! A real Chromium, driven over WebDriver.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use crate::workspace;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where in its profile files are downloaded to.
const DOWNLOADS: &str = "downloads";

/// The browser with its driver; both end with it.
pub struct Chromium {
    /// The WebDriver session.
    pub client: Client,
    driver: Child,
    profile: TempDir,
}

impl Chromium {
    /// Starts Debian's chromedriver, and by it Chromium with an empty profile.
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: apt-get install chromium chromium-driver");
        let profile = tempfile::tempdir().unwrap();
        let downloads = profile.path().join(DOWNLOADS);
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--window-size=900,700",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({ "args": arguments, "prefs": { "download.default_directory": downloads } }),
        );
        // entra-sim has an authority of its own.
        capabilities.insert("acceptInsecureCerts".to_owned(), json!(true));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let client = loop {
            match builder.connect(&address).await {
                Ok(client) => break client,
                Err(error) if start.elapsed() > PATIENCE => {
                    let _ = driver.kill();
                    panic!("chromedriver: {error}");
                }
                // It does not listen yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        Self {
            client,
            driver,
            profile,
        }
    }

    /// The text of the page, once it contains `expected`.
    pub async fn text_with(&self, expected: &str) -> String {
        let start = Instant::now();
        loop {
            let body = self.client.find(fantoccini::Locator::Css("body")).await;
            let text = match body {
                Ok(body) => body.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if text.contains(expected) {
                return text;
            }
            let address = self.client.current_url().await;
            assert!(
                start.elapsed() < PATIENCE,
                "no `{expected}` at {address:?}: {text}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The content of the file `name`, once it is downloaded.
    pub async fn downloaded(&self, name: &str) -> String {
        let start = Instant::now();
        let file = self.profile.path().join(DOWNLOADS).join(name);
        loop {
            // It has another name until it is whole; an empty file may keep its own for it.
            if let Ok(content) = fs::read_to_string(&file)
                && !content.is_empty()
            {
                return content;
            }
            assert!(start.elapsed() < PATIENCE, "no {} comes", file.display());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Clicks on what `selector` selects.
    pub async fn click(&self, selector: &str) {
        let wait = self.client.wait().at_most(PATIENCE);
        let element = wait
            .for_element(fantoccini::Locator::Css(selector))
            .await
            .unwrap();
        element.click().await.unwrap();
    }

    /// Waits until nothing is there that `selector` selects.
    pub async fn gone(&self, selector: &str) {
        let without = format!("body:not(:has({selector}))");
        let wait = self.client.wait().at_most(PATIENCE);
        let without = fantoccini::Locator::Css(&without);
        wait.for_element(without).await.unwrap();
    }

    /// Keeps a picture of the page in `target/screenshots`.
    pub async fn screenshot(&self, name: &str) {
        let directory = workspace().join("target/screenshots");
        fs::create_dir_all(&directory).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        fs::write(directory.join(format!("{name}.png")), picture).unwrap();
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
