//! The page on which a user gets a kubeconfig, and sees those that there are.

use maud::{Markup, html};

use super::{layout, policy};
use crate::identity::User;
use crate::respond::{self, Response};
use crate::session::credential::Listed;

/// The page of `user`, for the cluster of that name.
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
            input id="name" name="name" maxlength="60" autocomplete="off";
            button type="submit" { "Download" }
        }
        @if !credentials.is_empty() {
            h2 { "Kubeconfigs in force" }
            table {
                thead { tr { th { "Name" } th { "Made" } th { "Last used" } th { "Ends" } th {} } }
                tbody { @for credential in credentials { (row(credential)) } }
            }
        }
    };
    respond::html(200, &policy("'self'"), layout("Kubeconfig", content))
}

fn row(credential: &Listed) -> Markup {
    let used = credential.last_used.map(|moment| moment.rfc3339());
    html! {
        tr {
            td { (credential.name) }
            td { (credential.created.rfc3339()) }
            td { (used.as_deref().unwrap_or("never")) }
            td { (credential.end.rfc3339()) }
            td {
                form method="post" action="/kubeconfig/credentials" {
                    input type="hidden" name="id" value=(credential.id);
                    button.second type="submit" aria-label={ "Revoke " (credential.name) } { "Revoke" }
                }
            }
        }
    }
}
