//! What Chromium's DevTools protocol can do and WebDriver cannot: other screens, and what a user asks of all
//! pages.

use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::Chromium;

/// A command of the DevTools protocol, by chromedriver's own way to it.
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

impl Chromium {
    /// Lets pages be so many CSS pixels wide, each of `scale` pixels of the screen: 640 of 2 is a window of
    /// 1280 at a zoom of 200 %.
    pub async fn resize(&self, width: u32, scale: u32) {
        let parameters = json!({
            "width": width, "height": 700, "deviceScaleFactor": scale, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", parameters)
            .await;
    }

    /// Lets the user ask for what the media feature `name` calls `value`, as `active` of `forced-colors`;
    /// nothing if that is empty.
    pub async fn prefer(&self, name: &str, value: &str) {
        let parameters = json!({ "features": [{ "name": name, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", parameters)
            .await;
    }

    async fn devtools(&self, name: &'static str, parameters: Value) {
        let command = Command { name, parameters };
        self.client.issue_cmd(command).await.unwrap();
    }

    /// What the body of a function gives on the page.
    pub async fn evaluate(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }
}
