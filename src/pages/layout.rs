//! What all pages have in common: the frame, the style sheet, the policy.

use base64ct::{Base64, Encoding};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// A page with this title.
pub(super) fn layout(title: &str, content: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · AKS OAuth Proxy" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (content) }
                footer { "AKS OAuth Proxy" }
            }
        }
    };
    page.into_string()
}

/// Allows only our own style sheet, by its hash (CSP Level 3). Forms lead only to `form_action`.
pub(super) fn policy(form_action: &str) -> String {
    let style = style_source();
    format!(
        "default-src 'none'; {style}; form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// Our own style sheet, as a policy names it.
pub(super) fn style_source() -> String {
    let style = Base64::encode_string(&Sha256::digest(STYLE));
    format!("style-src 'sha256-{style}'")
}
