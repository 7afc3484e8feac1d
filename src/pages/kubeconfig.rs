//! The page on which a user gets a kubeconfig, and sees the existing ones.

use maud::{Markup, html};

use super::layout::{layout, policy};
use crate::platform::UnixTime;
use crate::respond::{self, Response};
use crate::session::credential::Listed;
use crate::terms::User;

/// The page of `user`, for the cluster named `cluster`.
pub(crate) fn kubeconfig(user: &User, cluster: &str, credentials: &[Listed]) -> Response {
    let content = html! {
        h1 { "Get a kubeconfig" }
        p {
            "You are signed in as " strong { (user.display_name()) } ". The file holds a credential for "
            strong { (cluster) } ", with which kubectl acts in your name until you sign out. Keep it to "
            "yourself."
        }
        form method="post" action="/kubeconfig" {
            label for="name" { "A name for it, such as the machine where it will be" }
            input id="name" name="name" maxlength="60" autocomplete="off" placeholder="laptop";
            button type="submit" { "Download" }
        }
        @if !credentials.is_empty() {
            h2 { "In force" }
            ul.rows { @for credential in credentials { (row(credential)) } }
        }
    };
    respond::html(200, &policy("'self'"), layout("Kubeconfig", content))
}

fn row(credential: &Listed) -> Markup {
    let used = credential.last_used.map(shown);
    html! {
        li {
            div {
                strong { (credential.name) }
                p.soft {
                    "Made " (shown(credential.created)) ", last used "
                    (used.as_deref().unwrap_or("never")) ", ends " (shown(credential.end)) "."
                }
            }
            form method="post" action="/kubeconfig/credentials" {
                input type="hidden" name="id" value=(credential.id);
                button.second type="submit" aria-label={ "Revoke " (credential.name) } { "Revoke" }
            }
        }
    }
}

/// A moment as people read it, to the minute: `2026-11-22 02:39 UTC`.
fn shown(moment: UnixTime) -> String {
    let text = moment.rfc3339();
    match text.split_once('T') {
        Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or(time)),
        None => text,
    }
}
