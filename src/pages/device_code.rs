//! The page on which a user finds a device code, and waits.

use base64ct::{Base64, Encoding};
use maud::{Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::layout::{layout, style_source};
use crate::kubelogin::Prompt;
use crate::respond::{self, Response};
use crate::terms::User;

/// Asks for the state, and moves on. Without scripts the page is loaded again instead.
const SCRIPT: &str = include_str!("device_code.js");

/// The page; `interval` is how often it asks, in seconds.
pub(crate) fn device_code(user: &User, prompt: Option<&Prompt>, interval: u64) -> Response {
    let content = html! {
        noscript { meta http-equiv="refresh" content=(interval); }
        div id="device-code" data-interval=(interval)
            data-user-code=[prompt.and_then(|prompt| prompt.user_code.as_deref())]
            data-expires-in=[prompt.map(|prompt| prompt.expires_in)] {
            h1 { "Continue with a device code" }
            @match prompt {
                Some(prompt) => (instructions(user, prompt)),
                None => p role="status" { span.wait {} "Getting a code from Microsoft Entra…" },
            }
        }
        script { (PreEscaped(SCRIPT)) }
    };
    respond::html(200, &policy(), layout("Device code", content))
}

fn instructions(user: &User, prompt: &Prompt) -> Markup {
    html! {
        @match (&prompt.user_code, &prompt.verification_uri) {
            (Some(code), Some(uri)) => {
                p {
                    "Enter this code at Microsoft, with the account "
                    strong { (user.display_name()) } ":"
                }
                p.code {
                    code { (code) }
                    button.second id="copy" type="button" { "Copy" }
                }
                p { a.button href=(uri) target="_blank" rel="noopener noreferrer" { "Open " (shown(uri)) } }
            }
            _ => p.message { (prompt.message) },
        }
        p role="status" {
            span.wait {}
            "Waiting for the code to be entered. Time left: "
            span id="left" { (prompt.expires_in.div_ceil(60)) " min" }
        }
        p.soft {
            "Never enter a code that somebody else has sent you. This page goes on by itself."
        }
    }
}

/// An address as people read it.
fn shown(uri: &str) -> &str {
    uri.strip_prefix("https://").unwrap_or(uri)
}

/// Allows our own script too, which asks nobody but us (CSP Level 3).
fn policy() -> String {
    let script = Base64::encode_string(&Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; {}; script-src 'sha256-{script}'; connect-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        style_source()
    )
}
