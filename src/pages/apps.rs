//! The apps on the first page.

use maud::{Markup, html};

use super::assets;
use super::shown::shown;
use super::view::View;
use crate::settings::Picture;
use crate::texts::{Text, en};

/// An app as the first page shows it.
pub(crate) struct App<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// Its host.
    pub(crate) host: &'a str,
    /// Where its link leads.
    pub(crate) address: String,
    /// Its picture.
    pub(crate) icon: Option<&'a Picture>,
    /// The rule that does not admit the user. Nothing if there is none, or if it is not known.
    pub(crate) denied: Option<DeniedBy>,
}

/// A rule that does not admit the user.
pub(crate) struct DeniedBy {
    /// Its name, as on the page of the app.
    pub(crate) rule: &'static str,
    /// Whom it admits.
    pub(crate) admits: Text,
}

/// The most apps of either list: a page has its limits.
const MOST: usize = 50;

/// A card with links to the apps, and below them those that the user may not open; nothing without any.
pub(super) fn apps(view: &View, apps: &[App<'_>]) -> Markup {
    let (denied, open): (Vec<_>, Vec<_>) = apps.iter().partition(|app| app.denied.is_some());
    html! {
        @if !apps.is_empty() {
            div.card {
                h2 { (view.say(&en::APPS)) }
                @if !open.is_empty() {
                    p.soft { (view.say(&en::APPS_WHAT)) }
                    (list(view, &open))
                }
                @if !denied.is_empty() {
                    h3 { (view.say(&en::DENIED_APPS)) }
                    p.soft { (view.say(&en::DENIED_APPS_WHAT)) }
                    (list(view, &denied))
                }
            }
        }
    }
}

/// Whether there is a picture, which the policy of the page has to allow.
pub(super) fn have_pictures(apps: &[App<'_>]) -> bool {
    apps.iter().any(|app| app.icon.is_some())
}

fn list(view: &View, apps: &[&App<'_>]) -> Markup {
    let more = apps.len().saturating_sub(MOST).to_string();
    html! {
        ul.apps {
            @for app in apps.iter().take(MOST) { li { (tile(view, app)) } }
        }
        @if more != "0" {
            p.soft { (en::MORE.filled(view.language, &[("number", &more)])) }
        }
    }
}

/// An app that may not be opened has no link.
fn tile(view: &View, app: &App<'_>) -> Markup {
    let name = html! { bdi { (shown(app.name)) } };
    html! {
        (picture(app))
        div {
            @match &app.denied {
                None => a href=(app.address) { (name) },
                Some(_) => (name),
            }
            @if app.name != app.host { p.soft.small { (shown(app.host)) } }
            @if let Some(denied) = &app.denied {
                p.soft.small { (view.say(&denied.admits)) " (" code { (denied.rule) } ")" }
            }
        }
    }
}

/// The picture, or the first letter of the name in its place. Both only decorate the name beside it.
fn picture(app: &App<'_>) -> Markup {
    let mut letters = app.name.chars().filter(|letter| letter.is_alphanumeric());
    html! {
        @match app.icon {
            Some(icon) => img.icon src=(assets::icon(icon)) alt="" width="32" height="32" loading="lazy";,
            None => span.icon aria-hidden="true" { @if let Some(letter) = letters.next() { (letter) } },
        }
    }
}
