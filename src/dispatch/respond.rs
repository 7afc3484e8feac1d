//! What is the same for all functions: path, method, body, errors.

use http::Method;

use super::table::{Function, Row};
use crate::call::Call;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::{BadRequest, Request};
use crate::rescue::rescue;
use crate::respond::Response;
use crate::terms::encoding::base64url;

/// Answers `request` as the function that the variable `function` names. The body of `request` is
/// not read yet. Nothing if the answer has been carried to the client already.
pub async fn respond<P: Platform>(platform: &P, mut request: Request) -> Option<Response> {
    let function = Function::named(platform.variable("function").as_deref());
    let mut id = [0; 12];
    platform.fill(&mut id);
    let read = read(platform, &function.row(), &mut request).await;
    let call = Call {
        platform,
        request: &request,
        id: base64url(&id),
        route: function.row().name,
    };
    let answer = match read {
        Ok(()) => function.handle(&call).await,
        Err(wrong) => Err(Failure::from(wrong)),
    };
    answer.unwrap_or_else(|failure| Some(rescue(&call, &failure)))
}

/// Checks by path and method that the request is the function's. Only then its body is read.
async fn read<P: Platform>(
    platform: &P,
    row: &Row,
    request: &mut Request,
) -> Result<(), BadRequest> {
    if !row.answers(request.path()) {
        return Err(BadRequest::NotFound);
    }
    if let Some(methods) = row.methods
        && !row.takes(request.method.as_str())
    {
        return Err(BadRequest::MethodNotAllowed(methods));
    }
    if row.body > 0 && !matches!(request.method, Method::GET | Method::HEAD) {
        let body = platform.body(row.body).await;
        request.body = body.ok_or(BadRequest::BodyTooLarge)?;
    }
    Ok(())
}
