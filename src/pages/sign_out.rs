//! The pages before and after a sign-out.

use maud::html;

use super::layout::{layout, policy};
use crate::respond::{self, Response};
use crate::terms::{Origin, User};

/// The question before a sign-out. `authority` is where the form may lead.
pub(crate) fn confirm_sign_out(user: Option<&User>, authority: &Origin) -> Response {
    let content = html! {
        h1 { "Sign out?" }
        @if let Some(user) = user {
            p { "You are signed in as " strong { (user.display_name()) } "." }
        }
        form method="post" action="/logout" {
            button type="submit" { "Sign out here" }
            button.second type="submit" formaction="/logout?everywhere=1" { "Sign out everywhere" }
            button.second type="submit" formaction="/logout?entra=1" { "Sign out of Microsoft too" }
        }
    };
    let policy = policy(&format!("'self' {authority}"));
    respond::html(200, &policy, layout("Sign out", content))
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

/// The question before a sign-out at the host of an app, which is posted to `address` and then leads to
/// `leads_to`.
pub(crate) fn confirm_app_sign_out(address: &str, leads_to: &Origin) -> Response {
    let content = html! {
        h1 { "Sign out?" }
        p { "This ends your sign-in here, in all other apps, and in the kubeconfigs that you got with it." }
        form method="post" action=(address) {
            button type="submit" { "Sign out" }
        }
    };
    let policy = policy(&format!("'self' {leads_to}"));
    respond::html(200, &policy, layout("Sign out", content))
}

/// After a sign-out at the host of an app.
pub(crate) fn signed_out_of_app() -> Response {
    let content = html! {
        h1 { "Signed out" }
        p { "This sign-in has ended, in all apps." }
        p { a.button href="/oauth2/start" { "Sign in again" } }
    };
    respond::html(200, &policy("'none'"), layout("Signed out", content))
}
