//! Who asked the API server for what: one line for each request, with any outcome.

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use verdict::RequestInfo;

use super::status;
use crate::log;
use crate::platform::{Clock, Console};
use crate::problem::Tell;
use crate::respond::Response;
use crate::terms::User;

/// What is known of one request by its end.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Audit {
    event: String,
    route: String,
    /// The outcome: `ok`, the kind of a problem, or how the answer ended early.
    pub(super) outcome: String,
    request_id: String,
    /// A fingerprint of the credential.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    session: Option<String>,
    /// The owner's name for the credential.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    credential: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    oid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    tid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    upn: Option<String>,
    #[serde(flatten)]
    request: Option<RequestInfo>,
    /// As whom the client wants to act, if it names somebody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    impersonated_user: Option<String>,
    /// The status of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) status: Option<u16>,
    /// Bytes of the body from the client.
    pub(super) sent: u64,
    /// Bytes of the answer's body.
    pub(super) received: u64,
    /// The time from the request to the end of the answer.
    pub(super) milliseconds: u64,
    /// For the engineer on call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) detail: Option<String>,
}

/// The longest impersonated name that is logged, in characters.
const LONGEST_NAME: usize = 256;

impl Audit {
    /// For the request `request_id`. `event` says what has happened to it.
    pub(super) fn begin(event: &str, route: &str, request_id: &str) -> Self {
        Self {
            event: event.to_owned(),
            route: route.to_owned(),
            request_id: request_id.to_owned(),
            ..Self::default()
        }
    }

    /// Notes what is asked, and in whose name the client wants to ask.
    pub(super) fn asks(&mut self, request: RequestInfo, headers: &HeaderMap) {
        self.request = Some(request);
        let name = headers.get("impersonate-user");
        let name = name.and_then(|name| name.to_str().ok());
        self.impersonated_user = name.map(|name| name.chars().take(LONGEST_NAME).collect());
    }

    /// Notes whose credential it is.
    pub(super) fn by(&mut self, user: &User, fingerprint: String, credential: &str) {
        self.oid = Some(user.oid.clone());
        self.tid = Some(user.tid.clone());
        self.upn.clone_from(&user.preferred_username);
        self.session = Some(fingerprint);
        self.credential = Some(credential.to_owned());
    }

    /// Notes why the request was refused. Returns what its client is told.
    pub(super) fn refused(&mut self, error: &dyn Tell) -> Response {
        let problem = error.problem();
        problem.kind().clone_into(&mut self.outcome);
        self.status = Some(problem.status());
        self.detail = error.note().and_then(|note| note.detail);
        status::write(&problem, &self.request_id)
    }

    /// Writes the line.
    pub(super) fn log(&self, platform: &(impl Clock + Console)) {
        log::write(platform, self);
    }
}
