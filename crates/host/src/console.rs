//! The stdout of components is that of the process. Log lines are counted on their way, and added to their
//! request's trace.

use std::io::{self, Stdout};
use std::sync::Arc;

use hyper::body::Bytes;
use tokio::io::AsyncWrite;
use traces::Trace;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::counts::Counts;

/// The stdout of an instance.
pub(crate) struct Console {
    pub(crate) counts: Arc<Counts>,
    pub(crate) trace: Trace,
}

impl IsTerminal for Console {
    fn is_terminal(&self) -> bool {
        IsTerminal::is_terminal(&io::stdout())
    }
}

impl StdoutStream for Console {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Lines {
            out: io::stdout().p2_stream(),
            counts: self.counts.clone(),
            trace: self.trace.clone(),
        })
    }

    /// Unused: it is for WASI 0.3, which no component here uses.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Stdout::async_stream(&io::stdout())
    }
}

/// A component writes each log line at once.
struct Lines {
    out: Box<dyn OutputStream>,
    counts: Arc<Counts>,
    trace: Trace,
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.counts.logged(&bytes, &self.trace);
        self.out.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.out.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.out.check_write()
    }
}

#[async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {
        self.out.ready().await;
    }
}
