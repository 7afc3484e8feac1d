//! Who is signed in, and what is in the AKS token, for people.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::groups::groups;
use super::layout::Page;
use super::shown::shown;
use super::view::{View, name};
use crate::addresses::WHOAMI;
use crate::entra::{NamedGroups, NoNames};
use crate::platform::UnixTime;
use crate::respond::Response;
use crate::session::{AccessToken, Source};
use crate::terms::User;
use crate::texts::{claims, en};

/// The most entries of a list that are shown.
const MOST_ENTRIES: usize = 20;
/// The most claims that are shown: a page has its limits, and the JSON has all.
const MOST_CLAIMS: usize = 60;

/// What the page shows.
#[derive(Clone, Copy)]
pub(crate) struct Whoami<'a> {
    /// Who is signed in.
    pub(crate) user: &'a User,
    /// The AKS token.
    pub(crate) token: &'a AccessToken,
    /// The application that it is for.
    pub(crate) server_id: &'a str,
    /// Its claims.
    pub(crate) claims: &'a Map<String, Value>,
    /// The user's groups by name, if the operator wants them.
    pub(crate) groups: Option<&'a Result<NamedGroups, NoNames>>,
}

/// The page.
pub(crate) fn whoami(view: &View, whoami: &Whoami<'_>) -> Response {
    let title = view.say(&en::WHOAMI_TITLE);
    let json = format!("{WHOAMI}?format=json");
    let content = html! {
        div.card {
            h1 { (title) }
            (user(view, whoami.user))
            h2 { (view.say(&en::TOKEN)) }
            (metadata(view, whoami))
            p { a href=(json) { (view.say(&en::RAW_JSON)) } }
        }
        (groups(view, whoami.groups))
        div.card {
            h2 { (view.say(&en::CLAIMS_TITLE)) }
            p.soft { (view.say(&en::CLAIMS_WHAT)) }
            dl.claims {
                @for (claim, value) in whoami.claims.iter().take(MOST_CLAIMS) {
                    div { (row(view, claim, value)) }
                }
            }
        }
    };
    let page = Page {
        navigation: Some(WHOAMI),
        ..Page::new(title, content)
    };
    page.answer(view)
}

fn user(view: &View, user: &User) -> Markup {
    html! {
        dl {
            dt { (view.say(&en::ACCOUNT)) } dd { (name(user.display_name())) }
            @if let Some(display) = &user.name {
                dt { (view.say(&en::DISPLAY_NAME)) } dd { bdi { (shown(display)) } }
            }
            @if let Some(email) = &user.email {
                dt { (view.say(&en::EMAIL)) } dd { bdi { (shown(email)) } }
            }
            dt { (view.say(&en::OBJECT_ID)) } dd { code { (shown(&user.oid)) } }
            dt { (view.say(&en::TENANT)) } dd { code { (shown(&user.tid)) } }
        }
    }
}

fn metadata(view: &View, whoami: &Whoami<'_>) -> Markup {
    let token = whoami.token;
    let source = match token.source {
        Source::Entra => &en::SOURCE_ENTRA,
        Source::Kubelogin => &en::SOURCE_KUBELOGIN,
    };
    let left = html! { (view.left(token.expires_at)) };
    html! {
        p.state.good { (view.fill(&en::TOKEN_VALID, &[("time", left)])) }
        p { (view.say(source)) }
        dl {
            dt { (view.say(&en::AUDIENCE)) } dd { code { (whoami.server_id) } }
            dt { (view.say(&en::SCOPES)) } dd { code { (shown(&token.scopes.join(" "))) } }
            dt { (view.say(&en::ISSUED)) } dd { (view.time(token.issued_at)) }
            dt { (view.say(&en::EXPIRES)) } dd { (view.time(token.expires_at)) }
        }
    }
}

fn row(view: &View, claim: &str, value: &Value) -> Markup {
    html! {
        dt { code { (shown(claim)) } }
        dd {
            (claim_value(view, claim, value))
            @if let Some(meaning) = claims::meaning(claim, view.language) {
                p.soft.small { (meaning) }
            }
        }
    }
}

/// The claims that are moments (RFC 7519, section 4.1; OpenID Connect Core, section 2).
const MOMENTS: [&str; 4] = ["exp", "iat", "nbf", "auth_time"];

fn claim_value(view: &View, claim: &str, value: &Value) -> Markup {
    if let Some(moment) = value.as_u64().filter(|_| MOMENTS.contains(&claim)) {
        return view.time(UnixTime(moment));
    }
    match value {
        Value::Array(entries) => {
            let more = entries.len().saturating_sub(MOST_ENTRIES).to_string();
            html! {
                @for entry in entries.iter().take(MOST_ENTRIES) { p { (single(entry)) } }
                @if more != "0" {
                    p.soft { (en::MORE.filled(view.language, &[("number", &more)])) }
                }
            }
        }
        single_value => single(single_value),
    }
}

fn single(value: &Value) -> Markup {
    let text = match value {
        Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    };
    html! { code { bdi { (text) } } }
}
