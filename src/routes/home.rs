//! `GET /`: the predecessor's health document.

use serde_json::json;

use crate::call::Call;
use crate::problem::Failure;
use crate::respond::{self, Response};

pub(crate) async fn respond<P>(_: &Call<'_, P>) -> Result<Response, Failure> {
    let document = json!({ "service": "aks-oauth-proxy", "status": "ok" });
    Ok(respond::json(200, &document))
}
