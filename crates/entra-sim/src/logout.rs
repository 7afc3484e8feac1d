//! `/logout`: the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), which tells the
//! application in a frame (OpenID Connect Front-Channel Logout 1.0; of its parameters Entra sends
//! only `sid`).

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use crate::authorize::{clear_sign_on, signed_on};
use crate::page::page;
use crate::parameters::Parameters;
use crate::state::Sim;

/// Ends the single sign-on, and leads back if the address is registered.
pub(crate) async fn respond(
    State(sim): State<Arc<Sim>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    sim.count("logout");
    let query = Parameters::parse(&query.unwrap_or_default());
    let back = query
        .get("post_logout_redirect_uri")
        .filter(|address| sim.is_registered(address));
    let frame = frame(&sim, &headers);
    let mut response = match (back, frame) {
        (Some(address), None) => Redirect::to(address).into_response(),
        (back, frame) => page(
            StatusCode::OK,
            "You signed out of your account",
            html! {
                p { "It's a good idea to close all browser windows." }
                @if let Some(frame) = frame { iframe hidden src=(frame) {} }
                @if let Some(back) = back {
                    meta http-equiv="refresh" content={ "1;url=" (back) };
                }
            },
        ),
    };
    let cookie = HeaderValue::from_static(clear_sign_on());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// What is framed: the application's address, with the session that ends.
fn frame(sim: &Sim, headers: &HeaderMap) -> Option<String> {
    let registered = sim.options.front_channel_logout_uri.as_deref()?;
    let mut address = url::Url::parse(registered).ok()?;
    let sid = signed_on(headers)?.sid;
    address.query_pairs_mut().append_pair("sid", &sid);
    Some(address.into())
}
