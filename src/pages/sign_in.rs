//! The page between a sign-in and where it leads.

use maud::html;

use super::layout::{layout, policy};
use crate::respond::{self, Response};

/// A page that goes on by itself to `address`, which is ours. The browser then comes from our site.
pub(crate) fn go_on(address: &str) -> Response {
    let content = html! {
        meta http-equiv="refresh" content={ "0;url=" (address) };
        h1 { "Signing in" }
        p { a.button href=(address) { "Go on" } }
    };
    respond::html(200, &policy("'none'"), layout("Signing in", content))
}
