//! Carries the client's request to another server and its answer back, both at once.

use std::time::Duration;

use http::{HeaderMap, Request, Response};
use spin_sdk::http::{Fields, OutgoingResponse};
use spin_sdk::wit::wasi::http0_2_0::outgoing_handler;
use spin_sdk::wit::wasi::http0_2_0::types::{
    FutureIncomingResponse, IncomingBody, IncomingResponse, OutgoingBody,
};
use wasi::clocks::monotonic_clock;
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::InputStream;

use super::deadline::{Deadline, nanoseconds};
use super::flow::{Flow, Stopped};
use super::outbound::{self, error, failed};
use super::reading::Reading;
use super::world::Spin;
use crate::platform::{Body, Carried, Exchange, HttpError, Payload, Progress, Relay, RelayLimits};

/// The time for an answer that may pause as long as it likes. It is longer than any session.
const FOREVER: Duration = Duration::from_secs(31 * 24 * 3600);

/// How long the last words of an answer may take.
const LAST: Duration = Duration::from_secs(5);

/// An exchange. It has at most one of `pending`, `answer` and `download`.
pub(super) struct Carrying {
    pending: Option<FutureIncomingResponse>,
    upload: Option<Upload>,
    answer: Option<Answer>,
    download: Option<Download>,
    carried: Carried,
}

/// The rest of the client's request. Children come before parents, here and below: WASI wants them
/// dropped in this order.
struct Upload {
    flow: Flow,
    _body: IncomingBody,
}

/// The server's answer, before it is carried anywhere.
struct Answer {
    stream: InputStream,
    body: IncomingBody,
    response: IncomingResponse,
}

struct Download {
    flow: Flow,
    _body: IncomingBody,
    _response: IncomingResponse,
}

impl Relay for Spin {
    type Exchange = Carrying;

    async fn has_body(&self, time: Duration) -> Option<bool> {
        self.reading(|reading| reading.has_body(time)).flatten()
    }

    async fn body(&self, limit: usize, time: Duration) -> Body {
        self.reading(|reading| reading.read(limit, time))
            .unwrap_or(Body::Unusable)
    }

    async fn relay(
        &self,
        request: Request<Payload>,
        limits: RelayLimits,
    ) -> Result<Carrying, HttpError> {
        let (parts, payload) = request.into_parts();
        let options = outbound::options(limits.connect, FOREVER)?;
        let (pending, upload) = match payload {
            Payload::Whole(body) => {
                let request = Request::from_parts(parts, body);
                let deadline = Deadline::after(limits.silence);
                (outbound::send_whole(request, options, &deadline)?, None)
            }
            Payload::Client { limit } => {
                let request = outbound::outgoing(Request::from_parts(parts, 0))?;
                let sink = request.body();
                let sink = sink.map_err(|()| failed("the request has no body"))?;
                let upload = self.upload(sink, limit).ok_or(HttpError::ClientFailed)?;
                let pending = outgoing_handler::handle(request, Some(options)).map_err(error)?;
                (pending, Some(upload))
            }
        };
        Ok(Carrying {
            pending: Some(pending),
            upload,
            answer: None,
            download: None,
            carried: Carried::default(),
        })
    }

    async fn head(
        &self,
        exchange: &mut Carrying,
        time: Duration,
    ) -> Result<Option<Response<()>>, HttpError> {
        let Some(pending) = exchange.pending.take() else {
            return Ok(None);
        };
        match exchange.wait_for(&pending, &Deadline::after(time))? {
            Some(response) => exchange.answered(response).map(Some),
            None => {
                exchange.pending = Some(pending);
                Ok(None)
            }
        }
    }

    fn begin(&self, exchange: &mut Carrying, head: Response<()>, has_body: bool) {
        let (Some(out), Some(answer)) = (self.out.take(), exchange.answer.take()) else {
            return;
        };
        let fields = Fields::new();
        for (name, value) in head.headers() {
            // The host refuses hop-by-hop headers. The answer has none.
            let _ = fields.append(name.as_str(), value.as_bytes());
        }
        let outgoing = OutgoingResponse::new(fields);
        // WASI takes every status that a server has answered.
        let _ = outgoing.set_status_code(head.status().as_u16());
        let sink = has_body.then(|| outgoing.body()).and_then(Result::ok);
        out.set(outgoing);
        let Answer {
            stream,
            body,
            response,
        } = answer;
        let flow = sink.and_then(|sink| Flow::new(stream, sink, u64::MAX));
        exchange.download = flow.map(|flow| Download {
            flow,
            _body: body,
            _response: response,
        });
    }

