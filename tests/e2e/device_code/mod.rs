//! `/kubelogin/device-code` with the real kubelogin, for tenants without consent for AKS.

mod begins;
mod code;
mod runs;

use e2e::{Browser, Builder, Stack, kubelogin};
use serde_json::Value;

/// A stack with the real kubelogin and these settings, if there is one.
fn start(settings: &[(&str, &str)]) -> Option<Stack> {
    let builder = Builder::default().kubelogin(&kubelogin()?);
    let with = |builder: Builder, (name, value): &(&str, &str)| builder.setting(name, value);
    Some(settings.iter().fold(builder, with).start())
}

fn source(browser: &Browser) -> Value {
    browser.program().get("/whoami").json()["token"]["source"].clone()
}

fn has_ended(stack: &Stack) {
    while stack.runs().read_dir().unwrap().count() > 0 {
        std::thread::yield_now();
    }
}
