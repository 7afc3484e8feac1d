//! The user's other sign-ins.

use maud::{Markup, html};

use super::layout::Page;
use super::shown::shown;
use super::view::View;
use crate::addresses::{HOME, SIGN_INS};
use crate::platform::UnixTime;
use crate::respond::Response;
use crate::session::sign_ins::Listed;
use crate::terms::Browser;
use crate::texts::en;

/// The page of the other sign-ins.
pub(crate) fn sign_ins(view: &View, sign_ins: &[Listed]) -> Response {
    let title = view.say(&en::SIGN_INS_TITLE);
    let content = html! {
        div.card {
            h1 { (title) }
            @match sign_ins.iter().any(|sign_in| !sign_in.current) {
                true => (rows(view, sign_ins, SIGN_INS)),
                false => p { (view.say(&en::NO_OTHER_SIGN_IN)) },
            }
        }
    };
    let page = Page {
        navigation: Some(HOME),
        ..Page::new(title, content)
    };
    page.answer(view)
}

/// A card with the other sign-ins; nothing without any. Ending one leads back to `back`.
pub(super) fn others(view: &View, sign_ins: &[Listed], back: &str) -> Markup {
    html! {
        @if sign_ins.iter().any(|sign_in| !sign_in.current) {
            div.card {
                h2 { (view.say(&en::SIGN_INS_TITLE)) }
                (rows(view, sign_ins, back))
            }
        }
    }
}

fn rows(view: &View, sign_ins: &[Listed], back: &str) -> Markup {
    html! {
        p.soft { (view.say(&en::SIGN_INS_WHAT)) }
        ul.rows {
            @for sign_in in sign_ins.iter().filter(|sign_in| !sign_in.current) {
                (row(view, sign_in, back))
            }
        }
        form method="post" action=(SIGN_INS) {
            input type="hidden" name="others" value="1";
            input type="hidden" name="rd" value=(back);
            button.second type="submit" { (view.say(&en::END_OTHERS)) }
        }
    }
}

fn row(view: &View, sign_in: &Listed, back: &str) -> Markup {
    let moment = |moment: Option<UnixTime>| match moment {
        Some(moment) => view.time(moment),
        None => html! { (view.say(&en::UNKNOWN)) },
    };
    let times = [
        ("at", moment(sign_in.at)),
        ("used", moment(sign_in.last_used)),
        ("end", view.time(sign_in.end)),
    ];
    let browser = browser(view, &sign_in.browser);
    let label = en::END_NAMED.filled(view.language, &[("name", &browser)]);
    html! {
        li {
            div {
                strong { bdi { (browser) } }
                p.soft.small { (view.fill(&en::SIGN_IN_TIMES, &times)) }
            }
            form method="post" action=(SIGN_INS) {
                input type="hidden" name="id" value=(sign_in.id);
                input type="hidden" name="rd" value=(back);
                button.second type="submit" aria-label=(label) { (view.say(&en::END)) }
            }
        }
    }
}

fn browser(view: &View, browser: &Browser) -> String {
    let name = match &browser.name {
        Some(name) => shown(name),
        None => view.say(&en::UNKNOWN_BROWSER).to_owned(),
    };
    match &browser.system {
        Some(system) => {
            let system = shown(system);
            let values = [("browser", name.as_str()), ("system", system.as_str())];
            en::BROWSER_ON.filled(view.language, &values)
        }
        None => name,
    }
}
