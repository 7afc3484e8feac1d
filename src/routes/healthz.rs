//! `GET /healthz` tells probes that the component runs. It reaches nothing.

use serde_json::json;

use crate::call::Call;
use crate::problem::Failure;
use crate::respond::{self, Response};

pub(crate) async fn respond<P>(_: &Call<'_, P>) -> Result<Response, Failure> {
    Ok(respond::json(200, &json!({ "status": "ok" })))
}
