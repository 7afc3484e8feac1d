//! The pages before and after a sign-out.

use maud::{Markup, html};

use super::layout::Page;
use super::view::{View, name};
use crate::addresses::{self, HOME, LOGOUT};
use crate::respond::Response;
use crate::terms::{Origin, ReturnPath, User};
use crate::texts::en;

/// The question before a sign-out. `leads_to` are the origins to which the form may lead.
pub(crate) fn confirm_sign_out(view: &View, user: Option<&User>, leads_to: &[&Origin]) -> Response {
    let title = view.say(&en::SIGN_OUT_QUESTION);
    let content = html! {
        div.card {
            h1 { (title) }
            @if let Some(user) = user {
                p { (view.fill(&en::SIGNED_IN_AS, &[("user", name(user.display_name()))])) }
            }
            (sign_out_form(view))
            p.soft.small { (view.say(&en::SIGN_OUT_WHAT)) }
        }
    };
    let page = Page {
        navigation: user.map(|_| LOGOUT),
        forms_to: leads_to.to_vec(),
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// The ways to sign out.
fn sign_out_form(view: &View) -> Markup {
    html! {
        form.ways method="post" action=(LOGOUT) {
            button type="submit" { (view.say(&en::SIGN_OUT_HERE)) }
            button.second type="submit" formaction="/logout?everywhere=1" { (view.say(&en::SIGN_OUT_EVERYWHERE)) }
            button.second type="submit" formaction="/logout?entra=1" { (view.say(&en::SIGN_OUT_OF_MICROSOFT)) }
        }
    }
}

/// After a sign-out.
pub(crate) fn signed_out(view: &View) -> Response {
    let back = ReturnPath::parse(HOME).unwrap_or_else(|_| ReturnPath::whoami());
    let title = view.say(&en::SIGNED_OUT);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.say(&en::SIGNED_OUT_WHAT)) }
            p { a.button href=(addresses::login(&back, false)) { (view.say(&en::SIGN_IN_AGAIN)) } }
        }
    };
    Page::new(title, content).answer(view)
}

/// The question before a sign-out at the host of an app, which is posted to `address`, or to `entra` if it is
/// to be one of Microsoft too. `leads_to` are the origins to which the form may then lead.
pub(crate) fn confirm_app_sign_out(
    view: &View,
    address: &str,
    entra: &str,
    leads_to: &[&Origin],
) -> Response {
    let title = view.say(&en::SIGN_OUT_QUESTION);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.say(&en::APP_SIGN_OUT_WHAT)) }
            form.ways method="post" action=(address) {
                button type="submit" { (view.say(&en::APP_SIGN_OUT)) }
                button.second type="submit" formaction=(entra) { (view.say(&en::SIGN_OUT_OF_MICROSOFT)) }
            }
        }
    };
    let page = Page {
        forms_to: leads_to.to_vec(),
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// After a sign-out at the host of an app.
pub(crate) fn signed_out_of_app(view: &View) -> Response {
    let title = view.say(&en::SIGNED_OUT);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.say(&en::APP_SIGNED_OUT_WHAT)) }
            p { a.button href=(addresses::app_start(&ReturnPath::root())) { (view.say(&en::SIGN_IN_AGAIN)) } }
        }
    };
    Page::new(title, content).answer(view)
}
