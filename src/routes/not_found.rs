//! Answers every path at which there is nothing.

use crate::call::Call;
use crate::problem::Failure;
use crate::request::BadRequest;
use crate::respond::Response;

pub(crate) async fn respond<P>(_: &Call<'_, P>) -> Result<Response, Failure> {
    Err(BadRequest::NotFound.into())
}
