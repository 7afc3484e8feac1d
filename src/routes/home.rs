//! `GET /`: the predecessor's health document.

use serde_json::json;

use crate::respond::{self, Response};

pub(crate) fn respond() -> Response {
    respond::json(
        200,
        &json!({ "service": "aks-oauth-proxy", "status": "ok" }),
    )
}
