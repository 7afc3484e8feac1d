//! The page between a sign-in and where it leads, and the one on which a sign-in begins.

use maud::html;

use super::layout::Page;
use super::view::View;
use crate::addresses::{self, HOME};
use crate::respond::Response;
use crate::terms::ReturnPath;
use crate::texts::en;

/// A page that goes on by itself to `address`, which is ours. The browser then comes from our site.
pub(crate) fn go_on(view: &View, address: &str) -> Response {
    let title = view.say(&en::SIGNING_IN);
    let content = html! {
        div.card {
            h1 { (title) }
            p { a.button href=(address) { (view.say(&en::GO_ON)) } }
        }
    };
    let refresh = Some(format!("0;url={address}"));
    let page = Page {
        refresh,
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// The first page, for somebody who is not signed in.
pub(crate) fn welcome(view: &View) -> Response {
    let back = ReturnPath::parse(HOME).unwrap_or_else(|_| ReturnPath::whoami());
    let title = view.say(&en::WELCOME);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.say(&en::WELCOME_WHAT)) }
            p { a.button href=(addresses::login(&back, false)) { (view.say(&en::SIGN_IN_WITH_MICROSOFT)) } }
            p.soft.small { (view.say(&en::WELCOME_AFTER)) }
        }
    };
    Page::new(title, content).answer(view)
}
