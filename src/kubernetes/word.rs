//! Whose word a 401 is: the API server's own, or that of something behind it.
//!
//! The API server passes on what services, pods and nodes answer (`…/proxy`), what a node's kubelet answers to
//! an exec and its kin, and what aggregated APIs answer. None of them has seen the user's token, so their 401
//! says nothing about it.

use std::time::Duration;

use http::{Request, Response, StatusCode, header};
use verdict::RequestInfo;

use super::access::Access;
use super::token::Token;
use crate::outbound::{Dependency, Outbound};
use crate::platform::Platform;

/// The question takes no longer.
const ASKING: Duration = Duration::from_secs(10);
/// What the API server answers itself to everybody whom it knows.
const DISCOVERY: &str = "/api";
/// The groups that the API server serves itself, beside the core.
const OWN: [&str; 21] = [
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

impl<P: Platform> Access<'_, P> {
    /// Whether `answer`, to a request for `info` with `token`, is a 401 of the API server's own. Where
    /// something behind it may have answered, it is asked with the same token for what it answers
    /// itself.
    pub(super) async fn is_refused(
        &self,
        info: &RequestInfo,
        token: &Token,
        answer: &Response<()>,
    ) -> bool {
        if answer.status() != StatusCode::UNAUTHORIZED {
            return false;
        }
        if !may_be_passed_on(info) {
            return true;
        }
        let address = self.settings.kubernetes.api_url.join(DISCOVERY);
        let request = Request::get(address)
            .header(header::ACCEPT, "application/json")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", token.secret.reveal()),
            )
            .body(Vec::new());
        let Ok(request) = request else {
            return true;
        };
        let outbound = Outbound::within(self.call.platform, ASKING);
        let answer = outbound.ask_once(Dependency::ApiServer, request).await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED)
    }
}

/// Whether the API server may have passed on somebody else's answer.
fn may_be_passed_on(info: &RequestInfo) -> bool {
    let group = match info.path.strip_prefix("/apis/") {
        Some(rest) => rest.split('/').next().unwrap_or_default(),
        None => info.api_group.as_str(),
    };
    info.is_proxied()
        || matches!(
            info.subresource.as_str(),
            "exec" | "attach" | "portforward" | "log"
        )
        || info.path.starts_with("/openapi/")
        || !(group.is_empty() || OWN.contains(&group))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::Method;
    use verdict::RequestInfo;

    use super::may_be_passed_on;
    use crate::kubernetes::target::Target;

    #[test]
    fn what_stands_behind_the_api_server_is_told_by_its_path() {
        let passed_on = |path: &str| {
            let target = format!("/k8s{path}");
            let target = Target::parse(&target).unwrap();
            may_be_passed_on(&RequestInfo::parse(&Method::GET, target.as_str()))
        };
        for path in [
            "/api/v1/namespaces/a/services/s:80/proxy/x",
            "/api/v1/namespaces/a/pods/p/proxy",
            "/api/v1/nodes/n/proxy/logs",
            "/api/v1/proxy/nodes/n",
            "/api/v1/namespaces/a/pods/p/exec?command=sh",
            "/api/v1/namespaces/a/pods/p/attach",
            "/api/v1/namespaces/a/pods/p/portforward",
            "/api/v1/namespaces/a/pods/p/log?follow=true",
            "/apis/metrics.k8s.io/v1beta1/nodes",
            "/apis/metrics.k8s.io/v1beta1",
            "/openapi/v3/apis/metrics.k8s.io/v1beta1",
            "/apis/example.org/v1/things",
        ] {
            assert!(passed_on(path), "{path}");
        }
        for path in [
            "/api/v1/namespaces/a/pods",
            "/api/v1/namespaces/a/pods/proxy",
            "/api/v1/namespaces/a/pods/p/status",
            "/apis/apps/v1/deployments",
            "/apis/rbac.authorization.k8s.io/v1/roles",
            "/api",
            "/apis",
            "/version",
        ] {
            assert!(!passed_on(path), "{path}");
        }
    }
}
