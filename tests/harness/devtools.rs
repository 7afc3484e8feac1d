//! Functions of Chromium that WebDriver lacks: other screens, users' preferences, and the browser's own log.

use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::RealBrowser;

/// A network connection.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The delay of each request, in milliseconds.
    pub latency: u32,
    /// To the browser.
    pub kilobits_down: u32,
    /// From the browser.
    pub kilobits_up: u32,
}

/// A command of the DevTools protocol, in chromedriver's form.
#[derive(Debug)]
struct Command {
    name: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.name, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}

/// chromedriver's command for what the browser has logged since the last time.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/se/log"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl RealBrowser {
    /// What the browser has complained about since the last time, if it is Chromium: errors of scripts, violations of
    /// a policy, requests that failed. A page that is itself an error is no complaint.
    pub async fn complaints(&self) -> Vec<String> {
        if !self.has_devtools() {
            return Vec::new();
        }
        let log = self.client.issue_cmd(Log).await.unwrap();
        let entries = log.as_array().unwrap().iter();
        let messages = entries
            .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG")
            .map(|entry| entry["message"].as_str().unwrap().to_owned());
        messages.filter(|message| !is_of_a_page(message)).collect()
    }

    /// Makes pages this many CSS pixels wide, with `scale` screen pixels each: 640 at 2 is a window of 1280
    /// at a zoom of 200 %.
    pub async fn resize(&self, width: u32, scale: u32) {
        let parameters = json!({
            "width": width, "height": 700, "deviceScaleFactor": scale, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", parameters)
            .await;
    }

    /// Sets the user's preference `value` for the media feature `name`, such as `active` for `forced-colors`;
    /// empty for none. The last one alone counts.
    pub async fn prefer(&self, name: &str, value: &str) {
        let parameters = json!({ "features": [{ "name": name, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", parameters)
            .await;
    }

    /// Sends this as `User-Agent` and `Accept-Language`.
    pub async fn call_itself(&self, text: &str) {
        let parameters = json!({ "userAgent": text, "acceptLanguage": text });
        self.devtools("Network.setUserAgentOverride", parameters)
            .await;
    }

    /// Limits all requests to this line.
    pub async fn throttle(&self, line: &Line) {
        let bytes = |kilobits: u32| f64::from(kilobits) * 1000.0 / 8.0;
        self.conditions(
            f64::from(line.latency),
            bytes(line.kilobits_down),
            bytes(line.kilobits_up),
        )
        .await;
    }

    /// Ends [`Self::throttle`].
    pub async fn full_speed(&self) {
        self.conditions(0.0, -1.0, -1.0).await;
    }

    /// Clears the browser's cache.
    pub async fn forget_files(&self) {
        self.devtools("Network.clearBrowserCache", json!({})).await;
    }

    /// Latency in milliseconds, throughputs in bytes a second; -1 is no limit.
    async fn conditions(&self, latency: f64, down: f64, up: f64) {
        self.devtools("Network.enable", json!({})).await;
        let conditions = json!({
            "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up,
        });
        self.devtools("Network.emulateNetworkConditions", conditions)
            .await;
    }

    async fn devtools(&self, name: &'static str, parameters: Value) {
        let command = Command { name, parameters };
        self.client.issue_cmd(command).await.unwrap();
    }

    /// The result of a function body on the page.
    pub async fn evaluate(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }
}

/// Whether a message is about a page that is an error, by its status and its address.
fn is_of_a_page(message: &str) -> bool {
    let failed = message.contains("Failed to load resource: the server responded with a status of");
    let is_file = ["/assets", "/favicon", ".css", ".js ", ".svg"];
    failed && !is_file.iter().any(|file| message.contains(file))
}
