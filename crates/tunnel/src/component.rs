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
    /// Brings `request`, whose URI is a path, to the component. The caller sets the time limit, and
    /// drops the future when it is over. Among the extensions of `request` is the [`traces::Trace`] in
    /// which it is asked.
    fn ask(&self, request: Request<Bytes>) -> Answered<'_>;

    /// The same component as it is asked for nobody's request; nothing if there is no difference.
    fn own(&self) -> Option<Arc<dyn Component>> {
        None
    }

    /// Writes a line of the log in the component's stead, where its own lines go: what was carried for it in
    /// `trace` has ended.
    fn write(&self, line: &str, trace: &Trace);
}
