//! How the component is reached.

use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Bytes;
use traces::Trace;

/// What [`Component::ask`] gives: the component's answer, or why there is none.
pub type Answered<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, String>> + Send + 'a>>;

/// The way to the component: over HTTP, or in the same process.
pub trait Component: Send + Sync + 'static {
    /// Brings `request`, whose URI is a path, to the component. The caller sets the time limit and then drops
    /// the future. The extensions of `request` hold the [`traces::Trace`] of the question.
    fn ask(&self, request: Request<Bytes>) -> Answered<'_>;

    /// The component to ask on nobody's behalf; `None` if it is the same.
    fn own(&self) -> Option<Arc<dyn Component>> {
        None
    }

    /// Writes a log line for the component, where its own lines go, about a request that was carried in
    /// `trace`.
    fn write(&self, line: &str, trace: &Trace);
}
