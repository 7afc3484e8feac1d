//! What all pages have in common: the frame, the policy.

use std::iter;

use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::view::View;
use crate::addresses::{self, HOME, KUBECONFIG, LOGOUT, WHOAMI};
use crate::respond::{self, Response};
use crate::terms::Origin;
use crate::texts::{Language, Text, en};

/// One page.
pub(super) struct Page<'a> {
    /// The HTTP status.
    pub(super) status: u16,
    /// What it is about.
    pub(super) title: &'a str,
    /// The address in the navigation that it is; nothing if there is none, as for a stranger.
    pub(super) navigation: Option<&'a str>,
    /// Where forms may lead besides here.
    pub(super) forms_to: Vec<&'a Origin>,
    /// Whether it has pictures besides the logo.
    pub(super) pictures: bool,
    /// Goes on by itself: the content of a refresh.
    pub(super) refresh: Option<String>,
    /// What stands in it.
    pub(super) content: Markup,
}

impl<'a> Page<'a> {
    /// A page that is there.
    pub(super) fn new(title: &'a str, content: Markup) -> Self {
        Self {
            status: 200,
            title,
            navigation: None,
            forms_to: Vec::new(),
            pictures: false,
            refresh: None,
            content,
        }
    }

    /// As an answer.
    pub(super) fn answer(self, view: &View) -> Response {
        let policy = policy(view, &self.forms_to, self.pictures);
        respond::html(self.status, &policy, self.written(view))
    }

    fn written(self, view: &View) -> String {
        let name = &view.branding.app_name;
        let page = html! {
            (DOCTYPE)
            html lang=(view.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · " (name) }
                    link rel="stylesheet" href=(view.ours(assets::style(view.branding.accent)));
                    link rel="icon" href=(icon(view));
                    script src=(view.ours(assets::script())) defer {}
                    @if let Some(refresh) = self.refresh {
                        meta http-equiv="refresh" content=(refresh);
                    }
                }
                body {
                    a.skip href="#content" { (view.say(&en::SKIP)) }
                    header {
                        a.brand href=(view.ours(HOME.to_owned())) {
                            // The name beside it says what it is.
                            @if let Some(logo) = &view.branding.logo {
                                img src=(view.ours(assets::logo(logo))) alt="";
                            }
                            (name)
                        }
                        @if let Some(here) = self.navigation { (navigation(view, here)) }
                    }
                    main id="content" tabindex="-1" { (self.content) }
                    footer {
                        @match &view.branding.support {
                            Some(address) => a href=(address) rel="noreferrer" { (view.say(&en::HELP)) },
                            None => span { (name) },
                        }
                        // It is kept at our own origin.
                        @if view.own.is_none() { (languages(view)) }
                    }
                }
            }
        };
        page.into_string()
    }
}

/// An icon without content. Without an icon of the page browsers ask for `/favicon.ico`, and complain that the policy
/// forbids it.
const NO_ICON: &str = "data:,";

/// The address of the page's icon: the logo, if there is one.
fn icon(view: &View) -> String {
    match &view.branding.logo {
        Some(logo) => view.ours(assets::logo(logo)),
        None => NO_ICON.to_owned(),
    }
}

/// Where somebody who is signed in can go.
const NAVIGATION: [(&str, Text); 4] = [
    (HOME, en::NAV_HOME),
    (WHOAMI, en::NAV_TOKEN),
    (KUBECONFIG, en::NAV_KUBECONFIGS),
    (LOGOUT, en::NAV_SIGN_OUT),
];

fn navigation(view: &View, here: &str) -> Markup {
    html! {
        nav aria-label=(view.say(&en::NAV)) {
            @for (address, text) in NAVIGATION {
                a href=(address) aria-current=[(address == here).then_some("page")] { (view.say(&text)) }
            }
        }
    }
}

/// The choice of a language, which is kept.
fn languages(view: &View) -> Markup {
    html! {
        form method="post" aria-label=(view.say(&en::LANGUAGES)) {
            @for language in Language::ALL {
                button.plain type="submit" formaction=(addresses::language(language.tag(), &view.place))
                    lang=(language.tag()) aria-current=[(language == view.language).then_some("true")] {
                    (language.own_name())
                }
            }
        }
    }
}

/// Allows our own style sheet, script and pictures, and nobody else's anything (CSP Level 3). They come from our
/// own origin where the page is at the host of an app.
fn policy(view: &View, forms_to: &[&Origin], has_pictures: bool) -> String {
    let elsewhere = forms_to.iter().map(|origin| origin.as_str());
    let forms = iter::once("'self'").chain(elsewhere);
    let forms = forms.collect::<Vec<_>>().join(" ");
    let files = view.own.as_ref().map_or("'self'", Origin::as_str);
    let pictures = match (&view.branding.logo, has_pictures) {
        (Some(_), _) => files.to_owned(),
        (None, true) => format!("{files} data:"),
        (None, false) => "data:".to_owned(),
    };
    format!(
        "default-src 'none'; style-src {files}; script-src {files}; connect-src 'self'; \
         img-src {pictures}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A text with a button that copies it. The button is shown where a script can copy.
pub(super) fn copied(view: &View, id: &str, text: &Markup) -> Markup {
    html! {
        div.copied {
            pre id=(id) tabindex="0" { (text) }
            (copy_button(view, id))
        }
    }
}

/// The button that copies the text of the element `id`.
pub(super) fn copy_button(view: &View, id: &str) -> Markup {
    html! {
        button.second type="button" hidden data-copy=(id) data-copied=(view.say(&en::COPIED))
            aria-live="polite" { (view.say(&en::COPY)) }
    }
}
