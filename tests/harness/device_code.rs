//! The steps to a device code that many tests need.

use std::thread;

use serde_json::Value;

use crate::{Browser, Response, Stack};

/// The page with the code.
pub const DEVICE_CODE: &str = "/kubelogin/device-code";

impl Stack {
    /// Signs `user` in up to Entra's request for consent, which is then refused.
    pub fn without_consent(&self, browser: &mut Browser, user: &str, rd: &str) -> Response {
        let callback = self.begin(browser, user, rd);
        let consent = browser.get(&callback);
        let decision = if user == "carol" { "return" } else { "cancel" };
        let callback = self.at_entra(consent.location(), user, decision);
        browser.get(callback.location())
    }

    /// `browser` as carol's, on the page with a device code.
    pub fn carol_at_a_device_code(&self, browser: Browser) -> Browser {
        let mut carol = browser.html();
        let there = self.without_consent(&mut carol, "carol", "/whoami");
        assert_eq!(there.location(), DEVICE_CODE);
        carol
    }
}

impl Browser {
    /// The same session, used by a program.
    pub fn program(&self) -> Self {
        let mut program = self.clone();
        program.headers.clear();
        program
    }

    /// The answer to a program, once there is a code.
    pub fn pending(&self) -> Value {
        loop {
            let answer = self.program().get(DEVICE_CODE);
            assert_eq!(answer.status, 200, "{answer:?}");
            if answer.json()["status"] == "pending" {
                return answer.json();
            }
            thread::yield_now();
        }
    }

    /// The code, once there is one.
    pub fn user_code(&self) -> String {
        let told = self.pending();
        told["user_code"].as_str().unwrap().to_owned()
    }

    /// The answer once it no longer says to wait.
    pub fn outcome(&self) -> Response {
        loop {
            let answer = self.program().get(DEVICE_CODE);
            if answer.status != 200 {
                return answer;
            }
            thread::yield_now();
        }
    }
}
