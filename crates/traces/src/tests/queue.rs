//! What becomes of spans for which there is no place, or no collector.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use http::{Request, StatusCode};
use metrics::Registry;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};

use super::settings;
use crate::queue::processor;
use crate::settings::Propagation;
use crate::trust::Trust;
use crate::{Counts, Peer, Traces};

/// An exporter that says when it has got something, and waits until it is told what comes of it.
#[derive(Debug)]
struct Waiting {
    got: Sender<usize>,
    told: Mutex<Receiver<OTelSdkResult>>,
}

impl SpanExporter for Waiting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.got.send(batch.len()).unwrap();
        self.told.lock().unwrap().recv().unwrap()
    }
}

/// The numbers of `counts`, as they are scraped.
fn scraped(counts: &Counts) -> [String; 3] {
    let mut registry = Registry::new("serve", "1.2.3");
    counts.register(&mut registry);
    let text = registry.text();
    ["sent", "failed", "dropped"].map(|result| {
        let line = format!("aks_oauth_proxy_spans_total{{result=\"{result}\"}} ");
        let mut lines = text.lines();
        let found = lines.find_map(|have| have.strip_prefix(&line));
        found.unwrap().to_owned()
    })
}

#[tokio::test]
async fn spans_are_counted_by_what_became_of_them() {
    let settings = settings(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "2"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
    ]);
    let (got, gets) = channel();
    let (tell, told) = channel();
    let told = Mutex::new(told);
    let counts = Counts::new();
    assert_eq!(scraped(&counts), ["0", "0", "0"]);
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor(Waiting { got, told }, &settings, counts.clone()))
        .build();
    let trust = Trust {
        propagation: Propagation::Own,
        proxies: Vec::new(),
    };
    let traces = Traces::of(provider, trust, counts);
    let span = || {
        let request = Request::get("/whoami").body(()).unwrap();
        let served = traces.request(&request, false, Peer::Address([192, 0, 2, 1].into()));
        served.answered(StatusCode::OK);
    };

    span();
    // It has left the queue, and the next ones wait for it.
    assert_eq!(gets.recv(), Ok(1));
    for _ in 0..5 {
        span();
    }
    assert_eq!(scraped(&traces.counts()), ["0", "0", "3"]);

    let refused = OTelSdkError::InternalFailure("the collector is away".to_owned());
    for result in [Ok(()), Err(refused), Ok(())] {
        tell.send(result).unwrap();
    }
    traces.end().await;
    assert_eq!(scraped(&traces.counts()), ["2", "1", "3"]);
}

#[test]
fn nothing_has_become_of_spans_where_there_are_none() {
    assert_eq!(scraped(&Traces::default().counts()), ["0", "0", "0"]);
}
