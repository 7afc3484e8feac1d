//! One instance of a component for each request.

use std::sync::Arc;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Bytes};
use metrics::Label;
use tokio::sync::oneshot;
use traces::Trace;
use wasmtime::Store;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{Error, WasiBody, WasiHttpView};

use crate::body::{Body, BodyError};
use crate::computing::Computing;
use crate::grants::Grants;
use crate::guest::State;
use crate::leash::{Leash, Leashed, Patience};
use crate::log;
use crate::places::Place;

/// The log message about an instance that the host has ended.
const OVERDUE: &str = "nobody waits for it any more, and it went on";

/// A component and its grants.
pub(crate) struct Function {
    component: ProxyPre<State>,
    grants: Arc<Grants>,
    label: Label,
}

impl Function {
    /// `component`, which may do what `grants` say.
    pub(crate) fn new(component: ProxyPre<State>, grants: Grants) -> Self {
        Self {
            component,
            label: Arc::<str>::from(grants.component.as_str()).into(),
            grants: Arc::new(grants),
        }
    }

    /// Its component's name.
    pub(crate) fn name(&self) -> &str {
        &self.grants.component
    }

    /// Its component's name, as a label.
    pub(crate) fn label(&self) -> Label {
        self.label.clone()
    }

    /// Whether it may use neither a store nor outgoing calls.
    pub(crate) fn reaches_nothing(&self) -> bool {
        self.grants.reach_nothing()
    }

    /// Answers `request` by an instance of its own, which holds `place` while it lives. Its actions are in
    /// `trace`.
    pub(crate) async fn run<B>(
        &self,
        request: Request<B>,
        scheme: Scheme,
        place: Place,
        patience: Patience,
        trace: &Trace,
    ) -> wasmtime::Result<Response<Body>>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let method = request.method().clone();
        let state = State::new(self.grants.clone(), trace.clone());
        let mut store = Store::new(self.component.engine(), state);
        let computing = Computing::limit(&mut store, patience.computing);
        let (sender, receiver) = oneshot::channel();
        let request = request.map(|body| body.map_err(|error| unreadable(error.into())));
        let request = store
            .data_mut()
            .http()
            .new_incoming_request(scheme, request)?;
        let out = store.data_mut().http().new_response_outparam(sender)?;
        let component = self.component.clone();
        let name = self.grants.component.clone();
        let counts = self.grants.counts.clone();
        let (counted, trace) = (counts.instance(), trace.clone());
        let (leash, overdue) = Leash::new(patience);
        let (failed, failure) = oneshot::channel();
        // A task of its own: the component continues after the head of its response was sent.
        tokio::spawn(async move {
            // Given back after the instance: the first one moved in here is dropped last.
            let (_place, _counted, mut store) = (place, counted, store);
            let work = computing.measure(async {
                let instance = component.instantiate_async(&mut store).await?;
                let handler = instance.wasi_http_incoming_handler();
                handler.call_handle(&mut store, request, out).await
            });
            let result = tokio::select! {
                result = work => result,
                () = overdue => {
                    counts.failed("overdue");
                    return log::of_request("overdue", &name, &OVERDUE, &trace);
                }
            };
            // The client has its response already; the error can only be logged.
            if let Err(error) = result
                && let Err(error) = failed.send(error)
            {
                counts.failed("late_trap");
                log::of_request("late trap", &name, &error, &trace);
            }
        });
        match receiver.await {
            Ok(response) => Ok(leashed(response?, &method, leash)),
            // The sender was dropped with the store, and the task has returned the error.
            Err(_) => Err(failure.await.unwrap_or_else(|_| {
                wasmtime::format_err!("the component ended without a response")
            })),
        }
    }
}

/// `response` with its leash. The `method` shows whether it has a body.
fn leashed(response: Response<WasiBody>, method: &Method, leash: Leash) -> Response<Body> {
    let has_none = *method == Method::HEAD
        || matches!(
            response.status(),
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
    let announced = response.headers().get(header::CONTENT_LENGTH);
    let length = match has_none {
        true => Some(0),
        false => announced.and_then(|length| length.to_str().ok()?.parse().ok()),
    };
    response.map(|body| {
        Leashed::new(body, length, leash)
            .map_err(BodyError::from)
            .boxed_unsync()
    })
}

/// Why a request's body cannot be read, in the component's terms.
fn unreadable(error: BodyError) -> Error {
    match error.downcast::<hyper::Error>() {
        Ok(error) => Error::Hyper(*error),
        Err(error) => Error::InternalError(Some(error.to_string())),
    }
}
