//! The pages that people see, as plain as they can be.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::state::users::USERS;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;background:#f3f2f1;margin:0}\
main{background:#fff;max-width:26rem;margin:4rem auto;padding:2rem;box-shadow:0 2px 6px #0003}\
h1{font-size:1.4rem;font-weight:600}button{display:block;width:100%;padding:.8rem;margin:.5rem 0;\
border:1px solid #8a8886;background:#fff;font:inherit;text-align:left;cursor:pointer}\
button:hover{background:#edebe9}button.primary{background:#0067b8;color:#fff;border-color:#0067b8}\
small{color:#605e5c;display:block}";

/// A button for each account, in a form.
pub(crate) fn account_buttons() -> Markup {
    html! {
        @for user in USERS {
            button id={ "account-" (user.id) } name="user" value=(user.id) {
                (user.name) small { (user.upn) }
            }
        }
    }
}

/// A page with this title and content.
pub(crate) fn page(status: StatusCode, title: &str, content: Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) " - entra-sim" }
                // Without an icon browsers ask for `/favicon.ico`, which is not here.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body { main { p { small { "entra-sim, a simulated Microsoft Entra ID" } } h1 { (title) } (content) } }
        }
    };
    (status, Html(page.into_string())).into_response()
}
