//! What is the same for all functions: path, method, errors.

use http::Method;

use super::table::{Function, Row};
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Request};
use crate::rescue::rescue;
use crate::respond::{self, Response};
use crate::terms::encoding::base64url;

/// Answers `request`, whose body is not read yet, as the function that the variable `function` names.
/// Nothing, if the answer has been carried to the client already.
pub async fn respond<P: Platform>(platform: &P, mut request: Request) -> Option<Response> {
    let function = Function::named(platform.variable("function").as_deref());
    let row = function.row();
    if row.methods.is_some() && request.method == Method::HEAD {
        // The same answer, of which the host sends the head alone (RFC 9110, section 9.3.2).
        request.method = Method::GET;
    }
    let mut id = [0; 12];
    platform.fill(&mut id);
    let call = Call {
        platform,
        request: &request,
        id: base64url(&id),
        route: row.name,
        longest_form: row.form,
    };
    let answer = match check(&row, &request) {
        Ok(()) => function.handle(&call).await,
        Err(wrong) => Err(Failure::from(wrong)),
    };
    let mut answer = answer.unwrap_or_else(|failure| Some(rescue(&call, &failure)));
    if let Some(response) = answer.as_mut().filter(|_| function.has_pages()) {
        respond::add_vary(response);
    }
    answer
}

/// Whether the request's path and method are the function's.
fn check(row: &Row, request: &Request) -> Result<(), BadRequest> {
    if !row.answers(request.path()) {
        return Err(BadRequest::NotFound);
    }
    match row.methods {
        Some(methods) if !row.takes(request.method.as_str()) => {
            Err(BadRequest::MethodNotAllowed(methods))
        }
        _ => Ok(()),
    }
}
