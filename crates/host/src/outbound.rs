//! Outgoing HTTP: to the granted origins only; redirects are not followed.

use std::sync::Arc;

use metrics::status_class;
use tokio::time::Instant;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::exchange;
use crate::grants::{Grants, NotGranted};
use crate::way::Way;

/// What `wasi:http/outgoing-handler` asks before it sends.
pub(crate) struct Outbound(pub(crate) Arc<Grants>);

/// The exchange, and what goes on with its connection.
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

/// The most that a component writes at once, in bytes. Two such pieces wait for a reader who is slow.
const PIECE: usize = 64 * 1024;

impl WasiHttpHooks for Outbound {
    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        PIECE
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Sent {
        let target = match self.0.outbound.check(request.uri()) {
            Ok(name) => name.clone(),
            Err(reason) => return self.refuse(&request, &reason),
        };
        let host = request.uri().host().unwrap_or_default();
        let trust = self.0.client_tls.of(&self.0.component, host);
        let limit = self.0.outbound_limit;
        let grants = &self.0;
        let way = Way::of(
            &grants.component,
            &grants.client_tls,
            &grants.proxies,
            request.uri(),
        );
        let counts = grants.counts.clone();
        Box::new(async move {
            let begun = Instant::now();
            let sent = exchange::send(request, options, limit, &trust, &way).await;
            counts.called(&target, result(&sent), begun.elapsed());
            let response = sent?;
            // Nothing is left to be said of the connection: what goes wrong with it shows in the body.
            let connection: Box<dyn Future<Output = _> + Send> = Box::new(async { Ok(()) });
            Ok((response, connection))
        })
    }
}

impl Outbound {
    fn refuse(&self, request: &http::Request<WasiBody>, reason: &NotGranted) -> Sent {
        let host = request.uri().authority().map(ToString::to_string);
        let host = host.unwrap_or_default();
        let component = &self.0.component;
        eprintln!("{component}: a call of {host} was refused: {reason}");
        self.0.counts.not_granted();
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

/// What came of a call, in a word.
fn result(sent: &Result<http::Response<WasiBody>, Error>) -> &'static str {
    match sent {
        Ok(response) => status_class(response.status().as_u16()),
        Err(Error::ConnectionTimeout | Error::ConnectionReadTimeout) => "timeout",
        Err(_) => "failed",
    }
}
