//! The page on which a user gets a kubeconfig, and sees the existing ones.

use maud::{Markup, html};

use super::layout::{Page, copied};
use super::shown::shown;
use super::view::{View, name};
use crate::addresses::{CREDENTIALS, KUBECONFIG};
use crate::respond::Response;
use crate::session::credential::Listed;
use crate::terms::User;
use crate::texts::en;

/// The kubeconfig that a user can get.
pub(crate) struct Offer<'a> {
    /// The cluster's name in it.
    pub(crate) cluster: &'a str,
    /// The name of its file, if the user gives it none.
    pub(crate) file: &'a str,
}

/// The page of `user`.
pub(crate) fn kubeconfig(
    view: &View,
    user: &User,
    offer: &Offer<'_>,
    credentials: &[Listed],
) -> Response {
    let title = view.say(&en::KUBECONFIG_TITLE);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.fill(&en::SIGNED_IN_AS, &[("user", name(user.display_name()))])) }
            (offered(view, offer))
        }
        (list(view, credentials, KUBECONFIG))
    };
    let page = Page {
        navigation: Some(KUBECONFIG),
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// The page of those that are in force.
pub(crate) fn credentials(view: &View, credentials: &[Listed]) -> Response {
    let title = view.say(&en::IN_FORCE);
    let content = html! {
        div.card {
            h1 { (title) }
            (rows(view, credentials, CREDENTIALS))
            p { a.button.second href=(KUBECONFIG) { (view.say(&en::KUBECONFIG_TITLE)) } }
        }
    };
    let page = Page {
        navigation: Some(KUBECONFIG),
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// The form that gives a kubeconfig, and what to do with it.
pub(super) fn offered(view: &View, offer: &Offer<'_>) -> Markup {
    let commands = html! {
        "export KUBECONFIG=~/Downloads/" (offer.file) "\nkubectl auth whoami\nkubectl get namespaces"
    };
    html! {
        p { (view.fill(&en::KUBECONFIG_WHAT, &[("cluster", name(offer.cluster))])) }
        form method="post" action=(KUBECONFIG) {
            label for="name" {
                (view.say(&en::KUBECONFIG_NAME))
                input id="name" name="name" maxlength="60" autocomplete="off" spellcheck="false"
                    placeholder=(view.say(&en::KUBECONFIG_NAME_EXAMPLE));
            }
            button type="submit" { (view.say(&en::DOWNLOAD)) }
        }
        p { (view.say(&en::COMMANDS)) }
        (copied(view, "commands", &commands))
    }
}

/// A card with the kubeconfigs in force; nothing without any. A revocation leads back to `back`.
pub(super) fn list(view: &View, credentials: &[Listed], back: &str) -> Markup {
    html! {
        @if !credentials.is_empty() {
            div.card {
                h2 { (view.say(&en::IN_FORCE)) }
                (rows(view, credentials, back))
            }
        }
    }
}

fn rows(view: &View, credentials: &[Listed], back: &str) -> Markup {
    html! {
        @if credentials.is_empty() { p { (view.say(&en::NONE_IN_FORCE)) } }
        ul.rows { @for credential in credentials { (row(view, credential, back)) } }
    }
}

fn row(view: &View, credential: &Listed, back: &str) -> Markup {
    let used = match credential.last_used {
        Some(moment) => view.time(moment),
        None => html! { (view.say(&en::NEVER)) },
    };
    let times = [
        ("made", view.time(credential.created)),
        ("used", used),
        ("end", view.time(credential.end)),
    ];
    let label = en::REVOKE_NAMED.filled(view.language, &[("name", &shown(&credential.name))]);
    html! {
        li {
            div {
                (name(&credential.name))
                p.soft.small { (view.fill(&en::CREDENTIAL_TIMES, &times)) }
            }
            form method="post" action=(CREDENTIALS) {
                input type="hidden" name="id" value=(credential.id);
                input type="hidden" name="rd" value=(back);
                button.second type="submit" aria-label=(label) { (view.say(&en::REVOKE)) }
            }
        }
    }
}
