//! What people see: nothing from third parties, a strict policy, and a script only where a page has to
//! wait for something.

mod device_code;
mod kubeconfig;

use base64ct::{Base64, Encoding};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::entra_error::EntraError;
use crate::respond::{self, Response};
use crate::terms::{Origin, User};

pub(crate) use self::device_code::device_code;
pub(crate) use self::kubeconfig::kubeconfig;

const STYLE: &str = include_str!("style.css");

/// What the page of an error shows.
pub(crate) struct ProblemPage<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What happened.
    pub(crate) title: &'a str,
    /// What it means and what to do.
    pub(crate) detail: &'a str,
    /// A list of single things, if there are any.
    pub(crate) lines: &'a [String],
    /// The ways on.
    pub(crate) ways: Vec<Way>,
    /// What Entra said.
    pub(crate) entra: Option<&'a EntraError>,
    /// Names the request in the log.
    pub(crate) request_id: &'a str,
}

/// A way on from a page.
pub(crate) struct Way {
    /// What the button says.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) address: String,
    /// Whether it changes something, and so posts.
    pub(crate) posts: bool,
    /// Whether most people want another one.
    pub(crate) second: bool,
}

/// The page of an error.
pub(crate) fn problem(page: &ProblemPage<'_>) -> Response {
    let content = html! {
        h1 { (page.title) }
        p { (page.detail) }
        @if !page.lines.is_empty() {
            ul { @for line in page.lines { li { (line) } } }
        }
        (ways(&page.ways))
        (facts(page))
    };
    let posts = page.ways.iter().any(|way| way.posts);
    let policy = policy(if posts { "'self'" } else { "'none'" });
    respond::html(page.status, &policy, layout(page.title, content))
}

fn ways(ways: &[Way]) -> Markup {
    html! {
        div.ways {
            @for way in ways {
                @if way.posts {
                    form method="post" action=(way.address) {
                        button type="submit" { (way.label) }
                    }
                } @else {
                    a.button.second[way.second] href=(way.address) { (way.label) }
                }
            }
        }
    }
}

/// The question before a sign-out. `authority` is where the form may lead.
pub(crate) fn confirm_sign_out(user: Option<&User>, authority: &Origin) -> Response {
    let content = html! {
        h1 { "Sign out?" }
        @if let Some(user) = user {
            p { "You are signed in as " strong { (user.display_name()) } "." }
        }
        form method="post" action="/logout" {
            button type="submit" { "Sign out here" }
            button.second type="submit" name="everywhere" value="1" { "Sign out everywhere" }
            button.second type="submit" name="entra" value="1" { "Sign out of Microsoft too" }
        }
    };
    let policy = policy(&format!("'self' {authority}"));
    respond::html(200, &policy, layout("Sign out", content))
}

/// A page that goes on to `address`, which is ours, by itself: the browser then comes from our site.
pub(crate) fn go_on(address: &str) -> Response {
    let content = html! {
        meta http-equiv="refresh" content={ "0;url=" (address) };
        h1 { "Signing in" }
        p { a.button href=(address) { "Go on" } }
    };
    respond::html(200, &policy("'none'"), layout("Signing in", content))
}

/// After a sign-out.
pub(crate) fn signed_out() -> Response {
    let content = html! {
        h1 { "Signed out" }
        p { "This session has ended." }
        p { a.button href="/login" { "Sign in again" } }
    };
    respond::html(200, &policy("'none'"), layout("Signed out", content))
}

fn facts(page: &ProblemPage<'_>) -> Markup {
    html! {
        dl {
            @if let Some(entra) = page.entra {
                dt { "Error" } dd { (entra) }
                @if let Some(suberror) = &entra.suberror { dt { "Detail" } dd { (suberror) } }
                @if let Some(id) = &entra.correlation_id { dt { "Correlation ID" } dd { (id) } }
                @if let Some(id) = &entra.trace_id { dt { "Trace ID" } dd { (id) } }
            }
            dt { "Request" } dd { (page.request_id) }
        }
    }
}

fn layout(title: &str, content: Markup) -> String {
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

/// Only our own style sheet, by its hash (CSP Level 3); forms lead only to `form_action`.
fn policy(form_action: &str) -> String {
    let style = style_source();
    format!(
        "default-src 'none'; {style}; form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

fn style_source() -> String {
    let style = Base64::encode_string(&Sha256::digest(STYLE));
    format!("style-src 'sha256-{style}'")
}
