//! Turns a failure into its answer.

use super::{document, page};
use crate::call::Call;
use crate::pages::View;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};

/// Logs `failure` and answers the request with it.
pub(crate) fn rescue<P: Platform>(call: &Call<'_, P>, failure: &Failure) -> Response {
    let problem = failure.error.problem();
    let event = if problem.status() < 500 {
        "refusal"
    } else {
        "fault"
    };
    if !failure.is_noted {
        call.log_error(event, &*failure.error);
    }
    let view = match call.request.wants_html() {
        true => View::of_error(call),
        false => None,
    };
    let mut response = match view {
        Some(view) => page::write(&view, &problem, call.request, &call.id),
        None => document::write(&problem, call.request, &call.id),
    };
    respond::add_problem_headers(&mut response, &problem);
    for cookie in &failure.cookies {
        respond::add_cookie(&mut response, cookie);
    }
    response
}
