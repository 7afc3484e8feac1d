//! The stack of the end-to-end tests, as it is asked here.

use e2e::{Browser, Stack};

use crate::client::Ask;

/// Where the proxy of `stack` is. It listens on IPv4 only.
pub(crate) fn origin(stack: &Stack) -> String {
    stack.origin.replace("localhost", "127.0.0.1")
}

/// `GET /whoami` with the session of `browser`.
pub(crate) fn whoami(browser: &Browser) -> Ask {
    let cookies = browser.cookies.iter();
    let cookies: Vec<String> = cookies
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Ask {
        cookies: cookies.join("; "),
        ..Ask::get("/whoami")
    }
}
