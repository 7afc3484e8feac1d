//! Outgoing HTTP, only to granted origins; redirects are not followed.

use std::sync::Arc;

use metrics::status_class;
use tokio::time::Instant;
use traces::{Call, Trace};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::exchange;
use crate::grants::{Grants, NotGranted};
use crate::way::Way;

/// The checks of `wasi:http/outgoing-handler` before it sends.
pub(crate) struct Outbound {
    pub(crate) grants: Arc<Grants>,
    pub(crate) trace: Trace,
}

/// The exchange, and the future that runs its connection.
type Sent = Box<
    dyn Future<
            Output = Result<
                (
                    http::Response<WasiBody>,
                    Box<dyn Future<Output = Result<(), Error>> + Send>,
                ),
                Error,
            >,
        > + Send,
>;

/// The most that a component writes at once, in bytes. Two such pieces wait for a slow reader.
const PIECE: usize = 64 * 1024;

/// The settings that name parts of the installation. Calls of these carry the trace context; Entra and Graph
/// do not use it.
const TOLD: [&str; 3] = ["kubelogin_url", "kubernetes_api_url", "sidecar_url"];

impl WasiHttpHooks for Outbound {
    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        PIECE
    }

    fn send_request(
        &mut self,
        mut request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Sent {
        let target = match self.grants.outbound.check(request.uri()) {
            Ok(name) => name.clone(),
            Err(reason) => return self.refuse(&request, &reason),
        };
        let host = request.uri().host().unwrap_or_default();
        let trust = self.grants.client_tls.of(&self.grants.component, host);
        let limit = self.grants.outbound_limit;
        let grants = &self.grants;
        let way = Way::of(
            &grants.component,
            &grants.client_tls,
            &grants.proxies,
            request.uri(),
        );
        let counts = grants.counts.clone();
        let span = self.trace.call(&Call::of(request.method(), request.uri()));
        if TOLD.contains(&target.as_str()) {
            span.pass_on(request.headers_mut());
        }
        Box::new(async move {
            let begun = Instant::now();
            let sent = exchange::send(request, options, limit, &trust, &way).await;
            let result = result(&sent);
            counts.called(&target, result, begun.elapsed());
            match &sent {
                Ok(response) => span.answered(response.status()),
                Err(_) => span.failed(result),
            }
            let response = sent?;
            // The connection's errors show in the body.
            let connection: Box<dyn Future<Output = _> + Send> = Box::new(async { Ok(()) });
            Ok((response, connection))
        })
    }
}

impl Outbound {
    fn refuse(&self, request: &http::Request<WasiBody>, reason: &NotGranted) -> Sent {
        let host = request.uri().authority().map(ToString::to_string);
        let host = host.unwrap_or_default();
        let component = &self.grants.component;
        eprintln!("{component}: a call of {host} was refused: {reason}");
        self.grants.counts.not_granted();
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

/// The result of a call, as a label.
fn result(sent: &Result<http::Response<WasiBody>, Error>) -> &'static str {
    match sent {
        Ok(response) => status_class(response.status().as_u16()),
        Err(Error::ConnectionTimeout | Error::ConnectionReadTimeout) => "timeout",
        Err(_) => "failed",
    }
}
