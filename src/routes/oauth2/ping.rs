//! `GET /ping` tells probes that the component runs, as oauth2-proxy does.

use crate::call::Call;
use crate::problem::Failure;
use crate::respond::{self, Response};

pub(crate) async fn respond<P>(_: &Call<'_, P>) -> Result<Response, Failure> {
    Ok(respond::text("OK"))
}
