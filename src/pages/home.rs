//! The first page of somebody who is signed in.

use maud::{Markup, html};

use super::apps::{App, apps, have_pictures};
use super::kubeconfig::{Offer, list, offered};
use super::layout::Page;
use super::sign_ins::others;
use super::view::{View, name};
use crate::addresses::{HOME, LOGOUT, WHOAMI};
use crate::platform::UnixTime;
use crate::respond::Response;
use crate::session::credential::Listed;
use crate::session::sign_ins;
use crate::session::{AccessToken, Source};
use crate::terms::User;
use crate::texts::en;

/// What the first page shows.
pub(crate) struct Home<'a> {
    /// Who is signed in.
    pub(crate) user: &'a User,
    /// When this sign-in ends, used or not.
    pub(crate) end: UnixTime,
    /// After how many seconds without use it ends.
    pub(crate) idle: u64,
    /// The AKS token, if there is one that has not ended.
    pub(crate) token: Option<&'a AccessToken>,
    /// Whether another one comes by itself.
    pub(crate) renews: bool,
    /// The kubeconfig that there is to get.
    pub(crate) offer: Offer<'a>,
    /// The kubeconfigs in force.
    pub(crate) credentials: &'a [Listed],
    /// The user's sign-ins.
    pub(crate) sign_ins: &'a [sign_ins::Listed],
    /// The operator's apps.
    pub(crate) apps: &'a [App<'a>],
}

/// The first page of somebody who is signed in.
pub(crate) fn home(view: &View, home: &Home<'_>) -> Response {
    let title = view.say(&en::HOME_TITLE);
    let content = html! {
        div.card {
            h1 { (title) }
            p { (view.fill(&en::SIGNED_IN_AS, &[("user", name(home.user.display_name()))])) }
            (session(view, home))
            h2 { (view.say(&en::TOKEN)) }
            (token(view, home))
        }
        div.card {
            h2 { (view.say(&en::KUBECONFIG_TITLE)) }
            (offered(view, &home.offer))
        }
        (list(view, home.credentials, HOME))
        (apps(view, home.apps))
        (others(view, home.sign_ins, HOME))
        div.card {
            h2 { (view.say(&en::NAV_SIGN_OUT)) }
            p { (view.say(&en::SIGN_OUT_WHAT)) }
            form.ways method="post" action=(LOGOUT) {
                button.second type="submit" { (view.say(&en::SIGN_OUT_HERE)) }
                button.second type="submit" formaction="/logout?everywhere=1" { (view.say(&en::SIGN_OUT_EVERYWHERE)) }
            }
        }
    };
    let page = Page {
        navigation: Some(HOME),
        pictures: have_pictures(home.apps),
        ..Page::new(title, content)
    };
    page.answer(view)
}

fn session(view: &View, home: &Home<'_>) -> Markup {
    let idle = view.left(view.now.plus(home.idle));
    let values = [
        ("time", html! { (view.left(home.end)) }),
        ("end", view.time(home.end)),
        ("idle", html! { (idle) }),
    ];
    html! { p.soft { (view.fill(&en::SESSION_LASTS, &values)) } }
}

/// The token's state, where it came from, how long it lasts, and what happens then.
fn token(view: &View, home: &Home<'_>) -> Markup {
    let Some(token) = home.token else {
        return html! {
            p.state.bad { (view.say(&en::TOKEN_MISSING)) }
            p { (view.say(&en::TOKEN_MISSING_WHAT)) }
            p { a.button href=(WHOAMI) { (view.say(&en::TOKEN_GET)) } }
        };
    };
    let source = match token.source {
        Source::Entra => &en::SOURCE_ENTRA,
        Source::Kubelogin => &en::SOURCE_KUBELOGIN,
    };
    let then = match home.renews {
        true => &en::TOKEN_RENEWS,
        false => &en::TOKEN_ENDS,
    };
    let left = html! { (view.left(token.expires_at)) };
    html! {
        p.state.good { (view.fill(&en::TOKEN_VALID, &[("time", left)])) }
        p { (view.say(source)) " " (view.say(then)) }
        p { a href=(WHOAMI) { (view.say(&en::TOKEN_DETAILS)) } }
    }
}
