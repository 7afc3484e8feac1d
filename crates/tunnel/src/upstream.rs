//! The origin's side of a request to upgrade: sends the head and reads the head of the answer.

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use traces::Span;

use crate::Limits;
use crate::connect::Stream;
use crate::decision::Connect;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::pool::Host;
use crate::relay::Body;

/// How the origin has answered.
pub(crate) enum Upstream {
    /// By switching protocols after this head.
    Switched(HeaderMap, Upgraded),
    /// By a response. Its body comes over the connection, which must be kept.
    Refused(Response<Incoming>, Connection),
}

impl Upstream {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Switched(..) => StatusCode::SWITCHING_PROTOCOLS,
            Self::Refused(response, _) => response.status(),
        }
    }
}

/// The result of a request to upgrade.
pub(crate) enum Opened {
    /// The origin's answer.
    Upstream(Upstream),
    /// The component's answer instead of the origin's.
    Answered(Response<Body>),
}

/// The task of a connection. Dropping this ends it.
pub(crate) struct Connection(
    #[allow(dead_code, reason = "kept only to be dropped")] AbortOnDropHandle<()>,
);

/// Why there is no answer: the client's answer and the reason for the log.
pub(crate) struct Unanswered {
    pub(crate) failure: Failure,
    pub(crate) detail: String,
}

/// Sends the head that `decision` has, and adds only the headers of the connection: `host`, `connection`, and
/// `upgrade` with the client's `protocol`. It also adds the trace context of `span`.
pub(crate) async fn open(
    kind: Kind,
    decision: &Connect,
    protocol: &HeaderValue,
    host: &Host,
    limits: &Limits,
    span: &Span,
) -> Result<Upstream, Unanswered> {
    let broken = |error: &dyn ToString| unanswered(Failure::no_origin(kind), error.to_string());
    let stream = host.connect(limits.connect).await;
    let stream = stream.map_err(|error| broken(&error))?;
    let mut request =
        request(decision, protocol).map_err(|error| unanswered(Failure::no_component(), error))?;
    // The trace context is not sent to apps: they are not part of the installation.
    if kind == Kind::Kubernetes {
        span.pass_on(request.headers_mut());
    }
    let silent = |_| unanswered(Failure::silent_origin(kind), "no answer in time");
    let (response, connection) = timeout(limits.head, exchange(stream, request))
        .await
        .map_err(silent)?
        .map_err(|error| broken(&error))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(Upstream::Refused(response, connection));
    }
    if !switches_to(response.headers(), protocol) {
        return Err(broken(&"it switched to a protocol that nobody asked for"));
    }
    let head = response.headers().clone();
    let upgraded = hyper::upgrade::on(response)
        .await
        .map_err(|error| broken(&error))?;
    Ok(Upstream::Switched(head, upgraded))
}

fn request(
    decision: &Connect,
    protocol: &HeaderValue,
) -> Result<Request<Empty<Bytes>>, http::Error> {
    let mut request = Request::builder()
        .method(decision.forward.method.clone())
        .uri(Uri::from(decision.forward.target.clone()))
        .header(header::HOST, decision.host())
        .body(Empty::new())?;
    let headers = request.headers_mut();
    headers.extend(decision.forward.headers.clone());
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, protocol.clone());
    Ok(request)
}

async fn exchange(
    stream: Box<dyn Stream>,
    request: Request<Empty<Bytes>>,
) -> hyper::Result<(Response<Incoming>, Connection)> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(async move {
        // Its errors show in the answer.
        let _ = connection.with_upgrades().await;
    });
    let connection = Connection(AbortOnDropHandle::new(connection));
    Ok((sender.send_request(request).await?, connection))
}

/// Whether a 101 switches to the protocol that was asked for (RFC 9110, section 7.8).
fn switches_to(head: &HeaderMap, wanted: &HeaderValue) -> bool {
    let mut protocols = head.get_all(header::UPGRADE).iter();
    let (Some(protocol), None) = (protocols.next(), protocols.next()) else {
        return false;
    };
    let wanted = wanted.to_str().unwrap_or_default().split(',');
    let protocol = protocol.as_bytes();
    verdict::lists(head, &header::CONNECTION, "upgrade")
        && wanted
            .map(str::trim)
            .any(|wanted| wanted.as_bytes().eq_ignore_ascii_case(protocol))
}

fn unanswered(failure: Failure, detail: impl ToString) -> Unanswered {
    Unanswered {
        failure,
        detail: detail.to_string(),
    }
}
