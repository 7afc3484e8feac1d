//! The account picker, the consent page and the pages that lead no further.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::page::{account_buttons, page};
use crate::state::users::User;

/// "Pick an account". `here` is the authorization request, to which the choice is posted.
pub(super) fn accounts(here: &str) -> Response {
    page(
        StatusCode::OK,
        "Pick an account",
        html! {
            form method="post" action=(here) {
                (account_buttons())
            }
        },
    )
}

/// "Permissions requested".
pub(super) fn consent(here: &str, user: &User) -> Response {
    page(
        StatusCode::OK,
        "Permissions requested",
        html! {
            p { (user.upn) }
            p { "The application would like to use Azure Kubernetes Service as you." }
            form method="post" action=(here) {
                input type="hidden" name="user" value=(user.id);
                button #accept.primary name="decision" value="accept" { "Accept" }
                button #cancel name="decision" value="cancel" { "Cancel" }
            }
        },
    )
}

/// "Approval required": the user cannot consent, and can only go back.
pub(super) fn approval_required(here: &str, user: &User) -> Response {
    page(
        StatusCode::OK,
        "Approval required",
        html! {
            p { (user.upn) }
            p { "This application requires your administrator's approval." }
            form method="post" action=(here) {
                input type="hidden" name="user" value=(user.id);
                button #return name="decision" value="return" {
                    "Return to the application without granting consent"
                }
            }
        },
    )
}

/// "Sign in: sorry, but we're having trouble signing you in."
pub(super) fn refusal(status: StatusCode, text: &str) -> Response {
    page(
        status,
        "Sorry, but we’re having trouble signing you in",
        html! { p { (text) } },
    )
}
