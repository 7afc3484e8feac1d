//! A real browser, driven over WebDriver.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::workspace;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The directory for downloads in its profile.
const DOWNLOADS: &str = "downloads";

/// The browser and its driver; both end with this.
pub struct RealBrowser {
    /// The WebDriver session.
    pub client: Client,
    program: Program,
    driver: Child,
    profile: TempDir,
}

/// The kind of browser.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Program {
    /// Debian's Chromium.
    Chromium,
    /// Debian's Firefox.
    Firefox,
}

impl Program {
    /// Selected by `E2E_BROWSER`, as `cargo xtask test --firefox` sets it.
    fn wanted() -> Self {
        match env::var("E2E_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok(other) => panic!("E2E_BROWSER is neither `chromium` nor `firefox`: {other}"),
        }
    }

    fn driver(self, port: u16) -> Command {
        let mut driver = match self {
            Self::Chromium => Command::new("chromedriver"),
            Self::Firefox => {
                let program = env::var_os("E2E_GECKODRIVER");
                let mut driver = Command::new(program.unwrap_or_else(|| "geckodriver".into()));
                // Otherwise all would use the same port for WebDriver BiDi.
                driver.arg("--websocket-port=0");
                driver
            }
        };
        driver.arg(format!("--port={port}"));
        driver.stdout(Stdio::null()).stderr(Stdio::null());
        driver
    }

    /// With an empty profile, and downloads in `profile`.
    fn capabilities(self, profile: &Path, has_scripts: bool) -> Capabilities {
        let downloads = profile.join(DOWNLOADS);
        let (name, options) = match self {
            Self::Chromium => (
                "goog:chromeOptions",
                chromium(profile, &downloads, has_scripts),
            ),
            Self::Firefox => ("moz:firefoxOptions", firefox(&downloads, has_scripts)),
        };
        let mut capabilities = Capabilities::new();
        if self == Self::Chromium {
            capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        }
        capabilities.insert(name.to_owned(), options);
        // entra-sim has its own authority.
        capabilities.insert("acceptInsecureCerts".to_owned(), json!(true));
        capabilities
    }
}

fn chromium(profile: &Path, downloads: &Path, has_scripts: bool) -> Value {
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
        &format!("--user-data-dir={}", profile.display()),
    ];
    let scripts = if has_scripts { ALLOWED } else { BLOCKED };
    json!({ "args": arguments, "prefs": {
        "download.default_directory": downloads,
        "profile.managed_default_content_settings.javascript": scripts,
    } })
}

/// Chromium's values for what a page may do.
const ALLOWED: u8 = 1;
const BLOCKED: u8 = 2;

/// geckodriver makes the profile, and turns off the browser's background requests.
fn firefox(downloads: &Path, has_scripts: bool) -> Value {
    json!({
        "binary": "/usr/bin/firefox-esr",
        "args": ["--headless", "--width=900", "--height=700"],
        "prefs": {
            "browser.download.dir": downloads,
            "browser.download.folderList": 2,
            "network.proxy.type": 0,
            "javascript.enabled": has_scripts,
            // As in Chromium, an attacker's page may open several windows at one click.
            "dom.block_multiple_popups": false,
        },
    })
}

impl RealBrowser {
    /// Starts the driver, and by it the browser with an empty profile.
    pub async fn start() -> Self {
        Self::launch(true).await
    }

    /// The same, for a user who allows no page to run scripts.
    pub async fn without_scripts() -> Self {
        Self::launch(false).await
    }

    async fn launch(has_scripts: bool) -> Self {
        let program = Program::wanted();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut driver = program.driver(port).spawn().expect(
            "the driver is installed: apt-get install chromium chromium-driver, or cargo install geckodriver",
        );
        let profile = tempfile::tempdir().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(program.capabilities(profile.path(), has_scripts));
        let address = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let client = loop {
            match builder.connect(&address).await {
                Ok(client) => break client,
                Err(error) if start.elapsed() > PATIENCE => {
                    let _ = driver.kill();
                    panic!("the browser's driver: {error}");
                }
                // It does not listen yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        Self {
            client,
            program,
            driver,
            profile,
        }
    }

    /// Whether it speaks Chromium's DevTools protocol.
    pub fn has_devtools(&self) -> bool {
        self.program == Program::Chromium
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

    /// The content of the downloaded file `name`.
    pub async fn downloaded(&self, name: &str) -> String {
        let start = Instant::now();
        let file = self.profile.path().join(DOWNLOADS).join(name);
        loop {
            // It has another name until it is complete; an empty file may hold its place.
            if let Ok(content) = fs::read_to_string(&file)
                && !content.is_empty()
            {
                return content;
            }
            assert!(start.elapsed() < PATIENCE, "no {} comes", file.display());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The device code that the page shows.
    pub async fn device_code(&self) -> String {
        let code = self
            .client
            .find(fantoccini::Locator::Css(".code code"))
            .await;
        code.unwrap().text().await.unwrap()
    }

    /// Clicks the element at `selector`.
    pub async fn click(&self, selector: &str) {
        let wait = self.client.wait().at_most(PATIENCE);
        let element = wait
            .for_element(fantoccini::Locator::Css(selector))
            .await
            .unwrap();
        element.click().await.unwrap();
    }

    /// Waits until no element matches `selector`.
    pub async fn gone(&self, selector: &str) {
        let without = format!("body:not(:has({selector}))");
        let wait = self.client.wait().at_most(PATIENCE);
        let without = fantoccini::Locator::Css(&without);
        wait.for_element(without).await.unwrap();
    }

    /// Keeps a picture of the page in `target/screenshots`.
    pub async fn screenshot(&self, name: &str) {
        let directory = match self.program {
            Program::Chromium => workspace().join("target/screenshots"),
            Program::Firefox => workspace().join("target/screenshots/firefox"),
        };
        fs::create_dir_all(&directory).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        fs::write(directory.join(format!("{name}.png")), picture).unwrap();
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

impl Drop for RealBrowser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
