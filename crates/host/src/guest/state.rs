//! The state of one request.

use std::mem;
use std::sync::Arc;

use traces::Trace;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::body::{HostOutgoingBody, StreamContext};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::console::Console;
use crate::grants::Grants;
use crate::outbound::Outbound;

/// The state of one request, which it does not outlive.
pub(crate) struct State {
    pub(super) table: ResourceTable,
    pub(super) grants: Arc<Grants>,
    pub(super) trace: Trace,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl State {
    pub(crate) fn new(grants: Arc<Grants>, trace: Trace) -> Self {
        let console = Console {
            counts: grants.counts.clone(),
            trace: trace.clone(),
        };
        Self {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().stdout(console).inherit_stderr().build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound {
                grants: grants.clone(),
                trace: trace.clone(),
            },
            grants,
            trace,
        }
    }
}

impl Drop for State {
    /// Cuts off what an instance left unfinished because it trapped, was ended or forgot it. The engine would
    /// take a body whose writer is gone for a complete one.
    fn drop(&mut self) {
        for entry in self.table.iter_mut() {
            if let Some(body) = entry.downcast_mut::<HostOutgoingBody>() {
                let (nothing, _) = HostOutgoingBody::new(StreamContext::Response, None, 1, 1);
                mem::replace(body, nothing).abort();
            }
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.outbound,
        }
    }
}
