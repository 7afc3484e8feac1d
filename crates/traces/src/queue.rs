//! The queue in which spans wait for the collector.
//!
//! The SDK's processor drops a span for which its queue has no place, and tells nobody how many there were.
//! So the places are counted here, before its queue and behind it, and what finds none does not get there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

use crate::counts::{Counts, Fate};
use crate::settings::Settings;

/// A processor that sends spans by `exporter` as `settings` say, and counts what becomes of them.
pub(crate) fn processor(
    exporter: impl SpanExporter + 'static,
    settings: &Settings,
    counts: Counts,
) -> Entry {
    let places = Arc::new(Places {
        limit: settings.queue,
        taken: AtomicUsize::new(0),
        counts,
    });
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(settings.queue)
        .with_max_export_batch_size(settings.batch)
        .with_scheduled_delay(settings.delay)
        .build();
    let exporter = Exit {
        places: places.clone(),
        exporter,
    };
    Entry {
        places,
        batches: BatchSpanProcessor::builder(exporter)
            .with_batch_config(batches)
            .build(),
    }
}

/// The places of the queue. One is taken before a span gets into the SDK's queue, which has as many, and is
/// given back after it has left: so that one is never full.
#[derive(Debug)]
struct Places {
    limit: usize,
    taken: AtomicUsize,
    counts: Counts,
}

impl Places {
    /// Takes one, if there is one.
    fn take(&self) -> bool {
        let one_more = |taken: usize| (taken < self.limit).then_some(taken + 1);
        let taken = &self.taken;
        taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more)
            .is_ok()
    }

    fn give_back(&self, count: usize) {
        self.taken.fetch_sub(count, Ordering::AcqRel);
    }
}

/// What is before the queue.
#[derive(Debug)]
pub(crate) struct Entry {
    places: Arc<Places>,
    batches: BatchSpanProcessor,
}

impl SpanProcessor for Entry {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        match self.places.take() {
            true => self.batches.on_end(span),
            false => self.places.counts.add(Fate::Dropped, 1),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// What is behind it.
#[derive(Debug)]
struct Exit<E> {
    places: Arc<Places>,
    exporter: E,
}

impl<E: SpanExporter> SpanExporter for Exit<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        self.places.give_back(count);
        let exported = self.exporter.export(batch).await;
        let fate = match exported {
            Ok(()) => Fate::Sent,
            Err(_) => Fate::Failed,
        };
        self.places.counts.add(fate, count);
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
