//! `GET /healthz`: that the component runs, for probes. It reaches nothing.

use serde_json::json;

use crate::respond::{self, Response};

pub(crate) fn respond() -> Response {
    respond::json(200, &json!({ "status": "ok" }))
}
