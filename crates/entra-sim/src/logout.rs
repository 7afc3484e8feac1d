//! `/logout`: the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use crate::authorize::clear_sign_on;
use crate::page::page;
use crate::parameters::Parameters;
use crate::state::Sim;

/// Ends the single sign-on, and leads back if the address is registered.
pub(crate) async fn respond(State(sim): State<Arc<Sim>>, RawQuery(query): RawQuery) -> Response {
    sim.count("logout");
    let query = Parameters::parse(&query.unwrap_or_default());
    let mut response = match query.get("post_logout_redirect_uri") {
        Some(address) if sim.is_registered(address) => Redirect::to(address).into_response(),
        _ => page(
            StatusCode::OK,
            "You signed out of your account",
            html! { p { "It's a good idea to close all browser windows." } },
        ),
    };
    let cookie = HeaderValue::from_static(clear_sign_on());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