    async fn carry(&self, exchange: &mut Carrying, time: Duration) -> Progress {
        let end = monotonic_clock::now().saturating_add(nanoseconds(time));
        let timer = monotonic_clock::subscribe_instant(end);
        loop {
            let up = exchange.run_upload();
            let Some(download) = &mut exchange.download else {
                return Progress::Ended;
            };
            let down = download.flow.run();
            exchange.carried.received = download.flow.carried();
            match down {
                Stopped::Ended => return exchange.end_download(),
                Stopped::SourceFailed | Stopped::TooMuch => return Progress::CutOff,
                Stopped::SinkGone => return Progress::ClientGone,
                Stopped::Turn | Stopped::NoInput | Stopped::NoRoom => {}
            }
            if timer.ready() {
                return match download.flow.is_gone() {
                    true => Progress::ClientGone,
                    false => Progress::Open,
                };
            }
            let upload = exchange.upload.as_ref();
            let mut events: Vec<&Pollable> = vec![&timer];
            events.extend(download.flow.event(down));
            events.extend(upload.and_then(|upload| upload.flow.event(up)));
            if down != Stopped::Turn && up != Stopped::Turn {
                poll(&events);
            }
        }
    }

    fn finish(&self, exchange: &mut Carrying, last: &[u8]) {
        if let Some(download) = exchange.download.take() {
            download.flow.finish_with(last, &Deadline::after(LAST));
        }
    }
}

impl Spin {
    /// Reads from the client's body; nothing if it was taken before.
    fn reading<T>(&self, read: impl FnOnce(&mut Reading) -> T) -> Option<T> {
        let mut reading = self.reading.borrow_mut();
        if reading.is_none() {
            *reading = Reading::begin(&self.request);
        }
        reading.as_mut().map(read)
    }

    /// The client's body, on its way to `sink`.
    fn upload(&self, sink: OutgoingBody, limit: u64) -> Option<Upload> {
        let begun = self.reading.take();
        let (stream, body) = begun
            .or_else(|| Reading::begin(&self.request))?
            .into_stream();
        let flow = Flow::new(stream, sink, limit)?;
        Some(Upload { flow, _body: body })
    }
}

impl Carrying {
    /// Continues the client's request. If it is cut off, it is cut off for the server too. A server
    /// that has answered need not take the rest.
    fn run_upload(&mut self) -> Stopped {
        let Some(upload) = &mut self.upload else {
            return Stopped::Ended;
        };
        let stopped = upload.flow.run();
        self.carried.sent = upload.flow.carried();
        match stopped {
            Stopped::Turn | Stopped::NoInput | Stopped::NoRoom => {}
            Stopped::Ended => {
                self.upload.take().map(|upload| upload.flow.finish());
            }
            Stopped::SourceFailed | Stopped::TooMuch | Stopped::SinkGone => self.upload = None,
        }
        stopped
    }

    /// Waits for the answer while the client's request goes on; nothing if it has not come in time.
    fn wait_for(
        &mut self,
        pending: &FutureIncomingResponse,
        deadline: &Deadline,
    ) -> Result<Option<IncomingResponse>, HttpError> {
        let answered = pending.subscribe();
        loop {
            let stopped = self.send_on()?;
            if answered.ready() {
                return outbound::answer(pending).map(Some);
            }
            if deadline.check().is_err() {
                return Ok(None);
            }
            if stopped == Stopped::Turn {
                continue;
            }
            let upload = self.upload.as_ref();
            let event = upload.and_then(|upload| upload.flow.event(stopped));
            if deadline.wait_for_any(&answered, event).is_err() {
                return Ok(None);
            }
        }
    }

    /// Continues the client's request before there is an answer. If it fails, there will be none.
    fn send_on(&mut self) -> Result<Stopped, HttpError> {
        let Some(upload) = &mut self.upload else {
            return Ok(Stopped::Ended);
        };
        let stopped = upload.flow.run();
        self.carried.sent = upload.flow.carried();
        match stopped {
            Stopped::SourceFailed => Err(HttpError::ClientFailed),
            Stopped::TooMuch => Err(HttpError::TooLarge),
            Stopped::Ended => match self.upload.take().is_none_or(|upload| upload.flow.finish()) {
                true => Ok(stopped),
                false => Err(HttpError::ClientFailed),
            },
            Stopped::SinkGone => {
                self.upload = None;
                Ok(stopped)
            }
            Stopped::Turn | Stopped::NoInput | Stopped::NoRoom => Ok(stopped),
        }
    }

    fn answered(&mut self, response: IncomingResponse) -> Result<Response<()>, HttpError> {
        let no_body = |()| failed("the answer has no body");
        let body = response.consume().map_err(no_body)?;
        let stream = body.stream().map_err(no_body)?;
        let mut head = Response::builder().status(response.status());
        if let Some(headers) = head.headers_mut() {
            let known: HeaderMap = outbound::incoming_headers(&response);
            *headers = known;
        }
        self.answer = Some(Answer {
            stream,
            body,
            response,
        });
        head.body(())
            .map_err(|reason| HttpError::Failed(reason.to_string()))
    }

    fn end_download(&mut self) -> Progress {
        let whole = self.download.take().is_some_and(|d| d.flow.finish());
        if whole {
            Progress::Ended
        } else {
            Progress::CutOff
        }
    }
}

impl Exchange for Carrying {
    fn carried(&self) -> Carried {
        self.carried
    }
}
