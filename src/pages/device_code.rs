//! The page on which a user finds a device code, and waits.

use maud::{Markup, html};

use super::layout::{Page, copy_button};
use super::shown::shown;
use super::view::{View, name};
use crate::kubelogin::Prompt;
use crate::respond::Response;
use crate::terms::User;
use crate::texts::en;

/// The page; `interval` is how often its script asks, in seconds. Without scripts it is loaded again.
pub(crate) fn device_code(
    view: &View,
    user: &User,
    prompt: Option<&Prompt>,
    interval: u64,
) -> Response {
    let content = html! {
        noscript { meta http-equiv="refresh" content=(interval); }
        div.card id="device-code" data-interval=(interval)
            data-user-code=[prompt.and_then(|prompt| prompt.user_code.as_deref())] {
            h1 { (view.say(&en::DEVICE_CODE_TITLE)) }
            @match prompt {
                Some(prompt) => (instructions(view, user, prompt)),
                None => p role="status" { span.wait {} (view.say(&en::DEVICE_CODE_COMES)) },
            }
        }
    };
    Page::new(view.say(&en::DEVICE_CODE), content).answer(view)
}

fn instructions(view: &View, user: &User, prompt: &Prompt) -> Markup {
    let left = html! {
        span data-seconds=(prompt.expires_in) { (view.left(view.now.plus(prompt.expires_in))) }
    };
    html! {
        @match (&prompt.user_code, &prompt.verification_uri) {
            (Some(code), Some(uri)) => {
                p { (view.fill(&en::DEVICE_CODE_ENTER, &[("user", name(user.display_name()))])) }
                p.code {
                    code id="code" { (shown(code)) }
                    (copy_button(view, "code"))
                }
                p {
                    a.button href=(uri) target="_blank" rel="noopener noreferrer" {
                        (view.fill(&en::OPEN, &[("address", address(uri))]))
                    }
                }
            }
            _ => pre { (lines(&prompt.message)) },
        }
        p role="status" { span.wait {} (view.say(&en::DEVICE_CODE_WAITS)) }
        p { (view.fill(&en::TIME_LEFT, &[("time", left)])) }
        p.soft.small { (view.say(&en::DEVICE_CODE_WARNING)) }
    }
}

/// A message of several lines.
fn lines(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(shown).collect();
    lines.join("\n")
}

/// An address as people read it. On a small screen a line may end after a slash.
fn address(uri: &str) -> Markup {
    let address = shown(uri.strip_prefix("https://").unwrap_or(uri));
    let mut parts = address.split_inclusive('/');
    html! {
        (parts.next().unwrap_or_default())
        @for part in parts { wbr; (part) }
    }
}
