//! The part of `serve` in front of the component. The tunnel carries requests to the API server and to apps,
//! and asks the component in this process. Probes are answered, too.

use std::sync::Arc;

use host::{App, Client, Intercept, Intercepted};
use http::header::HOST;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use kubernetes_host::{AppHosts, KubernetesHost};
use listener::Ending;
use traces::{Peer, Trace, Traces};
use tunnel::{Answered, Component, Kind, Tunnel};

use crate::readiness::Readiness;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The longest answer of the component, in bytes: the head of a request.
const LONGEST: usize = 1 << 20;

/// Takes requests to the API server and to apps, and probes.
pub(crate) struct Front {
    tunnel: Arc<Tunnel>,
    /// The host whose requests are rewritten to paths below `/k8s/`.
    kubernetes_host: Option<KubernetesHost>,
    /// The hosts whose requests are rewritten to the apps' prefix.
    app_hosts: AppHosts,
    readiness: Arc<Readiness>,
    traces: Traces,
    ending: Ending,
}

impl Front {
    pub(crate) fn new(
        tunnel: Tunnel,
        kubernetes_host: Option<KubernetesHost>,
        readiness: Readiness,
        traces: Traces,
        ending: Ending,
    ) -> Self {
        Self {
            tunnel: Arc::new(tunnel),
            kubernetes_host,
            app_hosts: AppHosts::default(),
            readiness: Arc::new(readiness),
            traces,
            ending,
        }
    }

    /// Rewrites requests for `hosts` to the apps' prefix.
    #[must_use]
    pub(crate) fn with_app_hosts(self, hosts: AppHosts) -> Self {
        Self {
            app_hosts: hosts,
            ..self
        }
    }

    /// Asks at once whether all that is carried may go on.
    pub(crate) fn look_now(&self) -> impl Fn() + Send + Sync + use<> {
        let tunnel = self.tunnel.clone();
        move || tunnel.look_now()
    }

    /// Ends all that is carried with `ending`.
    pub(crate) fn end(&self) -> impl Future<Output = ()> + use<> {
        let (tunnel, ending) = (self.tunnel.clone(), self.ending.clone());
        async move { tunnel.end(&ending).await }
    }
}

impl Intercept for Front {
    fn intercept(&self, app: &Arc<App>, request: Request<Incoming>, client: Client) -> Intercepted {
        let (mut parts, body) = request.into_parts();
        tunnel::lead_extended_connect(&mut parts);
        if let Some(host) = &self.kubernetes_host {
            host.lead(&mut parts);
        }
        self.app_hosts.lead(&mut parts);
        if Readiness::is_asked(&parts) {
            let (readiness, app) = (self.readiness.clone(), app.clone());
            return Intercepted::Taken(Box::pin(async move {
                readiness.answer(&parts, &app, client).await
            }));
        }
        let (kind, upgrades) = (Kind::of(parts.uri.path()), tunnel::is_upgrade(&parts));
        let mut request = Request::from_parts(parts, body);
        let Some(kind) = kind else {
            return match tunnel::refuse_extended_connect(&request) {
                Some(refusal) => Intercepted::Taken(Box::pin(async move { refusal })),
                None => Intercepted::Passed(request),
            };
        };
        let peer = Peer::Address(client.address.ip());
        let served = self.traces.request(&request, client.over_tls, peer);
        served.leads_to(kind.route());
        request.extensions_mut().insert(served.trace().clone());
        let tunnel = self.tunnel.clone();
        let component = Arc::new(InProcess {
            app: app.clone(),
            client,
            is_own: false,
            forwarded: request
                .headers()
                .get_all(X_FORWARDED_FOR)
                .iter()
                .cloned()
                .collect(),
        });
        let ending = self.ending.clone();
        Intercepted::Taken(Box::pin(async move {
            let address = client.address;
            let response = match upgrades {
                true => tunnel.carry(kind, request, address, component).await,
                false => {
                    tunnel
                        .carry_plain(kind, request, address, component, &ending)
                        .await
                }
            };
            served.answered(response.status());
            response
        }))
    }
}

/// The component in this process. A question takes a place of its client.
struct InProcess {
    app: Arc<App>,
    client: Client,
    /// Whether it is asked on nobody's behalf, one question at a time.
    is_own: bool,
    /// The proxies of the client's connection.
    forwarded: Vec<HeaderValue>,
}

impl Component for InProcess {
    fn ask(&self, mut request: Request<Bytes>) -> Answered<'_> {
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_static("localhost"));
        for line in &self.forwarded {
            headers.append(X_FORWARDED_FOR, line.clone());
        }
        Box::pin(async move {
            let request = request.map(whole);
            let response = match self.is_own {
                true => self.app.answer_own(request, self.client).await,
                false => self.app.answer(request, self.client).await,
            };
            let (head, body) = response.into_parts();
            Ok(Response::from_parts(head, read(body).await?))
        })
    }

    fn own(&self) -> Option<Arc<dyn Component>> {
        Some(Arc::new(Self {
            app: self.app.clone(),
            client: self.client,
            is_own: true,
            forwarded: Vec::new(),
        }))
    }

    fn write(&self, line: &str, trace: &Trace) {
        self.app.write(line, trace);
    }
}

fn whole(content: Bytes) -> host::Body {
    Full::new(content)
        .map_err(|never| match never {})
        .boxed_unsync()
}

async fn read(mut body: host::Body) -> Result<Bytes, String> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| error.to_string())?;
        if let Ok(data) = frame.into_data() {
            read.extend_from_slice(&data);
        }
        if read.len() > LONGEST {
            return Err("its answer is too long".to_owned());
        }
    }
    Ok(read.into())
}
