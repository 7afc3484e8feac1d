//! The pages on which somebody lets a device in.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::page::{account_buttons, page};
use crate::state::users::User;

/// "Enter code", and what was wrong with the last one.
pub(super) fn enter_code(wrong: Option<&str>) -> Response {
    page(
        StatusCode::OK,
        "Enter code",
        html! {
            p { "Enter the code displayed on your app or device." }
            @if let Some(wrong) = wrong { p #wrong { (wrong) } }
            form method="post" action="/devicelogin" {
                input #otc name="otc" autocomplete="off" placeholder="Code";
                button #next.primary { "Next" }
            }
        },
    )
}

/// "Pick an account".
pub(super) fn accounts(code: &str) -> Response {
    page(
        StatusCode::OK,
        "Pick an account",
        html! {
            form method="post" action="/devicelogin" {
                input type="hidden" name="otc" value=(code);
                (account_buttons())
            }
        },
    )
}

/// "Are you trying to sign in …?"
pub(super) fn confirm(code: &str, user: &User) -> Response {
    page(
        StatusCode::OK,
        "Are you trying to sign in to Azure Kubernetes Service AAD Client?",
        html! {
            p { (user.upn) }
            form method="post" action="/devicelogin" {
                input type="hidden" name="otc" value=(code);
                input type="hidden" name="user" value=(user.id);
                button #continue.primary name="decision" value="continue" { "Continue" }
                button #cancel name="decision" value="cancel" { "Cancel" }
            }
        },
    )
}

/// The end of it.
pub(super) fn done(approved: bool) -> Response {
    let text = match approved {
        true => "You have signed in on your device. You may now close this window.",
        false => "You have declined. You may now close this window.",
    };
    page(
        StatusCode::OK,
        "Azure Kubernetes Service AAD Client",
        html! { p #done { (text) } },
    )
}
