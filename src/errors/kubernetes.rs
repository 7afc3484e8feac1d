//! What a Kubernetes client is told: the sentence that kubectl prints.

use serde::Serialize;

use super::problem::Problem;
use crate::kubernetes::KubernetesError;
use crate::respond::{self, Response};

/// After so many seconds a client that met too many may come again.
const BUSY: u64 = 5;

/// Why a request does not reach the API server.
pub(super) fn problem(error: &KubernetesError) -> Problem {
    match error {
        KubernetesError::NoBearer(site) => Problem::new(401, "no-credential", "No credential")
            .detail(format!(
                "there is no credential in this request: open {site}/kubeconfig in a browser and \
                 download a kubeconfig"
            )),
        KubernetesError::Ended(site) => Problem::new(401, "credential-ended", "Session ended")
            .detail(format!(
                "your session has ended: open {site}/login and download a new kubeconfig at \
                 {site}/kubeconfig"
            )),
        KubernetesError::AmbiguousBearer => {
            Problem::new(400, "ambiguous-credential", "Ambiguous credential").detail(
                "there is more than one credential in this request, or one that cannot be read",
            )
        }
        KubernetesError::NotUpgradable => Problem::new(400, "not-upgradable", "No upgrade here")
            .detail("the API server upgrades no such request"),
        KubernetesError::AmbiguousPath => Problem::new(400, "ambiguous-path", "Ambiguous path")
            .detail("the path of this request can be read in two ways (.., //, ;, %2F …)"),
        KubernetesError::HeadersTooLarge => {
            Problem::new(431, "headers-too-large", "Headers too large")
                .detail("the headers of this request are longer than 64 kB")
        }
        KubernetesError::BodyTooLarge(most) => {
            Problem::new(413, "body-too-large", "Request too large").detail(format!(
                "the body of this request is longer than {most} bytes (KUBERNETES_MAX_BODY_BYTES)"
            ))
        }
        KubernetesError::BodyCutOff => Problem::new(400, "body-cut-off", "Body cut off")
            .detail("the body of this request did not arrive whole"),
        KubernetesError::NeedsTunnel => Problem::new(501, "tunnel-required", "No tunnel here")
            .detail(
                "exec, attach, port-forward and cp need the tunnel of this proxy, and this request did \
                 not come through it: ask the platform team",
            ),
        KubernetesError::TooManyStreams(most) => {
            Problem::new(429, "too-many-streams", "Too many streams")
                .detail(format!(
                    "this session has {most} watches, followed logs and tunnels under way \
                     (KUBERNETES_MAX_STREAMS): end some"
                ))
                .retry_after(BUSY)
        }
        KubernetesError::NoToken(site, why) => Problem::new(401, "no-aks-token", "No token for AKS")
            .detail(format!(
                "there is no token for AKS in your name: {why}: open {site}/whoami in the browser in \
                 which you signed in"
            )),
        KubernetesError::StrongerSignIn(site) => {
            Problem::new(401, "stronger-sign-in", "Stronger sign-in needed").detail(format!(
                "the cluster wants you to sign in again: open {site}/login?for=aks in the browser in \
                 which you signed in"
            ))
        }
        KubernetesError::TokenRefused(site) => {
            Problem::new(401, "token-refused", "Token refused").detail(format!(
                "the API server does not take the token that Microsoft Entra gives for you: \
                 {site}/whoami shows what is in it"
            ))
        }
        KubernetesError::Renewed => Problem::new(503, "token-renewed", "Token renewed")
            .detail("the API server had refused your token, and there is a new one: try again")
            .retry_after(1),
        KubernetesError::Impersonation => {
            Problem::new(403, "impersonation-refused", "Impersonation refused")
                .detail("this proxy does not let you act as somebody else (--as)")
        }
        KubernetesError::SystemIdentity(what) => {
            Problem::new(403, "system-identity", "Identity refused").detail(format!(
                "{what} would be a name of the cluster's own (system:…), which no user of Microsoft \
                 Entra gets here"
            ))
        }
        KubernetesError::Unreachable(_) => {
            Problem::new(503, "api-server-unreachable", "API server unreachable")
                .detail("the API server cannot be reached from this proxy (KUBERNETES_API_URL)")
        }
        KubernetesError::Silent => Problem::new(504, "api-server-silent", "API server silent")
            .detail("the API server has not answered in time"),
    }
}

/// `Status` of `meta/v1`: how the API server itself says that something went wrong.
#[derive(Serialize)]
struct Status<'a> {
    kind: &'static str,
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    metadata: Empty,
    status: &'static str,
    message: &'a str,
    reason: &'static str,
    details: Details,
    code: u16,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Details {
    #[serde(rename = "retryAfterSeconds", skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    causes: [Cause; 1],
}

/// Which of our problems it is, and which request's.
#[derive(Serialize)]
struct Cause {
    reason: String,
    message: String,
}

impl Problem {
    /// The answer to a Kubernetes client.
    pub fn status_object(&self, request_id: &str) -> Response {
        let status = Status {
            kind: "Status",
            api_version: "v1",
            metadata: Empty {},
            status: "Failure",
            message: self.sentence(),
            reason: reason(self.status()),
            details: Details {
                retry_after: self.wait(),
                causes: [Cause {
                    reason: self.kind().to_owned(),
                    message: format!("request {request_id}"),
                }],
            },
            code: self.status(),
        };
        let mut response = respond::json(self.status(), &status);
        self.add_headers(&mut response);
        response
    }
}

/// `StatusReason` of `meta/v1`, by which client-go tells errors apart.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        413 | 431 => "RequestEntityTooLarge",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        500..600 => "InternalError",
        _ => "Unknown",
    }
}
